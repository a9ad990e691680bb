// Package funding holds funding lines: sums of money that a milestone, a scheme or a plan rests on, and
// the rules for stating where each has got to. Nothing in it adds lines up: the same pound can be said
// twice in a plan, and only its authors know.
package funding

import (
	"slices"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/money"
)

// Stage is how far a line has got.
type Stage uint8

const (
	// Identified: needed, or to be had from somewhere.
	Identified Stage = iota + 1
	// Bid: asked for.
	Bid
	// Approved in principle: agreed to, and not promised.
	Approved
	// Confirmed: promised, all of it or a part.
	Confirmed
	// Released: may be drawn.
	Released
	// Received: has arrived.
	Received
	// Spent: has gone.
	Spent

	stages = int(Spent) + 1
)

var stageNames = [stages]string{"", "identified", "bid", "approved in principle", "confirmed", "released", "received", "spent"}

// String returns the stage as people say it: "approved in principle". What is no stage is "".
func (s Stage) String() string {
	if int(s) < stages {
		return stageNames[s]
	}
	return ""
}

// EventName is the name of the event, and of the command, by which a line gets there.
func (s Stage) EventName() string {
	switch s {
	case Identified:
		return "FundingIdentified"
	case Bid:
		return "FundingBid"
	case Approved:
		return "FundingApprovedInPrinciple"
	case Confirmed:
		return "FundingConfirmed"
	case Released:
		return "FundingReleased"
	case Received:
		return "FundingReceived"
	case Spent:
		return "FundingSpent"
	default:
		return ""
	}
}

// Terms are what the money of a line is for. The zero value of each is not said.
type Terms struct {
	Start, End civil.Date // the first and the last day that it is for
	Basis      money.Basis
	Recurrent  money.Recurrent
}

// with returns the terms with others that were said over them.
func (t Terms) with(said Terms) Terms {
	if said.Start != 0 || said.End != 0 { // one period, so that no day of another is left in it
		t.Start, t.End = said.Start, said.End
	}
	if said.Basis != money.Unstated {
		t.Basis = said.Basis
	}
	if said.Recurrent != money.RecurrentUnsaid {
		t.Recurrent = said.Recurrent
	}
	return t
}

// Line is a funding line as it stands. Lines compare with ==.
type Line struct {
	Scheme string // empty for a line of a milestone or of the plan itself
	Line   string // the reporter's reference

	Stage     Stage // the furthest that it has got
	Withdrawn bool
	// Amounts are what was stated last at each stage, in all. The zero Amount was not said.
	Amounts [stages]money.Amount
	Of      money.Amount // what it asks for in all; the zero Amount where not said
	Fund    string
	Terms
	// FirstStart and FirstEnd are the days that the money was for before it was reprofiled for the
	// first time; zero where it never was.
	FirstStart, FirstEnd civil.Date
	AsAt                 civil.Date // the day that it was last spoken of
}

// Amount is what was stated at the stage that the line has got to, or at the last one before it where that
// has none. The zero Amount: nobody said.
func (l Line) Amount() money.Amount {
	for stage := l.Stage; stage >= Identified; stage-- {
		if a := l.Amounts[stage]; !a.IsZero() {
			return a
		}
	}
	return money.Amount{}
}

// InPart says whether less is confirmed than the line asks for.
func (l Line) InPart() bool {
	return l.Stage == Confirmed && !l.Of.IsZero() && l.Amounts[Confirmed].Cmp(l.Of) < 0
}

// State is where the line has got to, as people say it: "confirmed in part", "withdrawn".
func (l Line) State() string {
	switch {
	case l.Withdrawn:
		return withdrawnState
	case l.InPart():
		return inPart
	default:
		return l.Stage.String()
	}
}

// States are all that State may return, in the order in which a line goes through them.
func States() []string {
	return []string{
		Identified.String(), Bid.String(), Approved.String(), inPart, Confirmed.String(),
		Released.String(), Received.String(), Spent.String(), withdrawnState,
	}
}

const (
	inPart         = "confirmed in part"
	withdrawnState = "withdrawn"
)

// The reasons why a person should look at a line.
const (
	// ReviewReleasedAboveConfirmed: what was confirmed was cut below what had been released or received.
	ReviewReleasedAboveConfirmed = "released-above-confirmed"
	// ReviewSpentAboveConfirmed: more was spent than was confirmed.
	ReviewSpentAboveConfirmed = "spent-above-confirmed"
)

// Review returns why a person should look at the line; nil where nobody need.
func (l Line) Review() (reasons []string) {
	confirmed := l.Amounts[Confirmed]
	above := func(stage Stage) bool { return !confirmed.IsZero() && l.Amounts[stage].Cmp(confirmed) > 0 }
	if above(Released) || above(Received) {
		reasons = append(reasons, ReviewReleasedAboveConfirmed)
	}
	if above(Spent) {
		reasons = append(reasons, ReviewSpentAboveConfirmed)
	}
	return reasons
}

// currency of what was said on the line; empty where no amount was.
func (l Line) currency() string {
	for _, a := range l.Amounts {
		if a.Currency != "" {
			return a.Currency
		}
	}
	return l.Of.Currency
}

// Find finds a line among lines in order, or the place where it belongs.
func Find(lines []Line, scheme, line string) (at int, found bool) {
	return slices.BinarySearchFunc(lines, line, func(l Line, line string) int {
		if c := strings.Compare(l.Scheme, scheme); c != 0 {
			return c
		}
		return strings.Compare(l.Line, line)
	})
}

// Tell adds to told what can be told of lines in words, by name: where each has got to, and what was stated at each
// stage.
func Tell(told map[string]string, lines []Line) {
	for _, l := range lines {
		name := "funding " + l.Line
		if l.Scheme != "" {
			name = "funding " + l.Scheme + " " + l.Line
		}
		told[name] = l.told()
		for stage := Identified; stage <= Spent; stage++ {
			told[name+" "+stage.String()] = toldAmount(l.Amounts[stage])
		}
	}
}

func (l Line) told() string {
	told := []string{l.State()}
	add := func(word, value string) {
		if value != "" {
			told = append(told, strings.TrimSpace(word+" "+value))
		}
	}
	add("", toldAmount(l.Amount()))
	add("of", toldAmount(l.Of))
	add("from", l.Fund)
	if l.Basis != money.Unstated {
		add("", strings.ReplaceAll(l.Basis.String(), "_", " "))
	}
	switch l.Recurrent {
	case money.Recurs:
		add("", "recurrent")
	case money.Once:
		add("", "not recurrent")
	}
	add("for", civil.Span(l.Start, l.End))
	return strings.Join(told, ", ")
}

func toldAmount(a money.Amount) string {
	if a.IsZero() {
		return ""
	}
	return a.String() + " " + a.Currency
}
