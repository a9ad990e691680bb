package documents

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/headings"
)

// Mapping overrides what the columns of a document are read as. It is a small YAML file that is kept with the
// plan.
type Mapping struct {
	// Columns says what a heading is read as: the heading as the document has it, in any case and spacing, to the
	// name of a field, or "ignore".
	Columns map[string]string `yaml:"columns"`
	// HeaderRow is the row or line of the header, where it cannot be found; 0 looks for it.
	HeaderRow int `yaml:"header_row"`
	// Start, End and Dated are the plan's period and the document's own date.
	Start string `yaml:"plan_start"`
	End   string `yaml:"plan_end"`
	Dated string `yaml:"dated"`
	// DateOrder says what comes first in a date of numbers: "day" or "month".
	DateOrder string `yaml:"date_order"`
	// FinancialYear is the month that the financial year begins in, from 1; 0 for April.
	FinancialYear int `yaml:"financial_year"`
	// Weeks says how weeks are counted: "iso" or "sunday".
	Weeks string `yaml:"weeks"`
	// Quarters says which kind of year a quarter without a year is of: "calendar" or "financial".
	Quarters string `yaml:"quarters"`
	// MonthsFrom is the month that the plan counts as its month 1, YYYY-MM.
	MonthsFrom string `yaml:"months_from"`
	// Sheets says of which day a sheet of a workbook is that holds its own history, by the name of the sheet: a day, or ignore.
	Sheets map[string]string `yaml:"sheets"`
	// TimeZone is the IANA time zone in which the days of the plan begin and end.
	TimeZone string `yaml:"time_zone"`
}

// ReadMapping reads a mapping file. Its errors are *Unreadable and name all that is wrong.
func ReadMapping(in io.Reader) (*Mapping, error) {
	d := yaml.NewDecoder(io.LimitReader(in, 1<<20))
	d.KnownFields(true)
	m := &Mapping{}
	if err := d.Decode(m); err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable("mapping", "The mapping file cannot be read: %v.", err)
	}
	var wrong []string
	for _, heading := range slices.Sorted(maps.Keys(m.Columns)) {
		field := m.Columns[heading]
		if _, ok := headings.Named(field); !ok {
			wrong = append(wrong, fmt.Sprintf("%q is read as %q, and there is no such field", heading, field))
		}
	}
	for _, day := range []string{m.Start, m.End, m.Dated} {
		if _, err := civil.Parse(day); day != "" && err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	for _, sheet := range slices.Sorted(maps.Keys(m.Sheets)) {
		if says := m.Sheets[sheet]; says != ignoredSheet {
			if _, err := civil.Parse(says); err != nil || says == "" {
				wrong = append(wrong, fmt.Sprintf("the sheet %q is said to be of %q, which is neither a day (2024-03-31) nor %s", sheet, says, ignoredSheet))
			}
		}
	}
	if m.FinancialYear < 0 || m.FinancialYear > 12 {
		wrong = append(wrong, fmt.Sprintf("financial_year is the number of a month, and %d is none", m.FinancialYear))
	}
	if _, ok := firstOfMonth(m.MonthsFrom); !ok {
		wrong = append(wrong, fmt.Sprintf("months_from is a month such as 2017-04, and %q is not", m.MonthsFrom))
	}
	for _, c := range []struct {
		key, value string
		known      bool
	}{
		{"date_order", m.DateOrder, orders[m.DateOrder] != 0}, {"weeks", m.Weeks, weeks[m.Weeks] != 0}, {"quarters", m.Quarters, quarters[m.Quarters] != 0},
	} {
		if c.value != "" && !c.known {
			wrong = append(wrong, fmt.Sprintf("%s cannot be %q", c.key, c.value))
		}
	}
	if len(wrong) > 0 {
		return nil, unreadable("mapping", "The mapping file has mistakes: %s. The fields are %s, and ignore.", strings.Join(wrong, "; "), strings.Join(fieldNames(), ", "))
	}
	return m, nil
}

// The words of the conventions by which dates are read.
var (
	orders   = map[string]dates.Order{"day": dates.DayFirst, "month": dates.MonthFirst}
	weeks    = map[string]dates.Weeks{"iso": dates.ISOWeeks, "sunday": dates.SundayWeeks}
	quarters = map[string]dates.Quarters{"calendar": dates.CalendarQuarters, "financial": dates.FinancialQuarters}
)

// conventions fills in by which conventions dates are read, where the caller does not say.
func (m *Mapping) conventions(s *dates.Settings) {
	s.Order, s.Weeks = cmp.Or(s.Order, orders[m.DateOrder]), cmp.Or(s.Weeks, weeks[m.Weeks])
	s.Quarters, s.FinancialYear = cmp.Or(s.Quarters, quarters[m.Quarters]), cmp.Or(s.FinancialYear, time.Month(m.FinancialYear))
	from, _ := firstOfMonth(m.MonthsFrom) // it was checked
	s.MonthsFrom = cmp.Or(s.MonthsFrom, from)
}

// monthOf is the first day of a month, YYYY-MM; 0 for an empty text.
func firstOfMonth(text string) (first civil.Date, ok bool) {
	if text == "" {
		return 0, true
	}
	if len(text) == len("2017-04") {
		first, _, ok = period.ISODays(text)
	}
	return first, ok
}

func fieldNames() (names []string) {
	for _, s := range headings.Synonyms {
		names = append(names, string(s.Field))
	}
	return append(names, string(Period))
}

// apply overrides what headings are read as.
func (m *Mapping) apply(found []heading, _ string) {
	if m == nil {
		return
	}
	for i, h := range found {
		for _, wanted := range slices.Sorted(maps.Keys(m.Columns)) {
			field := m.Columns[wanted]
			if named := headings.Key(wanted); h.text != "" && (named == headings.Key(h.text) || h.alone != "" && named == headings.Key(h.alone)) {
				found[i].as, _ = headings.Named(field)
				found[i].sure = 2 // surer than anything that was guessed
			}
		}
	}
}

func (m *Mapping) hasHeaderRow() bool { return m != nil && m.HeaderRow > 0 }

// isMappedHeader says whether a mapping names a row as the header, or most of its cells as headings.
func (r *parter) isMappedHeader(in row) bool {
	m := r.mapping
	if m == nil || in.prose {
		return false
	}
	if m.HeaderRow > 0 {
		return in.number == m.HeaderRow
	}
	known := 0
	for _, c := range in.cells {
		for wanted := range m.Columns {
			if c.text != "" && headings.Key(wanted) == headings.Key(c.text) {
				known++
			}
		}
	}
	return known > 0 && (known >= 2 || known == len(m.Columns))
}

// Conventions fills in by which conventions dates are read, by the words that a mapping file has for them; what is empty stays.
func Conventions(s *dates.Settings, order string, financialYear int, week, quarter, monthsFrom string) error {
	if financialYear < 0 || financialYear > 12 {
		return unreadable("mapping", "The financial year begins in a month from 1 to 12, and not in %d.", financialYear)
	}
	if _, ok := firstOfMonth(monthsFrom); !ok {
		return unreadable("mapping", "Months are counted from a month such as 2017-04, and %.40q is not one.", monthsFrom)
	}
	m := &Mapping{DateOrder: order, FinancialYear: financialYear, Weeks: week, Quarters: quarter, MonthsFrom: monthsFrom}
	m.conventions(s)
	return nil
}
