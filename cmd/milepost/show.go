package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

type showCommand struct {
	Ref  string `arg:"" help:"The milestone, by reference or by its own id."`
	Plan string `required:"" placeholder:"ID" help:"The plan."`
	readFlags
}

// Help is shown by kong.
func (showCommand) Help() string {
	return `The four dates, the owners, the money, what stands in its way and what it waits for, how the due date
moved, where in a document its values stand, and the other values that the reporter keeps with it. There is no baseline until one is
approved: the first forecast is none. What a slip of another milestone means for this one is proposed, and
applied to nothing.

    milepost show HUB-1 --plan gp-access --known-at 2017-06-01

JSON is one object, with the fields of status and original_baseline, current_baseline, first_forecast,
forecast_edtf, words, proposed, knock_on_days, recurrence, attributes, former_refs, owners, funding, issues, evidence,
depends_on, needed_by, occurrences, further_dates, measures, sources (digest, document, sheet, as_at and cells: field, heading, row,
column and the words that stand there) and moves (as in slippage). CSV leaves out the last eleven.
` + readingHelp
}

type milestone = *pb.GetMilestoneResponse

// milestoneColumns are what a milestone has once.
var milestoneColumns = slices.Concat(
	output.Of(slices.Concat(standingColumns, figureColumns, baselinedColumns), milestone.GetStatus),
	[]output.Column[milestone]{
		{Name: "original_baseline", Value: func(m milestone) any { return output.Text(m.GetOriginalBaseline()) }},
		{Name: "current_baseline", Value: func(m milestone) any { return output.Text(m.GetCurrentBaseline()) }},
		{Name: "first_forecast", Value: func(m milestone) any { return output.Text(m.GetFirstForecast()) }},
		{Name: "forecast_edtf", Value: func(m milestone) any { return output.Text(m.GetForecastEdtf()) }},
		{Name: "words", Value: func(m milestone) any { return output.Text(m.GetWords()) }},
		{Name: "proposed", Value: func(m milestone) any { return output.Text(m.GetProposed()) }},
		{Name: "knock_on_days", Value: func(m milestone) any { return knockOn(m.KnockOnDays) }},
		{Name: "recurrence", Value: func(m milestone) any { return recurrenceShown(m.GetRecurrence()) }},
		{Name: "attributes", Value: func(m milestone) any { return object(m.GetAttributes()) }},
	},
	output.Of([]output.Column[*pb.MilestoneStatus]{formerRefsColumn}, milestone.GetStatus),
)

// historyColumns are what it may have several times.
var historyColumns = []output.Column[milestone]{
	{Name: "owners", Value: func(m milestone) any { return objects(ownerColumns, m.GetOwners()) }},
	{Name: "funding", Value: func(m milestone) any { return objects(fundingColumns, m.GetFunding()) }},
	{Name: "issues", Value: func(m milestone) any { return objects(issueColumns, m.GetIssues()) }},
	{Name: "evidence", Value: func(m milestone) any { return objects(evidenceColumns, m.GetEvidence()) }},
	{Name: "depends_on", Value: func(m milestone) any { return objects(dependsOnColumns, m.GetDependsOn()) }},
	{Name: "needed_by", Value: func(m milestone) any { return objects(neededByColumns, m.GetNeededBy()) }},
	{Name: "occurrences", Value: func(m milestone) any { return objects(occurrenceColumns, m.GetOccurrences()) }},
	{Name: "further_dates", Value: func(m milestone) any { return objects(furtherDateColumns, m.GetFurtherDates()) }},
	{Name: "measures", Value: func(m milestone) any { return objects(measureColumns, m.GetMeasures()) }},
	{Name: "sources", Value: func(m milestone) any { return objects(sourceColumns, m.GetSources()) }},
	{Name: "moves", Value: func(m milestone) any { return objects(moveColumns, m.GetMoves()) }},
}

// objects are items as JSON objects.
func objects[T any](columns []output.Column[T], items []T) any {
	list := []json.RawMessage{}
	for _, item := range items {
		object, err := output.Object(columns, item)
		if err != nil {
			return err // no value of an answer is beyond JSON
		}
		list = append(list, object)
	}
	return list
}

// Run shows the milestone.
func (c *showCommand) Run(inv *invocation) error {
	server, err := c.dial(inv, 0)
	if err != nil {
		return err
	}
	defer server.Close()
	m, err := server.Milestone(inv.ctx, &pb.GetMilestoneRequest{Plan: c.Plan, Milestone: c.Ref, ReadAt: c.readAt()})
	if err != nil {
		return err
	}
	defer inv.spokenFor(m.GetSpokenFor())
	width := terminalWidth(inv.stdout)
	switch c.Output {
	case output.Table:
		return showCard(inv.stdout, width, m)
	case output.JSON, output.NDJSON:
		return output.Write(inv.stdout, output.NDJSON, width, slices.Concat(milestoneColumns, historyColumns), output.One(m))
	default:
		return output.Write(inv.stdout, c.Output, width, milestoneColumns, output.One(m))
	}
}

func showCard(w io.Writer, width int, m milestone) error {
	out := bufio.NewWriter(w)
	if err := output.Card(out, milestoneColumns, m); err != nil {
		return err
	}
	if err := showTable(out, width, ownerColumns[:4], m.GetOwners()); err != nil {
		return err
	}
	if err := showTable(out, width, fundingColumns[:8], m.GetFunding()); err != nil {
		return err
	}
	if err := showLinks(out, width, m); err != nil {
		return err
	}
	if err := showTable(out, width, moveColumns[2:], m.GetMoves()); err != nil {
		return err
	}
	if err := errors.Join(
		showTable(out, width, furtherDateColumns, m.GetFurtherDates()), showTable(out, width, measureColumns, m.GetMeasures()),
	); err != nil {
		return err
	}
	if err := showSources(out, width, m.GetSources()); err != nil {
		return err
	}
	return out.Flush()
}

// showTable writes a table below what is there, or nothing where it would be empty.
func showTable[T any](w io.Writer, width int, columns []output.Column[T], items []T) error {
	if len(items) == 0 {
		return nil
	}
	fmt.Fprintln(w)
	return output.Write(w, output.Table, width, columns, output.All(items))
}
