package domain

import (
	"fmt"
	"strings"
)

// Class sorts a refusal by what its receiver can do about it. It is decided where the refusal is born.
type Class uint8

const (
	// Invalid input: it would be refused in any state of the plan.
	Invalid Class = iota + 1
	// NotFound: the plan or the milestone is not there.
	NotFound
	// Exists: the name is taken by something else.
	Exists
	// Refused: a fact that contradicts what is known.
	Refused
	// Stale: the reporter expected another state than there is.
	Stale
	// Denied: it takes a role that the caller does not have.
	Denied
)

// Refusal is the one error of the domain: which rule was broken, where, and what a programme manager
// can do about it. Callers tell refusals apart by Class and Rule, never by the text.
type Refusal struct {
	Class Class
	// Rule names what was broken, in kebab case, the same for ever: "slip-not-later".
	Rule string
	// Field is the path of the input that broke it ("commands[3].milestone_slipped.delivery_date"), or
	// empty where it is no single one.
	Field string
	// Message is a sentence that says what is wrong and what to do.
	Message string
	// Expected and Actual hold both sides of a Stale refusal.
	Expected, Actual string
}

// Refuse makes a refusal with a sentence in the manner of fmt.Sprintf.
func Refuse(class Class, rule, field, format string, args ...any) *Refusal {
	return &Refusal{Class: class, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Error returns the sentence.
func (r *Refusal) Error() string { return r.Message }

// At returns the refusal with its field put below a path: At("commands[3]") makes
// "commands[3].delivery_date" of "delivery_date".
func (r *Refusal) At(path string) *Refusal {
	c := *r
	c.Field = strings.Trim(path+"."+r.Field, ".")
	return &c
}

// Refusals are all violations of one input at once.
type Refusals []*Refusal

// Error returns the sentences, one after the other.
func (rs Refusals) Error() string {
	var b strings.Builder
	for i, r := range rs {
		if i > 0 {
			b.WriteString(" ")
		}
		b.WriteString(r.Message)
	}
	return b.String()
}

// Unwrap returns each violation, so that errors.As finds a *Refusal in them.
func (rs Refusals) Unwrap() []error {
	errs := make([]error, len(rs))
	for i, r := range rs {
		errs[i] = r
	}
	return errs
}

// Err returns the violations as an error, and nil where there are none.
func (rs Refusals) Err() error {
	if len(rs) == 0 {
		return nil
	}
	return rs
}

// At returns the violations with their fields put below a path.
func (rs Refusals) At(path string) Refusals {
	below := make(Refusals, len(rs))
	for i, r := range rs {
		below[i] = r.At(path)
	}
	return below
}
