package milestone

import (
	"slices"
	"strings"

	"milepost.dev/domain"
)

// Phase is our own word for where a milestone is in its life. A reporter's status never changes it.
type Phase uint8

const (
	// PhasePlanned: nothing was said of a start.
	PhasePlanned Phase = iota
	// PhaseStarted: begun, and not yet met.
	PhaseStarted
	// PhaseAchieved: an actual date was stated.
	PhaseAchieved
	// PhaseOnHold: put off, with a wish to go on.
	PhaseOnHold
	// PhaseCancelled: given up.
	PhaseCancelled
	// PhaseReplaced: others took its place. It follows from what was said of those: no fold of its own comes to it.
	PhaseReplaced
)

var phases = []string{"planned", "started", "achieved", "on hold", "cancelled", "replaced"}

// String returns "planned", "started", "achieved", "on hold", "cancelled" or "replaced".
func (p Phase) String() string {
	if int(p) < len(phases) {
		return phases[p]
	}
	return ""
}

// ParsePhase is the opposite of String. Its error is a *domain.Refusal, of class Invalid.
func ParsePhase(text string) (Phase, error) {
	if i := slices.Index(phases, text); i >= 0 {
		return Phase(i), nil
	}
	return 0, refusal(domain.Invalid, RuleStateUnknown, "",
		"%.60q is not a state that a milestone can be in. Use one of: %s.", text, strings.Join(phases, ", "))
}
