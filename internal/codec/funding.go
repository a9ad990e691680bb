package codec

import (
	"fmt"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/money"
)

// stageOf says how far a line has got by an event of a type; 0 where it is no such type.
func stageOf(t ledgerv1.EventType) funding.Stage {
	for stage := funding.Identified; stage <= funding.Spent; stage++ {
		if typeOf(stage) == t {
			return stage
		}
	}
	return 0
}

func typeOf(stage funding.Stage) ledgerv1.EventType {
	switch stage {
	case funding.Identified:
		return ledgerv1.EventType_EVENT_TYPE_FUNDING_IDENTIFIED
	case funding.Bid:
		return ledgerv1.EventType_EVENT_TYPE_FUNDING_BID
	case funding.Approved:
		return ledgerv1.EventType_EVENT_TYPE_FUNDING_APPROVED_IN_PRINCIPLE
	case funding.Confirmed:
		return ledgerv1.EventType_EVENT_TYPE_FUNDING_CONFIRMED
	case funding.Released:
		return ledgerv1.EventType_EVENT_TYPE_FUNDING_RELEASED
	case funding.Received:
		return ledgerv1.EventType_EVENT_TYPE_FUNDING_RECEIVED
	case funding.Spent:
		return ledgerv1.EventType_EVENT_TYPE_FUNDING_SPENT
	default:
		return ledgerv1.EventType_EVENT_TYPE_UNSPECIFIED
	}
}

// funding encodes an event of a line. Without a milestone the line is a scheme's or the plan's.
func (w *writer) funding(milestone []byte, event funding.Event) (ledgerv1.EventType, []byte, error) {
	switch e := event.(type) {
	case funding.Advanced:
		if milestone != nil && e.Scheme != "" {
			w.fail("a line of a milestone belongs to no scheme as well")
		}
		basis, recurrence := w.basis(e.Basis), w.recurrence(e.Recurrent)
		if e.Stage == funding.Confirmed {
			return w.payload(typeOf(e.Stage), &ledgerv1.FundingConfirmed{
				Milestone: milestone, Line: e.Line, Amount: w.money(e.Amount), Of: w.money(e.Asks), Fund: e.Fund, Reason: e.Reason,
				Scheme: e.Scheme, Start: e.Start.Number(), End: e.End.Number(), Basis: basis, Recurrence: recurrence,
			})
		}
		if typeOf(e.Stage) == 0 {
			w.fail("no line ever gets to a stage %d", e.Stage)
		}
		return w.payload(typeOf(e.Stage), &ledgerv1.FundingStated{
			Milestone: milestone, Line: e.Line, Amount: w.money(e.Amount), Of: w.money(e.Asks), Fund: e.Fund, Reason: e.Reason,
			Scheme: e.Scheme, Start: e.Start.Number(), End: e.End.Number(), Basis: basis, Recurrence: recurrence,
		})
	case funding.Reprofiled:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_FUNDING_REPROFILED, &ledgerv1.FundingReprofiled{
			Milestone: milestone, Line: e.Line, Scheme: e.Scheme, Start: e.Start.Number(), End: e.End.Number(),
			FromStart: e.FromStart.Number(), FromEnd: e.FromEnd.Number(), Reason: e.Reason,
		})
	case funding.Withdrawn:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_FUNDING_WITHDRAWN, &ledgerv1.FundingWithdrawn{
			Milestone: milestone, Line: e.Line, Scheme: e.Scheme, Reason: e.Reason,
		})
	default:
		return 0, nil, fmt.Errorf("%T has no stored form", event)
	}
}

func (w *writer) basis(b money.Basis) ledgerv1.FundingBasis {
	if b > money.UpTo { // the two count alike; a test holds them to it
		w.fail("there is no basis %d of an amount", b)
	}
	return ledgerv1.FundingBasis(b)
}

func (w *writer) recurrence(m money.Recurrent) ledgerv1.FundingRecurrence {
	if m > money.Once {
		w.fail("there is no recurrence %d of money", m)
	}
	return ledgerv1.FundingRecurrence(m)
}

// fundingStated is what FundingConfirmed and FundingStated have in common: all of it.
type fundingStated interface {
	message
	GetLine() string
	GetAmount() *ledgerv1.Money
	GetOf() *ledgerv1.Money
	GetFund() string
	GetReason() string
	GetScheme() string
	GetStart() int32
	GetEnd() int32
	GetBasis() ledgerv1.FundingBasis
	GetRecurrence() ledgerv1.FundingRecurrence
}

// funding returns nil for a type that is none of a line.
func (r *reader) funding(t ledgerv1.EventType) funding.Event {
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_FUNDING_CONFIRMED:
		return r.advanced(funding.Confirmed, &ledgerv1.FundingConfirmed{})
	case ledgerv1.EventType_EVENT_TYPE_FUNDING_REPROFILED:
		var m ledgerv1.FundingReprofiled
		r.read(&m)
		return funding.Reprofiled{
			Scheme: m.Scheme, Line: m.Line, Start: r.day(m.Start), End: r.day(m.End),
			FromStart: r.day(m.FromStart), FromEnd: r.day(m.FromEnd), Reason: m.Reason,
		}
	case ledgerv1.EventType_EVENT_TYPE_FUNDING_WITHDRAWN:
		var m ledgerv1.FundingWithdrawn
		r.read(&m)
		return funding.Withdrawn{Scheme: m.Scheme, Line: m.Line, Reason: m.Reason}
	}
	if stage := stageOf(t); stage != 0 {
		return r.advanced(stage, &ledgerv1.FundingStated{})
	}
	return nil
}

func (r *reader) advanced(stage funding.Stage, m fundingStated) funding.Event {
	r.read(m)
	if m.GetBasis() < 0 || m.GetBasis() > ledgerv1.FundingBasis_FUNDING_BASIS_UP_TO {
		r.fail(fmt.Errorf("there is no basis %d of an amount", m.GetBasis()))
	}
	if m.GetRecurrence() < 0 || m.GetRecurrence() > ledgerv1.FundingRecurrence_FUNDING_RECURRENCE_ONCE {
		r.fail(fmt.Errorf("there is no recurrence %d of money", m.GetRecurrence()))
	}
	if len(m.GetMilestone()) != 0 && m.GetScheme() != "" {
		r.fail(fmt.Errorf("line %q belongs to a milestone and to a scheme", m.GetLine()))
	}
	return funding.Advanced{
		Stage: stage, Scheme: m.GetScheme(), Line: m.GetLine(), Amount: r.money(m.GetAmount()), Asks: r.money(m.GetOf()),
		Fund: m.GetFund(), Reason: m.GetReason(),
		Terms: funding.Terms{
			Start: r.day(m.GetStart()), End: r.day(m.GetEnd()),
			Basis: money.Basis(m.GetBasis()), Recurrent: money.Recurrent(m.GetRecurrence()),
		},
	}
}
