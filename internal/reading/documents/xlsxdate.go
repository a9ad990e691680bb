package documents

import (
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"milepost.dev/domain/period"
)

// lastSerial is the number of the last day that a spreadsheet can show, 31 December 9999.
const lastSerial = 2_958_465

// excelDate says what the date in a cell is read from, and what is doubtful about it. Excel keeps a date as a number of
// days. That number counts, and not what the cell's format shows of it: a format may leave out the year, or put the
// month before the day. The first of a month in a format without a day is the month, because that is how Excel
// keeps "Mar-18" when somebody types it.
//
// Some versions of Excel keep that "Mar-18" as the 18th of March of the year in which it was typed, and show it as "18-Mar".
// Where the day can be the year in that way, a person is asked.
func excelDate(raw string, format dateFormat, date1904 bool) (read, doubt string) {
	serial, err := strconv.ParseFloat(raw, 64)
	if err != nil || format == noDate || serial < 1 || serial > lastSerial {
		return "", ""
	}
	day, err := excelize.ExcelDateToTime(serial, date1904)
	if err != nil {
		return "", ""
	}
	switch {
	case format == monthOnly && day.Day() == 1:
		return day.Format("January 2006"), ""
	case format == dayMonth && near(2000+day.Day(), day.Year()):
		return day.Format(time.DateOnly), period.Ambiguous
	}
	return day.Format(time.DateOnly), ""
}

// near says whether two years are so close that the one can be meant where the other is kept.
func near(a, b int) bool { return a-b <= 3 && b-a <= 3 }
