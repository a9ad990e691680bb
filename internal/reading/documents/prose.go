package documents

import (
	"regexp"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/headings"
	"milepost.dev/internal/reading/sums"
)

// Running text is no milestone. It gives what the tables leave out: the chapter that a table stands in, the plan's
// period and date, sums that stand on a line of their own; and, in a document that has no table, candidates for
// a person.

var chapterLine = regexp.MustCompile(`(?i)^\W*chapter\s+(\d+|[ivx]+)\W`)

// line takes a line of running text.
func (r *reader) line(p part) {
	in := p.row
	text := in.cells[0].text
	if len(in.cells) > 1 {
		text = oneLine(in.cells[in.filled()[0]].text)
	}
	if text == "" || r.keyAbove(in) {
		return
	}
	if p.tables == 0 {
		r.prose = append(r.prose, in)
		r.aboutPlan(text, in.number)
	}
	if !saysItself(text) && len(text) < 100 && !strings.HasPrefix(text, "-") && !endsSentence(text) && (p.blanks > 0 || in.number == 1) && startsUpper(text) {
		r.heading, r.headingAt = text, in.number
		r.chapterHeading(text)
	} else {
		r.aside(text, in.cells[in.filled()[0]])
	}
	if p.tables > 0 {
		r.prose = append(r.prose, in)
		if len(r.prose) > 4000 {
			r.prose = r.prose[2000:]
		}
	}
	if !r.sumOnLine(text, in.number) {
		r.commitments(text, in.number)
	}
	r.learnScale(text, in.number)
}

// chapterHeading keeps the name of a chapter: the tables below stand in it, and a column of chapter numbers points at it.
func (r *reader) chapterHeading(text string) {
	at := chapterLine.FindStringSubmatch(text)
	if at == nil || len(text) > 90 {
		return
	}
	if r.chapters[at[1]] == "" {
		r.chapters[at[1]] = text
	}
	r.under = Value{Text: text}
}

func chapterNumber(text string) string {
	fields := strings.Fields(text)
	if len(fields) == 0 {
		return ""
	}
	number, _, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(fields[len(fields)-1]), "chapter"), ".")
	return number
}

var (
	writtenDay = regexp.MustCompile(`(?i)\b\d{1,2}(?:st|nd|rd|th)?\s+` + monthNames + `\s+20\d\d\b`)
	yearsOf    = regexp.MustCompile(`\b20\d\d\s?[-/–]\s?(?:20)?\d\d\b`)
)

// aboutPlan looks for the plan's title, period and date on its first pages.
func (r *reader) aboutPlan(text string, number int) {
	if number > 60 || len(text) > 160 {
		return
	}
	isTitle := strings.Contains(strings.ToLower(text), "plan") || strings.Contains(strings.ToLower(text), "strategy") || strings.Contains(strings.ToLower(text), "programme")
	if r.title == "" && len(text) < 120 && startsUpper(text) && !endsSentence(text) {
		r.title = text
	}
	if r.settings.Dated == 0 && number <= 15 {
		if day := writtenDay.FindString(text); day != "" {
			if d := dates.ReadWords(day, dates.Settings{}); len(d.Readings) == 1 && d.Readings[0].Start == d.Readings[0].End {
				r.settings.Dated = d.Readings[0].Start
			}
		}
	}
	if at := asAtLine.FindStringSubmatch(text); r.settings.Dated == 0 && number <= 15 && at != nil {
		if d := dates.ReadWords(at[1], dates.Settings{}); len(d.Readings) == 1 && len(d.Review) == 0 && d.Readings[0].Start == d.Readings[0].End {
			r.settings.Dated = d.Readings[0].Start
		}
	}
	if r.settings.PlanStart == 0 && isTitle {
		if years := yearsOf.FindString(text); years != "" {
			d := dates.ReadWords(strings.ReplaceAll(years, "–", "-"), dates.Settings{})
			if len(d.Readings) == 1 && d.Readings[0].Start != 0 && d.Readings[0].End != 0 {
				r.settings.PlanStart, r.settings.PlanEnd = d.Readings[0].Start, d.Readings[0].End
				r.title = text
			}
		}
	}
}

// asAtLine is a line that says of which day a document is.
var asAtLine = regexp.MustCompile(`(?i)\b(?:as at|as of|position at|report(?:ing)? date|status date|dated|last updated|updated(?: on)?)[:\s]+(\S.{5,30})$`)

var cardTitle = regexp.MustCompile(`(?i)^(?:project|programme|program|plan|scheme)(?: (?:name|title))?\s*:?$|^title\s*:?$`)

// isCard says whether a row of two cells is a name and what it is, and no header.
func isCard(in row) bool {
	name := in.at(in.filled()[0]).text
	return strings.HasSuffix(name, ":") || cardTitle.MatchString(name) || cardDate.MatchString(name)
}

// card reads a row above the tables of a sheet that has a name and what it is: "Project name: | Library move".
func (r *reader) card(p part) {
	in := p.row
	filled := in.filled()
	if r.keyAbove(in) || r.text || p.tables > 0 || len(filled) != 2 {
		return
	}
	name, c := in.at(filled[0]).text, in.at(filled[1])
	switch {
	case cardTitle.MatchString(name) && len(c.text) < 120:
		r.title = oneLine(c.text)
	case r.settings.Dated == 0 && cardDate.MatchString(name):
		if d := r.dates(c); len(d.Readings) == 1 && len(d.Review) == 0 && d.Readings[0].Start == d.Readings[0].End {
			r.settings.Dated = d.Readings[0].Start
		}
	}
}

var cardDate = regexp.MustCompile(`(?i)^(?:date|dated|as at|report date|date of (?:plan|report)|updated|last updated|version date|status date|date of export|export date)\s*:?$`)

// sumOnLine reads a sum that stands on a short line of its own: "Shared record - £320k".
func (r *reader) sumOnLine(text string, number int) (found bool) {
	if len(text) > 110 || !strings.ContainsAny(text, "£€$") || endsSentence(text) {
		return false
	}
	readings, review := sums.Read(text, r.settings)
	for _, reading := range readings {
		if !reading.Amount.IsZero() {
			found = true
			r.emitFunding(FundingLine{Sheet: r.sheet, Line: number, Scheme: r.heading, Text: text, Reading: reading, Review: review, From: []Place{{r.sheet, number, 1, text}}})
		}
	}
	return found
}

// candidates offers the dated sentences of a document that has no table.
func (r *reader) candidates() {
	for _, in := range r.prose {
		for _, c := range in.cells {
			r.candidatesOf(c.text, in.number, "The document has no table that can be cut into rows; this sentence names a date.")
		}
	}
}

// candidatesOf offers the sentences of a text that hold both something to be done and a date.
func (r *reader) candidatesOf(text string, number int, says string) {
	p := phraseOf(text)
	for _, part := range p.parted(p.cuts(), byVerb) {
		if len(part) < 25 || len(part) > 600 {
			continue
		}
		if strings.Count(part, " . ") > 0 || isContents(part) {
			continue
		}
		at := dateInWords.FindStringIndex(part)
		if at == nil {
			continue
		}
		words := part[at[0]:at[1]]
		d := dates.ReadWords(words, r.settings)
		if len(d.Readings) == 0 || d.Readings[0].Start == 0 && d.Readings[0].End == 0 {
			continue
		}
		m := Milestone{Sheet: r.sheet, Line: number, Workstream: r.under}
		m.Title = Value{Text: part, From: []Place{{r.sheet, number, 1, part}}}
		m.Date, m.Dates = Value{Text: words, From: m.Title.From}, d.Readings
		m.doubt(Candidate, Title, words, says)
		for _, reason := range d.Review {
			m.doubt(reason, Date, words, period.Why(reason))
		}
		r.offered.add(number, part)
		r.emit(m)
	}
}

func isContents(text string) bool {
	return strings.Contains(text, "....") || strings.Contains(text, "…..")
}

var datedAction = regexp.MustCompile(`(?i)\b((?:\d{1,2} ?(?:st|nd|rd|th)? )?` + monthNames + ` ?(?:20\d\d|\d\d))\b`)

// ranTogether offers candidates of a line whose cells ran together: an action, and the date that follows it.
func (r *reader) ranTogether(in row) {
	r.closeBlock()
	c := cell{row: in.number, column: 1}
	for _, part := range in.cells {
		c = joinCells(c, part)
	}
	from := 0
	var taken [][]int
	for _, at := range datedAction.FindAllStringIndex(c.text, 20) {
		title := lastAction(c.text[from:at[0]])
		words := c.text[at[0]:at[1]]
		from = at[1]
		if title == "" {
			continue
		}
		taken = append(taken, at)
		m := Milestone{Sheet: r.sheet, Line: in.number, Workstream: r.under}
		m.Title = r.value(cell{text: title, row: c.row, column: c.column})
		m.Date, m.Dates = r.value(cell{text: words, row: c.row, column: c.column}), dates.ReadWords(words, r.settings).Readings
		m.doubt(Candidate, Title, c.text, "The page ran together; this looks like an action with the date that follows it.")
		r.emit(m)
	}
	if from == 0 {
		r.ranUndated(c)
	}
	r.around(c.text, c.row, taken, "The page ran together; these words name a date.")
}

// ranUndated offers what may be an action on a line that has no date.
func (r *reader) ranUndated(c cell) {
	if len(c.text) > 260 {
		return
	}
	p := phraseOf(c.text)
	for i, w := range p.words {
		next := ""
		if i+1 < len(p.words) {
			next = p.words[i+1].text
		}
		if startsUpper(w.text) && opensAction(w.text, next) >= 2 && startsLower(next) {
			title := p.slice(i, min(len(p.words), i+14))
			m := Milestone{Sheet: r.sheet, Line: c.row, Workstream: r.under}
			m.Title = r.value(cell{text: title, row: c.row, column: c.column})
			m.Dates = []period.Reading{{Kind: period.Unknown}}
			m.doubt(Candidate, Title, c.text, "The page ran together; this may be an action, and which date is its cannot be told.")
			r.emit(m)
			return
		}
	}
}

// lastAction is the last part of a text that begins as an action does.
func lastAction(text string) string {
	p := phraseOf(text)
	for i := len(p.words) - 3; i >= 0; i-- {
		if startsUpper(p.words[i].text) && opensAction(p.words[i].text, p.words[i+1].text) >= 2 && startsLower(p.words[i+1].text) && (i == 0 || !leadsOn(p.words[i-1].text)) {
			part := p.slice(i, len(p.words))
			if len(part) > 260 {
				return ""
			}
			return trimPart(part)
		}
	}
	return ""
}

// isCollapsed says whether a whole header ran together in one cell: the page below it did too.
func isCollapsed(in row) bool {
	for _, c := range in.cells {
		if len(c.text) < 80 {
			continue
		}
		known := map[Field]bool{}
		head := " " + headings.Key(c.text[:min(len(c.text), 220)]) + " "
		for _, s := range headings.Synonyms {
			for _, synonym := range s.Words {
				if len(synonym) > 8 && strings.Contains(head, " "+synonym+" ") {
					known[s.Field] = true
				}
			}
		}
		if len(known) >= 4 {
			return true
		}
	}
	return false
}

// day is a day that a mapping states; it was checked when the mapping was read.
func day(text string) civil.Date {
	d, _ := civil.Parse(text)
	return d
}
