package milestone

import (
	"fmt"

	"milepost.dev/domain"
)

// The rules that a command can break, beside those of package funding. A name, once given, stays.
const (
	// RuleUnknown: the plan has no milestone of this reference.
	RuleUnknown = "milestone-unknown"
	// RuleRefTaken: the plan has another milestone of this reference.
	RuleRefTaken = "ref-taken"
	// RuleCommandUnknown: it is none of the commands.
	RuleCommandUnknown = "command-unknown"
	// RuleStateUnknown: it is none of the states.
	RuleStateUnknown = "state-unknown"

	// RuleNotUTF8: text is not UTF-8.
	RuleNotUTF8 = "not-utf8"
	// RuleTextTooLong: a text is longer than is kept.
	RuleTextTooLong = "text-too-long"
	// RuleRefMalformed: empty, too long, or with characters that nobody can see.
	RuleRefMalformed = "ref-malformed"
	// RuleTitleTooLong: longer than MaxTitle.
	RuleTitleTooLong = "title-too-long"
	// RuleWorkstreamTooLong: longer than MaxWorkstream.
	RuleWorkstreamTooLong = "workstream-too-long"
	// RuleAttributesTooMany: more than MaxAttributes, or too much in all.
	RuleAttributesTooMany = "attributes-too-many"
	// RuleAttributeMalformed: the name is empty or too long.
	RuleAttributeMalformed = "attribute-malformed"
	// RuleAttributeTooLong: the value is longer than MaxAttributeValue.
	RuleAttributeTooLong = "attribute-too-long"

	// RuleDateMissing: no date was stated.
	RuleDateMissing = "date-missing"
	// RuleSlipWithoutDate: a slip to what is no date.
	RuleSlipWithoutDate = "slip-without-date"
	// RuleSlipWithoutForecast: a slip where no date was ever stated.
	RuleSlipWithoutForecast = "slip-without-forecast"
	// RuleSlipNotLater: a slip to a date that is not later.
	RuleSlipNotLater = "slip-not-later"
	// RuleSlipFromStale: a slip from another date than is known.
	RuleSlipFromStale = "slip-from-stale"
	// RuleRecoveryWithoutDate: a recovery to what is no date.
	RuleRecoveryWithoutDate = "recovery-without-date"
	// RuleRecoveryWithoutForecast: a recovery where no date was ever stated.
	RuleRecoveryWithoutForecast = "recovery-without-forecast"
	// RuleRecoveryNotEarlier: a recovery to a date that is not earlier.
	RuleRecoveryNotEarlier = "recovery-not-earlier"
	// RuleRecoveryFromStale: a recovery from another date than is known.
	RuleRecoveryFromStale = "recovery-from-stale"

	// RuleOwnerMissing: no owner was named.
	RuleOwnerMissing = "owner-missing"
	// RuleOwnerFromStale: a change from another owner than is known.
	RuleOwnerFromStale = "owner-from-stale"

	// RuleRatingMissing: a rating without a scheme or a value.
	RuleRatingMissing = "rating-missing"
	// RuleRatingUnknown: a value that the plan's scheme does not have.
	RuleRatingUnknown = "rating-unknown"

	// RulePercentOutOfRange: below 0 or above 100.
	RulePercentOutOfRange = "percent-out-of-range"
	// RuleProgressEmpty: a report that says nothing.
	RuleProgressEmpty = "progress-empty"

	// RuleActualWithoutDate: the actual date does not say when.
	RuleActualWithoutDate = "actual-without-date"
	// RuleActualInFuture: the actual date has not come.
	RuleActualInFuture = "actual-in-future"
	// RuleActualFromStale: an actual date restated from another than is known.
	RuleActualFromStale = "actual-from-stale"
	// RuleNotAchieved: an actual date restated where there is none.
	RuleNotAchieved = "not-achieved"
	// RuleStartWithoutDate: the date of a start does not say when.
	RuleStartWithoutDate = "start-without-date"
	// RuleStartInFuture: the date of a start has not come.
	RuleStartInFuture = "start-in-future"
	// RuleAlreadyAchieved: it was met, and would have to be reopened first.
	RuleAlreadyAchieved = "already-achieved"
	// RuleAlreadyCancelled: it was cancelled, and would have to be reopened first.
	RuleAlreadyCancelled = "already-cancelled"
)

// Bounds on what a reporter states, in bytes unless they say otherwise. With them the largest event
// fits into a record.
const (
	MaxRef            = 200
	MaxTitle          = 2000
	MaxWorkstream     = 500
	MaxAttributes     = 64 // how many
	MaxAttributeName  = 100
	MaxAttributeValue = 2000
	MaxAttributesAll  = 32_000 // names and values together
	MaxStatus         = 500
	MaxReturn         = 500
	MaxWords          = 10_000 // a reason, or words about progress or an achievement
)

func refusal(class domain.Class, rule, field, format string, args ...any) *domain.Refusal {
	return &domain.Refusal{Class: class, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)}
}
