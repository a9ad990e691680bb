package decide

import (
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
