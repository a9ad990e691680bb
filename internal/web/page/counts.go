package page

import (
	"fmt"

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
	lateOpen, onTime                                         int // still to come and not overdue, later than first forecast or not
	worst                                                    *pb.WorstSlip
	against                                                  string // what dates are later than, in words
}

// firstForecast is what dates are measured against where nothing is baselined, and firstPromised where something is: the original baseline of
// what has one, and the first forecast of the rest.
const firstForecast, firstPromised = "first forecast", "first promised"

// againstOf is what the dates of a plan are measured against.
func againstOf(p *pb.Plan) string {
	if p.GetBaselined() > 0 {
		return firstPromised
	}
	return firstForecast
}

// countsOf are the counts of a plan as the server has them.
func countsOf(p *pb.Plan) counts {
	c := counts{
		against: againstOf(p), milestones: int(p.GetMilestones()), overdue: int(p.GetOverdue()), slipped: int(p.GetSlipped()), recovered: int(p.GetRecovered()),
		undated: int(p.GetUndated()), review: int(p.GetToReview()), lateOpen: int(p.GetLate()), onTime: int(p.GetOnTime()), worst: p.GetWorst(),
		states: map[string]int{
			"started": int(p.GetStarted()), "on hold": int(p.GetOnHold()), "achieved": int(p.GetAchieved()), "cancelled": int(p.GetCancelled()),
			"replaced": int(p.GetReplaced()),
		},
	}
	planned := c.milestones
	for _, n := range c.states {
		planned -= n
	}
	c.states["planned"] = planned
	return c
}

func (c *counts) add(d counts) {
	if c.against == "" || d.against == firstPromised {
		c.against = d.against
	}
	c.milestones += d.milestones
	c.overdue += d.overdue
	c.slipped += d.slipped
	c.recovered += d.recovered
	c.undated += d.undated
	c.review += d.review
	for state, n := range d.states {
		if c.states == nil {
			c.states = map[string]int{}
		}
		c.states[state] += n
	}
}

// headline is what stands out, in a sentence.
func (c *counts) headline() string {
	text := words.Many(c.milestones, "milestone", "milestones")
	var standing []string
	for _, s := range []struct {
		n    int
		text string
	}{
		{c.overdue, "%d overdue"}, {c.slipped, "%d later than " + c.against}, {c.undated, "%d without a date"},
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

// doubt are the counts of what is in doubt: they stand beside the facts and are in none of their counts.
func (c *counts) doubt(link func(pairs ...string) string, on string) []figure {
	return []figure{{Tone: "unknown", Name: "in doubt, in no other count", N: c.review, Href: link(paramShow, "review"), On: on == "show=review"}}
}

// states are in the order of a milestone's life.
var states = []string{"planned", "started", "on hold", "achieved", "cancelled", "replaced"}

// figures are the counts with their links: what stands out first, then the states.
func (c *counts) figures(link func(pairs ...string) string, on string) []figure {
	figures := []figure{
		{Tone: "overdue", Name: "overdue", N: c.overdue, Href: link(paramShow, "overdue"), On: on == "show=overdue"},
		{Tone: "late", Name: "later than " + c.against, N: c.slipped, Href: link(paramShow, "slipped"), On: on == "show=slipped"},
		{Tone: "unknown", Name: "without a date", N: c.undated, Href: link(paramShow, "undated"), On: on == "show=undated"},
	}
	if c.recovered > 0 {
		figures = append(figures, figure{Tone: "early", Name: "earlier", N: c.recovered, Href: link(paramShow, "recovered"), On: on == "show=recovered"})
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
	there := c.milestones - c.states["replaced"]
	unknown := there - c.states["achieved"] - c.states["cancelled"] - c.overdue - c.lateOpen - c.onTime
	return chart.NewBar(there, []chart.Part{
		{Tone: "met", Name: "achieved", N: c.states["achieved"]},
		{Tone: "planned", Name: "to come, as " + c.against + " or earlier", N: c.onTime},
		{Tone: "late", Name: "to come, later than " + c.against, N: c.lateOpen},
		{Tone: "overdue", Name: "overdue", N: c.overdue},
		{Tone: "unknown", Name: "without a date, or in doubt", N: unknown},
		{Tone: "cancelled", Name: "cancelled", N: c.states["cancelled"]},
	})
}
