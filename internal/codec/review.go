package codec

import (
	"fmt"
	"strings"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
)

// reviewEvents are what is put to a person, and what that person made of it.
var reviewEvents = []*entry{
	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_REVIEW_RAISED,
		func(w *writer, e milestone.ReviewRaised) *ledgerv1.ReviewRaised {
			return &ledgerv1.ReviewRaised{
				Milestone: w.milestone(), Item: e.Item, Reason: e.Reason, Field: e.Field, Text: e.Text, Says: e.Says, Proposed: e.Proposed,
				Cell: w.cell(e.Cell),
			}
		},
		func(r *reader, m *ledgerv1.ReviewRaised) milestone.ReviewRaised {
			return milestone.ReviewRaised{
				Item: m.Item, Reason: m.Reason, Field: m.Field, Text: m.Text, Says: m.Says, Proposed: m.Proposed, Cell: r.cell(m.Cell),
			}
		},
		milestone.ReviewRaised{
			Item: "title:several-actions", Reason: "several-actions", Field: "title", Text: "Hub and spokes live",
			Says: "It may be two milestones.", Proposed: "Hub live",
		}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_REVIEW_SETTLED,
		func(w *writer, e milestone.ReviewSettled) *ledgerv1.ReviewSettled {
			m := &ledgerv1.ReviewSettled{
				Milestone: w.milestone(), Item: e.Item, Outcome: w.outcome(e.Outcome), Text: e.Text, Value: e.Value, Reason: e.Reason,
				Cell: w.cell(e.Cell),
			}
			if e.Into != "" {
				m.Into = strings.Split(e.Into, "\n")
			}
			return m
		},
		func(r *reader, m *ledgerv1.ReviewSettled) milestone.ReviewSettled {
			return milestone.ReviewSettled{
				Item: m.Item, Outcome: r.outcome(m.Outcome), Text: m.Text, Value: m.Value, Into: strings.Join(m.Into, "\n"), Reason: m.Reason,
				Cell: r.cell(m.Cell),
			}
		},
		milestone.ReviewSettled{
			Item: "title:several-actions", Outcome: milestone.Split, Text: "Hub and spokes live", Value: "Hub live",
			Into: "HUB-1\nHUB-1.2", Reason: "asked the board",
		}),
}

func (w *writer) cell(c milestone.DocumentCell) *ledgerv1.DocumentCell {
	if c == (milestone.DocumentCell{}) {
		return nil
	}
	return &ledgerv1.DocumentCell{Sha256: c.SHA256[:], Sheet: c.Sheet, Row: w.place(c.Row), Column: w.place(c.Column), Text: c.Text}
}

func (r *reader) cell(m *ledgerv1.DocumentCell) milestone.DocumentCell {
	if m == nil {
		return milestone.DocumentCell{}
	}
	return milestone.DocumentCell{SHA256: r.sha256(m.Sha256), Sheet: m.Sheet, Row: r.place(m.Row), Column: r.place(m.Column), Text: m.Text}
}

func (w *writer) outcome(o milestone.Outcome) ledgerv1.ReviewOutcome {
	if o < milestone.Accepted || o > milestone.Rejected { // the two count alike; a test holds them to it
		w.fail("there is no outcome %d", o)
	}
	return ledgerv1.ReviewOutcome(o)
}

func (r *reader) outcome(o ledgerv1.ReviewOutcome) milestone.Outcome {
	if o < ledgerv1.ReviewOutcome_REVIEW_OUTCOME_ACCEPTED || o > ledgerv1.ReviewOutcome_REVIEW_OUTCOME_REJECTED {
		r.fail(fmt.Errorf("there is no outcome %d", o))
	}
	return milestone.Outcome(o)
}
