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

// sumAt reads an amount that begins with a word (rule 3).
func (r *reader) sumAt(i int) (m sum, ok bool) {
	m = sum{from: i, to: i}
	currency, marked := "GBP", false
	switch w := r.at(i); {
	case w.lower == "£":
		marked = true
		m.to++
	case w.lower == "€":
		currency, marked = "EUR", true
		m.to++
	case w.lower == "$": // "\$106" is section 106 (rule 5)
		if r.at(i-1).lower == `\` || r.at(i+1).lower == "106" {
			return m, false
		}
		currency, marked = "USD", true
		m.to++
	case w.lower == "gbp" || w.lower == "eur" || w.lower == "usd":
		currency, marked = strings.ToUpper(w.lower), true
		m.to++
	case (w.lower == "e" || w.lower == "f" || w.lower == "l") && w.capital && r.at(i+1).number && r.at(i+1).glued && (!w.glued || r.at(i-1).isMark()):
		m.to++
		m.damaged = true // a pound sign that was read as a letter
	case !w.number:
		return m, false
	}
	point := ""
	if r.at(m.to).lower == "." && m.to > i && r.at(m.to+1).number && r.at(m.to+1).glued { // "£.5m"
		point = "0."
		m.to++
	}
	n := r.at(m.to)
	if !n.number || !marked && !m.damaged && r.at(m.to-1).glued && m.from == m.to && r.at(i-1).lower == "/" {
		return m, false
	}
	m.to++
	digits := point + r.digitsOf(n)
	if part := parts[r.at(m.to).lower]; part != "" && r.at(m.to).glued && point == "" && !strings.Contains(digits, ".") { // "£1½m"
		digits += part
		m.to++
	}
	m.damaged = m.damaged || n.damaged
	for marked && r.grouped(m.to, digits) { // "£1 200 000"
		digits += r.at(m.to).lower
		m.to++
		m.damaged = true
	}
	if m.from+1 == m.to && r.at(i-1).lower == "." && n.glued { // ".5m" or the end of a sentence
		m.damaged = true
	}
	if comma, n := r.at(m.to), r.at(m.to+1); marked && comma.lower == "," && n.number && len(n.lower) == 3 && !(comma.glued && n.glued) && len(digits) < 4 { // "£250 ,000"
		digits += n.lower
		m.to += 2
		m.damaged = true
	}
	unit, units := r.unitAt(m.to)
	if r.at(m.to).lower == "rn" {
		m.damaged = true
	}
	if _, decimals, _ := strings.Cut(digits, "."); unit == 0 && len(decimals) == 3 { // "£250.000": a point for a comma, perhaps
		m.damaged = true
	}
	if dot, n := r.at(m.to), r.at(m.to+1); unit == 0 && (marked || m.damaged) && dot.lower == "." && len(digits) < 4 {
		switch u, k := r.unitAt(m.to + 2); {
		case n.number && u > 0 && r.at(m.to+2).glued && !strings.ContainsAny(digits+n.lower, ".,"): // "£1 .2m", "£1. 2m"
			digits, unit, units, m.damaged = digits+"."+n.lower, u, k+2, true
		case dot.glued && n.glued && (n.lower == "k" || n.lower == "m"): // "£1.2.m"
			unit, units = r.unitAt(m.to + 1)
			units, m.damaged = units+1, true
		}
	}
	if unit == 0 && (marked || m.damaged) && len(digits) < 4 && !strings.ContainsAny(digits, ".,") {
		// "£1 4m": the point was lost.
		if next := r.at(m.to); next.number && !next.glued && len(next.lower) < 3 {
			if u, k := r.unitAt(m.to + 1); u > 0 && r.at(m.to+1).glued {
				digits, unit, units = digits+"."+next.lower, u, k+1
				m.damaged = true
			}
		}
	}
	perHead := r.at(m.to).lower == "per" && (r.at(m.to+1).lower == "head" || r.at(m.to+1).lower == "patient" || r.at(m.to+1).lower == "weighted")
	switch {
	case marked:
	case unit > 0 && counted[r.at(m.to+units).lower]: // "40k patients"
		return m, false
	case r.at(m.to+units).lower == "euros" || r.at(m.to+units).lower == "euro":
		currency, m.to = "EUR", m.to+1
	case unit > 0: // k and m alone are pounds
		m.bare = !m.damaged
	case r.at(m.to).lower == "pounds" || r.at(m.to).lower == "gbp" && !r.at(m.to+1).number:
		units = 1
	case r.at(m.to).lower == "p" && r.at(m.to).glued && len(digits) < 3 && (r.at(m.to+1).lower == "per" || r.at(m.to+1).lower == "/"): // pence
		digits, units = "0."+("0" + digits)[len(digits)-1:], 1
	case m.damaged && strings.Contains(digits, ","):
	case m.from+1 == m.to && perHead && !r.counts(i): // "3 per head": the sign was lost
		m.damaged = true
	default:
		return m, false
	}
	m.to += units
	m.digits, m.unit = digits, max(unit, 1)
	if before := r.at(m.from - 1); m.from > 0 && r.at(m.from).glued || r.at(m.from+1).lower == "-" {
		switch before.lower {
		case "\ufffd", "?", "#", "¬": // what became of a pound sign
			m.damaged = true
		case "-", "–", "−":
			m.owed = m.from == 1 || !before.glued
		}
	}
	if m.amount, ok = scale(digits, max(unit, 1), currency); !ok { // "£1000,000": the commas are damaged
		m.damaged = true
		m.amount, _ = scale(strings.ReplaceAll(digits, ",", ""), max(unit, 1), currency)
	}
	return m, true
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
