package codec

import (
	"fmt"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
)

// links encodes what leads from a milestone to something else: issues, evidence, other milestones, and the times that it
// is due.
func (w *writer) links(id []byte, event milestone.Event) (ledgerv1.EventType, []byte, error) {
	switch e := event.(type) {
	case milestone.IssueRaised:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_ISSUE_RAISED, &ledgerv1.IssueRaised{
			Milestone: id, Issue: e.Issue, Words: e.Words, Severity: e.Severity,
		})
	case milestone.IssueClosed:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_ISSUE_CLOSED, &ledgerv1.IssueClosed{Milestone: id, Issue: e.Issue, Words: e.Words})
	case milestone.EvidenceAttached:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_EVIDENCE_ATTACHED, &ledgerv1.EvidenceAttached{
			Milestone: id, Sha256: e.SHA256[:], MediaType: e.MediaType, Location: e.Location, Words: e.Words,
		})
	case milestone.DependencyLinked:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_LINKED, &ledgerv1.DependencyLinked{
			Milestone: id, On: e.On[:], LagDays: w.lag(e.LagDays), Reason: e.Reason,
		})
	case milestone.DependencyUnlinked:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_UNLINKED, &ledgerv1.DependencyUnlinked{Milestone: id, On: e.On[:], Reason: e.Reason})
	case milestone.RecurrenceDefined:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_RECURRENCE_DEFINED, &ledgerv1.RecurrenceDefined{
			Milestone: id, Rrule: e.RRule, Start: e.Start.Number(), End: e.End.Number(), Words: e.Words,
		})
	case milestone.Sourced:
		return w.sourced(id, e)
	case milestone.FurtherDateStated:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_FURTHER_DATE_STATED, &ledgerv1.FurtherDateStated{
			Milestone: id, Label: e.Label, Date: w.delivery(e.Date), Reason: e.Reason,
		})
	case milestone.ReviewRaised, milestone.ReviewSettled:
		return w.review(id, e)
	default:
		return 0, nil, fmt.Errorf("%T has no stored form", event)
	}
}

func (w *writer) lag(days int) uint32 {
	if days < 0 || days > milestone.MaxLag {
		w.fail("%d days after another milestone are not between 0 and %d", days, milestone.MaxLag)
	}
	return uint32(days)
}

// series is the milestone that another is an occurrence of; nil where it is none.
func (w *writer) series(o *milestone.Occurrence) []byte {
	if o == nil {
		return nil
	}
	return o.Series[:]
}

// links returns nil for a type that it does not know.
func (r *reader) links(t ledgerv1.EventType) milestone.Event {
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_ISSUE_RAISED:
		var m ledgerv1.IssueRaised
		r.read(&m)
		return milestone.IssueRaised{Issue: m.Issue, Words: m.Words, Severity: m.Severity}
	case ledgerv1.EventType_EVENT_TYPE_ISSUE_CLOSED:
		var m ledgerv1.IssueClosed
		r.read(&m)
		return milestone.IssueClosed{Issue: m.Issue, Words: m.Words}
	case ledgerv1.EventType_EVENT_TYPE_EVIDENCE_ATTACHED:
		var m ledgerv1.EvidenceAttached
		r.read(&m)
		return milestone.EvidenceAttached{SHA256: r.sha256(m.Sha256), MediaType: m.MediaType, Location: m.Location, Words: m.Words}
	case ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_LINKED:
		var m ledgerv1.DependencyLinked
		r.read(&m)
		if m.LagDays > milestone.MaxLag {
			r.fail(fmt.Errorf("%d days after another milestone are more than %d", m.LagDays, milestone.MaxLag))
		}
		return milestone.DependencyLinked{On: r.other(m.On), LagDays: int(m.LagDays), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_UNLINKED:
		var m ledgerv1.DependencyUnlinked
		r.read(&m)
		return milestone.DependencyUnlinked{On: r.other(m.On), Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_RECURRENCE_DEFINED:
		var m ledgerv1.RecurrenceDefined
		r.read(&m)
		return milestone.RecurrenceDefined{RRule: m.Rrule, Start: r.day(m.Start), End: r.day(m.End), Words: m.Words}
	case ledgerv1.EventType_EVENT_TYPE_MILESTONE_SOURCED:
		return r.sourced()
	case ledgerv1.EventType_EVENT_TYPE_FURTHER_DATE_STATED:
		var m ledgerv1.FurtherDateStated
		r.read(&m)
		return milestone.FurtherDateStated{Label: m.Label, Date: r.delivery(m.Date), Reason: m.Reason}
	default:
		return r.review(t)
	}
}

// other is another milestone that an event names.
func (r *reader) other(b []byte) (id milestone.ID) {
	if len(b) != len(id) {
		r.fail(fmt.Errorf("it names the other milestone by %d bytes and not %d", len(b), len(id)))
		return id
	}
	return milestone.ID(b)
}

func (r *reader) occurrence(series []byte, day int32) *milestone.Occurrence {
	if len(series) == 0 && day == 0 {
		return nil
	}
	return &milestone.Occurrence{Series: r.other(series), Day: r.day(day)}
}

func (r *reader) sha256(b []byte) (sum [32]byte) {
	if len(b) != len(sum) {
		r.fail(fmt.Errorf("a SHA-256 has %d bytes and not %d", len(sum), len(b)))
		return sum
	}
	return [32]byte(b)
}
