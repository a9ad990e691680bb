package codec

import (
	"fmt"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
)

// sourceEvents say from where in a document a milestone was read.
var sourceEvents = []*entry{
	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_SOURCED,
		func(w *writer, e milestone.Sourced) *ledgerv1.MilestoneSourced {
			return &ledgerv1.MilestoneSourced{
				Milestone: w.milestone(), Sha256: e.SHA256[:], Document: e.Document, Sheet: e.Sheet, Cells: w.cells(e.Cells),
			}
		},
		func(r *reader, m *ledgerv1.MilestoneSourced) milestone.Sourced {
			return milestone.Sourced{SHA256: r.sha256(m.Sha256), Document: m.Document, Sheet: m.Sheet, Cells: r.cells(m.Cells)}
		},
		milestone.Sourced{
			SHA256: [32]byte{0: 1, 31: 0xff}, Document: "plan-2017.xlsx", Sheet: "Estates",
			Cells: []milestone.Cell{
				{Field: "title", Heading: "Action / milestone", Row: 12, Column: 3, Text: "Hub is live"},
				{Field: "delivery_date", Heading: "Timescale(s)", Row: 13, Column: 5, Text: "Q4 17/18"},
			},
		}),
}

func (w *writer) cells(cells []milestone.Cell) (ms []*ledgerv1.SourceCell) {
	for _, c := range cells {
		ms = append(ms, &ledgerv1.SourceCell{
			Field: c.Field, Heading: c.Heading, Row: w.place(c.Row), Column: w.place(c.Column), Text: c.Text,
		})
	}
	return ms
}

func (r *reader) cells(ms []*ledgerv1.SourceCell) (cells []milestone.Cell) {
	for _, c := range ms {
		cells = append(cells, milestone.Cell{Field: c.Field, Heading: c.Heading, Row: r.place(c.Row), Column: r.place(c.Column), Text: c.Text})
	}
	return cells
}

func (w *writer) place(n int) uint32 {
	if n < 0 || n > milestone.MaxPlace {
		w.fail("there is no row or column %d", n)
	}
	return uint32(n)
}

func (r *reader) place(n uint32) int {
	if n > milestone.MaxPlace {
		r.fail(fmt.Errorf("there is no row or column %d", n))
	}
	return int(n)
}
