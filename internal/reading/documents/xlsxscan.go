package documents

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// sheetScan reads what excelize does not say of a row when it streams.
type sheetScan struct {
	part     sheetPart
	in       io.ReadCloser
	xml      *xml.Decoder
	ahead    scannedRow // the row that was read last, where it is further on than the one asked for
	done     bool
	formulas formulas
	fills    fills
	hidden   [][2]int // the columns that are hidden, from and to, from 1
}

// scannedRow is what is behind the values of a row.
type scannedRow struct {
	number int
	hidden bool
	cells  map[int]scannedCell // by column, from 0, where there is something to say
}

// scannedCell is what is behind the value of a cell.
type scannedCell struct {
	number  string // as it is stored; empty where the value is none
	style   int
	formula formula
}

func newSheetScan(archive *zip.Reader, part sheetPart, coloured fills, progress *tracked) (*sheetScan, error) {
	in, err := archive.Open(part.path)
	if err != nil {
		return nil, damagedPart(part.path, err)
	}
	progress.in = in
	return &sheetScan{part: part, in: in, fills: coloured, xml: xml.NewDecoder(progress)}, nil
}

func (s *sheetScan) close() error { return s.in.Close() }

// row answers the row of a number. They are asked for in order.
func (s *sheetScan) row(number int) (scannedRow, error) {
	for !s.done && s.ahead.number < number {
		if err := s.next(); err != nil {
			return scannedRow{}, err
		}
	}
	if s.ahead.number == number {
		return s.ahead, nil
	}
	return scannedRow{}, nil
}

// finish reads the rest of the sheet, and says what is wrong with it.
func (s *sheetScan) finish() error {
	for !s.done {
		if err := s.next(); err != nil {
			return err
		}
	}
	return nil
}

// next reads a row.
func (s *sheetScan) next() error {
	row := scannedRow{number: s.ahead.number, cells: map[int]scannedCell{}}
	inRow, column := false, -1
	for {
		token, err := s.xml.Token()
		if errors.Is(err, io.EOF) && !inRow {
			return unreadable("truncated", "The sheet %q is cut off. Fetch or save the file again.", s.part.name)
		}
		if err != nil {
			return s.damaged(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "col":
				s.hideColumns(e)
			case "row":
				inRow, column = true, -1
				row.number++
				if n, err := strconv.Atoi(attribute(e, "r")); err == nil && n >= row.number {
					row.number = n
				}
				row.hidden = attribute(e, "hidden") == "1" || attribute(e, "hidden") == "true"
			case "c":
				column++
				if c, _, err := excelize.CellNameToCoordinates(attribute(e, "r")); err == nil {
					column = c - 1
				}
				c, err := s.cell(e, column+1, row.number)
				if err != nil {
					return err
				}
				if c.number != "" || c.formula != typed || s.fills.of(c.style) != "" {
					row.cells[column] = c
				}
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "row":
				s.ahead = row
				return nil
			case "sheetData":
				s.done = true
				return nil
			}
		}
	}
}

// cell reads a cell to its end. column and row are from 1.
func (s *sheetScan) cell(start xml.StartElement, column, row int) (scannedCell, error) {
	kind := attribute(start, "t")
	style, _ := strconv.Atoi(attribute(start, "s")) // without one it is the first
	c := scannedCell{style: style}
	var value, text strings.Builder
	var into *strings.Builder
	isFormula, hasValue, id := false, false, ""
	for {
		token, err := s.xml.Token()
		if err != nil {
			return c, s.damaged(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "f":
				isFormula, into, id = true, &text, ""
				if attribute(e, "t") == "shared" {
					id = attribute(e, "si")
				}
			case "v", "t":
				hasValue, into = true, &value
			}
		case xml.CharData:
			if into != nil && into.Len() < maxScanned {
				into.Write(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "f", "v", "t":
				into = nil
			case "c":
				if kind == "" || kind == "n" {
					c.number = value.String()
					hasValue = hasValue && c.number != ""
				}
				if isFormula {
					c.formula = s.formulas.read(text.String(), id, column, row)
					if !hasValue {
						c.formula = unstored
					}
				}
				return c, nil
			}
		}
	}
}

// maxScanned bounds what is kept of a formula.
const maxScanned = 8 << 10

func (s *sheetScan) damaged(err error) error {
	return unreadable("truncated", "The sheet %q is damaged or cut off (%v). Fetch or save the file again.", s.part.name, err)
}

// hideColumns takes in that a range of columns is hidden. A sheet says so before its first row.
func (s *sheetScan) hideColumns(e xml.StartElement) {
	from, err := strconv.Atoi(attribute(e, "min"))
	to, err2 := strconv.Atoi(attribute(e, "max"))
	hidden := attribute(e, "hidden")
	if err == nil && err2 == nil && (hidden == "1" || hidden == "true") && len(s.hidden) < maxColumns {
		s.hidden = append(s.hidden, [2]int{from, to})
	}
}

// hides says whether a column, from 1, is hidden.
func (s *sheetScan) hides(column int) bool {
	for _, span := range s.hidden {
		if span[0] <= column && column <= span[1] {
			return true
		}
	}
	return false
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}
