package codec

import (
	"math"
	"reflect"
	"slices"
	"time"

	"pgregory.net/rapid"

	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
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

// parts are the values of which not all can be stored: those of a type can.
var parts = map[reflect.Type]*rapid.Generator[any]{
	reflect.TypeFor[civil.Date]():            days.AsAny(),
	reflect.TypeFor[period.Delivery]():       deliveries().AsAny(),
	reflect.TypeFor[[]milestone.Attribute](): attributes().AsAny(),
	reflect.TypeFor[milestone.Party]():       parties().AsAny(),
	reflect.TypeFor[money.Amount]():          amounts().AsAny(),
	reflect.TypeFor[money.Basis]():           upTo(money.Unstated, money.UpTo),
	reflect.TypeFor[money.Recurrent]():       upTo(money.RecurrentUnsaid, money.Once),
	reflect.TypeFor[measure.Number]():        rapid.SampledFrom([]measure.Number{"", "0", "95", "-0.25", "12.5", "-3"}).AsAny(),
	reflect.TypeFor[baseline.Dimension]():    upTo(baseline.Date, baseline.Existence),
	reflect.TypeFor[baseline.Kind]():         upTo(baseline.NoKind, baseline.Error),
	reflect.TypeFor[measure.Kind]():          upTo(measure.Success, measure.Readiness),
	reflect.TypeFor[milestone.Outcome]():     upTo(milestone.Accepted, milestone.Paired),
	reflect.TypeFor[plan.CandidateOutcome](): upTo(plan.CandidateAccepted, plan.CandidateDropped),
	reflect.TypeFor[plan.ComponentKind]():    upTo(plan.Workstream, plan.Deliverable),
	reflect.TypeFor[plan.Quarters]():         upTo(plan.Unsaid, plan.Financial),
	reflect.TypeFor[plan.DateOrder]():        upTo(plan.OrderUnsaid, plan.MonthFirst),
	reflect.TypeFor[plan.WeekSystem]():       upTo(plan.WeeksUnsaid, plan.SundayWeeks),
	reflect.TypeFor[time.Month]():            rapid.Map(rapid.IntRange(0, 12), func(n int) any { return time.Month(n) }),
	reflect.TypeFor[uint32]():                rapid.Uint32().AsAny(),
	reflect.TypeFor[rating.Grade]():          upTo(rating.Grade(0), rating.Grade(5)),
	reflect.TypeFor[correction.Kind]():       upTo(correction.Typing, correction.WrongSpeaker),
	reflect.TypeFor[correction.Of]():         upTo(correction.OfStatement, correction.OfImport),
	reflect.TypeFor[correction.Party]():      rapid.Map(parties(), func(p milestone.Party) correction.Party { return correction.Party(p) }).AsAny(),
	reflect.TypeFor[[]uint64]():              rapid.SliceOfN(rapid.Uint64(), 1, 3).AsAny(),
	reflect.TypeFor[correction.Fact](): rapid.Custom(func(t *rapid.T) any {
		d, words := deliveries().Draw(t, "date"), texts.Draw(t, "words")
		return rapid.SampledFrom([]any{
			milestone.ForecastGiven{Delivery: d, Reason: words},
			milestone.Achieved{Actual: d, Words: words},
			funding.Withdrawn{Line: words},
			milestone.Added{Ref: words},
		}).Draw(t, "replacement")
	}),
}

// numbers are the fields that hold one, and what it may be.
var numbers = map[string]*rapid.Generator[int]{
	"Days":    rapid.Map(rapid.Int32(), func(n int32) int { return int(n) }),
	"LagDays": rapid.IntRange(0, milestone.MaxLag),
	"Percent": rapid.IntRange(0, 100),
	"Row":     rapid.IntRange(0, milestone.MaxPlace),
	"Column":  rapid.IntRange(0, milestone.MaxPlace),

	"Replaces": rapid.IntRange(0, math.MaxInt32), "Count": rapid.IntRange(0, math.MaxInt32),
	"ToleranceDays": rapid.IntRange(0, math.MaxInt32), "MostDays": rapid.IntRange(0, math.MaxInt32),
}

func upTo[T ~uint8](first, last T) *rapid.Generator[any] {
	return rapid.Map(rapid.Uint8Range(uint8(first), uint8(last)), func(n uint8) any { return T(n) })
}

// events are events of an entry's type, with anything in their fields that can be stored.
func (entry *entry) events() *rapid.Generator[Event] {
	return rapid.Custom(func(t *rapid.T) Event {
		v := reflect.New(reflect.TypeOf(entry.sample.named())).Elem()
		draw(t, entry.name, v)
		event := v.Interface().(named)
		line, isLine := event.(funding.Advanced)
		if isLine {
			line.Stage = entry.sample.named().(funding.Advanced).Stage
			event = line
		}
		if corrected, ok := event.(correction.Corrected); ok && rapid.Bool().Draw(t, "of the plan") {
			corrected.Replacement = nil
			return ofPlan(corrected)
		} else if ok {
			return ofMilestone(event)
		}
		if entry.about == aPlan || entry.about&aPlan != 0 && rapid.Bool().Draw(t, "of the plan") {
			return ofPlan(event)
		}
		if isLine {
			line.Scheme = "" // of a milestone
			event = line
		}
		return ofMilestone(event)
	})
}

// draw fills a field. What the codec keeps as nothing at all is nil.
func draw(t *rapid.T, name string, v reflect.Value) {
	if part, ok := parts[v.Type()]; ok {
		v.Set(reflect.ValueOf(part.Draw(t, name)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(texts.Draw(t, name))
	case reflect.Int:
		number, ok := numbers[name]
		if !ok {
			t.Fatalf("%s is a number: put what it may be into numbers", name)
		}
		v.SetInt(int64(number.Draw(t, name)))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, name))
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, name))
	case reflect.Array: // of bytes
		v.Index(0).SetUint(uint64(rapid.Byte().Draw(t, name)))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, name+" is said") {
			v.Set(reflect.New(v.Type().Elem()))
			draw(t, name, v.Elem())
		}
	case reflect.Slice:
		if n := rapid.IntRange(0, 3).Draw(t, "number of "+name); n > 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
		}
		for i := range v.Len() {
			draw(t, name, v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			draw(t, v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Uint8: // a funding.Stage, which follows from the entry
	default:
		t.Fatalf("%s is a %s: put how it is drawn into parts", name, v.Type())
	}
}

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
			Reader:   rapid.Uint32().Draw(t, "reader"),
			Settings: rapid.Uint64().Draw(t, "settings"),
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
