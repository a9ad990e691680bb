package documents

import (
	"fmt"
	"strings"
)

// report counts the values of each column.
func (r learner) report(rows []row) {
	l := r.layout
	for i, h := range l.headings {
		for len(l.columns) <= i {
			l.columns = append(l.columns, nil)
		}
		if l.columns[i] == nil && h.text != "" {
			l.columns[i] = r.columnOf(h, l, i+1)
		}
	}
	for _, in := range rows {
		if r.scanned {
			in = r.specks(in)
		}
		for i, c := range in.cells {
			if c.text == "" {
				if c.colour != "" && i < len(l.columns) && l.columns[i] != nil && (l.columns[i].As == RAG || l.columns[i].As == Status) {
					l.columns[i].coloured++
				}
				continue
			}
			for len(l.columns) <= i {
				l.columns = append(l.columns, nil)
			}
			if l.columns[i] == nil {
				h := heading{}
				if i < len(l.headings) && l.headings[i].as == Title {
					h = l.headings[i] // it was known by what stands in it
				}
				l.columns[i] = r.columnOf(h, l, i+1)
			}
			l.columns[i].Rows++
			if c.colour != "" && c.whole == "colour "+c.colour {
				l.columns[i].byColour++
			}
			if l.columns[i].As == Unread {
				l.columns[i].Unread++
			}
		}
	}
}

// columnOf is the column of the report that a heading counts for: the same for a header that is repeated, and another one
// for each of several headings of one header that are read as the same field.
func (r learner) columnOf(h heading, l *layout, number int) *Column {
	for _, c := range r.columns {
		if c.Sheet != r.sheet || c.As != h.as {
			continue
		}
		if c.Header == h.text || h.as != Unread && h.as != Period && len(l.all(h.as)) == 1 {
			return c
		}
	}
	c := &Column{Header: h.text, As: h.as, Sheet: r.sheet, Line: l.line, Number: number}
	r.columns = append(r.columns, c)
	return c
}

// unread counts a value of a field that nothing was made of.
func (r table) unread(f Field) {
	if i := r.layout.column(f); i >= 0 && i < len(r.layout.columns) && r.layout.columns[i] != nil {
		r.layout.columns[i].Unread++
	}
}

// noteHidden names the columns of a table that are hidden and were read all the same.
func (r learner) noteHidden() {
	var names []string
	for _, h := range r.layout.headings {
		if h.hidden && h.as != Unread && h.text != "" {
			names = append(names, fmt.Sprintf("%.40q", h.text))
		}
	}
	if len(names) > 0 {
		r.note("These columns are hidden in the spreadsheet, and were read: %s. A mapping file can leave them out.", strings.Join(names, ", "))
	}
}
