package rows

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	// MaxCell is how many bytes a cell may have.
	MaxCell = 32 << 10
	// MaxRow is how many bytes the cells of a row may have together.
	MaxRow = 256 << 10
	// lookBack is how many bytes after a broken quote's own line are kept, to be read once more.
	lookBack = 256 << 10
)

// record is one row of the file as it stands there.
type record struct {
	row    int      // as a spreadsheet numbers it: the header is row 1
	cells  []string // without those beyond the scanner's width
	count  int      // how many cells there are
	faults []fault
}

// fault is what is wrong with a cell, or with the row where cell is below 0.
type fault struct {
	cell          int
	rule, message string
}

// blank says whether the row says nothing at all, as an empty line does.
func (r record) blank() bool {
	for _, c := range r.cells {
		if strings.TrimSpace(c) != "" {
			return false
		}
	}
	return len(r.faults) == 0 && r.count == len(r.cells)
}

// scanner cuts a file into records, as encoding/csv does, with two differences: what it holds is
// bounded, and a broken quote costs one row. A quote that is not closed properly swallows the lines
// after it; the scanner goes back to the first of them and reads them as rows of their own.
type scanner struct {
	in    *bufio.Reader
	again []byte // lines that are read once more before what follows in the file
	row   int    // the last row that was read
	width int    // how many cells of a row are kept; 0 for all
	comma byte   // what parts the cells: a comma, a semicolon or a tab
}

func newScanner(r io.Reader) *scanner {
	s := &scanner{in: bufio.NewReaderSize(r, 64<<10), comma: ','}
	if start, _ := s.in.Peek(4096); len(start) > 0 { // what cannot be read is said by the first row
		s.comma = commaOf(start)
	}
	return s
}

// commaOf is what parts the cells of the first row: the commonest of comma, semicolon and tab outside quotes.
func commaOf(start []byte) byte {
	var commas, semicolons, tabs int
	quoted := false
	for _, c := range start {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			start = nil
		case c == ',':
			commas++
		case c == ';':
			semicolons++
		case c == '\t':
			tabs++
		}
		if start == nil {
			break
		}
	}
	switch {
	case tabs > commas && tabs > semicolons:
		return '\t'
	case semicolons > commas:
		return ';'
	}
	return ','
}

// char returns the next byte, with CRLF and a CR at the very end read as LF and nothing.
func (s *scanner) char() (byte, error) {
	if len(s.again) > 0 {
		c := s.again[0]
		s.again = s.again[1:]
		return c, nil
	}
	c, err := s.in.ReadByte()
	if err != nil || c != '\r' {
		return c, err
	}
	next, err := s.in.Peek(1)
	if errors.Is(err, io.EOF) || len(next) == 1 && next[0] == '\n' {
		return s.in.ReadByte()
	}
	return c, nil
}

// next returns the next record, and io.EOF where there is none.
func (s *scanner) next() (record, error) {
	s.row++
	o := open{scanner: s, record: record{row: s.row}}
	for {
		c, err := s.char()
		switch {
		case err == nil:
			if o.add(c) {
				return o.record, nil
			}
		case errors.Is(err, io.EOF):
			return o.end()
		default:
			return record{}, err
		}
	}
}

// place is where in a record the next byte stands.
type place uint8

const (
	cellStart    place = iota // before the first byte of a cell
	plain                     // in a cell without quotes
	quoted                    // between quotes
	afterQuote                // after a quote between quotes: the end, or the first of two
	restOfBroken              // after a quote that stands where none may
)

// open is a record that is being read.
type open struct {
	*scanner
	record
	place place
	begun bool   // at least one byte was read
	cell  []byte // the bytes of the cell, up to MaxCell
	size  int    // how many bytes the cell has
	kept  int    // how many bytes of the row are kept, up to MaxRow and one more
	tail  []byte // what follows the record's first line, up to lookBack
	lines int    // how many line ends are in the record
}

// add takes one byte, and says whether it ends the record.
func (o *open) add(c byte) (done bool) {
	o.begun = true
	if o.lines > 0 && len(o.tail) <= lookBack {
		o.tail = append(o.tail, c)
	}
	switch o.place {
	case cellStart, plain:
		switch {
		case c == '\n':
			o.endCell()
			return true
		case c == o.comma:
			o.endCell()
		case c != '"':
			o.place = plain
			o.keep(c)
		case o.place == cellStart:
			o.place = quoted
		default:
			return o.breakQuote()
		}
	case quoted:
		switch c {
		case '"':
			o.place = afterQuote
		case '\n':
			o.lines++
			o.keep(c)
		default:
			o.keep(c)
		}
	case afterQuote:
		switch c {
		case '"':
			o.place = quoted
			o.keep(c)
		case o.comma:
			o.endCell()
		case '\n':
			o.endCell()
			return true
		default:
			return o.breakQuote()
		}
	case restOfBroken:
		return c == '\n'
	}
	return false
}

// end takes the end of the file.
func (o *open) end() (record, error) {
	switch {
	case !o.begun:
		o.scanner.row--
		return record{}, io.EOF
	case o.place == quoted && o.lines == 0:
		o.refuse("unclosed-quote", "The quote at the beginning of this cell is never closed. Close it, or double a quote that belongs to the words.")
	case o.place == quoted:
		o.breakQuote()
	case o.place != restOfBroken:
		o.endCell()
	}
	return o.record, nil
}

func (o *open) keep(c byte) {
	o.size++
	if o.size > MaxCell || o.kept > MaxRow {
		return
	}
	o.kept++
	if o.kept > MaxRow {
		o.fault(-1, "row-too-large", fmt.Sprintf("The cells of this row have more than %d bytes. Shorten them.", MaxRow))
		return
	}
	o.cell = append(o.cell, c)
}

func (o *open) endCell() {
	at := o.count
	o.count++
	o.place = cellStart
	cell, size := string(o.cell), o.size
	o.cell, o.size = o.cell[:0], 0
	if o.width > 0 && at >= o.width {
		return
	}
	o.cells = append(o.cells, cell)
	switch {
	case size > MaxCell:
		o.fault(at, "cell-too-large", fmt.Sprintf("This cell has %d bytes, and %d may be sent. Shorten it.", size, MaxCell))
	case o.kept > MaxRow:
	case strings.IndexByte(cell, 0) >= 0:
		o.fault(at, "nul-byte", "This cell holds a zero byte, which is no character. Save the file as CSV in UTF-8.")
	case !utf8.ValidString(cell):
		o.fault(at, "wrong-encoding", "This cell is not UTF-8. Save the file as CSV in UTF-8.")
	}
}

func (o *open) fault(cell int, rule, message string) {
	o.faults = append(o.faults, fault{cell: cell, rule: rule, message: message})
}

// refuse leaves of the record only what is wrong with it as a whole, in the cell that is being read.
func (o *open) refuse(rule, message string) {
	o.cells, o.faults = nil, nil
	o.fault(o.count, rule, message)
}

// breakQuote refuses the record for a quote that stands where none may, or for one that is open at the
// end of the file. What follows the record's first line is read again, row by row. It says whether
// that ends the record; where nothing follows its line, the rest of the line is still to be passed over.
func (o *open) breakQuote() (done bool) {
	switch {
	case o.lines == 0:
		o.refuse("stray-quote", "A quote stands inside this cell. Put the whole cell in quotes and double those that belong to the words.")
		o.place = restOfBroken
		return false
	case len(o.tail) <= lookBack:
		o.refuse("unclosed-quote", "The quote at the beginning of this cell is not closed on its line. Close it, or double a quote that belongs to the words.")
		o.again = append(o.tail, o.again...)
		return true
	default:
		o.refuse("unclosed-quote", fmt.Sprintf(
			"The quote at the beginning of this cell is not closed properly, and the %d lines after it could not be read. Close it and push the file again.", o.lines))
		o.place = restOfBroken
		return false
	}
}
