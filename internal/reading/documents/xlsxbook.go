package documents

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// workbook is what a spreadsheet says of itself.
type workbook struct {
	sheets   []sheetPart
	date1904 bool // its days count from 1904, as on old Macs
}

type sheetPart struct {
	name, path string
	hidden     bool
	size       int64 // unpacked
}

// readWorkbook reads the list of sheets.
func readWorkbook(archive *zip.Reader) (*workbook, error) {
	var book struct {
		Pr struct {
			Date1904 bool `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
			// The strict form of the format has another namespace.
			StrictID string `xml:"http://purl.oclc.org/ooxml/officeDocument/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		Of []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := decodePart(archive, "xl/workbook.xml", &book); err != nil {
		return nil, err
	}
	if err := decodePart(archive, "xl/_rels/workbook.xml.rels", &links); err != nil {
		return nil, err
	}
	w := &workbook{date1904: book.Pr.Date1904}
	for _, s := range book.Sheets {
		for _, link := range links.Of {
			if link.ID != s.ID && link.ID != s.StrictID || !strings.Contains(link.Target, "worksheets/") {
				continue
			}
			target := path.Join("xl", link.Target)
			if strings.HasPrefix(link.Target, "/") {
				target = strings.TrimPrefix(link.Target, "/")
			}
			w.sheets = append(w.sheets, sheetPart{s.Name, target, s.State == "hidden" || s.State == "veryHidden", sizeOf(archive, target)})
		}
	}
	if len(w.sheets) == 0 {
		return nil, unreadable("not-a-spreadsheet", "The file holds no sheet.")
	}
	return w, nil
}

// otherArchive says what a file is that has the form of a spreadsheet and is none.
func otherArchive(archive *zip.Reader, lacks string) error {
	for _, f := range archive.File {
		switch {
		case strings.HasPrefix(f.Name, "word/"):
			return unreadable("not-a-spreadsheet", "This is a document of Word. Save its tables as .xlsx or .csv and import those.")
		case f.Name == "content.xml":
			return unreadable("not-a-spreadsheet", "This is a file of LibreOffice or OpenOffice. Save it as .xlsx and import that.")
		}
	}
	return unreadable("not-a-spreadsheet", "The file is no spreadsheet of Excel: it has no part %s. Save it as .xlsx.", lacks)
}

func decodePart(archive *zip.Reader, name string, into any) error {
	in, err := archive.Open(name)
	if err != nil {
		return otherArchive(archive, name)
	}
	err = xml.NewDecoder(io.LimitReader(in, maxStyles)).Decode(into)
	if err = errors.Join(err, in.Close()); err != nil {
		return damagedPart(name, err)
	}
	return nil
}

// choose picks the sheets that are read: those that are named, or all that are visible.
func (w *workbook) choose(o Options) (wanted []sheetPart, notes []string, err error) {
	var names []string
	for _, s := range w.sheets {
		names = append(names, fmt.Sprintf("%q", s.name))
		switch {
		case s.name == o.Sheet, o.Sheet == "" && slices.Contains(o.Sheets, s.name), o.Sheet == "" && len(o.Sheets) == 0 && !s.hidden:
			wanted = append(wanted, s)
		case s.hidden && o.Sheet == "":
			notes = append(notes, fmt.Sprintf("The sheet %q is hidden and was not read. To read it, name it with --sheet.", s.name))
		}
	}
	if len(wanted) == 0 {
		return nil, nil, unreadable("no-sheet", "There is no such sheet: the file has %s.", strings.Join(names, ", "))
	}
	return wanted, notes, nil
}

// merge is a merged cell: columns and rows from 0 and 1, both ends inclusive.
type merge struct{ left, top, right, bottom int }

// merges are the merged cells of a sheet, from the top, and those that the rows so far reach into.
type merges struct {
	waiting []merge
	open    []openMerge
}

type openMerge struct {
	merge
	value cell
}

const maxMerges = 200_000

// mergesOf reads the merged cells of a sheet. They stand behind its rows, which are passed over without being read.
func mergesOf(archive *zip.Reader, part sheetPart) (*merges, error) {
	in, err := archive.Open(part.path)
	if err != nil {
		return nil, damagedPart(part.path, err)
	}
	defer in.Close()
	buffered := bufio.NewReaderSize(in, 256<<10)
	found, err := afterRows(buffered)
	if err != nil {
		return nil, damagedPart(part.path, err)
	}
	m := &merges{}
	if !found {
		return m, nil
	}
	decoder := xml.NewDecoder(buffered)
	decoder.Strict = false // it begins in the middle
	for {
		token, err := decoder.RawToken()
		if err != nil {
			break // a sheet that is cut off is found by the scan of its rows
		}
		e, ok := token.(xml.StartElement)
		if !ok || e.Name.Local != "mergeCell" {
			continue
		}
		from, to, _ := strings.Cut(attribute(e, "ref"), ":")
		left, top, err1 := excelize.CellNameToCoordinates(from)
		right, bottom, err2 := excelize.CellNameToCoordinates(to)
		if err1 != nil || err2 != nil || right < left || bottom < top || left > maxColumns {
			continue // it is no range, or lies beyond what is read
		}
		if m.waiting = append(m.waiting, merge{left - 1, top, right - 1, bottom}); len(m.waiting) > maxMerges {
			return nil, unreadable("too-large", "The sheet %q has more than %d merged cells.", part.name, maxMerges)
		}
	}
	slices.SortStableFunc(m.waiting, func(a, b merge) int { return a.top - b.top })
	return m, nil
}

// afterRows passes over everything up to the end of the rows.
func afterRows(in *bufio.Reader) (bool, error) {
	end := []byte("sheetData>")
	for {
		chunk, err := in.ReadSlice('>')
		switch {
		case err == nil:
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case errors.Is(err, io.EOF):
			return false, nil
		default:
			return false, err
		}
		if bytes.HasSuffix(chunk, end) && bytes.Contains(chunk[max(0, len(chunk)-len(end)-8):], []byte("</")) {
			return true, nil
		}
	}
}

// apply gives a row what merged cells say of it. A cell that reaches down says the same of every row, at the place
// where it stands; one that reaches across the table makes a banner of the row.
func (m *merges) apply(r row) row {
	for len(m.waiting) > 0 && m.waiting[0].top <= r.number {
		one := m.waiting[0]
		m.waiting = m.waiting[1:]
		if one.bottom < r.number {
			continue
		}
		value := cell{}
		if one.top == r.number {
			if one.left < len(r.cells) {
				r.cells[one.left].wide = one.right - one.left
			}
			value = r.at(one.left)
		}
		if one.right-one.left >= 2 && value.text != "" && len(r.filled()) == 1 {
			r.across = true
		}
		if one.bottom > one.top && len(m.open) < maxColumns { // more can only overlap
			m.open = append(m.open, openMerge{one, value})
		}
	}
	kept := m.open[:0]
	for _, o := range m.open {
		if o.top < r.number && o.value.text != "" && r.at(o.left).text == "" {
			for len(r.cells) <= o.left {
				r.cells = append(r.cells, cell{row: r.number, column: len(r.cells) + 1})
			}
			carried := o.value
			carried.above = true
			r.cells[o.left] = carried
		}
		if o.bottom > r.number {
			kept = append(kept, o)
		}
	}
	m.open = kept
	return r
}

func sizeOf(archive *zip.Reader, name string) int64 {
	for _, part := range archive.File {
		if part.Name == name {
			return int64(part.UncompressedSize64)
		}
	}
	return 0
}
