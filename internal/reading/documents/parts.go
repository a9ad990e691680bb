package documents

import "time"

// part is a piece of a sheet, with all that the next stage has to know of where it stands.
type part struct {
	kind   partKind
	layout *layout // of the table that holds here; nil where no header stands above
	rows   []row   // of a table
	row    row     // every other part is one row
	blanks int     // how many empty lines stand above a line
	tables int     // how many tables the document had so far
}

type partKind int

const (
	tablePart     partKind = iota // rows of a table
	titlePart                     // the title of a table, right above its header
	headerPart                    // the header of a table
	linePart                      // running text
	cardPart                      // a row above any table
	collapsedPart                 // a header that ran together in one cell: no table holds until the next
	togetherPart                  // a row below such a header
)

// parter sees which rows of a document are headers, which are rows of a table, and which are running text.
type parter struct {
	table
	mapping *Mapping
	profile *Profile                         // as the caller says; nil to see it by the headings
	note    func(format string, args ...any) // says something of the document to its reader
	take    func(part) error                 // is the next stage

	items     *layout // of a board, while those below an item are read
	stretch   []row   // rows of the table that is being read
	last      row     // the row before, for banners and headers that run over two lines
	begins    bool    // a table may begin here: nothing, or prose, stands above
	blanks    int     // how many empty lines stand above
	ended     bool    // running text stands below the last table of a sheet
	titled    bool    // the tables of a sheet have titles right above their headers
	lost      bool    // a page whose table ran together: no header holds until the next
	tables    int
	seconds   int // headers right below the row before
	passed    int // rows with several cells that stand above any table
	lines     int // lines outside of any table
	chartHead int // a row of days or weeks across the sheet, where no table was found
	maybe     row // a row outside of any table that may be a header
	guess     guess
	// undatedPlan is a header that says what is to be done and not when, where no table was found.
	undatedPlan guess
	failed      error
}

// maxStretch is how many rows of one table are looked at together.
const maxStretch = 500

// beginSheet forgets the table of the sheet before.
func (r *parter) beginSheet() {
	r.items = nil
	r.layout, r.begins, r.last, r.ended, r.maybe = nil, true, row{}, false, row{}
}

// look sees what kind of sheet the first rows of one are of.
func (r *parter) look(rows []row) {
	if r.last.number == 0 {
		r.scanned = r.scanned || r.repeatsHeader(rows)
		r.titled = !r.text && r.titlesHeaders(rows)
	}
}

// partRows parts rows that stand together; more of the same sheet may follow.
func (r *parter) partRows(rows []row) error {
	for i, in := range rows {
		r.walk(in, rows[i+1:])
		if r.failed != nil {
			return r.failed
		}
	}
	return nil
}

// hand gives the next stage a part.
func (r *parter) hand(p part) {
	if r.failed != nil {
		return
	}
	p.tables = r.tables
	if p.kind != titlePart {
		p.layout = r.layout
	}
	r.failed = r.take(p)
}

// titlesHeaders says whether a sheet has several tables, each with its title right above its header: then the titles are
// what their rows belong to.
func (r table) titlesHeaders(rows []row) bool {
	titles := 0
	for i := 1; i < len(rows); i++ {
		if isSectionTitle(rows[i-1]) && r.isHeader(rows[i], true) {
			titles++
		}
	}
	return titles >= 2
}

func isSectionTitle(in row) bool {
	filled := in.filled()
	return len(filled) == 1 && filled[0] == 0 && len(in.cells[0].text) < 70 && !endsSentence(lastOf(in.cells[0].text))
}

// repeatsHeader says whether a spreadsheet was made of a printed document: then its header comes again on every page, and its
// rows and columns are cut as those of a scan are. Where somebody typed a header above each part of a plan, its cells are the same
// each time, letter for letter; a scan reads some of them otherwise.
func (r table) repeatsHeader(rows []row) bool {
	headers, first, otherwise := 0, "", false
	for _, in := range rows {
		found, known, distinct, filled := r.names.asHeadings(in, false)
		if distinct < 4 || 4*known < 3*filled || r.hasDay(in) {
			continue
		}
		text := ""
		for _, h := range found {
			text += h.text + "\t"
		}
		if headers++; headers == 1 {
			first = text
		}
		otherwise = otherwise || text != first
	}
	return headers >= 3 && otherwise
}

// hasDay says whether a row has a day in a cell of its own.
func (r *page) hasDay(in row) bool {
	for _, c := range in.cells {
		if len(c.read) == len(time.DateOnly) || inNumbers.MatchString(c.text) && len(c.text) < 24 {
			return true
		}
	}
	return false
}

// walk takes one row to where it belongs: a header, the table that is being read, or running text.
func (r *parter) walk(in row, next []row) {
	defer func() { r.last = in }()
	if in.blank() {
		r.flush()
		r.begins = true
		r.blanks++
		return
	}
	if r.layout == nil && len(in.filled()) == 0 {
		return // merged cells reach into it from above, and it has nothing of its own
	}
	defer func() { r.blanks = 0 }()
	switch {
	case r.isTimelineHead(in):
		r.layout.leaveOut(in.filled()[0], len(in.cells))
	case r.heads(in, next):
		r.flush()
		r.items = nil
		if headsSubitems(in) {
			r.items = r.layout
		}
		r.header(in, next)
		r.begins = false
	case r.scanned && isCollapsed(in):
		r.flush()
		r.lost = true
		r.hand(part{kind: collapsedPart, row: in})
	case r.lost:
		r.hand(part{kind: togetherPart, row: in})
	case in.prose && r.text && len(r.stretch) > 0 && startsLower(in.cells[0].text):
		r.carryOn(in) // a line of the cell that ends the row above
	case in.prose || r.layout == nil && len(in.filled()) < 2:
		r.lines++
		r.line(in)
		r.begins = true
	case r.endsTable(in, next):
		r.line(in)
		r.ended = true
	case r.layout == nil:
		r.passOver(in)
		r.hand(part{kind: cardPart, row: in})
		r.begins = r.begins && len(in.filled()) < 2
	case len(r.stretch) == 0 && r.joinsHeader(in):
		r.header(in, nil)
	default:
		if r.items != nil && in.at(0).text != "" { // it is an item again, and no subitem
			r.flush()
			r.layout, r.items = r.items, nil
		}
		r.begins, r.ended = false, false
		r.stretch = append(r.stretch, in)
		if len(r.stretch) >= maxStretch {
			r.flushPart()
		}
	}
}

// line hands on a line of running text, behind the rows above it.
func (r *parter) line(in row) {
	r.flush()
	r.hand(part{kind: linePart, row: in, blanks: r.blanks})
}

// mayBegin says whether a table may begin with a row.
func (r *parter) mayBegin(in row) bool { return r.begins || r.layout == nil && !in.prose }

// endsTable says whether a row of a sheet is running text between its tables: one text on the left, below an empty row, and
// nothing of a table right below it that it could be the banner of.
func (r *parter) endsTable(in row, next []row) bool {
	filled := in.filled()
	if r.text || r.layout == nil || in.across || len(filled) != 1 || filled[0] != 0 {
		return false
	}
	text := in.cells[0].text
	if r.blanks == 0 && !r.ended {
		if r.titlesNext(next) && len(text) < 70 {
			return true
		}
		return r.layout.column(Title) != 0 && len(text) > 40 && endsSentence(lastOf(text))
	}
	for _, below := range next {
		if below.blank() {
			continue
		}
		return len(below.filled()) < 2 || len(text) >= 70 || endsSentence(lastOf(text)) || r.isHeader(below, true)
	}
	return true
}

// titlesNext says whether the next row that is not empty, behind at least one that is, is a header: then one text alone is the title of its
// table.
func (r *parter) titlesNext(next []row) bool {
	for n, below := range next {
		if !below.blank() {
			return n > 0 && n < 4 && r.isStrongHeader(below)
		}
	}
	return false
}

// carryOn gives the last cell of the row above the line below it.
func (r *parter) carryOn(in row) {
	above := &r.stretch[len(r.stretch)-1]
	filled := above.filled()
	if len(filled) == 0 {
		return
	}
	cells := append([]cell(nil), above.cells...)
	last := filled[len(filled)-1]
	cells[last] = joinCells(cells[last], in.cells[0])
	above.cells = cells
}

// joinsHeader says whether a row right below a header is its second line.
func (r *parter) joinsHeader(in row) bool {
	if in.barred || r.last.number != r.layout.line || !r.scanned && in.number != r.layout.line+1 {
		return false
	}
	if r.scanned {
		in = r.specks(in)
	} else if in = in.upTo(r.names.timelineOf(in)); r.hasDate(in) {
		return false
	}
	found, known, _, filled := r.names.asHeadings(in, r.scanned)
	periods := 0
	for _, h := range found {
		if h.as == Period {
			periods++
		}
	}
	if known == 0 || in.across || !r.scanned && filled < 2 { // one text alone heads rows, and no columns
		return false
	}
	if periods > 0 { // a second line of years is a header, and a single date is not
		return periods >= 2 && periods == filled
	}
	for _, c := range in.cells {
		if len(c.text) > 60 {
			return false
		}
	}
	title := in.at(r.layout.column(Title)).text
	return 2*known >= filled || r.scanned && 3*known >= filled && len(title) < 30
}

// header takes a row as the header of what follows. Two header rows in a row are one.
func (r *parter) header(in row, below []row) {
	if r.scanned {
		in = r.specks(in)
	}
	chart, cells := -1, len(in.cells)
	told, untold := r.reports(in, below)
	if !r.scanned {
		if in.chart == nil && len(told) == 0 {
			chart = r.names.timelineOf(in)
		}
		in = in.upTo(chart)
	}
	found, _, _, _ := r.names.asHeadings(in, true)
	if !r.scanned && in.chart == nil && !headsSubitems(in) && profileOf(found) == nil { // a tool repeats its header
		r.noteSecond(in)
	}
	r.asExported(found)
	if headsSubitems(in) {
		subitems(found)
	}
	if !r.scanned && r.last.number == in.number-1 {
		r.names.ofGroups(found, r.last)
	}
	r.mapping.apply(found, r.sheet)
	r.reportedIn(found, told, untold)
	before := r.layout
	if r.titled && r.last.number == in.number-1 && isSectionTitle(r.last) {
		r.hand(part{kind: titlePart, layout: before, row: r.last})
	}
	next := &layout{headings: found, line: in.number, people: !r.scanned && headsPeople(in)}
	if before != nil && before.line == r.last.number && r.last.number > 0 && r.last.number == in.number-1 && before.columns == nil {
		next.headings = r.names.mergeHeadings(before.headings, found)
		r.mapping.apply(next.headings, r.sheet)
	} else {
		if !next.people {
			next.inherit(before)
		}
		r.tables++
	}
	if chart >= 0 {
		next.leaveOut(chart, cells)
	}
	if in.chart != nil {
		next.ofChart(in.chart)
	}
	r.lost = false
	r.layout = next
	r.hand(part{kind: headerPart, row: in})
}

// asExported reads headings as the tool means them that exported the document.
func (r *parter) asExported(found []heading) {
	p := r.profile
	if p == nil && !r.scanned {
		p = profileOf(found)
	}
	if p == nil {
		return
	}
	p.apply(found)
	r.note("The headings were read as those of an export: %s (profile %s).", p.Title, p.Name)
}

// noteSecond says that a row within a table was taken for another header: if it is none, what stands below it is read wrongly.
func (r *parter) noteSecond(in row) {
	if r.layout == nil || r.blanks > 0 || r.begins || r.last.number != in.number-1 || len(in.filled()) == 0 {
		return
	}
	r.seconds++
	r.note("Row %d (%.60q) stands within a table and was taken for a header. If it is a row of the table, name the header with header_row in a mapping file.", in.number, in.cells[in.filled()[0]].text)
}

// flushPart hands on what there is of a table that goes on. The row that was read last may run on, so it waits.
func (r *parter) flushPart() {
	last := r.stretch[len(r.stretch)-1]
	r.stretch = r.stretch[:len(r.stretch)-1]
	r.flush()
	r.stretch = append(r.stretch[:0], last)
}

// flush hands on the rows of a table that were gathered.
func (r *parter) flush() {
	rows := r.stretch
	r.stretch = r.stretch[:0]
	if len(rows) > 0 && r.layout != nil {
		r.hand(part{kind: tablePart, rows: rows})
	}
}
