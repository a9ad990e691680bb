package decide

import (
	"maps"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
)

// Why a correction waits for an approver who is another person (C5, C7). The codes stay for ever.
const (
	WaitsAnother     = "another-actor"       // somebody else stated the target
	WaitsLate        = "late"                // it comes after the second day
	WaitsReconfirmed = "reconfirmed"         // its own speaker said the same in two later returns
	WaitsDateLater   = "date-later"          // a date is read later than it was, or as never said
	WaitsLessSlip    = "less-slip"           // against any reference
	WaitsActual      = "earlier-actual"      // or one where there was none
	WaitsOwed        = "owed-gone"           // an owed or overdue day
	WaitsDisputed    = "disagreement-gone"   // or a doubt
	WaitsGone        = "milestone-gone"      // or one that others took the place of
	WaitsMoney       = "more-money"          // a sum is read as more than it was
	WaitsSpeaker     = "another-speaker"     // it puts words into the mouth of a party for which the caller may not speak
	WaitsBaseline    = "later-baseline"      // a reference that was approved
	WaitsException   = "exception-gone"      // or one by fewer days
	WaitsUnjudged    = "too-much-to-compare" // nobody can say whether anything gets better
)

// daysToThinkAgain is how many days after it was told a statement may be corrected by who told it, alone (C5).
const daysToThinkAgain = 2

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

// verdict says whether a correction makes anything better.
type verdict struct {
	because []string // in the order of the constants; none: it counts at once
	tied    []Milestone
	before  figures.Record
	after   figures.Record
}

func (v *verdict) add(reason string) {
	if !slices.Contains(v.because, reason) {
		v.because = append(v.because, reason)
	}
}

// judge finds everything for which a correction has to wait. It is asked once, at the correction's own position.
func (d *decision) judge(targets []*target, ofPlan *planTarget) *verdict {
	v := &verdict{}
	d.judgePlan(v, ofPlan)
	for _, t := range targets {
		d.judgeTold(v, t)
	}
	changed := map[milestone.ID][]milestone.Statement{}
	for _, t := range targets {
		changed[t.m.ID()] = t.after(d)
	}
	v.before = record(d.world, nil)
	v.after = record(d.world, changed)
	v.tied = d.lineages(targets)
	budget := mostCompared
	for _, m := range v.tied {
		d.compare(v, m, &budget)
	}
	return v
}

// judgeTold judges the targets themselves.
func (d *decision) judgeTold(v *verdict, t *target) {
	if t.event.Speaker != "" && d.speaking(string(t.event.Speaker)).Check("") != nil {
		v.add(WaitsSpeaker)
	}
	for _, s := range t.told {
		d.judgeTeller(v, s.By, s.Position)
		if t.event.Kind == correction.Typing && d.reconfirmed(t, s) {
			v.add(WaitsReconfirmed)
		}
		was := s.Event
		if read := t.log.Standing(s.Position); read != nil && read.Replacement != nil {
			was = read.Replacement
		}
		if due := dueOf(was); due != 0 && (t.event.Removes() || t.event.Replacement != nil && dueOf(t.event.Replacement) != 0 && dueOf(t.event.Replacement) > due) {
			v.add(WaitsDateLater)
		}
		if t.event.Replacement != nil && dueOf(was) != 0 && dueOf(t.event.Replacement) == 0 {
			v.add(WaitsDateLater)
		}
		if moreMoney(was, t.event.Replacement, t.event.Removes()) {
			v.add(WaitsMoney)
		}
	}
}

// speaking is what decides whether the caller may speak for a party.
func (d *decision) speaking(party string) Speaking {
	f, kept := &d.facts.Correcting, d.facts.Kept
	s := Speaking{For: party, Actor: d.facts.Caller.Actor, Person: d.facts.Caller.Person, Organisation: f.Organisation, May: f.MaySpeakFor, Anybody: f.Local}
	if kept != nil { // not a method of the decision, which would have to be allocated for that
		s.Kept = func(party string) string { return string(kept(milestone.Party(party))) }
	}
	return s
}

// judgeTeller judges who told a target, and when.
func (d *decision) judgeTeller(v *verdict, by uint32, position uint64) {
	if d.world.Teller(by).Actor != d.facts.Caller.Actor {
		v.add(WaitsAnother)
	}
	if d.facts.Today.After(d.world.ToldOn(position).AddDays(daysToThinkAgain)) {
		v.add(WaitsLate)
	}
}

// dueOf is the due day that an event states; zero where it states none.
func dueOf(e interface{ EventName() string }) civil.Date {
	delivery, ok := milestone.Stated(e)
	if !ok {
		return 0
	}
	return delivery.Due()
}

// moreMoney says whether a sum is read as more than it was: stated, or not withdrawn any more.
func moreMoney(was interface{ EventName() string }, is correction.Fact, removes bool) bool {
	if _, ok := was.(funding.Withdrawn); ok {
		return removes
	}
	before, ok := was.(funding.Advanced)
	if !ok || removes {
		return false
	}
	after, ok := is.(funding.Advanced)
	return ok && (larger(after.Amount, before.Amount) || larger(before.Asks, after.Asks) && !after.Asks.IsZero() || after.Amount.Currency != before.Amount.Currency)
}

func larger(a, b money.Amount) bool { return a.Currency == b.Currency && a.Cmp(b) > 0 }

// reconfirmed says whether the speaker of a date said the same day in two later requests (C7).
func (d *decision) reconfirmed(t *target, of milestone.Statement) bool {
	due := dueOf(of.Event)
	if due == 0 {
		return false
	}
	speaker := d.world.Teller(of.By).Speaker
	last, returns := d.world.Began(of.Position), 0
	for _, s := range t.recorded {
		if s.Position <= of.Position || dueOf(s.Event) != due || d.world.Teller(s.By).Speaker != speaker {
			continue
		}
		if began := d.world.Began(s.Position); began != last {
			last = began
			returns++
		}
	}
	return returns >= 2
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
