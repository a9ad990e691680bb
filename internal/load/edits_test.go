package load_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/rig/sharedtest"
)

// An edit makes the next version of a plan. Lines count from 1, cells from 0.
type edit func(lines []string, separator string) []string

// put inserts a line above another.
func put(line int, text string) edit {
	return func(lines []string, separator string) []string {
		return slices.Insert(lines, line-1, strings.ReplaceAll(text, "|", separator))
	}
}

func remove(line int) edit {
	return func(lines []string, _ string) []string { return slices.Delete(lines, line-1, line) }
}

// move takes a line out and puts it above another, which stands further down.
func move(line, above int) edit {
	return func(lines []string, _ string) []string {
		moved := lines[line-1]
		return slices.Insert(slices.Delete(lines, line-1, line), above-2, moved)
	}
}

func cell(line, at int, text string) edit {
	return func(lines []string, separator string) []string {
		cells := strings.Split(lines[line-1], separator)
		for len(cells) <= at {
			cells = append(cells, "")
		}
		cells[at] = text
		lines[line-1] = strings.Join(cells, separator)
		return lines
	}
}

func replace(line int, old, with string) edit {
	return func(lines []string, _ string) []string {
		lines[line-1] = strings.Replace(lines[line-1], old, with, 1)
		return lines
	}
}

func swap(line, other, at int) edit {
	return func(lines []string, separator string) []string {
		a, b := strings.Split(lines[line-1], separator), strings.Split(lines[other-1], separator)
		a[at], b[at] = b[at], a[at]
		lines[line-1], lines[other-1] = strings.Join(a, separator), strings.Join(b, separator)
		return lines
	}
}

// column adds a column behind all others, wherever the header stands.
func column(header int, heading, value string) edit {
	return func(lines []string, separator string) []string {
		first, _, _ := strings.Cut(lines[header-1], separator)
		for i, line := range lines {
			switch {
			case strings.HasPrefix(line, first+separator):
				lines[i] += separator + heading
			case i >= header && len(strings.FieldsFunc(line, func(c rune) bool { return string(c) == separator })) > 3:
				lines[i] += separator + value
			}
		}
		return lines
	}
}

// versions are edits of the plans and what each comes to, beside what is said again.
var versions = []struct {
	plan, name string
	edit       edit
	want       string
}{
	{"worcestershire.txt", "a line on top", put(1, "As the board saw it"), "ForecastReconfirmed 76"},
	{"worcestershire.txt", "a row on top", put(3, "A new scheme|A new deliverable||£5,000 from the reserve|Buy the land for it|Estates office|June 2018||"), "ComponentStated 2, ForecastGiven 1, ForecastReconfirmed 76, FundingIdentified 1, MilestoneAdded 1, OwnerChanged 1, sums 1"},
	{"worcestershire.txt", "a row is gone", remove(48), "ForecastReconfirmed 75, not told 1"},
	{"worcestershire.txt", "a row is reworded", cell(18, 4, "Open both urgent care hubs in the forest"), "ForecastGiven 1, ForecastReconfirmed 75, MeasureDefined 2, MilestoneAdded 1, OwnerChanged 1, ReviewRaised 1, not told 1, unsure 1"},
	{"worcestershire.txt", "a date moves", cell(18, 6, "June 2019"), "ForecastReconfirmed 75, MilestoneSlipped 1"},
	{"worcestershire.txt", "an owner changes", cell(18, 5, "Estates office"), "ForecastReconfirmed 76, OwnerChanged 1"},
	{"worcestershire.txt", "an amount changes", replace(15, "£6", "£7"), "ForecastReconfirmed 76, FundingIdentified 1"},
	{"worcestershire.txt", "a column more", column(1, "Board paper", "seen"), "ForecastReconfirmed 76, MilestoneAmended 73"},
	{"leicestershire.txt", "a line on top", put(1, "As the board saw it"), "ForecastReconfirmed 45, FurtherDateStated 1"},
	{"leicestershire.txt", "a date moves", replace(95, "April 2017", "April 2018"), "ForecastReconfirmed 41, FurtherDateStated 1, MilestoneAmended 3, MilestoneSlipped 4"},
	{"leicestershire.txt", "an amount changes", replace(17, "£14k", "£16k"), "ForecastReconfirmed 45, FundingIdentified 1, FurtherDateStated 1"},
	{"leicestershire.txt", "a row is reworded", replace(169, "support offered", "help given"), "ForecastReconfirmed 45, FurtherDateStated 1, MeasureDefined 1, MilestoneAdded 1, OwnerChanged 1, ReviewRaised 2, not told 1, unsure 1"},
	{"leicestershire.txt", "a row is gone", remove(205), "ForecastReconfirmed 44, FurtherDateStated 1, MeasureDefined 8, MeasureTargeted 5, MilestoneAmended 5, not told 2"},
	{"wolverhampton.txt", "a line on top", put(1, "As the board saw it"), "ForecastReconfirmed 122, FurtherDateStated 1, ReviewRaised 1"},
	{"wolverhampton.txt", "a row on top", put(834, "1|A new requirement|Buy the land for it|Estates office|June 2018|Not started"), "ComponentStated 1, ForecastGiven 1, ForecastReconfirmed 122, FurtherDateStated 1, MilestoneAdded 1, OwnerChanged 1, ReviewRaised 1"},
	{"wolverhampton.txt", "a column more", column(833, "Board paper", "seen"), "ForecastReconfirmed 122, FurtherDateStated 1, MilestoneAmended 19, ReviewRaised 1"},
	{"wolverhampton.txt", "a row is gone", remove(836), "ForecastReconfirmed 121, FurtherDateStated 1, ReviewRaised 1, not told 1"},
	{"wolverhampton.txt", "a row moves", move(835, 838), "ForecastReconfirmed 122, FurtherDateStated 1, ReviewRaised 1"},
	{"wolverhampton.txt", "owners are swapped", swap(837, 838, 3), "ForecastReconfirmed 122, FurtherDateStated 1, OwnerChanged 2, ReviewRaised 1"},
	{"wolverhampton.txt", "a date moves", cell(837, 4, "2018"), "ForecastReconfirmed 121, FurtherDateStated 1, MilestoneSlipped 1, ReviewRaised 1"},
	{"wolverhampton.txt", "an amount changes", replace(226, "£500,000", "£550,000"), "ForecastReconfirmed 122, FundingIdentified 1, FurtherDateStated 1, ReviewRaised 1"},
	{"dorset.txt", "a line on top", put(1, "As the board saw it"), "FurtherDateStated 1"},
	{"dorset.txt", "ratings are typed in", func(lines []string, s string) []string {
		for _, line := range []int{9, 10, 11} {
			lines = cell(line, 5, []string{"Green", "Amber", "Red"}[line-9])(lines, s)
		}
		return lines
	}, "ConfidenceAssessed 3, FurtherDateStated 1, PlanRevised 1"},
	{"dorset.txt", "a row is gone", remove(11), "FurtherDateStated 1, not told 1"},
	{"dorset.txt", "a row on top", put(8, "||||Buy the land for it||Ongoing||"), "FurtherDateStated 1, MilestoneAdded 1"},
	{"dorset.txt", "a row moves", move(9, 13), "FurtherDateStated 1"},
	{"dorset.txt", "a row is another one", cell(12, 4, "Publish what is on offer each spring"), "FurtherDateStated 1, MilestoneAdded 1, ReviewRaised 1, not told 1, changed 1, unsure 1"},
	{"buckinghamshire-register.csv", "a column more", column(1, "board_paper", "seen"), "ForecastReconfirmed 80, MilestoneAmended 83"},
	{"buckinghamshire-register.csv", "a row is reworded", replace(2, "a BOB-wide workforce strategy", "an area-wide workforce strategy"), "ForecastReconfirmed 80, MilestoneAmended 1"},
	{"buckinghamshire-funding.csv", "rows move", move(3, 9), ""},
	{"buckinghamshire-funding.csv", "a fund is renamed", replace(2, "NHS England minor improvement grant", "National improvement grant"), "FundingIdentified 1"},
	{"buckinghamshire-register.csv", "a row is gone", remove(3), "ForecastReconfirmed 79, not told 1"},
	{"buckinghamshire-register.csv", "a row on top", put(2, "N1,3. Workforce,,,Buy the land,Estates office,June 2018,,,,,"), "ForecastGiven 1, ForecastReconfirmed 80, MilestoneAdded 1, OwnerChanged 1"},
	{"buckinghamshire-funding.csv", "a row on top", put(2, "A new scheme,A new fund,5.00,GBP,total,2017-04-01,2018-03-31,False,£5 for the land"), "FundingIdentified 1, sums 1"},
	{"buckinghamshire-funding.csv", "a row is gone", remove(3), "not told 1"},
	{"buckinghamshire-funding.csv", "an amount changes", replace(3, "3.00", "4.00"), "FundingIdentified 1"},
}

// quiet are the events that say again what was said. A step that is told as done before its day is in doubt until that day has passed,
// so that the later version states it. One of Wolverhampton's says when something is complete, and which of the two days is the promise
// is asked once.
var quiet = []string{"MilestoneSourced", "DocumentImported", "DeliveryDateUnread", "ProgressReported", "MeasureTaken"}

func TestTheNextVersionOfAPlan(t *testing.T) {
	t.Parallel()
	c := server(t)
	for i, v := range versions {
		t.Run(v.plan+"/"+v.name, func(t *testing.T) {
			t.Parallel()
			text := string(sharedtest.Read(t, "plans/"+v.plan))
			separator := "\t"
			if strings.HasSuffix(v.plan, ".csv") {
				separator = ","
			}
			l := load.Load{Service: c, Plan: fmt.Sprintf("p%d", i), Name: "A plan"}
			importPlan(t, l, v.plan, []byte(text), "2017-02-24")
			sums := fundsOf(t, c, l.Plan)
			next := strings.Join(v.edit(strings.Split(text, "\n"), separator), "\n")
			got := importPlan(t, l, v.plan, []byte(next), "2017-05-31")
			var events []string
			for _, name := range slices.Sorted(maps.Keys(got.Events)) {
				if !slices.Contains(quiet, name) {
					events = append(events, fmt.Sprint(name, " ", got.Events[name]))
				}
			}
			if n := len(got.NotTold) + len(got.FundsNotTold); n > 0 {
				events = append(events, fmt.Sprint("not told ", n))
			}
			if n := len(got.Changed); n > 0 {
				events = append(events, fmt.Sprint("changed ", n))
			}
			if got.Unsure > 0 {
				events = append(events, fmt.Sprint("unsure ", got.Unsure))
			}
			if n := fundsOf(t, c, l.Plan) - sums; n != 0 {
				events = append(events, fmt.Sprint("sums ", n))
			}
			if told := strings.Join(events, ", "); told != v.want {
				t.Errorf("%s, %s: %q, want %q; %d unsure; %q %q %+v", v.plan, v.name, told, v.want, got.Unsure, got.NotTold, got.FundsNotTold, got.Changed)
			}
		})
	}
}

func fundsOf(t *testing.T, c *client.Client, plan string) (n int) {
	t.Helper()
	for _, err := range c.Funding(t.Context(), &pb.ListFundingRequest{Plan: plan, PageSize: 1000}).Items {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	return n
}
