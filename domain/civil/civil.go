// Package civil holds dates as people write them: a day of the calendar, without a time or a zone.
package civil

import "time"

// Date is a day of the proleptic Gregorian calendar from 0001-01-01 (1) to 9999-12-31, counted in
// days. Dates compare and subtract as the numbers they are. The zero Date is no date at all.
type Date int32

// Last is the last day there is, 9999-12-31.
const Last Date = 3652059

// Of returns the day, and false where the calendar has no such day.
func Of(year int, month time.Month, day int) (Date, bool) {
	if year < 1 || year > 9999 || month < time.January || month > time.December ||
		day < 1 || day > lengthOf(year, month) {
		return 0, false
	}
	return of(year, int(month), day), true
}

// OfTime returns the day that it is at t in a place. It is no date outside the years 1 to 9999.
func OfTime(t time.Time, loc *time.Location) Date {
	d, _ := Of(t.In(loc).Date())
	return d
}

// FromNumber returns the day that is written as a number such as 20170331, and false where there is
// no such day. 0 is no date, and is well written.
func FromNumber(n int32) (Date, bool) {
	if n == 0 {
		return 0, true
	}
	return Of(int(n/10000), time.Month(n/100%100), int(n%100))
}

// Number writes the day as a number such as 20170331; no date is 0.
func (d Date) Number() int32 {
	y, m, day := d.parts()
	return int32(y*10000 + m*100 + day)
}

// String returns the ISO day, "2017-03-31"; no date is "".
func (d Date) String() string {
	if !d.valid() {
		return ""
	}
	y, m, day := d.parts()
	return string([]byte{
		digit(y / 1000), digit(y / 100), digit(y / 10), digit(y), '-',
		digit(m / 10), digit(m), '-', digit(day / 10), digit(day),
	})
}

// Span writes the days from one to another, "2017-04-01..2018-03-31"; where neither is said it is "".
func Span(start, end Date) string {
	if start == 0 && end == 0 {
		return ""
	}
	return start.String() + ".." + end.String()
}

func digit(n int) byte { return byte('0' + n%10) }

// IsZero says whether this is no date.
func (d Date) IsZero() bool { return d == 0 }

// Before says whether d is earlier than other. No date is neither earlier nor later than any.
func (d Date) Before(other Date) bool { return d != 0 && other != 0 && d < other }

// After says whether d is later than other. No date is neither earlier nor later than any.
func (d Date) After(other Date) bool { return other.Before(d) }

// AddDays returns the day n days later, or earlier where n is negative. It is no date where d is none
// or the calendar ends before.
func (d Date) AddDays(n int) Date {
	// A jump longer than the calendar leaves it; asked first, the sum below cannot overflow.
	if !d.valid() || n > int(Last) || n < -int(Last) {
		return 0
	}
	if sum := d + Date(n); sum.valid() {
		return sum
	}
	return 0
}

// DaysUntil returns the calendar days from d to another day: above 0 where that is later. It is 0
// where one of them is no date.
func (d Date) DaysUntil(to Date) int {
	if d == 0 || to == 0 {
		return 0
	}
	return int(to) - int(d)
}

// Year returns the year, 1 to 9999; 0 for no date.
func (d Date) Year() int { y, _, _ := d.parts(); return y }

// Month returns the month; 0 for no date.
func (d Date) Month() time.Month { _, m, _ := d.parts(); return time.Month(m) }

// Day returns the day of the month, 1 to 31; 0 for no date.
func (d Date) Day() int { _, _, day := d.parts(); return day }

// EndOfMonth returns the last day of the month that d is in; no date for no date.
func (d Date) EndOfMonth() Date {
	if !d.valid() {
		return 0
	}
	y, m, _ := d.parts()
	return of(y, m, lengthOf(y, time.Month(m)))
}

func (d Date) valid() bool { return 0 < d && d <= Last }

// The arithmetic is Howard Hinnant's ("chrono-compatible low-level date algorithms"): years that
// begin in March put the leap day last, and months then follow a straight line.
const (
	daysIn400Years = 146097
	marchYearZero  = 306 // days from 0000-03-01 to 0001-01-01
)

func of(year, month, day int) Date {
	if month < 3 {
		year, month = year-1, month+12
	}
	era, yearOfEra := year/400, year%400
	dayOfYear := (153*(month-3)+2)/5 + day - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return Date(era*daysIn400Years + dayOfEra - marchYearZero + 1)
}

func (d Date) parts() (year, month, day int) {
	if !d.valid() {
		return 0, 0, 0
	}
	n := int(d) + marchYearZero - 1
	era, dayOfEra := n/daysIn400Years, n%daysIn400Years
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/(daysIn400Years-1)) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	marchMonth := (5*dayOfYear + 2) / 153
	year, month, day = era*400+yearOfEra, marchMonth+3, dayOfYear-(153*marchMonth+2)/5+1
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day
}

func lengthOf(year int, month time.Month) int {
	switch month {
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case time.April, time.June, time.September, time.November:
		return 30
	default:
		return 31
	}
}
