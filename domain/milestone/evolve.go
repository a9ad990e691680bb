package milestone

import (
	"cmp"
	"slices"
	"sort"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// Evolve returns the milestone after an event that was stated for a day. It is total: any event in any
// state leads to some state, and one that it does not know to the same. It writes to nothing that the
// older state holds.
//
// Events come in order of (as-at day, position), which need not be the order that they were decided in.
func Evolve(s State, e Event, asAt civil.Date) State {
	s.evolve(e, asAt)
	return s
}

// evolve is Evolve in place: a fold takes many steps, and a State is large to copy for each.
func (s *State) evolve(e Event, asAt civil.Date) {
	s.Exists = true
	s.heard(e, asAt)
	if d, ok := Stated(e); ok {
		s.hold(d, asAt, e.EventName())
		return
	}
	s.apply(e, asAt)
}

// Statement is an event with its place on both time axes.
type Statement struct {
	Position uint64     // when we were told: its number in the ledger
	AsAt     civil.Date // the day that it is about
	By       uint32     // who said it: a number that whoever keeps statements has given them. Nothing is decided by it
	Event    Event
	// Read is what the words of Event's date were read with, for a list in which events that state the same words share one
	// Event without it; nil where Event says it itself.
	Read *ReadWith
}

// ReadWith is what the words of a date were read with, as period.Delivery has it.
type ReadWith struct {
	Reader   uint32
	Settings uint64
}

// Of returns a date as it was read with this; one that says so itself stays as it is.
func (w ReadWith) Of(d period.Delivery) period.Delivery {
	if w != (ReadWith{}) {
		d.Reader, d.Settings = w.Reader, w.Settings
	}
	return d
}

// take is evolve of a statement.
func (s *State) take(st *Statement) {
	if st.Read == nil {
		s.evolve(st.Event, st.AsAt)
		return
	}
	s.Exists = true
	s.heard(st.Event, st.AsAt)
	d, _ := Stated(st.Event)
	s.hold(st.Read.Of(d), st.AsAt, st.Event.EventName())
}

// Fold returns the state that statements lead to. They MUST be in order of (as-at day, position), as
// AsAt returns them.
func Fold(statements []Statement) State {
	var s State
	for i := range statements {
		s.take(&statements[i])
	}
	return s
}

// With goes on folding from a state that earlier statements led to. It answers false where one of the next is
// about a day before the last of those, and so has its place among them: then all are folded, in order.
func (s State) With(next []Statement) (State, bool) {
	for i := range next {
		if next[i].AsAt.Before(s.LastAsAt) {
			return State{}, false
		}
		s.take(&next[i])
	}
	return s, true
}

// AsAt returns the statements for a day and for earlier ones, in order of (as-at day, position): what
// Fold makes of them is the milestone as it stood on that day. They MUST be given in order of position. Where they
// are in both orders it is a part of them, else a copy.
func AsAt(statements []Statement, day civil.Date) []Statement {
	late := lateOnes(nil, statements)
	if len(late) == 0 {
		return upTo(statements, day)
	}
	ordered := make([]Statement, 0, len(statements))
	inOrder(statements, late, day, func(s *Statement) { ordered = append(ordered, *s) })
	return ordered
}

// FoldAsAt is Fold of AsAt, without the list between them: a question about a past day asks it of every milestone.
func FoldAsAt(statements []Statement, day civil.Date) State {
	var room [8]Statement // few are late, if any
	late := lateOnes(room[:0], statements)
	if len(late) == 0 {
		return Fold(upTo(statements, day))
	}
	var s State
	inOrder(statements, late, day, s.take)
	return s
}

// upTo is AsAt of statements that are in order.
func upTo(statements []Statement, day civil.Date) []Statement {
	return statements[:sort.Search(len(statements), func(i int) bool { return statements[i].AsAt.After(day) })]
}

// lateOnes adds to late those that are about an earlier day than one that was stated before them, and puts them in
// order. The others are in order as they stand.
func lateOnes(late, statements []Statement) []Statement {
	var latest civil.Date
	for i := range statements {
		if s := &statements[i]; s.AsAt.Before(latest) {
			late = append(late, *s)
		} else {
			latest = s.AsAt
		}
	}
	slices.SortFunc(late, compare)
	return late
}

// inOrder walks through the statements up to a day, with the late ones in their places.
func inOrder(statements, late []Statement, day civil.Date, walk func(*Statement)) {
	var latest civil.Date
	for i := range statements {
		s := &statements[i]
		if s.AsAt.Before(latest) {
			continue // one of late
		}
		if s.AsAt.After(day) {
			break // as are all that follow and are not late
		}
		latest = s.AsAt
		for len(late) > 0 && compare(late[0], *s) < 0 {
			walk(&late[0])
			late = late[1:]
		}
		walk(s)
	}
	for i := range late {
		if !late[i].AsAt.After(day) {
			walk(&late[i])
		}
	}
}

func compare(a, b Statement) int {
	return cmp.Or(cmp.Compare(a.AsAt, b.AsAt), cmp.Compare(a.Position, b.Position))
}
