package request

import (
	"strings"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
)

// settlement reads a settled item but for its owner: what stands in that place only says whether there is one.
func settlement(m *milepostv1.ReviewSettled) milestone.SettleReview {
	c := milestone.SettleReview{
		Item: m.GetItem(), Owner: milestone.Party(strings.TrimSpace(m.GetOwner())), Text: m.GetText(), Reason: m.GetReason(),
	}
	if o := m.GetOutcome(); o > 0 && o <= milepostv1.ReviewOutcome_REVIEW_OUTCOME_REJECTED {
		c.Outcome = milestone.Outcome(o) // the two count alike; a test holds them to it
	}
	c.Delivery = said(m.GetDeliveryDate())
	for _, p := range m.GetParts() {
		c.Parts = append(c.Parts, milestone.Part{Ref: p.GetRef(), Title: p.GetTitle(), Delivery: said(p.GetDeliveryDate())})
	}
	return c
}

// resolveCorrection puts a party where an item is corrected to an owner.
func (r *reader) resolveCorrection(c *Command, name string, party func(name string) (string, error)) error {
	settle, ok := c.OfMilestone.(milestone.SettleReview)
	if !ok || settle.Owner == "" {
		return nil
	}
	r.path = c.path
	id, err := party(name)
	if err != nil {
		if err := r.keep(err, "owner"); err != nil {
			return err
		}
	}
	settle.Owner = milestone.Party(id)
	c.OfMilestone = settle
	return nil
}
