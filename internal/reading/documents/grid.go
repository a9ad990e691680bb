package documents

import (
	"strings"
	"unicode"

	"milepost.dev/internal/reading/dates"
)

// cell is one value with the place in the document where it stands.
type cell struct {
	text    string      // verbatim, but for the space around it, and for what whole says
	whole   string      // all that stands in it, where text is only a part of that
	read    string      // what a date in it is read from, where that is not the text: an Excel date as an ISO day
	doubt   string      // a review reason that comes with the value itself
	above   bool        // it stands in a row above, and a merged cell reaches down from there
	hidden  bool        // its column is hidden
	wide    int         // how many columns further to the right a merged cell reaches
	colour  string      // that it is filled with, as the workbook names it; empty for none, and for white
	order   dates.Order // of day and month, where its column proves one
	formula formula     // how its value came about
	row     int
	column  int // from 1, where it stands in the document, whatever column it is taken to belong to
}

// row is a line of a text or a row of a sheet. The place of a cell in the slice is the column it is taken to
// belong to, from 0.
type row struct {
	number int
	cells  []cell
	hidden bool
	across bool    // one merged cell runs across the row
	prose  bool    // a line of a text without any tab: no row of a table
	chart  *chart  // whose head it is
	barred bool    // a bar of a chart says when: it is no header
	asks   []Doubt // of what was made of it before it was parted
}

// blank says whether a row holds nothing. A formula without a value is something, though nobody knows what.
func (r row) blank() bool {
	for _, c := range r.cells {
		if c.text != "" || c.formula == unstored {
			return false
		}
	}
	return true
}

// at answers the cell of a column, or an empty one.
func (r row) at(column int) cell {
	if column < 0 || column >= len(r.cells) {
		return cell{row: r.number}
	}
	return r.cells[column]
}

// filled lists the columns that hold something.
func (r row) filled() (columns []int) {
	for i, c := range r.cells {
		if c.text != "" && !c.above {
			columns = append(columns, i)
		}
	}
	return columns
}

// own is the row without what merged cells of rows above reach down with.
func (r row) own() row {
	cells := make([]cell, len(r.cells))
	for i, c := range r.cells {
		if !c.above {
			cells[i] = c
		}
	}
	r.cells = cells
	return r
}

// verbatim is what stands in the cell.
func (c cell) verbatim() string {
	if c.whole != "" {
		return c.whole
	}
	return c.text
}

// shifted is the row with every cell taken to belong so many columns further right.
func (r row) shifted(by int) row {
	if by == 0 {
		return r
	}
	moved := row{number: r.number, hidden: r.hidden, across: r.across, prose: r.prose}
	moved.cells = make([]cell, max(len(r.cells)+by, 0))
	for i, c := range r.cells {
		switch to := i + by; {
		case to >= 0:
			moved.cells[to] = c
		case c.text != "" && len(moved.cells) > 0: // nothing is lost: what leaves on the left joins the first column
			moved.cells[0] = joinCells(c, moved.cells[0])
		}
	}
	return moved
}

// joinCells is two cells of one column, read as one.
func joinCells(above, below cell) cell {
	switch {
	case above.text == "":
		return below
	case below.text == "":
		return above
	}
	above.text += " " + below.text
	above.read = ""
	return above
}

// tidy replaces runs of spaces by one and drops what a scan leaves of empty space. Line breaks stay: in a
// spreadsheet somebody made them.
func tidy(text string) string {
	if isTidy(text) {
		return text
	}
	lines := strings.FieldsFunc(text, func(c rune) bool { return c == '\n' || c == '\r' })
	kept := lines[:0]
	for _, line := range lines {
		if line = strings.Join(strings.FieldsFunc(line, isSpace), " "); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// isTidy says whether a text is of printable ASCII with single spaces between its words. Most cells are, and need no work.
func isTidy(text string) bool {
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c >= 0x7f || c == ' ' && (i == 0 || i == len(text)-1 || text[i-1] == ' ') {
			return false
		}
	}
	return true
}

func isSpace(c rune) bool {
	return unicode.IsSpace(c) || c == '\u00a0' || c == '\u200b' || c == '\ufeff' || unicode.IsControl(c)
}

// oneLine is a text without its line breaks.
func oneLine(text string) string { return strings.ReplaceAll(text, "\n", " ") }
