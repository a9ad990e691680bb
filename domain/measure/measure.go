// Package measure holds what a plan or a milestone is measured by: success measures, indicators with a target
// for each of several dates, and readiness on a named scale. Values are kept as they were said: "95%", "4 of
// 5", "fewer than 20". One that is a number is kept as that number as well, with its unit and its day.
package measure

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// Kind is what a measure is for.
type Kind uint8

const (
	// Success: what will be so when it is done.
	Success Kind = iota + 1
	// Indicator: a figure that is followed (a KPI), with a target for each of several dates.
	Indicator
	// Readiness: how ready something is, on a named scale.
	Readiness
)

var kinds = [...]string{Success: "success", Indicator: "indicator", Readiness: "readiness"}

// String returns "success", "indicator" or "readiness", and "" for all else.
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return ""
}

// Event is something that the ledger accepted about a measure of a milestone or of the plan. The set is closed.
type Event interface {
	// EventName is the name by which people and the ledger know it.
	EventName() string
	// Of is the measure that it is about.
	Of() (measure string)
}

// Defined says what is measured, or says it in other words.
type Defined struct {
	Measure   string // the reporter's reference
	Kind      Kind
	Words     string // what it is: "Waiting time below 4 hours"
	Unit      string // of its values: "%", "minutes"; empty where not said
	Scale     string // the named scale of its values, "0 to 5"; empty where there is none
	Component string // the part of the plan that it is of; empty for the plan itself, or a milestone
}

// Targeted says what the value is to be by a date.
type Targeted struct {
	Measure string
	By      period.Delivery
	Value   string
	Reason  string
	Number  Number     // the value, where it was read as a number
	Unit    string     // of the number; empty where there is none
	Day     civil.Date // by which the number is to be reached; zero where the words name no one day
}

// Taken says what the value was on the day that it is stated for.
type Taken struct {
	Measure, Value, Words string
	Number                Number     // the value, where it was read as a number
	Unit                  string     // of the number; empty where there is none
	Day                   civil.Date // on which it was that much; zero where it is the as-at day
}

// Number is an exact decimal number: "95", "-0.25". The empty Number is none. A number has one form: no sign but a
// minus, no zeros that could be left out, and no exponent.
type Number string

var numbers = regexp.MustCompile(`^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$`)

// Valid says whether the number has that form, or is none.
func (n Number) Valid() bool { return n == "" || numbers.MatchString(string(n)) }

// EventName is that of the ledger's EventType.
func (Defined) EventName() string { return "MeasureDefined" }

// EventName is that of the ledger's EventType.
func (Targeted) EventName() string { return "MeasureTargeted" }

// EventName is that of the ledger's EventType.
func (Taken) EventName() string { return "MeasureTaken" }

// Why is the reason that the reporter gave.
func (e Targeted) Why() string { return e.Reason }

// Of is the measure that it is about.
func (e Defined) Of() string { return e.Measure }

// Of is the measure that it is about.
func (e Targeted) Of() string { return e.Measure }

// Of is the measure that it is about.
func (e Taken) Of() string { return e.Measure }

// Measure is what is measured, as it stands. Its slices are shared and never written to.
type Measure struct {
	Defined
	AsAt    civil.Date // the day that it was last defined for
	Targets []Target   // the trajectory, in order of date; those without one first
	Values  []Value    // in order of day
}

// Target is what the value is to be by a date.
type Target struct {
	By     period.Delivery
	Value  string
	AsAt   civil.Date // the day that it was stated for
	Number Number     // the value, where it was read as a number
	Unit   string     // of the number; empty where it has none of its own
	Day    civil.Date // by which the number is to be reached; zero where the words name no one day
}

// Value is what the value was on a day.
type Value struct {
	Day          civil.Date
	Value, Words string
	Number       Number // the value, where it was read as a number
	Unit         string // of the number; empty where it has none of its own
}

// InUnit is the unit that a number of the measure is in: its own, else that of the measure. Empty for no number.
func (m Measure) InUnit(n Number, own string) string {
	switch {
	case n == "":
		return ""
	case own != "":
		return own
	}
	return m.Unit
}

// Find finds a measure among measures in order of reference, or the place where it belongs.
func Find(all []Measure, measure string) (at int, found bool) {
	return slices.BinarySearchFunc(all, measure, func(m Measure, measure string) int { return strings.Compare(m.Measure, measure) })
}

// Evolve returns the measures after an event that was stated for a day, in a list of their own. It is total.
func Evolve(all []Measure, e Event, asAt civil.Date) []Measure {
	return Apply(slices.Clone(all), e, asAt)
}

// Apply is Evolve on a list that nobody else holds.
func Apply(all []Measure, e Event, asAt civil.Date) []Measure {
	at, found := Find(all, e.Of())
	if !found {
		all = slices.Insert(all, at, Measure{Defined: Defined{Measure: e.Of()}})
	}
	m := &all[at]
	switch e := e.(type) {
	case Defined:
		m.Defined, m.AsAt = e, asAt
	case Targeted:
		t := Target{e.By, e.Value, asAt, e.Number, e.Unit, e.Day}
		m.Targets = placed(m.Targets, t, func(a, b Target) int {
			return cmp.Or(cmp.Compare(a.By.Due(), b.By.Due()), byText(a.By, b.By))
		})
	case Taken:
		m.Values = placed(m.Values, Value{asAt, e.Value, e.Words, e.Number, e.Unit}, func(a, b Value) int { return cmp.Compare(a.Day, b.Day) })
	}
	return all
}

// byText tells dates without a day apart by their words.
func byText(a, b period.Delivery) int {
	if a.Due() != 0 {
		return 0
	}
	return strings.Compare(a.Text, b.Text)
}

// placed puts one into a list in order, instead of one of the same place, in a new slice.
func placed[T any](list []T, one T, compare func(a, b T) int) []T {
	list = slices.Clone(list)
	at, found := slices.BinarySearchFunc(list, one, compare)
	if found {
		list[at] = one
		return list
	}
	return slices.Insert(list, at, one)
}

// Tell adds to told what can be told of measures in words, by name: what each is, what it is to come to by when, and
// what it was.
func Tell(told map[string]string, all []Measure) {
	for _, m := range all {
		name := "measure " + m.Measure
		told[name] = domain.Listed(m.Kind.String()+": "+m.Words, m.Unit, m.Scale, m.Component)
		for _, t := range m.Targets {
			told[name+" by "+t.By.Text] = t.Value
		}
		for _, v := range m.Values {
			told[name+" on "+v.Day.String()] = domain.Listed(v.Value, v.Words)
		}
	}
}
