package request

import (
	"cmp"
	"fmt"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/money"
)

// fundingStated is what FundingConfirmed and FundingStated have in common: all of it.
type fundingStated interface {
	GetRef() string
	GetLine() string
	GetAmount() string
	GetCurrency() string
	GetOf() string
	GetFund() string
	GetReason() string
	GetScheme() string
	GetStart() string
	GetEnd() string
	GetBasis() milepostv1.FundingBasis
	GetRecurrence() milepostv1.FundingRecurrence
}

// fundingCommand reads the commands about funding lines. False: it is none of them.
func (r *reader) fundingCommand(m *milepostv1.Command, c *Command) (ok bool, err error) {
	advance := func(name string, stage funding.Stage, stated fundingStated) {
		r.path += "." + name
		var cmd funding.Command
		if cmd, err = r.advance(stage, stated); err == nil {
			r.lineOf(c, stated.GetRef(), stated.GetScheme(), cmd)
		}
	}
	switch m := m.GetCommand().(type) {
	case *milepostv1.Command_FundingIdentified:
		advance("funding_identified", funding.Identified, m.FundingIdentified)
	case *milepostv1.Command_FundingBid:
		advance("funding_bid", funding.Bid, m.FundingBid)
	case *milepostv1.Command_FundingApprovedInPrinciple:
		advance("funding_approved_in_principle", funding.Approved, m.FundingApprovedInPrinciple)
	case *milepostv1.Command_FundingConfirmed:
		advance("funding_confirmed", funding.Confirmed, m.FundingConfirmed)
	case *milepostv1.Command_FundingReleased:
		advance("funding_released", funding.Released, m.FundingReleased)
	case *milepostv1.Command_FundingReceived:
		advance("funding_received", funding.Received, m.FundingReceived)
	case *milepostv1.Command_FundingSpent:
		advance("funding_spent", funding.Spent, m.FundingSpent)
	case *milepostv1.Command_FundingReprofiled:
		r.path += ".funding_reprofiled"
		s := m.FundingReprofiled
		r.lineOf(c, s.GetRef(), s.GetScheme(), funding.Reprofile{
			Scheme: s.GetScheme(), Line: s.GetLine(), Start: r.day("start", s.GetStart()), End: r.day("end", s.GetEnd()), Reason: s.GetReason(),
		})
	case *milepostv1.Command_FundingWithdrawn:
		r.path += ".funding_withdrawn"
		s := m.FundingWithdrawn
		r.lineOf(c, s.GetRef(), s.GetScheme(), funding.Withdraw{Scheme: s.GetScheme(), Line: s.GetLine(), Reason: s.GetReason()})
	default:
		return false, nil
	}
	return true, err
}

// lineOf puts a command about a line where it belongs: to a milestone, or to the plan and its schemes.
func (r *reader) lineOf(c *Command, ref, scheme string, cmd funding.Command) {
	switch {
	case ref == "":
		c.OfPlan = cmd
		for _, refusal := range funding.Check(cmd) {
			r.found = append(r.found, refusal.At(r.path))
		}
	case scheme != "":
		r.refuse(RuleLineOfBoth, "scheme", "The line would belong to milestone %.210q and to a scheme. Leave one of them out.", ref)
	default:
		c.Ref, c.OfMilestone = ref, cmd
	}
}

func (r *reader) advance(stage funding.Stage, m fundingStated) (funding.Command, error) {
	c := funding.Advance{
		Stage: stage, Scheme: m.GetScheme(), Line: m.GetLine(), Fund: m.GetFund(), Reason: m.GetReason(),
		Terms: funding.Terms{
			Start: r.day("start", m.GetStart()), End: r.day("end", m.GetEnd()),
			Basis: money.Basis(m.GetBasis()), Recurrent: money.Recurrent(m.GetRecurrence()), // they count alike; a test holds them to it
		},
	}
	if m.GetBasis() < 0 || m.GetBasis() > milepostv1.FundingBasis_FUNDING_BASIS_UP_TO {
		r.refuse(RuleFundingTermsUnknown, "basis", "%d is not a basis of an amount. Leave it out for the whole sum.", m.GetBasis())
	}
	if m.GetRecurrence() < 0 || m.GetRecurrence() > milepostv1.FundingRecurrence_FUNDING_RECURRENCE_ONCE {
		r.refuse(RuleFundingTermsUnknown, "recurrence", "%d is not a recurrence that we know. Leave it out if you do not know whether the money comes again.", m.GetRecurrence())
	}
	currency := cmp.Or(m.GetCurrency(), "GBP")
	var err error
	if m.GetAmount() != "" || stage >= funding.Confirmed { // before that nobody may know how much
		if c.Amount, err = money.Parse(m.GetAmount(), currency); err != nil {
			return c, r.keep(err, "amount")
		}
	}
	if m.GetOf() != "" {
		if c.Asks, err = money.Parse(m.GetOf(), currency); err != nil {
			return c, r.keep(err, "of")
		}
	}
	return c, nil
}

// fieldAt is the path of a field inside lists: fieldAt("values", 2, "common") is "values[2].common".
func fieldAt(parts ...any) (path string) {
	for _, part := range parts {
		switch part := part.(type) {
		case int:
			path += fmt.Sprintf("[%d]", part)
		default:
			if path != "" {
				path += "."
			}
			path += fmt.Sprint(part)
		}
	}
	return path
}
