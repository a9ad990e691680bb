package documents

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
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
	// Mapping overrides how headers are recognised; nil for none.
	Mapping *Mapping
	// Profile says which tool exported the document; nil to see it by its headings.
	Profile *Profile
	// Settings are the plan's period and the document's date, where the caller knows them. A zero value is looked up in
	// the mapping and then in the document.
	Settings dates.Settings
	// Progress is called now and then with the bytes that were read, of how many; nil to leave it out.
	Progress func(done, total int64)
}

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
	counted := &tally{Sink: sink}
	r := &reader{
		settings: o.Settings, names: newNames(), mapping: o.Mapping, profile: o.Profile, sink: counted, counted: counted, text: src.scanned, words: vocabulary{}, chapters: map[string]string{}, begins: true,
		rowsSeen: remembered{}, refsSeen: remembered{}, relativeTo: map[string]int{},
	}
	if m := o.Mapping; m != nil {
		r.settings.PlanStart, r.settings.PlanEnd = orDay(r.settings.PlanStart, m.Start), orDay(r.settings.PlanEnd, m.End)
		r.settings.Dated = orDay(r.settings.Dated, m.Dated)
		m.conventions(&r.settings)
	}
	r.notes = append(r.notes, src.notes...)
	var missing []cell // formulas without a value
	for _, sheet := range src.sheets {
		without, err := r.readSheet(sheet)
		if err != nil {
			return nil, err
		}
		missing = append(missing, without...)
	}
	r.finish(missing)
	if r.failed != nil {
		return nil, r.failed
	}
	if err := counted.nothing(r.columns); err != nil {
		return nil, err
	}
	if note := counted.undated(); note != "" && !r.saidDates && !r.text {
		r.note("%s", note)
	}
	if note := counted.order(); note != "" {
		r.note("%s", note)
	}
	report := &Report{Milestones: r.emitted, Plan: Plan{
		Title: r.title, File: filepath.Base(o.Name), SHA256: hex.EncodeToString(digest.Sum(nil)), Encoding: src.encoding,
		Start: r.settings.PlanStart, End: r.settings.PlanEnd, Dated: r.settings.Dated, Notes: r.notes,
	}}
	for _, s := range src.sheets {
		if s.name != "" {
			report.Plan.Sheets = append(report.Plan.Sheets, s.name)
		}
	}
	for _, c := range r.columns {
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

// readSheet reads the rows of a sheet in stretches. What a stretch begins the next may end. It answers the first formulas
// for which the sheet has no value.
func (r *reader) readSheet(s sheet) (missing []cell, err error) {
	r.sheet = s.name
	r.scanned, r.ended = r.text, false
	r.layout, r.block, r.under, r.begins, r.drifted = nil, block{}, Value{}, true, false
	r.above, r.last, r.levels = map[Field]cell{}, row{}, [4]cell{}
	before, dated := r.told, r.counted.dated
	var waiting []row
	for in, err := range s.rows {
		if err != nil {
			return nil, err
		}
		if len(missing) < maxNamed {
			missing = append(missing, in.unstored()...)
		}
		if waiting = append(waiting, in); len(waiting) < 2*maxStretch {
			continue
		}
		if err := r.rows(waiting[:maxStretch]); err != nil {
			return nil, err
		}
		waiting = append(waiting[:0], waiting[maxStretch:]...)
	}
	if err := r.rows(waiting); err != nil {
		return nil, err
	}
	r.flush()
	r.closeBlock()
	if s.name != "" && r.told == before {
		r.nothing = append(r.nothing, s.name)
	}
	r.datedSheet = r.datedSheet || r.counted.dated > dated
	return missing, r.failed
}

// finish says what became of the document as a whole.
func (r *reader) finish(missing []cell) {
	if r.emitted == 0 && len(r.columns) == 0 || r.emitted == 0 && r.tables == 0 {
		before := r.emitted
		r.candidates()
		switch {
		case r.emitted > before:
			r.note("No table was found: this is running text, and no rule can cut it into rows. What names a date in it is offered as candidates (%d); a person decides which of them are milestones. Where the office has a spreadsheet of the plan, import that.", r.emitted-before)
		case r.told == 0 && len(missing) > 0:
			r.failed = withoutValues(missing)
		case r.told == 0 && (r.tables == 0 || r.passed > maxAbove || r.lines > maxLinesAbove):
			r.failed = r.noTable()
		case r.told == 0:
			r.note("A header was found, and no row below it.")
		}
	}
	for _, heading := range slices.Sorted(maps.Keys(r.relativeTo)) {
		r.note("The heading %.60q counts from a day that the document does not say, so it dates nothing (milestones below it: %d).", heading, r.relativeTo[heading])
	}
	if len(r.nothing) > 0 && r.told > 0 {
		var names []string
		for _, name := range r.nothing {
			names = append(names, fmt.Sprintf("%.40q", name))
		}
		r.note("Nothing was made of these sheets, which have no table of actions, sums or scores: %s.", strings.Join(names, ", "))
	}
	var unknown []string
	for _, c := range r.columns {
		if c.As == Unread && c.Header != "" && c.Rows > 0 && !contains(r.nothing, c.Sheet) {
			unknown = append(unknown, fmt.Sprintf("%.40q", c.Header))
		}
	}
	for _, c := range r.columns {
		if c.coloured > 0 {
			r.note("%d cells of the column %.40q are coloured and hold no word, and colours are not read: write what they mean.", c.coloured, c.Header)
		}
	}
	if len(unknown) > 0 && r.emitted > 0 {
		r.note("No field was found for the columns %s; their values are kept beside each milestone as they stand. A mapping file can name a field for them.", strings.Join(unknown, ", "))
	}
}
