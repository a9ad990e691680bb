package codec

import (
	"fmt"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/period"
)

// measureEvents are what a milestone or the plan is measured by.
var measureEvents = []*entry{
	sharedEvent(ledgerv1.EventType_EVENT_TYPE_MEASURE_DEFINED,
		func(w *writer, e measure.Defined) *ledgerv1.MeasureDefined {
			return &ledgerv1.MeasureDefined{
				Milestone: w.milestone(), Measure: e.Measure, Kind: w.measureKind(e.Kind), Words: e.Words, Unit: e.Unit, Scale: e.Scale, Component: e.Component,
			}
		},
		func(r *reader, m *ledgerv1.MeasureDefined) measure.Defined {
			return measure.Defined{
				Measure: m.Measure, Kind: r.measureKind(m.Kind), Words: m.Words, Unit: m.Unit, Scale: m.Scale, Component: m.Component,
			}
		},
		ofPlan(measure.Defined{
			Measure: "KPI-3", Kind: measure.Readiness, Words: "Seen within a day", Unit: "%", Scale: "0 to 5", Component: "GP IT",
		})),

	sharedEvent(ledgerv1.EventType_EVENT_TYPE_MEASURE_TARGETED,
		func(w *writer, e measure.Targeted) *ledgerv1.MeasureTargeted {
			return &ledgerv1.MeasureTargeted{
				Milestone: w.milestone(), Measure: e.Measure, By: w.optionalDelivery(e.By), Value: e.Value, Reason: e.Reason,
				Number: w.number(e.Number), Unit: e.Unit, Day: e.Day.Number(),
			}
		},
		func(r *reader, m *ledgerv1.MeasureTargeted) measure.Targeted {
			return measure.Targeted{
				Measure: m.Measure, By: r.optionalDelivery(m.By), Value: m.Value, Reason: m.Reason,
				Number: r.number(m.Number), Unit: m.Unit, Day: r.day(m.Day),
			}
		},
		ofMilestone(measure.Targeted{
			Measure: "KPI-3", Value: "95%", Reason: "as agreed", By: within("2018-06", "2018-06-01", "2018-06-30"),
		})),

	sharedEvent(ledgerv1.EventType_EVENT_TYPE_MEASURE_TAKEN,
		func(w *writer, e measure.Taken) *ledgerv1.MeasureTaken {
			return &ledgerv1.MeasureTaken{
				Milestone: w.milestone(), Measure: e.Measure, Value: e.Value, Words: e.Words,
				Number: w.number(e.Number), Unit: e.Unit, Day: e.Day.Number(),
			}
		},
		func(r *reader, m *ledgerv1.MeasureTaken) measure.Taken {
			return measure.Taken{
				Measure: m.Measure, Value: m.Value, Words: m.Words, Number: r.number(m.Number), Unit: m.Unit, Day: r.day(m.Day),
			}
		},
		ofMilestone(measure.Taken{Measure: "KPI-3", Value: "91%", Words: "after the audit"})),
}

func (w *writer) measureKind(k measure.Kind) ledgerv1.MeasureKind {
	if k < measure.Success || k > measure.Readiness { // the two count alike; a test holds them to it
		w.fail("there is no kind of measure %d", k)
	}
	return ledgerv1.MeasureKind(k)
}

func (r *reader) measureKind(k ledgerv1.MeasureKind) measure.Kind {
	if k < ledgerv1.MeasureKind_MEASURE_KIND_SUCCESS || k > ledgerv1.MeasureKind_MEASURE_KIND_READINESS {
		r.fail(fmt.Errorf("there is no kind of measure %d", k))
	}
	return measure.Kind(k)
}

func (w *writer) number(n measure.Number) string {
	if !n.Valid() {
		w.fail("%q is not how an exact number is written", n)
	}
	return string(n)
}

func (r *reader) number(text string) measure.Number {
	n := measure.Number(text)
	if !n.Valid() {
		r.fail(fmt.Errorf("%q is not how an exact number is written", text))
	}
	return n
}

// optionalDelivery is a date that may not have been said.
func (w *writer) optionalDelivery(d period.Delivery) *ledgerv1.DeliveryDate {
	if d.IsZero() && d.Reader == 0 && d.Settings == 0 {
		return nil
	}
	return w.delivery(d)
}

func (r *reader) optionalDelivery(m *ledgerv1.DeliveryDate) period.Delivery {
	if m == nil {
		return period.Delivery{}
	}
	return r.delivery(m)
}
