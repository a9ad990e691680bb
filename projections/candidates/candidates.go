// Package candidates answers which sentences of documents may be milestones of a plan.
package candidates

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/plan"
	"milepost.dev/projections"
)

// List are the candidates of a plan as they stood on a day, open or settled, in the order in which they were first offered.
func List(p projections.Plan, asAt civil.Date) []plan.Candidate { return p.At(asAt).Candidates }
