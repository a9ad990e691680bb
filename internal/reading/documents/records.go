package documents

import (
	"regexp"
	"strings"
	"unicode"

	"milepost.dev/domain/period"
)

// record is what the document says of one row of its table, gathered from all the lines that it runs over.
type record struct {
	rows       []row
	cells      map[Field][]cell
	paragraphs [][]cell // the lines of each action, where a printed page parts them by empty lines
	opensBlock bool
	hidden     bool
	errors     []Doubt // for cells that show an error in place of a value
}

func (rec *record) text(f Field) string {
	var texts []string
	for _, c := range rec.cells[f] {
		if c.text != "" {
			texts = append(texts, c.text)
		}
	}
	return strings.Join(texts, " ")
}

func (rec *record) has(f Field) bool { return rec.text(f) != "" }

// add takes the cells of a row into the record.
func (rec *record) add(in row, l *layout) {
	rec.rows = append(rec.rows, in)
	rec.hidden = rec.hidden || in.hidden
	rec.errors = append(rec.errors, in.asks...)
	for i, c := range in.cells {
		if c.text == "" {
			continue
		}
		as := Unread
		if i < len(l.headings) {
			as = l.headings[i].as
		}
		if c.above && sharedByBlock[as] {
			continue // the block has it already
		}
		if errorValue.MatchString(c.text) && as != Unread {
			rec.errors = append(rec.errors, Doubt{Damaged, as, c.text, "The cell shows an error of the spreadsheet program in place of its value."})
			continue
		}
		rec.cells[as] = append(rec.cells[as], c)
	}
}

// errorValue is what a spreadsheet shows where a value could not be worked out.
var errorValue = regexp.MustCompile(`^#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)$`)

// sharedByBlock are the fields that a merged cell says of a block, and not of each row again.
var sharedByBlock = map[Field]bool{Title: true, Scheme: true, Deliverable: true, Baseline: true, KPI: true, Success: true, Funding: true}

func newRecord() *record { return &record{cells: map[Field][]cell{}} }

// records gathers the rows of a table into records: a row that only carries on what the row above began is one with it.
func (r table) records(rows []row) (found []*record) {
	l := r.layout
	if r.scanned && runsOnByLines(rows, l.column(Title)) {
		return r.linedRecords(rows)
	}
	var last *record
	for _, in := range rows {
		if last != nil && r.carriesOn(in, last) {
			last.add(in, l)
			continue
		}
		last = newRecord()
		last.add(in, l)
		found = append(found, last)
	}
	return found
}

// carriesOn says whether a row has no action of its own.
func (r table) carriesOn(in row, above *record) bool {
	l := r.layout
	title := in.at(l.column(Title))
	switch {
	case l.has(Ref) && in.at(l.column(Ref)).text != "":
		return false
	case title.text == "":
		return r.addsToAbove(in)
	case title.above && !r.scanned: // a merged cell says what both are called
		return !r.isOwnRow(in)
	case r.isTracker() && in.at(l.column(Chapter)).text != "" && startsUpper(title.text) && in.at(l.column(Owner)).text != "":
		return false // a row of a tracker is one thing, whatever a scan made of its date
	case !above.has(Title) || !r.scanned && (r.isOwnRow(in) || !startsUpper(above.cells[Title][0].text)):
		return false
	}
	date := in.at(l.column(Date))
	if date.text != "" && !isDitto(date.text) && !r.isDate(date) && !startsUpper(date.text) {
		return true // "onwards" goes with the date of the row above
	}
	return r.runsOn(above.text(Title), title.text, date.text)
}

// isTracker says whether a table tells how far each of its rows is, and to which chapter it belongs.
func (r table) isTracker() bool { return r.layout.has(Status, Percent, RAG) && r.layout.has(Chapter) }

// addsToAbove says whether a row without an action says more of the row above. It is one of its own where it says what is to be
// delivered, and when or by whom.
func (r table) addsToAbove(in row) bool {
	l := r.layout
	if !r.scanned && l.has(Title) && r.isOwnRow(in) {
		return false
	}
	what, date := in.at(l.column(Deliverable)).text, in.at(l.column(Date))
	if r.isTracker() && startsUpper(what) && in.at(l.column(Chapter)).text != "" {
		return false // a row of a tracker is one thing, however little it says
	}
	if !l.has(Title) || what == "" || startsLower(what) || date.text == "" && in.at(l.column(Owner)).text == "" {
		return l.has(Title) || what == ""
	}
	return isDitto(date.text) || !r.isDate(date)
}

// runsOn says whether a text is the rest of the one above it.
func (r table) runsOn(said, text, date string) bool {
	fields := strings.Fields(said)
	last := fields[len(fields)-1]
	switch {
	case startsLower(text):
		return !r.layout.has(Ref) && (!endsSentence(last) || r.scanned && date == "")
	case r.scanned && leadsOn(last) && !endsSentence(last):
		return true
	}
	return r.scanned && strings.Count(said, "(") > strings.Count(said, ")") && date == ""
}

// isOwnRow says whether a row of a spreadsheet says when, by whom or how far: what carries on the row above says none of it.
// Somebody made it a row, whatever its other cells hold.
func (r table) isOwnRow(in row) bool {
	for i, c := range in.cells {
		if c.text == "" || c.above || i >= len(r.layout.headings) {
			continue
		}
		switch r.layout.headings[i].as {
		case Ref, Date, Start, Finish, Further, Owner, Status, RAG, Percent:
			return true
		}
	}
	return false
}

// runsOnByLines says whether every line of a printed page became a row of its own: then most lines that follow
// another in the column of actions begin in the middle of a sentence.
func runsOnByLines(rows []row, title int) bool {
	follow, small := 0, 0
	for i := 1; i < len(rows); i++ {
		if rows[i-1].at(title).text == "" || rows[i].at(title).text == "" || len(rows[i].at(title).text) > 90 {
			continue
		}
		follow++
		if startsLower(rows[i].at(title).text) {
			small++
		}
	}
	return small >= 3 && 3*small >= follow
}

// linedRecords gathers a printed page whose lines became rows. A new record begins where the column of owners begins
// again after a gap; the actions in it are the paragraphs of their column.
func (r table) linedRecords(rows []row) (found []*record) {
	l := r.layout
	title, owner, date := l.column(Title), l.column(Owner), l.column(Date)
	var rec *record
	gapOwner, gapTitle := true, true
	for i, in := range rows {
		ownerHere := in.at(owner).text
		if rec == nil || ownerHere != "" && gapOwner && in.at(title).text != "" && gapTitle {
			rec = newRecord()
			found = append(found, rec)
			gapTitle = true
		}
		gapOwner = ownerHere == ""
		if i > 0 && r.isGhostDate(in.at(date), rows[i-1].at(date)) {
			in = without(in, date)
		}
		rec.add(in, l)
		switch text := in.at(title); {
		case !strings.ContainsFunc(text.text, unicode.IsLetter):
			gapTitle = true
		case gapTitle || beginsAction(rec.paragraphs[len(rec.paragraphs)-1], text):
			rec.paragraphs = append(rec.paragraphs, []cell{text})
			gapTitle = false
		default:
			n := len(rec.paragraphs) - 1
			rec.paragraphs[n] = append(rec.paragraphs[n], text)
		}
	}
	return found
}

// beginsAction says whether a line begins a new action although no empty line stands above it.
func beginsAction(above []cell, line cell) bool {
	p := phraseOf(above[len(above)-1].text + " " + line.text)
	at := len(strings.Fields(above[len(above)-1].text))
	for _, c := range p.cuts() {
		if c.before == at && c.weight >= byNoun {
			return true
		}
	}
	return false
}

// isGhostDate says whether a date is the one above it read again, and worse.
func (r *calendar) isGhostDate(c, above cell) bool {
	if c.text == "" || above.text == "" || c.text == above.text {
		return false
	}
	here, there := r.dates(c), r.dates(above)
	if len(there.Review) > 0 || len(here.Review) == 0 {
		return false
	}
	close := similarity(strings.ToLower(c.text), strings.ToLower(above.text))
	return close > 0.7 || close > 0.3 && here.Review[0] == period.Unreadable
}

func without(in row, column int) row {
	cells := append([]cell(nil), in.cells...)
	cells[column].text = ""
	in.cells = cells
	return in
}
