package measure

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// Command is a fact about a measure as a reporter states it.
type Command interface {
	// CommandName is the name by which reporters know it.
	CommandName() string
	measures()
}

// Define states what is measured.
type Define Defined

// SetTarget states what the value is to be by a date.
type SetTarget Targeted

// Take states what the value was on the day that the statement is about.
type Take Taken

// CommandName is the name by which reporters know it.
func (Define) CommandName() string { return "MeasureDefined" }

// CommandName is the name by which reporters know it.
func (SetTarget) CommandName() string { return "MeasureTargeted" }

// CommandName is the name by which reporters know it.
func (Take) CommandName() string { return "MeasureTaken" }

func (Define) measures()    {}
func (SetTarget) measures() {}
func (Take) measures()      {}

// The rules that a statement about a measure can break. A name, once given, stays.
const (
	// RuleMeasureMalformed: the measure's reference is empty or too long.
	RuleMeasureMalformed = "measure-malformed"
	// RuleMeasureUnknown: nobody said what it is.
	RuleMeasureUnknown = "measure-unknown"
	// RuleMeasureKindMissing: it is not said what it is for.
	RuleMeasureKindMissing = "measure-kind-missing"
	// RuleMeasureWithoutWords: it is not said what is measured.
	RuleMeasureWithoutWords = "measure-without-words"
	// RuleValueMissing: no value.
	RuleValueMissing = "measure-value-missing"
	// RuleTextTooLong: a text is longer than is kept.
	RuleTextTooLong = "text-too-long"
	// RuleNotUTF8: text is not UTF-8.
	RuleNotUTF8 = "not-utf8"
)

// Bounds in bytes.
const (
	MaxMeasure   = 200
	MaxUnit      = 200
	MaxValue     = 500
	MaxComponent = 500
	MaxWords     = 10_000
)

// Check returns everything that is wrong with a command whatever was said before, with fields named as on
// the wire.
func Check(cmd Command) domain.Refusals {
	var c check
	switch cmd := cmd.(type) {
	case Define:
		c.measure(cmd.Measure)
		if cmd.Kind < Success || cmd.Kind > Readiness {
			c.refuse(RuleMeasureKindMissing, "kind", "It is not said what the measure is for. State whether it is one of success, an indicator, or of readiness.")
		}
		if strings.TrimSpace(cmd.Words) == "" {
			c.refuse(RuleMeasureWithoutWords, "words", "It is not said what is measured. State it in words.")
		}
		c.text("words", cmd.Words, MaxWords)
		c.text("unit", cmd.Unit, MaxUnit)
		c.text("scale", cmd.Scale, MaxUnit)
		c.text("component", cmd.Component, MaxComponent)
	case SetTarget:
		c.measure(cmd.Measure)
		c.text("by", cmd.By.Text, period.MaxText)
		c.value(cmd.Value)
		c.text("reason", cmd.Reason, MaxWords)
	case Take:
		c.measure(cmd.Measure)
		c.value(cmd.Value)
		c.text("words", cmd.Words, MaxWords)
	}
	return c.found
}

type check struct{ found domain.Refusals }

func refusal(class domain.Class, rule, field, format string, args ...any) *domain.Refusal {
	return &domain.Refusal{Class: class, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)}
}

func (c *check) refuse(rule, field, format string, args ...any) {
	c.found = append(c.found, refusal(domain.Invalid, rule, field, format, args...))
}

func (c *check) text(field, text string, most int) {
	if len(text) > most {
		c.refuse(RuleTextTooLong, field, "The text of the %s is %d bytes long, and at most %d are kept. Shorten it.", field, len(text), most)
	}
	if !utf8.ValidString(text) {
		c.refuse(RuleNotUTF8, field, "The text of the %s is not valid UTF-8. Send it as UTF-8.", field)
	}
}

func (c *check) measure(measure string) {
	if measure == "" || len(measure) > MaxMeasure {
		c.refuse(RuleMeasureMalformed, "measure", "The measure's reference is %d bytes long. Give it one of 1 to %d.", len(measure), MaxMeasure)
	}
	if !utf8.ValidString(measure) {
		c.refuse(RuleNotUTF8, "measure", "The measure's reference is not valid UTF-8 text. Send it as UTF-8.")
	}
}

func (c *check) value(value string) {
	if strings.TrimSpace(value) == "" {
		c.refuse(RuleValueMissing, "value", "There is no value. State it as it was said: 95%%, 4 of 5, fewer than 20.")
	}
	c.text("value", value, MaxValue)
}

// Decide returns the events that a command comes to, none where it says what is known, or a refusal. The
// measures are those of the milestone or of the plan as they stood on the day.
func Decide(all []Measure, cmd Command, asAt civil.Date) ([]Event, error) {
	measure := ""
	switch cmd := cmd.(type) {
	case Define:
		at, found := Find(all, cmd.Measure)
		if found && all[at].Defined == Defined(cmd) {
			return nil, nil
		}
		return []Event{Defined(cmd)}, nil
	case SetTarget:
		measure = cmd.Measure
	case Take:
		measure = cmd.Measure
	default:
		return nil, nil
	}
	at, found := Find(all, measure)
	if !found || all[at].Kind == 0 {
		return nil, refusal(domain.NotFound, RuleMeasureUnknown, "measure",
			"As at %s it is not said what the measure %.60q is. Check its reference, or say what is measured first (MeasureDefined).", asAt, measure)
	}
	m := all[at]
	switch cmd := cmd.(type) {
	case SetTarget:
		for _, t := range m.Targets {
			if t.By.SameReading(cmd.By) && t.Value == cmd.Value {
				return nil, nil
			}
		}
		return []Event{Targeted(cmd)}, nil
	case Take:
		for _, v := range m.Values {
			if v.Day == asAt && v.Value == cmd.Value && v.Words == cmd.Words {
				return nil, nil
			}
		}
		return []Event{Taken(cmd)}, nil
	}
	return nil, nil
}
