package codec

import (
	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
)

// lifeEvents are where a milestone is in its life: begun, met, put off, given up, or left out of a return.
var lifeEvents = []*entry{
	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_ACHIEVED,
		func(w *writer, e milestone.Achieved) *ledgerv1.MilestoneAchieved {
			return &ledgerv1.MilestoneAchieved{Milestone: w.milestone(), Actual: w.delivery(e.Actual), Words: e.Words}
		},
		func(r *reader, m *ledgerv1.MilestoneAchieved) milestone.Achieved {
			return milestone.Achieved{Actual: r.delivery(m.Actual), Words: m.Words}
		},
		milestone.Achieved{Actual: within("2017-11", "2017-11-01", "2017-11-30"), Words: "Keys handed over"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_ACHIEVEMENT_RESTATED,
		func(w *writer, e milestone.AchievementRestated) *ledgerv1.AchievementRestated {
			return &ledgerv1.AchievementRestated{Milestone: w.milestone(), Actual: w.delivery(e.Actual), From: e.From.Number(), Words: e.Words}
		},
		func(r *reader, m *ledgerv1.AchievementRestated) milestone.AchievementRestated {
			return milestone.AchievementRestated{Actual: r.delivery(m.Actual), From: r.day(m.From), Words: m.Words}
		},
		milestone.AchievementRestated{
			Actual: within("2017-11-17", "2017-11-17", "2017-11-17"), From: day("2017-11-30"), Words: "day found in the minutes",
		}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_STARTED,
		func(w *writer, e milestone.Started) *ledgerv1.MilestoneStarted {
			return &ledgerv1.MilestoneStarted{Milestone: w.milestone(), Start: w.delivery(e.Start), From: e.From.Number(), Words: e.Words}
		},
		func(r *reader, m *ledgerv1.MilestoneStarted) milestone.Started {
			return milestone.Started{Start: r.delivery(m.Start), From: r.day(m.From), Words: m.Words}
		},
		milestone.Started{Start: within("2017-05", "2017-05-01", "2017-05-31"), From: day("2017-04-30"), Words: "ground broken"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_REOPENED,
		func(w *writer, e milestone.Reopened) *ledgerv1.MilestoneReopened {
			return &ledgerv1.MilestoneReopened{Milestone: w.milestone(), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.MilestoneReopened) milestone.Reopened {
			return milestone.Reopened{Reason: m.Reason}
		},
		milestone.Reopened{Reason: "the lift does not work"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_PUT_ON_HOLD,
		func(w *writer, e milestone.Held) *ledgerv1.MilestonePutOnHold {
			return &ledgerv1.MilestonePutOnHold{Milestone: w.milestone(), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.MilestonePutOnHold) milestone.Held {
			return milestone.Held{Reason: m.Reason}
		},
		milestone.Held{Reason: "purdah"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_RESUMED,
		func(w *writer, e milestone.Resumed) *ledgerv1.MilestoneResumed {
			return &ledgerv1.MilestoneResumed{Milestone: w.milestone(), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.MilestoneResumed) milestone.Resumed {
			return milestone.Resumed{Reason: m.Reason}
		},
		milestone.Resumed{Reason: "after the election"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_CANCELLED,
		func(w *writer, e milestone.Cancelled) *ledgerv1.MilestoneCancelled {
			return &ledgerv1.MilestoneCancelled{Milestone: w.milestone(), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.MilestoneCancelled) milestone.Cancelled {
			return milestone.Cancelled{Reason: m.Reason}
		},
		milestone.Cancelled{Reason: "the site was sold"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_NOT_REPORTED,
		func(w *writer, e milestone.NotReported) *ledgerv1.MilestoneNotReported {
			return &ledgerv1.MilestoneNotReported{Milestone: w.milestone(), Return: e.Return}
		},
		func(r *reader, m *ledgerv1.MilestoneNotReported) milestone.NotReported {
			return milestone.NotReported{Return: m.Return}
		},
		milestone.NotReported{Return: "June return of the estates office"}),
}
