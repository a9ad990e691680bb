package milestone

import (
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// The reasons that a person is asked about what several statements come to, or several milestones. Package decide raises them.
const (
	// ReviewDisagreement: several speakers stated different due days about one as-at day.
	ReviewDisagreement = "disagreement"
	// ReviewReplaces: it was added about when another one with words alike was cancelled.
	ReviewReplaces = "replaces-cancelled"
	// ReviewReplacesElsewhere: it was added about when one with words alike was cancelled or let go in another plan. It is nowhere stored: it follows
	// from both plans, and is put to whoever may read both.
	ReviewReplacesElsewhere = "replaces-elsewhere"
	// ReviewRestatedStart: a date was told late, about a day before the first forecast's and later than that.
	ReviewRestatedStart = "start-restated"
	// ReviewDatedAfterAchieved: another date was stated after it had been met.
	ReviewDatedAfterAchieved = "dated-after-achieved"
	// ReviewEarlierActual: it was said to have been met earlier than was said before.
	ReviewEarlierActual = "earlier-actual"
	// ReviewNoDay: words that promise no day, such as "ongoing", were stated in place of a day that was promised.
	ReviewNoDay = "no-day"
	// ReviewWhichPromise: a further date that is called the completion, or much the same, is another day than the promised one.
	ReviewWhichPromise = "which-promise"
)

// FieldReplaces is that of an item which asks whether the milestone took the place of the one that is proposed.
const FieldReplaces = "replaces"

// disagreements is what the items of disagreements begin with; the day follows that they are about.
const disagreements = FieldDelivery + ":" + ReviewDisagreement + "-"

// Disagreement is the item of a disagreement about an as-at day.
func Disagreement(day civil.Date) string { return disagreements + day.String() }

// DisagreementOf returns the as-at day that an item of a disagreement is about, and false for another item.
func DisagreementOf(item string) (civil.Date, bool) {
	text, ok := strings.CutPrefix(item, disagreements)
	if !ok {
		return 0, false
	}
	day, err := civil.Parse(text)
	return day, err == nil
}

// Agreed returns the as-at day of a disagreement and the due day that settles it, and false for another settlement.
func (e ReviewSettled) Agreed() (day, due civil.Date, ok bool) {
	if day, ok = DisagreementOf(e.Item); !ok {
		return 0, 0, false
	}
	due, err := civil.Parse(e.Value)
	return day, due, err == nil
}

// SettledByNone refuses to settle a disagreement by what nobody stated about the day.
func SettledByNone(asAt civil.Date) error {
	return refusal(domain.Refused, RuleReviewNotAmong, "delivery_date",
		"A disagreement is settled by one of the days that were stated as at %s. Correct the item to one of them: `milepost slippage --all` lists them.", asAt)
}

// SettlesOwn refuses an answer to a question that rests on what the caller stated, or a party for which the caller may speak (A1).
func SettlesOwn() *domain.Refusal {
	return refusal(domain.Refused, RuleReviewOwn, "item",
		"The question rests on what you stated, or a party for which you may speak. Another person with the role reviewer, who may not speak for that party, has to settle it.")
}
