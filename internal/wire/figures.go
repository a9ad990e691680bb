package wire

import (
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
	"milepost.dev/projections/slippage"
)

// NotBaselined is the baseline of a milestone whose dates nobody has approved. The first forecast is
// none in disguise.
const NotBaselined = "not baselined"

// What slip and moves are against.
const (
	firstForecast    = "first forecast"
	previousForecast = "previous forecast"
	dateInForce      = "date in force"
	lastActual       = "actual"
	asRecorded       = "as recorded"
)

// stands says where a milestone stands against its date.
func stands(m *milepostv1.MilestoneStatus, f *figures.Figures) {
	m.Due, m.Overdue, m.Undated, m.Met = f.Due.String(), f.Overdue, f.Undated(), f.Met
	m.NoDateSince, m.OwedDays = f.NoDateSince.String(), int32(f.Owed)
	m.InDoubt, m.Disagreement, m.OtherWords, m.DatedAfterAchieved = f.InDoubt, f.Disagreement, f.OtherWords, f.DatedAfterAchieved
	m.CancelledOn, m.DaysLateWhenCancelled, m.CancelledOwing = f.CancelledOn.String(), int32(f.LateThen), f.CancelledOwing
	m.Timing, m.Replaced = f.Timing(), f.Replaced
}

// slips are the differences of a milestone's last date: against the oldest reference, against the baselines, and against the
// statement before (R1).
func slips(m *milepostv1.MilestoneStatus, f *figures.Figures) {
	m.OriginalBaseline, m.CurrentBaseline = NotBaselined, NotBaselined
	m.FirstForecast, m.StartRestated = f.First.Due.String(), f.StartRestated
	m.SlipDays, m.SlipPreviousDays, m.SlipRestatedDays = known32(f.Slip), known32(f.Previous), known32(f.Other)
	m.SettingDays, m.FirstInDoubt = int32(f.Setting), f.FirstInDoubt
	if f.Slip.Known {
		m.SlipAgainst = referenceOf(f.Against)
	}
	baselined(m, f)
}

func known32(d figures.Days) *int32 {
	if !d.Known {
		return nil
	}
	days := int32(d.Days)
	return &days
}

// Move is one row of how a due date moved.
func Move(m slippage.Move, names Names) *milepostv1.Move {
	move := &milepostv1.Move{
		Ref: m.Milestone.Ref, Milestone: projections.FormatID(m.Milestone.ID), AsAt: m.AsAt.String(),
		Event: m.Event, From: m.From.Due.String(), To: m.To.Due.String(), Days: int32(m.Days), TotalDays: int32(m.Total),
		Measured: m.Measured, Counts: m.Counts, Against: against(m.Event), Marks: m.Marks.Names(),
		Reason: m.Reason, NoReason: m.NoReason(), Actor: names.Display(m.Actor), RecordedAt: recordedAt(m.RecordedAt),
		Position: m.Position, MadeBy: m.Made, Text: m.Text, AsRecorded: m.Recorded,
		FromPosition: m.From.Position, Was: m.Was, Is: m.Is,
	}
	if m.Party != m.Actor {
		move.OnBehalfOf = names.Display(m.Party)
	}
	if m.Event == figures.BaselineApproved {
		move.Against = decidedAgainst(m.Number)
		move.OutOfSightDays = int32(m.OutOfSight)
	}
	move.OriginalDays, move.CurrentDays = known32(m.Original), known32(m.Current)
	if m.FromActor != "" {
		move.FromActor = names.Display(m.FromActor)
	}
	return move
}

// against says what the day before is.
func against(event string) string {
	switch event {
	case slippage.EventCorrected:
		return asRecorded
	case figures.StartRestated:
		return firstForecast
	case figures.Disagrees:
		return dateInForce
	case milestone.Reopened{}.EventName():
		return lastActual
	}
	return previousForecast
}
