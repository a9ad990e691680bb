package documents

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"milepost.dev/domain/period"
)

// milestoneTable reads a table in which a row, or what a row holds, is a milestone.
func (r *reader) milestoneTable(rows []row) {
	l := r.layout
	if !r.scanned && !l.has(Title, Deliverable, Scheme) { // a list of choices, or a log: no row of it is to be done
		for _, in := range rows {
			for _, i := range in.filled() {
				r.lose(i)
			}
		}
		return
	}
	var kept []row
	key := false
	lined := r.scanned && runsOnByLines(rows, l.column(Title))
	sections := r.sectionsOf(rows)
	for i, in := range rows {
		raw := in
		if r.scanned {
			in = r.specks(in)
			if in.blank() {
				continue
			}
			if i < 2 && !r.isBannerWithNoise(in) && r.isGarbled(in) {
				r.garbled(in)
				continue
			}
			if isGhost(in, l) {
				r.garbled(in)
				continue
			}
			if !lined {
				in = r.aligned(in)
			}
		}
		if key = r.isKey(in, key); key || isTotal(in) {
			r.tellAside(in, key)
			continue
		}
		var before row
		if i > 0 {
			before = rows[i-1]
		}
		if l.signed = r.isSignature(in, before); l.signed {
			r.tellAside(in, false)
			continue
		}
		if isBanner(in, l, before) || sections[i] || r.isSectionRow(in, rows[i+1:]) || r.scanned && i == 0 && r.isBannerWithNoise(in) {
			r.tableRows(kept)
			kept = nil
			if pieces := bannerPieces(raw); len(pieces) > 0 {
				r.setBanner(pieces, in)
			}
			continue
		}
		if r.scanned && len(kept) > 0 {
			in = withoutEcho(in, kept[len(kept)-1], l.column(Title))
		}
		kept = append(kept, in)
	}
	r.tableRows(kept)
	l.last = rows[len(rows)-1].number
}

// bannerPieces are the words of a banner: of its first three cells, else wherever a merged cell has them. A line drawn with dashes has none.
func bannerPieces(in row) (pieces []string) {
	for i, c := range in.cells {
		if len(words(c.text)) > 0 && (i < 3 || len(pieces) == 0) {
			pieces = append(pieces, c.text)
		}
	}
	return pieces
}

func (r *reader) garbled(in row) {
	r.fact(in.number, "garbled", "A line that the scan garbled, or that is the ghost of another, was passed over.")
}

func (r *reader) tableRows(rows []row) {
	if len(rows) == 0 {
		return
	}
	r.mendBanner(rows)
	r.unheaded(rows)
	for _, rec := range r.records(rows) {
		r.take(rec)
		if r.failed != nil {
			return
		}
	}
}

// take makes the milestones of a record.
func (r *reader) take(rec *record) {
	r.openBlock(rec)
	l := r.layout
	first := rec.rows[0]
	base := Milestone{Sheet: r.sheet, Line: first.number}
	base.Workstream = r.workstream(rec)
	r.doubtRow(&base, rec)
	if base.Owner = r.owner(rec); !r.scanned && base.Owner.Text != "" && !rec.has(Owner) {
		base.doubt(period.Ambiguous, Owner, base.Owner.Text, "The cell of the owner is empty; the owner of the row above was taken.")
	}
	base.Status, base.RAG, base.Percent = r.field(rec, Status), r.rag(rec), r.percentOf(rec)
	base.Reason, base.Earlier = r.field(rec, Reason), r.earlier(rec)
	r.actualOf(&base, rec)
	base.inNoOrder = r.inNoOrder(rec)
	base.NextSteps, base.Issues = r.field(rec, NextSteps), r.field(rec, Issues)
	base.rows = [2]int{first.number, rec.rows[len(rec.rows)-1].number}
	base.Other = r.others(rec)
	if worked := r.workProgramme(rec); worked.Text != "" {
		base.Other = withOther(base.Other, r.layout.headings[l.column(Title)].text, worked)
	}
	if ref := r.field(rec, Ref); ref.Text != "" {
		base.Ref, base.RefGiven = ref.Text, true
	}
	r.doubtRepeated(&base, rec)

	text := joinLines(rec.cells[Title])
	paragraphs := rec.paragraphs
	if text == "" {
		text = r.value(r.block.deliverable...).Text
		if text == "" {
			text = r.value(r.block.scheme...).Text
		}
		paragraphs = nil
		if l.has(Title) {
			base.doubt(NoAction, Title, text, "The cell of the action is empty; what is to be delivered is taken for the action.")
		}
	}
	if text == "" {
		text = r.besideDate(&base, rec)
	}
	if text == "" {
		text = r.calledAbove(&base, rec)
	}
	if !r.isName(text, rec) { // nothing to be done
		r.noAction(rec)
		return
	}
	dateText, read, review := r.dateOf(rec)
	var parts []string
	if len(paragraphs) > 1 {
		for _, lines := range paragraphs {
			parts = append(parts, r.value(lines...).Text)
		}
	}
	if base.RefGiven { // who gives a row a reference says that it is one thing
		parts = []string{oneLine(text)}
	}
	splits := l.splitsActions()
	actions := r.pair(text, parts, splits && rec.has(Title), dateText.Text, read)
	for i, a := range actions {
		m := base
		m.Review = slices.Clone(base.Review)
		m.Title = r.titleValue(rec, a.text)
		m.Line = r.lineOf(rec, paragraphs, a.text, i)
		m.Date = Value{Text: a.dateText, From: dateText.From}
		m.Dates, m.DateAsAt = a.dates, r.toldAsAt(dateText)
		m.Review = append(m.Review, append(slices.Clone(review), a.review...)...)
		r.startAndFinish(&m, rec)
		r.doubtOtherSheet(&m)
		r.datesInWords(&m)
		if startsLower(a.text) && r.scanned && i == 0 {
			m.doubt(Damaged, Title, a.text, "The action begins in the middle of a sentence: its beginning is lost.")
		}
		r.block.milestones = append(r.block.milestones, m)
	}
	if here := r.block.milestones; len(actions) > 1 && len(read.Readings) == 1 {
		doubtShared(here[len(here)-len(actions):], dateText.Text)
	}
	if len(r.block.milestones) >= maxBlock {
		r.closeBlock()
	}
}

// doubtRow asks whether a row is a milestone at all, where something speaks against it.
func (r *reader) doubtRow(base *Milestone, rec *record) {
	l := r.layout
	if rec.hidden {
		base.doubt(Hidden, Title, "", "The row is hidden in the spreadsheet: somebody may have meant to leave it out.")
	}
	if r.datedSheet && !l.has(Date, Finish, Start, Actual, Period) {
		base.doubt(Candidate, Title, "", "The table has no column that says when, and a sheet before it has: it may be no list of milestones.")
	}
	if r.datedSheet && l.charted {
		base.doubt(Candidate, Title, "", "A bar of a chart dates it, and a sheet before it has dates: it may say again what stands there.")
	}
	if l.numbered && !strings.ContainsAny(rec.text(Ref), "0123456789") && rec.has(Ref) && !rec.has(Date) && !rec.has(Finish) {
		base.doubt(Candidate, Title, rec.text(Ref), "The rows of the table are numbered, and this one is not; it has no date either: it may be a note below the table.")
	}
	for _, d := range rec.errors {
		base.doubt(d.Reason, d.Field, d.Text, d.Says)
	}
}

// besideDate takes the words to the left of the date of a row for its action, where the cell of the action is empty: a merged cell may
// reach into the column of the actions from the left.
func (r *reader) besideDate(m *Milestone, rec *record) string {
	l := r.layout
	if r.scanned || l.column(Title) < 0 {
		return ""
	}
	dated := slices.ContainsFunc([]Field{Date, Start, Finish}, func(f Field) bool {
		return slices.ContainsFunc(rec.cells[f], r.isDay)
	})
	for i := min(l.column(Title), len(rec.rows[0].cells)) - 1; dated && i >= 0; i-- {
		c := rec.rows[0].at(i)
		if as := l.headings[i].as; as != Unread && as != Workstream && as != Scheme || c.above || !strings.ContainsFunc(c.text, unicode.IsLetter) {
			continue
		}
		rec.cells[Title], m.Review = []cell{c}, slices.DeleteFunc(m.Review, func(d Doubt) bool { return d.Reason == NoAction })
		m.doubt(NoAction, Title, c.text, "The cell of the action is empty; the words to the left of it were taken for the action.")
		return c.text
	}
	return ""
}

// calledAbove takes the words of a merged cell that reaches down into a row which has an owner, a date or a state of its own.
func (r *reader) calledAbove(m *Milestone, rec *record) string {
	c := rec.rows[0].at(r.layout.column(Title))
	if r.scanned || !c.above || c.text == "" || !r.isOwnRow(rec.rows[0]) {
		return ""
	}
	rec.cells[Title], m.Review = []cell{c}, slices.DeleteFunc(m.Review, func(d Doubt) bool { return d.Reason == NoAction })
	m.doubt(NoAction, Title, c.text, "The cell of the action reaches down from the row above: this row was read as another of the same words.")
	return c.text
}

// workProgramme is an action that names no more than whose programme of work it is part of: "Estates group programme of
// work". Several rows of a tracker say the same; what is required tells them apart, and takes its place as the action.
func (r *page) workProgramme(rec *record) Value {
	if len(rec.cells[Deliverable]) == 0 {
		return Value{}
	}
	text := joinLines(rec.cells[Title])
	fields := strings.Fields(text)
	if len(fields) < 3 || !programmeOfWork.MatchString(text) || opensAction(fields[0], fields[1]) > 0 {
		return Value{}
	}
	worked := r.value(rec.cells[Title]...)
	rec.cells[Title] = rec.cells[Deliverable]
	rec.paragraphs = nil
	return worked
}

var programmeOfWork = regexp.MustCompile(`(?i)^[^.;:]{5,80}\b(?:programme of works?|work ?programme|work ?plan)\.?$`)

// doubtShared asks about the one date of several actions where the words of one of them name another date: then nothing
// says which of them the date is of.
func doubtShared(actions []Milestone, date string) {
	own := slices.ContainsFunc(actions, func(m Milestone) bool { return len(m.Dates) > 1 })
	for i := range actions {
		if own && len(actions[i].Review) == 0 {
			actions[i].doubt(period.SeveralDates, Date, date, OneDateBeside)
		}
	}
}

// noAction tells of a row that says neither what is to be done nor what is to be delivered.
func (r *reader) noAction(rec *record) {
	var texts []string
	for _, in := range rec.rows {
		for _, i := range in.filled() {
			r.lose(i)
			texts = append(texts, oneLine(in.at(i).text))
		}
	}
	if !r.scanned && slices.ContainsFunc([]Field{Date, Start, Finish, Further}, func(f Field) bool { return slices.ContainsFunc(rec.cells[f], r.isDay) }) {
		if r.untitled++; r.untitled == 1 {
			r.untitledAt = Place{r.sheet, rec.rows[0].number, 0, ""}
		}
	}
	if r.scanned || !slices.ContainsFunc(rec.rows, r.isOwnRow) { // a scan leaves such rows on every page
		return
	}
	r.tell(Fact{
		Sheet: r.sheet, Line: rec.rows[0].number, Kind: "no_action", Says: strings.Join(texts, " | "),
		From: r.places(rec.rows[0].cells),
	})
}

// splitsActions says whether a cell of this table may hold several actions. Where a row has one status, or is a
// project, it is one thing.
func (l *layout) splitsActions() bool {
	if l.has(Status, Percent, RAG, Ref, Start) {
		return false
	}
	i := l.column(Title)
	if i < 0 {
		return false
	}
	heading := strings.ToLower(l.headings[i].text)
	return !strings.Contains(heading, "project") && !strings.Contains(heading, "title") && !strings.Contains(heading, "name")
}
