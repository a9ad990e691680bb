package codec

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
)

// grown are samples of events with the fields that docs/adr/0019-what-a-record-will-have-to-hold.md added. They are
// kept beside the first samples of the same types, which neither have these fields nor ever will.
var grown = []Event{
	ofMilestone(milestone.Added{
		Ref: "B1.1", Title: "Redditch Hub fitted out", PartsOf: []milestone.ID{{0: 1, 15: 0x7f}, {0: 2, 15: 0x7e}},
	}),
	ofMilestone(milestone.ForecastGiven{Delivery: read(within("2017-09", "2017-09-01", "2017-09-30")), Reason: "from the business case"}),
	ofMilestone(milestone.Slipped{
		Delivery: read(within("2017-Q4", "2017-10-01", "2017-12-31")), From: day("2017-09-30"), Days: 92, Reason: "builder late",
	}),
	ofMilestone(milestone.Recovered{
		Delivery: read(within("2017-11", "2017-11-01", "2017-11-30")), From: day("2017-12-31"), Days: -31, Reason: "a second crew",
	}),
	ofMilestone(milestone.Reconfirmed{Delivery: read(within("2017-11", "2017-11-01", "2017-11-30")), Reason: "monthly return"}),
	ofMilestone(milestone.Restated{
		Delivery: read(within("Q4 17/18", "2018-01-01", "2018-03-31")), Reason: "financial quarters are meant",
		Rule: "read-by-another-setting", From: day("2017-12-31"), Days: 90,
	}),
	ofMilestone(milestone.Withdrawn{Delivery: read(notKnown("TBC")), From: day("2017-11-30"), Reason: "no contractor"}),
	ofMilestone(milestone.Awaited{Delivery: read(notKnown("to be agreed")), Reason: "no contractor yet"}),
	ofMilestone(milestone.Unread{Delivery: read(notKnown("January 45 2014", "unreadable")), Reason: "as published"}),
	ofMilestone(milestone.FurtherDateStated{Label: "start", Date: read(within("2018-06", "2018-06-01", "2018-06-30")), Reason: "no builder yet"}),
	ofMilestone(milestone.Achieved{Actual: read(within("2017-10-02", "2017-10-02", "2017-10-02")), Words: "signed off"}),
	ofMilestone(milestone.AchievementRestated{
		Actual: read(within("2017-10-09", "2017-10-09", "2017-10-09")), From: day("2017-10-02"), Words: "the day that the keys came",
	}),
	ofMilestone(milestone.Started{Start: read(within("2017-05-02", "2017-05-02", "2017-05-02")), From: day("2017-05-01"), Words: "on site"}),
	ofMilestone(milestone.DependencyLinked{On: milestone.ID{0: 1, 15: 0x7f}, LagDays: 28, Reason: "the keys come first", OnPlan: "estates-2017"}),
	ofMilestone(milestone.Replaced{New: []milestone.ID{{0: 3, 15: 0x7d}}, Reason: "the same hub under another name"}),
	ofMilestone(milestone.ReviewRaised{
		Item: "title:several-actions", Reason: "several-actions", Field: "title", Text: "Hub and spokes live",
		Says: "It may be two milestones.", Proposed: "Hub live", Cell: cellOf("Hub and spokes live; lease signed"),
	}),
	ofMilestone(milestone.ReviewSettled{
		Item: "title:several-actions", Outcome: milestone.Split, Text: "Hub and spokes live", Value: "Hub live",
		Into: "HUB-1\nHUB-1.2", Reason: "asked the board", Cell: cellOf("Hub and spokes live; lease signed"),
	}),
	ofPlan(plan.ComponentStated{
		Kind: plan.Scheme, Name: "GP IT", Within: "Digital", Reason: "the supplier is late",
		Deadline: read(within("2018-06", "2018-06-01", "2018-06-30")),
	}),
	ofMilestone(measure.Targeted{
		Measure: "KPI-3", Value: "95%", Reason: "as agreed", By: read(within("2018-06", "2018-06-01", "2018-06-30")),
		Number: "95", Unit: "%", Day: day("2018-06-30"),
	}),
	ofPlan(plan.Registered{
		Name: "Herefordshire and Worcestershire", TimeZone: "America/New_York",
		Conventions: plan.Conventions{DateOrder: plan.MonthFirst, FinancialYear: time.July, Weeks: plan.SundayWeeks},
	}),
	ofPlan(plan.Revised{Reason: "the new office writes so", Conventions: plan.Conventions{DateOrder: plan.DayFirst, FinancialYear: time.January, Weeks: plan.ISOWeeks}}),
	ofPlan(plan.DocumentImported{
		SHA256: [32]byte{0: 1, 31: 0xff}, Document: "plan-2017.xlsx", Columns: []plan.DocumentColumn{
			{Sheet: "Estates", Column: 1, Heading: "Milestone", ReadAs: "title"}, {Sheet: "Estates", Column: 2, Heading: "Notes"},
		},
	}),
	ofPlan(measure.Taken{Measure: "KPI-3", Value: "about 91.5%", Words: "after the audit", Number: "91.5", Unit: "%", Day: day("2018-05-31")}),
	ofMilestone(milestone.OwnerChanged{
		From: partyOf("\x01"), To: partyOf("\xfe"), Effective: day("2017-07-01"), Reason: "both of them", SharedBy: []milestone.Party{partyOf("\x02"), partyOf("\x03")},
	}),
}

// grownAgain are samples of events that got fields after those of grown.
var grownAgain = []Event{
	ofPlan(plan.Registered{
		Name: "Herefordshire and Worcestershire", TimeZone: "America/New_York",
		Conventions: plan.Conventions{DateOrder: plan.MonthFirst, FinancialYear: time.July, Weeks: plan.SundayWeeks, MonthsFrom: day("2017-04-01")},
	}),
	ofPlan(plan.Revised{Reason: "months are counted", Conventions: plan.Conventions{MonthsFrom: day("2017-04-01")}}),
}

// read is a date that the first version of the reader read with the settings stated at position 7.
func read(d period.Delivery) period.Delivery {
	d.Reader, d.Settings = 1, 7
	return d
}

func cellOf(text string) milestone.DocumentCell {
	return milestone.DocumentCell{SHA256: [32]byte{0: 1, 31: 0xff}, Sheet: "Estates", Row: 12, Column: 3, Text: text}
}

func TestKeptEventsWithLaterFields(t *testing.T) {
	for _, sample := range grown {
		entry := byName[sample.named().EventName()]
		keptEvent(t, entry, filepath.Join("testdata", "v2", entry.name+".hex"), sample)
	}
	for _, sample := range grownAgain {
		entry := byName[sample.named().EventName()]
		keptEvent(t, entry, filepath.Join("testdata", "v3", entry.name+".hex"), sample)
	}
}

// A version that does not know the later fields reads the events as if they did not have them, and the earlier samples
// have none of them: neither side has to wait for the other.
func TestFirstSamplesHaveNoLaterFields(t *testing.T) {
	for _, sample := range slices.Concat(grown, grownAgain) {
		name := sample.named().EventName()
		text, err := os.ReadFile(filepath.Join("testdata", "v1", name+".hex"))
		if err != nil {
			t.Fatal(err)
		}
		payload, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
		if err != nil {
			t.Fatal(err)
		}
		first, err := Decode(byName[name].stored, payload)
		if err != nil || cmp.Equal(first, sample) {
			t.Errorf("%s, as it was first stored, has later fields: %v, %v", name, first, err)
		}
	}
}
