package wire

import (
	"cmp"
	"encoding/hex"
	"slices"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
	"milepost.dev/projections/dependency"
	"milepost.dev/projections/status"
)

// known adds what most milestones do not have.
func known(answer *milepostv1.GetMilestoneResponse, v projections.View, m *projections.Milestone, asAt civil.Date, s milestone.State) {
	k := s.Known()
	for _, i := range k.Issues {
		state := "open"
		if i.Closed != 0 {
			state = "closed"
		}
		answer.Issues = append(answer.Issues, &milepostv1.Issue{
			Issue: i.Issue, State: state, Words: i.Words, Severity: i.Severity, Raised: i.Raised.String(), Closed: i.Closed.String(), Outcome: i.Outcome,
		})
	}
	for _, e := range k.Evidence {
		answer.Evidence = append(answer.Evidence, &milepostv1.Evidence{
			Digest: "sha256:" + hex.EncodeToString(e.SHA256[:]), MediaType: e.MediaType, Location: e.Location, Words: e.Words, AsAt: e.AsAt.String(),
		})
	}
	answer.Sources, answer.Measures, answer.FurtherDates = sources(k.Sources), measures(k.Measures), furtherDates(k.Dates)
	p, _ := v.Plan(m.Plan)
	links := dependency.NewGraph(p, asAt).Of(m)
	answer.DependsOn, answer.NeededBy = dependencies(links.DependsOn), dependencies(links.NeededBy)
	answer.Proposed, answer.KnockOnDays = links.Proposed.String(), days(links.KnockOn)
	if r := k.Recurrence; r != nil {
		answer.Recurrence = &milepostv1.Recurrence{Rrule: r.RRule, Start: r.Start.String(), End: r.End.String(), Words: r.Words}
		answer.Occurrences = occurrences(p, m, asAt)
	}
}

func dependencies(links []dependency.Link) (ms []*milepostv1.Dependency) {
	for _, l := range links {
		ms = append(ms, &milepostv1.Dependency{
			Ref: l.Other.Ref, Milestone: projections.FormatID(l.Other.ID), Title: cmp.Or(l.Title, l.Other.Ref), State: l.Phase.String(),
			Expected: l.Expected.String(), LagDays: int32(l.LagDays), Earliest: l.Earliest.String(), KnockOnDays: days(l.KnockOn), AsAt: l.AsAt.String(),
		})
	}
	return ms
}

// days are above 0, and absent where there are none.
func days(n int) *int32 {
	if n == 0 {
		return nil
	}
	d := int32(n)
	return &d
}

// occurrences are the times that a milestone is due, each a milestone of its own.
func occurrences(p projections.Plan, series *projections.Milestone, asAt civil.Date) (ms []*milepostv1.Occurrence) {
	for _, m := range p.Occurrences(series.ID) {
		row, ok := status.Of(p.View(), m, asAt)
		of := row.State.Known().Of
		if !ok || of == nil { // it was added for a later day
			continue
		}
		ms = append(ms, &milepostv1.Occurrence{
			Ref: m.Ref, Day: of.Day.String(), State: row.Phase.String(), Forecast: row.Forecast.Due().String(), Actual: actual(&row), SlipDays: known32(row.Figures.Slip),
		})
	}
	slices.SortStableFunc(ms, func(a, b *milepostv1.Occurrence) int { return cmp.Compare(a.Day, b.Day) }) // ISO days are in order as text
	return ms
}
