package documents

import (
	"regexp"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/headings"
)

// Dates that stand as numbers without a mark: 20250131, 310125, the days that a spreadsheet counts (45688), the seconds that a
// program does (1738281600). A column has one form; a number alone says nothing.

// packing is a form of such numbers.
type packing struct {
	layout string // of package time; empty where the number is counted
	of     func(text string) (time.Time, bool)
}

const (
	firstPacked = 1990
	lastPacked  = 2079
)

// packings are the forms of dates of so many digits, the likeliest first.
var packings = map[int][]packing{
	8:  {{layout: "20060102"}, {layout: "02012006"}, {layout: "01022006"}},
	6:  {{layout: "020106"}, {layout: "060102"}, {layout: "010206"}},
	5:  {{of: spreadsheetDay}},
	10: {{of: unixSecond}},
	13: {{of: unixMilli}},
}

func spreadsheetDay(text string) (time.Time, bool) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return time.Time{}, false
	}
	day, err := excelize.ExcelDateToTime(n, false)
	return day, err == nil
}

func unixSecond(text string) (time.Time, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return time.Unix(n, 0).UTC(), err == nil
}

func unixMilli(text string) (time.Time, bool) {
	n, err := strconv.ParseInt(text, 10, 64)
	return time.UnixMilli(n).UTC(), err == nil
}

// day is the day that a number is in this form; false for none that may be of a plan.
func (p packing) day(text string) (time.Time, bool) {
	var day time.Time
	ok := false
	if p.of != nil {
		day, ok = p.of(text)
	} else if t, err := time.Parse(p.layout, text); err == nil {
		day, ok = t, true
	}
	return day, ok && day.Year() >= firstPacked && day.Year() <= lastPacked
}

const span = `(?:week|wk|w|day|d|month|m|sprint|iteration)`

var (
	packedDay = regexp.MustCompile(`^\d{5,13}(?:\.\d+)?$`)
	countedBy = regexp.MustCompile(`(?i)^(?:-?\d{1,3}(?:\.\d+)?|` + span + `s?[ .:#-]*\d{1,3}(?:\s*(?:-|–|to|&|,)\s*(?:` + span + `s?[ .:#-]*)?\d{1,3})*)$`)
)

// learnPacked sees which columns of dates hold such numbers, and which only count.
func (r learner) learnPacked(rows []row) {
	l := r.layout
	for _, i := range l.dateColumns() {
		if l.headings[i].sure == 2 && l.headings[i].as == Further || !allMatch(rows, i, packedDay) && !onlyOne(rows, i, packedDay) {
			r.passCounted(rows, i)
			continue
		}
		forms := formsOf(rows, i)
		if len(forms) == 0 {
			continue
		}
		l.headings[i].packed, l.headings[i].packedOr = &forms[0], len(forms) > 1
		r.note("The dates of the column %.40q stand as numbers such as %s, and were read as days: this one as %s.", l.headings[i].text, firstIn(rows, i), mustDay(forms[0], firstIn(rows, i)))
	}
}

// passCounted takes from a column of dates its field where it only counts: "start 0, end 5".
func (r learner) passCounted(rows []row, i int) {
	l := r.layout
	if l.headings[i].sure > 1 || !allMatch(rows, i, countedBy) {
		return
	}
	if dated, _ := r.datesIn(rows, i); dated > 0 {
		return
	}
	r.note("The column %.40q counts, as in %.40q, and names no day: it dates nothing, and its values are kept beside each milestone.", l.headings[i].text, firstIn(rows, i))
	l.headings[i].as, r.saidDates = Unread, r.saidDates || l.headings[i].as != Start
}

// onlyOne says whether a column has one value, and that of a form.
func onlyOne(rows []row, column int, form *regexp.Regexp) bool {
	count, match := 0, false
	for _, in := range rows {
		if c := in.at(column); !isNothing(c.text) {
			count++
			match = c.read == "" && form.MatchString(c.text)
		}
	}
	return count == 1 && match
}

func firstIn(rows []row, column int) string {
	for _, in := range rows {
		if c := in.at(column); !isNothing(c.text) {
			return c.text
		}
	}
	return ""
}

func mustDay(p packing, text string) string {
	day, _ := p.day(text) // the form was tried on it
	return day.Format(time.DateOnly)
}

// formsOf are the forms that every number of a column has.
func formsOf(rows []row, column int) (forms []packing) {
	digits := 0
	for _, in := range rows {
		c := in.at(column)
		if isNothing(c.text) {
			continue
		}
		if n := whole(c.text); digits == 0 {
			digits = n
			forms = append(forms, packings[n]...)
		} else if n != digits {
			return nil
		}
		kept := forms[:0]
		for _, p := range forms {
			if _, ok := p.day(c.text); ok {
				kept = append(kept, p)
			}
		}
		forms = kept
	}
	return forms
}

// whole is how many digits a number has before its point.
func whole(text string) int {
	for i, c := range text {
		if c == '.' {
			return i
		}
	}
	return len(text)
}

// readPacked gives the cells of such a column the day that they are. Where the numbers can be read in several ways it is asked.
func (r learner) readPacked(rows []row) {
	for i, h := range r.layout.headings {
		if h.packed == nil {
			continue
		}
		for _, in := range rows {
			if i >= len(in.cells) || !packedDay.MatchString(in.cells[i].text) {
				continue
			}
			day, ok := h.packed.day(in.cells[i].text)
			if !ok {
				continue
			}
			in.cells[i].read = day.Format(time.DateOnly)
			if h.packedOr {
				in.cells[i].doubt = period.Ambiguous
			}
		}
	}
}

// learnParted finds a date that stands in two columns: "Month" and "Year", "Quarter" and "Year".
func (r learner) learnParted(rows []row) {
	l := r.layout
	if !l.has(Title, Deliverable, Scheme) || l.has(Date, Finish) {
		return
	}
	year, part := -1, -1
	for i, h := range l.headings {
		if h.as != Unread && h.as != Date || h.sure > 1 {
			continue
		}
		switch headings.Key(h.text) {
		case "year":
			if allMatch(rows, i, yearAlone) {
				year = i
			}
		case "month", "quarter", "qtr", "target month", "due month", "target quarter":
			if allMatch(rows, i, partOfYear) {
				part = i
			}
		}
	}
	if year < 0 || part < 0 {
		return
	}
	l.headings[part].as, l.headings[part].years = Date, year+1
	r.saidDates = true
	r.note("The columns %.40q and %.40q were read together as the delivery date.", l.headings[part].text, l.headings[year].text)
}

var partOfYear = regexp.MustCompile(`(?i)^(?:q ?[1-4]|` + monthNames + `)$`)

// readParted joins the two parts of such dates.
func (l *layout) readParted(rows []row) {
	for i, h := range l.headings {
		if h.years == 0 {
			continue
		}
		for _, in := range rows {
			if year := in.at(h.years - 1).text; i < len(in.cells) && in.cells[i].text != "" && year != "" {
				in.cells[i].whole, in.cells[i].text = in.cells[i].verbatim(), in.cells[i].text+" "+year
			}
		}
	}
}
