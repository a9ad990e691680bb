package rows

import (
	"cmp"
	"errors"
	"fmt"
	"io"
)

// Reader reads the rows of one return, in order. It belongs to one goroutine.
type Reader struct {
	text     *text
	scanner  *scanner
	columns  *columns
	isoDates bool
}

// Open reads the header of a return. isoDates refuses dates in words; without it, any words may stand in a date's cell.
// Its error is an *Unreadable where the file is not a return.
func Open(file io.Reader, isoDates bool) (*Reader, error) {
	t := newText(file)
	s := newScanner(t)
	c, err := readColumns(s)
	if err != nil {
		return nil, err
	}
	return &Reader{text: t, scanner: s, columns: c, isoDates: isoDates}, nil
}

// Encoding returns what the return is written in, as far as it was read.
func (r *Reader) Encoding() string { return cmp.Or(r.text.encoding, UTF8) }

// Next returns the next row that says anything, with all that is wrong with it. A row with refusals is not to be sent;
// it may still say which milestone it is about. The error is io.EOF after the last row, and otherwise what reading the
// file came to.
func (r *Reader) Next() (Row, []Refused, error) {
	for {
		rec, err := r.scanner.next()
		switch {
		case errors.Is(err, io.EOF):
			return Row{}, nil, io.EOF
		case err != nil:
			return Row{}, nil, fmt.Errorf("row %d could not be read: %w", r.scanner.row, err)
		case rec.blank():
			continue
		}
		row, refused := r.columns.row(rec, r.isoDates)
		return row, refused, nil
	}
}
