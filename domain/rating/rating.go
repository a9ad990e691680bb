// Package rating holds the scales that reporters rate milestones on. A rating keeps the reporter's own
// value and scheme; a plan may declare what the values of a scheme mean on one common scale, so that
// ratings of several schemes can be shown together. They are never averaged: the worst is shown, the
// counts, and what is not known.
package rating

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"milepost.dev/domain"
)

// Grade is the scale on which all schemes are shown together, from the worst to the best.
type Grade uint8

const (
	// Unknown: on no common scale.
	Unknown Grade = iota
	// Red is the worst.
	Red
	// AmberRed is between red and amber.
	AmberRed
	// Amber is the middle.
	Amber
	// AmberGreen is between amber and green.
	AmberGreen
	// Green is the best.
	Green
)

var grades = [...]string{"unknown", "red", "amber/red", "amber", "amber/green", "green"}

// Grades are all of them, from the worst to the best, and Unknown at the end.
func Grades() []Grade { return []Grade{Red, AmberRed, Amber, AmberGreen, Green, Unknown} }

// String returns "red", "amber/red", "amber", "amber/green", "green" or "unknown".
func (g Grade) String() string {
	if int(g) < len(grades) {
		return grades[g]
	}
	return grades[Unknown]
}

// Valid says whether it is one of the constants.
func (g Grade) Valid() bool { return int(g) < len(grades) }

// Worst returns the worse of two. What is unknown is worse than nothing, and never hides what is known.
func Worst(a, b Grade) Grade {
	if a == Unknown || b != Unknown && b < a {
		return b
	}
	return a
}

// Value is one value of a scheme.
type Value struct {
	Value   string // as reporters say it
	Grade   Grade
	Meaning string
}

// Scheme is a named scale. Names and values that differ only in case are the same.
type Scheme struct {
	Name   string
	Values []Value // in the order declared
}

// Equal says whether two schemes are declared alike.
func (s Scheme) Equal(other Scheme) bool {
	return s.Name == other.Name && slices.Equal(s.Values, other.Values)
}

// Told is the scheme's values in words: "Red (red) off track, Complete (unknown)".
func (s Scheme) Told() string {
	values := make([]string, len(s.Values))
	for i, value := range s.Values {
		values[i] = value.Value + " (" + value.Grade.String() + ")"
		if value.Meaning != "" {
			values[i] += " " + value.Meaning
		}
	}
	return strings.Join(values, ", ")
}

// Find returns the scheme of a name.
func Find(schemes []Scheme, name string) (Scheme, bool) {
	i := slices.IndexFunc(schemes, func(s Scheme) bool { return strings.EqualFold(s.Name, name) })
	if i < 0 {
		return Scheme{}, false
	}
	return schemes[i], true
}

// Find returns what the scheme declares of a value.
func (s Scheme) Find(value string) (Value, bool) {
	i := slices.IndexFunc(s.Values, func(v Value) bool { return strings.EqualFold(v.Value, value) })
	if i < 0 {
		return Value{}, false
	}
	return s.Values[i], true
}

// GradeOf is where a value stands on the common scale, by the schemes that are declared.
func GradeOf(schemes []Scheme, scheme, value string) Grade {
	s, _ := Find(schemes, scheme)
	v, _ := s.Find(value)
	return v.Grade
}

// With returns the schemes with others declared over them, in a list of their own: a scheme of the same
// name takes the place of the one before it.
func With(schemes, declared []Scheme) []Scheme {
	if len(declared) == 0 {
		return schemes
	}
	all := slices.Clone(schemes)
	for _, d := range declared {
		if i := slices.IndexFunc(all, func(s Scheme) bool { return strings.EqualFold(s.Name, d.Name) }); i >= 0 {
			all[i] = d
		} else {
			all = append(all, d)
		}
	}
	return all
}

// The rules that the declaration of a scheme can break. A name, once given, stays.
const (
	// RuleSchemesTooMany: more than MaxSchemes, or too much in all.
	RuleSchemesTooMany = "rating-schemes-too-many"
	// RuleSchemeMalformed: the name is empty, too long or no text.
	RuleSchemeMalformed = "rating-scheme-malformed"
	// RuleSchemeTwice: declared twice.
	RuleSchemeTwice = "rating-scheme-twice"
	// RuleValuesNumber: no values, or more than MaxValues.
	RuleValuesNumber = "rating-values-number"
	// RuleValueMalformed: a value or its meaning is empty, too long or no text.
	RuleValueMalformed = "rating-value-malformed"
	// RuleValueTwice: the same value twice in one scheme.
	RuleValueTwice = "rating-value-twice"
)

// Bounds.
const (
	MaxSchemes = 20
	MaxValues  = 30
	MaxName    = 100    // bytes, of a scheme or a value
	MaxMeaning = 500    // bytes
	MaxAll     = 32_000 // bytes of all values and meanings that are declared at once
)

// Check returns everything that is wrong with a declaration, with fields named as on the wire.
func Check(schemes []Scheme) (found domain.Refusals) {
	refuse := func(rule, field, format string, args ...any) {
		found = append(found, &domain.Refusal{Class: domain.Invalid, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)})
	}
	if len(schemes) > MaxSchemes {
		refuse(RuleSchemesTooMany, "rating_schemes", "There are %d rating schemes, and at most %d are kept. Leave some out.", len(schemes), MaxSchemes)
		return found
	}
	total := 0
	for i, s := range schemes {
		at := fmt.Sprintf("rating_schemes[%d]", i)
		if !wellFormed(s.Name) {
			refuse(RuleSchemeMalformed, at+".name", "The name of the rating scheme is empty, longer than %d bytes, or no text. Give it one such as RAG.", MaxName)
		} else if _, twice := Find(schemes[:i], s.Name); twice {
			refuse(RuleSchemeTwice, at+".name", "The rating scheme %q is declared twice. Declare it once, with all its values.", s.Name)
		}
		if n := len(s.Values); n == 0 || n > MaxValues {
			refuse(RuleValuesNumber, at+".values", "The rating scheme has %d values. Declare 1 to %d.", n, MaxValues)
			continue
		}
		for j, v := range s.Values {
			at := fmt.Sprintf("%s.values[%d]", at, j)
			total += len(v.Value) + len(v.Meaning)
			if !wellFormed(v.Value) || len(v.Meaning) > MaxMeaning || !utf8.ValidString(v.Meaning) {
				refuse(RuleValueMalformed, at+".value", "The value is empty, longer than %d bytes, or no text, or its meaning is longer than %d bytes. Write it as reporters say it.", MaxName, MaxMeaning)
			} else if _, twice := (Scheme{Values: s.Values[:j]}).Find(v.Value); twice {
				refuse(RuleValueTwice, at+".value", "The value %q is declared twice. Declare it once.", v.Value)
			}
		}
	}
	if total > MaxAll {
		refuse(RuleSchemesTooMany, "rating_schemes", "The rating schemes are %d bytes long in all, and at most %d are kept at once. Shorten the meanings, or declare some of them later.", total, MaxAll)
	}
	return found
}

func wellFormed(name string) bool {
	return name != "" && len(name) <= MaxName && utf8.ValidString(name) && strings.TrimSpace(name) == name
}
