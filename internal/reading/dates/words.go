package dates

import (
	"slices"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// ReadWords reads a delivery date as people write them in a document. It keeps the words exactly, and never guesses in
// silence: the review names what a person has to look at, in alphabetical order. A text that holds only something that is
// not a date ("24/7") has no readings and no review. It never fails, whatever the text.
func ReadWords(text string, s Settings) period.Delivery {
	words := strings.TrimSpace(text)
	if words == "" { // rule 17
		return period.Delivery{Text: text, Readings: []period.Reading{{Kind: period.Unknown}}}
	}
	r := reader{text: s.inCalendar(words), settings: s}
	if first, last, ok := period.ISODays(words); ok && !yearsOrMonth(words) && first.Year() >= firstYear { // rule 18
		r.found = append(r.found, finding{Reading: period.Reading{Kind: period.In, Start: first, End: last, Due: last}, last: last})
		return r.delivery(text)
	}
	var few [24]token // room enough for nearly every text
	r.tokens = few[:0]
	r.read()
	return r.delivery(text)
}

// read takes a text through the steps that the package's comment lists.
func (r *reader) read() {
	r.cut()
	r.readForeign()
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
	r.askDayOrYear()
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

	lastOld  *item // the item before the one that is being read, where it is old
	repeats  found // the first recurrence behind a token
	asks     found // the first word that asks for something
	lastEnd  found // of a sentence, before a token
	firstEnd found // of a sentence, behind a token

	near   nearWord        // the word beside a date that is being read
	number numberAt        // the number that may be no date
	rules  map[string]bool // the examples of the rules that applied, where a test asks

	nested int // how many periods are being read, each inside another

	gapAt, gapEnd int // of tokens: what was left out, see edit
}

// found is where something stands for the first time behind a token, so that it is looked for once.
type found struct {
	known    bool
	from, at int
}

// finding is a reading with what is asked about it afterwards.
type finding struct {
	period.Reading
	last     civil.Date // the last day of the period named, whatever the kind
	from, to int        // its tokens
	segment  int        // where the words that are about it begin
}

// applied notes that a rule read something.
func (r *reader) applied(example string) {
	if r.rules != nil {
		r.rules[example] = true
	}
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
	year, month := words[2:4], words[5:7]
	return isDigit(month[0]) && isDigit(month[1]) && month > year // two digits each, so that texts compare as numbers do
}
