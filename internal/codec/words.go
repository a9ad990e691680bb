package codec

import (
	"strings"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
)

// wordEvents are what a milestone is, whose it is, and how it is doing in the reporter's own words.
var wordEvents = []*entry{
	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED,
		func(w *writer, e milestone.Added) *ledgerv1.MilestoneAdded {
			m := &ledgerv1.MilestoneAdded{
				Milestone: w.milestone(), Ref: e.Ref, Title: e.Title, Workstream: e.Workstream, Attributes: w.attributes(e.Attributes),
			}
			m.PartsOf = w.others(e.PartsOf)
			if e.Of != nil {
				m.Series, m.Occurrence = e.Of.Series[:], e.Of.Day.Number()
			}
			return m
		},
		func(r *reader, m *ledgerv1.MilestoneAdded) milestone.Added {
			return milestone.Added{
				Ref: m.Ref, Title: m.Title, Workstream: m.Workstream, Attributes: r.attributes(m.Attributes),
				Of: r.occurrence(m.Series, m.Occurrence), PartsOf: r.others(m.PartsOf),
			}
		},
		milestone.Added{
			Ref: "B1", Title: "Redditch Hub live", Workstream: "Estates",
			Attributes: []milestone.Attribute{{Name: "board", Value: "STP"}, {Name: "rag", Value: ""}},
		}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_AMENDED,
		func(w *writer, e milestone.Amended) *ledgerv1.MilestoneAmended {
			return &ledgerv1.MilestoneAmended{
				Milestone: w.milestone(), Title: e.Title, Workstream: e.Workstream, Attributes: w.attributes(e.Attributes),
			}
		},
		func(r *reader, m *ledgerv1.MilestoneAmended) milestone.Amended {
			return milestone.Amended{Title: m.Title, Workstream: m.Workstream, Attributes: r.attributes(m.Attributes)}
		},
		milestone.Amended{
			Title: ptr("Redditch Hub open"), Workstream: ptr(""), Attributes: []milestone.Attribute{{Name: "rag", Value: "green"}},
		}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_REFERENCE_CHANGED,
		func(w *writer, e milestone.ReferenceChanged) *ledgerv1.ReferenceChanged {
			return &ledgerv1.ReferenceChanged{Milestone: w.milestone(), From: e.From, To: e.To, Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.ReferenceChanged) milestone.ReferenceChanged {
			return milestone.ReferenceChanged{From: m.From, To: m.To, Reason: m.Reason}
		},
		milestone.ReferenceChanged{From: "B1", To: "EST-1", Reason: "the plan was numbered anew"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_OWNER_CHANGED,
		func(w *writer, e milestone.OwnerChanged) *ledgerv1.OwnerChanged {
			return &ledgerv1.OwnerChanged{
				Milestone: w.milestone(), From: w.party(e.From), To: w.party(e.To), Effective: e.Effective.Number(), Reason: e.Reason,
				SharedBy: w.parties(e.SharedBy),
			}
		},
		func(r *reader, m *ledgerv1.OwnerChanged) milestone.OwnerChanged {
			return milestone.OwnerChanged{From: r.party(m.From), To: r.party(m.To), Effective: r.day(m.Effective), Reason: m.Reason, SharedBy: r.parties(m.SharedBy)}
		},
		milestone.OwnerChanged{From: partyOf("\x01"), To: partyOf("\xfe"), Effective: day("2017-07-01"), Reason: "new contract"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_PROGRESS_REPORTED,
		func(w *writer, e milestone.ProgressReported) *ledgerv1.ProgressReported {
			return &ledgerv1.ProgressReported{
				Milestone: w.milestone(), Percent: w.percent(e.Percent), Status: e.Status, Words: e.Words, NextSteps: e.NextSteps,
			}
		},
		func(r *reader, m *ledgerv1.ProgressReported) milestone.ProgressReported {
			return milestone.ProgressReported{Percent: r.percent(m.Percent), Status: m.Status, Words: m.Words, NextSteps: m.NextSteps}
		},
		milestone.ProgressReported{Percent: ptr(0), Status: "On track", Words: "Walls up"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_CONFIDENCE_ASSESSED,
		func(w *writer, e milestone.ConfidenceAssessed) *ledgerv1.ConfidenceAssessed {
			return &ledgerv1.ConfidenceAssessed{Milestone: w.milestone(), Scheme: e.Scheme, Value: e.Value, Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.ConfidenceAssessed) milestone.ConfidenceAssessed {
			return milestone.ConfidenceAssessed{Scheme: m.Scheme, Value: m.Value, Reason: m.Reason}
		},
		milestone.ConfidenceAssessed{Scheme: "RAG", Value: "Amber/Green", Reason: "one builder left"}),
}

// partyOf is a party of a sample.
func partyOf(b string) milestone.Party { return milestone.Party(strings.Repeat(b, partySize)) }
