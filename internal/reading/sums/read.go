package sums

import (
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// Reading is one sum, or one promise of money, that a text was read as.
type Reading struct {
	// Amount is zero where the text states none: a promise that is still to be made.
	Amount money.Amount
	// Basis is what Amount is an amount of; Unstated without an amount.
	Basis money.Basis
	// Fund is where the money comes from, in the words of the text; empty where the text does not say.
	Fund string
	// Start and End are the first and the last day that the money is for; zero where open or not said.
	Start, End civil.Date
	// Recurrent says whether the money comes again every year.
	Recurrent money.Recurrent
}

// The reasons why a person should look at a sum. Those about its dates are in package period.
const (
	// Damaged: the sign of the currency or the point of the number was repaired.
	Damaged = "damaged"
	// Ambiguous: it can be read in two ways, and the likelier was taken.
	Ambiguous = period.Ambiguous
)

// Read reads an investment as people write it. The review names what a person has to look at, in alphabetical order.
// dates.ReadWords reads its dates with the same settings.
//
// A text without money ("the 32 practices", figures of a table) has no readings (rules 5 and 7). Read never fails,
// whatever the text.
func Read(text string, s dates.Settings) (readings []Reading, review []string) {
	r := reader{text: text, settings: s}
	r.cut()
	r.findSums()
	if len(r.sums) == 0 {
		r.readPromises()
	} else {
		r.readSums()
	}
	slices.Sort(r.review)
	return r.readings, slices.Compact(r.review)
}

// reader is one reading of one text.
type reader struct {
	text     string
	words    []word
	sums     []sum
	settings dates.Settings
	behind   bool // each sum is followed by its fund
	readings []Reading
	review   []string
}

// readSums reads what stands around each sum. What follows a sum, up to the next, says most of it; what stands
// before it names the fund.
func (r *reader) readSums() {
	datesBefore := r.datesComeBefore()
	r.behind = r.fundsComeBehind()
	fund := ""
	before := r.readBefore(r.sums[0].from)
	for k, m := range r.sums {
		left, right := before, len(r.words)
		if k > 0 {
			left = r.sums[k-1].to
			if left+1 == m.from && r.isRange(left) || r.at(left).lower == "and" && left+1 == m.from && r.at(r.sums[k-1].from-1).lower == "between" { // "£10k-£15k"
				r.review = append(r.review, Ambiguous)
			}
		}
		if k+1 < len(r.sums) {
			right = r.sums[k+1].from
		}
		reading := Reading{Amount: m.amount, Basis: r.basis(m, left, right)}
		if m.amount.IsZero() { // said, and not to be read
			reading.Basis = money.Unstated
			r.review = append(r.review, period.Unreadable)
		}
		if m.damaged {
			r.review = append(r.review, Damaged)
		}
		if m.owed || m.bare && r.mayCount(m.to) {
			r.review = append(r.review, Ambiguous)
		}
		reading.Recurrent = r.recurrent(m, left, right)
		if datesBefore {
			reading.Start, reading.End = r.dates(left, m.from)
		} else {
			reading.Start, reading.End = r.dates(m.to, right)
		}
		switch named := r.fundOf(m, left, right); {
		case named != "" || r.behind:
			fund = named
		case k == 0 || !r.steps(left, m.from): // rule 2: a rate that steps comes from the same fund
			fund = ""
		}
		reading.Fund = fund
		r.readings = append(r.readings, reading)
	}
	r.shareYear(len(r.readings) - len(r.sums))
	r.shareRates(len(r.readings) - len(r.sums))
	r.readFurther(r.sums[len(r.sums)-1].to)
}

// shareYear asks about a sum without a period that is joined to one that has it: "£1.2m capital and £300k revenue in
// 2018/19", "£3 per head (£850k) over 2017/18" may be both of that year.
func (r *reader) shareYear(first int) {
	for k := range len(r.sums) - 1 {
		a, b := r.readings[first+k], r.readings[first+k+1]
		if a.Start == 0 && a.End == 0 && (b.Start != 0 || b.End != 0) && r.joinedTo(r.sums[k+1]) {
			r.review = append(r.review, Ambiguous)
		}
	}
}

// joinedTo says whether "and" joins a sum to the one before it, or a bracket that holds nothing else.
func (r *reader) joinedTo(m sum) bool {
	switch r.at(m.from - 1).lower {
	case "and":
		return true
	case "(":
		return r.at(m.to).lower == ")"
	}
	return false
}

// isRange says whether a word makes a range of the sums on its two sides.
func (r *reader) isRange(i int) bool {
	switch r.at(i).lower {
	case "-", "–", "—", "to", "or":
		return true
	}
	return false
}

// steps says whether only "and" stands between a sum and the one before, or nothing that names another thing.
func (r *reader) steps(left, to int) bool {
	switch r.at(to - 1).lower {
	case "and", "&", "then", "rising":
		return to > left
	}
	if left == to && r.at(to).lower != "(" { // two columns of a row
		return true
	}
	for i := left; i < to; i++ {
		if r.at(i).upper && r.at(i+1).number && r.at(i+1).glued { // developers' money (rule 5)
			return false
		}
		if w := r.at(i); w.end-w.at > 1 && !w.number && !stepWords[w.lower] && !isMonth(w.lower) {
			return false
		}
	}
	return to > left
}

// stepWords are said of a sum, and name nothing.
var stepWords = map[string]bool{
	"per": true, "head": true, "patient": true, "of": true, "population": true, "weighted": true, "in": true, "for": true, "from": true,
	"and": true, "then": true, "rising": true, "to": true, "further": true, "annum": true, "year": true, "pa": true, "recurrent": true, "non": true,
}

// recurrent reads whether the money comes again.
func (r *reader) recurrent(m sum, left, right int) money.Recurrent {
	for i := left; i < right; i++ {
		if i < m.from && left > 0 && !r.near(i, m.from) || i > m.to && right < len(r.words) && r.isOfNext(i, m.to, right) {
			continue
		}
		if said := r.recurrentAt(i, m, right); said != money.RecurrentUnsaid {
			return said
		}
	}
	return money.RecurrentUnsaid
}

// recurrentAt reads one word that may say so.
func (r *reader) recurrentAt(i int, m sum, right int) money.Recurrent {
	before, second := r.at(i-1).lower, r.at(i-2).lower
	dash := before == "-" || before == "–"
	switch w := r.at(i).lower; w {
	case "recurrent", "recurring", "recurrently":
		if before == "non" || before == "not" || dash && second == "non" {
			return money.Once
		}
		return money.Recurs
	case "rec":
		switch {
		case i < m.to:
		case before == "non" || before == "-" && second == "non":
			return money.Once
		default:
			return money.Recurs
		}
	case "nr":
		if r.isCode(i, m) {
			return money.Once
		}
	case "r":
		if next := r.at(i + 1); r.isCode(i, m) && (i+1 == right || next.number || next.isMark()) {
			return money.Recurs
		}
	case "nonrecurrent", "oneoff":
		return money.Once
	case "off":
		if before == "one" || before == "-" && second == "one" {
			return money.Once
		}
	}
	return money.RecurrentUnsaid
}

// isCode says whether letters right behind a sum, perhaps in brackets, are a code for it: "£20k NR", "£20k (R)".
func (r *reader) isCode(i int, m sum) bool {
	return r.at(i).upper && (i == m.to || i == m.to+1 && r.at(i-1).lower == "(" && r.at(i+1).lower == ")")
}

// isOfNext says whether a word behind a sum speaks of the next: "£120k; recurrent costs £45k".
func (r *reader) isOfNext(i, from, to int) bool {
	for k := i; k < to; k++ {
		if r.parts(k) {
			return false
		}
	}
	for k := from; k < i; k++ {
		if r.parts(k) {
			return true
		}
	}
	return false
}

// parts says whether a mark or "and" parts two sums.
func (r *reader) parts(i int) bool {
	switch r.at(i).lower {
	case ",", ";", "+", "and", "&", "plus":
		return true
	}
	return false
}

// near says whether a word before a sum is of its own phrase, and not of the sum before.
func (r *reader) near(i, from int) bool {
	for k := i; k < from; k++ {
		if w := r.at(k).lower; w == "for" || w == "." || w == ";" || w == "," {
			return false
		}
	}
	return i > from-6
}
