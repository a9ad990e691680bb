package figures_test

import (
	"slices"
	"testing"

	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/authority"
	"milepost.dev/internal/rig/spectext"
)

// apart says why the two accounts read a history differently, where the whole of it hangs on that. In each the reading here
// makes no figure better. Empty: they agree.
func (h *history) apart(got Figures, want authority.Milestone) string {
	otherFirst := int(got.First.Position) != want.First.Position
	switch {
	case h.doubtEvaded():
		return "R9: TestDoubtIsNotEvaded"
	case h.startEvades():
		return "R6: TestStartDoesNotMeetADay"
	case h.setting != 0 && got.DatedAfterAchieved:
		return "R4, R10: TestDateAfterAchievementIsReadByNoSetting"
	case h.doubts() > 1 && otherFirst:
		return "R9: of several words before any date, those about an earlier day are taken, where their earliest is not later"
	case h.datedBeforeWords() && otherFirst:
		return "R9: where a date was stated before the words, if only a restated start, they are no first forecast"
	case h.speakers > 1 && h.has(authority.Reopened) && otherFirst:
		return "R11: the earliest due day of several speakers is taken before an earlier day is asked"
	}
	return ""
}

// reconcile leaves out of the second account's answer what it says otherwise and no total hangs on.
func (h *history) reconcile(got Figures, want *authority.Milestone) {
	if want.InDoubt && h.clearer() {
		want.InDoubt = got.InDoubt
	}
	if (h.has(authority.Achieved) || h.has(authority.Started)) && h.has(authority.Reopened) {
		// To be met and opened again promises no date (R5). The second account forgets that none was.
		if got.NoDate {
			want.NoDate, want.NoDateSince = true, got.NoDateSince
		}
		want.CancelledOwing = want.CancelledOwing || got.CancelledOwing
	}
	if h.has(authority.Achieved) || h.has(authority.Cancelled) || h.has(authority.Started) {
		want.OnHold = got.OnHold // what is met or given up is not put off; no rule is about it
	}
	if got.StartShown || got.FirstInDoubt {
		// Overdue by a restated start, or promised by words with several days: the second account asks nothing of their words.
		want.OtherWords = got.OtherWords
	}
}

// TestDoubtIsNotEvaded holds a place where the two accounts differ: after words with several days, a date about an earlier day
// that is later than their earliest is a restated start (R2), as it would be after a date. The second account takes it for the
// first forecast, so that the words would be forgotten.
func TestDoubtIsNotEvaded(t *testing.T) {
	h := &history{}
	h.tell(0, firstDay, 0, milestone.Added{Ref: "A", Title: "The hub opens"})
	h.tell(0, firstDay.AddDays(1), 1, milestone.Unread{Delivery: spectext.Reading("2017-06 & 2017-04")})
	h.tell(0, firstDay, 1, milestone.ForecastGiven{Delivery: spectext.Reading("2017-06")})
	h.tell(0, firstDay.AddDays(2), 1, milestone.Reconfirmed{Delivery: spectext.Reading("2017-06")})
	f := Of(h.statements, firstDay.AddDays(9), h.record())
	if want := (Days{Known: true, Days: 61}); f.Slip != want || !f.StartRestated {
		t.Errorf("slip %+v, restated %t", f.Slip, f.StartRestated)
	}
}

// TestDateAfterAchievementIsReadByNoSetting holds another: a date stated after an actual changes no total until the milestone is
// reopened (R4), also where it is read by another setting than the date before it (R10).
func TestDateAfterAchievementIsReadByNoSetting(t *testing.T) {
	h := &history{}
	h.tell(0, firstDay, 0, milestone.Added{Ref: "A", Title: "The hub opens"})
	h.tell(0, firstDay, 1, milestone.ForecastGiven{Delivery: quarter("Q1", 0)})
	h.tell(0, firstDay.AddDays(60), 1, milestone.Achieved{Actual: spectext.Reading("2017-04-20")})
	h.setting = 1
	h.tell(0, firstDay.AddDays(61), 1, milestone.Reconfirmed{Delivery: quarter("Q1", 1)})
	if f := Of(h.statements, firstDay.AddDays(90), h.record()); f.Slip.Days != 20 || f.Setting != 0 {
		t.Errorf("slip %+v, setting %d", f.Slip, f.Setting)
	}
	h.tell(0, firstDay.AddDays(62), 1, milestone.Reopened{})
	if f := Of(h.statements, firstDay.AddDays(90), h.record()); f.Slip.Days != 0 || f.Setting != 91 {
		t.Errorf("reopened: slip %+v, setting %d", f.Slip, f.Setting)
	}
}

// TestStartDoesNotMeetADay holds another: where one speaker promises a day, and another says of the same as-at day from when on,
// a day was promised, and a start does not meet it (R6), although the other's due day is in force (R11).
func TestStartDoesNotMeetADay(t *testing.T) {
	h := &history{}
	h.tell(0, firstDay, 0, milestone.Added{Ref: "A", Title: "The hub opens"})
	h.tell(0, firstDay, 1, milestone.ForecastGiven{Delivery: spectext.Reading("2017-03-20")})
	h.tell(0, firstDay, 2, milestone.Slipped{Delivery: spectext.Reading("from 2017-04")})
	h.tell(0, firstDay, 2, milestone.Started{Start: spectext.Reading("2017-03-12")})
	if f := Of(h.statements, firstDay, h.record()); f.Met || f.Slip.Days != 41 {
		t.Errorf("met %t, slip %+v", f.Met, f.Slip)
	}
}

// doubts counts the words with several days.
func (h *history) doubts() (n int) {
	for _, t := range h.told {
		if t.Kind == authority.Several {
			n++
		}
	}
	return n
}

// clearer says whether words with several days were followed by a date: one about a later day that was told before them, or
// one of the same day and speaker that was told after them. Either puts an end to the doubt, as a date does that comes in
// time, and one speaker's statements about one day stand in the order told. The second account leaves it.
func (h *history) clearer() bool {
	for _, words := range h.told {
		for _, t := range h.told {
			if words.Kind == authority.Several && (t.Kind == authority.Date || t.Kind == authority.FromDay || t.Kind == authority.Settled) &&
				(t.AsAt > words.AsAt || t.AsAt == words.AsAt && t.Speaker == words.Speaker) {
				return true
			}
		}
	}
	return false
}

func (h *history) has(kind authority.Kind) bool {
	return slices.ContainsFunc(h.told, func(t authority.Told) bool { return t.Kind == kind })
}

// doubtEvaded says whether words with several days were told before any date, and later a date about an earlier day than theirs.
func (h *history) doubtEvaded() bool {
	for i, words := range h.told {
		if words.Kind == authority.Date || words.Kind == authority.FromDay {
			return false
		}
		if words.Kind == authority.Several && slices.ContainsFunc(h.told[i:], func(t authority.Told) bool {
			if t.Kind == authority.Settled {
				return min(t.AsAt, h.statements[t.Target-1].AsAt) < words.AsAt
			}
			return (t.Kind == authority.Date || t.Kind == authority.FromDay) && t.AsAt < words.AsAt
		}) {
			return true
		}
	}
	return false
}

// startEvades says whether a start was told, and of one as-at day a date by one speaker and from when on by another.
func (h *history) startEvades() bool {
	return h.has(authority.Started) && slices.ContainsFunc(h.told, func(day authority.Told) bool {
		return day.Kind == authority.Date && slices.ContainsFunc(h.told, func(from authority.Told) bool {
			return from.Kind == authority.FromDay && from.AsAt == day.AsAt && from.Speaker != day.Speaker
		})
	})
}

// datedBeforeWords says whether words with several days were told after a date.
func (h *history) datedBeforeWords() bool {
	date := false
	for _, t := range h.told {
		if t.Kind == authority.Several && date {
			return true
		}
		date = date || t.Kind == authority.Date || t.Kind == authority.FromDay
	}
	return false
}
