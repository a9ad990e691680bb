package plan

import (
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// Closed says that the plan takes no facts any more.
type Closed struct {
	Reason string
	By     milestone.Party // for whom it was said or, where for nobody else, who said it
}

// Reopened says that the plan takes facts again.
type Reopened struct{ Reason string }

// EventName is that of the ledger's EventType.
func (Closed) EventName() string { return "PlanClosed" }

// EventName is that of the ledger's EventType.
func (Reopened) EventName() string { return "PlanReopened" }

// Why is the reason that the reporter gave.
func (e Closed) Why() string { return e.Reason }

// Why is the reason that the reporter gave.
func (e Reopened) Why() string { return e.Reason }

// Close states that the plan takes no facts any more.
type Close struct{ Reason string }

// Reopen states that the plan takes facts again.
type Reopen struct{ Reason string }

// CommandName is the name by which reporters know it.
func (Close) CommandName() string { return "PlanClosed" }

// CommandName is the name by which reporters know it.
func (Reopen) CommandName() string { return "PlanReopened" }

// The rules about a plan that is closed.
const (
	// RuleClosed: the plan is closed, and takes no facts.
	RuleClosed = "plan-closed"
	// RuleReasonMissing: it is not said why the plan is closed or reopened.
	RuleReasonMissing = "reason-missing"
)

// Closure is when and why a plan was closed.
type Closure struct {
	Closed
	AsAt civil.Date
}

// close follows the closings in the order in which they were told: a plan that was reopened later is open, whatever day that was
// stated for.
func (s *State) close(e Closed, st Statement) {
	if st.Position >= s.closings {
		s.Closed, s.closings = &Closure{e, st.AsAt}, st.Position
	}
}

func (s *State) reopen(st Statement) {
	if st.Position >= s.closings {
		s.Closed, s.closings = nil, st.Position
	}
}

func (c *check) whyClosed(reason string) {
	if strings.TrimSpace(reason) == "" {
		c.refuse(RuleReasonMissing, "reason", "It is not said why. Say why the plan is closed, or opened again.")
	}
	c.reason(reason)
}

func decideClosing(s State, cmd Command, f Facts) []Event {
	switch c := cmd.(type) {
	case Close:
		if s.Closed == nil {
			return []Event{Closed{Reason: c.Reason, By: f.Speaker}}
		}
	case Reopen:
		if s.Closed != nil {
			return []Event{Reopened(c)}
		}
	}
	return nil
}

// RefuseClosed refuses a fact of a plan that is closed. Who closed it is in Actual, as a party id: whoever knows names puts the name
// there.
func (s *State) RefuseClosed() error {
	if s.Closed == nil {
		return nil
	}
	return &domain.Refusal{
		Class: domain.Refused, Rule: RuleClosed, Actual: string(s.Closed.By),
		Message: "The plan was closed as at " + s.Closed.AsAt.String() + " (" + s.Closed.Reason + "), and takes no facts. Where it has to go on, reopen it first (PlanReopened, milepost plans reopen).",
	}
}

// tellClosed tells that the plan is closed.
func (s State) tellClosed(told map[string]string) {
	if s.Closed != nil {
		told["closed"] = "as at " + s.Closed.AsAt.String()
	}
}
