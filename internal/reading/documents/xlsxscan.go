package documents

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
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
	formulas []string
	count    int
	hidden   [][2]int // the columns that are hidden, from and to, from 1
}

// scannedRow is what is behind the values of a row.
type scannedRow struct {
	number  int
	hidden  bool
	numbers map[int]string // by column, from 0
}

func newSheetScan(archive *zip.Reader, part sheetPart, progress *tracked) (*sheetScan, error) {
	in, err := archive.Open(part.path)
	if err != nil {
		return nil, damagedPart(part.path, err)
	}
	progress.in = in
	return &sheetScan{part: part, in: in, xml: xml.NewDecoder(progress)}, nil
}

func (s *sheetScan) close() error { return s.in.Close() }

// row answers the row of a number. They are asked for in order.
func (s *sheetScan) row(number int) (scannedRow, error) {
	for !s.done && s.ahead.number < number {
		if err := s.next(); err != nil {
			return scannedRow{}, err
		}
		if s.count > 0 {
			return scannedRow{}, s.finish()
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
	if s.count == 0 {
		return nil
	}
	cells := strings.Join(s.formulas, ", ")
	if s.count > len(s.formulas) {
		cells += fmt.Sprintf(" and %d more", s.count-len(s.formulas))
	}
	return unreadable("formula", "The sheet %q holds formulas (%s). What they show depends on the program that shows it, so it is no evidence of what the plan says: copy the sheet, paste it as values, and import that.", s.part.name, cells)
}

// next reads a row.
func (s *sheetScan) next() error {
	row := scannedRow{number: s.ahead.number, numbers: map[int]string{}}
	inRow, inValue := false, false
	column, kind := -1, ""
	var value strings.Builder
	for {
		token, err := s.xml.Token()
		if errors.Is(err, io.EOF) && !inRow {
			return unreadable("truncated", "The sheet %q is cut off. Fetch or save the file again.", s.part.name)
		}
		if err != nil {
			return unreadable("truncated", "The sheet %q is damaged or cut off (%v). Fetch or save the file again.", s.part.name, err)
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
				kind = attribute(e, "t")
				column++
				if c, _, err := excelize.CellNameToCoordinates(attribute(e, "r")); err == nil {
					column = c - 1
				}
			case "f":
				if s.count++; len(s.formulas) < 5 {
					s.formulas = append(s.formulas, cellName(column, row.number))
				}
			case "v":
				inValue = kind == "" || kind == "n"
				value.Reset()
			}
		case xml.CharData:
			if inValue && value.Len() < 64 {
				value.Write(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "v":
				if inValue {
					row.numbers[column] = value.String()
				}
				inValue = false
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
