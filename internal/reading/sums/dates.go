package sums

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

func isMonth(word string) bool {
	if !dating[word] {
		return false
	}
	d := dates.ReadWords("in "+word+" 2017", dates.Settings{})
	return len(d.Readings) == 1 && d.Readings[0].Start.Month() == d.Readings[0].End.Month() && len(d.Review) == 0
}

// datesComeBefore says whether the text names the year first: "17/18 - £71k 18/19 - £94k".
func (r *reader) datesComeBefore() bool {
	first, last := r.sums[0], r.sums[len(r.sums)-1]
	start, end := r.peek(0, first.from)
	leads := start != 0 || end != 0
	if !leads && len(r.sums) == 1 {
		return false
	}
	if start, end := r.peek(last.to, len(r.words)); start != 0 || end != 0 || leads {
		return start == 0 && end == 0
	}
	for k := 1; k < len(r.sums); k++ { // "£450k: 17/18 £150k; 18/19 £300k"
		if !r.datedBefore(r.sums[k-1].to, r.sums[k].from) {
			return false
		}
	}
	return len(r.sums) > 1
}

// datedBefore says whether a year stands between two sums, behind a mark that parts it from the first.
func (r *reader) datedBefore(from, to int) bool {
	for i := to - 1; i >= from && i > to-farthestYear; i-- {
		switch r.at(i).lower {
		case ":", ";", ",", "(":
			if start, end := r.peek(i+1, to); start != 0 || end != 0 {
				return true
			}
		}
	}
	return false
}

// farthestYear is how many words before a sum its year may begin.
const farthestYear = 8

// dates reads the period that a sum is for: the first that is dated.
func (r *reader) dates(from, to int) (start, end civil.Date) {
	start, end, review, _ := r.readDates(from, to)
	if start == 0 && end != 0 && r.meantFor(from, to) { // "£3 per head with half the practices live by 2018/19"
		r.review = append(r.review, Ambiguous)
		return 0, 0
	}
	for _, reason := range review {
		switch reason {
		case period.NotYet, period.Unreadable, period.Relative, period.NoFrequency:
			// of dates that are told beside the sum
		default:
			r.review = append(r.review, reason)
		}
	}
	if start != 0 && end != 0 && int(end)-int(start) < aQuarter && r.tells(from, to) { // "(outcome December 2017)"
		r.review = append(r.review, Ambiguous)
	}
	return start, end
}

// aQuarter is how many days a period has that money is for, at the least; a shorter one may be when something happens.
const aQuarter = 90

// tells says whether words tell of something that happens to money, which a date beside them may be of.
func (r *reader) tells(from, to int) bool {
	for i := max(from, 0); i < to; i++ {
		switch r.at(i).lower {
		case "outcome", "decision", "submitted", "awarded", "approved", "secured", "due", "expected", "announced", "confirmed", "received", "agreed",
			"deadline", "paid", "panel", "board", "committee", "submission", "approval", "award", "bid":
			return true
		}
	}
	return false
}

// meantFor says whether a share or a count stands before "by", which is then when that is reached, and not how long the
// money is for.
func (r *reader) meantFor(from, to int) bool {
	for i := from; i < to && r.at(i).lower != "by"; i++ {
		if r.at(i).lower == "%" || r.at(i).lower == "percent" {
			return true
		}
	}
	return false
}

// mayDate says whether a date can stand between two words at all: most words about money are none, and are not
// looked at twice.
func (r *reader) mayDate(from, to int) bool {
	for i := from; i < to; i++ {
		if w := r.at(i); w.number || dating[w.lower] {
			return true
		}
	}
	return false
}

// dating are the words that can date something without a number.
var dating = map[string]bool{
	"january": true, "february": true, "march": true, "april": true, "may": true, "june": true, "july": true, "august": true,
	"september": true, "october": true, "november": true, "december": true, "jan": true, "feb": true, "mar": true, "apr": true,
	"jun": true, "jul": true, "aug": true, "sep": true, "sept": true, "oct": true, "nov": true, "dec": true,
	"spring": true, "summer": true, "autumn": true, "winter": true, "year": true, "years": true, "quarter": true, "half": true,
}

// isJoint says whether a word only joins what stands on its two sides.
func (r *reader) isJoint(i int) bool {
	switch r.at(i).lower {
	case "-", "–", "—", ":", ",", ";", "=", "/", "+", "(":
		return true
	}
	return false
}

func (r *reader) peek(from, to int) (start, end civil.Date) {
	start, end, _, _ = r.readDates(from, to)
	return start, end
}

// untilBehind is where "to" or "until" stands behind words that only say how often: "£1m a year to 2020/21".
func (r *reader) untilBehind(from, to int) int {
	for i := from; i < to; i++ {
		switch w := r.at(i).lower; {
		case w == "until" || w == "till" || w == "to":
			return i
		case w != "a" && w != "p" && w != "." && w != "annually" && w != "yearly" && (!stepWords[w] || w == "from" || w == "in" || w == "for"):
			return from
		}
	}
	return from
}

func (r *reader) readDates(from, to int) (start, end civil.Date, review []string, at int) {
	for from < to && r.isJoint(to-1) { // "17/18 - £71k"
		to--
	}
	if from >= to || !r.mayDate(from, to) {
		return 0, 0, nil, 0
	}
	from = r.untilBehind(from, to)
	w, next := r.at(from).lower, r.at(from+1)
	if (w == "to" || w == "until" || w == "till") && (next.number || next.lower == "end" || isMonth(next.lower)) { // money until a day
		_, end, review, at = r.readDates(from+1, to)
		return 0, end, review, at
	}
	d := dates.ReadWords(r.text[r.words[from].at:r.words[to-1].end], r.settings)
	for k, reading := range d.Readings {
		if reading.Start != 0 || reading.End != 0 {
			return reading.Start, reading.End, d.Review, k
		}
	}
	return 0, 0, nil, 0
}
