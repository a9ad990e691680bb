package sums

import "strings"

// named finds the name of a source between two words: before a sum the last, behind it the first.
func (r *reader) named(from, to int, last bool) string {
	name := ""
	for i := from; i < to; i++ {
		begin, end := r.nameAt(i, from, to, last)
		if begin == end {
			continue
		}
		if !last && from > 0 && (!r.led(begin, from) && r.at(begin-1).lower != "(" && r.behindFor(begin, from) || r.namesNext(end, to)) {
			continue
		}
		name = r.slice(begin, end)
		i = max(i, end-1)
		if !last {
			return name
		}
	}
	return name
}

// nameAt is where the name of a source begins and ends whose head is a word; the same where the word is none's.
func (r *reader) nameAt(i, from, to int, last bool) (begin, end int) {
	switch w := r.at(i); {
	case r.endsName(i):
		return r.sourceAt(i, from, to, last)
	case abbreviations[w.lower] && w.upper:
		return i, i + 1
	case w.lower == "programme" && i > from && (r.led(i, from) || from == 0 && to == len(r.words) && i == to-1 && r.at(0).capital):
		begin = r.nameBegins(i, from)
		if begin == i || begin == i-1 && spoken[r.at(begin).lower] || sources[r.at(i+1).lower] || r.at(i+1).lower == "ring" {
			return i, i
		}
		return begin, i + 1
	case w.lower == "contract" && r.led(i, from):
		return r.nameBegins(i, from), i + 1
	case last && i == to-1 && w.lower == "support" && w.capital:
		for begin = i; begin > max(from, i-longestName) && r.extends(begin-1) && r.at(begin-1).capital; {
			begin--
		}
		if begin == i {
			return i, i
		}
		if !r.isBacking(begin, i) { // "Project Management Support" is what it is for (rule 6)
			r.review = append(r.review, Ambiguous)
			return i, i
		}
		return begin, i + 1
	}
	return i, i
}

// nameBegins is where the words begin that a name has before its head.
func (r *reader) nameBegins(head, from int) int {
	begin := head
	for begin > max(from, head-longestName) && r.extends(begin-1) {
		begin--
	}
	return begin
}

// sourceAt is a name that ends with a word for a source: "Harbour Fund", "ETTF bid".
func (r *reader) sourceAt(i, from, to int, last bool) (begin, end int) {
	w := r.at(i)
	begin = r.fromCapital(r.withoutPlace(r.nameBegins(i, from), i), i)
	if begin == i || r.generic(begin, i) {
		return i, i
	}
	end = i + 1
	if begin == i-1 && r.at(begin).upper && len(r.at(begin).lower) > 2 && w.lower != "premium" && w.lower != "grant" || abbreviations[r.at(begin).lower] {
		end = begin + 1 // "ETTF bid" is of ETTF
	}
	if end == i+1 && (w.lower == "bid" || w.lower == "bids") {
		return i, i
	}
	end = r.nameEnds(i, end, to)
	if r.saysPurpose(begin, i) || w.lower == "grants" {
		r.review = append(r.review, Ambiguous)
	}
	if body := r.at(i + 1); end == i+1 && body.upper && len(body.lower) > 2 && !breaks[body.lower] && i+1 < to && (i+2 >= to || r.at(i+2).lower == "and") && !last {
		end = i + 2 // "harbour funding NHSE"
	}
	return begin, end
}

// nameEnds is where a name ends with what follows its head: an abbreviation in brackets, a number.
func (r *reader) nameEnds(i, end, to int) int {
	next, short := r.at(i+1), r.at(i+2)
	switch {
	case next.lower == "(" && short.upper && len(short.lower) > 1 && r.at(i+3).lower == ")": // Harbour Fund (HBF)
		end = i + 4
	case next.lower == "(" && short.upper && r.at(i+3).number && r.at(i+3).glued && r.at(i+4).lower == ")": // (LGF3)
		end = i + 5
	}
	if end == i+1 && next.lower == "(" && len(r.sums) == 0 { // National funding (two roles)
		end = r.bracket(i + 1)
	}
	if r.at(i).lower == "deal" && next.number && len(next.lower) == 1 && i+1 < to { // Growth Deal 3
		end = i + 2
	}
	return end
}

// isBacking says whether a name that ends with "Support" is a source: a body's, or one to transform with.
func (r *reader) isBacking(begin, head int) bool {
	for i := begin; i < head; i++ {
		if w := r.at(i); w.lower == "recurrent" || strings.HasPrefix(w.lower, "transform") || strings.HasPrefix(w.lower, "transition") {
			return true
		}
	}
	return r.at(begin).upper && len(r.at(begin).lower) > 2
}
