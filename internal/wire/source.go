package wire

import (
	"encoding/hex"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
)

// sources are where a milestone's values were read, a document each.
func sources(all []milestone.Source) (ms []*milepostv1.MilestoneSource) {
	for _, s := range all {
		m := &milepostv1.MilestoneSource{
			Digest: "sha256:" + hex.EncodeToString(s.SHA256[:]), Document: s.Document, Sheet: s.Sheet, AsAt: s.AsAt.String(),
		}
		for _, c := range s.Cells {
			m.Cells = append(m.Cells, &milepostv1.SourceCell{
				Field: c.Field, Heading: c.Heading, Row: uint32(c.Row), Column: uint32(c.Column), Text: c.Text,
			})
		}
		ms = append(ms, m)
	}
	return ms
}
