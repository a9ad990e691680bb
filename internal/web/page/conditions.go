package page

import (
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
)

// A condition is something that is true of some milestones. A page counts them and lists them by the same function, so that
// every number opens exactly the rows that it counts.
type condition struct {
	name string // in the address: show=overdue
	tone string
	says string // what is true of them, in words that follow a number
	// holds says whether it is true of a milestone, on the day of the page. One that was replaced is in none.
	holds func(m *pb.MilestoneStatus, day string) bool
}

var conditions = []condition{
	{"overdue", "overdue", "overdue", func(m *pb.MilestoneStatus, _ string) bool { return m.GetOverdue() }},
	{"slipped", "late", "later than first promised", func(m *pb.MilestoneStatus, _ string) bool { return m.GetSlipDays() > 0 }},
	{"recovered", "early", "earlier than first promised", func(m *pb.MilestoneStatus, _ string) bool { return m.GetSlipDays() < 0 }},
	{"undated", "unknown", "without a date", func(m *pb.MilestoneStatus, _ string) bool { return m.GetUndated() }},
	{"review", "unknown", "for a person to look at", func(m *pb.MilestoneStatus, _ string) bool { return len(m.GetReview()) > 0 }},
	{"open", "planned", "open", func(m *pb.MilestoneStatus, _ string) bool { return isOpen(m) }},
	{"later", "late", "open, not overdue, and due later than first promised", func(m *pb.MilestoneStatus, _ string) bool {
		return isOpen(m) && !m.GetOverdue() && m.GetForecast() != "" && m.GetSlipDays() > 0
	}},
	{"withdrawn", "unknown", "promised once, and without a date now", func(m *pb.MilestoneStatus, _ string) bool { return m.GetNoDateSince() != "" && isOpen(m) }},
	{"in-doubt", "unknown", "dated in words that name several days", func(m *pb.MilestoneStatus, _ string) bool { return m.GetInDoubt() }},
	{"disagreement", "unknown", "dated differently by two speakers", func(m *pb.MilestoneStatus, _ string) bool { return m.GetDisagreement() }},
	{"other-words", "unknown", "achieved or overdue under other words than promised", func(m *pb.MilestoneStatus, _ string) bool { return m.GetOtherWords() }},
	{"restated", "unknown", "with a first date that was restated afterwards", func(m *pb.MilestoneStatus, _ string) bool { return m.GetStartRestated() }},
	{"not-reported", "held", "left out of a complete return", func(m *pb.MilestoneStatus, _ string) bool { return m.GetNotReported() != "" }},
	{"achieved-late", "late", "achieved after the day last promised", func(m *pb.MilestoneStatus, _ string) bool { return m.GetTiming() == "late" }},
	{"promised", "plain", "promised by the day of the page", func(m *pb.MilestoneStatus, day string) bool {
		due, _ := promise(m)
		return counted(m) && due != "" && due <= day
	}},
	{"kept", "met", "achieved by the day that was promised", func(m *pb.MilestoneStatus, day string) bool {
		due, _ := promise(m)
		return due != "" && due <= day && m.GetActual() != "" && m.GetState() == "achieved" && m.GetActual() <= due
	}},
	{"counted", "plain", "neither cancelled nor replaced", func(m *pb.MilestoneStatus, _ string) bool { return counted(m) }},
	{"achieved-dated", "met", "achieved on a day that is known", func(m *pb.MilestoneStatus, _ string) bool { return actual(m) != "" }},
	{"there", "plain", "not replaced by others", func(*pb.MilestoneStatus, string) bool { return true }},
	{"nowhere", "unknown", "in no month: open, and with no day in force", func(m *pb.MilestoneStatus, _ string) bool { return isOpen(m) && m.GetForecast() == "" }},
	{"over", "cancelled", "cancelled, or achieved on a day that nobody said", func(m *pb.MilestoneStatus, _ string) bool {
		return m.GetState() == "cancelled" || m.GetState() == "achieved" && m.GetActual() == ""
	}},
	{"baselined", "plain", "with a baselined date", func(m *pb.MilestoneStatus, _ string) bool { return m.GetBaselineNumber() > 0 }},
	{"rebaselined", "plain", "re-baselined", func(m *pb.MilestoneStatus, _ string) bool { return m.GetBaselineNumber() > 1 }},
	{"exception", "overdue", "beyond a tolerance", func(m *pb.MilestoneStatus, _ string) bool {
		return m.GetExceptionTier() != "" || m.GetCostExceptionTier() != ""
	}},
	{"proposed", "unknown", "with a baseline that waits for its approval", func(m *pb.MilestoneStatus, _ string) bool { return m.GetProposedBaseline() != "" }},
	{"corrected", "unknown", "with a correction that counts", func(m *pb.MilestoneStatus, _ string) bool { return m.GetCorrections() > 0 }},
	{"cancellation-pending", "unknown", "cancelled, which waits for its approval", func(m *pb.MilestoneStatus, _ string) bool { return m.GetCancellationPending() }},
	{"scope-pending", "unknown", "under other words than were approved", func(m *pb.MilestoneStatus, _ string) bool { return m.GetScopePending() }},
	{"baseline-error", "unknown", "with an approved date that was itself wrong", func(m *pb.MilestoneStatus, _ string) bool { return m.GetMistakenBaseline() != "" }},
	{"achieved", "met", "achieved", func(m *pb.MilestoneStatus, _ string) bool { return m.GetState() == "achieved" }},
}

// conditionOf is the condition of a name; false where there is none, as for the empty name.
func conditionOf(name string) (condition, bool) {
	i := slices.IndexFunc(conditions, func(c condition) bool { return c.name == name })
	if i < 0 {
		return condition{}, false
	}
	return conditions[i], true
}

// shows says whether a milestone is one of those that a figure counts, on the day of the page. One that was replaced is in
// no figure, and no name is everything.
func shows(name string, m *pb.MilestoneStatus, day string) bool {
	if name == "" {
		return true
	}
	c, ok := conditionOf(name)
	return ok && !m.GetReplaced() && c.holds(m, day)
}

// those are the milestones for which a condition holds.
func those(milestones []*pb.MilestoneStatus, name, day string) []*pb.MilestoneStatus {
	var found []*pb.MilestoneStatus
	for _, m := range milestones {
		if shows(name, m, day) {
			found = append(found, m)
		}
	}
	return found
}

// isOpen says whether a milestone is neither achieved nor cancelled nor replaced.
func isOpen(m *pb.MilestoneStatus) bool {
	return !slices.Contains([]string{"achieved", "cancelled", "replaced"}, m.GetState())
}

// counted says whether a milestone counts among what was promised: one that was cancelled is no longer.
func counted(m *pb.MilestoneStatus) bool { return m.GetState() != "cancelled" && !m.GetReplaced() }

// promise is the day that a milestone was promised for: the original baseline, else the first forecast. It is empty where
// there was neither.
func promise(m *pb.MilestoneStatus) (due string, baseline bool) {
	if original := m.GetOriginalBaseline(); isDay(original) {
		return original, true
	}
	return m.GetFirstForecast(), false
}

// isDay says whether text is an ISO day, and not words in place of one.
func isDay(text string) bool { return words.IsDay(text) }
