package documents

import (
	"regexp"
	"slices"
	"strings"

	"milepost.dev/internal/reading/headings"
)

// A Gantt chart stands to the right of a table: its head counts days, weeks or months, and its body holds marks and colours.
// The dates stand in columns of the table, so the chart is left out.

// tick is what the head of a chart counts in: "Week 3", "W3", "Mon", "M", "14", "Jan 25", "06/01/2025".
var tick = regexp.MustCompile(`(?i)^(?:(?:week|wk|w|kw|cw|day|d|month|m|sprint|quarter|q|period|p)[ .-]*\d{1,3}|\d{1,2}|` +
	`(?:\pL|mo|tu|we|th|fr|sa|su|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)(?:day|nesday|urday)?|` +
	`(?:\d{1,2}[ /-])?` + monthNames + `(?:[ /'-]{1,2}(?:\d{2}|\d{4}))?|\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|20\d\d-\d\d-\d\d|q[1-4] ?'?(?:20)?\d\d|20\d\d|h[12])$`)

func isTick(c cell) bool { return c.read != "" || len(c.text) < 16 && tick.MatchString(c.text) }

// leastTicks is how many ticks side by side are a chart, and not columns of the table.
const leastTicks = 3

// timelineOf is the first column of the chart whose head a row has to the right of a heading for a date, or -1.
func (n *names) timelineOf(in row) int {
	filled := in.filled()
	first := len(filled)
	for first > 0 && isTick(in.at(filled[first-1])) {
		first--
	}
	if len(filled)-first < leastTicks || first == 0 {
		return -1
	}
	for _, i := range filled[:first] {
		switch n.headingOf(in.at(i).text, false).as {
		case Date, Start, Finish:
			return filled[first]
		}
	}
	if len(filled)-first > leastTicks && allCount(in, filled[first:]) {
		titled, told := false, false
		for _, i := range filled[:first] {
			f, ok := headings.Exact(headings.Key(in.at(i).text))
			titled, told = titled || ok && f == Title, told || ok && (f == Status || f == Owner)
		}
		if titled && told {
			return filled[first]
		}
	}
	return -1
}

// allCount says whether cells all count spans of time in words: "Week 3".
func allCount(in row, columns []int) bool {
	return !slices.ContainsFunc(columns, func(i int) bool { return !countedTick.MatchString(in.at(i).text) })
}

// upTo is the row without what stands from a column on; all of it where that is -1.
func (r row) upTo(column int) row {
	if column >= 0 && column < len(r.cells) {
		r.cells = r.cells[:column:column]
	}
	return r
}

// isTimelineHead says whether a row right below a header is a further line of a chart's head: ticks, and nothing left of
// the last date of the table.
func (r *parter) isTimelineHead(in row) bool {
	filled := in.filled()
	if r.scanned || r.layout == nil || len(r.stretch) > 0 || len(filled) < leastTicks || r.last.number != in.number-1 || r.layout.column(Title) < 0 {
		return false
	}
	if dated := max(r.layout.column(Date), r.layout.column(Finish), r.layout.column(Start)); dated < 0 || filled[0] <= dated {
		return false
	}
	for _, i := range filled {
		if !isTick(in.at(i)) {
			return false
		}
	}
	return true
}

// leaveOut takes the columns from one on as those of a chart, which are not read.
func (l *layout) leaveOut(from, to int) {
	for len(l.headings) < to {
		l.headings = append(l.headings, heading{})
	}
	for i := from; i < len(l.headings); i++ {
		l.headings[i] = heading{text: l.headings[i].text, as: Ignored, line: l.headings[i].line}
	}
}

// ofChart takes the columns of the head of a chart as what they are.
func (l *layout) ofChart(c *chart) {
	l.charted = true
	if c.worded {
		l.ofWords(c)
		return
	}
	if !l.has(Title) {
		l.headings[c.title].as = Title
	}
	for i, h := range l.headings {
		if h.as == Period || h.as == Deliverable || h.as == Scheme && i == c.title {
			l.headings[i].as = Unread
		}
	}
}

// learnPeriods sees whether periods stand to the right of a table that has a column of dates with dates in it: then it is a
// plan, and its rows are the milestones. What stands below the periods stays beside each, unless it is only marks.
func (r learner) learnPeriods(rows []row) {
	l := r.layout
	periods, dated := l.all(Period), max(l.column(Date), l.column(Finish))
	if len(periods) == 0 || dated < 0 || !l.has(Title) || dated > periods[0] {
		return
	}
	dates, marks, others := 0, 0, 0
	for _, in := range rows {
		if r.isDate(in.at(dated)) {
			dates++
		}
		for _, i := range periods {
			switch text := in.at(i).text; {
			case text == "":
			case len([]rune(text)) <= 2 && strings.Trim(text, "0123456789") != "":
				marks++
			default:
				others++
			}
		}
	}
	if dates == 0 {
		return
	}
	for _, i := range periods {
		l.headings[i].as = Unread
		if others == 0 || marks > others {
			l.headings[i].as = Ignored
		}
	}
}

// noteChart says which columns of a table are those of a chart.
func (r learner) noteChart() {
	count, first := 0, ""
	for _, h := range r.layout.headings {
		if h.as == Ignored && h.sure <= 1 {
			if count++; first == "" {
				first = h.text
			}
		}
	}
	if count > 0 {
		r.note("To the right of the table in line %d stands a chart (%d columns, the first headed %.40q). Its marks were not read: the dates have columns of their own.", r.layout.line, count, first)
	}
}
