package milestone

import (
	"strings"
	"unicode/utf8"

	"milepost.dev/domain/period"
)

// review checks the commands of review.go. False: it is none of them.
func (c *check) review(cmd Command) bool {
	switch cmd := cmd.(type) {
	case RaiseReview:
		if !isCode(cmd.Reason) {
			c.refuse(RuleReviewReasonMalformed, "reason", "%.60q does not say why. Give a reason of 1 to %d small letters, digits and dashes, such as several-actions.", cmd.Reason, MaxReviewName)
		}
		if !isCode(cmd.Field) {
			c.refuse(RuleReviewFieldMalformed, "field", "%.60q is no value of a milestone. Name the one that a person should look at, such as delivery_date.", cmd.Field)
		}
		if cmd.Item != "" {
			c.item(cmd.Item)
		}
		c.words("text", cmd.Text)
		c.words("says", cmd.Says)
		c.text("proposed", cmd.Proposed, MaxTitle, RuleTextTooLong)
	case SettleReview:
		c.item(cmd.Item)
		c.words("reason", cmd.Reason)
		c.settlement(cmd)
	default:
		return false
	}
	return true
}

func (c *check) item(item string) {
	if item == "" || len(item) > 2*MaxReviewName || !utf8.ValidString(item) || strings.ContainsFunc(item, func(r rune) bool { return unseen(r) || r == '/' || r == ' ' }) {
		c.refuse(RuleReviewItemMalformed, "item", "%.60q is not what an item can be known by: 1 to %d bytes without spaces and slashes.", item, 2*MaxReviewName)
	}
}

func isCode(text string) bool {
	return text != "" && len(text) <= MaxReviewName && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

func (c *check) settlement(cmd SettleReview) {
	values := 0
	for _, said := range []bool{!cmd.Delivery.IsZero(), cmd.Owner != "", cmd.Text != ""} {
		if said {
			values++
		}
	}
	if !cmd.Delivery.IsZero() {
		c.text("delivery_date", cmd.Delivery.Text, period.MaxText, period.RuleTooLong)
		c.noDoubt("delivery_date", cmd.Delivery)
	}
	c.text("text", cmd.Text, MaxTitle, RuleTextTooLong)
	wanted := map[Outcome]int{Accepted: 0, Corrected: 1}[cmd.Outcome]
	switch {
	case cmd.Outcome == Unsettled || cmd.Outcome > Rejected:
		c.refuse(RuleReviewOutcomeMissing, "outcome", "It is not said what was made of the item. Accept it, correct it, split it, pair it or reject it.")
	case values != wanted:
		c.refuse(RuleReviewValueMissing, "", "To correct an item takes one value, to do anything else with it none: %d are given.", values)
	}
	least := map[Outcome]int{Split: 2, Paired: 1}[cmd.Outcome]
	if n := len(cmd.Parts); n < least || n > MaxParts || least == 0 && n > 0 {
		c.refuse(RuleReviewPartsNumber, "parts", "There are %d parts. Split an item into 2 to %d, pair it with 1 to %d, and give none to accept or correct it.", n, MaxParts, MaxParts)
	}
	for _, p := range cmd.Parts {
		c.ref(p.Ref)
		c.text("title", p.Title, MaxTitle, RuleTitleTooLong)
		c.text("delivery_date", p.Delivery.Text, period.MaxText, period.RuleTooLong)
		c.noDoubt("parts", p.Delivery)
		switch {
		case cmd.Outcome == Paired && strings.TrimSpace(p.Delivery.Text) == "":
			c.refuse(RuleDateMissing, "parts", "No date is paired with milestone %.60q. Say which of the dates is its own.", p.Ref)
		case cmd.Outcome == Split && strings.TrimSpace(p.Title) == "":
			c.refuse(RuleReviewPartsNumber, "parts", "The part %.60q has no title. Say in words what it promises.", p.Ref)
		}
	}
}

// noDoubt holds a date that settles a doubt to leaving none.
func (c *check) noDoubt(field string, d period.Delivery) {
	if len(d.Review) > 0 {
		c.refuse(RuleReviewStillInDoubt, field, "%.60q would have to be looked at again: %s. Write the date so that nobody has to ask, such as 2017-03-31, 2017-03 or TBC.", d.Text, strings.Join(d.Review, ", "))
	}
}
