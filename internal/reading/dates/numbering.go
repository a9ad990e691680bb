package dates

// dropNumbering leaves out what numbers or marks a text as one of a list, and says nothing about it: "1. Ongoing",
// "3.2 Start on site", "a) Reviewed", "• Commence".
func (r *reader) dropNumbering() {
	n := 0
	for len(r.at(n).word) > 0 && r.isBullet(n) {
		n++
	}
	switch t, next := r.at(n), r.at(n+1); {
	case t.class == letter && len(t.word) == 1 && next.is(')') && next.glued && !t.glued:
		n += 2
	case t.class == digits && t.digitsOf() < 3:
		n += r.numbering(n)
	}
	if n < len(r.tokens) {
		r.tokens = r.tokens[n:]
	}
}

// isBullet says whether a token only marks that something begins.
func (r *reader) isBullet(i int) bool {
	switch t := r.at(i); t.word {
	case "•", "·", "*", "▪", "●", "○", "\uf0b7", "◦":
		return true
	case "-":
		return i == 0 && r.at(i+1).class == letter && !r.at(i+1).glued
	default:
		return false
	}
}

// numbering is how many tokens number what follows: 2 of "1. Ongoing", 3 of "3.2 Start". Before a month they may be its day.
func (r *reader) numbering(i int) int {
	n := 1
	for r.at(i+n).is('.') && r.at(i+n).glued && r.at(i+n+1).class == digits && r.at(i+n+1).glued && r.at(i+n+1).digitsOf() < 3 {
		n += 2
	}
	dotted := n == 3 || n == 5 && r.at(i+4).digitsOf() == 1 // "30.06.17 to" is a day
	if mark := r.at(i + n); (mark.is('.') || mark.is(')')) && mark.glued {
		dotted = true
		n++
	}
	next := r.at(i + n)
	if !dotted || next.class != letter || next.glued || next.has(wMonth|wCounted|wUnit|wOrdinal|wUntil|wOnwards|wAnd) || next.has(wTo) && r.at(i+n+1).word != "be" ||
		len(next.word) < 3 && next.role == 0 && next.word != "as" && next.word != "ad" || nearestWordOrMonth(next.word) {
		return 0
	}
	return n
}

// nearestWordOrMonth says whether a word may be a misspelt month.
func nearestWordOrMonth(word string) bool {
	month, _ := nearestMonth(word, true)
	return month > 0
}
