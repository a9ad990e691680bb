package authority

import (
	"slices"

	"milepost.dev/domain/civil"
)

// Plan is everything that was told of one plan.
type Plan struct {
	Told []Told
	// Alike says how alike two titles are, from 0 to 1, as rows of documents are matched; nil asks about no pair.
	Alike func(a, b string) float64
}

// Figures are the answers for one plan, known at a position, as at a day.
type Figures struct {
	Milestones []Milestone // in order of reference
	Counts     Counts
	Pairs      []Pair
	Renamed    []Renamed
}

// Counts are the counts of a plan. A replaced milestone is in Milestones and Replaced, and in no other. A
// cancelled one is in Cancelled and CancelledOwing, and its total stays in the sums: to give up does not undo a slip.
type Counts struct {
	Milestones, Open, Met, Cancelled, Replaced int
	// Late, OnTime and UpTo are of those met with a date that was promised (R4).
	Late, OnTime, UpTo int
	// Overdue, PassedDays and NoDate are of R5; NoDate is "promised, and now without a date".
	Overdue, OwedDays, NoDate int
	// InDoubt is of R9, CancelledOwing of R8, OtherWords of R7, StartRestated of R2, Disagreements of R11.
	InDoubt, CancelledOwing, OtherWords, StartRestated, Disagreements int
	// Slipped and Recovered count milestones by their total against the first forecast, Net adds the totals.
	Slipped, Recovered, Net, SettingDays int
}

// Renamed is a workstream that one request renamed for several milestones: one row (R7).
type Renamed struct {
	AsAt       civil.Date
	Was, Is    string
	By         string
	Milestones []string
}

// plan is what was known, in the order of telling.
type plan struct{ all []Told }

// of returns what was told of one milestone, in the order of telling.
func (p plan) of(ref string) (told []Told) {
	for _, t := range p.all {
		if t.Milestone == ref {
			told = append(told, t)
		}
	}
	return told
}

// Figures answers as known at a position, as at a day. A milestone is listed from the first as-at day on which
// something was told of it.
func (p Plan) Figures(knownAt int, asAt civil.Date) Figures {
	read := plan{settle(known(p.Told, knownAt))}
	var refs []string
	for _, t := range read.all {
		switch {
		case t.AsAt.After(asAt):
		case t.Milestone != "":
			refs = append(refs, t.Milestone)
		case t.Kind == Replaced || t.Kind == Split:
			refs = append(refs, t.New...)
		}
	}
	slices.Sort(refs)
	var f Figures
	for _, ref := range slices.Compact(refs) {
		m := read.milestone(ref, asAt, nil)
		f.Milestones = append(f.Milestones, m)
		f.Counts.add(m)
	}
	if p.Alike != nil {
		f.Pairs = read.pairs(asAt, p.Alike)
	}
	f.Renamed = read.renamed(asAt)
	return f
}

// Milestone returns the figures of one milestone, and false where it is not listed.
func (f Figures) Milestone(ref string) (Milestone, bool) {
	for _, m := range f.Milestones {
		if m.Ref == ref {
			return m, true
		}
	}
	return Milestone{}, false
}

func (c *Counts) add(m Milestone) {
	c.Milestones++
	if m.State == ReplacedNow {
		c.Replaced++
		return
	}
	c.SettingDays += m.Setting
	if m.Slip != nil {
		c.Net += *m.Slip
		c.Slipped += one(*m.Slip > 0)
		c.Recovered += one(*m.Slip < 0)
	}
	switch {
	case m.State == GivenUp:
		c.Cancelled++
		c.CancelledOwing += one(m.CancelledOwing)
		return
	case m.Met:
		c.Met++
	default:
		c.Open++
	}
	if m.Met && m.Slip != nil {
		c.Late += one(m.Late)
		c.UpTo += one(!m.Exactly)
		c.OnTime += one(m.Exactly && !m.Late)
	}
	c.Overdue += one(m.Overdue)
	c.OwedDays += m.Owed
	c.NoDate += one(m.NoDate)
	c.InDoubt += one(m.InDoubt)
	c.OtherWords += one(m.OtherWords)
	c.StartRestated += one(m.Other != nil || m.StartMarked)
	c.Disagreements += one(m.Disagreement)
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// renamed gathers the changes of workstreams by request.
func (p plan) renamed(at civil.Date) (rows []Renamed) {
	stream := map[string]string{}
	byRequest := map[string]int{}
	named := slices.Clone(p.all)
	slices.SortStableFunc(named, func(a, b Told) int { return int(a.AsAt - b.AsAt) })
	for _, t := range named {
		if t.Workstream == "" || t.AsAt.After(at) {
			continue
		}
		was := stream[t.Milestone]
		stream[t.Milestone] = t.Workstream
		if was == "" || folded(was) == folded(t.Workstream) {
			continue
		}
		key := t.Request + "\x00" + folded(was) + "\x00" + folded(t.Workstream)
		if i, ok := byRequest[key]; ok && t.Request != "" {
			rows[i].Milestones = append(rows[i].Milestones, t.Milestone)
			continue
		}
		byRequest[key] = len(rows)
		rows = append(rows, Renamed{AsAt: t.AsAt, Was: was, Is: t.Workstream, By: t.Speaker, Milestones: []string{t.Milestone}})
	}
	return rows
}
