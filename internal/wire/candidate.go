package wire

import (
	"encoding/hex"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// Candidate is a sentence of a document that may be a milestone.
func Candidate(c plan.Candidate) *milepostv1.Candidate {
	m := &milepostv1.Candidate{
		Candidate: c.Candidate, Title: c.Title, DeliveryDate: c.Date, ReadAs: c.ReadAs, Workstream: c.Workstream, Says: c.Says, Document: c.Document,
		State: c.Outcome.String(), Offered: c.Offered.String(), Settled: c.Settled.String(), Ref: c.Ref, Why: c.Why,
	}
	if c.Cell != (milestone.DocumentCell{}) {
		m.Digest, m.Sheet, m.Text = "sha256:"+hex.EncodeToString(c.Cell.SHA256[:]), c.Cell.Sheet, c.Cell.Text
		m.Row, m.Column = uint32(c.Cell.Row), uint32(c.Cell.Column)
	}
	return m
}

// note is a line of a document that is neither a milestone, nor money, nor a measure.
func note(n plan.Note) *milepostv1.DocumentNote {
	m := &milepostv1.DocumentNote{Note: n.Note, Kind: n.Kind, Words: n.Words, Heading: n.Heading, Document: n.Document, AsAt: n.AsAt.String()}
	if n.Cell != (milestone.DocumentCell{}) {
		m.Digest, m.Sheet = "sha256:"+hex.EncodeToString(n.Cell.SHA256[:]), n.Cell.Sheet
		m.Row, m.Column = uint32(n.Cell.Row), uint32(n.Cell.Column)
	}
	return m
}
