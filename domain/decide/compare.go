package decide

import (
	"maps"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
)

// mostCompared bounds the statements that are read again to judge a correction, each once for each day: a writer decides one
// command after the other. What takes more waits for a person.
const mostCompared = 4 << 20

// Change is what a correction changes of one milestone, as at the day that it is.
type Change struct {
	Ref           string
	Statements    int // that are read otherwise
	Before, After Stands
	Waits         bool
	Because       []string
	Tied          bool // it is tied to a milestone that was corrected, and was not itself
}

// Stands is how a milestone stands.
type Stands struct {
	Exists bool
	Title  string
	figures.Figures
}

func (s Stands) same(other Stands) bool {
	return s.Exists == other.Exists && s.Title == other.Title && s.Figures.Same(other.Figures)
}

// lineages are the milestones that are corrected, and all that are tied to them (R8), each once.
func (d *decision) lineages(targets []*target) (all []Milestone) {
	seen := map[milestone.ID]bool{}
	var ids []milestone.ID
	for _, t := range targets {
		ids = append(ids, t.m.ID())
		if e, ok := t.event.Replacement.(milestone.Replaced); ok {
			ids = append(append(ids, e.Old...), e.New...)
		}
	}
	for len(ids) > 0 {
		id := ids[0]
		ids = ids[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		m, ok := d.world.ByID(id)
		if !ok {
			continue
		}
		all = append(all, m)
		if len(all) < milestone.MaxLineage+len(targets) {
			ids = append(ids, d.tiesOf(m.Recorded())...)
		}
	}
	return all
}

// record answers what figures ask, with some milestones read otherwise than the world knows them.
func record(w World, changed map[milestone.ID][]milestone.Statement) figures.Record {
	r := w.Record()
	numbers := map[string]uint32{}
	r.Speaker = func(by uint32) uint32 {
		speaker := w.Teller(by).Speaker
		n, ok := numbers[speaker]
		if !ok {
			n = uint32(len(numbers))
			numbers[speaker] = n
		}
		return n
	}
	r.Began, r.Tolerances = w.Began, w.Tolerances
	r.PromisedOf = w.Promised
	r.Known = func(id milestone.ID) []milestone.Statement {
		if statements, ok := changed[id]; ok {
			return statements
		}
		m, ok := w.ByID(id)
		if !ok {
			return nil
		}
		return m.Statements()
	}
	r.Find = func(ref string) (milestone.ID, bool) {
		m := w.ByRef(ref)
		return m.ID(), m.Exists()
	}
	return r
}

// compare judges one milestone on every day on which it may stand otherwise.
func (d *decision) compare(v *verdict, m Milestone, budget *int) {
	before, after := v.before.Known(m.ID()), v.after.Known(m.ID())
	if len(before) > 0 && len(after) == 0 {
		v.add(WaitsGone)
	}
	was, is := v.before, v.after
	promised := d.world.Promised(m.ID())
	of(&was, m, promised, before)
	of(&is, m, promised, after)
	days := daysOf(d.facts.Today, d.beyond(promised, before, after), before, after, d.inherited(v, m))
	if *budget -= len(days) * (len(before) + len(after)); *budget < 0 {
		v.add(WaitsUnjudged)
		return
	}
	for _, day := range days {
		b, a := figures.Of(before, day, was), figures.Of(after, day, is)
		v.better(&b, &a)
	}
}

// FirstForecast is the due day of a milestone's first forecast by everything that a world knows; zero where it has none.
func FirstForecast(w World, m Milestone) civil.Date {
	statements, r := m.Statements(), record(w, nil)
	of(&r, m, w.Promised(m.ID()), statements)
	return figures.Of(statements, civil.Last, r).First.Due
}

// of makes a record that of one milestone, whose statements are read as they are given.
func of(r *figures.Record, m Milestone, promised figures.Promises, statements []milestone.Statement) {
	r.ID, r.Promised = m.ID(), promised
	r.Lines = func(day civil.Date) []funding.Line { return milestone.FoldAsAt(statements, day).Funding }
}

// inherited are the statements of those that the milestone is tied to: it stands otherwise from their days on, too.
func (d *decision) inherited(v *verdict, m Milestone) (all []milestone.Statement) {
	if len(d.tiesOf(m.Recorded())) == 0 {
		return nil
	}
	for _, other := range v.tied {
		if other.ID() != m.ID() {
			all = append(append(all, v.before.Known(other.ID())...), v.after.Known(other.ID())...)
		}
	}
	return all
}

// beyond are the days on which baselines were decided, and those after a reference from which on an open date is beyond a tolerance.
func (d *decision) beyond(promised figures.Promises, lists ...[]milestone.Statement) (days []civil.Date) {
	references := map[civil.Date]bool{}
	if f := promised.Further; f != nil {
		for _, s := range f.Scopes {
			days = append(days, s.DecidedOn)
		}
		for _, c := range f.Costs {
			days = append(days, c.DecidedOn)
		}
	}
	for _, b := range promised.Dates {
		days = append(days, b.DecidedOn)
		references[b.Due] = true
	}
	for _, list := range lists {
		for i := range list {
			if due := dueOf(list[i].Event); due != 0 {
				references[due] = true
			}
		}
	}
	for _, t := range d.world.Tolerances(d.facts.Today) {
		for due := range references {
			days = append(days, due.AddDays(t.Days))
		}
	}
	return days
}

// daysOf are the days up to today about which statements are, the days before and after a due day, and the days before each of
// those: between two of them that follow each other nothing changes but the days that are owed, which grow by one a day.
func daysOf(today civil.Date, further []civil.Date, lists ...[]milestone.Statement) []civil.Date {
	days := map[civil.Date]bool{today: true}
	add := func(day civil.Date) {
		for _, d := range []civil.Date{day.AddDays(-1), day, day.AddDays(1)} {
			if day != 0 && d > 0 && !d.After(today) {
				days[d] = true
			}
		}
	}
	for _, day := range further {
		add(day)
	}
	for _, list := range lists {
		for i := range list {
			add(list[i].AsAt)
			if delivery, ok := milestone.Stated(list[i].Event); ok {
				add(delivery.Due())
				for _, r := range delivery.Readings {
					add(r.Due)
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(days))
}

// better notes what one day's figures have better than before. Where nobody can say, it is better.
func (v *verdict) better(was, is *figures.Figures) {
	were, are := was.Beside(), is.Beside()
	less := func(was, is figures.Days) bool { return was.Known && (!is.Known || is.Days < was.Days) }
	if less(was.Slip, is.Slip) || less(was.Other, is.Other) || less(was.Previous, is.Previous) || was.LateThen > is.LateThen ||
		was.Late && !is.Late || was.StartRestated && !is.StartRestated || was.OtherWords && !is.OtherWords || is.Setting > was.Setting {
		v.add(WaitsLessSlip)
	}
	if less(was.SlipOriginal, is.SlipOriginal) || less(was.SlipCurrent, is.SlipCurrent) || less(was.SlipFirst, is.SlipFirst) ||
		less(was.BeforeBaseline, is.BeforeBaseline) || less(were.SlipMistaken, are.SlipMistaken) || less(were.SlipRectified, are.SlipRectified) ||
		were.ScopePending && !are.ScopePending {
		v.add(WaitsLessSlip)
	}
	if was.Original.Due < is.Original.Due || was.Current.Due < is.Current.Due {
		v.add(WaitsBaseline)
	}
	if was.Exception.Tier != "" && (is.Exception.Tier == "" || is.Exception.Days < was.Exception.Days) || cheaper(&were, &are) {
		v.add(WaitsException)
	}
	if is.Met && !was.Met || is.Actual != 0 && (was.Actual == 0 || is.Actual < was.Actual) || is.Started && !was.Started {
		v.add(WaitsActual)
	}
	if was.Overdue && !is.Overdue || was.NoDate && !is.NoDate || was.Owed > is.Owed || was.CancelledOwing && !is.CancelledOwing {
		v.add(WaitsOwed)
	}
	if was.Disagreement && !is.Disagreement || was.InDoubt && !is.InDoubt || was.FirstInDoubt && !is.FirstInDoubt ||
		was.DatedAfterAchieved && !is.DatedAfterAchieved {
		v.add(WaitsDisputed)
	}
	if is.Replaced && !was.Replaced || is.Cancelled && !was.Cancelled {
		v.add(WaitsGone)
	}
}

// cheaper says whether a milestone costs less beyond a tolerance than before, or what it costs cannot be compared with it any more.
func cheaper(was, is *figures.Besides) bool {
	if was.CostException.Tier == "" {
		return !was.OtherCurrency && is.OtherCurrency
	}
	return is.CostException.Tier == "" || is.Cost.Cmp(was.Cost) < 0
}

// tellChanges tells who asked what the correction changes.
func (d *decision) tellChanges(v *verdict, targets []*target, waits bool) {
	if d.facts.Correcting.Changes == nil {
		return
	}
	statements := map[milestone.ID]int{}
	for _, t := range targets {
		statements[t.m.ID()] = len(t.event.Targets)
	}
	for _, m := range v.tied {
		n, touched := statements[m.ID()]
		change := Change{
			Ref: m.AddedAs(), Statements: n, Waits: waits, Because: v.because, Tied: !touched,
			Before: d.stands(v.before, m), After: d.stands(v.after, m),
		}
		if touched || !change.Before.same(change.After) {
			d.facts.Correcting.Changes(change)
		}
	}
}

func (d *decision) stands(r figures.Record, m Milestone) Stands {
	statements := r.Known(m.ID())
	of(&r, m, d.world.Promised(m.ID()), statements)
	state := milestone.FoldAsAt(statements, d.facts.Today)
	return Stands{Exists: len(statements) > 0, Title: state.Title, Figures: figures.Of(statements, d.facts.Today, r)}
}
