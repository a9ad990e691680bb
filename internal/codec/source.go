package codec

import (
	"fmt"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
)

func (w *writer) sourced(id []byte, e milestone.Sourced) (ledgerv1.EventType, []byte, error) {
	m := &ledgerv1.MilestoneSourced{Milestone: id, Sha256: e.SHA256[:], Document: e.Document, Sheet: e.Sheet}
	for _, c := range e.Cells {
		m.Cells = append(m.Cells, &ledgerv1.SourceCell{
			Field: c.Field, Heading: c.Heading, Row: w.place(c.Row), Column: w.place(c.Column), Text: c.Text,
		})
	}
	return w.payload(ledgerv1.EventType_EVENT_TYPE_MILESTONE_SOURCED, m)
}

func (w *writer) place(n int) uint32 {
	if n < 0 || n > milestone.MaxPlace {
		w.fail("there is no row or column %d", n)
	}
	return uint32(n)
}

func (r *reader) sourced() milestone.Event {
	var m ledgerv1.MilestoneSourced
	r.read(&m)
	e := milestone.Sourced{SHA256: r.sha256(m.Sha256), Document: m.Document, Sheet: m.Sheet}
	for _, c := range m.Cells {
		e.Cells = append(e.Cells, milestone.Cell{Field: c.Field, Heading: c.Heading, Row: r.place(c.Row), Column: r.place(c.Column), Text: c.Text})
	}
	return e
}

func (r *reader) place(n uint32) int {
	if n > milestone.MaxPlace {
		r.fail(fmt.Errorf("there is no row or column %d", n))
	}
	return int(n)
}
