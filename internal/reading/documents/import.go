package documents

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/reading/dates"
)

// Options is what the caller knows about a document.
type Options struct {
	// Name is the file's name; its ending says what is in it.
	Name string
	// Sheet is the only sheet to read; empty for all that are visible.
	Sheet string
	// Sheets are the only ones to read, where there are several: those of a Version. Empty for Sheet.
	Sheets []string
	// Mapping overrides how headers are recognised; nil for none.
	Mapping *Mapping
	// Profile says which tool exported the document; nil to see it by its headings.
	Profile *Profile
	// Settings are the plan's period and the document's date, where the caller knows them. A zero value is looked up in
	// the mapping and then in the document.
	Settings dates.Settings
	// UsualOrder is the order of day and month that the plan's dates have as usual. It holds where neither Settings nor a
	// column proves another.
	UsualOrder dates.Order
	// Cells says whether a cell may hold several actions, where an earlier version of the document was read so; the zero Cells leaves
	// it to the columns.
	Cells Cells
	// Progress is called now and then with the bytes that were read, of how many; nil to leave it out.
	Progress func(done, total int64)
}

// Cells is whether the cells of a document may hold several actions each.
type Cells uint8

const (
	// CellsUnsaid leaves it to the columns: beside a status or a rating, a row is one thing.
	CellsUnsaid Cells = iota
	// CellsOfSeveral may hold several actions each, whatever columns stand beside them.
	CellsOfSeveral
	// CellsOfOne hold one action each.
	CellsOfOne
)

// OneThing says whether a column of a field makes each row of its table one thing, so that its cells hold one action each.
func OneThing(f Field) bool { return slices.Contains(oneThing, f) }

var oneThing = []Field{Status, Percent, RAG, Ref, Start}

// Report says what was read, beside what went to the sink.
type Report struct {
	Plan    Plan
	Columns []Column
	// Milestones is how many milestones went to the sink.
	Milestones int
}

// Read reads a document and hands what it holds to the sink, in the document's order. It reads a text of any
// length in bounded memory. The error is an *Unreadable where the document is at fault, and then the caller must drop
// whatever the sink was given; any other error is the file's or the sink's.
//
// Several goroutines may read at the same time, each with its own file and sink.
func Read(file File, o Options, sink Sink) (*Report, error) {
	digest := sha256.New()
	if _, err := io.Copy(digest, io.NewSectionReader(file, 0, file.Size())); err != nil {
		return nil, err
	}
	src, err := open(file, o)
	if err != nil {
		return nil, err
	}
	defer src.close()
	d := newDocument(o, src, sink)
	var missing []cell // formulas without a value
	for _, sheet := range src.sheets {
		without, err := d.readSheet(sheet)
		if err != nil {
			return nil, err
		}
		missing = append(missing, without...)
	}
	d.finish(missing)
	if d.out.failed != nil {
		return nil, d.out.failed
	}
	if err := d.counted.nothing(d.out.columns); err != nil {
		return nil, err
	}
	if d.out.passedRows > 0 && d.out.emitted == 0 && d.counted.fundings == 0 && d.counted.measures == 0 {
		return nil, unreadable("nothing-read", "No milestone was read. %s", strings.Join(d.out.notes, " "))
	}
	if note := d.counted.undated(); note != "" && !d.out.saidDates && !d.page.text {
		d.out.note("%s", note)
	}
	if note := d.counted.order(); note != "" {
		d.out.note("%s", note)
	}
	settings := d.reader.settings
	report := &Report{Milestones: d.out.emitted, Plan: Plan{
		Title: d.reader.title, File: filepath.Base(o.Name), SHA256: hex.EncodeToString(digest.Sum(nil)), Encoding: src.encoding,
		Start: settings.PlanStart, End: settings.PlanEnd, Dated: settings.Dated, Notes: d.out.notes, Ratings: d.out.ratings,
	}}
	for _, s := range src.sheets {
		if s.name != "" {
			report.Plan.Sheets = append(report.Plan.Sheets, s.name)
		}
	}
	for _, c := range d.out.columns {
		report.Columns = append(report.Columns, *c)
	}
	return report, nil
}

func orDay(d civil.Date, text string) civil.Date {
	if d == 0 && text != "" {
		return day(text)
	}
	return d
}
