// Package progress reads from a status whether a milestone is said to have come to its end. A status is what somebody
// typed or chose; that a milestone is met is a fact with a date, and only a person or an actual date can state it.
package progress

import (
	"regexp"
	"strings"
)

// End is how a status says that a milestone ended.
type End uint8

const (
	// Open: it does not say that.
	Open End = iota
	// Done: it is said to be met.
	Done
	// Cancelled: it is said to have been given up.
	Cancelled
)

var (
	done      = regexp.MustCompile(`(?i)^(?:100 ?% *)?(?:complete|completed|completion|done|closed|closed[- ]complete|achieved|finished|delivered|resolved|met|implemented|embedded and closed)$`)
	cancelled = regexp.MustCompile(`(?i)^(?:cancelled|canceled|withdrawn|abandoned|dropped|discontinued|stopped|terminated|de-?scoped|superseded|rejected|won'?t (?:do|fix)|no longer (?:required|needed|applicable))$`)
)

// Read returns what a status and a percentage say; percent is nil where none is stated.
func Read(status string, percent *float64) End {
	said := strings.Trim(strings.Join(strings.Fields(status), " "), " .!*-–")
	switch {
	case cancelled.MatchString(said):
		return Cancelled
	case done.MatchString(said), percent != nil && *percent >= 100:
		return Done
	}
	return Open
}

// The reasons for which a person is asked about such a status.
const (
	// DoneWithoutActual: it is said to be met, and nobody says when.
	DoneWithoutActual = "done-without-actual"
	// SaidCancelled: it is said to have been given up, and is still in the plan.
	SaidCancelled = "said-cancelled"
)

// Says is a reason as a sentence for the person who looks.
func Says(reason string) string {
	if reason == SaidCancelled {
		return "It is said to have been given up. Until it is cancelled it is expected like any other."
	}
	return "It is said to be met, and no actual date is stated. Until one is, it is not counted as met."
}
