package documents

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// Bounds of what is shown around a date for which no sentence of its own was found, in bytes, and how many a line may have.
const (
	beforeDate = 160
	afterDate  = 80
	mostAround = 20
)

// around offers the words on both sides of each date of a text that has no sentences to go by: a page that ran together, or a sentence
// of a length that nobody would read. Taken are dates that were made something of already, as stretches of the text.
func (r *reader) around(text string, number int, taken [][]int, says string) {
	shown := 0 // up to where the text was offered
	for _, at := range dateAnywhere.FindAllStringIndex(text, mostAround) {
		if at[0] < shown || overlaps(taken, at) {
			continue
		}
		words := text[at[0]:at[1]] + yearBehind.FindString(text[at[1]:])
		d := dates.ReadWords(words, r.settings)
		if len(d.Readings) == 0 || d.Readings[0].Start == 0 && d.Readings[0].End == 0 {
			continue
		}
		from, until := wordsAround(text, at)
		shown = until
		m := Milestone{Sheet: r.sheet, Line: number, Workstream: r.under}
		m.Title = Value{Text: oneLine(text[from:until]), From: []Place{{r.sheet, number, 1, text[from:until]}}}
		m.Date, m.Dates = Value{Text: words, From: m.Title.From}, d.Readings
		m.doubt(Candidate, Title, words, says)
		for _, reason := range d.Review {
			m.doubt(reason, Date, words, period.Why(reason))
		}
		r.said = append(r.said, m)
	}
}

// wordsAround is the stretch of whole words around a date.
func wordsAround(text string, at []int) (from, until int) {
	from, until = max(0, at[0]-beforeDate), min(len(text), at[1]+afterDate)
	if from > 0 {
		if space := strings.IndexByte(text[from:at[0]], ' '); space >= 0 {
			from += space + 1
		} else {
			from = at[0]
		}
	}
	if until < len(text) {
		if space := strings.LastIndexByte(text[at[1]:until], ' '); space >= 0 {
			until = at[1] + space
		} else {
			until = at[1]
		}
	}
	for until < len(text) && !utf8.RuneStart(text[until]) {
		until++
	}
	return from, until
}

func overlaps(taken [][]int, at []int) bool {
	for _, t := range taken {
		if at[0] < t[1] && t[0] < at[1] {
			return true
		}
	}
	return false
}

// unheaded offers the dated sentences of columns that have no heading, where the rows of a table are the lines of a printed page: nothing
// says what such a column is, and its text runs on from line to line.
func (r *reader) unheaded(rows []row) {
	if !r.scanned || len(rows) < 2 {
		return
	}
	for i, h := range r.layout.headings {
		if h.as != Unread || h.text != "" {
			continue
		}
		var text strings.Builder
		var lines []lineFrom
		for _, in := range rows {
			if said := sentencesRunOn.ReplaceAllString(oneLine(in.at(i).text), "$1 $2"); said != "" {
				lines = append(lines, lineFrom{text.Len(), in.number})
				text.WriteString(said + " ")
			}
		}
		if len(lines) > 1 && text.Len() >= fewestInColumn {
			r.sentencesOf(text.String(), lines, i+1)
		}
	}
}

// sentencesRunOn is where the next sentence follows without a space.
var sentencesRunOn = regexp.MustCompile(`([a-z][.;])([A-Z0-9a-z][a-z ])`)

// fewestInColumn is how long the text of a column is at least that is read as sentences.
const fewestInColumn = 200

// lineFrom says where in a text a line of the document begins.
type lineFrom struct{ at, number int }

// sentencesOf offers the sentences that say when, each at the line on which its date stands.
func (r *reader) sentencesOf(text string, lines []lineFrom, column int) {
	from := 0
	for from < len(text) {
		until := len(text)
		if end := sentenceEnds.FindStringIndex(text[from:]); end != nil {
			until = from + end[1]
		}
		sentence := text[from:until]
		if at := dateAnywhere.FindStringIndex(sentence); at != nil && len(r.said) < mostCommitments {
			number := lines[0].number
			for _, l := range lines {
				if l.at <= from+at[0] {
					number = l.number
				}
			}
			if m, ok := r.commitment(oneLine(strings.TrimRight(strings.TrimSpace(sentence), ".;")), number, true); ok {
				m.Title.From[0].Column = column
				r.said = append(r.said, m)
			}
		}
		from = until
	}
}
