package writer

import (
	"fmt"
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
)

// A time zone that only this machine has, or that every machine takes for another one, would make the
// ledger read otherwise elsewhere, or not at all.
func TestATimeZoneIsTheSameEverywhere(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	for _, zone := range []string{"Local", "localtime", "posixrules", "posix/Europe/London", "right/Europe/London", "Europe//London", "./Europe/London", "Europe/./London"} {
		_, err := s.Submit(t.Context(), ann, submission("zone", &milepostv1.Command{Command: &milepostv1.Command_PlanRegistered{
			PlanRegistered: &milepostv1.PlanRegistered{TimeZone: zone},
		}}))
		if err == nil {
			t.Fatalf("%s was taken", zone)
		}
		if r := refusalOf(t, err); r.Rule != plan.RuleTimeZoneUnknown {
			t.Errorf("%s: %v", zone, err)
		}
	}
	for i, zone := range []string{"UTC", "Etc/GMT+5", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "GB", ""} {
		m := submission("zone"+zone, &milepostv1.Command{Command: &milepostv1.Command_PlanRegistered{
			PlanRegistered: &milepostv1.PlanRegistered{TimeZone: zone},
		}})
		m.Plan = fmt.Sprint("plan", i)
		w.mustSubmit(s, m)
	}
	closed(t, s)
}
