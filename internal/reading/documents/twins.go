package documents

import (
	"fmt"
	"hash/fnv"
	"io"
)

// maxRemembered bounds how many rows are remembered to know one again.
const maxRemembered = 200_000

// remembered are the rows of a sheet and the references of a document, each by a digest, with the row that had it first.
type remembered map[uint64]int

// seen answers the row that had a text before; 0 where this is the first.
func (r remembered) seen(row int, texts ...string) int {
	digest := fnv.New64a()
	for _, text := range texts {
		_, _ = io.WriteString(digest, text) // a hash takes everything
		_, _ = digest.Write([]byte{0})      // and no cell holds this byte
	}
	key := digest.Sum64()
	if before := r[key]; before > 0 {
		return before
	}
	if len(r) < maxRemembered {
		r[key] = row
	}
	return 0
}

// doubtRepeated asks about a row of a spreadsheet that stands there twice, and about a reference that two rows have. Both
// rows are milestones all the same.
func (r *reader) doubtRepeated(m *Milestone, rec *record) {
	if r.scanned {
		return
	}
	texts := []string{r.sheet}
	for _, in := range rec.rows {
		for _, c := range in.cells {
			texts = append(texts, c.text)
		}
	}
	if before := r.rowsSeen.seen(m.Line, texts...); before > 0 {
		m.doubt(Repeated, Title, "", fmt.Sprintf("Row %d says the very same: it may stand there twice by mistake.", before))
		return
	}
	if m.RefGiven {
		if before := r.refsSeen.seen(m.Line, m.Ref); before > 0 {
			m.doubt(Repeated, Ref, m.Ref, fmt.Sprintf("Row %d has the same reference.", before))
		}
	}
}
