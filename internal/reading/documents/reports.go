package documents

import (
	"regexp"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/reading/headings"
)

// A matrix of reports has a row for each milestone and a column for each day of a report: "Milestone | 31 Jan 2018 | 28 Feb 2018", as the
// table of a milestone trend chart. What stands in a column was told on the day of its heading: the newest is in force, and the others
// are history.

// reported is a column of a matrix of reports.
type reported struct {
	column      int
	version     headings.Version
	first, last civil.Date // of the time that its heading names; 0 for a month without a year
}

// reports are the columns of a row that head what each report said; none where it is not the header of a matrix. untold are its columns of
// dates below headings that count reports without saying of which day each is: "W1", "Report 2".
func (r table) reports(in row, next []row) (told []reported, untold []int) {
	title := -1
	if r.scanned || in.prose || in.across || in.chart != nil || !mayHeadReports(in) {
		return nil, nil
	}
	for i, c := range in.cells {
		switch h := r.names.headingOf(c.text, false); {
		case c.text == "":
		case title < 0:
			if h.as == Title && h.sure > 0.9 {
				title = i
			}
		default:
			if of, ok := r.reportOf(c); ok {
				of.column = i
				told = append(told, of)
			} else if countsReports.MatchString(c.text) {
				untold = append(untold, i)
			}
		}
	}
	if len(told)+len(untold) < leastReports || !r.holdForecasts(next, title, told, untold) {
		return nil, nil
	}
	return told, untold
}

const leastReports = 2

// mayHeadReports says at little cost whether a row may be the header of a matrix: nearly none is.
func mayHeadReports(in row) bool {
	words, times := false, 0
	for _, c := range in.cells {
		switch {
		case c.text == "":
		case len(c.text) <= 40 && (c.read != "" || strings.ContainsAny(c.text, "0123456789") || len(c.text) <= len("September") && monthAlone.MatchString(c.text)):
			times++
		default:
			words = words || len(c.text) <= maxHeading
		}
	}
	return words && times >= leastReports
}

var monthAlone = regexp.MustCompile(`(?i)^` + monthNames + `$`)

var (
	// besideReport are the words of a heading beside the day of its report.
	besideReport = regexp.MustCompile(`(?i)^(?:(?:as at|as of|at|report(?:ed|ing)?(?: date| of)?|status(?: date)?|return|position|w/?e|week ending|period ending|month ending)\b[ :]*)+|\b(?:report|return|status)$`)
	// countsReports is a heading that counts reports, and says no day of them.
	countsReports = regexp.MustCompile(`(?i)^(?:week|wk|w|report|return|update|status|period)[ ._-]*\d{1,3}$`)
)

// reportOf reads the heading of a report: a day, a week or a month.
func (r table) reportOf(c cell) (of reported, ok bool) {
	if len(c.text) > 40 || c.above {
		return of, false
	}
	text := strings.TrimSpace(besideReport.ReplaceAllString(c.text, ""))
	if v, ok := headings.Month(text); ok { // "Mar 18", and "Mar" of the year before the document's day
		of.version = v
		if of.last = v.AsAt(0); of.last != 0 {
			of.first = of.last.AddDays(1 - of.last.Day())
		}
		return of, true
	}
	if c.read != "" {
		text = c.read
	}
	if of.first, of.last, _ = read(text, r.settings); of.last == 0 || of.first.AddDays(6).Before(of.last) {
		of.first, of.last, _ = timeInName(text, r.settings)
	}
	of.version = headings.OfDay(of.last)
	return of, of.last != 0 && !of.first.AddDays(31).Before(of.last)
}

// holdForecasts says whether hardly anything but dates stands below the headings of reports, and the dates are not simply days of each
// heading's own month: then they are when something recurs.
func (r table) holdForecasts(next []row, title int, told []reported, untold []int) bool {
	dates, others, within := 0, 0, 0
	look := func(c cell, of reported) {
		switch {
		case isNothing(c.text):
		case r.isDay(c) || r.isPlainDate(c):
			dates++
			if due := r.dates(c).Due(); of.first != of.last && !due.Before(of.first) && !of.last.Before(due) {
				within++
			}
		case r.isDate(c): // "TBC"
		default:
			others++
		}
	}
	for n, in := range next {
		if n == datesAhead || in.blank() {
			break
		}
		if in.at(title).text == "" {
			continue
		}
		for _, of := range told {
			look(in.at(of.column), of)
		}
		for _, i := range untold {
			look(in.at(i), reported{})
		}
	}
	return dates >= leastReports && 10*others <= dates && 2*within <= dates
}

// reportedIn makes the headings of a matrix what they are: columns of dates, each of its own day.
func (r *parter) reportedIn(found []heading, told []reported, untold []int) {
	l := &layout{headings: found}
	if len(untold) > 0 && len(told) == 0 && !l.has(Date, Finish) {
		r.failed = unreadable("history-undated", "The columns headed %s hold dates, as if each were what one report said, and their headings do not say of which day. Write the day of its report over each column, or say with a mapping file which column holds (columns: {%q: delivery_date}).",
			quoted(l.texts(untold)), found[untold[len(untold)-1]].text)
		return
	}
	if len(told) < leastReports {
		return
	}
	for i, h := range found { // what was agreed stands beside what each report said
		if (h.as == Date || h.as == Finish) && h.sure <= 1 && agreed.MatchString(headings.Key(h.text)) {
			found[i].as = Further
		}
	}
	var newest civil.Date
	for _, of := range told {
		h := &found[of.column]
		if h.sure > 1 { // a mapping file says what it is
			continue
		}
		h.as, h.sure, h.version, h.report = Date, 1, of.version, true
		newest = max(newest, of.last)
	}
	if r.settings.Dated == 0 {
		r.settings.Dated = newest
	}
	r.note("The columns from %.40q to %.40q are read as what %d reports said, each as at the day of its heading.", found[told[0].column].text, found[told[len(told)-1].column].text, len(told))
}

var agreed = regexp.MustCompile(`\b(?:planned|plan|agreed|baselined?|original|target|approved|contract)\b`)

func (l *layout) texts(columns []int) (texts []string) {
	for _, i := range columns {
		texts = append(texts, l.headings[i].text)
	}
	return texts
}
