package request

import (
	"cmp"
	"encoding/hex"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
)

// RuleReasonKindUnknown: a kind of reason that there is not.
const RuleReasonKindUnknown = "reason-kind-unknown"

// baselineCommand reads the commands about what is promised. False: it is none of them.
func (r *reader) baselineCommand(stated *milepostv1.Command, c *Command) (ok bool, err error) {
	switch m := stated.GetCommand().(type) {
	case *milepostv1.Command_BaselineProposed:
		r.path += ".baseline_proposed"
		c.OfPlan, err = r.proposed(m.BaselineProposed)
	case *milepostv1.Command_BaselineProposalClosed:
		r.path += ".baseline_proposal_closed"
		c.OfPlan = baseline.Close{Proposal: m.BaselineProposalClosed.GetProposal(), Count: int(m.BaselineProposalClosed.GetCount())}
	case *milepostv1.Command_BaselineApproved:
		r.path += ".baseline_approved"
		c.OfPlan = baseline.Approve(r.decision(m.BaselineApproved))
	case *milepostv1.Command_BaselineRefused:
		r.path += ".baseline_refused"
		c.OfPlan = baseline.Refuse(r.decision(m.BaselineRefused))
	case *milepostv1.Command_BaselineProposalWithdrawn:
		r.path += ".baseline_proposal_withdrawn"
		c.OfPlan = baseline.Withdraw{Proposal: m.BaselineProposalWithdrawn.GetProposal(), Reason: m.BaselineProposalWithdrawn.GetReason()}
	case *milepostv1.Command_TiersSet:
		r.path += ".tiers_set"
		c.OfPlan, err = r.tiers(m.TiersSet)
	default:
		return false, nil
	}
	if err == nil {
		r.checkPlan(c.OfPlan, "")
	}
	return true, err
}

func (r *reader) proposed(m *milepostv1.BaselineProposed) (baseline.Propose, error) {
	c := baseline.Propose{Proposal: m.GetProposal(), Ref: m.GetRef(), Reason: m.GetReason(), Kind: r.reasonKind(m.GetReasonKind())}
	if m.Replaces != nil {
		n := int(*m.Replaces)
		c.Replaces = &n
	}
	if c.Ref == "" {
		r.refuse(milestone.RuleRefMalformed, "ref", "The reference is empty. Say which milestone this is about.")
	}
	switch v := m.GetValue().(type) {
	case *milepostv1.BaselineProposed_Date:
		c.Dimension, c.Delivery = baseline.Date, period.Delivery{Text: v.Date.GetDeliveryDate()}
	case *milepostv1.BaselineProposed_Cost:
		amount, err := r.amount(v.Cost.GetAmount(), v.Cost.GetCurrency(), "cost.amount")
		if err != nil {
			return c, err
		}
		c.Dimension, c.Value = baseline.Cost, baseline.Value{Amount: amount, Years: v.Cost.GetYears()}
	case *milepostv1.BaselineProposed_Scope:
		c.Dimension, c.Value = baseline.Scope, baseline.Value{Title: v.Scope.GetTitle(), Deliverable: v.Scope.GetDeliverable()}
	case *milepostv1.BaselineProposed_Benefit:
		c.Dimension = baseline.Benefit
		c.Value = baseline.Value{Measure: v.Benefit.GetMeasure(), Target: v.Benefit.GetValue(), Day: r.day("benefit.day", v.Benefit.GetDay())}
	case *milepostv1.BaselineProposed_Existence:
		c.Dimension = baseline.Existence
	}
	return c, nil
}

func (r *reader) reasonKind(text string) baseline.Kind {
	for k := baseline.NoKind; k.Valid(); k++ {
		if k.String() == text {
			return k
		}
	}
	r.refuse(RuleReasonKindUnknown, "reason_kind", "%.60q is not a kind of reason. Use scope, funding, external, estimate or error.", text)
	return baseline.NoKind
}

// amount reads a sum that may be absent.
func (r *reader) amount(text, currency, field string) (money.Amount, error) {
	if text == "" {
		return money.Amount{}, nil
	}
	a, err := money.Parse(text, cmp.Or(currency, "GBP"))
	if err != nil {
		return money.Amount{}, r.keep(err, field)
	}
	return a, nil
}

func (r *reader) decision(m *milepostv1.BaselineDecided) baseline.Decision {
	d := baseline.Decision{Proposal: m.GetProposal(), Body: m.GetBody(), Minute: m.GetMinute(), Reason: m.GetReason()}
	sum, err := hex.DecodeString(m.GetSha256())
	if err != nil || len(sum) != len(d.SHA256) {
		r.refuse(RuleDigestMalformed, "sha256", "%.80q is not the 64 hexadecimal digits of a SHA-256. `milepost baseline list` shows the digest of each proposal.", m.GetSha256())
		return d
	}
	d.SHA256 = [32]byte(sum)
	return d
}

// tiers reads tiers but for their approvers: what stands in their places only says how many there are.
func (r *reader) tiers(m *milepostv1.TiersSet) (baseline.SetTiers, error) {
	c := baseline.SetTiers{Reason: m.GetReason()}
	for i, t := range m.GetTiers() {
		tier := baseline.Tier{Name: t.GetName(), ToleranceDays: whole(t.ToleranceDays), MostDays: whole(t.MostDays)}
		var err error
		if tier.ToleranceMoney, err = r.amount(t.GetToleranceMoney(), t.GetCurrency(), fieldAt("tiers", i, "tolerance_money")); err != nil {
			return c, err
		}
		if tier.MostMoney, err = r.amount(t.GetMostMoney(), t.GetCurrency(), fieldAt("tiers", i, "most_money")); err != nil {
			return c, err
		}
		c.Tiers = append(c.Tiers, tier)
	}
	return c, nil
}

func whole(n *uint32) *int {
	if n == nil {
		return nil
	}
	days := int(*n)
	return &days
}

// resolveTiers puts parties where tiers have names.
func (r *reader) resolveTiers(c *Command, m *milepostv1.TiersSet, party func(name string) (string, error)) error {
	set, ok := c.OfPlan.(baseline.SetTiers)
	if !ok {
		return nil
	}
	r.path = c.path
	for i, t := range m.GetTiers() {
		for _, name := range t.GetApprovers() {
			id, err := party(name)
			if err != nil {
				if err = r.keep(err, fieldAt("tiers", i, "approvers")); err != nil {
					return err
				}
			}
			set.Tiers[i].Approvers = append(set.Tiers[i].Approvers, milestone.Party(id))
		}
	}
	c.OfPlan = set
	return nil
}
