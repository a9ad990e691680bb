package codec

import (
	"strings"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
	"milepost.dev/domain/rating"
)

// samples are the events that testdata keeps as bytes, with every field said. They are what those bytes
// mean for ever: change neither.
var samples = map[ledgerv1.EventType]Event{
	ledgerv1.EventType_EVENT_TYPE_PLAN_REGISTERED: {OfPlan: plan.Registered{
		Name: "Herefordshire and Worcestershire", PeriodStart: day("2017-04-01"), PeriodEnd: day("2019-03-31"),
		Quarters: plan.Financial, TimeZone: "Europe/London",
	}},
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED: of(milestone.Added{
		Ref: "B1", Title: "Redditch Hub live", Workstream: "Estates",
		Attributes: []milestone.Attribute{{Name: "board", Value: "STP"}, {Name: "rag", Value: ""}},
	}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_AMENDED: of(milestone.Amended{
		Title: ptr("Redditch Hub open"), Workstream: ptr(""), Attributes: []milestone.Attribute{{Name: "rag", Value: "green"}},
	}),
	ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN: of(milestone.ForecastGiven{
		Delivery: period.Delivery{Text: "2017-09", Readings: []period.Reading{{Kind: period.In, Start: day("2017-09-01"), End: day("2017-09-30"), Due: day("2017-09-30")}}},
		Reason:   "from the business case",
	}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED: of(milestone.Slipped{
		Delivery: period.Delivery{Text: "2017-Q4", Readings: []period.Reading{{Kind: period.In, Start: day("2017-10-01"), End: day("2017-12-31"), Due: day("2017-12-31")}}},
		From:     day("2017-09-30"), Days: 92, Reason: "builder late",
	}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_RECOVERED: of(milestone.Recovered{
		Delivery: period.Delivery{Text: "by end Nov 17", Readings: []period.Reading{{Kind: period.By, End: day("2017-11-30"), Due: day("2017-11-30")}}},
		From:     day("2017-12-31"), Days: -31, Reason: "a second crew",
	}),
	ledgerv1.EventType_EVENT_TYPE_FORECAST_RECONFIRMED: of(milestone.Reconfirmed{
		Delivery: period.Delivery{Text: "Ongoing from Nov 2017", Readings: []period.Reading{{Kind: period.From, Start: day("2017-11-01"), Due: day("2017-11-30"), Label: "commencement"}}},
		Reason:   "monthly return",
	}),
	ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED: of(milestone.Restated{
		Delivery: period.Delivery{
			Text: "mid Nov 17?  monthly to March 2018",
			Readings: []period.Reading{
				{Kind: period.During, Start: day("2017-11-11"), End: day("2017-11-20"), Due: day("2017-11-20"), Approx: true, Uncertain: true},
				{Kind: period.Recurring, End: day("2018-03-31"), RRule: "FREQ=MONTHLY"},
				{Kind: period.Ongoing},
				{Kind: period.Done, Start: day("2017-01-01"), End: day("2017-01-31")},
			},
			Review: []string{"several-dates", "contradicts"},
		},
		Reason: "as the board wrote it",
	}),
	ledgerv1.EventType_EVENT_TYPE_FORECAST_WITHDRAWN: of(milestone.Withdrawn{
		Delivery: period.Delivery{Text: "TBC", Readings: []period.Reading{{Kind: period.Unknown}}}, From: day("2017-11-30"), Reason: "no contractor",
	}),
	ledgerv1.EventType_EVENT_TYPE_FORECAST_AWAITED: of(milestone.Awaited{
		Delivery: period.Delivery{Text: "to be agreed", Readings: []period.Reading{{Kind: period.Unknown}}}, Reason: "no contractor yet",
	}),
	ledgerv1.EventType_EVENT_TYPE_DELIVERY_DATE_UNREAD: of(milestone.Unread{
		Delivery: period.Delivery{Text: "January 45 2014", Readings: []period.Reading{{Kind: period.Unknown}}, Review: []string{"unreadable"}}, Reason: "as published",
	}),
	ledgerv1.EventType_EVENT_TYPE_OWNER_CHANGED: of(milestone.OwnerChanged{
		From: milestone.Party(strings.Repeat("\x01", 32)), To: milestone.Party(strings.Repeat("\xfe", 32)), Effective: day("2017-07-01"), Reason: "new contract",
	}),
	ledgerv1.EventType_EVENT_TYPE_FUNDING_CONFIRMED: of(funding.Advanced{
		Stage: funding.Confirmed, Line: "ETTF-7", Amount: money.Amount{Currency: "GBP", Units: 132000, Nanos: 500_000_000},
		Asks: money.Amount{Currency: "GBP", Units: 200000}, Fund: "ETTF", Reason: "letter of 3 April",
	}),
	ledgerv1.EventType_EVENT_TYPE_FUNDING_IDENTIFIED:            of(gotTo(funding.Identified)),
	ledgerv1.EventType_EVENT_TYPE_FUNDING_BID:                   of(gotTo(funding.Bid)),
	ledgerv1.EventType_EVENT_TYPE_FUNDING_APPROVED_IN_PRINCIPLE: of(gotTo(funding.Approved)),
	ledgerv1.EventType_EVENT_TYPE_FUNDING_RELEASED:              of(gotTo(funding.Released)),
	ledgerv1.EventType_EVENT_TYPE_FUNDING_RECEIVED:              {OfPlan: ofScheme(funding.Received)},
	ledgerv1.EventType_EVENT_TYPE_FUNDING_SPENT:                 {OfPlan: ofScheme(funding.Spent)},
	ledgerv1.EventType_EVENT_TYPE_FUNDING_REPROFILED: {OfPlan: funding.Reprofiled{
		Scheme: "GP IT", Line: "GPIT-1", Start: day("2018-04-01"), End: day("2019-03-31"), FromStart: day("2017-04-01"), FromEnd: day("2018-03-31"), Reason: "the supplier is late",
	}},
	ledgerv1.EventType_EVENT_TYPE_FUNDING_WITHDRAWN:   of(funding.Withdrawn{Line: "ETTF-7", Reason: "the fund is closed"}),
	ledgerv1.EventType_EVENT_TYPE_CONFIDENCE_ASSESSED: of(milestone.ConfidenceAssessed{Scheme: "RAG", Value: "Amber/Green", Reason: "one builder left"}),
	ledgerv1.EventType_EVENT_TYPE_ISSUE_RAISED:        of(milestone.IssueRaised{Issue: "I-4", Words: "no steel before July", Severity: "high"}),
	ledgerv1.EventType_EVENT_TYPE_ISSUE_CLOSED:        of(milestone.IssueClosed{Issue: "I-4", Words: "another supplier"}),
	ledgerv1.EventType_EVENT_TYPE_EVIDENCE_ATTACHED: of(milestone.EvidenceAttached{
		SHA256: [32]byte{0: 1, 31: 0xff}, MediaType: "application/pdf", Location: "https://records.example/42", Words: "completion certificate",
	}),
	ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_LINKED:   of(milestone.DependencyLinked{On: other, LagDays: 28, Reason: "the keys come first"}),
	ledgerv1.EventType_EVENT_TYPE_DEPENDENCY_UNLINKED: of(milestone.DependencyUnlinked{On: other, Reason: "a side door"}),
	ledgerv1.EventType_EVENT_TYPE_RECURRENCE_DEFINED: of(milestone.RecurrenceDefined{
		RRule: "FREQ=MONTHLY;INTERVAL=3", Start: day("2017-04-01"), End: day("2018-03-31"), Words: "quarterly in 17/18",
	}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_SOURCED: of(milestone.Sourced{
		SHA256: [32]byte{0: 1, 31: 0xff}, Document: "plan-2017.xlsx", Sheet: "Estates",
		Cells: []milestone.Cell{
			{Field: "title", Heading: "Action / milestone", Row: 12, Column: 3, Text: "Hub is live"},
			{Field: "delivery_date", Heading: "Timescale(s)", Row: 13, Column: 5, Text: "Q4 17/18"},
		},
	}),
	ledgerv1.EventType_EVENT_TYPE_REVIEW_RAISED: of(milestone.ReviewRaised{
		Item: "title:several-actions", Reason: "several-actions", Field: "title", Text: "Hub and spokes live", Says: "It may be two milestones.", Proposed: "Hub live",
	}),
	ledgerv1.EventType_EVENT_TYPE_REVIEW_SETTLED: of(milestone.ReviewSettled{
		Item: "title:several-actions", Outcome: milestone.Split, Text: "Hub and spokes live", Value: "Hub live", Into: "HUB-1\nHUB-1.2", Reason: "asked the board",
	}),
	ledgerv1.EventType_EVENT_TYPE_COMPONENT_STATED: {OfPlan: plan.ComponentStated{
		Kind: plan.Scheme, Name: "GP IT", Within: "Digital", Reason: "the supplier is late",
		Deadline: period.Delivery{Text: "2018-06", Readings: []period.Reading{{Kind: period.In, Start: day("2018-06-01"), End: day("2018-06-30"), Due: day("2018-06-30")}}},
	}},
	ledgerv1.EventType_EVENT_TYPE_DOCUMENT_IMPORTED: {OfPlan: plan.DocumentImported{
		SHA256: [32]byte{0: 1, 31: 0xff}, Document: "plan-2017.xlsx", Mapping: "header_row: 4",
	}},
	ledgerv1.EventType_EVENT_TYPE_MEASURE_DEFINED: {OfPlan: measure.Defined{
		Measure: "KPI-3", Kind: measure.Readiness, Words: "Seen within a day", Unit: "%", Scale: "0 to 5", Component: "GP IT",
	}},
	ledgerv1.EventType_EVENT_TYPE_MEASURE_TARGETED: of(measure.Targeted{
		Measure: "KPI-3", Value: "95%", Reason: "as agreed",
		By: period.Delivery{Text: "2018-06", Readings: []period.Reading{{Kind: period.In, Start: day("2018-06-01"), End: day("2018-06-30"), Due: day("2018-06-30")}}},
	}),
	ledgerv1.EventType_EVENT_TYPE_MEASURE_TAKEN: of(measure.Taken{Measure: "KPI-3", Value: "91%", Words: "after the audit"}),
	ledgerv1.EventType_EVENT_TYPE_FURTHER_DATE_STATED: of(milestone.FurtherDateStated{
		Label: "start", Reason: "no builder yet",
		Date: period.Delivery{Text: "2018-06", Readings: []period.Reading{{Kind: period.In, Start: day("2018-06-01"), End: day("2018-06-30"), Due: day("2018-06-30")}}},
	}),
	ledgerv1.EventType_EVENT_TYPE_PLAN_REVISED: {OfPlan: plan.Revised{
		Name: ptr("Herefordshire and Worcestershire"), PeriodStart: ptr(day("2017-04-01")), PeriodEnd: ptr(civil.Date(0)),
		Quarters: ptr(plan.Financial), TimeZone: ptr("Europe/Paris"), Reason: "the partnership grew",
		RatingSchemes: []rating.Scheme{{Name: "RAG", Values: []rating.Value{{Value: "Red", Grade: rating.Red, Meaning: "off track"}, {Value: "Complete"}}}},
	}},
	ledgerv1.EventType_EVENT_TYPE_PROGRESS_REPORTED: of(milestone.ProgressReported{
		Percent: ptr(0), Status: "On track", Words: "Walls up",
	}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_ACHIEVED: of(milestone.Achieved{
		Actual: period.Delivery{Text: "2017-11", Readings: []period.Reading{{Kind: period.In, Start: day("2017-11-01"), End: day("2017-11-30"), Due: day("2017-11-30")}}},
		Words:  "Keys handed over",
	}),
	ledgerv1.EventType_EVENT_TYPE_ACHIEVEMENT_RESTATED: of(milestone.AchievementRestated{
		Actual: period.Delivery{Text: "2017-11-17", Readings: []period.Reading{{Kind: period.In, Start: day("2017-11-17"), End: day("2017-11-17"), Due: day("2017-11-17")}}},
		From:   day("2017-11-30"), Words: "day found in the minutes",
	}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_STARTED: of(milestone.Started{
		Start: period.Delivery{Text: "2017-05", Readings: []period.Reading{{Kind: period.In, Start: day("2017-05-01"), End: day("2017-05-31"), Due: day("2017-05-31")}}},
		From:  day("2017-04-30"), Words: "ground broken",
	}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_REOPENED:     of(milestone.Reopened{Reason: "the lift does not work"}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_PUT_ON_HOLD:  of(milestone.Held{Reason: "purdah"}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_RESUMED:      of(milestone.Resumed{Reason: "after the election"}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_CANCELLED:    of(milestone.Cancelled{Reason: "the site was sold"}),
	ledgerv1.EventType_EVENT_TYPE_MILESTONE_NOT_REPORTED: of(milestone.NotReported{Return: "June return of the estates office"}),
}

// gotTo is a line that has got to a stage, and ofScheme one of a scheme.
func gotTo(stage funding.Stage) funding.Advanced {
	return funding.Advanced{
		Stage: stage, Line: "ETTF-7", Amount: money.Amount{Currency: "GBP", Units: 132000, Nanos: 500_000_000},
		Asks: money.Amount{Currency: "GBP", Units: 200000}, Fund: "ETTF", Reason: "letter of 3 April",
		Terms: funding.Terms{Start: day("2017-04-01"), End: day("2018-03-31"), Basis: money.PerPatientPerYear, Recurrent: money.Once},
	}
}

func ofScheme(stage funding.Stage) funding.Advanced {
	e := gotTo(stage)
	e.Scheme = "GP IT"
	return e
}

var other = milestone.ID{0: 1, 15: 0x7f}

var ulid = [16]byte{0x01, 0x5f, 0xc6, 0x2a, 0x80, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0xff}

func of(e milestone.Event) Event { return Event{Milestone: ulid, OfMilestone: e} }

func ptr[T any](v T) *T { return &v }

func day(iso string) civil.Date {
	d, err := civil.Parse(iso)
	if err != nil {
		panic(err)
	}
	return d
}

func encode(e Event) (ledgerv1.EventType, []byte, error) {
	if e.OfPlan != nil {
		return EncodePlan(e.OfPlan)
	}
	return EncodeMilestone(e.Milestone, e.OfMilestone)
}
