package web_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/node"
)

// A portfolio tells of each plan what the plan's own page tells, which counts its milestones one by one, and asks for no
// list of milestones.
func TestAPortfolioCountsAsItsPlansDo(t *testing.T) {
	s := serve(t, node.Config{})
	s.hubs("hubs")
	s.submit("more", "hubs",
		added("C", "Late and due"), stated("C", "2026-01-02", "2026-01-31", ""),
		added("D", "Met, and later than said"), stated("D", "2026-01-02", "2026-02-28", ""),
		&pb.Command{AsAt: "2026-03-10", Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{Ref: "D", ActualDate: "2026-03-09"}}},
		added("E", "Given up, without a date"), &pb.Command{AsAt: "2026-03-10", Command: &pb.Command_MilestoneCancelled{MilestoneCancelled: &pb.MilestoneCancelled{Ref: "E", Reason: "no money"}}},
		added("F", "Comes forward"), stated("F", "2026-01-02", "2028-02-28", ""), stated("F", "2026-02-02", "2028-01-31", "a builder is free"),
		added("G", "Two dates"), stated("G", "2026-01-02", "June 2027 or July 2028", ""),
		added("H", "Slips as far as A does"), stated("H", "2026-01-02", "2027-03-31", ""), stated("H", "2026-06-01", "2027-06-30", ""),
	)
	_, _, all := s.get("/")
	_, _, metrics := s.get("/metrics")
	if strings.Contains(metrics, `QueryService/ListStatus"`) || !strings.Contains(metrics, `QueryService/ListPlans"} 1`) {
		t.Error("the portfolio asks for the status of milestones, or more than once for the plans")
	}
	_, _, one := s.get("/plans/hubs")
	bars, figures := regexp.MustCompile(`aria-label="(\d+ [^"]+)"`), regexp.MustCompile(`<strong class="num">(\d+)</strong> <span>(?:<svg.*?</svg>)?([^<]+)</span>`)
	told := func(page string) (what []string) {
		for _, match := range bars.FindAllStringSubmatch(page, -1) {
			what = append(what, match[1])
		}
		for _, match := range figures.FindAllStringSubmatch(page, -1) {
			what = append(what, match[1]+" "+match[2])
		}
		return what
	}
	whole := told(one)
	for _, figure := range told(all) {
		if !slices.Contains(whole, figure) {
			t.Errorf("the portfolio tells %q, and the plan\n%q", figure, whole)
		}
	}
	if n := len(told(all)); n != 7 {
		t.Errorf("the portfolio tells %d figures of a plan: %q", n, told(all))
	}
	if !strings.Contains(all, `/milestones/A%2F1" title="Hub opens">A/1</a> <strong class="num tone-late">&#43;91</strong>`) {
		t.Errorf("what slipped most is not the first of those that slipped as far: %s", regexp.MustCompile(`Slipped most.*`).FindAllString(all, -1))
	}
	if !strings.Contains(all, `Comes forward</a> came forward`) {
		t.Error("a change is told without the title of its milestone")
	}
}

// A plan that is registered is on an open portfolio at once, and not only when the page looks by itself.
func TestANewPlanIsOnAnOpenPortfolio(t *testing.T) {
	s := serve(t, node.Config{})
	first := s.hubs("hubs")
	portfolio := s.stream(fmt.Sprintf("/live/?after=%d", first))
	for n := range 3 {
		began := time.Now()
		position := s.submit(fmt.Sprint("begin-new-", n), fmt.Sprint("new-", n), registered("Another"))
		if f := portfolio.frame(); f.id != position || !strings.Contains(f.raw, fmt.Sprintf(`id="plan-new-%d"`, n)) {
			t.Fatalf("the portfolio is sent position %d, want %d", f.id, position)
		}
		if took := time.Since(began); took > 8*time.Second { // it looks by itself every 15
			t.Errorf("it was there after %s", took)
		}
	}
}

// The counts of a plan follow each statement, as of every day and as known at every position, whatever was counted before.
func TestCountsFollowWhatIsSaid(t *testing.T) {
	s := serve(t, node.Config{})
	s.hubs("hubs")
	for i, command := range []*pb.Command{
		stated("B", "2026-03-01", "2027-01-31", ""), added("C", "One more"), stated("A/1", "2026-02-01", "2027-09-30", "late"),
		{AsAt: "2026-03-10", Command: &pb.Command_MilestoneAchieved{MilestoneAchieved: &pb.MilestoneAchieved{Ref: "B", ActualDate: "2026-03-09"}}},
	} {
		last := s.submit(fmt.Sprint("said-", i), "hubs", command)
		for range 2 {
			for _, at := range []*pb.ReadAt{{}, {AsAt: "2026-02-28"}, {AsAt: "2026-04-01"}, {KnownAt: fmt.Sprint(last - 1)}} {
				var want, got [4]int32
				for m, err := range s.server.Status(t.Context(), &pb.ListStatusRequest{Plan: "hubs", ReadAt: at}).Items {
					if err != nil {
						t.Fatal(err)
					}
					want[0]++
					for n, holds := range []bool{m.GetSlipDays() > 0, m.GetState() == "achieved", m.GetForecast() == "" && m.GetState() == "planned"} {
						if holds {
							want[n+1]++
						}
					}
				}
				for p, err := range s.server.Plans(t.Context(), &pb.ListPlansRequest{ReadAt: at}).Items {
					if err != nil {
						t.Fatal(err)
					}
					got = [4]int32{p.GetMilestones(), p.GetSlipped(), p.GetAchieved(), p.GetUndated()}
				}
				if got != want {
					t.Errorf("after statement %d, %v: %v are counted, and %v are listed", i, at, got, want)
				}
			}
		}
	}
}
