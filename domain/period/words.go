package period

import (
	"slices"
	"strings"

	"milepost.dev/domain/civil"
)

// The reasons why a person looks at what was read, beside Unreadable.
const (
	// MissingYear: the year is not written, and the nearest was taken.
	MissingYear = "missing-year"
	// Misspelt: a word was read as the only one that is close.
	Misspelt = "misspelt"
	// SeveralDates: there is more than one reading.
	SeveralDates = "several-dates"
	// Contradicts: an end before its start, or a date more than two years outside the plan's period.
	Contradicts = "contradicts"
	// Relative: a duration or a wait that nothing anchors.
	Relative = "relative"
	// NotYet: told as past, but it ends after the document's own date.
	NotYet = "not-yet"
	// NoFrequency: again and again, but not how often.
	NoFrequency = "no-frequency"
	// Ambiguous: it can be read in two ways, and the likelier was taken.
	Ambiguous = "ambiguous"
)

// Quarters says of which year a quarter is whose year is not written. A year that is written decides: "Q2
// 17/18" is of the financial year and "Q2 2017" of the calendar year.
type Quarters uint8

const (
	// QuartersUnsaid: financial, unless the plan's period begins with a calendar year.
	QuartersUnsaid Quarters = iota
	// CalendarQuarters begin in January.
	CalendarQuarters
	// FinancialQuarters begin in April.
	FinancialQuarters
)

// Settings are what a document says about itself, and its dates leave out. All of them may be absent.
type Settings struct {
	// PlanStart and PlanEnd are the first and the last day of the plan's period.
	PlanStart, PlanEnd civil.Date
	// Dated is the document's own date.
	Dated civil.Date
	// Quarters is what the plan means by a quarter without a year.
	Quarters Quarters
	// Past: what is dated has been, as an actual date has. A date without a year is then the last one before the
	// document's own date (rule 21).
	Past bool
}

// ReadWords reads a delivery date as people write them: "Q2 17/18", "By30th june 2018", "March 2017?",
// "Monthly to June 2018". It gives the same answer every time, keeps the words, and never guesses in
// silence: what a person has to look at is named in the review, in order of the alphabet.
//
// The rules are those of the convention for delivery dates, and their numbers stand beside what follows
// them. The work is done in steps, each in a file of its own: words are cut up and repaired (token.go, numbering.go,
// mend.go, spelling.go) and looked up (vocabulary.go); what looks like a date and is none is set aside (notdates.go);
// days, months, quarters and years are found (span.go, parse.go, parseyears.go, numeric.go) and joined to ranges
// (join.go); the words around each say what it promises (marks.go, tense.go, lasting.go, repeat.go, goingon.go, said.go); and what is left
// over is a label (finish.go). A word beside a date that may be one of time, damaged, is asked about (damaged.go).
//
// A text that holds only what is no date ("24/7") has no readings and no review.
func ReadWords(text string, s Settings) Delivery {
	words := strings.TrimSpace(text)
	if words == "" { // rule 17
		return Delivery{Text: text, Readings: []Reading{{Kind: Unknown}}}
	}
	r := reader{text: words, settings: s}
	if first, last, shape := bounds(words); shape == aDate && !yearsOrMonth(words) && first.Year() >= firstYear { // rule 18
		r.found = append(r.found, finding{Reading: Reading{Kind: In, Start: first, End: last, Due: last}, last: last})
		return r.delivery(text)
	}
	var few [24]token // room enough for nearly every text
	r.tokens = few[:0]
	r.cut()
	r.dropNumbering()
	r.mend()
	r.repair()
	r.setAside()
	r.findSpans()
	r.join()
	r.readItems()
	if len(r.found) == 0 {
		r.readWithoutDates()
	}
	return r.delivery(text)
}

// reader is one reading of one text.
type reader struct {
	text     string
	lower    string
	settings Settings
	tokens   []token
	spans    []span // in the order written
	items    []item // in the order written
	found    []finding
	reasons  []string
	nothing  token // stands where there is no token
}

// finding is a reading with what is asked about it afterwards.
type finding struct {
	Reading
	last     civil.Date // the last day of the period named, whatever the kind
	from, to int        // its tokens
	segment  int        // where the words that are about it begin
}

func (r *reader) put(reason string) {
	if !slices.Contains(r.reasons, reason) {
		r.reasons = append(r.reasons, reason)
	}
}

// yearsOrMonth says whether an ISO month can be financial years as well, which rule 18 keeps apart: "2011-12"
// is read as the words that it is in a document, "2017-03" can only be a month.
func yearsOrMonth(words string) bool {
	if len(words) != len("2011-12") {
		return false
	}
	year, _ := number(words, 2, 2)
	month, ok := number(words, 5, 2)
	return ok && month > year
}
