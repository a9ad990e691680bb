package codec

import (
	"fmt"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
)

// linkEvents lead from a milestone to something else: issues, evidence, other milestones, and the times that it is due.
var linkEvents = []*entry{
	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_ISSUE_RAISED,
		func(w *writer, e milestone.IssueRaised) *ledgerv1.IssueRaised {
			return &ledgerv1.IssueRaised{Milestone: w.milestone(), Issue: e.Issue, Words: e.Words, Severity: e.Severity}
		},
		func(r *reader, m *ledgerv1.IssueRaised) milestone.IssueRaised {
			return milestone.IssueRaised{Issue: m.Issue, Words: m.Words, Severity: m.Severity}
		},
		milestone.IssueRaised{Issue: "I-4", Words: "no steel before July", Severity: "high"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_ISSUE_CLOSED,
		func(w *writer, e milestone.IssueClosed) *ledgerv1.IssueClosed {
			return &ledgerv1.IssueClosed{Milestone: w.milestone(), Issue: e.Issue, Words: e.Words}
		},
		func(r *reader, m *ledgerv1.IssueClosed) milestone.IssueClosed {
			return milestone.IssueClosed{Issue: m.Issue, Words: m.Words}
		},
		milestone.IssueClosed{Issue: "I-4", Words: "another supplier"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_EVIDENCE_ATTACHED,
		func(w *writer, e milestone.EvidenceAttached) *ledgerv1.EvidenceAttached {
			return &ledgerv1.EvidenceAttached{
				Milestone: w.milestone(), Sha256: e.SHA256[:], MediaType: e.MediaType, Location: e.Location, Words: e.Words,
			}
		},
		func(r *reader, m *ledgerv1.EvidenceAttached) milestone.EvidenceAttached {
			return milestone.EvidenceAttached{SHA256: r.sha256(m.Sha256), MediaType: m.MediaType, Location: m.Location, Words: m.Words}
		},
		milestone.EvidenceAttached{
			SHA256: [32]byte{0: 1, 31: 0xff}, MediaType: "application/pdf", Location: "https://records.example/42", Words: "completion certificate",
		}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_LINKED,
		func(w *writer, e milestone.DependencyLinked) *ledgerv1.DependencyLinked {
			return &ledgerv1.DependencyLinked{Milestone: w.milestone(), On: e.On[:], LagDays: w.lag(e.LagDays), Reason: e.Reason, OnPlan: e.OnPlan}
		},
		func(r *reader, m *ledgerv1.DependencyLinked) milestone.DependencyLinked {
			return milestone.DependencyLinked{On: r.other(m.On), LagDays: r.lag(m.LagDays), Reason: m.Reason, OnPlan: m.OnPlan}
		},
		milestone.DependencyLinked{On: milestone.ID{0: 1, 15: 0x7f}, LagDays: 28, Reason: "the keys come first"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_UNLINKED,
		func(w *writer, e milestone.DependencyUnlinked) *ledgerv1.DependencyUnlinked {
			return &ledgerv1.DependencyUnlinked{Milestone: w.milestone(), On: e.On[:], Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.DependencyUnlinked) milestone.DependencyUnlinked {
			return milestone.DependencyUnlinked{On: r.other(m.On), Reason: m.Reason}
		},
		milestone.DependencyUnlinked{On: milestone.ID{0: 1, 15: 0x7f}, Reason: "a side door"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_REPLACED,
		func(w *writer, e milestone.Replaced) *ledgerv1.MilestoneReplaced {
			return &ledgerv1.MilestoneReplaced{Milestone: w.milestone(), Old: w.others(e.Old), New: w.others(e.New), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.MilestoneReplaced) milestone.Replaced {
			return milestone.Replaced{Old: r.others(m.Old), New: r.others(m.New), Reason: m.Reason}
		},
		milestone.Replaced{Old: []milestone.ID{{0: 1, 15: 0x7f}, {0: 2, 15: 0x7e}}, Reason: "the same hub under another name"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_ELSEWHERE_REPLACED,
		func(w *writer, e milestone.ElsewhereReplaced) *ledgerv1.ElsewhereReplaced {
			return &ledgerv1.ElsewhereReplaced{
				Milestone: w.milestone(), Elsewhere: e.Old[:], First: e.First.Number(), Due: e.Due.Number(), Reason: e.Reason,
			}
		},
		func(r *reader, m *ledgerv1.ElsewhereReplaced) milestone.ElsewhereReplaced {
			return milestone.ElsewhereReplaced{Old: r.other(m.Elsewhere), First: r.day(m.First), Due: r.day(m.Due), Reason: m.Reason}
		},
		milestone.ElsewhereReplaced{
			Old: milestone.ID{0: 4, 15: 0x7c}, First: day("2017-09-30"), Due: day("2017-12-31"), Reason: "the same building",
		}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_RECURRENCE_DEFINED,
		func(w *writer, e milestone.RecurrenceDefined) *ledgerv1.RecurrenceDefined {
			return &ledgerv1.RecurrenceDefined{
				Milestone: w.milestone(), Rrule: e.RRule, Start: e.Start.Number(), End: e.End.Number(), Words: e.Words,
			}
		},
		func(r *reader, m *ledgerv1.RecurrenceDefined) milestone.RecurrenceDefined {
			return milestone.RecurrenceDefined{RRule: m.Rrule, Start: r.day(m.Start), End: r.day(m.End), Words: m.Words}
		},
		milestone.RecurrenceDefined{
			RRule: "FREQ=MONTHLY;INTERVAL=3", Start: day("2017-04-01"), End: day("2018-03-31"), Words: "quarterly in 17/18",
		}),
}

func (w *writer) lag(days int) uint32 {
	if days < 0 || days > milestone.MaxLag {
		w.fail("%d days after another milestone are not between 0 and %d", days, milestone.MaxLag)
	}
	return uint32(days)
}

func (r *reader) lag(days uint32) int {
	if days > milestone.MaxLag {
		r.fail(fmt.Errorf("%d days after another milestone are more than %d", days, milestone.MaxLag))
	}
	return int(days)
}

// other is another milestone that an event names.
func (r *reader) other(b []byte) (id milestone.ID) {
	if len(b) != len(id) {
		r.fail(fmt.Errorf("it names the other milestone by %d bytes and not %d", len(b), len(id)))
		return id
	}
	return milestone.ID(b)
}

func (w *writer) others(ids []milestone.ID) (all [][]byte) {
	for _, id := range ids {
		all = append(all, id[:])
	}
	return all
}

func (r *reader) others(all [][]byte) (ids []milestone.ID) {
	for _, id := range all {
		ids = append(ids, r.other(id))
	}
	return ids
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
