package main

import (
	"fmt"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

// changeColumns are a change of one milestone. In a table WHAT says in words what has no column of its own.
var changeColumns = []output.Column[*pb.NetChange]{
	{Name: "net_days", Value: func(c *pb.NetChange) any { return ifSaid(c.NetDays) }, Heading: "NET", Right: true, Show: func(c *pb.NetChange) string { return ifDays(c.NetDays) }},
	{Name: "ref", Value: func(c *pb.NetChange) any { return output.Text(c.GetRef()) }, Heading: "REF"},
	{Name: "milestone", Value: func(c *pb.NetChange) any { return output.Text(c.GetMilestone()) }},
	{Name: "title", Value: func(c *pb.NetChange) any { return output.Text(c.GetTitle()) }, Heading: "TITLE", Gives: true, Show: titleChanged},
	{Name: "was", Value: func(c *pb.NetChange) any { return output.Text(c.GetWas()) }, Heading: "WAS", Show: wasShown},
	{Name: "is", Value: func(c *pb.NetChange) any { return output.Text(c.GetIs()) }, Heading: "IS", Show: func(c *pb.NetChange) string { return dayOrLost(c.GetIs(), c.GetNoDate()) }},
	{Name: "moves", Value: func(c *pb.NetChange) any { return c.GetMoves() }, Heading: "MOVES", Right: true, Show: movesShown},
	{Name: "kinds", Value: func(c *pb.NetChange) any { return append([]string{}, c.GetKinds()...) }, Heading: "WHAT", Show: kindsShown},
	{Name: "reason", Value: func(c *pb.NetChange) any { return output.Text(c.GetReason()) }, Heading: "REASON", Gives: true, Show: whyChanged},
	{Name: "actor", Value: func(c *pb.NetChange) any { return output.Text(c.GetActor()) }, Heading: "SAID BY", Gives: true},
	{Name: "on_behalf_of", Value: func(c *pb.NetChange) any { return output.Text(c.GetOnBehalfOf()) }, Heading: "FOR", Gives: true, Seldom: true},
	{Name: "owner", Value: func(c *pb.NetChange) any { return output.Text(c.GetOwner()) }, Heading: "OWNER", Gives: true, Seldom: true, Show: ownerChanged},
	{Name: "source", Value: func(c *pb.NetChange) any { return output.Text(sourceShown(c.GetSource())) }, Heading: "SOURCE", Gives: true, Seldom: true},
	{Name: "position", Value: func(c *pb.NetChange) any { return positionSaid(c.GetPosition()) }, Heading: "POSITION", Right: true},
	{Name: "workstream", Value: func(c *pb.NetChange) any { return output.Text(c.GetWorkstream()) }},
	{Name: "state_was", Value: func(c *pb.NetChange) any { return output.Text(c.GetStateWas()) }},
	{Name: "state", Value: func(c *pb.NetChange) any { return output.Text(c.GetState()) }},
	{Name: "slip_days_was", Value: func(c *pb.NetChange) any { return ifSaid(c.SlipDaysWas) }},
	{Name: "slip_days", Value: func(c *pb.NetChange) any { return ifSaid(c.SlipDays) }},
	{Name: "setting_days", Value: func(c *pb.NetChange) any { return c.GetSettingDays() }},
	{Name: "first_forecast_was", Value: func(c *pb.NetChange) any { return output.Text(c.GetFirstForecastWas()) }},
	{Name: "first_forecast", Value: func(c *pb.NetChange) any { return output.Text(c.GetFirstForecast()) }},
	{Name: "no_date_was", Value: func(c *pb.NetChange) any { return c.GetNoDateWas() }},
	{Name: "no_date", Value: func(c *pb.NetChange) any { return c.GetNoDate() }},
	{Name: "was_restated", Value: func(c *pb.NetChange) any { return c.GetWasRestated() }},
	{Name: "owed_days", Value: func(c *pb.NetChange) any { return c.GetOwedDays() }},
	{Name: "timing", Value: func(c *pb.NetChange) any { return output.Text(c.GetTiming()) }},
	{Name: "late_days", Value: func(c *pb.NetChange) any { return c.GetLateDays() }},
	{Name: "title_was", Value: func(c *pb.NetChange) any { return output.Text(c.GetTitleWas()) }},
	{Name: "ref_was", Value: func(c *pb.NetChange) any { return output.Text(c.GetRefWas()) }},
	{Name: "workstream_was", Value: func(c *pb.NetChange) any { return output.Text(c.GetWorkstreamWas()) }},
	{Name: "owner_was", Value: func(c *pb.NetChange) any { return output.Text(c.GetOwnerWas()) }},
	{Name: "rating_was", Value: func(c *pb.NetChange) any { return output.Text(c.GetRatingWas()) }},
	{Name: "rating", Value: func(c *pb.NetChange) any { return output.Text(c.GetRating()) }},
	{Name: "no_reason", Value: func(c *pb.NetChange) any { return c.GetNoReason() }},
	{Name: "between", Value: func(c *pb.NetChange) any { return objects(moveColumns, c.GetBetween()) }},
	{Name: "undone", Value: func(c *pb.NetChange) any { return objects(moveColumns, c.GetUndone()) }},
	{Name: "said", Value: func(c *pb.NetChange) any { return objects(saidColumns, c.GetSaid()) }},
	{Name: "funding", Value: func(c *pb.NetChange) any { return objects(moneyColumns, c.GetFunding()) }},
}

// saidColumns are a statement that was made in between.
var saidColumns = []output.Column[*pb.SaidBetween]{
	{Name: "event", Value: func(s *pb.SaidBetween) any { return s.GetEvent() }},
	{Name: "as_at", Value: func(s *pb.SaidBetween) any { return s.GetAsAt() }},
	{Name: "position", Value: func(s *pb.SaidBetween) any { return s.GetPosition() }},
	{Name: "actor", Value: func(s *pb.SaidBetween) any { return s.GetActor() }},
	{Name: "on_behalf_of", Value: func(s *pb.SaidBetween) any { return output.Text(s.GetOnBehalfOf()) }},
	{Name: "reason", Value: func(s *pb.SaidBetween) any { return output.Text(s.GetReason()) }},
	{Name: "recorded_at", Value: func(s *pb.SaidBetween) any { return s.GetRecordedAt() }},
}

// moneyColumns are a funding line that is not as it was.
var moneyColumns = []output.Column[*pb.FundingChange]{
	{Name: "line", Value: func(f *pb.FundingChange) any { return f.GetIs().GetLine() }},
	{Name: "scheme", Value: func(f *pb.FundingChange) any { return output.Text(f.GetIs().GetScheme()) }},
	{Name: "state_was", Value: func(f *pb.FundingChange) any { return output.Text(f.GetWas().GetState()) }},
	{Name: "state", Value: func(f *pb.FundingChange) any { return f.GetIs().GetState() }},
	{Name: "amount_was", Value: func(f *pb.FundingChange) any { return output.Text(f.GetWas().GetAmount()) }},
	{Name: "amount", Value: func(f *pb.FundingChange) any { return output.Text(f.GetIs().GetAmount()) }},
	{Name: "currency", Value: func(f *pb.FundingChange) any { return output.Text(f.GetIs().GetCurrency()) }},
	{Name: "position", Value: func(f *pb.FundingChange) any { return f.GetIs().GetPosition() }},
}

// wasShown is the day before, and what has to be known of it.
func wasShown(c *pb.NetChange) string {
	if c.GetWasRestated() {
		return c.GetWas() + " (restated start)"
	}
	return dayOrLost(c.GetWas(), c.GetNoDateWas())
}

// dayOrLost is a day or, where its date was withdrawn, that it is owed.
func dayOrLost(day string, lost bool) string {
	if lost {
		return fmt.Sprintf("no date (was due %s)", day)
	}
	return day
}

func movesShown(c *pb.NetChange) string {
	if c.GetMoves() == 0 && c.NetDays == nil {
		return ""
	}
	return fmt.Sprint(c.GetMoves())
}

func positionSaid(position uint64) any {
	if position == 0 {
		return nil
	}
	return position
}

// kindsShown is what changed, with both values where no column has them.
func kindsShown(c *pb.NetChange) string {
	words := slices.Clone(c.GetKinds())
	for i, kind := range words {
		switch kind {
		case "there and back":
			words[i] = "there and back" + thereAndBack(c)
		case "achieved":
			if c.GetLateDays() > 0 {
				words[i] = fmt.Sprintf("achieved %d days late", c.GetLateDays())
			}
		case "overdue":
			words[i] = fmt.Sprintf("overdue (owed %d days)", c.GetOwedDays())
		case "reference":
			words[i] = "was " + c.GetRefWas()
		case "workstream":
			words[i] = fmt.Sprintf("workstream was %s", saidOr(c.GetWorkstreamWas(), "not said"))
		case "rating":
			words[i] = fmt.Sprintf("rating %s, was %s", saidOr(c.GetRating(), "none"), saidOr(c.GetRatingWas(), "none"))
		case "first forecast":
			words[i] = fmt.Sprintf("first forecast was %s, is %s", c.GetFirstForecastWas(), c.GetFirstForecast())
		case "read by setting":
			words[i] = fmt.Sprintf("%s days by another setting", signed(c.GetSettingDays()))
		case "funding":
			words[i] = "funding: " + moneyShown(c.GetFunding())
		}
	}
	return strings.Join(words, ", ")
}

// thereAndBack is each way that the date went.
func thereAndBack(c *pb.NetChange) string {
	var days []string
	for _, m := range c.GetBetween() {
		if m.GetCounts() && m.GetDays() != 0 {
			days = append(days, signed(m.GetDays()))
		}
	}
	return " (" + strings.Join(days, ", ") + ")"
}

func moneyShown(changed []*pb.FundingChange) string {
	var told []string
	for _, f := range changed {
		is, was := f.GetIs(), f.GetWas()
		words := is.GetLine() + " " + moneyAt(is)
		if was != nil {
			words += ", was " + moneyAt(was)
		}
		told = append(told, words)
	}
	return strings.Join(told, "; ")
}

func moneyAt(l *pb.FundingLine) string {
	return strings.TrimSpace(strings.Join([]string{l.GetState(), l.GetCurrency(), l.GetAmount()}, " "))
}

func saidOr(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

func titleChanged(c *pb.NetChange) string {
	if c.GetRef() == "" {
		return "the plan itself"
	}
	if slices.Contains(c.GetKinds(), "renamed") {
		return fmt.Sprintf("%s (was %s)", c.GetTitle(), c.GetTitleWas())
	}
	return c.GetTitle()
}

func ownerChanged(c *pb.NetChange) string {
	if slices.Contains(c.GetKinds(), "owner") {
		return fmt.Sprintf("%s (was %s)", saidOr(c.GetOwner(), "nobody"), saidOr(c.GetOwnerWas(), "nobody"))
	}
	return c.GetOwner()
}

func whyChanged(c *pb.NetChange) string {
	if c.GetNoReason() {
		return "no reason given"
	}
	return c.GetReason()
}

// sourceShown is the cell that a date was read from last.
func sourceShown(s *pb.MilestoneSource) string {
	cells := s.GetCells()
	if len(cells) == 0 {
		return ""
	}
	cell := cells[len(cells)-1]
	where := s.GetDocument()
	if s.GetSheet() != "" {
		where += ", sheet " + s.GetSheet()
	}
	return fmt.Sprintf("%s, row %d, column %d: %q", where, cell.GetRow(), cell.GetColumn(), cell.GetText())
}
