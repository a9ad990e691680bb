// Package wire puts what the read models know into the messages of the API. The server serves them,
// and `milepost check` makes them again from the ledger to compare. Which rows of a plan a question lists is in
// internal/wire/questions.
package wire

import (
	"cmp"
	"context"
	"encoding/hex"
	"time"

	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
	"milepost.dev/projections/funding"
	"milepost.dev/projections/owners"
	"milepost.dev/projections/slippage"
	"milepost.dev/projections/status"
)

// Names shows parties by name.
type Names = audit.Names

// Losses are what the ledger is known to have lost before a view's position. They belong to every answer:
// what is missing from a ledger may be missing from any of them.
func Losses(view projections.View) (losses []*milepostv1.Loss) {
	for _, l := range view.Losses() {
		losses = append(losses, &milepostv1.Loss{
			Position: l.Position, LastKnown: l.LastKnown,
			RestoredAt: l.Time().Format(time.RFC3339Nano), PreviousOrigin: hex.EncodeToString(l.Previous),
		})
	}
	return losses
}

// Status is where one milestone stands.
func Status(row status.Row, names Names) *milepostv1.MilestoneStatus {
	s, f := &row.State, &row.Figures
	m := &milepostv1.MilestoneStatus{
		Ref: row.Milestone.Ref, Milestone: projections.FormatID(row.Milestone.ID),
		Title: cmp.Or(s.Title, row.Milestone.Ref), Workstream: s.Workstream, State: row.Phase.String(),
		Forecast: row.Forecast.Due().String(), ForecastText: cmp.Or(row.Forecast.Text, s.Words.Text), Actual: actual(&row), Status: s.Status,
		Revision: row.Revision, Position: row.Position, LastAsAt: s.LastReported.String(),
		Review: s.Review(), StateAsAt: s.PhaseAsAt.String(), NotReported: s.NotReported.String(),
		NextSteps: s.NextSteps, Funding: fundingCounts(s.Funding),
	}
	stands(m, f)
	slips(m, f)
	pendingBaseline(m, &row)
	m.FirstForecastText = row.FirstPeriod
	m.Rating, m.Ratings = ratings(row)
	m.FormerRefs = row.FormerRefs
	m.Corrections, m.CorrectionsPending = int32(row.Corrections), int32(row.CorrectionsPending)
	m.OpenIssues, m.Series = int32(s.OpenIssues()), row.Series
	if started := s.Started(); !started.IsZero() {
		m.Started = dayOf(started)
	}
	if s.Owner != "" {
		m.Owner = names.Display(string(s.Owner))
	}
	if s.Percent != nil {
		percent := uint32(*s.Percent)
		m.Percent = &percent
	}
	return m
}

// actual is the day on which a milestone was achieved; empty where it was not. Where its start met the promise before, the day of
// its achievement is in no figure.
func actual(row *status.Row) string {
	f := &row.Figures
	if f.Finished && f.Actual == 0 {
		return dayOf(row.State.Actual)
	}
	return f.Actual.String()
}

// dayOf is the day that an actual date is told by: its last or, where it is open, its first.
func dayOf(d period.Delivery) string {
	if end := d.End(); !end.IsZero() {
		return end.String()
	}
	return d.Start().String()
}

// Milestone is all that is known of one milestone on a day. False: nothing had been stated by then.
func Milestone(v projections.View, m *projections.Milestone, asAt civil.Date, names Names) (*milepostv1.GetMilestoneResponse, bool) {
	row, ok := status.Of(v, m, asAt)
	if !ok {
		return nil, false
	}
	s := row.State
	answer := &milepostv1.GetMilestoneResponse{Status: Status(row, names), Words: s.Note}
	answer.OriginalBaseline, answer.CurrentBaseline = answer.Status.OriginalBaseline, answer.Status.CurrentBaseline
	answer.FirstForecast, answer.ForecastEdtf = answer.Status.FirstForecast, row.Forecast.EDTF()
	for _, o := range owners.Of(v, m, asAt) {
		answer.Owners = append(answer.Owners, Ownership(o, names))
	}
	for _, l := range funding.Of(v, m, asAt) {
		answer.Funding = append(answer.Funding, FundingLine(l))
	}
	known(answer, v, m, asAt, s)
	for _, move := range slippage.Of(v, m, asAt) {
		answer.Moves = append(answer.Moves, Move(move, names))
	}
	if len(s.Attributes) > 0 {
		answer.Attributes = map[string]string{}
		for _, a := range s.Attributes {
			answer.Attributes[a.Name] = a.Value
		}
	}
	return answer, true
}

// AuditEntry is one event with everything that answers who said so.
func AuditEntry(ctx context.Context, trail *audit.Trail, e projections.Event) (*milepostv1.AuditEntry, error) {
	entry, err := trail.Entry(ctx, e)
	if err != nil {
		return nil, err
	}
	r := &entry.Record
	asAt, _ := civil.FromNumber(r.AsAt)
	m := &milepostv1.AuditEntry{
		Position: r.Position, Event: entry.Event, EventId: projections.FormatID(r.EventID),
		Actor: trail.Names.Display(r.Actor), RequestId: r.Request, Source: r.Source,
		AsAt: asAt.String(), RecordedAt: recordedAt(r.RecordedAt),
		ImportId: hex.EncodeToString([]byte(r.Import)), Before: entry.Before, After: entry.After, Reason: entry.Reason, NoReason: entry.NoReason,
	}
	if entry.Measured {
		m.Days = proto.Int32(int32(entry.Days))
	}
	if r.OnBehalfOf != "" {
		m.OnBehalfOf = trail.Names.Display(r.OnBehalfOf)
	}
	if c := entry.Standing; c.Position != 0 {
		m.Corrected, m.ReadAs, m.CorrectedBy, m.CorrectedReason = c.Position, c.ReadAs, trail.Names.Display(c.By), c.Reason
	}
	if e.Milestone != nil {
		m.Ref, m.Milestone = e.Milestone.Ref, projections.FormatID(e.Milestone.ID)
	}
	return m, nil
}

func recordedAt(micros int64) string { return time.UnixMicro(micros).UTC().Format(time.RFC3339Nano) }
