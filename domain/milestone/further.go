package milestone

import (
	"strconv"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/period"
)

// Further is what most milestones do not have. A State holds it behind a pointer, so that those pay
// nothing for it; what the pointer leads to is never written to again.
type Further struct {
	Started      period.Delivery // the date of the start; the zero Delivery where none was stated
	StartedAsAt  civil.Date
	StartedWords string

	Ratings   []Rating   // the last on each scheme, in order of scheme
	Issues    []Issue    // in order of reference
	Evidence  []Evidence // as it was attached
	DependsOn []Link     // in order of id

	Recurrence *RecurrenceDefined // nil where it is due once
	Of         *Occurrence        // nil where it is no occurrence of another

	Raised   []RaisedItem      // what was put to a person, in order of item
	Settled  []Settlement      // what a person made of items, in order of item
	Dates    []FurtherDate     // labelled ones, in order of label
	Measures []measure.Measure // in order of reference
	Sources  []Source          // in order of as-at day and arrival, a document once

	NotReportedIn string // the return that left it out, where one did
}

// Further is what most milestones do not have; the zero value where this one has none of it.
func (s *State) further() Further {
	if s.Further == nil {
		return Further{}
	}
	return *s.Further
}

// Started is the date of the start; the zero Delivery where none was stated.
func (s State) Started() period.Delivery { return s.further().Started }

// Ratings are what was said last on each scheme, in order of scheme.
func (s State) Ratings() []Rating { return s.further().Ratings }

// Known is what most milestones do not have; the zero value where this one has none of it.
func (s State) Known() Further { return s.further() }

// OpenIssues is how many issues are open.
func (s State) OpenIssues() (open int) {
	for _, i := range s.further().Issues {
		if i.Closed == 0 {
			open++
		}
	}
	return open
}

// change makes a change to a copy, and leaves what older states hold alone.
func (s *State) change(how func(*Further)) {
	next := s.further()
	how(&next)
	s.Further = &next
}

// tell adds to told what few milestones have.
func (f *Further) tell(told map[string]string, ref func(ID) string) {
	told["started"], told["started_words"] = f.Started.Text, f.StartedWords
	for _, i := range f.Issues {
		i.tell(told)
	}
	for _, e := range f.Evidence {
		e.tell(told)
	}
	for _, s := range f.Sources { // of two versions of a document the later one stands
		s.tell(told)
	}
	measure.Tell(told, f.Measures)
	for _, d := range f.Dates {
		told["date of "+d.Label] = d.Date.Text
	}
	for _, l := range f.DependsOn {
		told["depends_on "+ref(l.On)] = strconv.Itoa(l.LagDays) + " days after it"
	}
	if r := f.Recurrence; r != nil {
		told["recurrence"] = strings.TrimSuffix(r.RRule+" "+civil.Span(r.Start, r.End)+", "+r.Words, ", ")
	}
	if f.Of != nil {
		told["occurrence_of"] = ref(f.Of.Series) + " on " + f.Of.Day.String()
	}
	for _, r := range f.Ratings {
		told["rating "+r.Scheme] = r.Value
	}
}
