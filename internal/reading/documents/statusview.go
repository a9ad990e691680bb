package documents

import (
	"regexp"
	"slices"
	"strings"
)

// A status view lists areas, their projects, and how each goes. Taken out of a PDF its columns drift from page
// to page, but its rows keep their order: first where the row belongs, each level only where it changes; then
// what it is about, the last of these texts; then, after the gap that a lost colour left or a percentage, the notes.

var percent = regexp.MustCompile(`^\d{1,3}\s?%$`)

// isStatusView says whether the rows have drifted from a header of that kind: percentages stand where the header
// has none.
func (r *reader) isStatusView(rows []row) bool {
	l := r.layout
	if l.has(Date, Start, Finish) || !l.has(Percent, RAG) {
		return false
	}
	r.drifted = r.drifted || func() bool {
		right, wrong := 0, 0
		for _, in := range rows {
			for i, c := range in.cells {
				switch {
				case !percent.MatchString(c.text):
				case i == l.column(Percent):
					right++
				default:
					wrong++
				}
			}
			if r.scanned && len(in.cells) > len(l.headings) {
				wrong++
			}
		}
		return wrong > right
	}()
	return r.drifted
}

// statusWords are what stands in the column of a rating or percentage where no number does.
var statusWords = map[string]bool{
	"achieved": true, "closed": true, "commenced": true, "complete": true, "completed": true, "delayed": true,
	"n/a": true, "na": true, "on-going": true, "ongoing": true, "open": true, "started": true, "tbc": true,
}

func isStatusWord(text string) bool {
	return statusWords[strings.ToLower(strings.Trim(text, " .*"))] || strings.EqualFold(text, "not started") || strings.EqualFold(text, "on hold") || strings.EqualFold(text, "on track") || strings.EqualFold(text, "in progress")
}

// keyWords are how the lines of a key to ratings begin.
var keyWords = regexp.MustCompile(`(?i)^(on|partially on|off|mostly on|broadly on) (track|target|plan|schedule)\b|^(red|amber|green|blue|grey|black)( |:|-|–|/|$)|^(complete|completed|not started|not yet started|delayed|at risk)$|^planned\b.{0,12}\bbut\b.{0,20}\bstart|^(preparatory|exploratory)\b.{0,60}\b(work|report)|^key\b`)

// statusView reads the rows of a status view.
func (r *reader) statusView(rows []row) {
	key := false
	for _, in := range rows {
		in = r.specks(in)
		filled := in.filled()
		if len(filled) == 0 {
			continue
		}
		if len(filled) == 1 && (keyWords.MatchString(in.at(filled[0]).text) || key && len(in.at(filled[0]).text) < 80) {
			key = true
			r.keyLine([]string{oneLine(in.at(filled[0]).text)})
			r.tell(Fact{Sheet: r.sheet, Line: in.number, Kind: "key", Says: in.at(filled[0]).text, From: r.places(in.cells)})
			continue
		}
		key = false
		r.statusRow(in, filled)
	}
}

// statusRow makes a milestone of a row.
func (r *reader) statusRow(in row, filled []int) {
	var rating []cell
	filled = slices.DeleteFunc(filled, func(i int) bool { // what somebody typed where a colour was lost
		is := len(filled) > 1 && isRating(in.at(i).text)
		if is {
			rating = append(rating, in.at(i))
		}
		return is
	})
	if len(filled) == 0 {
		return
	}
	lead, rest := leadOf(in, filled)
	if len(lead) > 1 && (len(rest) == 0 || isStatusWord(in.at(rest[0]).text)) && r.isNote(in.at(lead[len(lead)-1]).text) && !r.isNote(in.at(lead[len(lead)-2]).text) {
		rest = append([]int{lead[len(lead)-1]}, rest...)
		lead = lead[:len(lead)-1]
	}
	items := r.sideBySide(in, lead)
	if len(items) == 1 {
		r.placeLevels(in, lead)
	}
	m := Milestone{Sheet: r.sheet, Line: in.number}
	m.Workstream, m.Scheme = r.value(r.levels[0]), r.value(r.levels[1])
	m.Success, m.Deliverable = r.value(r.levels[2]), r.value(r.levels[3])
	if m.Workstream.Text == "" {
		m.Workstream = r.under
	}
	m.RAG = r.value(rating...)
	var notes []cell
	for _, i := range rest {
		switch c := in.at(i); {
		case percent.MatchString(c.text):
			m.Percent = r.value(c)
		case isStatusWord(c.text) && len(notes) == 0:
			m.Status = r.value(c)
		default:
			notes = append(notes, c)
		}
	}
	if len(notes) > 0 {
		m.NextSteps = r.value(notes[0])
	}
	if len(notes) > 1 {
		m.Issues = r.value(notes[1:]...)
	}
	for _, item := range items {
		m := m
		m.Title = r.value(item)
		m.Title.Text = trimPart(m.Title.Text)
		if len(items) > 1 {
			m.doubt(Damaged, Title, item.text, "Several texts stand side by side in the row, and nothing says which of them its status and notes are about.")
		}
		r.datesInWords(&m)
		r.emit(m)
	}
	for _, v := range []Value{m.NextSteps, m.Issues, m.Status} { // a date in them is of the note, not of the milestone
		if dateAnywhere.MatchString(v.Text) {
			r.fact(in.number, "dated_note", trimPart(items[len(items)-1].text)+": "+v.Text)
		}
	}
}

// sideBySide are the texts of a row that each are a project. Mostly that is the last alone, and those before it say
// where it belongs; but where a row has one for every level, and none is the ambition in capitals that the document has
// on that level everywhere else, they are not levels.
func (r *reader) sideBySide(in row, lead []int) (items []cell) {
	ambition := isAmbition(r.levels[2].text)
	for _, i := range lead {
		items = append(items, in.at(i))
		ambition = ambition && !isAmbition(in.at(i).text)
	}
	if len(lead) < 4 || !ambition {
		return items[len(items)-1:]
	}
	return items
}

// leadOf parts a row where its notes begin: at a gap, a percentage or a status.
func leadOf(in row, filled []int) (lead, rest []int) {
	for n, i := range filled {
		text := in.at(i).text
		first := len(lead) == 0
		if !first && (percent.MatchString(text) || isStatusWord(text) || gapEnds(lead, i, len(filled)-n)) {
			return lead, filled[n:]
		}
		lead = append(lead, i)
	}
	return lead, nil
}

// gapEnds says whether the empty cells before a column end the texts that say what a row is about. A level that
// did not change leaves a gap of one as well; but then more texts follow than the two that notes can be.
func gapEnds(lead []int, i, left int) bool {
	gap := i - lead[len(lead)-1] - 1
	return gap >= 2 || gap == 1 && left <= 2
}

// isNote says whether a text tells how things go, and names nothing to be done.
func (r *page) isNote(text string) bool {
	first := strings.Fields(text)
	return strings.Contains(text, ". ") || strings.HasSuffix(text, "in development") || len(first) > 2 && opensAction(first[0], first[1]) == 0 && strings.Contains(text, " - ") && len(text) > 60
}

// placeLevels takes the texts before a title as the levels that changed, from the right: the nearest is the
// project. The other levels are carried down.
func (r *reader) placeLevels(in row, lead []int) {
	above := lead[:len(lead)-1]
	if len(above) == 0 {
		return
	}
	if len(above) > 4 {
		above = above[len(above)-4:]
	}
	last := lead[len(lead)-1]
	changed := r.levels
	highest := len(changed)
	for n, i := range above {
		level := 4 - (last - i) // by the distance from the title, where the columns in between are empty
		if n == len(above)-1 && len(above) == 1 || level < 0 || level > 3 {
			level = 3 - (len(above) - 1 - n)
		}
		text := in.at(i)
		if isAmbition(text.text) && level != 2 {
			level = 2
		}
		changed[level] = text
		highest = min(highest, level)
	}
	for level := range changed { // below a level that changed, only what the row says itself still holds
		if level > highest && changed[level] == r.levels[level] {
			changed[level] = cell{}
		}
	}
	r.levels = changed
}

// isAmbition says whether a text begins with a heading in capitals, as the ambition of an area does.
func isAmbition(text string) bool {
	if head, _, found := strings.Cut(text, ":"); found && len(head) > 6 && head == strings.ToUpper(head) {
		return true
	}
	capitals, fields := 0, strings.Fields(text)
	for capitals < len(fields) && len(fields[capitals]) > 1 && fields[capitals] == strings.ToUpper(fields[capitals]) {
		capitals++
	}
	return capitals >= 2 && len(strings.Join(fields[:capitals], " ")) > 10 && capitals < len(fields)
}
