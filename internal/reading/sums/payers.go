package sums

// givers are what a body does with money before "by": "awarded by NHS England".
var givers = map[string]bool{
	"funded": true, "paid": true, "awarded": true, "provided": true, "given": true, "granted": true, "allocated": true, "contributed": true,
	"supported": true, "invested": true, "investment": true, "contribution": true, "funding": true,
}

// asked are what goes to the body that is to pay: "bid submitted to Homes England".
var asked = map[string]bool{"submitted": true, "bid": true, "bids": true, "application": true, "applied": true, "made": true}

// payer is who pays, where no fund is named: "funded by NHS England", "from CCG", "NHSE funded".
func (r *reader) payer(from, to int) string {
	for i := from; i < to; i++ {
		w, before := r.at(i).lower, r.at(i-1)
		switch {
		case w == "funded" && i > from && before.upper && len(before.lower) > 2 && !breaks[before.lower]:
			return r.slice(i-1, i)
		case w == "to" && i > from && before.capital && pays[r.at(i+1).lower] && r.isBody(i-1): // "NHSE to fund"
			begin := i - 1
			for begin > from && r.isBody(begin-1) {
				begin--
			}
			return r.slice(begin, i)
		case w == "from", w == "by" && givers[before.lower], w == "to" && asked[before.lower] && r.bidding(i):
			if name := r.bodyFrom(i+1, to); name != "" {
				return name
			}
		}
	}
	return ""
}

// bodyFrom is the body whose name begins at a word, or behind "the" there.
func (r *reader) bodyFrom(begin, to int) string {
	if r.at(begin).lower == "the" {
		begin++
	}
	end := begin
	for end < min(to, begin+longestName) && (r.isBody(end) || end > begin && r.listsBody(end)) {
		end++
	}
	if end == begin {
		return ""
	}
	if end < to && held[r.at(end).lower] { // "from CCG baseline": whether it belongs to the name
		r.review = append(r.review, Ambiguous)
		return r.slice(begin, end+1)
	}
	if next := r.at(end); end < to && end > begin+1 && !next.number && next.end-next.at > 1 && !breaks[next.lower] && !stepWords[next.lower] && !spoken[next.lower] {
		r.review = append(r.review, Ambiguous) // "from Harbour England Quay repairs": where the name ends
	}
	if r.at(end).number && !r.isShort(end-1) || isMonth(r.at(begin).lower) {
		return ""
	}
	return r.slice(begin, end)
}

// paidBy is who is told before a sum to pay it: "Funded by NHS England (£250k)".
func (r *reader) paidBy(from, to int) string {
	for i := from + 1; i < to; i++ {
		if r.at(i).lower == "by" && givers[r.at(i-1).lower] || r.at(i).lower == "to" && asked[r.at(i-1).lower] {
			return r.payer(i, to)
		}
	}
	return ""
}

// pays is what a body is to do with money behind "to".
var pays = map[string]bool{"fund": true, "pay": true, "invest": true, "contribute": true}

// isShort says whether a word is a body's abbreviation, behind which a year may stand: "from STP 2018/19".
func (r *reader) isShort(i int) bool {
	w := r.at(i)
	return w.upper && len(w.lower) > 2 && !dating[w.lower]
}

// bidding says whether a word before tells that money is asked for.
func (r *reader) bidding(i int) bool {
	for k := range i {
		if w := r.at(k).lower; w == "bid" || w == "bids" || w == "application" || w == "applied" {
			return true
		}
	}
	return false
}

// isBody says whether a word can be of the name of a body that pays.
func (r *reader) isBody(i int) bool {
	w := r.at(i)
	if w.number && w.glued && r.at(i-1).upper || w.upper && w.glued && r.at(i-1).number { // D2N2
		return true
	}
	return w.capital && !w.number && (!breaks[w.lower] || w.lower == "support" && r.at(i-1).capital || w.upper && r.at(i+1).lower == "&") // "A&E"
}

// listsBody says whether a mark joins two bodies that pay together, or the words of one name: "ABC, DEF & G&H Board".
func (r *reader) listsBody(i int) bool {
	switch r.at(i).lower {
	case ",", "&", "and":
		return r.isBody(i + 1)
	}
	return false
}

// bodyBefore is a body whose money it is said to be right before a sum: "CCG investment of £3 per head". Another body may
// have given it the money, so a person is asked.
func (r *reader) bodyBefore(i, left int) string {
	for r.at(i).lower == "of" && i > left {
		i--
	}
	switch r.at(i).lower {
	case "investment", "contribution", "allocation", "capital", "revenue":
	default:
		return ""
	}
	if body := r.at(i - 1); i > left && body.upper && len(body.lower) > 2 && !breaks[body.lower] {
		r.review = append(r.review, Ambiguous)
		return r.slice(i-1, i)
	}
	return ""
}

// bodyBehind is an abbreviation alone right behind a sum: "£30k (CCG)", "£50k BCF + £25k CCG". It may be who pays as well as
// who is paid, or what the money is for, so a person is asked.
func (r *reader) bodyBehind(i, right int) string {
	for k := i; k < i+3 && k < right; k++ { // "£5m capital bid (NHSE)"
		if r.at(k).lower == "(" {
			i = k
		} else if !spoken[r.at(k).lower] && !sources[r.at(k).lower] {
			break
		}
	}
	bracket := r.at(i).lower == "("
	if end := i + 1; bracket { // "£2m (Harbour England)"
		for r.isBody(end) {
			end++
		}
		if end > i+2 && end < right && r.at(end).lower == ")" && !isMonth(r.at(i+1).lower) {
			r.review = append(r.review, Ambiguous)
			return r.slice(i+1, end)
		}
	}
	if bracket {
		i++
	}
	w, next := r.at(i), r.at(i+1)
	if i >= right || !w.upper || len(w.lower) < 3 || w.lower == "gbp" || measures[w.lower] || breaks[w.lower] || bracket && next.lower != ")" {
		return ""
	}
	if i+1 < right && !endsBody[next.lower] {
		if next.lower == "for" || next.capital && !next.upper { // "£40k HCB for two posts"
			r.review = append(r.review, Ambiguous)
		}
		return ""
	}
	r.review = append(r.review, Ambiguous)
	return r.slice(i, i+1)
}

// endsBody are words and marks behind which another sum or sentence begins.
var endsBody = map[string]bool{",": true, ";": true, "+": true, ")": true, "and": true, "&": true, ".": true}

// held is what a body has, and pays from.
var held = map[string]bool{"baseline": true, "allocation": true, "allocations": true, "budget": true, "budgets": true, "reserve": true, "reserves": true, "resources": true}

// measures are abbreviations that say how a sum is counted, and no body's.
var measures = map[string]bool{"fye": true, "pye": true, "vat": true, "wte": true, "fte": true, "pcm": true, "ytd": true, "est": true, "max": true}
