package documents

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"path/filepath"
	"strings"
)

// File is a document that can be read from any place, as os.File and bytes.Reader can.
type File interface {
	io.ReaderAt
	// Size is its length in bytes.
	Size() int64
}

// source is an opened document.
type source struct {
	sheets   []sheet
	encoding string
	scanned  bool // a text taken out of a PDF
	notes    []string
	colours  colours // what the key of a workbook says of them
	close    func()
}

// sheet is a run of rows.
type sheet struct {
	name  string
	rows  iter.Seq2[row, error]
	again func() iter.Seq2[row, error] // the same rows from the beginning; nil for a text
}

// open finds out what a file is, by what is in it and then by its name.
func open(file File, o Options) (*source, error) {
	if file.Size() == 0 {
		return nil, unreadable("empty", "The file is empty.")
	}
	head := make([]byte, 8)
	if n, err := file.ReadAt(head, 0); err != nil && n == 0 {
		return nil, err
	}
	ending := strings.ToLower(filepath.Ext(o.Name))
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return openXLSX(file, o)
	case ending == ".mpp":
		return nil, unreadable("mpp", "This is a plan as MS Project keeps it. Save it there as XML, and import that.")
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}):
		return nil, oldOrEncrypted(file)
	case bytes.HasPrefix(head, []byte("%PDF")):
		return nil, unreadable("pdf", "This is a PDF. Take its text out first, with a tab between the cells of its tables, and import that.")
	case ending == ".xlsx" || ending == ".xlsm":
		return nil, unreadable("not-a-spreadsheet", "The file is named %s and is no spreadsheet, or it is damaged. Save it again.", ending)
	}
	if err := noText(file); err != nil {
		return nil, err
	}
	var encoding string
	openText := func() (text io.Reader, err error) {
		text, encoding, err = decoded(&tracked{in: io.NewSectionReader(file, 0, file.Size()), total: file.Size(), tell: o.Progress}, file.Size())
		return text, err
	}
	text, err := openText()
	if err != nil {
		return nil, err
	}
	s := &source{encoding: encoding, close: func() {}}
	if encoding == "Windows-1252" {
		s.notes = append(s.notes, "The text is not UTF-8; it was read as Windows-1252.")
	}
	if o.Sheet != "" {
		return nil, unreadable("no-sheet", "A text has no sheets: leave out --sheet.")
	}
	in := bufio.NewReaderSize(text, 64<<10)
	if head, err := in.Peek(4096); isXML(head) {
		if !isProject(head) {
			return nil, unreadable("xml", "The file is XML, and no plan that MS Project saved. Save its table as .xlsx or .csv and import that.")
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		s.sheets = []sheet{{rows: projectRows(openText)}}
		return s, nil
	}
	if head, _ := in.Peek(len(xerBegin)); string(head) == xerBegin {
		s.sheets = []sheet{{rows: xerRows(openText)}}
		return s, nil
	}
	switch ending {
	case ".csv", ".tsv":
		comma := '\t'
		if ending == ".csv" {
			if comma, err = commaOf(in); err != nil {
				return nil, err
			}
		}
		s.sheets = []sheet{{rows: csvRows(in, comma), again: func() iter.Seq2[row, error] {
			text, _, err := decoded(&tracked{in: io.NewSectionReader(file, 0, file.Size())}, file.Size())
			if err != nil {
				return func(yield func(row, error) bool) { yield(row{}, err) }
			}
			return csvRows(text, comma)
		}}}
	case ".json":
		s.sheets = []sheet{{rows: jsonRows(in)}}
	default:
		s.scanned = true
		s.sheets = []sheet{{rows: textRows(in)}}
	}
	return s, nil
}

// noText is why a file is no text with a table in it, where its beginning shows that; nil where it may be one.
func noText(file File) error {
	head := make([]byte, 4096)
	n, err := file.ReadAt(head, 0)
	if n == 0 {
		return err
	}
	head = head[:n]
	begin := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head, []byte{0xEF, 0xBB, 0xBF}), " \t\r\n"))
	switch {
	case bytes.HasPrefix(begin, []byte(`{\rtf`)):
		return unreadable("not-a-text", "This is a document of a word processor (RTF). Save its tables as .xlsx or .csv and import those.")
	case bytes.HasPrefix(begin, []byte("<html")), bytes.HasPrefix(begin, []byte("<!doctype html")), bytes.HasPrefix(begin, []byte("<table")):
		return unreadable("not-a-text", "This is a web page, whatever its name says. Open it in a spreadsheet program, save it as .xlsx and import that.")
	case bytes.HasPrefix(begin, []byte("version https://git-lfs")):
		return unreadable("not-a-text", "This is what Git LFS keeps in place of the file, and not the file itself. Fetch it with git lfs pull.")
	case isBinary(head):
		return unreadable("not-a-text", "The file holds no text. Import a spreadsheet (.xlsx), a CSV or TSV file, or a text taken out of a PDF.")
	}
	return nil
}
