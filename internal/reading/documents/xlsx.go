package documents

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"
)

// openXLSX opens a spreadsheet. Whatever is wrong with the container is said here; what is wrong with a sheet
// is said when its rows are read.
func openXLSX(file File, o Options) (*source, error) {
	archive, err := zip.NewReader(file, file.Size())
	if err != nil {
		return nil, unreadable("truncated", "The spreadsheet is damaged or cut off: its end, where it lists its parts, cannot be read. Fetch or save it again.")
	}
	if err := checkSize(archive); err != nil {
		return nil, err
	}
	book, err := readWorkbook(archive)
	if err != nil {
		return nil, err
	}
	wanted, notes, err := book.choose(o)
	if err != nil {
		return nil, err
	}
	shows, coloured, err := readFormats(archive)
	if err != nil {
		return nil, err
	}
	// Its own directory, so that nothing is left behind whatever goes wrong while it is unpacked.
	dir, err := os.MkdirTemp("", "milepost-xlsx-*")
	if err != nil {
		return nil, err
	}
	reader, err := excelize.OpenReader(io.NewSectionReader(file, 0, file.Size()), excelize.Options{
		UnzipSizeLimit: MaxUnpacked, UnzipXMLSizeLimit: inMemory, TmpDir: dir, ShortDatePattern: "dd/mm/yyyy",
	})
	if err != nil {
		return nil, errors.Join(unreadable("damaged", "The spreadsheet cannot be opened: %v. Save it again.", err), os.RemoveAll(dir))
	}
	s := &source{notes: notes, close: func() {
		_ = reader.Close() // what it unpacked goes with its directory
		_ = os.RemoveAll(dir)
	}}
	styles := cellStyles{shows, coloured, book.date1904}
	if coloured.any() {
		if s.colours, err = colourKey(reader, archive, wanted, styles); err != nil {
			s.close()
			return nil, err
		}
	}
	progress := &tracked{tell: o.Progress}
	for _, one := range wanted {
		progress.total += one.size
	}
	for _, one := range wanted {
		s.sheets = append(s.sheets, sheet{name: one.name, rows: sheetRows(reader, archive, one, styles, progress), again: func() iter.Seq2[row, error] {
			return sheetRows(reader, archive, one, styles, &tracked{})
		}})
	}
	return s, nil
}

// isArchive says whether a file may be a workbook.
func isArchive(file File) bool {
	head := make([]byte, 4)
	n, err := file.ReadAt(head, 0)
	return n == len(head) && (err == nil || errors.Is(err, io.EOF)) && string(head) == "PK\x03\x04"
}

// visibleSheets are the names of the sheets that are read of a workbook.
func visibleSheets(file File) (names []string, err error) {
	archive, err := zip.NewReader(file, file.Size())
	if err != nil {
		return nil, err
	}
	if err := checkSize(archive); err != nil {
		return nil, err
	}
	book, err := readWorkbook(archive)
	if err != nil {
		return nil, err
	}
	for _, s := range book.sheets {
		if !s.hidden {
			names = append(names, s.name)
		}
	}
	return names, nil
}

func tooLarge(part string, size uint64) error {
	return unreadable("too-large", "The spreadsheet unpacks to %d bytes or more (%.60q), and at most %d are read. Save the sheet of the plan alone as CSV, or in parts.", size, part, MaxUnpacked)
}

func damagedPart(part string, err error) error {
	return unreadable("truncated", "The spreadsheet is damaged: its part %.60q cannot be unpacked (%v). Fetch or save it again.", part, err)
}

// oldOrEncrypted says which of the two a file is that Office wrapped in its older container.
func oldOrEncrypted(file File) error {
	head := make([]byte, min(file.Size(), 1<<20))
	if _, err := file.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if bytes.Contains(head, utf16("EncryptedPackage")) {
		return unreadable("encrypted", "The spreadsheet is protected by a password. Save a copy without one (in Excel: File, Info, Protect Workbook) and import that.")
	}
	if tail := make([]byte, min(file.Size(), 1<<20)); file.Size() > 1<<20 {
		if _, err := file.ReadAt(tail, file.Size()-int64(len(tail))); err == nil && bytes.Contains(tail, utf16("EncryptedPackage")) {
			return unreadable("encrypted", "The spreadsheet is protected by a password. Save a copy without one and import that.")
		}
	}
	return unreadable("old-format", "This is a file of Excel 2003 or older. Save it as .xlsx and import that.")
}

func utf16(ascii string) []byte {
	return []byte(strings.Join(strings.Split(ascii, ""), "\x00") + "\x00")
}

// sheetRows reads the rows of a sheet one by one. Two readers walk it side by side: excelize gives each value as the
// sheet shows it, and the scan says what is behind it: a date's number, a formula, a hidden row, a merged cell.
func sheetRows(reader *excelize.File, archive *zip.Reader, one sheetPart, styles cellStyles, progress *tracked) func(yield func(row, error) bool) {
	return func(yield func(row, error) bool) {
		if err := eachSheetRow(reader, archive, one, styles, progress, func(r row) bool { return yield(r, nil) }); err != nil {
			yield(row{}, err)
		}
	}
}

func eachSheetRow(reader *excelize.File, archive *zip.Reader, one sheetPart, styles cellStyles, progress *tracked, yield func(row) bool) (err error) {
	merged, err := mergesOf(archive, one)
	if err != nil {
		return err
	}
	scan, err := newSheetScan(archive, one, styles.fills, progress)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scan.close()) }()
	shown, err := reader.Rows(one.name)
	if err != nil {
		return unreadable("damaged", "The sheet %q cannot be read: %v. Save the file again.", one.name, err)
	}
	defer func() { err = errors.Join(err, shown.Close()) }()
	said := 0 // bytes of text in long cells
	for number := 1; shown.Next(); number++ {
		texts, err := shown.Columns()
		if err != nil {
			return unreadable("damaged", "Row %d of the sheet %q cannot be read: %v.", number, one.name, err)
		}
		behind, err := scan.row(number)
		if err != nil {
			return err
		}
		for _, text := range texts {
			said += max(0, len(text)-longCell)
		}
		if said > MaxLongText {
			return unreadable("too-large", "The long cells of the sheet %q come to more than %d bytes of text up to row %d: this is no plan, or it says the same text over and over. Leave their column out.", one.name, MaxLongText, number)
		}
		if len(texts) > maxColumns {
			return unreadable("too-wide", "Row %d of the sheet %q has %d columns, and %d are read.", number, one.name, len(texts), maxColumns)
		}
		if !yield(merged.apply(sheetRow(number, texts, behind, styles, scan.hides))) {
			return nil
		}
	}
	if err := shown.Error(); err != nil {
		return unreadable("damaged", "The sheet %q cannot be read: %v.", one.name, err)
	}
	return scan.finish()
}

// cellStyles are what a workbook says of its cells by their style: which numbers are dates, and what is coloured.
type cellStyles struct {
	formats  formats
	fills    fills
	date1904 bool
}

// sheetRow is a row as the sheet shows it, with its dates.
func sheetRow(number int, texts []string, behind scannedRow, styles cellStyles, hides func(column int) bool) row {
	r := row{number: number, hidden: behind.hidden}
	for i, text := range texts {
		c := cell{text: tidy(text), row: number, column: i + 1, hidden: hides(i + 1)}
		if b, ok := behind.cells[i]; ok {
			c.read, c.doubt = excelDate(b.number, styles.formats.of(b.style), styles.date1904)
			c.formula = b.formula
			if c.text == "" {
				c.text = c.read // a format that shows nothing hides no date
			}
		}
		r.cells = append(r.cells, c)
	}
	for i, b := range behind.cells { // excelize leaves out what shows nothing at the end of a row
		if b.formula != unstored && styles.fills.of(b.style) == "" || i >= maxColumns {
			continue
		}
		for len(r.cells) <= i {
			r.cells = append(r.cells, cell{row: number, column: len(r.cells) + 1})
		}
		r.cells[i].colour = styles.fills.of(b.style)
		if b.formula == unstored {
			r.cells[i].text, r.cells[i].formula = "", unstored
		}
	}
	return r
}

// cellName is a cell as a spreadsheet names it: "D14".
func cellName(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return fmt.Sprintf("row %d", row)
	}
	return name
}
