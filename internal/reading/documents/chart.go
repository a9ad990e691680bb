package documents

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/headings"
)

// A Gantt chart without columns of dates: its head counts days, weeks or months, and the bars below it say when. They are read before
// the rows are parted: the head becomes the header of a table, and each bar two cells, for its first and its last day.

// charts reads the charts of a document.
type charts struct {
	table
	note func(format string, args ...any)
	off  bool // a mapping says where the header is

	open   *chart  // that the rows stand below
	above  *ticked // the row above, where it counts something too
	looked bool    // the first rows of the sheet were looked at: a chart begins there or nowhere
}

// chart is the head of a chart, and what its body looks like.
type chart struct {
	head   row
	ticks  []tickAt
	title  int // the column of what is to be done
	from   int // the first column of the chart
	to     int // the column behind its last
	at     int // the columns that are added begin here
	dated  bool
	paper  string // the colour of most of its cells, which is no bar
	shaded map[int]string
	asked  bool
	worded bool // its bars are words
	under  cell // whose the bars of the rows above are
}

const (
	leastHead  = 4  // ticks, from which a row is the head of a chart
	chartAhead = 60 // rows below a head are looked at to see whether bars stand below it
)

// begin forgets the chart of the sheet before.
func (c *charts) begin() { c.open, c.above, c.looked = nil, nil, false }

// read turns the charts among rows into tables. A row with several bars of words becomes several.
func (c *charts) read(rows []row) []row {
	if c.text || c.scanned || c.off {
		return rows
	}
	var read []row
	for i := range rows {
		if !c.looked {
			found := c.chartAt(rows, i, c.ticksOf(rows, i))
			c.above = c.over(rows[i])
			if found != nil {
				c.begins(found, rows, i)
				continue
			}
		}
		if c.open != nil && rows[i].number > c.open.head.number && !c.open.worded {
			rows[i] = c.open.row(rows[i])
		}
	}
	c.looked = c.looked || len(rows) > 0
	if c.open == nil || !c.open.worded {
		return rows
	}
	for _, in := range rows {
		if c.open.namesSpans(in) {
			in.cells, in.across = nil, false
			read = append(read, in)
			continue
		}
		if made := c.open.wordedRows(in); in.number > c.open.head.number && len(made) > 0 {
			read = append(read, made...)
			continue
		}
		if in.number > c.open.head.number && in.chart == nil {
			in = c.open.wordless(in)
		}
		read = append(read, in)
	}
	return read
}

// begins makes the header of a table of the head of a chart. The headings of its other columns may stand in the row above it or
// in the one below.
func (c *charts) begins(found *chart, rows []row, i int) {
	c.open = found
	cells := slices.Clone(found.head.cells)
	for len(cells) < found.to {
		cells = append(cells, cell{row: found.head.number, column: len(cells) + 1})
	}
	for _, near := range []int{i - 1, i + 1} {
		if near < 0 || near >= len(rows) || !c.names.headsChart(rows[near], found) {
			continue
		}
		for k := range found.from {
			if cells[k].text == "" || cells[k].above {
				cells[k] = rows[near].at(k)
			}
		}
		rows[near].cells, rows[near].across = nil, false
	}
	for k := found.from; k < found.to; k++ {
		cells[k].text, cells[k].read, cells[k].colour = "", "", ""
	}
	found.at = len(cells)
	for _, heading := range found.added() {
		cells = append(cells, cell{text: heading, row: found.head.number, column: found.from + 1})
	}
	rows[i].cells, rows[i].chart, rows[i].across = cells, found, false
	where := "The dates of its rows were read from the bars below it, which are cells with a colour or a mark: the first day of a bar and the last."
	if !found.dated {
		where = "It names no day of a calendar, so that its bars date nothing: from where to where each goes stands beside its row."
	}
	c.note("Row %d is the head of a chart, from %q to %q. %s", found.head.number, found.ticks[0].label, found.ticks[len(found.ticks)-1].label, where)
}

// added are the headings of the columns that are made of the bars.
func (c *chart) added() (names []string) {
	if c.worded {
		names = append(names, "Words (chart)")
	}
	if c.dated {
		return append(names, "Start (chart)", "Finish (chart)")
	}
	return append(names, "In the chart")
}

// headsChart says whether a row beside the head of a chart has the headings of the columns to the left of it, and over the chart nothing
// but ticks.
func (n *names) headsChart(in row, c *chart) bool {
	known := false
	for i, cell := range in.cells {
		switch {
		case cell.text == "" || cell.above:
		case i >= c.from && (!isTick(cell) || strings.EqualFold(cell.text, "x")) && !spanWord.MatchString(cell.text):
			return false
		case i < c.from:
			known = known || n.headingOf(cell.text, false).as != Unread
		}
	}
	for k := c.from; k < c.to; k++ {
		if bar, _ := c.barred(in, k); bar && !isTick(in.at(k)) && in.number > c.head.number {
			return false // a row of the body, whatever its words resemble
		}
	}
	return known && in.number >= c.head.number-1 && in.number <= c.head.number+1
}

// chartAt is the chart of which a row is the head, or nil: nothing else in the row or beside it is a heading for a date, and bars stand
// below it.
func (c *charts) chartAt(rows []row, i int, head *ticked) *chart {
	if head == nil {
		return nil
	}
	if i+1 < len(rows) {
		above := c.above
		c.above = c.over(rows[i])
		finer := c.ticksOf(rows, i+1)
		if c.above = above; finer != nil && (len(finer.ticks) > len(head.ticks) || len(finer.ticks) == len(head.ticks) && !head.dated) {
			return nil
		}
	}
	first, last := head.ticks[0], head.ticks[len(head.ticks)-1]
	found := &chart{head: rows[i], ticks: head.ticks, dated: head.dated, from: first.column, to: last.column + head.width()}
	if slices.ContainsFunc(rows[i].cells[:found.from], func(in cell) bool { return in.read != "" }) {
		return nil // a row of days
	}
	body := rows[i+1 : min(len(rows), i+1+chartAhead)]
	for _, near := range rows[max(0, i-1):min(len(rows), i+3)] {
		for k, cell := range near.cells {
			if k >= found.from && k < found.to || cell.text == "" {
				continue
			}
			switch c.names.headingOf(cell.text, false).as {
			case Date, Start, Finish, Actual:
				if slices.ContainsFunc(body, func(in row) bool { return c.isDate(in.at(k)) || bareTick.MatchString(in.at(k).text) }) {
					return nil
				}
			}
		}
	}
	if found.title = c.titles(found, body); found.title < 0 {
		return nil
	}
	found.look(body)
	if found.worded = found.hasWords(body); !found.worded && !found.hasBars(body) {
		return nil
	}
	return found
}

// titles is the column to the left of a chart that says what is to be done: by its heading, else the one with the most words.
func (c *charts) titles(found *chart, body []row) int {
	best, most := -1, 1
	for k := range found.from {
		words := 0
		for _, in := range body {
			if cell := in.at(k); !cell.above && cell.read == "" && strings.ContainsFunc(cell.text, unicode.IsLetter) {
				words++
			}
		}
		if words > 1 && c.names.headingOf(found.head.at(k).text, false).as == Title {
			return k
		}
		if words > most {
			best, most = k, words
		}
	}
	return best
}

// isFurtherHead says whether a row right below the head only counts as well: weekdays below days.
func (c *chart) isFurtherHead(in row) bool {
	ticks := map[string]bool{}
	for k := c.from; k < c.to; k++ {
		if cell := in.at(k); cell.text != "" {
			if ticks[cell.text] = true; !isTick(cell) {
				return false
			}
		}
	}
	return in.number == c.head.number+1 && len(ticks) >= leastTicks
}

// isBarMark says whether a text marks a cell as part of a bar: "x", "■", "==". A number is an amount of something, but for 1.
func isBarMark(text string) bool {
	runes := []rune(text)
	switch {
	case len(runes) == 0:
		return false
	case text == "1":
		return true
	case len(runes) > 3:
		return !unicode.IsLetter(runes[0]) && !unicode.IsDigit(runes[0]) && strings.Trim(text, string(runes[0])) == ""
	}
	return strings.IndexFunc(text, func(c rune) bool { return unicode.IsDigit(c) || unicode.IsSpace(c) || c == '%' }) < 0
}

// row is a row of the body with the days of its bar in cells of their own.
func (c *chart) row(in row) row {
	if c.isFurtherHead(in) {
		in.cells, in.across = nil, false
		return in
	}
	first, last, runs := -1, -1, 0
	for k := c.from; k < c.to; k++ {
		bar, _ := c.barred(in, k)
		if bar && (last != k-1 || first < 0) {
			runs++
		}
		if bar && first < 0 {
			first = k
		}
		if bar {
			last = k
		}
	}
	cells := slices.Clone(in.cells)
	for k := c.from; k < min(c.to, len(cells)); k++ {
		if cells[k].text == "" || isBarMark(cells[k].text) {
			cells[k].text, cells[k].read, cells[k].colour = "", "", ""
		}
	}
	in.cells = cells
	if f, known := headings.Exact(headings.Key(in.at(c.title).text)); first < 0 && known && f == Title && len(in.filled()) == 1 {
		in.cells, in.across = nil, false // the heading of the column, below the head
		return in
	}
	if first < 0 || in.at(c.title).text == "" {
		return in
	}
	for len(in.cells) < c.at {
		in.cells = append(in.cells, cell{row: in.number, column: len(in.cells) + 1})
	}
	in.cells = append(in.cells[:c.at:c.at], c.said(in, cells, first, last)...)
	in.barred, in.across = true, false
	c.ask(&in, first, last, runs)
	return in
}

// said are the cells that are made of a bar.
func (c *chart) said(in row, cells []cell, first, last int) []cell {
	from, _ := c.days(first)
	_, to := c.days(last)
	made := func(column int, text string) cell {
		return cell{text: text, whole: fmt.Sprintf("the bar from %.40q to %.40q", c.label(first), c.label(last)), row: in.number, column: column + 1}
	}
	if !c.dated {
		text := c.label(first)
		if last != first {
			text += " to " + c.label(last)
		}
		return []cell{made(first, text)}
	}
	begin, end := made(first, from.String()), made(last, to.String())
	begin.read, end.read = begin.text, end.text
	return []cell{begin, end}
}

// ask puts the chart to a person, once, and each bar that has gaps.
func (c *chart) ask(in *row, first, last, runs int) {
	text := fmt.Sprintf("%.40s to %.40s", c.label(first), c.label(last))
	switch {
	case !c.asked && c.dated:
		in.asks = append(in.asks, Doubt{period.Ambiguous, Finish, text, "The dates of this sheet were read from the bars of a chart: of each the first day and the last. Are they right? It is asked once, of the first."})
	case !c.asked:
		in.asks = append(in.asks, Doubt{period.Relative, Date, text, "The head of the chart names no day of a calendar, so that no row below it has a date. It is asked once, of the first."})
	case runs > 1 && c.dated:
		in.asks = append(in.asks, Doubt{period.Ambiguous, Finish, text, fmt.Sprintf("The bar is in %d pieces: the first day of the first and the last day of the last were read.", runs)})
	}
	c.asked = true
}

// label is the tick under which a column stands.
func (c *chart) label(column int) string { return c.ticks[c.tickOver(column)].label }

func (c *chart) tickOver(column int) int {
	over := 0
	for i, t := range c.ticks {
		if t.column <= column {
			over = i
		}
	}
	return over
}

// days are the first and the last day of a column. Where a tick stands over several columns, each has an equal part of its days.
func (c *chart) days(column int) (first, last civil.Date) {
	if !c.dated {
		return 0, 0
	}
	i := c.tickOver(column)
	t := c.ticks[i]
	width := 1
	if i+1 < len(c.ticks) {
		width = c.ticks[i+1].column - t.column
	} else if i > 0 {
		width = t.column - c.ticks[i-1].column
	}
	days := int(t.last-t.first) + 1
	part := min(column-t.column, width-1)
	first = t.first + civil.Date(days*part/width)
	last = t.first + civil.Date(days*(part+1)/width) - 1
	return first, max(first, last)
}
