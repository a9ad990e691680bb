package documents

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"milepost.dev/domain/period"
)

var (
	monthWord   = regexp.MustCompile(`(?i)\b` + monthNames + `\b`)
	numericDate = regexp.MustCompile(`^\d{1,4}[-/. ]\d{1,2}[-/. ]\d{1,4}(?:[ T]|$)`)
	dayAndMonth = regexp.MustCompile(`(?i)^(?:\d{1,2}[- /]` + monthNames + `|` + monthNames + `[- /]\d{1,2})$`)
)

// excelDate says what the date in a cell is read from, and what is doubtful about it. Excel keeps a date as a number of
// days, and shows of it what the cell's format says.
//
// A cell that shows a day and a month without a year is what Excel makes of "Mar-18" when somebody types it and
// means March 2018: the 18th of March of the year in which it was typed. Nobody can tell, so a person is asked.
func excelDate(raw, shown string, date1904 bool) (read, doubt string) {
	serial, err := strconv.ParseFloat(raw, 64)
	if err != nil || serial < 1 || serial > 2_958_465 || raw == shown {
		return "", ""
	}
	if !monthWord.MatchString(shown) && !numericDate.MatchString(shown) {
		return "", ""
	}
	day, err := excelize.ExcelDateToTime(serial, date1904)
	if err != nil {
		return "", ""
	}
	iso := day.Format(time.DateOnly)
	switch {
	case showsMonthAndYear(shown, day):
		return "", "" // "Mar-18" is March 2018, and reads as that
	case dayAndMonth.MatchString(shown):
		return iso, period.Ambiguous
	}
	return iso, ""
}

// showsMonthAndYear says whether a cell shows no day: "Mar-18", "March 2018".
func showsMonthAndYear(shown string, day time.Time) bool {
	rest := strings.Trim(monthWord.ReplaceAllString(shown, ""), " -/'.,")
	year := day.Format("2006")
	if rest == year {
		return true
	}
	// With two digits it may be the day as well: "Mar-18" is a month where the format put the month first.
	return rest == year[2:] && !strings.HasPrefix(strings.TrimSpace(shown), rest) && (day.Format("02") != rest || day.Day() == 1)
}
