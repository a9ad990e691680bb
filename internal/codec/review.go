package codec

import (
	"fmt"
	"strings"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
)

func (w *writer) review(id []byte, event milestone.Event) (ledgerv1.EventType, []byte, error) {
	switch e := event.(type) {
	case milestone.ReviewRaised:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_REVIEW_RAISED, &ledgerv1.ReviewRaised{
			Milestone: id, Item: e.Item, Reason: e.Reason, Field: e.Field, Text: e.Text, Says: e.Says, Proposed: e.Proposed,
		})
	case milestone.ReviewSettled:
		if e.Outcome < milestone.Accepted || e.Outcome > milestone.Paired { // the two count alike; a test holds them to it
			w.fail("there is no outcome %d", e.Outcome)
		}
		m := &ledgerv1.ReviewSettled{
			Milestone: id, Item: e.Item, Outcome: ledgerv1.ReviewOutcome(e.Outcome), Text: e.Text, Value: e.Value, Reason: e.Reason,
		}
		if e.Into != "" {
			m.Into = strings.Split(e.Into, "\n")
		}
		return w.payload(ledgerv1.EventType_EVENT_TYPE_REVIEW_SETTLED, m)
	default:
		return 0, nil, fmt.Errorf("%T has no stored form", event)
	}
}

// review returns nil for a type that it does not know.
func (r *reader) review(t ledgerv1.EventType) milestone.Event {
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_REVIEW_RAISED:
		var m ledgerv1.ReviewRaised
		r.read(&m)
		return milestone.ReviewRaised{Item: m.Item, Reason: m.Reason, Field: m.Field, Text: m.Text, Says: m.Says, Proposed: m.Proposed}
	case ledgerv1.EventType_EVENT_TYPE_REVIEW_SETTLED:
		var m ledgerv1.ReviewSettled
		r.read(&m)
		if m.Outcome < ledgerv1.ReviewOutcome_REVIEW_OUTCOME_ACCEPTED || m.Outcome > ledgerv1.ReviewOutcome_REVIEW_OUTCOME_PAIRED {
			r.fail(fmt.Errorf("there is no outcome %d", m.Outcome))
		}
		return milestone.ReviewSettled{
			Item: m.Item, Outcome: milestone.Outcome(m.Outcome), Text: m.Text, Value: m.Value, Into: strings.Join(m.Into, "\n"), Reason: m.Reason,
		}
	default:
		return nil
	}
}
