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
	// RuleRefChangedSince: the reference was changed as at a later day.
	RuleRefChangedSince = "ref-changed-since"
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
	// RuleOwnersTooMany: more parties than MaxShared own it together.
	RuleOwnersTooMany = "owners-too-many"
	// RuleOwnerFromStale: a change from another owner than is known.
	RuleOwnerFromStale = "owner-from-stale"

	// RuleRatingMissing: a rating without a scheme or a value.
	RuleRatingMissing = "rating-missing"
	// RuleRatingUnknown: a value that the plan's scheme does not have.
	RuleRatingUnknown = "rating-unknown"

	// RuleIssueMalformed: the issue's reference is empty or too long.
	RuleIssueMalformed = "issue-malformed"
	// RuleIssueWithoutWords: it is not said what the issue is.
	RuleIssueWithoutWords = "issue-without-words"
	// RuleIssueUnknown: no such issue was raised.
	RuleIssueUnknown = "issue-unknown"
	// RuleLocationMalformed: it is not said where the evidence is, or at too great a length.
	RuleLocationMalformed = "location-malformed"
	// RuleMediaTypeMalformed: what cannot be a media type.
	RuleMediaTypeMalformed = "media-type-malformed"

	// RuleDependencyMissing: it is not said what the milestone waits for.
	RuleDependencyMissing = "dependency-missing"
	// RulePredecessorUnknown: the plan has no such milestone to wait for.
	RulePredecessorUnknown = "predecessor-unknown"
	// RuleDependencyOnItself: a milestone that waits for itself.
	RuleDependencyOnItself = "dependency-on-itself"
	// RuleDependencyCircle: milestones that wait for each other.
	RuleDependencyCircle = "dependency-circle"
	// RuleLagOutOfRange: fewer days than none, or more than MaxLag.
	RuleLagOutOfRange = "lag-out-of-range"

	// RuleRecurrenceUnreadable: no recurrence rule that is read here.
	RuleRecurrenceUnreadable = "recurrence-unreadable"
	// RuleRecurrenceReversed: the last day is before the first.
	RuleRecurrenceReversed = "recurrence-reversed"
	// RuleRecurrenceWithoutEnd: neither it nor the plan has a last day.
	RuleRecurrenceWithoutEnd = "recurrence-without-end"
	// RuleOccurrencesNumber: no occurrence, or more than MaxOccurrences.
	RuleOccurrencesNumber = "occurrences-number"

	// RuleSourceWithoutDocument: it is not said what a document is called.
	RuleSourceWithoutDocument = "source-without-document"
	// RuleSourceCellsNumber: no cell, more than MaxCells, or too much in all.
	RuleSourceCellsNumber = "source-cells-number"
	// RuleSourceCellMalformed: a cell that stands nowhere, or of no value.
	RuleSourceCellMalformed = "source-cell-malformed"

	// RuleReviewReasonMalformed: no code of a reason.
	RuleReviewReasonMalformed = "review-reason-malformed"
	// RuleReviewFieldMalformed: no name of a value.
	RuleReviewFieldMalformed = "review-field-malformed"
	// RuleReviewItemMalformed: what an item cannot be known by.
	RuleReviewItemMalformed = "review-item-malformed"
	// RuleReviewUnknown: nobody is asked about such an item.
	RuleReviewUnknown = "review-unknown"
	// RuleReviewOutcomeMissing: it is not said what was made of an item.
	RuleReviewOutcomeMissing = "review-outcome-missing"
	// RuleReviewValueMissing: a correction to nothing or to several values, or a value beside another outcome.
	RuleReviewValueMissing = "review-value-missing"
	// RuleReviewNothingProposed: nothing that could be accepted.
	RuleReviewNothingProposed = "review-nothing-proposed"
	// RuleReviewOtherField: a correction of another value than the item is about.
	RuleReviewOtherField = "review-other-field"
	// RuleReviewStillInDoubt: a doubt settled by what is in doubt.
	RuleReviewStillInDoubt = "review-still-in-doubt"
	// RuleReviewPartsNumber: too few or too many parts, or one without words.
	RuleReviewPartsNumber = "review-parts-number"

	// RuleReviewNotAmong: a disagreement would be settled by a day that nobody stated.
	RuleReviewNotAmong = "review-not-among"
	// RuleReviewOwn: a question would be settled by who told what it rests on.
	RuleReviewOwn = "review-own"

	// RuleReplacedNumber: too few or too many milestones on one side of a replacement, or a reference that none can have.
	RuleReplacedNumber = "replaced-number"
	// RuleReplacedByItself: a milestone would take its own place.
	RuleReplacedByItself = "replaced-by-itself"
	// RuleReplacedByClosed: a milestone that was met or cancelled would take the place of an open one.
	RuleReplacedByClosed = "replaced-by-closed"
	// RuleReplacedTooMany: too many milestones would take each other's place, one after the other.
	RuleReplacedTooMany = "replaced-too-many"

	// RuleLabelMissing: a further date of nothing.
	RuleLabelMissing = "label-missing"

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
	MaxLocation       = 2000
	MaxMediaType      = 200
	MaxLag            = 3660 // calendar days
	MaxOccurrences    = 200  // of one series at a time
	MaxDocument       = 500
	MaxSheet          = 200
	MaxCells          = 200    // how many a document has of one milestone
	MaxCellsAll       = 40_000 // fields, headings and texts together
	MaxReviewName     = 100    // of a reason or a field
	MaxParts          = 50     // that a milestone is split into
	MaxReplaced       = 100    // milestones on each side of a replacement
	MaxLineage        = 300    // milestones that took each other's place, through any chain
	MaxLabel          = 200
	MaxPlace          = 1<<31 - 1 // a row or a column
	MaxWords          = 10_000    // a reason, or words about progress or an achievement
)

func refusal(class domain.Class, rule, field, format string, args ...any) *domain.Refusal {
	return &domain.Refusal{Class: class, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)}
}
