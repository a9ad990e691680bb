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
