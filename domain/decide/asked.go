package decide

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// Teller is who told something: the actor, and the speaker, who is the party that it was told for, or the actor. Person answers for
// it; empty where nobody is named. All are party ids.
type Teller struct{ Actor, Speaker, Person string }

// Asked remembers what a person was asked for a whole request. The zero Asked is of a request that asked nothing yet.
type Asked struct {
	restatedStart bool
	pairs         int
}

// Again returns what the next request of the same run of an import has asked already: a run that tells of a whole plan late is one question.
func (a Asked) Again() Asked { return Asked{restatedStart: a.restatedStart} }

// ask puts to a person what the effects of a command, from one on, came to together with what was known. Most commands come to
// a date, and ask nothing.
func (d *decision) ask(from int) error {
	until := len(d.effects)
	for i := from; i < until; i++ {
		ref := d.effects[i].Ref
		var err error
		switch e := d.effects[i].Event.(type) {
		case milestone.Added, milestone.Cancelled:
			err = d.pairs(ref)
		case milestone.Amended:
			if e.Title != nil {
				err = d.pairs(ref)
			}
		case milestone.Achieved:
			if err = d.earlierActual(ref, e.Actual); err == nil {
				err = d.achievedBefore(ref)
			}
		case milestone.AchievementRestated:
			err = d.earlierActual(ref, e.Actual)
		case milestone.FurtherDateStated:
			err = d.whichPromise(ref, e)
		default:
			if delivery, ok := milestone.Stated(e); ok {
				err = d.dated(ref, delivery)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// dated asks what a date leaves open beside what was stated before the command.
func (d *decision) dated(ref string, delivery period.Delivery) error {
	before := d.before(ref)
	m, was := before.m, before.state
	if !m.Exists() {
		return nil
	}
	if delivery.Due() == 0 {
		return d.noDay(ref, was, delivery)
	}
	if was.LastDue == 0 && was.Further != nil {
		for _, further := range was.Further.Dates {
			if err := d.whichPromise(ref, milestone.FurtherDateStated{Label: further.Label, Date: further.Date}); err != nil {
				return err
			}
		}
	}
	if was.Phase == milestone.PhaseAchieved && was.LastDue != 0 && was.LastDue != delivery.Due() {
		if err := d.datedAfterAchieved(ref, delivery); err != nil {
			return err
		}
	}
	if was.WordsAsAt == d.facts.AsAt && d.others(m) {
		if err := d.disagreement(ref); err != nil {
			return err
		}
	}
	if m.Newest().LastAsAt.After(d.facts.AsAt) {
		return d.restatedStart(ref, m, delivery)
	}
	return nil
}

func (d *decision) datedAfterAchieved(ref string, delivery period.Delivery) error {
	return d.raise(ref, milestone.RaiseReview{
		Reason: milestone.ReviewDatedAfterAchieved, Field: milestone.FieldDelivery, Text: delivery.Text,
		Says: "It was met, and another date was stated for a later day. If it is not met after all, reopen it; until then the date changes no figure.",
	})
}

// noDay asks about words that promise no day where one was promised. TBC says itself that there is none, and words that are not
// read have questions of their own.
func (d *decision) noDay(ref string, was *milestone.State, delivery period.Delivery) error {
	switch {
	case was.LastDue == 0 || was.Phase == milestone.PhaseAchieved || was.Phase == milestone.PhaseCancelled:
		return nil
	case delivery.IsUnread() || delivery.IsNotYetKnown() || slices.ContainsFunc(delivery.Readings, func(r period.Reading) bool { return r.Kind == period.Done }):
		return nil
	}
	return d.raise(ref, milestone.RaiseReview{
		Reason: milestone.ReviewNoDay, Field: milestone.FieldDelivery, Text: delivery.Text,
		Says: "These words promise no day, and one was promised: " + was.LastDue.String() + ". It stays owed until the milestone is met or a day is stated.",
	})
}

// achievedBefore asks about an achievement that is told late, about a day before that of a date which was told before it: then the date
// stands after the milestone was met, and is in no total any more.
func (d *decision) achievedBefore(ref string) error {
	m := d.before(ref).m
	if !m.Exists() || !m.Newest().WordsAsAt.After(d.facts.AsAt) {
		return nil
	}
	was := d.before(ref).state
	var after period.Delivery
	for _, s := range m.Statements() {
		if delivery, ok := milestone.Stated(s.Event); ok && s.AsAt.After(d.facts.AsAt) && delivery.Due() != 0 && delivery.Due() != was.LastDue {
			after = delivery
		}
	}
	if after.Due() == 0 {
		return nil
	}
	return d.datedAfterAchieved(ref, after)
}

// raise puts something about a milestone to a person, and is decided like any other command.
func (d *decision) raise(ref string, c milestone.RaiseReview) error { return d.steps(ref, c) }

// others says whether a speaker who is not the caller said something about the command's day.
func (d *decision) others(m Milestone) bool {
	mine := own // the number of a statement of the caller's, so that most are not looked up
	n, told := m.Told()
	for i := range n {
		by := told.By(i)
		if by == mine || told.AsAt(i) != d.facts.AsAt {
			continue
		}
		if d.teller(by).Speaker != d.facts.Caller.Speaker {
			return true
		}
		mine = by
	}
	return false
}

// disagreement asks which day is right, where several speakers stated different due days about the command's day, unless that is
// asked already.
func (d *decision) disagreement(ref string) error {
	m, item := d.byRef(ref), milestone.Disagreement(d.facts.AsAt)
	days := d.standing(m, d.facts.AsAt)
	asked := func(i milestone.Item) bool { return i.Item == item && i.Outcome == milestone.Unsettled }
	if len(days) < 2 || slices.ContainsFunc(m.At(d.facts.AsAt).Items(), asked) {
		return nil
	}
	text := []string{days[0].String(), days[len(days)-1].String()}
	if more := len(days) - len(text); more > 0 {
		text = append(text, strconv.Itoa(more)+" between")
	}
	return d.raise(ref, milestone.RaiseReview{
		Item: item, Reason: milestone.ReviewDisagreement, Field: milestone.FieldDelivery, Text: strings.Join(text, "; "),
		Says: "Several speakers stated different days as at " + d.facts.AsAt.String() + ". The latest is in force until they agree, or somebody who is none of them corrects this to one of the days.",
	})
}

// standing are the due days by which speakers stand about an as-at day, each once and in order.
func (d *decision) standing(m Milestone, asAt civil.Date) (days []civil.Date) {
	last := map[string]civil.Date{}
	for _, s := range m.Statements() {
		if s.AsAt != asAt {
			continue
		}
		if delivery, ok := milestone.Stated(s.Event); ok && delivery.Due() != 0 {
			last[d.teller(s.By).Speaker] = delivery.Due()
		}
	}
	return slices.Compact(slices.Sorted(maps.Values(last)))
}

// teller is who told a statement, by its number.
func (d *decision) teller(by uint32) Teller {
	if by == own {
		return d.facts.Caller
	}
	return d.world.Teller(by)
}

// restatedStart asks, once for a request, whether dates that were told late begin the history of a milestone earlier.
func (d *decision) restatedStart(ref string, before Milestone, delivery period.Delivery) error {
	if asked := d.facts.Asked; asked == nil || asked.restatedStart || d.afterStart(before) {
		return nil
	}
	r := d.figuresRecord(ref)
	if figures.Of(before.Statements(), civil.Last, r).StartRestated || !figures.Of(d.byRef(ref).Statements(), civil.Last, r).StartRestated {
		return nil
	}
	d.facts.Asked.restatedStart = true
	return d.raise(ref, milestone.RaiseReview{
		Reason: milestone.ReviewRestatedStart, Field: milestone.FieldDelivery, Text: delivery.Text,
		Says: "A later date was told for a day before the first forecast, of this milestone and maybe others of the same request or import. Slip stays measured against the first forecast until an approver accepts the history (HistoryAccepted).",
	})
}

// afterStart says whether the command's day is after that of the first forecast, whichever statement that is. What is stated for such a day
// restates no start, and changes no other statement into one (R2). Most late statements are of that kind, and to work out
// the figures of a milestone of ten thousand statements for each of them would hold everybody up. False: nobody has looked that closely.
//
// The first forecast is the first date that was told, or a statement about an earlier day, or words of before it that somebody settled
// or may settle: so it is not about a later day than these. A date of after the milestone was met is none.
func (d *decision) afterStart(before Milestone) bool {
	for _, e := range d.effects {
		if _, settles := e.Event.(milestone.ReviewSettled); settles {
			return false
		}
	}
	var until civil.Date
	n, told := before.Told()
	for i := range n {
		s := told.Statement(i)
		if isActual(s.Event) {
			return false
		}
		delivery, ok := milestone.Stated(s.Event)
		if !ok {
			continue
		}
		until = max(until, s.AsAt)
		if delivery.Due() == 0 {
			continue
		}
		request := d.world.Began(s.Position) // all that it says is told at once
		for i++; i < n; i++ {
			s := told.Statement(i)
			if d.world.Began(s.Position) != request {
				break
			}
			if isActual(s.Event) {
				return false
			}
		}
		return d.facts.AsAt.After(until)
	}
	return false
}

func isActual(e milestone.Event) bool {
	switch e.(type) {
	case milestone.Achieved, milestone.AchievementRestated:
		return true
	}
	return false
}

// figuresRecord numbers the speakers of a milestone's statements.
func (d *decision) figuresRecord(ref string) figures.Record {
	numbers := map[string]uint32{}
	of := map[uint32]uint32{}
	number := func(speaker string) uint32 {
		if _, ok := numbers[speaker]; !ok {
			numbers[speaker] = uint32(len(numbers))
		}
		return numbers[speaker]
	}
	world := d.world
	last := uint64(0) // that the world knows of the milestone
	for _, s := range d.byRef(ref).Statements() {
		of[s.By] = number(d.teller(s.By).Speaker)
		if s.By != own {
			last = s.Position
		}
	}
	return figures.Record{
		Speaker: func(by uint32) uint32 { return of[by] },
		Began: func(position uint64) uint64 {
			if position > last { // of this command, and of the request that is being decided
				return world.Began(math.MaxUint64)
			}
			return world.Began(position)
		},
	}
}

// earlierActual asks about an actual that is earlier than one that was told before it.
func (d *decision) earlierActual(ref string, actual period.Delivery) error {
	m := d.world.ByRef(ref)
	if !m.Exists() {
		return nil
	}
	day := lastDay(actual)
	for _, s := range m.Statements() {
		var was period.Delivery
		switch e := s.Event.(type) {
		case milestone.Achieved:
			was = e.Actual
		case milestone.AchievementRestated:
			was = e.Actual
		default:
			continue
		}
		if lastDay(was) > day {
			return d.raise(ref, milestone.RaiseReview{
				Reason: milestone.ReviewEarlierActual, Field: milestone.FieldActual, Text: actual.Text,
				Says: "It was said before that it was met later: " + was.Text + ". The latest counts until an approver accepts this one (HistoryAccepted).",
			})
		}
	}
	return nil
}

func lastDay(d period.Delivery) civil.Date { return cmp.Or(d.End(), d.Start()) }
