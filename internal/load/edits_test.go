package load_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/rig/sharedtest"
)

var update = flag.Bool("update", false, "write what the edits come to into the specs")

// quiet are the events that say again what was said. A step that is told as done before its day is in doubt until that day has passed,
// so that the later version states it. One of Wolverhampton's says when something is complete, and which of the two days is the promise
// is asked once.
var quiet = []string{"MilestoneSourced", "DocumentImported", "DeliveryDateUnread", "ProgressReported", "MeasureTaken"}

// The next version of each published plan, edited as the specs in testdata/edits say, comes to what stands there. The plans themselves stay
// where they are: a spec has the edits alone, each of which is made when the test runs.
func TestTheNextVersionOfAPlan(t *testing.T) {
	t.Parallel()
	c := server(t)
	specs, err := filepath.Glob("testdata/edits/*")
	if err != nil || len(specs) < 6 {
		t.Fatalf("%d specs, %v", len(specs), err)
	}
	for n, path := range specs {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		spec := parseSpec(t, path, string(text))
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			original := strings.ReplaceAll(string(sharedtest.Read(t, "plans/"+filepath.Base(path))), "\r\n", "\n")
			for i := range spec.cases {
				e := &spec.cases[i]
				t.Run(e.name, func(t *testing.T) {
					got := nextVersion(t, c, fmt.Sprintf("p%d-%d", n, i), filepath.Base(path), original, e.edit(t, original, separatorOf(path)))
					if *update {
						e.want = got
					} else if got != e.want {
						t.Errorf("it comes to\n%s\nwant\n%s", got, e.want)
					}
				})
			}
			if *update {
				if err := os.WriteFile(path, []byte(spec.String()), 0o644); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// nextVersion imports a plan and its next version, and says what the second came to.
func nextVersion(t *testing.T, c *client.Client, plan, name, first, next string) string {
	l := load.Load{Service: c, Plan: plan, Name: "A plan"}
	importPlan(t, l, name, []byte(first), "2017-02-24")
	before, sums := standing(t, c, plan), sumsOf(t, c, plan)
	stream := c.Push(t.Context())
	defer stream.Close()
	l.Stream = stream
	day, _ := civil.Parse("2017-05-31")
	result, err := l.Run(t.Context(), strings.NewReader(next), documents.Options{Name: name, Settings: dates.Settings{Dated: day}})
	if err != nil {
		return "refused: " + err.Error()
	}
	told := eventsOf(result)
	lines := append(moved(before, standing(t, c, plan)), sumsMoved(sums, sumsOf(t, c, plan))...)
	for _, gone := range result.NotTold {
		lines = append(lines, "not told "+gone.Ref)
	}
	for _, r := range result.Refused {
		lines = append(lines, "refused "+r.Rule)
	}
	for range result.FundsNotTold {
		lines = append(lines, "a sum not told")
	}
	slices.Sort(lines)
	return strings.TrimSpace(told + "\n" + strings.Join(lines, "\n"))
}

// eventsOf counts the events that a version came to, beside those that say again what was said.
func eventsOf(result *load.Result) string {
	var events []string
	for _, name := range slices.Sorted(maps.Keys(result.Events)) {
		if !slices.Contains(quiet, name) {
			events = append(events, fmt.Sprint(name, " ", result.Events[name]))
		}
	}
	if n := len(result.Changed); n > 0 {
		events = append(events, fmt.Sprint("changed ", n))
	}
	if result.Unsure > 0 {
		events = append(events, fmt.Sprint("unsure ", result.Unsure))
	}
	if len(events) == 0 {
		return "nothing"
	}
	return strings.Join(events, ", ")
}

// moved is what became of each milestone. Its words are left out: they are the plan's own.
func moved(before, after map[string]*pb.MilestoneStatus) (lines []string) {
	for ref, is := range after {
		was := before[ref]
		if was == nil {
			lines = append(lines, strings.TrimSpace(fmt.Sprintf("new %s due %s", ref, is.GetForecast())))
			continue
		}
		var other []string
		if was.GetForecast() != is.GetForecast() {
			other = append(other, fmt.Sprintf("due %s now %s", orNone(was.GetForecast()), orNone(is.GetForecast())))
		}
		for field, pair := range map[string][2]string{
			"owner": {was.GetOwner(), is.GetOwner()}, "title": {was.GetTitle(), is.GetTitle()}, "workstream": {was.GetWorkstream(), is.GetWorkstream()},
			"state": {was.GetState(), is.GetState()},
		} {
			if pair[0] != pair[1] {
				other = append(other, field)
			}
		}
		if slices.Sort(other); len(other) > 0 {
			lines = append(lines, ref+" "+strings.Join(other, ", "))
		}
	}
	for ref := range before {
		if after[ref] == nil {
			lines = append(lines, "lost "+ref)
		}
	}
	return lines
}

func orNone(day string) string {
	if day == "" {
		return "none"
	}
	return day
}

func sumsOf(t *testing.T, c *client.Client, plan string) map[string]string {
	t.Helper()
	all := map[string]string{}
	for l, err := range c.Funding(t.Context(), &pb.ListFundingRequest{Plan: plan, PageSize: 1000}).Items {
		if err != nil {
			t.Fatal(err)
		}
		all[l.GetScheme()+"\x00"+l.GetMilestone()+"\x00"+l.GetLine()] = strings.TrimSpace(l.GetAmount()+" "+l.GetCurrency()) + " of " + l.GetFund()
	}
	return all
}

func sumsMoved(before, after map[string]string) (lines []string) {
	for line, is := range after {
		was, known := before[line]
		amountWas, fundWas, _ := strings.Cut(was, " of ")
		amount, fund, _ := strings.Cut(is, " of ")
		switch {
		case !known:
			lines = append(lines, "a new sum "+orNone(amount))
		case amountWas != amount:
			lines = append(lines, fmt.Sprintf("sum %s now %s", orNone(amountWas), orNone(amount)))
		case fundWas != fund:
			lines = append(lines, "a sum of another fund")
		}
	}
	for line := range before {
		if _, ok := after[line]; !ok {
			lines = append(lines, "a sum lost")
		}
	}
	return lines
}
