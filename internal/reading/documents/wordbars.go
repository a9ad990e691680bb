package documents

import (
	"slices"
	"strings"
	"unicode"

	"milepost.dev/domain/period"
)

// Bars with words: a roadmap has what is to be done in the cells of its chart, over the weeks or months that it takes, and to the left of
// them whose it is. Each bar is a row of its own.

// isWords says whether a cell of a chart says what is to be done.
func isWords(c cell) bool {
	return !c.above && len(c.text) > 3 && !isTick(c) && !isBarMark(c.text) && strings.ContainsFunc(c.text, unicode.IsLetter)
}

// hasWords says whether words are the bars of a chart: several, and mostly others each time. Columns that are periods by themselves hold
// lists, and are read as that, unless a bar runs over several.
func (c *chart) hasWords(body []row) bool {
	count, wide := 0, 0
	texts := map[string]bool{}
	for _, in := range body {
		for k := c.from; k < c.to; k++ {
			cell := in.at(k)
			if cell.text != "" && !cell.above && !isWords(cell) && !isBarMark(cell.text) {
				return false
			}
			if isWords(cell) {
				count++
				texts[cell.text] = true
				wide += min(cell.wide, 1)
			}
		}
	}
	periods := 0
	for _, t := range c.ticks {
		if _, ok := periodHeading(t.label); ok {
			periods++
		}
	}
	return count >= 3 && 3*len(texts) >= 2*count && (wide > 0 || periods < len(c.ticks))
}

// worded are the rows that a row of such a chart makes: one for each bar with words.
func (c *chart) wordedRows(in row) (rows []row) {
	label := in.at(c.title)
	for k := c.from; k < c.to; k++ {
		words := in.at(k)
		if !isWords(words) {
			continue
		}
		last := min(k+words.wide, c.to-1)
		for words.wide == 0 && words.colour != "" && words.colour != c.paper && last+1 < c.to && in.at(last+1).text == "" && in.at(last+1).colour == words.colour {
			last++
		}
		one := row{number: in.number, hidden: in.hidden, barred: true, asks: slices.Clone(in.asks)}
		one.cells = slices.Clone(in.cells[:min(c.from, len(in.cells))])
		for len(one.cells) < c.at {
			one.cells = append(one.cells, cell{row: in.number, column: len(one.cells) + 1})
		}
		if label.text == "" {
			one.cells[c.title] = c.under
		}
		words.above = false
		one.cells = append(append(one.cells, words), c.said(in, nil, k, last)...)
		c.askWords(&one, words, k, last)
		rows = append(rows, one)
	}
	if label.text != "" {
		c.under = label
		c.under.above = false
	}
	return rows
}

// wordless is a row of such a chart that has no words in it: a bar of what the row is called, or nothing.
func (c *chart) wordless(in row) row {
	called := in.at(c.title)
	if in = c.row(in); !in.barred {
		return in
	}
	if called.above { // it is the lower part of the row above
		in.cells, in.barred = nil, false
		return in
	}
	in.cells = slices.Insert(slices.Clone(in.cells), c.at, called)
	return in
}

// namesSpans takes a row right below the head that says which days its ticks are: "8.12.2023 to 21.12.2023".
func (c *chart) namesSpans(in row) bool {
	days, others := 0, 0
	for k := c.from; k < c.to; k++ {
		switch text := in.at(k).text; {
		case text == "":
		case mayHoldDate(text):
			days++
		default:
			others++
		}
	}
	if in.number != c.head.number+1 || days < leastTicks || others > 0 {
		return false
	}
	for i, t := range c.ticks {
		if text := oneLine(in.at(t.column).text); text != "" {
			c.ticks[i].label = t.label + " (" + text + ")"
		}
	}
	return true
}

// askWords puts the words of the bars to a person, once.
func (c *chart) askWords(in *row, words cell, first, last int) {
	if !c.asked {
		in.asks = append(in.asks, Doubt{period.Ambiguous, Title, words.text, "The words of this sheet stand in the bars of a chart, from " + c.label(first) + " to " + c.label(last) + " in this one: each was read as a milestone. Is that right? It is asked once, of the first."})
	}
	c.asked = true
}

// ofWords takes the columns of such a chart as what they are.
func (l *layout) ofWords(c *chart) {
	for i := range l.headings {
		if i < c.at {
			l.headings[i].as = Unread
		}
	}
	l.headings[c.title].as, l.headings[c.at].as = Scheme, Title
}
