package plan

import "milepost.dev/domain"

// HistoryAccepted says that an approver accepts what was told late about the past: every statement of the plan from one position
// to another. It acts by position only.
type HistoryAccepted struct {
	From, To uint64
	Reason   string
}

// EventName is that of the ledger's EventType.
func (HistoryAccepted) EventName() string { return "HistoryAccepted" }

// Why is the reason that the approver gave.
func (e HistoryAccepted) Why() string { return e.Reason }

// AcceptHistory accepts what was told between two positions.
type AcceptHistory HistoryAccepted

// CommandName is the name by which approvers know it.
func (AcceptHistory) CommandName() string { return "HistoryAccepted" }

// Told is what the domain has to be told of a span of positions.
type Told struct {
	// Last is the last position of the ledger.
	Last uint64
	// Statements are those of the plan in the span.
	Statements int
	// Own: the caller, or the party that the caller speaks for, told one of them.
	Own bool
}

// The rules that the acceptance of a history can break.
const (
	// RuleApproverOnly: it takes the role approver.
	RuleApproverOnly = "approver-only"
	// RuleSpanMalformed: it ends before it begins, or after the ledger does, or holds nothing of the plan.
	RuleSpanMalformed = "span-malformed"
	// RuleHistoryOwn: who accepts a history told part of it.
	RuleHistoryOwn = "history-own"
)

func (c *check) history(cmd AcceptHistory) {
	if cmd.From == 0 || cmd.To < cmd.From {
		c.refuse(RuleSpanMalformed, "to_position", "The span from position %d to %d holds nothing. Positions count from 1; give the first and the last one.", cmd.From, cmd.To)
	}
	c.reason(cmd.Reason)
}

func decideHistory(s State, cmd AcceptHistory, f Facts) ([]Event, error) {
	refuse := func(rule, field, format string, args ...any) error {
		return domain.Refuse(domain.Refused, rule, field, format, args...)
	}
	e := HistoryAccepted(cmd)
	switch {
	case !f.Approver:
		return nil, domain.Refuse(domain.Denied, RuleApproverOnly, "", "To accept a history takes the role approver for this plan. Ask somebody who has it.")
	case cmd.To > f.Told.Last:
		return nil, refuse(RuleSpanMalformed, "to_position", "The ledger ends at position %d. Give positions that it holds: `milepost audit` has them.", f.Told.Last)
	case f.Told.Statements == 0:
		return nil, refuse(RuleSpanMalformed, "from_position", "Nothing was told of this plan from position %d to %d. `milepost audit` has the positions of its statements.", cmd.From, cmd.To)
	case f.Told.Own:
		return nil, refuse(RuleHistoryOwn, "", "A statement from position %d to %d is your own, or of the party that you speak for. Another approver has to accept it.", cmd.From, cmd.To)
	}
	for _, known := range s.Accepted {
		if known.From <= cmd.From && known.To >= cmd.To {
			return nil, nil
		}
	}
	return []Event{e}, nil
}
