package documents

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
)

// csvRows reads a CSV or TSV file. Rows are numbered as a spreadsheet numbers them, empty ones too.
func csvRows(r io.Reader, comma rune) func(yield func(row, error) bool) {
	return func(yield func(row, error) bool) {
		in := csv.NewReader(&bounded{in: r})
		in.Comma, in.FieldsPerRecord, in.LazyQuotes, in.ReuseRecord = comma, -1, true, true
		number, line := 0, 0
		for {
			record, err := in.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				if bad, ok := errors.AsType[*csv.ParseError](err); ok {
					err = unreadable("csv", "Line %d: %v. Save the file as CSV again.", bad.Line, bad.Err)
				}
				yield(row{}, err)
				return
			}
			begins, _ := in.FieldPos(0)
			if begins-line > 1 { // the lines that the reader passed over were empty rows, and part what stands around them
				number += begins - line - 1
				if !yield(row{number: number}, nil) {
					return
				}
			}
			number++
			line = endOf(in, record)
			built := row{number: number}
			for i, text := range record {
				built.cells = append(built.cells, cell{text: tidy(text), row: number, column: i + 1})
			}
			if !yield(built, nil) {
				return
			}
		}
	}
}

// endOf is the line that a record ends on.
func endOf(in *csv.Reader, record []string) int {
	last := len(record) - 1
	line, _ := in.FieldPos(last)
	return line + strings.Count(record[last], "\n")
}

// bounded is a CSV file in which a quote that is never closed does not fill the memory: it ends after MaxRecord
// bytes without the end of a record.
type bounded struct {
	in     io.Reader
	quoted bool
	since  int
}

// MaxRecord is how many bytes a row of a CSV file may have.
const MaxRecord = 4 << 20

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	for _, c := range p[:n] {
		b.since++
		switch {
		case c == '"':
			b.quoted = !b.quoted
		case c == '\n' && !b.quoted:
			b.since = 0
		}
	}
	if b.since > MaxRecord {
		return 0, unreadable("too-long", "A row is longer than %d bytes: probably a quote that is opened and never closed.", MaxRecord)
	}
	return n, err
}

// commaOf says what parts the cells of a CSV file: the commonest of comma, semicolon, tab and vertical bar outside
// quotes in its first lines.
func commaOf(in *bufio.Reader) (rune, error) {
	head, err := in.Peek(32 << 10)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return 0, err
	}
	count := map[byte]int{}
	quoted := false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted && (c == ',' || c == ';' || c == '\t' || c == '|') {
			count[c]++
		}
	}
	switch {
	case count['\t'] > count[','] && count['\t'] > count[';']:
		return '\t', nil
	case count['|'] > count[','] && count['|'] > count[';']:
		return '|', nil
	case count[';'] > count[',']:
		return ';', nil
	}
	return ',', nil
}
