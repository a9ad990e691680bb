package money

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// word is a word, a number or a mark of the text.
type word struct {
	lower   string
	at, end int
	glued   bool // nothing stands between it and the word before
	number  bool
	capital bool // begins with a capital letter
	upper   bool // in capitals throughout
	damaged bool // a number with letters in it
}

// isMark says whether it is a mark, and neither a word nor a number.
func (w word) isMark() bool {
	return w.end-w.at == 1 && !w.number && w.lower != "" && !isASCIILetter(w.lower[0])
}

// cut takes the text apart. A number keeps its commas and its point.
func (r *reader) cut() {
	for i := 0; i < len(r.text); {
		c, size := utf8.DecodeRuneInString(r.text[i:])
		if unicode.IsSpace(c) {
			i += size
			continue
		}
		w := word{at: i, glued: i > 0 && len(r.words) > 0 && r.words[len(r.words)-1].end == i}
		switch {
		case isDigit(c), isLetterForDigit(r.text[i]) && r.damagedDigits(i) > 0:
			end := i + r.damagedDigits(i)
			w.damaged = end > i
			for i < end || i < len(r.text) && (isDigit(rune(r.text[i])) || (r.text[i] == ',' || r.text[i] == '.') && i+1 < len(r.text) && isDigit(rune(r.text[i+1]))) {
				i++
			}
			w.number = true
		case unicode.IsLetter(c):
			w.capital, w.upper = unicode.IsUpper(c), true
			for i < len(r.text) {
				c, size := utf8.DecodeRuneInString(r.text[i:])
				if !unicode.IsLetter(c) {
					break
				}
				w.upper = w.upper && unicode.IsUpper(c)
				i += size
			}
			if !w.capital && abbreviations[strings.ToLower(r.text[w.at:i])] && strings.ToLower(r.text[w.at:i]) != r.text[w.at:i] { // iBCF
				w.capital, w.upper = true, true
			}
		default:
			i += size
		}
		if n := r.lostSpace(w.at, i, w.glued); n > 0 {
			i = w.at + n
		}
		w.end = i
		w.lower = strings.ToLower(r.text[w.at:w.end])
		r.words = append(r.words, w)
	}
}

// lostSpace is how many letters of a word are one of their own: "£250kpa", "£6perhead", "£250kETTF"; 0 where the word
// is whole.
func (r *reader) lostSpace(at, end int, glued bool) int {
	text := r.text[at:end]
	word := strings.ToLower(text)
	switch rest, per := strings.CutPrefix(word, "per"); {
	case per && (rest == "head" || rest == "patient" || rest == "annum" || rest == "year" || rest == "capita"):
		return len("per")
	case glued && len(r.words) > 0 && r.words[len(r.words)-1].number && len(word) > 2 && (word[0] == 'k' || word[0] == 'm'):
		if rest := word[1:]; rest == "pa" || strings.HasPrefix(rest, "per") || abbreviations[rest] {
			return 1
		}
	}
	return 0
}

// damagedDigits is how many bytes from i on are a number that a scanner read letters into, "£l20k", "£12Ok"; 0 where
// there is none. Such a number stands behind a pound sign or before its unit.
func (r *reader) damagedDigits(i int) int {
	isPart := func(k int) bool {
		return k < len(r.text) && (isDigit(rune(r.text[k])) || isLetterForDigit(r.text[k]))
	}
	k, letters := i, 0
	for ; k < i+mostDamaged && (isPart(k) || k < len(r.text) && (r.text[k] == ',' || r.text[k] == '.') && isPart(k+1)); k++ {
		if isLetterForDigit(r.text[k]) {
			letters++
		}
	}
	if letters == 0 || !strings.ContainsAny(r.text[i:k], "0123456789") {
		return 0
	}
	before, behind := r.text[:i], r.text[k:]
	lead := strings.TrimRight(before[max(0, len(before)-5):], " \u00a0")
	marked := strings.HasSuffix(lead, "£") || strings.HasSuffix(lead, "GBP")
	if !marked && (!isDigit(rune(r.text[i])) || before != "" && !unicode.IsSpace(rune(before[len(before)-1]))) {
		return 0
	}
	alone := func(rest string) bool { return rest == "" || !isASCIILetter(rest[0]) }
	if behind != "" && strings.ContainsRune("kKmM", rune(behind[0])) && alone(behind[1:]) || marked && alone(behind) {
		return k - i
	}
	return 0
}

// mostDamaged is how many bytes a damaged number may have that is still read.
const mostDamaged = 24

func isASCIILetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// isLetterForDigit says whether a letter is one that scanners read for 0, 1 or 5.
func isLetterForDigit(c byte) bool {
	switch c {
	case 'O', 'o', 'l', 'I', 'S':
		return true
	}
	return false
}

// digitsOf are the digits of a number, as they were before a scanner damaged them.
func (r *reader) digitsOf(w word) string {
	text := r.text[w.at:w.end]
	if !w.damaged {
		return text
	}
	return strings.NewReplacer("O", "0", "o", "0", "l", "1", "I", "1", "S", "5").Replace(text)
}

func isDigit(c rune) bool { return c >= '0' && c <= '9' }

func (r *reader) at(i int) word {
	if i < 0 || i >= len(r.words) {
		return word{}
	}
	return r.words[i]
}

// sum is an amount and the words that it is written in.
type sum struct {
	amount   Amount
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
	case (w.lower == "e" || w.lower == "f" || w.lower == "l") && w.capital && r.at(i+1).number && r.at(i+1).glued && !w.glued:
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

// counted are what thousands and millions are of, where no sign says that they are pounds.
var counted = map[string]bool{
	"patients": true, "people": true, "population": true, "residents": true, "homes": true, "households": true, "practices": true,
	"appointments": true, "consultations": true, "referrals": true, "contacts": true, "visits": true, "jobs": true, "users": true,
	"tonnes": true, "registered": true, "properties": true, "run": true, "runs": true, "walk": true, "race": true, "steps": true,
	"wide": true, "high": true, "long": true, "deep": true, "tall": true, "apart": true, "radius": true, "distance": true, "miles": true,
	"residential": true, "dwellings": true, "houses": true, "children": true, "adults": true, "visitors": true, "passengers": true, "trees": true,
	"vehicles": true, "customers": true, "members": true, "clients": true, "carers": true, "staff": true, "calls": true, "records": true,
}

// mayCount says whether a word behind thousands without a sign may be what there are so many of: "12k signatures", but not
// "12k capital".
func (r *reader) mayCount(i int) bool {
	w := r.at(i)
	return w.end > w.at && w.lower[0] >= 'a' && w.lower[0] <= 'z' && !w.capital && !breaks[w.lower] && !spoken[w.lower] && !sources[w.lower] && !stepWords[w.lower]
}

// spoken are words that are said of money.
var spoken = map[string]bool{
	"capital": true, "revenue": true, "budget": true, "allocation": true, "allocated": true, "available": true, "approved": true, "required": true,
	"requested": true, "received": true, "secured": true, "spend": true, "spent": true, "saving": true, "savings": true, "slippage": true,
	"underspend": true, "recurring": true, "one": true, "nr": true, "p": true, "gbp": true, "annually": true, "each": true, "cost": true, "costs": true,
	"match": true, "contribution": true, "contract": true, "set": true, "over": true, "until": true, "across": true, "during": true, "up": true, "then": true,
	"pounds": true, "maximum": true, "max": true, "approx": true, "yr": true, "yearly": true, "monthly": true, "ph": true, "pp": true, "if": true, "once": true, "invested": true,
	"increase": true, "reduction": true, "uplift": true, "gap": true, "shortfall": true, "pot": true, "contingency": true, "fees": true, "transformation": true,
}

// counts says whether a number counts something else than money: "45 per 1,000".
func (r *reader) counts(i int) bool {
	before := r.at(i - 1).lower
	return before == "/" || before == "-" && (r.at(i-2).number || r.at(i).glued) || before == "%"
}

// unitAt reads thousands and millions (rule 3), and says how many words they take.
func (r *reader) unitAt(i int) (unit int64, words int) {
	switch w := r.at(i); w.lower {
	case "k":
		return 1_000, 1
	case "m":
		if w.glued || !r.at(i+1).glued {
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
func scale(digits string, unit int64, currency string) (Amount, bool) {
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
	a, err := Parse(whole, currency)
	return a, err == nil
}
