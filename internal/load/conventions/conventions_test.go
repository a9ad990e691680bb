package conventions

import (
	"testing"

	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/reading/dates"
)

func TestWhatIsSaidIsWhatThePlanSaysThen(t *testing.T) {
	said := Said{DateOrder: "month", FinancialYear: 7, Weeks: "sunday", Quarters: "calendar", TimeZone: "Europe/Paris"}
	registered := &pb.PlanRegistered{}
	said.Register(registered)
	p := &pb.Plan{Conventions: registered.GetConventions(), Quarters: registered.GetQuarters(), TimeZone: registered.GetTimeZone()}
	if got := Of(p); got != said {
		t.Errorf("the plan says %+v", got)
	}
	if again := said.Revise(p); again != nil {
		t.Errorf("said again it changes %v", again)
	}
	want := &pb.PlanRevised{Conventions: &pb.DateConventions{Weeks: pb.WeekSystem_WEEK_SYSTEM_ISO}}
	if got := (Said{Weeks: "iso"}).Revise(p); !proto.Equal(got, want) {
		t.Errorf("other weeks change %v", got)
	}
	if got := (Said{}).Revise(p); got != nil {
		t.Errorf("nothing was said, and %v changes", got)
	}
	if s := said.Settings(); s.Order != dates.MonthFirst || s.FinancialYear != 7 || s.Weeks != dates.SundayWeeks || s.Quarters != dates.CalendarQuarters {
		t.Errorf("dates are read with %+v", s)
	}
}

// What is said goes before what the plan says, in each of them alone, and a setting that is no setting says nothing.
func TestWhatIsSaidGoesFirst(t *testing.T) {
	plan := Said{DateOrder: "day", FinancialYear: 4, Weeks: "iso", Quarters: "financial", TimeZone: "Europe/London"}
	other := Said{DateOrder: "month", FinancialYear: 1, Weeks: "sunday", Quarters: "calendar", TimeZone: "Europe/Paris"}
	if got := other.Or(plan); got != other {
		t.Errorf("all of it is said, and %+v holds", got)
	}
	if got := (Said{}).Or(plan); got != plan {
		t.Errorf("nothing is said, and %+v holds", got)
	}
	texts := map[string]bool{plan.String(): true}
	for _, one := range []Said{
		{DateOrder: "month"}, {FinancialYear: 1}, {Weeks: "sunday"}, {Quarters: "calendar"}, {TimeZone: "Europe/Paris"},
	} {
		got := one.Or(plan)
		if got == plan || got == other {
			t.Errorf("%+v is said, and %+v holds", one, got)
		}
		texts[got.String()] = true
		if m := one.Revise(&pb.Plan{Conventions: plan.conventions(), Quarters: plan.quarters(), TimeZone: plan.TimeZone}); m == nil {
			t.Errorf("%+v changes nothing", one)
		} else if again := (&pb.Plan{Conventions: m.GetConventions(), Quarters: m.GetQuarters(), TimeZone: m.GetTimeZone()}); Of(again) != one {
			t.Errorf("%+v is said, and %+v stated", one, Of(again))
		}
	}
	if len(texts) != 6 {
		t.Errorf("two of them have the same text: %v", texts)
	}
	if s := (Said{FinancialYear: 13, DateOrder: "month"}).Settings(); s.FinancialYear != 0 || s.Order != dates.MonthFirst {
		t.Errorf("a month that is none: %+v", s)
	}
	if err := (Said{FinancialYear: 13}).Into(&dates.Settings{}); err == nil {
		t.Error("a month that is none is taken")
	}
	if got := Of(nil); got != (Said{}) {
		t.Errorf("no plan says %+v", got)
	}
}
