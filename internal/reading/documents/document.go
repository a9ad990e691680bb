package documents

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// document is one document and the stages that it goes through.
type document struct {
	page    *page
	charts  *charts
	parter  *parter
	reader  *reader
	out     *out
	counted *tally
	nothing []string // the sheets of which nothing was made
}

func newDocument(o Options, src *source, sink Sink) *document {
	days := &calendar{settings: o.Settings, usual: o.UsualOrder}
	if m := o.Mapping; m != nil {
		s := &days.settings
		s.PlanStart, s.PlanEnd, s.Dated = orDay(s.PlanStart, m.Start), orDay(s.PlanEnd, m.End), orDay(s.Dated, m.Dated)
		m.conventions(s)
	}
	d := &document{page: &page{text: src.scanned, colours: src.colours, cells: o.Cells}, counted: &tally{Sink: sink}}
	d.out = &out{sink: d.counted, notes: slices.Clone(src.notes), rowsSeen: remembered{}, refsSeen: remembered{}, saidBefore: saidBefore{}, relativeTo: map[string]int{}}
	t := table{page: d.page, calendar: days, names: newNames()}
	d.reader = &reader{table: t, bannerWords: &bannerWords{words: vocabulary{}}, out: d.out, about: about{chapters: map[string]string{}, offered: offered{}}}
	d.charts = &charts{table: t, note: d.out.note, off: o.Mapping.hasHeaderRow()}
	d.parter = &parter{table: t, mapping: o.Mapping, profile: o.Profile, note: d.out.note, take: d.reader.readPart}
	return d
}

// readSheet reads the rows of a sheet in stretches. What a stretch begins the next may end. It answers the first formulas
// for which the sheet has no value.
func (d *document) readSheet(s sheet) (missing []cell, err error) {
	d.page.proofs = nil
	d.page.sheet, d.page.scanned = s.name, d.page.text
	d.charts.begin()
	d.parter.beginSheet()
	d.reader.beginSheet()
	before, dated := d.out.told, d.counted.dated
	d.out.stacked = false
	var waiting []row
	begun := false
	for in, err := range byColumn(s, d.out.note) {
		if err != nil {
			return nil, err
		}
		if len(missing) < maxNamed {
			missing = append(missing, in.unstored()...)
		}
		if waiting = append(waiting, in); len(waiting) > maxStretch && d.page.proofs == nil && s.again != nil {
			d.page.proofs = &orderProofs{again: s.again}
		}
		if len(waiting) < 2*maxStretch {
			continue
		}
		begun = true
		if err := d.rows(waiting[:maxStretch]); err != nil {
			return nil, err
		}
		waiting = append(waiting[:0], waiting[maxStretch:]...)
	}
	if !begun {
		waiting = d.reshape(waiting)
	}
	if err := d.rows(waiting); err != nil {
		return nil, err
	}
	d.parter.flush()
	d.reader.closeBlock()
	if s.name != "" && d.out.told == before {
		d.nothing = append(d.nothing, s.name)
	}
	d.page.datedSheet = d.page.datedSheet || d.counted.dated > dated
	return missing, d.out.failed
}

// rows reads rows that stand together; more of the same sheet may follow.
func (d *document) rows(rows []row) error {
	rows = d.charts.read(rows)
	d.parter.look(rows)
	d.reader.learn(rows)
	if d.page.scanned {
		d.reader.learnBanners(rows)
	}
	return d.parter.partRows(rows)
}

// finish says what became of the document as a whole.
func (d *document) finish(missing []cell) {
	if d.out.emitted == 0 && (len(d.out.columns) == 0 || d.parter.tables == 0) {
		d.withoutTable(missing)
	} else {
		d.reader.offerCommitments()
	}
	for _, heading := range slices.Sorted(maps.Keys(d.out.relativeTo)) {
		d.out.note("The heading %.60q counts from a day that the document does not say, so it dates nothing (milestones below it: %d).", heading, d.out.relativeTo[heading])
	}
	if at := d.out.untitledAt; d.out.untitled > 0 {
		where := ""
		if at.Sheet != "" {
			where = fmt.Sprintf(" of the sheet %.40q", at.Sheet)
		}
		d.out.note("Rows with a date that say nothing of what is to be done: %d, the first in row %d%s. They were not read as milestones.", d.out.untitled, at.Row, where)
	}
	if len(d.nothing) > 0 && d.out.told > 0 {
		d.out.note("Nothing was made of these sheets, which have no table of actions, sums or scores: %s.", quoted(d.nothing))
	}
	d.out.colourKeyed(d.page.colours)
	for _, c := range d.out.columns {
		if c.coloured > 0 {
			d.out.note("%d cells of the column %.40q are coloured and hold no word, and colours are not read: write what they mean.", c.coloured, c.Header)
		}
		if c.byColour > 0 {
			d.out.note("%d cells of the column %.40q were read by their colour, as the key of the workbook says: %s.", c.byColour, c.Header, d.page.colours)
		}
	}
	var unknown []string
	for _, c := range d.out.columns {
		if c.As == Unread && c.Header != "" && c.Rows > 0 && !contains(d.nothing, c.Sheet) {
			unknown = append(unknown, c.Header)
		}
	}
	if len(unknown) > 0 && d.out.emitted > 0 {
		d.out.note("No field was found for the columns %s; their values are kept beside each milestone as they stand. A mapping file can name a field for them.", quoted(unknown))
	}
}

// withoutTable offers candidates of a document in which no table was found, or says why nothing was read of it.
func (d *document) withoutTable(missing []cell) {
	before := d.out.emitted
	d.reader.candidates()
	d.reader.offerCommitments()
	switch {
	case d.out.emitted > before:
		d.out.note("No table was found: this is running text, and no rule can cut it into rows. What names a date in it is offered as candidates (%d); a person decides which of them are milestones. Where the office has a spreadsheet of the plan, import that.", d.out.emitted-before)
	case d.out.told == 0 && len(missing) > 0:
		d.out.failed = withoutValues(missing)
	case d.out.told == 0 && (d.parter.passedTooMuch() || d.parter.seconds > 1):
		d.out.failed = d.parter.noTable()
	case d.out.told == 0:
		d.out.note("A header was found, and no row below it.")
	}
}

// quoted is names in quotation marks, with commas.
func quoted(names []string) string {
	texts := make([]string, len(names))
	for i, name := range names {
		texts[i] = fmt.Sprintf("%.40q", name)
	}
	return strings.Join(texts, ", ")
}
