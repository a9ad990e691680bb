package codec

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/plan"
	"milepost.dev/domain/rating"
)

// EncodePlan returns the stored type and payload of an event of a plan. The same event always gives
// the same bytes.
func EncodePlan(event plan.Event) (ledgerv1.EventType, []byte, error) {
	var w writer
	switch e := event.(type) {
	case plan.Registered:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_PLAN_REGISTERED, &ledgerv1.PlanRegistered{
			Name: e.Name, PeriodStart: e.PeriodStart.Number(), PeriodEnd: e.PeriodEnd.Number(),
			Quarters: w.quarters(e.Quarters), TimeZone: e.TimeZone, RatingSchemes: w.schemes(e.RatingSchemes),
		})
	case plan.Revised:
		m := &ledgerv1.PlanRevised{
			Name: e.Name, PeriodStart: number(e.PeriodStart), PeriodEnd: number(e.PeriodEnd),
			TimeZone: e.TimeZone, RatingSchemes: w.schemes(e.RatingSchemes), Reason: e.Reason,
		}
		if e.Quarters != nil {
			m.Quarters = w.quarters(*e.Quarters).Enum()
		}
		return w.payload(ledgerv1.EventType_EVENT_TYPE_PLAN_REVISED, m)
	case funding.Event:
		return w.funding(nil, e)
	case measure.Event:
		return w.measure(nil, e)
	case plan.ComponentStated:
		return w.component(e)
	case plan.DocumentImported:
		return w.payload(ledgerv1.EventType_EVENT_TYPE_DOCUMENT_IMPORTED, &ledgerv1.DocumentImported{
			Sha256: e.SHA256[:], Document: e.Document, Mapping: e.Mapping,
		})
	default:
		return 0, nil, fmt.Errorf("%T has no stored form", event)
	}
}

func number(d *civil.Date) *int32 {
	if d == nil {
		return nil
	}
	return proto.Int32(d.Number())
}

func (w *writer) quarters(q plan.Quarters) ledgerv1.PlanRegistered_Quarters {
	if q > plan.Financial {
		w.fail("there are no quarters %d", q)
	}
	return ledgerv1.PlanRegistered_Quarters(q)
}

func (w *writer) schemes(schemes []rating.Scheme) (ms []*ledgerv1.RatingScheme) {
	for _, s := range schemes {
		m := &ledgerv1.RatingScheme{Name: s.Name}
		for _, v := range s.Values {
			if !v.Grade.Valid() { // the two count alike; a test holds them to it
				w.fail("there is no common rating %d", v.Grade)
			}
			m.Values = append(m.Values, &ledgerv1.RatingValue{Value: v.Value, Common: ledgerv1.RatingValue_Common(v.Grade), Meaning: v.Meaning})
		}
		ms = append(ms, m)
	}
	return ms
}

// ofPlan returns nil for a type that it does not know.
func (r *reader) ofPlan(t ledgerv1.EventType) plan.Event {
	switch t {
	case ledgerv1.EventType_EVENT_TYPE_PLAN_REGISTERED:
		var m ledgerv1.PlanRegistered
		r.unmarshal(&m)
		return plan.Registered{
			Name: m.Name, PeriodStart: r.day(m.PeriodStart), PeriodEnd: r.day(m.PeriodEnd),
			Quarters: r.quarters(m.Quarters), TimeZone: m.TimeZone, RatingSchemes: r.schemes(m.RatingSchemes),
		}
	case ledgerv1.EventType_EVENT_TYPE_PLAN_REVISED:
		var m ledgerv1.PlanRevised
		r.unmarshal(&m)
		e := plan.Revised{
			Name: m.Name, PeriodStart: r.optionalDay(m.PeriodStart), PeriodEnd: r.optionalDay(m.PeriodEnd),
			TimeZone: m.TimeZone, RatingSchemes: r.schemes(m.RatingSchemes), Reason: m.Reason,
		}
		if m.Quarters != nil {
			q := r.quarters(*m.Quarters)
			e.Quarters = &q
		}
		return e
	case ledgerv1.EventType_EVENT_TYPE_COMPONENT_STATED:
		return r.component()
	case ledgerv1.EventType_EVENT_TYPE_DOCUMENT_IMPORTED:
		var m ledgerv1.DocumentImported
		r.unmarshal(&m)
		return plan.DocumentImported{SHA256: r.sha256(m.Sha256), Document: m.Document, Mapping: m.Mapping}
	default:
		return nil
	}
}

func (r *reader) unmarshal(m proto.Message) {
	if err := proto.Unmarshal(r.payload, m); err != nil {
		r.fail(err)
	}
}

func (r *reader) optionalDay(n *int32) *civil.Date {
	if n == nil {
		return nil
	}
	d := r.day(*n)
	return &d
}

func (r *reader) quarters(q ledgerv1.PlanRegistered_Quarters) plan.Quarters {
	if q < ledgerv1.PlanRegistered_QUARTERS_UNSPECIFIED || q > ledgerv1.PlanRegistered_QUARTERS_FINANCIAL {
		r.fail(fmt.Errorf("there are no quarters %d", q))
	}
	return plan.Quarters(q)
}

func (r *reader) schemes(ms []*ledgerv1.RatingScheme) (schemes []rating.Scheme) {
	for _, m := range ms {
		s := rating.Scheme{Name: m.Name}
		for _, v := range m.Values {
			if v.Common < 0 || v.Common > ledgerv1.RatingValue_COMMON_GREEN {
				r.fail(fmt.Errorf("there is no common rating %d", v.Common))
			}
			s.Values = append(s.Values, rating.Value{Value: v.Value, Grade: rating.Grade(v.Common), Meaning: v.Meaning})
		}
		schemes = append(schemes, s)
	}
	return schemes
}
