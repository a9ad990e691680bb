package plan

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/rating"
)

var (
	start, _ = civil.Of(2017, 4, 1)
	end, _   = civil.Of(2019, 3, 31)
	known    = Facts{TimeZoneKnown: true}
)

func worcestershire() Register {
	return Register{Name: "Worcestershire", PeriodStart: start, PeriodEnd: end, Quarters: Financial, TimeZone: "Europe/London", RatingSchemes: rag()}
}

func rag() []rating.Scheme {
	return []rating.Scheme{{Name: "RAG", Values: []rating.Value{{Value: "Red", Grade: rating.Red}, {Value: "Complete"}, {Value: "Green", Grade: rating.Green, Meaning: "on track"}}}}
}

func registered(t *testing.T, c Register) State {
	t.Helper()
	events, err := Decide(State{}, c, known)
	if err != nil || len(events) != 1 {
		t.Fatalf("Decide = %v, %v", events, err)
	}
	return Evolve(State{}, Statement{Position: 1, AsAt: start, Event: events[0]})
}

func TestRegister(t *testing.T) {
	s := registered(t, worcestershire())
	began := Registered(worcestershire())
	want := State{
		Registered: true, Name: "Worcestershire", PeriodStart: start, PeriodEnd: end, Quarters: Financial,
		TimeZone: "Europe/London", RatingSchemes: rag(), Began: &began, LastAsAt: start, Settings: 1,
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("the plan is %+v", s)
	}
	if again, err := Decide(s, worcestershire(), known); err != nil || again != nil {
		t.Errorf("the same again comes to %v, %v", again, err)
	}
	unsaid := worcestershire()
	unsaid.TimeZone = ""
	if again, err := Decide(s, unsaid, Facts{}); err != nil || again != nil {
		t.Errorf("with the default time zone it comes to %v, %v", again, err)
	}
}

func TestRegisterDiffers(t *testing.T) {
	s := registered(t, worcestershire())
	c := worcestershire()
	c.PeriodEnd, c.Quarters = end.AddDays(366), Calendar
	_, err := Decide(s, c, known)
	var r *domain.Refusal
	if !errors.As(err, &r) || r.Class != domain.Exists || r.Rule != RuleDiffers {
		t.Fatalf("other values come to %v", err)
	}
	for _, part := range []string{`period_end is "2019-03-31" and not "2020-03-31"`, `quarters is "financial" and not "calendar"`} {
		if !strings.Contains(r.Message, part) {
			t.Errorf("the sentence does not say that %s: %s", part, r.Message)
		}
	}
}

// All that is wrong is said at once.
func TestRegisterRefused(t *testing.T) {
	c := Register{Name: "\xff" + strings.Repeat("x", MaxName), PeriodStart: end, PeriodEnd: start, TimeZone: "Mars/Olympus"}
	_, err := Decide(State{}, c, Facts{})
	var rs domain.Refusals
	if !errors.As(err, &rs) || len(rs) != 4 {
		t.Fatalf("Decide refuses %v", err)
	}
	for i, want := range []string{RuleNotUTF8, RuleNameTooLong, RulePeriodReversed, RuleTimeZoneUnknown} {
		if rs[i].Rule != want || rs[i].Class != domain.Invalid {
			t.Errorf("violation %d is %s", i, rs[i].Rule)
		}
	}
	var r *domain.Refusal
	if !errors.As(err, &r) || r.Rule != RuleNotUTF8 {
		t.Errorf("the first of them is %v", r)
	}
}

type strange struct{}

func (strange) EventName() string { return "Strange" }

func TestEvolveIsTotal(t *testing.T) {
	s := registered(t, worcestershire())
	for _, e := range []Event{strange{}, nil} {
		if !reflect.DeepEqual(Evolve(s, Statement{Position: 2, AsAt: end, Event: e}), s) {
			t.Errorf("an event that is not known changes something: %v", e)
		}
	}
}

// Settings name the statement that said last how dates are read, in order of day and not of arrival, whatever else was
// revised since.
func TestSettingsAreOfAStatement(t *testing.T) {
	name, quarters, zone := "Worcs", Calendar, "Europe/Paris"
	told := []Statement{
		{Position: 1, AsAt: start, Event: Registered(worcestershire())},
		{Position: 4, AsAt: start + 40, Event: Revised{Quarters: &quarters}},
		{Position: 6, AsAt: start + 50, Event: Revised{Name: &name, RatingSchemes: rag()}},
		{Position: 9, AsAt: start + 20, Event: Revised{TimeZone: &zone}},
		{Position: 12, AsAt: start + 60, Event: ComponentStated{Kind: Scheme, Name: "GP IT"}},
	}
	for day, want := range map[civil.Date]uint64{start - 5: 1, start: 1, start + 20: 9, start + 39: 9, start + 40: 4, start + 60: 4} {
		if got := AsAt(told, day).Settings; got != want {
			t.Errorf("as at day %d the settings are those of position %d, and not %d", day-start, got, want)
		}
	}
}

func TestCheckID(t *testing.T) {
	for _, id := range []string{"a", "worcs-stp_2017.v2", "Q", strings.Repeat("x", MaxID)} {
		if err := CheckID(id); err != nil {
			t.Errorf("CheckID(%q) = %v", id, err)
		}
	}
	for _, id := range []string{OfLedger, "$", "", ".", "..", "a b", "a/b", "é", "a\x00", "\xff", strings.Repeat("x", MaxID+1)} {
		var r *domain.Refusal
		if err := CheckID(id); !errors.As(err, &r) || r.Rule != RuleIDMalformed || r.Class != domain.Invalid {
			t.Errorf("CheckID(%q) = %v", id, err)
		}
	}
}
