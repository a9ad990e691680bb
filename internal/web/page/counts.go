package page

import (
	"fmt"
	"maps"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/words"
)

// figure is a number, what it counts, and the address of the list of exactly those.
type figure struct {
	Tone, Name, Href string
	N                int
	On               bool // the list that is shown is this one
}

// counts are the numbers of milestones in each condition.
type counts struct {
	milestones, overdue, slipped, recovered, undated, review int
	states                                                   map[string]int
	lateOpen                                                 int // still to come and not overdue, and later than first forecast
	worst                                                    *pb.WorstSlip
}

// countsOf are the counts of a plan as the server has them.
func countsOf(p *pb.Plan) counts {
	c := counts{
		milestones: int(p.GetMilestones()), overdue: int(p.GetOverdue()), slipped: int(p.GetSlipped()), recovered: int(p.GetRecovered()),
		undated: int(p.GetAwaited()), review: int(p.GetToReview()), lateOpen: int(p.GetLate()), worst: p.GetWorst(),
		states: map[string]int{
			"started": int(p.GetStarted()), "on hold": int(p.GetOnHold()), "achieved": int(p.GetAchieved()), "cancelled": int(p.GetCancelled()),
		},
	}
	planned := c.milestones
	for _, n := range c.states {
		planned -= n
	}
	c.states["planned"] = planned
	return c
}

// count counts milestones as the server does.
func count(milestones []*pb.MilestoneStatus) counts {
	c := counts{states: map[string]int{}}
	for _, m := range milestones {
		c.milestones++
		c.states[m.GetState()]++
		for name, is := range map[*int]bool{
			&c.overdue: m.GetOverdue(), &c.slipped: m.GetSlipDays() > 0, &c.recovered: m.GetSlipDays() < 0,
			&c.undated: undated(m), &c.review: len(m.GetReview()) > 0,
			&c.lateOpen: open(m) && !m.GetOverdue() && !undated(m) && m.GetSlipDays() > 0,
		} {
			if is {
				*name++
			}
		}
		if m.GetSlipDays() > 0 && (c.worst == nil || m.GetSlipDays() > c.worst.GetSlipDays()) {
			c.worst = &pb.WorstSlip{Ref: m.GetRef(), Milestone: m.GetMilestone(), Title: m.GetTitle(), SlipDays: m.GetSlipDays()}
		}
	}
	return c
}

// open says whether a milestone is still to come.
func open(m *pb.MilestoneStatus) bool {
	return m.GetState() != "achieved" && m.GetState() != "cancelled"
}

// undated says whether a milestone that is still to come has no date.
func undated(m *pb.MilestoneStatus) bool { return open(m) && m.GetForecast() == "" }

func (c *counts) add(d counts) {
	c.milestones += d.milestones
	c.overdue += d.overdue
	c.slipped += d.slipped
	c.recovered += d.recovered
	c.undated += d.undated
	c.review += d.review
}

// headline is what stands out, in a sentence.
func (c *counts) headline() string {
	text := words.Many(c.milestones, "milestone", "milestones")
	var standing []string
	for _, s := range []struct {
		n    int
		text string
	}{
		{c.overdue, "%d overdue"}, {c.slipped, "%d due later than first forecast"}, {c.undated, "%d without a date"},
	} {
		if s.n > 0 {
			standing = append(standing, fmt.Sprintf(s.text, s.n))
		}
	}
	if len(standing) == 0 {
		return text + ": nothing is overdue, nothing slipped, and every date is known."
	}
	return text + ": " + words.Listed(standing) + "."
}

// usualStates are in the order of a milestone's life. Any other state comes after them, under its own name.
var usualStates = []string{"planned", "started", "on hold", "achieved", "cancelled"}

// figures are the counts with their links: what stands out first, then every state there is.
func (c *counts) figures(link func(pairs ...string) string, on string) []figure {
	figures := []figure{
		{Tone: "overdue", Name: "overdue", N: c.overdue, Href: link(paramShow, "overdue"), On: on == "show=overdue"},
		{Tone: "late", Name: "slipped", N: c.slipped, Href: link(paramShow, "slipped"), On: on == "show=slipped"},
		{Tone: "unknown", Name: "no date", N: c.undated, Href: link(paramShow, "undated"), On: on == "show=undated"},
	}
	if c.recovered > 0 {
		figures = append(figures, figure{Tone: "early", Name: "came forward", N: c.recovered, Href: link(paramShow, "recovered"), On: on == "show=recovered"})
	}
	if c.review > 0 {
		figures = append(figures, figure{Tone: "unknown", Name: "to look at", N: c.review, Href: link(paramShow, "review"), On: on == "show=review"})
	}
	states := slices.Clone(usualStates)
	for _, state := range slices.Sorted(maps.Keys(c.states)) {
		if !slices.Contains(states, state) {
			states = append(states, state)
		}
	}
	for _, state := range states {
		if n := c.states[state]; n > 0 {
			figures = append(figures, figure{Tone: toneOf(state), Name: state, N: n, Href: link(paramState, state), On: on == "state="+state})
		}
	}
	return figures
}

// toneOf is the tone of a state, which its mark and its colour follow. A state that this program does not know is
// plain, and shown by its word.
func toneOf(state string) string {
	switch state {
	case "achieved":
		return "met"
	case "started", "planned", "cancelled":
		return state
	case "on hold":
		return "held"
	}
	return "plain"
}

// bar is a plan at a glance: it has each milestone once, under the worst that is true of it.
func (c *counts) bar() chart.Bar {
	rest := c.milestones - c.states["achieved"] - c.states["cancelled"] - c.overdue - c.lateOpen - c.undated
	return chart.NewBar(c.milestones, []chart.Part{
		{Tone: "met", Name: "achieved", N: c.states["achieved"]},
		{Tone: "planned", Name: "to come, as first forecast or earlier", N: max(rest, 0)},
		{Tone: "late", Name: "to come, later than first forecast", N: c.lateOpen},
		{Tone: "overdue", Name: "overdue", N: c.overdue},
		{Tone: "unknown", Name: "without a date", N: c.undated},
		{Tone: "cancelled", Name: "cancelled", N: c.states["cancelled"]},
	})
}
