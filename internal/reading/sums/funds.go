package sums

import "strings"

// sources are the words that a named source of money ends with.
var sources = map[string]bool{
	"fund": true, "funds": true, "funding": true, "premium": true, "grant": true, "grants": true, "monies": true, "bid": true, "bids": true,
}

// abbreviations are sources that need no such word.
var abbreviations = map[string]bool{
	"ettf": true, "gpaf": true, "bcf": true, "gpit": true, "gprp": true, "gpfv": true, "ibcf": true,
	"lgf": true, "erdf": true, "esif": true, "esf": true, "dfg": true, "hif": true, "hlf": true,
}

// titles are sources where they end a name in capitals: "Growth Deal", "Challenge Award", "Heritage Lottery".
var titles = map[string]bool{"deal": true, "award": true, "lottery": true}

// endsName says whether the name of a source may end with a word.
func (r *reader) endsName(i int) bool {
	w, before := r.at(i), r.at(i-1)
	return sources[w.lower] || titles[w.lower] && w.capital && before.capital && before.lower != "contract" && !sources[r.at(i+1).lower]
}

// breaks end a name on its left.
var breaks = map[string]bool{
	"from": true, "by": true, "to": true, "for": true, "of": true, "the": true, "via": true, "through": true, "with": true, "and": true,
	"in": true, "on": true, "a": true, "an": true, "tbc": true, "tbd": true, "is": true, "are": true, "be": true, "will": true,
	"sourced": true, "source": true, "further": true, "additional": true, "other": true, "any": true, "secure": true,
	"using": true, "use": true, "explore": true, "supported": true, "funded": true, "schemes": true, "scheme": true, "our": true,
	"this": true, "that": true, "these": true, "all": true, "or": true, "as": true, "at": true, "actions": true, "support": true,
	"have": true, "has": true, "had": true, "used": true, "utilised": true, "achieve": true, "achieved": true, "sets": true, "out": true,
	"ensure": true, "maximise": true, "getting": true, "whilst": true, "because": true, "make": true, "made": true, "provide": true,
	"providing": true, "securing": true, "receive": true, "received": true, "tba": true, "same": true,
	"existing": true, "varying": true, "outside": true, "equitable": true, "identify": true, "identified": true, "bid": true, "plus": true,
	"subject": true, "awaiting": true, "confirmation": true, "existence": true, "per": true, "under": true, "within": true, "total": true,
	"sourcing": true, "population": true, "registered": true, "head": true, "patient": true, "awarded": true, "maximum": true, "minimum": true, "no": true, "not": true, "investment": true, "investments": true,
}

// leads stand before a source: "via the Wi-Fi programme", "as part of the ETTF bid".
func (r *reader) leads(i int) bool {
	switch r.at(i).lower {
	case "via", "through", "from":
		return true
	case "within":
		return r.at(i-1).lower == "funded"
	case "by":
		return r.at(i-1).lower == "supported" || r.at(i-1).lower == "funded"
	case "of":
		return r.at(i-1).lower == "part"
	case "using", "sourced":
		return true
	}
	return false
}

// fundOf names the fund of a sum: what stands right before it, or what is named behind it as its source. What
// the money is for is no source (rule 6).
func (r *reader) fundOf(m sum, left, right int) string {
	left = r.behindBracket(m, left)
	name, i := r.namedBefore(m, left)
	if name != "" {
		return name
	}
	if r.isBodyAlone(i, left) && r.named(m.to, right, false) == "" { // "HEE £20k": a body, or a scheme
		r.review = append(r.review, Ambiguous)
		return r.slice(i, i+1)
	}
	if name := r.fundBefore(i, left); name != "" && !r.behind {
		if left > 0 && r.begins(left, name) && !r.ends(i, name) { // "£50k BCF + £25k": perhaps the fund of the sum before
			r.review = append(r.review, Ambiguous)
		}
		return name
	}
	if name := r.named(m.to, right, false); name != "" {
		return name
	}
	if name := r.payer(m.to, right); name != "" {
		return name
	}
	if r.mayPay(i, left) {
		r.review = append(r.review, Ambiguous)
	}
	if name := r.paidBy(left, m.from); name != "" {
		return name
	}
	if name := r.bodyBefore(i, left); name != "" {
		return name
	}
	return r.bodyBehind(m.to, right)
}

// behindBracket leaves out a bracket behind the sum before, which speaks of that one.
func (r *reader) behindBracket(m sum, left int) int {
	if r.at(left).lower != "(" || left == 0 {
		return left
	}
	for k := left + 1; k < m.from; k++ {
		if r.at(k).lower == ")" {
			return k + 1
		}
	}
	return left
}

// leadsToSum are words and marks that stand between a name and its sum.
var leadsToSum = map[string]bool{":": true, "-": true, "–": true, "=": true, "of": true, "at": true, "up": true, "to": true, "maximum": true, "approximately": true, "is": true}

// namedBefore is a name before a colon, and else the word that may end one.
func (r *reader) namedBefore(m sum, left int) (name string, i int) {
	for i = m.from - 1; i >= left; i-- {
		w := r.at(i).lower
		if w == ":" && i >= left+1 { // "BCF: £4.4m", "scheme (ABC DE): £1.2m"
			if name := r.titled(i-1, left); name != "" && !(r.at(i-1).lower == ")" && r.endsInSource(left, i)) {
				return name, i
			}
		}
		if w == ")" && r.endsInSource(left, i+1) || !leadsToSum[w] {
			break
		}
	}
	if open := r.at(i).lower == "(" && i > left && r.at(m.to).lower == ")"; open && (i == 1 || r.listed(i-2, left)) { // "and CCG (£50k)"
		i--
	}
	return "", i
}

// isBodyAlone says whether a word in capitals is all that stands before a sum.
func (r *reader) isBodyAlone(i, left int) bool {
	body := r.at(i)
	return i >= left && (i == 0 || r.listed(i-1, left)) && body.upper && len(body.lower) > 2 && !breaks[body.lower] && !abbreviations[body.lower]
}

// fundBefore is the source that is named before a sum, unless it is that of the sum before: "£2m from the Road Fund and £1m from".
func (r *reader) fundBefore(i, left int) string {
	name := r.named(left, i+1, true)
	if left > 0 && r.leads(left) && !r.ends(i, name) {
		return ""
	}
	return name
}

// mayPay says whether a word in capitals before a sum is who pays, or what it is called: "Harbour lights HCB £40k".
func (r *reader) mayPay(i, left int) bool {
	body, before := r.at(i), r.at(i-1)
	return i > left && body.upper && len(body.lower) > 2 && !breaks[body.lower] && !measures[body.lower] && before.end-before.at > 1 && !before.number
}

// fundsComeBehind says whether each sum is followed by its fund, as the last one is: "£40k ABC and £20k the Harbour Fund".
func (r *reader) fundsComeBehind() bool {
	first, last := r.sums[0], r.sums[len(r.sums)-1]
	return len(r.sums) > 1 && r.named(0, first.from, true) == "" && (r.named(last.to, len(r.words), false) != "" || r.leads(first.to) && r.payer(last.to, len(r.words)) != "")
}

// listed says whether a mark or "and" before a word makes it one of several: "(LGF £3.2m, DCC £2.2m)".
func (r *reader) listed(i, left int) bool {
	if i < left {
		return false
	}
	switch r.at(i).lower {
	case ",", ";", "+", "&", "and", "(", ":", "-", "–", "•", ".":
		return true
	}
	return false
}

// endsInSource says whether a source stands right before the bracket that ends at a word: "Harbour Fund (HBF)".
func (r *reader) endsInSource(left, i int) bool {
	for k := i - 2; k > left && k > i-5; k-- {
		if r.at(k).lower == "(" {
			return sources[r.at(k-1).lower]
		}
	}
	return false
}

// titled reads the capitals before a colon.
func (r *reader) titled(i, left int) string {
	to := i + 1
	if r.at(i).lower == ")" {
		to--
		i--
	}
	from := i + 1
	for i >= left && r.at(i).upper {
		from = i
		i--
	}
	if from == to || to < i+1 {
		return ""
	}
	if r.at(to).lower == ")" && r.at(i).lower != "(" {
		return ""
	}
	return r.slice(from, to)
}

// longestName is how many words a name may have before its last.
const longestName = 12

// fromCapital leaves out the words of something else before a name that is written in capitals: "Harbour lights Access
// Fund", "appointments Harbour Fund".
func (r *reader) fromCapital(begin, head int) int {
	for i := head - 1; i > begin; i-- {
		if w, before := r.at(i), r.at(i-1); w.capital && !before.capital && !before.number && before.end-before.at > 1 && before.lower != "and" && before.lower != "of" && before.lower != "the" {
			return i
		}
	}
	return begin
}

// saysPurpose says whether the words before "funding" may be what it is for, and not where it comes from.
func (r *reader) saysPurpose(begin, head int) bool {
	for i := begin; i < head; i++ {
		if !purposes[r.at(i).lower] {
			return false
		}
	}
	return begin < head
}

// purposes are words for what money is spent on.
var purposes = map[string]bool{
	"training": true, "backfill": true, "staff": true, "staffing": true, "equipment": true, "software": true, "recruitment": true, "workforce": true,
	"management": true, "estates": true, "premises": true, "support": true, "pilot": true, "set": true, "up": true, "running": true, "implementation": true,
}

// bracket is the word behind a bracket that belongs to a name: one with words alone, and no sentence.
func (r *reader) bracket(open int) int {
	for i := open + 1; i < open+6; i++ {
		switch w := r.at(i); {
		case w.lower == ")" && i > open+1:
			return i + 1
		case w.number || w.end == w.at || breaks[w.lower]:
			return open
		}
	}
	return open
}

// extends says whether a word belongs to the name that follows it.
func (r *reader) extends(i int) bool {
	w := r.at(i)
	if w.lower == "of" && r.at(i-1).capital && r.at(i+1).capital && !breaks[r.at(i-1).lower] { // Department of Health
		return true
	}
	if (w.lower == "and" || w.lower == "&") && r.at(i+1).capital && r.at(i-1).capital && !r.at(i-1).upper && !sources[r.at(i-1).lower] && !breaks[r.at(i-1).lower] {
		return true // "Roads and Harbours Fund" is one
	}
	if w.number || breaks[w.lower] && !(w.lower == "supported" && r.at(i-1).upper) && !(w.capital && (w.lower == "investment" || w.lower == "support" || w.lower == "scheme")) {
		return false
	}
	return w.end > w.at && (w.capital || w.lower[0] >= 'a' && w.lower[0] <= 'z') || w.lower == "-" && w.glued && r.at(i+1).glued
}

// withoutPlace leaves out whose fund it is: "Norfolk County Harbour Fund".
func (r *reader) withoutPlace(begin, head int) int {
	for i := head - 2; i >= begin; i-- {
		if w := r.at(i).lower; strings.HasSuffix(w, "shire") || w == "county" || w == "city" || w == "council" && !nations[r.at(i+1).lower] {
			return i + 1
		}
	}
	return begin
}

// nations stand behind a council that is no place's: "Arts Council England".
var nations = map[string]bool{"england": true, "wales": true, "scotland": true}

// generic says whether a name says nothing: "further funding", "local investment".
func (r *reader) generic(from, to int) bool {
	for i := from; i < to; i++ {
		switch r.at(i).lower {
		case "recurrent", "non", "regional", "local", "alternative", "development", "equitable", "available", "specific", "new", "project", "pre", "costs", "capital", "revenue", "initial", "future", "extra", "continued", "external", "maximum", "minimum", "average", ",", "-":
		default:
			return false
		}
	}
	return true
}

// led says whether a name is led to by a word of source.
func (r *reader) led(i, from int) bool {
	for k := i - 1; k >= from && k >= i-7; k-- {
		if r.leads(k) {
			return true
		}
		if w := r.at(k).lower; w == "for" || w == "." {
			return false
		}
	}
	return false
}

// namesNext says whether a name stands right before the next sum, and is the fund of that one.
func (r *reader) namesNext(end, to int) bool {
	for i := end; i < to; i++ {
		if w := r.at(i); w.lower != ":" && w.lower != "-" && w.lower != "–" {
			return false
		}
	}
	return to < len(r.words)
}

// behindFor says whether "for" makes what follows a purpose.
func (r *reader) behindFor(i, from int) bool {
	for k := i - 1; k >= from; k-- {
		if r.at(k).lower == "for" {
			return true
		}
	}
	return false
}

func (r *reader) slice(from, to int) string {
	text := r.text[r.words[from].at:r.words[to-1].end]
	for i := from + 1; i < to; i++ {
		if before, w := r.words[i-1].end, r.words[i].at; w > before+1 || w > before && r.text[before] != ' ' {
			return strings.Join(strings.Fields(text), " ")
		}
	}
	return text
}

// begins says whether a name begins with a word of the text.
func (r *reader) begins(i int, name string) bool {
	for n := i + 1; n <= len(r.words) && n <= i+longestName+4; n++ {
		if r.slice(i, n) == name {
			return true
		}
	}
	return false
}

// ends says whether a name ends with a word of the text.
func (r *reader) ends(i int, name string) bool {
	for from := i; from >= 0 && from > i-longestName-4; from-- {
		if r.slice(from, i+1) == name {
			return true
		}
	}
	return false
}
