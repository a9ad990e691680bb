package sums

import "milepost.dev/domain/money"

// basis reads what an amount is of (rule 4).
func (r *reader) basis(m sum, left, right int) money.Basis {
	limit := r.limited(m, left)
	per := money.Total
	for i := m.to; i < right && !(r.at(i).lower == "." && !r.at(i+1).glued && i > m.to+1); i++ {
		switch w := r.at(i).lower; {
		case (w == "maximum" || w == "max") && i < m.to+3:
			limit = true
		case r.yearly(i, m.to):
			per = r.everyYear(per)
		default:
			if rate := r.rateAt(i, m.to); rate != money.Total {
				per = rate
			}
		}
	}
	if r.at(m.from-1).lower == "x" && r.at(m.from-2).number { // 3 x £50k
		r.review = append(r.review, Ambiguous)
	}
	if before := r.at(m.from - 1).lower; per == money.Total && m.from > left && (before == "annual" || before == "yearly" || before == "of" && r.at(m.from-3).lower == "annual") {
		per = money.PerYear
	}
	if !limit {
		return per
	}
	if per != money.Total {
		r.review = append(r.review, Ambiguous) // at most, and of each
	}
	return money.UpTo
}

// everyYear makes a rate one of every year.
func (r *reader) everyYear(per money.Basis) money.Basis {
	switch per {
	case money.PerHead: // no basis says so
		r.review = append(r.review, Ambiguous)
		return money.PerPatientPerYear
	case money.PerPatient:
		return money.PerPatientPerYear
	case money.Total:
		return money.PerYear
	}
	return per
}

// rateAt reads a word behind a sum that makes it an amount of each of something; Total where it does not. A rate that no
// basis says is asked about.
func (r *reader) rateAt(i, sumEnd int) money.Basis {
	w, next, second := r.at(i).lower, r.at(i+1).lower, r.at(i+2).lower
	beside := i == sumEnd
	switch {
	case r.isPerHead(i, beside):
		return money.PerHead
	case beside && (w == "each" || w == "x") && next != "year": // how many there are is another question
		r.review = append(r.review, Ambiguous)
	case w == "/" && beside && next == "patient", w == "per" && (next == "patient" || next == "weighted" || next == "registered"):
		return money.PerPatient
	case beside && (w == "ph" || w == "p" && next == "." && second == "h"): // or per hour
		r.review = append(r.review, Ambiguous)
		return money.PerHead
	case w == "pp" && beside: // per patient, or per person
		r.review = append(r.review, Ambiguous)
		return money.PerPatient
	case beside && (w == "per" || w == "/" || w == "monthly" || w == "weekly" || w == "quarterly"): // "per practice": no basis says so
		r.review = append(r.review, Ambiguous)
	}
	return money.Total
}

// isPerHead says whether words mean each head: "per head", "p/head", "per weighted population".
func (r *reader) isPerHead(i int, beside bool) bool {
	w, next, second := r.at(i).lower, r.at(i+1).lower, r.at(i+2).lower
	switch {
	case w == "per" || w == "/" && beside:
		return next == "head" || next == "capita" || w == "per" && (next == "weighted" || next == "registered") && (second == "head" || second == "population")
	case w == "p" && beside:
		return next == "/" && second == "head"
	}
	return false
}

// yearly says whether words behind a sum make it one of every year: "PA", "per annum", "/year".
func (r *reader) yearly(i, sumEnd int) bool {
	w, next := r.at(i).lower, r.at(i+1).lower
	switch w {
	case "pa":
		return i < sumEnd+nearby
	case "p":
		return (next == "." || next == "/") && r.at(i+2).lower == "a"
	case "per":
		return next == "annum" || next == "year"
	case "/":
		return i < sumEnd+3 && (next == "annum" || next == "year" || next == "yr")
	case "a", "each", "every":
		return (i == sumEnd || w == "each" && i < sumEnd+3) && next == "year" || w == "each" && next == "of" && i < sumEnd+3
	case "annually", "yearly", "annual":
		return i == sumEnd
	}
	return false
}

// nearby is how many words a word may stand behind a sum and still be said of it.
const nearby = 8

// limited says whether the words before a sum make it the most that there is, and asks about those that make
// it the least.
func (r *reader) limited(m sum, left int) (limit bool) {
	for i := m.from - 1; i >= left && i >= m.from-4; i-- {
		before := r.at(i - 1).lower
		switch r.at(i).lower {
		case "maximum", "max", "upto", "capped", "ceiling", "exceeding", "exceed":
			limit = true
		case "to":
			limit = limit || before == "up"
		case "than":
			if before == "more" && (r.at(i-2).lower == "no" || r.at(i-2).lower == "not") || before == "less" {
				limit = true
			} else if before == "more" {
				r.review = append(r.review, Ambiguous)
			}
		case "minimum", "min", "least", "over", "exceeds":
			if i >= m.from-2 {
				r.review = append(r.review, Ambiguous)
			}
		}
	}
	return limit
}

// shareRates gives a small sum without a basis the rate of the sums beside it: "£3 then £6 per head", "£3 per head
// (£1.50 in 17/18 and £1.50 in 18/19)".
func (r *reader) shareRates(first int) {
	rate := money.Total
	for _, reading := range r.readings[first:] {
		if b := reading.Basis; b == money.PerHead || b == money.PerPatient || b == money.PerPatientPerYear {
			rate = b
		}
	}
	if rate == money.Total {
		return
	}
	for k := range r.sums {
		reading := &r.readings[first+k]
		if reading.Basis == money.Total && reading.Amount.Units < smallest && reading.Amount.Sign() > 0 {
			reading.Basis = rate
		}
	}
}

// smallest is what a sum has to come to, beside a rate, to be a whole sum.
const smallest = 100
