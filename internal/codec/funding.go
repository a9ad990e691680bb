package codec

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/money"
)

// fundingEvents are what is said of a funding line. Without a milestone the line is a scheme's or the plan's.
var fundingEvents = []*entry{
	stageEvent(ledgerv1.EventType_EVENT_TYPE_FUNDING_IDENTIFIED, ofMilestone(advanced(funding.Identified))),
	stageEvent(ledgerv1.EventType_EVENT_TYPE_FUNDING_BID, ofMilestone(advanced(funding.Bid))),
	stageEvent(ledgerv1.EventType_EVENT_TYPE_FUNDING_APPROVED_IN_PRINCIPLE, ofMilestone(advanced(funding.Approved))),
	stageEvent(ledgerv1.EventType_EVENT_TYPE_FUNDING_RELEASED, ofMilestone(advanced(funding.Released))),
	stageEvent(ledgerv1.EventType_EVENT_TYPE_FUNDING_RECEIVED, ofPlan(advancedScheme(funding.Received))),
	stageEvent(ledgerv1.EventType_EVENT_TYPE_FUNDING_SPENT, ofPlan(advancedScheme(funding.Spent))),

	// The first stage that was ever stored has a message of its own.
	sharedEvent(ledgerv1.EventType_EVENT_TYPE_FUNDING_CONFIRMED,
		func(w *writer, e funding.Advanced) *ledgerv1.FundingConfirmed {
			w.advanced(e)
			return &ledgerv1.FundingConfirmed{
				Milestone: w.milestone(), Line: e.Line, Amount: w.money(e.Amount), Of: w.money(e.Asks), Fund: e.Fund, Reason: e.Reason,
				Scheme: e.Scheme, Start: e.Start.Number(), End: e.End.Number(), Basis: w.basis(e.Basis), Recurrence: w.recurrence(e.Recurrent),
			}
		},
		func(r *reader, m *ledgerv1.FundingConfirmed) funding.Advanced {
			return r.advanced(funding.Confirmed, m)
		},
		ofMilestone(funding.Advanced{
			Stage: funding.Confirmed, Line: "ETTF-7", Amount: money.Amount{Currency: "GBP", Units: 132000, Nanos: 500_000_000},
			Asks: money.Amount{Currency: "GBP", Units: 200000}, Fund: "ETTF", Reason: "letter of 3 April",
		})),

	sharedEvent(ledgerv1.EventType_EVENT_TYPE_FUNDING_REPROFILED,
		func(w *writer, e funding.Reprofiled) *ledgerv1.FundingReprofiled {
			return &ledgerv1.FundingReprofiled{
				Milestone: w.milestone(), Line: e.Line, Scheme: e.Scheme, Start: e.Start.Number(), End: e.End.Number(),
				FromStart: e.FromStart.Number(), FromEnd: e.FromEnd.Number(), Reason: e.Reason,
			}
		},
		func(r *reader, m *ledgerv1.FundingReprofiled) funding.Reprofiled {
			return funding.Reprofiled{
				Scheme: m.Scheme, Line: m.Line, Start: r.day(m.Start), End: r.day(m.End),
				FromStart: r.day(m.FromStart), FromEnd: r.day(m.FromEnd), Reason: m.Reason,
			}
		},
		ofPlan(funding.Reprofiled{
			Scheme: "GP IT", Line: "GPIT-1", Start: day("2018-04-01"), End: day("2019-03-31"),
			FromStart: day("2017-04-01"), FromEnd: day("2018-03-31"), Reason: "the supplier is late",
		})),

	sharedEvent(ledgerv1.EventType_EVENT_TYPE_FUNDING_WITHDRAWN,
		func(w *writer, e funding.Withdrawn) *ledgerv1.FundingWithdrawn {
			return &ledgerv1.FundingWithdrawn{Milestone: w.milestone(), Line: e.Line, Scheme: e.Scheme, Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.FundingWithdrawn) funding.Withdrawn {
			return funding.Withdrawn{Scheme: m.Scheme, Line: m.Line, Reason: m.Reason}
		},
		ofMilestone(funding.Withdrawn{Line: "ETTF-7", Reason: "the fund is closed"})),
}

// stageEvent is the entry of a line's getting to the stage that the sample says.
func stageEvent(t ledgerv1.EventType, sample Event) *entry {
	stage := sample.named().(funding.Advanced).Stage
	return sharedEvent(t,
		func(w *writer, e funding.Advanced) *ledgerv1.FundingStated {
			w.advanced(e)
			return &ledgerv1.FundingStated{
				Milestone: w.milestone(), Line: e.Line, Amount: w.money(e.Amount), Of: w.money(e.Asks), Fund: e.Fund, Reason: e.Reason,
				Scheme: e.Scheme, Start: e.Start.Number(), End: e.End.Number(), Basis: w.basis(e.Basis), Recurrence: w.recurrence(e.Recurrent),
			}
		},
		func(r *reader, m *ledgerv1.FundingStated) funding.Advanced { return r.advanced(stage, m) },
		sample)
}

// advanced and advancedScheme are samples of a line that has got to a stage.
func advanced(stage funding.Stage) funding.Advanced {
	return funding.Advanced{
		Stage: stage, Line: "ETTF-7", Amount: money.Amount{Currency: "GBP", Units: 132000, Nanos: 500_000_000},
		Asks: money.Amount{Currency: "GBP", Units: 200000}, Fund: "ETTF", Reason: "letter of 3 April",
		Terms: funding.Terms{Start: day("2017-04-01"), End: day("2018-03-31"), Basis: money.PerPatientPerYear, Recurrent: money.Once},
	}
}

func advancedScheme(stage funding.Stage) funding.Advanced {
	e := advanced(stage)
	e.Scheme = "GP IT"
	return e
}

// advanced refuses what no line can be.
func (w *writer) advanced(e funding.Advanced) {
	if w.about == aMilestone && e.Scheme != "" {
		w.fail("a line of a milestone belongs to no scheme as well")
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
	proto.Message
	GetMilestone() []byte
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

func (r *reader) advanced(stage funding.Stage, m fundingStated) funding.Advanced {
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
