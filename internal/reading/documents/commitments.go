package documents

import (
	"regexp"
	"slices"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// A sentence of running text that says when may be a commitment, and no rule can tell for sure. Each is offered as a candidate: it is no
// milestone until a person accepts it.

// longestSentence bounds in bytes what is offered as one sentence.
const longestSentence = 1500

// mostCommitments bounds the sentences that are offered of a document.
const mostCommitments = 500

var (
	// sentenceEnds is where a sentence of running text ends.
	sentenceEnds = regexp.MustCompile(`[.;!?](?:\s+|$)|\s+[•*–-]\s+`)
	listMark     = regexp.MustCompile(`^\s*(?:[-•*–]|\(?[a-z0-9]{1,3}[.)])\s+`)
	// planned are the words of what is to come, beside which a date needs no word of its own.
	yearBehind = regexp.MustCompile(`^,? ?20\d\d\b`)
	planned    = regexp.MustCompile(`(?i)\b(?:will|plann(?:ed|ing)|anticipated|expected|scheduled|to be|aims?|target|proposed|intends?|due)\b`)
)

// commitments keeps the sentences of a line that say when.
func (r *reader) commitments(text string, number int) {
	if !mayHoldDate(text) && !dateAnywhere.MatchString(text) || scaleLevel.MatchString(text) || isContents(text) || !r.text && len(strings.Fields(text)) < 6 {
		return
	}
	listed := listMark.MatchString(text)
	for _, sentence := range sentenceEnds.Split(listMark.ReplaceAllString(text, ""), -1) {
		sentence = oneLine(strings.TrimSpace(sentence))
		if len(r.said) == mostCommitments {
			r.unsaid++
			continue
		}
		if len(sentence) > longestSentence {
			r.around(sentence, number, nil, "This text beside the tables names a date. It may be a commitment.")
		} else if m, ok := r.commitment(sentence, number, listed); ok {
			r.said = append(r.said, m)
		}
	}
}

// commitment is a sentence that says when.
func (r *reader) commitment(sentence string, number int, listed bool) (m Milestone, ok bool) {
	if len(sentence) < 15 || len(sentence) > longestSentence || len(strings.Fields(sentence)) < 3 {
		return m, false
	}
	words := dateInWords.FindString(sentence)
	if words == "" {
		at := dateAnywhere.FindStringIndex(sentence)
		if at != nil && (listed || planned.MatchString(sentence) || !strings.ContainsAny(sentence[at[0]:at[0]+1], "0123456789")) {
			words = sentence[at[0]:at[1]] + yearBehind.FindString(sentence[at[1]:])
		}
	}
	if words == "" {
		return m, false
	}
	d := dates.ReadWords(words, r.settings)
	if len(d.Readings) == 1 && d.Readings[0].Start == r.settings.Dated && d.Readings[0].End == r.settings.Dated && r.settings.Dated != 0 {
		return m, false // the day of the document itself
	}
	m = Milestone{Sheet: r.sheet, Line: number, Workstream: r.under}
	m.Title = Value{Text: sentence, From: []Place{{r.sheet, number, 1, sentence}}}
	m.Date, m.Dates = Value{Text: words, From: m.Title.From}, d.Readings
	says := "This sentence beside the tables says when. It may be a commitment."
	if r.settings.Dated != 0 && due(d.Readings) != 0 && due(d.Readings).Before(r.settings.Dated) && !planned.MatchString(sentence) {
		says = "This sentence beside the tables tells of a day before the document's own."
	}
	m.doubt(Candidate, Title, words, says)
	for _, reason := range d.Review {
		m.doubt(reason, Date, words, period.Why(reason))
	}
	return m, true
}

func due(readings []period.Reading) civil.Date { return (period.Delivery{Readings: readings}).Due() }

// offerCommitments hands on the sentences beside the tables, after all that the tables say.
func (r *reader) offerCommitments() {
	n := 0
	for _, m := range r.said {
		if !r.offered.has(m.Line, m.Title.Text) {
			r.offer(m)
			n++
		}
	}
	if n > 0 {
		r.note("%d sentences beside the tables say when. They are offered as candidates, and are no milestones until a person accepts them.", n)
	}
	if r.unsaid > 0 {
		r.note("More than %d sentences beside the tables say when, and the rest of the text was not looked at: is this a plan?", mostCommitments)
	}
	r.said = nil
}

// offered are the sentences that were offered of running text, by line.
type offered map[int][]string

func (o offered) add(line int, text string) { o[line] = append(o[line], text) }

// has says whether a sentence, or a part of it, was offered.
func (o offered) has(line int, text string) bool {
	return slices.ContainsFunc(o[line], func(other string) bool { return strings.Contains(text, other) || strings.Contains(other, text) })
}
