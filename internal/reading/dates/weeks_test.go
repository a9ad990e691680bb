package dates

import (
	"fmt"
	"testing"
	"time"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// Every week of every year reads as the days that have its number, in every way that it is written. A year of 52 weeks has no
// 53rd, and a person is asked.
func TestEveryWeek(t *testing.T) {
	for year := 2010; year < 2040; year++ {
		days := map[int][]civil.Date{}
		for at := time.Date(year-1, 12, 20, 0, 0, 0, 0, time.UTC); at.Year() < year+1 || at.YearDay() < 12; at = at.AddDate(0, 0, 1) {
			if y, week := at.ISOWeek(); y == year {
				d, _ := civil.Of(at.Year(), at.Month(), at.Day())
				days[week] = append(days[week], d)
			}
		}
		for week := 1; week <= 53; week++ {
			for _, format := range []string{"%[1]d-W%02[2]d", "%[1]dW%02[2]d", "W%[2]d %[1]d", "KW %[2]d/%[1]d", "week %[2]d, %[1]d", "wk%[2]d %[1]d", "Week %02[2]d of %[1]d", "%[1]d week %[2]d"} {
				text := fmt.Sprintf(format, year, week)
				got := ReadWords(text, Settings{})
				if len(days[week]) == 0 {
					if notation(got, false) != "unknown | unreadable" {
						t.Errorf("%q reads %s, and there is no such week", text, notation(got, true))
					}
					continue
				}
				first, last := days[week][0], days[week][6]
				if want := (period.Reading{Kind: period.In, Start: first, End: last, Due: last}); len(got.Readings) != 1 || got.Readings[0] != want || len(got.Review) > 0 {
					t.Errorf("%q reads %s, want %v", text, notation(got, true), want)
				}
			}
		}
	}
}

// Weeks that begin on Sunday are counted from the one that 1 January lies in.
func TestSundayWeeks(t *testing.T) {
	s := Settings{Weeks: SundayWeeks}
	for at := time.Date(2012, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() < 2040; at = at.AddDate(0, 0, 1) {
		firstWeekday := int(time.Date(at.Year(), 1, 1, 0, 0, 0, 0, time.UTC).Weekday())
		week := (at.YearDay()-1+firstWeekday)/7 + 1
		d, _ := civil.Of(at.Year(), at.Month(), at.Day())
		got := ReadWords(fmt.Sprintf("week %d %d", week, at.Year()), s)
		if len(got.Readings) != 1 || got.Readings[0].Start != d.AddDays(-int(at.Weekday())) || got.Readings[0].Due != d.AddDays(6-int(at.Weekday())) {
			t.Fatalf("%s lies in week %d, which reads %s", d, week, notation(got, true))
		}
		if next := ReadWords(fmt.Sprintf("week %d %d", week+1, at.Year()), s); at.YearDay() > 364 && at.AddDate(0, 0, 7-int(at.Weekday())).Year() > at.Year() && !next.IsUnread() {
			t.Fatalf("%d has no week %d, which reads %s", at.Year(), week+1, notation(next, true))
		}
	}
}
