package sums

import "strings"

// readPromises reads money without an amount: a promise that is not yet made (rule 1).
func (r *reader) readPromises() {
	if !r.speaksOfMoney(0, len(r.words)) {
		if !r.namesAnything() {
			return
		}
		r.review = append(r.review, Ambiguous) // perhaps a source, and perhaps not money at all
	}
	for i := range r.words {
		if w := r.at(i).lower; w == "no" || w == "not" || w == "nil" || w == "neutral" {
			r.review = append(r.review, Ambiguous) // no promise, or one that is not yet made
		}
	}
	lastSource := -1
	for i := range r.words {
		if r.isSource(i) {
			lastSource = i
		}
	}
	begin, after, named := 0, 0, false
	for i := 1; i < len(r.words); i++ {
		if r.at(i).lower != "and" {
			continue
		}
		// Two sources joined by "and" are two promises.
		named = named || r.named(after, i, false) != ""
		after = i + 1
		if named && lastSource > i {
			r.promise(begin, i)
			begin, named = i+1, false
		}
	}
	r.promise(begin, len(r.words))
	if len(r.readings) == 1 && r.twoFunds() {
		r.review = append(r.review, Ambiguous)
	}
}

// twoFunds says whether two funds are named that are known by their letters: "ETTF/GPIT".
func (r *reader) twoFunds() bool {
	first := ""
	for i := range r.words {
		switch w := r.at(i); {
		case !abbreviations[w.lower] || !w.upper || w.lower == first:
		case first != "":
			return true
		default:
			first = w.lower
		}
	}
	return false
}

// namesAnything says whether a text without numbers has words: "S106" and "the 32 practices" are no money (rule 5).
func (r *reader) namesAnything() bool {
	found := false
	for i := range r.words {
		w := r.at(i)
		if w.number || w.lower == "nil" || w.lower == "none" || w.lower == "n" && r.at(i+1).lower == "/" {
			return false
		}
		found = found || w.end-w.at > 1
	}
	return found
}

func (r *reader) promise(from, to int) {
	fund := r.named(from, to, false)
	if fund == "" {
		fund = r.payer(from, to)
	}
	if w := r.at(from); fund == "" && from == 0 && to == 1 && len(r.words) == 1 && w.upper && len(w.lower) > 2 && !breaks[w.lower] { // "HEE"
		fund = r.slice(0, 1)
		r.review = append(r.review, Ambiguous)
	}
	if r.inBracket(fund, from, to) {
		r.review = append(r.review, Ambiguous)
	}
	reading := Reading{Fund: fund, Recurrent: r.recurrent(sum{from: to, to: to}, from, to)}
	reading.Start, reading.End = r.dates(from, to)
	r.readings = append(r.readings, reading)
}

// inBracket says whether a fund stands in brackets behind a name, which may be whose money it is: "Harbour Board (central
// funding)".
func (r *reader) inBracket(fund string, from, to int) bool {
	for i := from + 1; i < to; i++ {
		if r.at(i).lower == "(" && r.at(i-1).capital {
			return fund != "" && strings.HasPrefix(r.text[r.words[i].end:], fund)
		}
	}
	return false
}

func (r *reader) isSource(i int) bool { return sources[r.at(i).lower] || abbreviations[r.at(i).lower] }

// speaksOfMoney says whether a text without a sum promises one.
func (r *reader) speaksOfMoney(from, to int) bool {
	for i := from; i < to; i++ {
		switch w := r.at(i).lower; w {
		case "tbc", "tbd", "tba", "investment", "invest", "capital", "revenue", "budget", "programme", "programmes", "support", "supported", "contract", "resource",
			"resources", "resourced", "finance", "financial", "cost", "costs", "sourced", "money", "pms", "recurrent", "baseline", "allocation", "funded":
			return true
		default:
			if sources[w] || abbreviations[w] {
				return true
			}
		}
	}
	return false
}

// readFurther reads what is promised behind the last sum: "Further funding to be agreed", "Funding to be sourced",
// "TBC".
func (r *reader) readFurther(from int) {
	for i := from; i < len(r.words); i++ {
		w, next := r.at(i), r.at(i+1).lower
		further := w.lower == "further" || w.lower == "additional" || w.lower == "other" || w.lower == "remaining" || w.lower == "central"
		if further && (next == "funding" || next == "funds" || next == "investment" || next == "support") ||
			w.lower == "funding" && next == "to" && r.at(i+2).lower == "be" || w.lower == "tbc" && (next == "" || r.at(i+1).isMark() || next == "for" || next == "from") && i > from && (r.isJoint(i-1) || r.at(i-1).lower == "plus" || r.at(i-1).lower == "and") && r.at(i-1).lower != "(" && r.at(i-1).lower != "-" && r.at(i-1).lower != "–" {
			r.promise(i, len(r.words))
			return
		}
	}
}

// shortens says whether a point ends a shortened word, and no sentence: "c. £450k".
func (r *reader) shortens(i int) bool {
	switch r.at(i - 1).lower {
	case "c", "ca", "approx", "est", "max", "min", "incl", "no", "i", "e":
		return r.at(i).lower == "." && r.at(i).glued
	}
	return false
}

// readBefore reads what is promised in a sentence before the first sum, and says where the words about the sum
// begin.
func (r *reader) readBefore(first int) int {
	open := -1
	for i := range first {
		if w := r.at(i).lower; w == "tbc" || w == "tbd" {
			open = i
			break
		}
	}
	for i := first - 1; i > open && open >= 0; i-- {
		if r.at(i).lower != "." && r.at(i).lower != ";" || r.at(i+1).glued || r.shortens(i) {
			continue
		}
		r.promise(0, i)
		return i + 1
	}
	return 0
}
