package sums

import (
	"strings"

	"milepost.dev/domain/money"
)

// sum is an amount and the words that it is written in.
type sum struct {
	amount   money.Amount
	from, to int
	damaged  bool
	bare     bool   // thousands or millions without a sign, which need not be pounds
	owed     bool   // a minus stands before it
	digits   string // as written
	unit     int64  // 1,000 for "k"
}

// findSums finds every amount, from left to right.
func (r *reader) findSums() {
	for i := 0; i < len(r.words); {
		m, ok := r.sumAt(i)
		if !ok {
			i++
			continue
		}
		if r.opensRange(m) {
			m.from = m.from - 2
			r.sums = append(r.sums, r.openEnd(m))
			m.from += 2
		}
		r.sums = append(r.sums, m)
		i = m.to
	}
	r.shareUnits()
}

// sumAt reads an amount that begins with a word (rule 3): a sign, a number, a unit, and what shows that they are money.
func (r *reader) sumAt(i int) (sum, bool) {
	w := written{sum: sum{from: i, to: i}, currency: "GBP"}
	if !r.readSign(&w) || !r.readNumber(&w) {
		return w.sum, false
	}
	w.unit, w.units = r.unitAt(w.to)
	r.mendUnit(&w)
	if !r.isMoney(&w) {
		return w.sum, false
	}
	w.to += w.units
	w.sum.unit = max(w.unit, 1)
	r.readBeforeSign(&w)
	var ok bool
	if w.amount, ok = scale(w.digits, w.sum.unit, w.currency); !ok { // "£1000,000": the commas are damaged
		w.damaged = true
		w.amount, _ = scale(strings.ReplaceAll(w.digits, ",", ""), w.sum.unit, w.currency)
	}
	return w.sum, true
}

// written is an amount as it is written.
type written struct {
	sum
	currency string
	marked   bool // by a sign or an abbreviation of its currency
	unit     int64
	units    int // how many words the unit has
}

// currencies are the signs and abbreviations of money.
var currencies = map[string]string{"£": "GBP", "€": "EUR", "$": "USD", "gbp": "GBP", "eur": "EUR", "usd": "USD"}

// readSign reads the sign before a number. It answers false where neither a sign nor a number begins.
func (r *reader) readSign(w *written) bool {
	first, next := r.at(w.from), r.at(w.from+1)
	if first.lower == "$" && (r.at(w.from-1).lower == `\` || next.lower == "106") { // "\$106" is section 106 (rule 5)
		return false
	}
	if currency := currencies[first.lower]; currency != "" {
		w.currency, w.marked = currency, true
		w.to++
		return true
	}
	letter := first.lower == "e" || first.lower == "f" || first.lower == "l"
	if letter && first.capital && next.number && next.glued && (!first.glued || r.at(w.from-1).isMark()) { // a pound sign that was read as a letter
		w.to++
		w.damaged = true
		return true
	}
	return first.number
}

// readNumber reads the digits, and what damage took of them.
func (r *reader) readNumber(w *written) bool {
	point := ""
	if r.at(w.to).lower == "." && w.to > w.from && r.at(w.to+1).number && r.at(w.to+1).glued { // "£.5m"
		point = "0."
		w.to++
	}
	n := r.at(w.to)
	if !n.number || !w.marked && !w.damaged && r.at(w.to-1).glued && w.from == w.to && r.at(w.from-1).lower == "/" {
		return false
	}
	w.to++
	w.digits = point + r.digitsOf(n)
	if part := parts[r.at(w.to).lower]; part != "" && r.at(w.to).glued && point == "" && !strings.Contains(w.digits, ".") { // "£1½m"
		w.digits += part
		w.to++
	}
	w.damaged = w.damaged || n.damaged
	r.readGroups(w)
	if w.from+1 == w.to && r.at(w.from-1).lower == "." && n.glued { // ".5m" or the end of a sentence
		w.damaged = true
	}
	return true
}

// readGroups reads the thousands that spaces or a comma part from a number: "£1 200 000", "£250 ,000".
func (r *reader) readGroups(w *written) {
	for w.marked && r.grouped(w.to, w.digits) {
		w.digits += r.at(w.to).lower
		w.to++
		w.damaged = true
	}
	if comma, n := r.at(w.to), r.at(w.to+1); w.marked && comma.lower == "," && n.number && len(n.lower) == 3 && !(comma.glued && n.glued) && len(w.digits) < 4 {
		w.digits += n.lower
		w.to += 2
		w.damaged = true
	}
}

// mendUnit reads a unit behind a number that damage parted from it.
func (r *reader) mendUnit(w *written) {
	if r.at(w.to).lower == "rn" {
		w.damaged = true
	}
	if w.unit > 0 {
		return
	}
	if _, decimals, _ := strings.Cut(w.digits, "."); len(decimals) == 3 { // "£250.000": a point for a comma, perhaps
		w.damaged = true
	}
	if (w.marked || w.damaged) && len(w.digits) < 4 {
		r.mendPoint(w)
	}
}

// mendPoint reads a number whose point stands apart, or was lost.
func (r *reader) mendPoint(w *written) {
	if dot, n := r.at(w.to), r.at(w.to+1); dot.lower == "." {
		switch u, k := r.unitAt(w.to + 2); {
		case n.number && u > 0 && r.at(w.to+2).glued && !strings.ContainsAny(w.digits+n.lower, ".,"): // "£1 .2m", "£1. 2m"
			w.digits, w.unit, w.units, w.damaged = w.digits+"."+n.lower, u, k+2, true
		case dot.glued && n.glued && (n.lower == "k" || n.lower == "m"): // "£1.2.m"
			w.unit, w.units = r.unitAt(w.to + 1)
			w.units, w.damaged = w.units+1, true
		}
	}
	if w.unit > 0 || strings.ContainsAny(w.digits, ".,") {
		return
	}
	if next := r.at(w.to); next.number && !next.glued && len(next.lower) < 3 { // "£1 4m": the point was lost
		if u, k := r.unitAt(w.to + 1); u > 0 && r.at(w.to+1).glued {
			w.digits, w.unit, w.units = w.digits+"."+next.lower, u, k+1
			w.damaged = true
		}
	}
}

// isMoney says whether a number is an amount of money. One without a sign needs a unit, a currency behind it, or what it is of.
func (r *reader) isMoney(w *written) bool {
	behind := r.at(w.to + w.units).lower
	switch {
	case w.marked:
	case w.unit > 0 && counted[behind]: // "40k patients"
		return false
	case behind == "euros" || behind == "euro":
		w.currency = "EUR"
		w.to++
	case w.unit > 0: // k and m alone are pounds
		w.bare = !w.damaged
	default:
		return r.isSmallMoney(w)
	}
	return true
}

// isSmallMoney says whether a number without a sign or a unit is money.
func (r *reader) isSmallMoney(w *written) bool {
	first, next := r.at(w.to), r.at(w.to+1)
	perHead := first.lower == "per" && (next.lower == "head" || next.lower == "patient" || next.lower == "weighted")
	switch {
	case first.lower == "pounds" || first.lower == "gbp" && !next.number:
		w.units = 1
	case first.lower == "p" && first.glued && len(w.digits) < 3 && (next.lower == "per" || next.lower == "/"): // pence
		w.digits, w.units = "0."+("0" + w.digits)[len(w.digits)-1:], 1
	case w.damaged && strings.Contains(w.digits, ","):
	case w.from+1 == w.to && perHead && !r.counts(w.from): // "3 per head": the sign was lost
		w.damaged = true
	default:
		return false
	}
	return true
}

// readBeforeSign reads what stands before the sign: a minus, or what became of a sign.
func (r *reader) readBeforeSign(w *written) {
	before := r.at(w.from - 1)
	if !(w.from > 0 && r.at(w.from).glued) && r.at(w.from+1).lower != "-" {
		return
	}
	switch before.lower {
	case "\ufffd", "?", "#", "¬": // what became of a pound sign
		w.damaged = true
	case "-", "–", "−":
		w.owed = w.from == 1 || !before.glued
	}
}

// parts are the decimals of what is written as one mark.
var parts = map[string]string{"½": ".5", "¼": ".25", "¾": ".75"}

// opensRange says whether a number and a dash before a sum are the other end of its range: "120-150k".
func (r *reader) opensRange(m sum) bool {
	n := r.at(m.from - 2)
	return m.unit > 1 && r.at(m.from).number && r.at(m.from-1).glued && r.isRange(m.from-1) && n.number && r.at(m.from).glued &&
		(len(r.sums) == 0 || r.sums[len(r.sums)-1].to <= m.from-2)
}

// openEnd is that end.
func (r *reader) openEnd(m sum) sum {
	open := sum{from: m.from, to: m.from + 1, digits: r.digitsOf(r.at(m.from)), unit: m.unit}
	open.amount, _ = scale(open.digits, open.unit, m.amount.Currency)
	return open
}

// grouped says whether a number goes on with three digits more behind a space.
func (r *reader) grouped(i int, digits string) bool {
	w := r.at(i)
	return w.number && !w.glued && len(w.lower) == 3 && !strings.ContainsAny(digits+w.lower, ".,") && (!r.at(i+1).glued || r.at(i+1).isMark()) &&
		(len(digits) < 4 || len(digits)%3 != 0 && len(digits) < 10)
}

// shareUnits gives the first end of a range the unit of the other, which is said once: "£120-150k".
func (r *reader) shareUnits() {
	for k := 0; k+1 < len(r.sums); k++ {
		a, b := &r.sums[k], &r.sums[k+1]
		if a.unit > 1 || b.unit < 2 || a.to+1 != b.from || !r.isRange(a.to) {
			continue
		}
		if amount, ok := scale(a.digits, b.unit, a.amount.Currency); ok && amount.Cmp(b.amount) < 0 {
			a.amount, a.unit = amount, b.unit
		}
	}
}

// unitAt reads thousands and millions (rule 3), and says how many words they take.
func (r *reader) unitAt(i int) (unit int64, words int) {
	switch w := r.at(i); w.lower {
	case "k":
		return 1_000, 1
	case "m":
		if w.glued || !r.at(i+1).glued || r.at(i+1).isMark() {
			return 1_000_000, 1
		}
	case "bn":
		return 1_000_000_000, 1
	case "thousand":
		return 1_000, 1
	case "rn": // a scanner's m
		return 1_000_000, 1
	case "million", "millions", "mn", "mill":
		return 1_000_000, 1
	case "billion":
		return 1_000_000_000, 1
	}
	return 0, 0
}

// scale reads digits with commas and a point, times a unit. A comma that groups no thousands is a point: "4,3 m".
func scale(digits string, unit int64, currency string) (money.Amount, bool) {
	if head, tail, found := strings.Cut(digits, ","); found && !strings.ContainsAny(tail, ",.") && len(tail) != 3 && unit > 1 {
		digits = head + "." + tail
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	for u := unit; u > 1; u /= 10 {
		if fraction == "" {
			whole += "0"
			continue
		}
		whole, fraction = whole+fraction[:1], fraction[1:]
	}
	if unit > 1 {
		whole = strings.ReplaceAll(whole, ",", "")
	}
	if fraction != "" {
		whole += "." + fraction
	}
	a, err := money.Parse(whole, currency)
	return a, err == nil
}
