package codec

import (
	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// dateEvents are what a stated delivery date came to, and the milestone's other dates. The first ones are most of a
// ledger: encodeStated and Decoder have a shorter way for them, to the same bytes.
var dateEvents = []*entry{
	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_FORECAST_GIVEN,
		func(w *writer, e milestone.ForecastGiven) *ledgerv1.ForecastGiven {
			return &ledgerv1.ForecastGiven{Milestone: w.milestone(), Delivery: w.delivery(e.Delivery), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.ForecastGiven) milestone.ForecastGiven {
			return milestone.ForecastGiven{Delivery: r.delivery(m.Delivery), Reason: m.Reason}
		},
		milestone.ForecastGiven{Delivery: within("2017-09", "2017-09-01", "2017-09-30"), Reason: "from the business case"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED,
		func(w *writer, e milestone.Slipped) *ledgerv1.MilestoneSlipped {
			return &ledgerv1.MilestoneSlipped{
				Milestone: w.milestone(), Delivery: w.delivery(e.Delivery), From: e.From.Number(), Days: w.days(e.Days), Reason: e.Reason,
			}
		},
		func(r *reader, m *ledgerv1.MilestoneSlipped) milestone.Slipped {
			return milestone.Slipped{Delivery: r.delivery(m.Delivery), From: r.day(m.From), Days: int(m.Days), Reason: m.Reason}
		},
		milestone.Slipped{
			Delivery: within("2017-Q4", "2017-10-01", "2017-12-31"), From: day("2017-09-30"), Days: 92, Reason: "builder late",
		}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_MILESTONE_RECOVERED,
		func(w *writer, e milestone.Recovered) *ledgerv1.MilestoneRecovered {
			return &ledgerv1.MilestoneRecovered{
				Milestone: w.milestone(), Delivery: w.delivery(e.Delivery), From: e.From.Number(), Days: w.days(e.Days), Reason: e.Reason,
			}
		},
		func(r *reader, m *ledgerv1.MilestoneRecovered) milestone.Recovered {
			return milestone.Recovered{Delivery: r.delivery(m.Delivery), From: r.day(m.From), Days: int(m.Days), Reason: m.Reason}
		},
		milestone.Recovered{
			Delivery: period.Delivery{Text: "by end Nov 17", Readings: []period.Reading{{Kind: period.By, End: day("2017-11-30"), Due: day("2017-11-30")}}},
			From:     day("2017-12-31"), Days: -31, Reason: "a second crew",
		}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_FORECAST_RECONFIRMED,
		func(w *writer, e milestone.Reconfirmed) *ledgerv1.ForecastReconfirmed {
			return &ledgerv1.ForecastReconfirmed{Milestone: w.milestone(), Delivery: w.delivery(e.Delivery), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.ForecastReconfirmed) milestone.Reconfirmed {
			return milestone.Reconfirmed{Delivery: r.delivery(m.Delivery), Reason: m.Reason}
		},
		milestone.Reconfirmed{
			Delivery: period.Delivery{
				Text:     "Ongoing from Nov 2017",
				Readings: []period.Reading{{Kind: period.From, Start: day("2017-11-01"), Due: day("2017-11-30"), Label: "commencement"}},
			},
			Reason: "monthly return",
		}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_FORECAST_RESTATED,
		func(w *writer, e milestone.Restated) *ledgerv1.ForecastRestated {
			return &ledgerv1.ForecastRestated{
				Milestone: w.milestone(), Delivery: w.delivery(e.Delivery), Reason: e.Reason,
				Rule: e.Rule, From: e.From.Number(), Days: w.days(e.Days),
			}
		},
		func(r *reader, m *ledgerv1.ForecastRestated) milestone.Restated {
			return milestone.Restated{
				Delivery: r.delivery(m.Delivery), Reason: m.Reason, Rule: m.Rule, From: r.day(m.From), Days: int(m.Days),
			}
		},
		milestone.Restated{
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

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_FORECAST_WITHDRAWN,
		func(w *writer, e milestone.Withdrawn) *ledgerv1.ForecastWithdrawn {
			return &ledgerv1.ForecastWithdrawn{Milestone: w.milestone(), Delivery: w.delivery(e.Delivery), From: e.From.Number(), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.ForecastWithdrawn) milestone.Withdrawn {
			return milestone.Withdrawn{Delivery: r.delivery(m.Delivery), From: r.day(m.From), Reason: m.Reason}
		},
		milestone.Withdrawn{Delivery: notKnown("TBC"), From: day("2017-11-30"), Reason: "no contractor"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_FORECAST_AWAITED,
		func(w *writer, e milestone.Awaited) *ledgerv1.ForecastAwaited {
			return &ledgerv1.ForecastAwaited{Milestone: w.milestone(), Delivery: w.delivery(e.Delivery), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.ForecastAwaited) milestone.Awaited {
			return milestone.Awaited{Delivery: r.delivery(m.Delivery), Reason: m.Reason}
		},
		milestone.Awaited{Delivery: notKnown("to be agreed"), Reason: "no contractor yet"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_DELIVERY_DATE_UNREAD,
		func(w *writer, e milestone.Unread) *ledgerv1.DeliveryDateUnread {
			return &ledgerv1.DeliveryDateUnread{Milestone: w.milestone(), Delivery: w.delivery(e.Delivery), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.DeliveryDateUnread) milestone.Unread {
			return milestone.Unread{Delivery: r.delivery(m.Delivery), Reason: m.Reason}
		},
		milestone.Unread{Delivery: notKnown("January 45 2014", "unreadable"), Reason: "as published"}),

	milestoneEvent(ledgerv1.EventType_EVENT_TYPE_FURTHER_DATE_STATED,
		func(w *writer, e milestone.FurtherDateStated) *ledgerv1.FurtherDateStated {
			return &ledgerv1.FurtherDateStated{Milestone: w.milestone(), Label: e.Label, Date: w.delivery(e.Date), Reason: e.Reason}
		},
		func(r *reader, m *ledgerv1.FurtherDateStated) milestone.FurtherDateStated {
			return milestone.FurtherDateStated{Label: m.Label, Date: r.delivery(m.Date), Reason: m.Reason}
		},
		milestone.FurtherDateStated{Label: "start", Date: within("2018-06", "2018-06-01", "2018-06-30"), Reason: "no builder yet"}),
}

// within is a date of a sample: some time between two days, and due on the last.
func within(text, start, end string) period.Delivery {
	return period.Delivery{Text: text, Readings: []period.Reading{{Kind: period.In, Start: day(start), End: day(end), Due: day(end)}}}
}

// notKnown are words of a sample in which no date is found.
func notKnown(text string, review ...string) period.Delivery {
	return period.Delivery{Text: text, Readings: []period.Reading{{Kind: period.Unknown}}, Review: review}
}
