// Package plan holds what a plan is and the rules for beginning one.
package plan

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// DefaultTimeZone is the zone of a plan that does not say.
const DefaultTimeZone = "Europe/London"

// Bounds in bytes.
const (
	MaxID   = 100
	MaxName = 500
)

// The rules that a plan can break.
const (
	RuleIDMalformed     = "plan-id-malformed"
	RuleNameTooLong     = "plan-name-too-long"
	RuleNotUTF8         = "not-utf8"
	RulePeriodReversed  = "plan-period-reversed"
	RuleTimeZoneUnknown = "time-zone-unknown"
	RuleDiffers         = "plan-differs"
)

// Quarters says which quarters a plan means where a date does not.
type Quarters uint8

const (
	// Unsaid: not said, and then as package period takes it: financial, unless the period begins with a calendar year.
	Unsaid Quarters = iota
	// Calendar: January to March is the first.
	Calendar
	// Financial: April to June is the first.
	Financial
)

// String returns "calendar", "financial", or "" where not said.
func (q Quarters) String() string {
	switch q {
	case Calendar:
		return "calendar"
	case Financial:
		return "financial"
	default:
		return ""
	}
}

// Register begins a plan, or says again what it is.
type Register struct {
	Name                   string
	PeriodStart, PeriodEnd civil.Date // the first and the last day it covers; zero where not said
	Quarters               Quarters
	TimeZone               string // IANA name; DefaultTimeZone where empty
}

// CommandName is the name by which reporters know it.
func (Register) CommandName() string { return "PlanRegistered" }

// Event is something that the ledger accepted about a plan. The set is closed.
type Event interface {
	// EventName is the name by which people and the ledger know it.
	EventName() string
}

// Registered begins a plan.
type Registered struct {
	Name                   string
	PeriodStart, PeriodEnd civil.Date
	Quarters               Quarters
	TimeZone               string
}

// EventName is that of the ledger's EventType.
func (Registered) EventName() string { return "PlanRegistered" }

// State is a plan as it stands.
type State struct {
	Registered             bool
	Name                   string
	PeriodStart, PeriodEnd civil.Date
	Quarters               Quarters
	TimeZone               string
}

// Facts are what the domain has to be told, because it cannot look.
type Facts struct {
	// TimeZoneKnown: the time zone database has the zone that the command names.
	TimeZoneKnown bool
}

// Check returns everything that is wrong with the command whatever the plan is, with fields named as
// on the wire.
func Check(c Register, f Facts) domain.Refusals {
	var rs domain.Refusals
	refuse := func(rule, field, format string, args ...any) {
		rs = append(rs, &domain.Refusal{Class: domain.Invalid, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)})
	}
	if !utf8.ValidString(c.Name) {
		refuse(RuleNotUTF8, "name", "The plan's name is not valid UTF-8 text. Send it as UTF-8.")
	}
	if len(c.Name) > MaxName {
		refuse(RuleNameTooLong, "name", "The plan's name is %d bytes long, and at most %d are kept. Shorten it.", len(c.Name), MaxName)
	}
	if c.PeriodEnd.Before(c.PeriodStart) {
		refuse(RulePeriodReversed, "period_end", "The plan would end on %s, before it starts on %s. Put the later day last.", c.PeriodEnd, c.PeriodStart)
	}
	if c.TimeZone != "" && !f.TimeZoneKnown {
		refuse(RuleTimeZoneUnknown, "time_zone", "%.60q is no known time zone. Write its IANA name, such as %s.", c.TimeZone, DefaultTimeZone)
	}
	return rs
}

// Decide returns the event that the command comes to, none where it says what is known, or a refusal:
// all that Check finds, or a single one of class Exists where the plan was registered otherwise.
func Decide(s State, c Register, f Facts) ([]Event, error) {
	if rs := Check(c, f); len(rs) > 0 {
		return nil, rs
	}
	if c.TimeZone == "" {
		c.TimeZone = DefaultTimeZone
	}
	event := Registered(c)
	if !s.Registered {
		return []Event{event}, nil
	}
	if differing := differences(s, event); len(differing) > 0 {
		return nil, &domain.Refusal{
			Class: domain.Exists, Rule: RuleDiffers,
			Message: "The plan is registered with other values: " + strings.Join(differing, ", ") +
				". A plan keeps what it was registered with; use these values, or another id for another plan.",
		}
	}
	return nil, nil
}

func differences(s State, e Registered) (differing []string) {
	compare := func(what, is, stated string) {
		if is != stated {
			differing = append(differing, fmt.Sprintf("%s is %q and not %q", what, is, stated))
		}
	}
	compare("name", s.Name, e.Name)
	compare("period_start", s.PeriodStart.String(), e.PeriodStart.String())
	compare("period_end", s.PeriodEnd.String(), e.PeriodEnd.String())
	compare("quarters", s.Quarters.String(), e.Quarters.String())
	compare("time_zone", s.TimeZone, e.TimeZone)
	return differing
}

// Evolve returns the plan after an event. An event that it does not know changes nothing.
func Evolve(s State, e Event) State {
	if r, ok := e.(Registered); ok {
		return State{
			Registered: true, Name: r.Name, PeriodStart: r.PeriodStart, PeriodEnd: r.PeriodEnd,
			Quarters: r.Quarters, TimeZone: r.TimeZone,
		}
	}
	return s
}

// CheckID refuses what cannot be the id of a plan: 1 to 100 letters, digits, dashes, underscores and
// dots, since it stands in addresses and file names. There "." and ".." mean another place, and are
// refused too.
func CheckID(id string) error {
	if 0 < len(id) && len(id) <= MaxID && strings.IndexFunc(id, notInID) < 0 && id != "." && id != ".." {
		return nil
	}
	return &domain.Refusal{
		Class: domain.Invalid, Rule: RuleIDMalformed,
		Message: fmt.Sprintf("%.120q cannot be the id of a plan. Use 1 to %d letters, digits, dashes, underscores and dots.", id, MaxID),
	}
}

func notInID(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_', r == '.':
		return false
	default:
		return true
	}
}
