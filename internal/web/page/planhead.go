package page

import (
	"math"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
)

// planHead is what stands above every page of a plan: its name, its pages, and the days that it was reported for.
type planHead struct {
	Name, Period, Closed string
	Tabs                 []tab
	Days                 stepper
}

// tab is one page of a plan among the others.
type tab struct {
	Name, Href string
	On         bool
}

// stepper leads from the day of the page to the days of the returns before and after it.
type stepper struct {
	Day            string // of the page, an ISO day
	Earlier, Later *step
	Today          string // the address of the page as of today; empty where it is
}

// step is a day that the stepper leads to.
type step struct{ Day, Href string }

// tabs are the pages of a plan, by the last part of their address.
var tabs = []struct{ name, path string }{
	{"Board", ""},
	{"Milestones", "/milestones"},
	{"Changes", "/changes"},
	{"Trend", "/trend"},
	{"Timeline", "/timeline"},
	{"Money", "/funding"},
	{"Owners", "/owners"},
	{"Measures", "/measures"},
	{"In doubt", "/review"},
	{"Decisions", "/decisions"},
}

// aPlan is the plan of a page, as the API tells of it, with its heading and what stands above the page.
type aPlan struct {
	*pb.Plan
	whole *pb.GetPlanResponse
	head  planHead
	heading
}

// open asks for the plan that a page is about. The page is one of its tabs, by path. Every other question of the page comes
// after it, so that a day to come is refused before anything else.
func (a *asking) open(path string) (*aPlan, error) {
	if err := a.notToCome(); err != nil {
		return nil, err
	}
	answer, err := a.api.Plan(a, &pb.GetPlanRequest{Plan: a.plan, ReadAt: a.readAt()})
	if err != nil {
		return nil, err
	}
	a.answered(answer.GetSpokenFor())
	p := answer.GetPlan()
	opened := &aPlan{
		Plan: p, whole: answer,
		heading: heading{Title: p.GetName(), Crumbs: []crumb{{"Portfolio", a.to("/")}}, follows: a.plan},
		head:    planHead{Name: p.GetName(), Period: period(p), Closed: p.GetClosed(), Days: a.stepper(answer.GetReportDays())},
	}
	for _, t := range tabs {
		on := t.path == path
		opened.head.Tabs = append(opened.head.Tabs, tab{t.name, a.to(planPath(a.plan) + t.path), on})
		if on && path != "" {
			opened.Title = t.name + ": " + p.GetName()
		}
	}
	if a.asAt() != "" {
		opened.Title = words.Day(a.asAt()) + ": " + opened.Title
	}
	return opened, nil
}

// notToCome refuses a day that is still to come where the plan is: nobody knows how it will stand then.
func (a *asking) notToCome() error {
	day := a.asAt()
	if words.Day(day) == day { // none, or not a day, which the API refuses in its own words
		return nil
	}
	// The smallest question there is: what nobody has said yet. Its answer names today.
	answer := a.api.Audit(a, &pb.ListAuditRequest{Plan: a.plan, ReadAt: &pb.ReadAt{KnownAt: a.knownAt()}, After: math.MaxUint64, PageSize: 1})
	for _, err := range answer.Items {
		if err != nil {
			return err
		}
	}
	return past(day, answer.SpokenFor.GetAsAt())
}

// past refuses a day after today. Both are ISO days.
func past(day, today string) error {
	if day > today {
		return &Problem{
			Status: 400, Title: "This day is still to come",
			Sentence: "Today is " + words.Day(today) + ". Nobody knows how things will stand on " + words.Day(day) + ": choose a day up to today.",
		}
	}
	return nil
}

// stepper leads to the returns before and after the page's day. Where a plan has no returns, but pushes of a few milestones
// only, it leads to the days of those.
func (a *asking) stepper(days []*pb.ReportDay) stepper {
	s := stepper{Day: a.spoken.GetAsAt()}
	if a.asAt() != "" {
		s.Today = a.with(paramAsAt, "")
	}
	whole := false
	for _, d := range days {
		whole = whole || d.GetWhole()
	}
	for _, d := range days {
		day := d.GetAsAt()
		switch to := (&step{day, a.with(paramAsAt, day, paramPage, "")}); {
		case whole && !d.GetWhole():
		case day < s.Day:
			s.Earlier = to
		case day > s.Day && s.Later == nil && a.asAt() != "":
			s.Later = to
		}
	}
	return s
}

// returns are the days of the plan's returns up to the day of the page, the earliest first; of all that was said where
// there are none.
func (p *aPlan) returns(upTo string) []string {
	var whole, all []string
	for _, d := range p.whole.GetReportDays() {
		if day := d.GetAsAt(); day <= upTo {
			if all = append(all, day); d.GetWhole() {
				whole = append(whole, day)
			}
		}
	}
	if len(whole) > 0 {
		return whole
	}
	return all
}
