package codec

import (
	"slices"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
	"milepost.dev/domain/rating"
)

var (
	days  = rapid.Map(rapid.Int32Range(0, int32(civil.Last)), func(n int32) civil.Date { return civil.Date(n) })
	texts = rapid.StringN(0, 12, -1)
)

func deliveries() *rapid.Generator[period.Delivery] {
	reading := rapid.Custom(func(t *rapid.T) period.Reading {
		return period.Reading{
			Kind:  period.Kind(rapid.IntRange(int(period.In), int(period.Unknown)).Draw(t, "kind")),
			Start: days.Draw(t, "start"), End: days.Draw(t, "end"), Due: days.Draw(t, "due"),
			Approx: rapid.Bool().Draw(t, "approx"), Uncertain: rapid.Bool().Draw(t, "uncertain"),
			RRule: texts.Draw(t, "rrule"), Label: texts.Draw(t, "label"),
		}
	})
	return rapid.Custom(func(t *rapid.T) period.Delivery {
		return period.Delivery{
			Text:     texts.Draw(t, "text"),
			Readings: orNil(rapid.SliceOfN(reading, 0, 3).Draw(t, "readings")),
			Review:   orNil(rapid.SliceOfN(texts, 0, 2).Draw(t, "review")),
		}
	})
}

func orNil[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return s
}

func attributes() *rapid.Generator[[]milestone.Attribute] {
	return rapid.Custom(func(t *rapid.T) (as []milestone.Attribute) {
		names := rapid.SliceOfNDistinct(texts, 0, 4, rapid.ID[string]).Draw(t, "names")
		slices.Sort(names)
		for _, name := range names {
			as = append(as, milestone.Attribute{Name: name, Value: texts.Draw(t, "value")})
		}
		return as
	})
}

func parties() *rapid.Generator[milestone.Party] {
	return rapid.Custom(func(t *rapid.T) milestone.Party {
		if rapid.Bool().Draw(t, "nobody") {
			return ""
		}
		return milestone.Party(rapid.SliceOfN(rapid.Byte(), partySize, partySize).Draw(t, "id"))
	})
}

func amounts() *rapid.Generator[money.Amount] {
	return rapid.Custom(func(t *rapid.T) money.Amount {
		if rapid.Bool().Draw(t, "not said") {
			return money.Amount{}
		}
		return money.Amount{Currency: "GBP", Units: rapid.Int64().Draw(t, "units"), Nanos: rapid.Int32Range(-999_999_999, 999_999_999).Draw(t, "nanos")}
	})
}

var occurrences = rapid.Custom(func(t *rapid.T) milestone.Occurrence {
	return milestone.Occurrence{Series: milestone.ID{rapid.Byte().Draw(t, "series")}, Day: days.Draw(t, "day")}
})

var cells = rapid.Custom(func(t *rapid.T) milestone.Cell {
	place := rapid.IntRange(0, milestone.MaxPlace)
	return milestone.Cell{
		Field: texts.Draw(t, "field"), Heading: texts.Draw(t, "heading"), Text: texts.Draw(t, "text"), Row: place.Draw(t, "row"), Column: place.Draw(t, "column"),
	}
})

func schemes() *rapid.Generator[[]rating.Scheme] {
	value := rapid.Custom(func(t *rapid.T) rating.Value {
		return rating.Value{Value: texts.Draw(t, "value"), Grade: rating.Grade(rapid.IntRange(0, 5).Draw(t, "common")), Meaning: texts.Draw(t, "meaning")}
	})
	return rapid.Custom(func(t *rapid.T) (list []rating.Scheme) {
		for range rapid.IntRange(0, 2).Draw(t, "how many") {
			list = append(list, rating.Scheme{Name: texts.Draw(t, "scheme"), Values: orNil(rapid.SliceOfN(value, 0, 3).Draw(t, "values"))})
		}
		return list
	})
}

func events() *rapid.Generator[Event] {
	optional := rapid.Ptr(texts, true)
	return rapid.Custom(func(t *rapid.T) Event {
		delivery, reason := deliveries().Draw(t, "delivery"), texts.Draw(t, "reason")
		from, moved := days.Draw(t, "from"), int(rapid.Int32().Draw(t, "days"))
		advanced := funding.Advanced{
			Stage: funding.Stage(rapid.IntRange(1, 7).Draw(t, "stage")), Line: texts.Draw(t, "line"), Amount: amounts().Draw(t, "amount"), Asks: amounts().Draw(t, "of"),
			Fund: texts.Draw(t, "fund"), Reason: reason,
			Terms: funding.Terms{Start: from, End: days.Draw(t, "end"), Basis: money.Basis(rapid.IntRange(0, 6).Draw(t, "basis")), Recurrent: money.Recurrent(rapid.IntRange(0, 2).Draw(t, "recurrent"))},
		}
		ofScheme := advanced
		ofScheme.Scheme = texts.Draw(t, "scheme")
		return rapid.SampledFrom([]Event{
			{OfPlan: plan.Registered{Name: reason, PeriodStart: from, PeriodEnd: days.Draw(t, "end"), Quarters: plan.Quarters(rapid.IntRange(0, 2).Draw(t, "quarters")), TimeZone: texts.Draw(t, "zone"), RatingSchemes: schemes().Draw(t, "schemes")}},
			of(milestone.Added{Ref: texts.Draw(t, "ref"), Title: texts.Draw(t, "title"), Workstream: texts.Draw(t, "workstream"), Attributes: attributes().Draw(t, "attributes"), Of: rapid.Ptr(occurrences, true).Draw(t, "of")}),
			of(milestone.IssueRaised{Issue: texts.Draw(t, "issue"), Words: reason, Severity: texts.Draw(t, "severity")}),
			of(milestone.IssueClosed{Issue: texts.Draw(t, "issue"), Words: reason}),
			of(milestone.EvidenceAttached{SHA256: [32]byte{rapid.Byte().Draw(t, "digest")}, MediaType: texts.Draw(t, "type"), Location: texts.Draw(t, "location"), Words: reason}),
			of(milestone.DependencyLinked{On: milestone.ID{rapid.Byte().Draw(t, "on")}, LagDays: rapid.IntRange(0, milestone.MaxLag).Draw(t, "lag"), Reason: reason}),
			of(milestone.DependencyUnlinked{On: milestone.ID{rapid.Byte().Draw(t, "on")}, Reason: reason}),
			of(milestone.Sourced{SHA256: [32]byte{rapid.Byte().Draw(t, "of document")}, Document: texts.Draw(t, "document"), Sheet: texts.Draw(t, "sheet"), Cells: orNil(rapid.SliceOfN(cells, 0, 3).Draw(t, "cells"))}),
			of(milestone.ReviewRaised{Item: texts.Draw(t, "item"), Reason: reason, Field: texts.Draw(t, "of field"), Text: texts.Draw(t, "words"), Says: texts.Draw(t, "says"), Proposed: texts.Draw(t, "proposed")}),
			of(milestone.ReviewSettled{Item: texts.Draw(t, "item"), Outcome: milestone.Outcome(rapid.IntRange(1, 4).Draw(t, "outcome")), Text: texts.Draw(t, "words"), Value: texts.Draw(t, "value"), Into: texts.Draw(t, "into"), Reason: reason}),
			of(milestone.FurtherDateStated{Label: texts.Draw(t, "label"), Date: delivery, Reason: reason}),
			of(measure.Defined{Measure: texts.Draw(t, "measure"), Kind: measure.Kind(rapid.IntRange(1, 3).Draw(t, "kind")), Words: reason, Unit: texts.Draw(t, "unit"), Scale: texts.Draw(t, "scale"), Component: texts.Draw(t, "component")}),
			{OfPlan: measure.Targeted{Measure: texts.Draw(t, "measure"), By: delivery, Value: texts.Draw(t, "value"), Reason: reason}},
			of(measure.Targeted{Measure: texts.Draw(t, "measure"), Value: texts.Draw(t, "value"), Reason: reason}),
			{OfPlan: measure.Taken{Measure: texts.Draw(t, "measure"), Value: texts.Draw(t, "value"), Words: reason}},
			{OfPlan: plan.ComponentStated{Kind: plan.ComponentKind(rapid.IntRange(1, 3).Draw(t, "kind")), Name: texts.Draw(t, "name"), Within: texts.Draw(t, "within"), Deadline: delivery, Reason: reason}},
			{OfPlan: plan.DocumentImported{SHA256: [32]byte{rapid.Byte().Draw(t, "of document")}, Document: texts.Draw(t, "document"), Mapping: texts.Draw(t, "mapping")}},
			of(milestone.RecurrenceDefined{RRule: texts.Draw(t, "rule"), Start: from, End: days.Draw(t, "end"), Words: reason}),
			of(milestone.Amended{Title: optional.Draw(t, "title"), Workstream: optional.Draw(t, "workstream"), Attributes: attributes().Draw(t, "attributes")}),
			of(milestone.ForecastGiven{Delivery: delivery, Reason: reason}),
			of(milestone.Slipped{Delivery: delivery, From: from, Days: moved, Reason: reason}),
			of(milestone.Recovered{Delivery: delivery, From: from, Days: moved, Reason: reason}),
			of(milestone.Reconfirmed{Delivery: delivery, Reason: reason}),
			of(milestone.Restated{Delivery: delivery, Reason: reason}),
			of(milestone.Withdrawn{Delivery: delivery, From: from, Reason: reason}),
			of(milestone.Awaited{Delivery: delivery, Reason: reason}),
			of(milestone.Unread{Delivery: delivery, Reason: reason}),
			of(milestone.OwnerChanged{From: parties().Draw(t, "from"), To: parties().Draw(t, "to"), Effective: from, Reason: reason}),
			of(advanced),
			{OfPlan: ofScheme},
			of(funding.Reprofiled{Line: texts.Draw(t, "line"), Scheme: texts.Draw(t, "scheme"), Start: from, End: days.Draw(t, "end"), FromStart: days.Draw(t, "from start"), FromEnd: from, Reason: reason}),
			{OfPlan: funding.Withdrawn{Line: texts.Draw(t, "line"), Scheme: texts.Draw(t, "scheme"), Reason: reason}},
			of(milestone.ConfidenceAssessed{Scheme: texts.Draw(t, "scheme"), Value: texts.Draw(t, "value"), Reason: reason}),
			{OfPlan: plan.Revised{
				Name: optional.Draw(t, "name"), PeriodStart: rapid.Ptr(days, true).Draw(t, "start"), PeriodEnd: rapid.Ptr(days, true).Draw(t, "end"),
				Quarters: rapid.Ptr(rapid.Map(rapid.IntRange(0, 2), func(n int) plan.Quarters { return plan.Quarters(n) }), true).Draw(t, "quarters"),
				TimeZone: optional.Draw(t, "zone"), RatingSchemes: schemes().Draw(t, "schemes"), Reason: reason,
			}},
			of(milestone.ProgressReported{Percent: rapid.Ptr(rapid.IntRange(0, 100), true).Draw(t, "percent"), Status: texts.Draw(t, "status"), Words: reason, NextSteps: texts.Draw(t, "next steps")}),
			of(milestone.Achieved{Actual: delivery, Words: reason}),
			of(milestone.AchievementRestated{Actual: delivery, From: from, Words: reason}),
			of(milestone.Started{Start: delivery, From: from, Words: reason}),
			of(milestone.Reopened{Reason: reason}), of(milestone.Held{Reason: reason}), of(milestone.Resumed{Reason: reason}),
			of(milestone.Cancelled{Reason: reason}), of(milestone.NotReported{Return: reason}),
		}).Draw(t, "event")
	})
}
