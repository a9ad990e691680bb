package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// standingColumns are where a milestone stands, but for its money.
var standingColumns = []output.Column[*pb.MilestoneStatus]{
	{Name: "ref", Value: func(m *pb.MilestoneStatus) any { return m.GetRef() }, Heading: "REF"},
	{Name: "milestone", Value: func(m *pb.MilestoneStatus) any { return m.GetMilestone() }},
	{Name: "title", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetTitle()) }, Heading: "TITLE", Gives: true},
	{Name: "workstream", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetWorkstream()) }, Heading: "WORKSTREAM", Gives: true},
	{Name: "owner", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetOwner()) }, Heading: "OWNER", Gives: true},
	{Name: "state", Value: func(m *pb.MilestoneStatus) any { return m.GetState() }, Heading: "STATE"},
	{Name: "forecast", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetForecast()) }, Heading: "FORECAST", Show: forecastShown},
	{Name: "actual", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetActual()) }, Heading: "ACTUAL"},
	{
		Name: "slip_days", Value: func(m *pb.MilestoneStatus) any { return slipDays(m) }, Heading: "SLIP", Right: true,
		Show: slipShown,
	},
	{Name: "status", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetStatus()) }, Heading: "STATUS", Gives: true},
	{Name: "overdue", Value: func(m *pb.MilestoneStatus) any { return m.GetOverdue() }, Heading: "OVERDUE", Right: true, Show: overdueShown},
	{Name: "revision", Value: func(m *pb.MilestoneStatus) any { return m.GetRevision() }},
	{Name: "position", Value: func(m *pb.MilestoneStatus) any { return m.GetPosition() }},
	{Name: "percent", Value: func(m *pb.MilestoneStatus) any { return percent(m) }, Heading: "%", Right: true},
	{Name: "forecast_text", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetForecastText()) }},
	{Name: "last_as_at", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetLastAsAt()) }},
	{Name: "review", Value: func(m *pb.MilestoneStatus) any { return append([]string{}, m.GetReview()...) }, Heading: "REVIEW"},
	{Name: "rating", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetRating()) }, Heading: "RATING", Show: ratingShown},
	{Name: "ratings", Value: func(m *pb.MilestoneStatus) any { return objects(ratingColumns, m.GetRatings()) }, Show: ratingsShown},
	{Name: "started", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetStarted()) }},
	{Name: "met", Value: func(m *pb.MilestoneStatus) any { return m.GetMet() }},
	{Name: "state_as_at", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetStateAsAt()) }},
	{Name: "not_reported", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetNotReported()) }},
	{Name: "open_issues", Value: func(m *pb.MilestoneStatus) any { return m.GetOpenIssues() }},
	{Name: "series", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetSeries()) }},
	{Name: "next_steps", Value: func(m *pb.MilestoneStatus) any { return output.Text(m.GetNextSteps()) }},
}

var statusColumns = slices.Concat(standingColumns, []output.Column[*pb.MilestoneStatus]{
	{Name: "funding", Value: func(m *pb.MilestoneStatus) any { return objects(fundingCountColumns, m.GetFunding()) }, Heading: "FUNDING", Show: fundingShown},
}, figureColumns, []output.Column[*pb.MilestoneStatus]{formerRefsColumn}, approvedColumns, baselinedColumns, []output.Column[*pb.MilestoneStatus]{
	{Name: "corrections", Value: func(m *pb.MilestoneStatus) any { return m.GetCorrections() }},
	{Name: "corrections_pending", Value: func(m *pb.MilestoneStatus) any { return m.GetCorrectionsPending() }},
})

// formerRefsColumn is by which references the milestone went before.
var formerRefsColumn = output.Column[*pb.MilestoneStatus]{Name: "former_refs", Value: func(m *pb.MilestoneStatus) any {
	return append([]string{}, m.GetFormerRefs()...)
}}

var ratingColumns = []output.Column[*pb.Rating]{
	{Name: "scheme", Value: func(r *pb.Rating) any { return r.GetScheme() }, Heading: "SCHEME"},
	{Name: "value", Value: func(r *pb.Rating) any { return r.GetValue() }, Heading: "RATING"},
	{Name: "common", Value: func(r *pb.Rating) any { return r.GetCommon() }, Heading: "COMMON SCALE"},
	{Name: "as_at", Value: func(r *pb.Rating) any { return r.GetAsAt() }, Heading: "AS AT"},
}

// ratingsShown is what was said on each scheme.
func ratingsShown(m *pb.MilestoneStatus) string {
	var told []string
	for _, r := range m.GetRatings() {
		told = append(told, r.GetScheme()+": "+r.GetValue())
	}
	return strings.Join(told, ", ")
}

// ratingShown is the worst rating and, where it stands on no common scale, what was said.
func ratingShown(m *pb.MilestoneStatus) string {
	if r := m.GetRatings(); len(r) == 1 && r[0].GetCommon() == "unknown" {
		return r[0].GetValue()
	}
	return m.GetRating()
}

var fundingCountColumns = []output.Column[*pb.FundingCount]{
	{Name: "state", Value: func(c *pb.FundingCount) any { return c.GetState() }},
	{Name: "lines", Value: func(c *pb.FundingCount) any { return c.GetLines() }},
}

func fundingShown(m *pb.MilestoneStatus) string {
	var told []string
	for _, c := range m.GetFunding() {
		told = append(told, fmt.Sprintf("%d %s", c.GetLines(), c.GetState()))
	}
	return strings.Join(told, ", ")
}

// slipDays is absent where no date was ever stated: that is no slip of 0.
func slipDays(m *pb.MilestoneStatus) any {
	if m.SlipDays == nil {
		return nil
	}
	return m.GetSlipDays()
}

func slipShown(m *pb.MilestoneStatus) string {
	if m.SlipDays == nil {
		return ""
	}
	return signed(m.GetSlipDays())
}

func percent(m *pb.MilestoneStatus) any {
	if m.Percent == nil {
		return nil
	}
	return m.GetPercent()
}

// forecastShown is the due date and, where the words say something else, the words. Of a date that was withdrawn it is the
// day that is still owed.
func forecastShown(m *pb.MilestoneStatus) string {
	switch due, words := m.GetForecast(), m.GetForecastText(); {
	case due == "" && m.GetDue() != "":
		return fmt.Sprintf("%s (was due %s)", words, m.GetDue())
	case words == "" || words == due:
		return due
	case due == "":
		return words
	default:
		return fmt.Sprintf("%s (%s)", due, words)
	}
}

// signed is a number of days with its direction: "+28", "-9", "0".
func signed(days int32) string {
	if days > 0 {
		return "+" + strconv.Itoa(int(days))
	}
	return strconv.Itoa(int(days))
}
