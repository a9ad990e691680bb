package grpcserver

import (
	"testing"
	"time"
	_ "time/tzdata"

	"milepost.dev/domain/civil"
)

// TestADayEndsWhereTheNextBegins: also where clocks change at midnight, so that the next day has no
// 00:00, or the day has its last hour twice.
func TestADayEndsWhereTheNextBegins(t *testing.T) {
	for _, zone := range []string{"Europe/London", "America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Atlantic/Azores", "Africa/Cairo", "Pacific/Apia", "Asia/Amman"} {
		where, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for day := time.Date(2010, 1, 1, 12, 0, 0, 0, time.UTC); day.Year() < 2019; day = day.AddDate(0, 0, 1) {
			d, _ := civil.Of(day.Year(), day.Month(), day.Day())
			end := endOf(d, where)
			if last, next := civil.OfTime(end, where), civil.OfTime(end.Add(time.Microsecond), where); last.After(d) || !next.After(d) {
				t.Errorf("%s in %s ends at %s: on that day it is %s, and a microsecond later %s", d, zone, end.In(where), last, next)
			}
		}
	}
}
