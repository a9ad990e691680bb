package figures

import (
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
)

// Reads says whether figures go by an event. Of and Rows give the same with and without those that they do not go by, so
// whoever has many statements may leave those out. An event that is not listed here is read.
func Reads(e milestone.Event) bool {
	switch e := e.(type) {
	case milestone.Amended:
		return e.Title != nil
	case milestone.OwnerChanged, milestone.ProgressReported, milestone.ConfidenceAssessed, milestone.IssueRaised, milestone.IssueClosed,
		milestone.EvidenceAttached, milestone.DependencyLinked, milestone.DependencyUnlinked, milestone.RecurrenceDefined,
		milestone.FurtherDateStated, milestone.Sourced, milestone.ReviewRaised, milestone.NotReported, funding.Event, measure.Event:
		return false
	}
	return true
}
