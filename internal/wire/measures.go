package wire

import (
	"encoding/hex"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/projections"
	"milepost.dev/projections/status"
)

// PlanItself is all that is known of a plan on a day, apart from its milestones.
// Count is as in Plan.
func PlanItself(p projections.Plan, asAt civil.Date, names Names, count func(projections.Plan, civil.Date) status.Counts) *milepostv1.GetPlanResponse {
	s := p.At(asAt)
	m := &milepostv1.GetPlanResponse{Plan: Plan(p, asAt, names, count), Measures: measures(s.Measures)}
	for _, d := range p.DaysTold() {
		m.ReportDays = append(m.ReportDays, &milepostv1.ReportDay{AsAt: d.AsAt.String(), Milestones: int32(d.Milestones), Whole: d.Whole})
	}
	for _, t := range p.TiersAsAt(asAt) {
		m.Tiers = append(m.Tiers, tier(t, names))
	}
	for _, c := range s.Components {
		m.Components = append(m.Components, &milepostv1.Component{
			Kind: c.Kind.String(), Name: c.Name, Within: c.Within, DeadlineText: c.Deadline.Text, Deadline: c.Deadline.Due().String(),
			SlipDays: slipped(c.FirstDue, c.SlipDays()), AsAt: c.AsAt.String(),
		})
	}
	for _, d := range s.Documents {
		m.Documents = append(m.Documents, &milepostv1.Document{
			Digest: "sha256:" + hex.EncodeToString(d.SHA256[:]), Document: d.Document, Mapping: d.Mapping, AsAt: d.AsAt.String(), Columns: columns(d.Columns),
		})
	}
	return m
}

func columns(all []plan.DocumentColumn) (ms []*milepostv1.DocumentColumn) {
	for _, c := range all {
		ms = append(ms, &milepostv1.DocumentColumn{Sheet: c.Sheet, Column: c.Column, Heading: c.Heading, ReadAs: c.ReadAs})
	}
	return ms
}

// slipped is absent where no day was ever stated: that is no slip of 0.
func slipped(first civil.Date, days int) *int32 {
	if first == 0 {
		return nil
	}
	slip := int32(days)
	return &slip
}

func measures(all []measure.Measure) (ms []*milepostv1.Measure) {
	for _, of := range all {
		m := &milepostv1.Measure{
			Measure: of.Measure, Kind: of.Kind.String(), Words: of.Words, Unit: of.Unit, Scale: of.Scale, Component: of.Component, AsAt: of.AsAt.String(),
		}
		for _, t := range of.Targets {
			m.Targets = append(m.Targets, &milepostv1.MeasureTarget{Text: t.By.Text, By: t.By.Due().String(), Value: t.Value, AsAt: t.AsAt.String()})
		}
		for _, v := range of.Values {
			m.Values = append(m.Values, &milepostv1.MeasureValue{Day: v.Day.String(), Value: v.Value, Words: v.Words})
		}
		ms = append(ms, m)
	}
	return ms
}

func furtherDates(all []milestone.FurtherDate) (ms []*milepostv1.FurtherDate) {
	for _, d := range all {
		ms = append(ms, &milepostv1.FurtherDate{
			Label: d.Label, Text: d.Date.Text, Day: d.Date.Due().String(), SlipDays: slipped(d.FirstDue, d.SlipDays()), AsAt: d.AsAt.String(),
		})
	}
	return ms
}
