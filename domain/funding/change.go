package funding

import (
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/money"
)

// Event is something that the ledger accepted about one line. The set is closed.
type Event interface {
	// EventName is the name by which people and the ledger know it: "FundingConfirmed".
	EventName() string
	// Of is the line that it is about.
	Of() (scheme, line string)
	// Why is the reason that the reporter gave; empty where none was given.
	Why() string
}

// Advanced says that a line has got to a stage, and with how much.
type Advanced struct {
	Stage        Stage
	Scheme, Line string
	Amount       money.Amount // in all; the zero Amount where nobody knows
	Asks         money.Amount // what the line asks for in all; the zero Amount where not said
	Fund, Reason string
	Terms
}

// Reprofiled moves the money of a line to other days.
type Reprofiled struct {
	Scheme, Line       string
	Start, End         civil.Date
	FromStart, FromEnd civil.Date // as known when it was recorded
	Reason             string
}

// Withdrawn says that a line is not to be had any more.
type Withdrawn struct{ Scheme, Line, Reason string }

// EventName is that of the stage.
func (e Advanced) EventName() string { return e.Stage.EventName() }

// EventName is that of the ledger's EventType.
func (Reprofiled) EventName() string { return "FundingReprofiled" }

// EventName is that of the ledger's EventType.
func (Withdrawn) EventName() string { return "FundingWithdrawn" }

// Of is the line that it is about.
func (e Advanced) Of() (scheme, line string) { return e.Scheme, e.Line }

// Of is the line that it is about.
func (e Reprofiled) Of() (scheme, line string) { return e.Scheme, e.Line }

// Of is the line that it is about.
func (e Withdrawn) Of() (scheme, line string) { return e.Scheme, e.Line }

// Why is the reason that the reporter gave.
func (e Advanced) Why() string { return e.Reason }

// Why is the reason that the reporter gave.
func (e Reprofiled) Why() string { return e.Reason }

// Why is the reason that the reporter gave.
func (e Withdrawn) Why() string { return e.Reason }

// Evolve returns the lines after an event that was stated for a day, in a list of their own: what older
// states hold is left alone. It is total.
func Evolve(lines []Line, e Event, asAt civil.Date) []Line {
	return Apply(slices.Clone(lines), e, asAt)
}

// Apply is Evolve on a list that nobody else holds.
func Apply(lines []Line, e Event, asAt civil.Date) []Line {
	scheme, name := e.Of()
	i, found := Find(lines, scheme, name)
	if !found {
		lines = slices.Insert(lines, i, Line{Scheme: scheme, Line: name})
	}
	l := &lines[i]
	switch e := e.(type) {
	case Advanced:
		*l = l.advanced(e)
	case Reprofiled:
		l.movedFrom(l.Terms)
		l.Start, l.End = e.Start, e.End
	case Withdrawn:
		l.Withdrawn = true
	}
	l.AsAt = asAt
	return lines
}

// advanced returns the line after a stage was stated. What that does not say stays as it was; a line that
// was withdrawn begins anew when it is identified again.
func (l Line) advanced(e Advanced) Line {
	if l.Withdrawn && e.Stage == Identified {
		l = Line{Scheme: l.Scheme, Line: l.Line, AsAt: l.AsAt}
	}
	if int(e.Stage) >= stages {
		return l
	}
	l.Stage = max(l.Stage, e.Stage)
	if !e.Amount.IsZero() {
		l.Amounts[e.Stage] = e.Amount
	}
	if !e.Asks.IsZero() {
		l.Of = e.Asks
	}
	if e.Fund != "" {
		l.Fund = e.Fund
	}
	was := l.Terms
	if l.Terms = was.with(e.Terms); was.Start != l.Start || was.End != l.End {
		l.movedFrom(was)
	}
	return l
}

// movedFrom keeps the days that the money was for at first, whatever the event that moved it is called.
func (l *Line) movedFrom(was Terms) {
	if l.FirstStart == 0 && l.FirstEnd == 0 {
		l.FirstStart, l.FirstEnd = was.Start, was.End
	}
}
