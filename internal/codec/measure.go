package codec

import (
	"fmt"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
)

// shared is an event of a type that may be of a milestone or of the plan.
type shared interface{ EventName() string }

// shared returns nil for a type that is none of these.
func (r *reader) shared(t ledgerv1.EventType) shared {
	if e := r.funding(t); e != nil {
		return e
	}
	if e := r.measure(t); e != nil {
		return e
	}
	return nil
}

// measure encodes an event of a measure. Without a milestone it is the plan's.
func (w *writer) measure(milestone []byte, event measure.Event) (ledgerv1.EventType, []byte, error) {
	switch e := event.(type) {
	case measure.Defined:
		if e.Kind < measure.Success || e.Kind > measure.Readiness { // the two count alike; a test holds them to it
			w.fail("there is no kind of measure %d", e.Kind)
		}
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MEASURE_DEFINED, &ledgerv1.MeasureDefined{
			Milestone: milestone, Measure: e.Measure, Kind: ledgerv1.MeasureKind(e.Kind), Words: e.Words, Unit: e.Unit, Scale: e.Scale, Component: e.Component,
		})
	case measure.Targeted:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MEASURE_TARGETED, &ledgerv1.MeasureTargeted{
			Milestone: milestone, Measure: e.Measure, By: w.optionalDelivery(e.By), Value: e.Value, Reason: e.Reason,
		})
	case measure.Taken:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_MEASURE_TAKEN, &ledgerv1.MeasureTaken{
			Milestone: milestone, Measure: e.Measure, Value: e.Value, Words: e.Words,
		})
	default:
		return 0, nil, fmt.Errorf("%T has no stored form", event)
	}
}

// measure returns nil for a type that is none of a measure.
func (r *reader) measure(t ledgerv1.EventType) measure.Event {
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_MEASURE_DEFINED:
		var m ledgerv1.MeasureDefined
		r.read(&m)
		if m.Kind < ledgerv1.MeasureKind_MEASURE_KIND_SUCCESS || m.Kind > ledgerv1.MeasureKind_MEASURE_KIND_READINESS {
			r.fail(fmt.Errorf("there is no kind of measure %d", m.Kind))
		}
		return measure.Defined{Measure: m.Measure, Kind: measure.Kind(m.Kind), Words: m.Words, Unit: m.Unit, Scale: m.Scale, Component: m.Component}
	case ledgerv1.EventType_EVENT_TYPE_MEASURE_TARGETED:
		var m ledgerv1.MeasureTargeted
		r.read(&m)
		return measure.Targeted{Measure: m.Measure, By: r.optionalDelivery(m.By), Value: m.Value, Reason: m.Reason}
	case ledgerv1.EventType_EVENT_TYPE_MEASURE_TAKEN:
		var m ledgerv1.MeasureTaken
		r.read(&m)
		return measure.Taken{Measure: m.Measure, Value: m.Value, Words: m.Words}
	default:
		return nil
	}
}

func (w *writer) component(e plan.ComponentStated) (ledgerv1.EventType, []byte, error) {
	if e.Kind < plan.Workstream || e.Kind > plan.Deliverable { // the two count alike; a test holds them to it
		w.fail("there is no kind of component %d", e.Kind)
	}
	return w.payload(ledgerv1.EventType_EVENT_TYPE_COMPONENT_STATED, &ledgerv1.ComponentStated{
		Kind: ledgerv1.ComponentKind(e.Kind), Name: e.Name, Within: e.Within, Deadline: w.optionalDelivery(e.Deadline), Reason: e.Reason,
	})
}

func (r *reader) component() plan.Event {
	var m ledgerv1.ComponentStated
	r.unmarshal(&m)
	if m.Kind < ledgerv1.ComponentKind_COMPONENT_KIND_WORKSTREAM || m.Kind > ledgerv1.ComponentKind_COMPONENT_KIND_DELIVERABLE {
		r.fail(fmt.Errorf("there is no kind of component %d", m.Kind))
	}
	return plan.ComponentStated{Kind: plan.ComponentKind(m.Kind), Name: m.Name, Within: m.Within, Deadline: r.optionalDelivery(m.Deadline), Reason: m.Reason}
}

// optionalDelivery is a date that may not have been said.
func (w *writer) optionalDelivery(d period.Delivery) *ledgerv1.DeliveryDate {
	if d.IsZero() {
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
