package figures_test

import (
	"slices"
	"testing"

	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// way is something that was tried to make a slip smaller, told of one milestone in the order given, and what it comes to.
type way struct {
	name string
	told []step
	at   string // the day asked about
	slip int
	rows []string // events that must be among the rows
	none []string // events that must not
	also func(Figures) bool
}

type step struct {
	asAt  string
	by    uint32
	event milestone.Event
}

func dated(asAt, words string) step { return datedBy(asAt, words, 1) }

func datedBy(asAt, words string, by uint32) step {
	return step{asAt, by, milestone.ForecastGiven{Delivery: spectext.Reading(words)}}
}

func achieved(asAt, day string) step {
	return step{asAt, 1, milestone.Achieved{Actual: spectext.Reading(day)}}
}

// TestWays plays what was tried to make a slip invisible or smaller, and finds the true days.
func TestWays(t *testing.T) {
	renamed := "The hub is handed over"
	for _, w := range []way{
		{
			name: "an invented first date with an earlier as-at, after the fact",
			told: []step{dated("2017-01-10", "2017-06-30"), dated("2017-04-10", "2017-12-29"), datedBy("2017-01-02", "2018-09-30", 2)},
			at:   "2017-05-01", slip: 182, rows: []string{StartRestated, "MilestoneSlipped"}, none: []string{"MilestoneRecovered"},
			also: func(f Figures) bool { return f.StartRestated && f.Other.Days == -275 },
		},
		{
			name: "the forecast never moves, and it is achieved 263 days late",
			told: []step{dated("2017-01-10", "2017-06-30"), achieved("2018-03-20", "2018-03-20")},
			at:   "2018-04-01", slip: 263, rows: []string{"MilestoneAchieved"},
			also: func(f Figures) bool { return f.Late },
		},
		{
			name: "achieved on time on paper, and the day restated later",
			told: []step{dated("2017-01-10", "2017-06-30"), achieved("2017-07-01", "2017-06-30"), achieved("2017-10-01", "2017-09-08")},
			at:   "2017-12-01", slip: 70, rows: []string{"MilestoneAchieved", "AchievementRestated"},
		},
		{
			name: "an earlier actual told after a later one",
			told: []step{dated("2017-01-10", "2017-06-30"), achieved("2017-09-10", "2017-09-08"), achieved("2017-09-11", "2017-06-30")},
			at:   "2017-12-01", slip: 70,
		},
		{
			name: "a later date stated after the actual, and then no reopening",
			told: []step{dated("2017-01-10", "2017-06-30"), achieved("2017-09-10", "2017-09-08"), dated("2017-09-11", "2017-06-30")},
			at:   "2017-12-01", slip: 70, also: func(f Figures) bool { return f.DatedAfterAchieved },
		},
		{
			name: "TBC for ever",
			told: []step{dated("2017-01-10", "2017-06-30"), {"2017-03-10", 1, milestone.Withdrawn{Delivery: spectext.Reading("TBC")}}},
			at:   "2017-12-01", slip: 0, rows: []string{DateOwed},
			also: func(f Figures) bool { return f.Overdue && f.NoDate && f.Owed == 154 },
		},
		{
			name: "ongoing in place of the date",
			told: []step{dated("2017-01-10", "2017-06-30"), dated("2017-03-10", "ongoing")},
			at:   "2017-12-01", slip: 0, rows: []string{DateOwed},
			also: func(f Figures) bool { return f.Overdue && f.NoDate && f.Owed == 154 },
		},
		{
			name: "from when on in place of a day, and then started",
			told: []step{
				dated("2017-01-10", "2017-06-30"), dated("2017-03-10", "from 2017-09"),
				{"2017-09-10", 1, milestone.Started{Start: spectext.Reading("2017-09-04")}},
			},
			at: "2017-12-01", slip: 0, rows: []string{FromInPlaceOfDay, DateOwed}, none: []string{"MilestoneAchieved"},
			also: func(f Figures) bool { return !f.Met && f.Overdue && f.Owed == 154 },
		},
		{
			name: "first words with two dates, and a third a year later",
			told: []step{
				{"2017-01-10", 1, milestone.Unread{Delivery: spectext.Reading("2017-06 & 2017-04")}}, dated("2018-01-10", "2018-04-30"),
			},
			at: "2018-02-01", slip: 365, also: func(f Figures) bool { return f.FirstInDoubt },
		},
		{
			name: "easier words, the same date",
			told: []step{
				dated("2017-01-10", "2017-06-30"), {"2017-03-10", 1, milestone.Amended{Title: &renamed}}, achieved("2017-07-01", "2017-06-30"),
			},
			at: "2017-12-01", slip: 0, rows: []string{"MilestoneAmended"}, also: func(f Figures) bool { return f.OtherWords },
		},
		{
			name: "a vague date first, a tight one, and then the vague one's end",
			told: []step{dated("2016-12-10", "2017"), dated("2017-01-10", "2017-04-01"), dated("2017-03-10", "2017-12-31")},
			at:   "2017-03-20", slip: 0, rows: []string{"MilestoneRecovered", "MilestoneSlipped"},
			also: func(f Figures) bool { return f.First.Period.First != f.First.Period.Last && f.Previous.Days == 274 },
		},
		{
			name: "two reporters, one day, two dates",
			told: []step{dated("2017-01-10", "2017-06-30"), datedBy("2017-03-10", "2017-12-29", 1), datedBy("2017-03-10", "2017-06-30", 2)},
			at:   "2017-03-20", slip: 182, rows: []string{Disagrees}, none: []string{"MilestoneRecovered"},
			also: func(f Figures) bool { return f.Disagreement },
		},
		{
			name: "cancelled while late",
			told: []step{dated("2017-01-10", "2017-06-30"), {"2017-08-10", 1, milestone.Cancelled{}}},
			at:   "2017-12-01", slip: 0, also: func(f Figures) bool { return f.CancelledOwing && f.LateThen == 41 },
		},
		{
			name: "reopened, and dated anew",
			told: []step{
				dated("2017-01-10", "2017-06-30"), achieved("2017-07-01", "2017-06-30"), {"2017-08-01", 1, milestone.Reopened{}}, dated("2017-08-01", "2017-12-29"),
			},
			at: "2017-09-01", slip: 182, rows: []string{"MilestoneReopened", "MilestoneSlipped"},
		},
		{
			name: "TBC, achieved, reopened: a date is still owed",
			told: []step{
				dated("2017-01-10", "2017-06-30"),
				{"2017-03-10", 1, milestone.Withdrawn{Delivery: spectext.Reading("TBC")}},
				achieved("2017-07-01", "2017-06-30"),
				{"2017-08-01", 1, milestone.Reopened{}},
			},
			at: "2017-09-01", slip: 0, also: func(f Figures) bool { return f.NoDate && f.Overdue },
		},
		{
			name: "put on hold",
			told: []step{dated("2017-01-10", "2017-06-30"), {"2017-03-10", 1, milestone.Held{}}},
			at:   "2017-12-01", slip: 0, also: func(f Figures) bool { return f.OnHold && f.Overdue },
		},
		{
			name: "a creep of four days, six times",
			told: []step{
				dated("2017-01-10", "2017-06-30"), dated("2017-02-10", "2017-07-04"), dated("2017-03-10", "2017-07-08"),
				dated("2017-04-10", "2017-07-12"), dated("2017-05-10", "2017-07-16"), dated("2017-06-10", "2017-07-20"), dated("2017-06-20", "2017-07-24"),
			},
			at: "2017-07-01", slip: 24,
		},
		{
			name: "the whole history told afterwards with an actual first",
			told: []step{achieved("2018-03-20", "2018-03-20"), dated("2018-03-01", "2018-03-31")},
			at:   "2018-04-01", slip: 0, rows: []string{StartRestated}, none: []string{"MilestoneRecovered"},
			also: func(f Figures) bool { return !f.Slip.Known },
		},
	} {
		t.Run(w.name, func(t *testing.T) {
			h := &history{}
			h.tell(0, spectext.Day("2016-12-01"), 1, milestone.Added{Ref: "A", Title: "The hub opens"})
			for _, s := range w.told {
				h.tell(0, spectext.Day(s.asAt), s.by, s.event)
			}
			f, rows := Rows(h.statements, spectext.Day(w.at), h.record())
			if f.Slip.Days != w.slip || w.also != nil && !w.also(f) {
				t.Errorf("%+v", f)
			}
			has := func(event string) bool {
				return slices.ContainsFunc(rows, func(r Row) bool { return r.Event == event })
			}
			for _, event := range w.rows {
				if !has(event) {
					t.Errorf("no row %s in\n%s", event, rowsOf(rows))
				}
			}
			for _, event := range w.none {
				if has(event) {
					t.Errorf("a row %s in\n%s", event, rowsOf(rows))
				}
			}
		})
	}
}
