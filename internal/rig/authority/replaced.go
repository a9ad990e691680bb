package authority

import (
	"slices"

	"milepost.dev/domain/civil"
)

// inheritance is what a milestone has from those that it replaces (R8).
type inheritance struct {
	told  Told // that it replaces them
	first Said // the earliest first forecast
	due   Said // the earliest of their last due days
}

func (i inheritance) any() bool { return i.first.Due != 0 }

// last returns what the milestone's own dates go on from.
func (i inheritance) last() *Told {
	return &Told{
		Kind: Date, AsAt: i.told.AsAt, Position: i.due.Position, Speaker: i.due.Speaker, Due: i.due.Due,
		Period: i.due.Period, order: -1,
	}
}

func (i inheritance) row(first Said) Row {
	return Row{
		Kind: Replacement, AsAt: i.told.AsAt, From: first, To: i.due, Days: first.Due.DaysUntil(i.due.Due),
		Measured: true, InSum: true, By: i.told.Speaker,
	}
}

// inherit finds what a milestone has from those that it replaces as at a day: from the as-at of the statement on,
// the earliest first forecast and the earliest last due day, through any chain. The parts of a split inherit
// where the whole ever had a date in force. above are those that are being asked about, so that two which
// replace each other come to an end.
func (p plan) inherit(ref string, at civil.Date, above []string) (in inheritance) {
	for _, t := range p.all {
		if t.Kind == Elsewhere && t.Milestone == ref && !t.AsAt.After(at) {
			in.take(t, Said{Due: t.First, Period: Span{t.First, t.First}}, Said{Due: t.Due, Period: Span{t.Due, t.Due}})
		}
		if t.Kind != Replaced && t.Kind != Split || !slices.Contains(t.New, ref) || t.AsAt.After(at) {
			continue
		}
		for _, old := range t.Old {
			if old == ref || slices.Contains(above, old) {
				continue
			}
			m := p.milestone(old, at, append(slices.Clone(above), ref))
			in.take(t, m.First, Said{m.Due, m.DuePeriod, m.First.Speaker, m.First.Position})
		}
	}
	return in
}

// take adds what one more of those whose place was taken promised.
func (i *inheritance) take(t Told, first, due Said) {
	if first.Due == 0 || due.Due == 0 {
		return
	}
	if i.told.Position == 0 {
		i.told = t
	}
	if i.first.Due == 0 || first.Due.Before(i.first.Due) {
		i.first = first
	}
	if i.due.Due == 0 || due.Due.Before(i.due.Due) {
		i.due = due
	}
}

// isReplaced says whether others took a milestone's place by a day: it stays listed, and is in no other count.
// Of two that replace each other, also through others, neither does.
func (p plan) isReplaced(ref string, at civil.Date) bool {
	return slices.ContainsFunc(p.successors(ref, at), func(n string) bool { return !p.leadsTo(n, ref, at, nil) })
}

// successors returns those that took a milestone's place by a day.
func (p plan) successors(ref string, at civil.Date) (refs []string) {
	for _, t := range p.all {
		if (t.Kind == Replaced || t.Kind == Split) && slices.Contains(t.Old, ref) && !t.AsAt.After(at) {
			refs = append(refs, t.New...)
		}
	}
	return refs
}

// leadsTo says whether one milestone is another, or is replaced by it through any chain. passed are those that
// were looked at.
func (p plan) leadsTo(from, to string, at civil.Date, passed []string) bool {
	if from == to || slices.Contains(passed, from) {
		return from == to
	}
	return slices.ContainsFunc(p.successors(from, at), func(n string) bool {
		return p.leadsTo(n, to, at, append(slices.Clone(passed), from))
	})
}

// Pair is a cancelled milestone and one that was added about then, with words alike: a person is asked whether
// it is the same (R8).
type Pair struct{ Cancelled, Added string }

// pairDays is how far a cancellation and an addition may lie apart.
const pairDays = 90

// alikeFrom is how alike the words must be.
const alikeFrom = 0.5

// pairs finds the questions of R8 by a day. alike says how alike two titles are, from 0 to 1.
func (p plan) pairs(at civil.Date, alike func(a, b string) float64) (found []Pair) {
	for _, c := range p.all {
		for _, a := range p.all {
			if c.Kind != Cancelled || a.Kind != Added || c.Milestone == a.Milestone || c.AsAt.After(at) || a.AsAt.After(at) {
				continue
			}
			near := apart(c.AsAt, a.AsAt) <= pairDays || apart(c.Recorded, a.Recorded) <= pairDays
			series := a.Series != "" && a.Series == p.series(c.Milestone)
			pair := Pair{c.Milestone, a.Milestone}
			if near && !series && !p.settledPair(pair, a) && alike(p.title(c.Milestone, at), p.title(a.Milestone, at)) >= alikeFrom &&
				!slices.Contains(found, pair) {
				found = append(found, pair)
			}
		}
	}
	return found
}

func apart(a, b civil.Date) int { return max(a.DaysUntil(b), b.DaysUntil(a)) }

// settledPair says whether somebody answered: it is replaced, or a reviewer who added neither says that it is
// not the same.
func (p plan) settledPair(pair Pair, added Told) bool {
	return slices.ContainsFunc(p.all, func(t Told) bool {
		about := slices.Contains(t.Old, pair.Cancelled) && slices.Contains(t.New, pair.Added)
		switch t.Kind {
		case Replaced, Split:
			return about
		case NotTheSame:
			return about && t.person() != added.person() && t.person() != p.addedBy(pair.Cancelled)
		}
		return false
	})
}
