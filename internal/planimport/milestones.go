package planimport

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"milepost.dev/domain/period"
)

// block is what several rows of a table share: the scheme and deliverable that they belong to, and what the
// columns beside them say of those. It stands once, on the first of the rows, and may run on beside the others.
type block struct {
	scheme, deliverable             []cell
	baseline, kpi, success, funding []cell
	milestones                      []Milestone // those of the deliverable that is being read
	firstRow, lastRow               int
	lined                           bool   // its rows are the lines of a printed page
	dates                           []cell // of its first row
}

// maxBlock is how many milestones of one block wait for what else the document says of it.
const maxBlock = 500

// milestoneTable reads a table in which a row, or what a row holds, is a milestone.
func (r *reader) milestoneTable(rows []row) {
	l := r.layout
	var kept []row
	lined := r.scanned && runsOnByLines(rows, l.column(Title))
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
		before := r.last
		if i > 0 {
			before = rows[i-1]
		} else {
			before = row{}
		}
		if isBanner(in, l, before) || r.scanned && i == 0 && r.isBannerWithNoise(in) {
			r.tableRows(kept)
			kept = nil
			var pieces []string
			for _, c := range raw.cells[:min(len(raw.cells), 3)] {
				if len(words(c.text)) > 0 {
					pieces = append(pieces, c.text)
				}
			}
			r.setBanner(pieces, in)
			continue
		}
		kept = append(kept, in)
	}
	r.tableRows(kept)
}

// isBannerWithNoise says whether the row below a header is a banner beside which a scan saw the header again.
func (r *reader) isBannerWithNoise(in row) bool {
	title := r.layout.column(Title)
	lead := in.at(0).text + in.at(1).text
	if title < 2 || lead == "" || len(lead) > 60 || !bannerPiece.MatchString(" "+lead) && !bannerPiece.MatchString(lead) {
		return false
	}
	if d := r.layout.column(Date); d >= 0 && r.isDate(in.at(d)) {
		return false
	}
	return len(in.at(title).text) < 35
}

func (r *reader) garbled(in row) {
	r.fact(in.number, "garbled", "A line that the scan garbled, or that is the ghost of another, was passed over.")
}

func (r *reader) tableRows(rows []row) {
	if len(rows) == 0 {
		return
	}
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
	if rec.hidden {
		base.doubt(Hidden, Title, "", "The row is hidden in the spreadsheet: somebody may have meant to leave it out.")
	}
	base.Owner = r.owner(rec)
	base.Status, base.RAG, base.Percent = r.field(rec, Status), r.rag(rec), r.field(rec, Percent)
	base.NextSteps, base.Issues = r.field(rec, NextSteps), r.field(rec, Issues)
	base.rows = [2]int{first.number, rec.rows[len(rec.rows)-1].number}
	base.Other = r.others(rec)
	if ref := r.field(rec, Ref); ref.Text != "" {
		base.Ref, base.RefGiven = ref.Text, true
	}

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
	if !strings.ContainsFunc(text, unicode.IsLetter) { // nothing to be done
		for _, in := range rec.rows {
			for _, i := range in.filled() {
				r.lose(i)
			}
		}
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
		m.Dates = a.dates
		m.Review = append(m.Review, append(slices.Clone(review), a.review...)...)
		r.startAndFinish(&m, rec)
		r.datesInWords(&m)
		if startsLower(a.text) && r.scanned && i == 0 {
			m.doubt(Damaged, Title, a.text, "The action begins in the middle of a sentence: its beginning is lost.")
		}
		r.block.milestones = append(r.block.milestones, m)
	}
	if len(r.block.milestones) >= maxBlock {
		r.closeBlock()
	}
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

func joinLines(cells []cell) string {
	var texts []string
	for _, c := range cells {
		texts = append(texts, c.text)
	}
	return mendHyphen(strings.Join(texts, " "))
}

// titleValue is the text of one action, with the cells that it stands in.
func (r *reader) titleValue(rec *record, text string) Value {
	cells := rec.cells[Title]
	if len(cells) == 0 {
		if cells = r.block.deliverable; len(cells) == 0 {
			cells = r.block.scheme
		}
	}
	return Value{Text: text, From: r.places(cells)}
}

// lineOf is the line where an action begins.
func (r *reader) lineOf(rec *record, paragraphs [][]cell, text string, i int) int {
	for _, lines := range paragraphs {
		if strings.HasPrefix(text, firstWords(lines[0].text)) {
			return lines[0].row
		}
	}
	begin := firstWords(text)
	for _, c := range rec.cells[Title] {
		if strings.Contains(mendHyphen(oneLine(c.text)), begin) {
			return c.row
		}
	}
	return rec.rows[0].number
}

func firstWords(text string) string {
	fields := strings.Fields(text)
	return strings.Join(fields[:min(3, len(fields))], " ")
}

// openBlock sees whether a record begins a new scheme or deliverable, and carries down what it does not say.
func (r *reader) openBlock(rec *record) {
	scheme, what := rec.cells[Scheme], rec.cells[Deliverable]
	scheme = slices.DeleteFunc(slices.Clone(scheme), func(c cell) bool { return r.scanned && (r.isNoise(c.text) || r.isBannerAgain(c.text)) })
	b := &r.block
	newScheme := len(scheme) > 0 && !continues(b.scheme, scheme[0])
	runsOn := len(scheme) > 0 && !newScheme // beside the name of a scheme that runs on, everything does
	newWhat := len(what) > 0 && !runsOn && (newScheme || !continues(b.deliverable, what[0]) && !r.besideFirst(rec))
	own := !r.layout.has(Scheme, Deliverable) || r.layout.has(Ref)
	rec.opensBlock = newScheme || newWhat || own
	if rec.opensBlock {
		was := *b
		r.closeBlock()
		*b = block{firstRow: rec.rows[0].number}
		if !newScheme && !own {
			b.scheme = was.scheme
			if !newWhat {
				b.deliverable = was.deliverable
			}
		}
		b.dates = rec.cells[Date]
	}
	if newScheme || own {
		b.scheme = scheme
		b.deliverable = what
	} else {
		b.scheme = append(b.scheme, scheme...)
		if newWhat {
			b.deliverable = what
		} else {
			b.deliverable = append(b.deliverable, what...)
		}
	}
	b.baseline = append(b.baseline, rec.cells[Baseline]...)
	b.kpi = append(b.kpi, rec.cells[KPI]...)
	b.success = append(b.success, rec.cells[Success]...)
	b.funding = append(b.funding, rec.cells[Funding]...)
	b.lined = len(rec.paragraphs) > 0
	b.lastRow = rec.rows[len(rec.rows)-1].number
}

// continues says whether a cell carries on the text of those above it.
func continues(above []cell, c cell) bool {
	if len(above) == 0 {
		return false
	}
	said := above[len(above)-1].text
	fields := strings.Fields(said)
	return startsLower(c.text) || leadsOn(fields[len(fields)-1]) && !endsSentence(said) || strings.Count(said, "(") > strings.Count(said, ")") || isDitto(c.text)
}

// besideFirst says whether a record stands right below the first of its block and says nothing else of a
// deliverable: then what it has in that column is the rest of a name that runs over two rows.
func (r *reader) besideFirst(rec *record) bool {
	b := r.block
	if !r.scanned || b.firstRow == 0 || rec.rows[0].number != b.lastRow+1 || b.lastRow != b.firstRow || len(b.deliverable) != 1 {
		return false
	}
	if len(b.baseline)+len(b.funding) == 0 || rec.has(Baseline) || rec.has(Funding) || rec.has(Scheme) {
		return false
	}
	return !endsSentence(b.deliverable[0].text)
}

// isBannerAgain says whether a cell is the beginning of the banner, which a scan saw once more beside the rows.
func (r *reader) isBannerAgain(text string) bool {
	return len(text) >= 4 && strings.Contains(text, " - ") && len(text) < len(r.banner1.Text) && strings.EqualFold(r.banner1.Text[:len(text)], text)
}

// isNoise says whether capitals make no word of the document.
func (r *reader) isNoise(text string) bool {
	for _, w := range words(text) {
		if w != strings.ToUpper(w) || r.words[strings.ToLower(w)] >= 2 {
			return false
		}
	}
	return len(words(text)) >= 2
}

// closeBlock hands on the milestones of a block, with what the block says of all of them.
func (r *reader) closeBlock() {
	b := r.block
	r.block.milestones, r.block.funding = nil, nil
	if len(b.milestones) == 0 {
		return
	}
	funding := r.fundingOf(b)
	measures := runs(b.success)
	for _, m := range b.milestones {
		m.Scheme, m.Deliverable = r.value(b.scheme...), r.value(b.deliverable...)
		m.Baseline, m.KPI = r.value(b.baseline...), r.value(b.kpi...)
		m.Success = r.value(ofRow(measures, m)...)
		if len(b.milestones) == 1 {
			m.Funding = funding
		}
		r.emit(m)
	}
	if len(b.milestones) > 1 {
		for _, f := range funding {
			r.emitFunding(f)
		}
	}
}

// runs groups cells below each other into texts: a cell that carries on the one above belongs to it.
func runs(cells []cell) (found [][]cell) {
	for i, c := range cells {
		if i > 0 && continues(cells[i-1:i], c) {
			found[len(found)-1] = append(found[len(found)-1], c)
			continue
		}
		found = append(found, []cell{c})
	}
	return found
}

// ofRow answers those of the texts that stand beside a milestone. One text beside the whole block is everybody's.
func ofRow(texts [][]cell, m Milestone) (own []cell) {
	for _, text := range texts {
		for _, c := range text {
			if m.rows[0] <= c.row && c.row <= m.rows[1] {
				own = append(own, text...)
				break
			}
		}
	}
	if len(own) == 0 && len(texts) == 1 {
		return texts[0]
	}
	return own
}

// emit gives a milestone its reference and hands it on.
func (r *reader) emit(m Milestone) {
	if r.failed != nil {
		return
	}
	if !m.RefGiven {
		m.Ref = r.madeRef(m.Sheet, m.Line)
	}
	m.Review = tidyDoubts(m.Review)
	r.emitted++
	r.failed = r.sink.Milestone(m)
}

// madeRef is a reference made of a place: "L12", and "L12.2" for the second action that begins there.
func (r *reader) madeRef(sheet string, line int) string {
	name := fmt.Sprintf("L%d", line)
	if sheet != "" {
		name = fmt.Sprintf("%s-R%d", strings.Join(words(sheet), "-"), line)
	}
	if r.refLine != name {
		r.refLine, r.refCount = name, 0
	}
	if r.refCount++; r.refCount > 1 {
		return fmt.Sprintf("%s.%d", name, r.refCount)
	}
	return name
}

func tidyDoubts(doubts []Doubt) (kept []Doubt) {
	for _, d := range doubts {
		if !slices.ContainsFunc(kept, func(k Doubt) bool { return k.Reason == d.Reason && k.Field == d.Field }) {
			kept = append(kept, d)
		}
	}
	return kept
}

// field is a value of a record; a ditto mark is what stands above it.
func (r *reader) field(rec *record, f Field) Value {
	cells := slices.Clone(rec.cells[f])
	for i, c := range cells {
		if isDitto(c.text) && f != Title {
			if above, ok := r.above[f]; ok {
				cells[i].text = above.text
			}
			continue
		}
		r.above[f] = c
	}
	return r.value(cells...)
}

// rag is a rating. A cell that is only coloured says nothing that a reader of text can see: it is not stated.
func (r *reader) rag(rec *record) Value { return r.field(rec, RAG) }

// workstream is the column's value, else that of the banner or chapter above.
func (r *reader) workstream(rec *record) Value {
	if c := rec.cells[Workstream]; len(c) > 0 && rec.has(Workstream) {
		r.above[Workstream] = c[0]
		return r.value(c...)
	}
	if c := rec.cells[Chapter]; len(c) > 0 && c[0].text != "" {
		v := r.value(c...)
		if name, ok := r.chapters[chapterNumber(v.Text)]; ok {
			v.Text = name
		}
		return v
	}
	if c, ok := r.above[Workstream]; ok && r.layout.has(Workstream) && !r.layout.has(Ref) {
		return r.value(c)
	}
	return r.banner1
}

// owner is the one who is accountable. A row that begins nothing of its own belongs to the owner above.
func (r *reader) owner(rec *record) Value {
	if rec.has(Owner) {
		v := r.field(rec, Owner)
		if c := rec.cells[Owner]; !isDitto(c[0].text) {
			r.ownerUp = v
		}
		return v
	}
	if rec.opensBlock {
		r.ownerUp = Value{}
		return Value{}
	}
	return r.ownerUp
}

// others are the values of columns that are no field, by heading.
func (r *reader) others(rec *record) map[string]Value {
	var others map[string]Value
	for _, in := range rec.rows {
		for i, c := range in.cells {
			if c.text == "" || i >= len(r.layout.headings) || r.layout.headings[i].as != Unread || r.layout.headings[i].text == "" {
				continue
			}
			if others == nil {
				others = map[string]Value{}
			}
			others[r.layout.headings[i].text] = r.value(c)
		}
	}
	return others
}

// lose counts a value that nothing was made of.
func (r *reader) lose(column int) {
	if column < len(r.layout.columns) && r.layout.columns[column] != nil && r.layout.columns[column].As != Unread {
		r.layout.columns[column].Unread++
	}
}

// dateOf reads the date of a record.
func (r *reader) dateOf(rec *record) (Value, period.Delivery, []Doubt) {
	l := r.layout
	if !l.has(Date) && !l.has(Start, Finish) {
		return Value{}, period.Delivery{}, nil
	}
	if !l.has(Date) {
		return Value{}, period.Delivery{}, nil // see startAndFinish
	}
	cells := rec.cells[Date]
	if len(cells) == 0 {
		return r.noDate(rec)
	}
	var review []Doubt
	var texts []string
	var readings []period.Reading
	ditto := false
	for _, c := range cells {
		if c.doubt != "" {
			review = append(review, Doubt{c.doubt, Date, c.text, sentences[c.doubt]})
		}
		if isDitto(c.text) {
			ditto = true
			readings = append(readings, r.datesUp...)
			continue
		}
		text := c.read
		if text == "" {
			text = oneLine(c.text)
		}
		texts = append(texts, text)
	}
	v := r.value(cells...)
	d := period.ReadWords(strings.Join(texts, " "), r.settings)
	switch {
	case ditto && len(texts) == 0 && len(r.datesUp) == 0:
		d = period.ReadWords(v.Text, r.settings)
	case ditto && len(texts) == 0:
		d = period.Delivery{Text: v.Text, Readings: readings}
	case ditto:
		d.Readings = append(readings, d.Readings...)
	}
	r.datesUp = d.Readings
	d.Text = v.Text
	if len(d.Readings) == 0 {
		review = append(review, Doubt{period.Unreadable, Date, v.Text, "No date can be read from these words."})
	}
	if slices.Contains(d.Review, period.Unreadable) || len(d.Readings) == 0 {
		r.unread(Date)
	}
	if len(texts) > 0 && cells[0].read != "" {
		v.Text = joinLines(cells)
	}
	return v, d, review
}

// noDate is an empty cell of dates. Where a block has one date, on its first row, it may hold for all of its actions.
func (r *reader) noDate(rec *record) (Value, period.Delivery, []Doubt) {
	unknown := period.Delivery{Readings: []period.Reading{{Kind: period.Unknown}}}
	if rec.opensBlock || len(r.block.dates) == 0 || len(r.block.dates[0].text) == 0 {
		return Value{}, unknown, nil
	}
	d := r.dates(r.block.dates[0])
	if len(d.Readings) != 1 {
		return Value{}, unknown, nil
	}
	v := r.value(r.block.dates[0])
	return v, d, []Doubt{{period.Ambiguous, Date, v.Text, "The cell of the date is empty; the date on the first row of the same deliverable is proposed."}}
}

// startAndFinish takes the dates of two columns: the finish is the milestone's date, and the start stands beside it
// with its label.
func (r *reader) startAndFinish(m *Milestone, rec *record) {
	for _, f := range []Field{Start, Finish} {
		cells := rec.cells[f]
		if len(cells) == 0 || cells[0].text == "" {
			continue
		}
		d := r.dates(cells[0])
		v := r.value(cells...)
		heading := r.layout.headings[r.layout.column(f)].text
		for _, reading := range d.Readings {
			if f == Start || r.layout.has(Date) {
				reading.Label = heading
			}
			m.Dates = append(m.Dates, reading)
		}
		for _, reason := range d.Review {
			m.doubt(reason, f, v.Text, sentences[reason])
		}
		if cells[0].doubt != "" {
			m.doubt(cells[0].doubt, f, v.Text, sentences[cells[0].doubt])
		}
		if m.Date.Text != "" {
			m.Date.Text += " - "
		}
		m.Date.Text += v.Text
		m.Date.From = append(m.Date.From, v.From...)
	}
	for _, in := range rec.rows {
		for i, c := range in.cells {
			if c.text == "" || i >= len(r.layout.headings) || r.layout.headings[i].as != Further {
				continue
			}
			for _, reading := range r.dates(c).Readings {
				if reading.Start != 0 || reading.End != 0 {
					reading.Label = r.layout.headings[i].text
					m.Dates = append(m.Dates[:len(m.Dates):len(m.Dates)], reading)
				}
			}
		}
	}
	if r.layout.has(Finish) && !r.layout.has(Date) && len(rec.cells[Finish]) == 0 {
		m.Dates = append(m.Dates, period.Reading{Kind: period.Unknown})
	}
}
