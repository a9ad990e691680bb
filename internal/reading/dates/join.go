package dates

import "milepost.dev/domain/period"

// item is one date of the text: a span, or several that are joined to one.
type item struct {
	a, b     span // the first and the last, which may be the same
	several  bool // b is another span than a
	ranged   bool // read as from the one to the other
	ended    bool // "to the end of b"
	by       link // what joined them
	listed   bool // follows the item before as in a list, and shares its kind
	old      bool // held before, and holds no more
	oldFrom  int  // where the words begin that say so
	moved    bool // old because it was moved from
	review   string
	from, to int // tokens
}

// link is what stands between two spans.
type link uint8

const (
	apart  link = iota // other words, or nothing
	dash               // -
	slash              // /
	upTo               // to, until, through to
	both               // and, &
	either             // or
	comma              // ,
)

// linkOf says what joins two neighbouring spans, and whether the second is "the end of" it.
func (r *reader) linkOf(a, b *span) (l link, ended bool) {
	i := a.to
	if r.at(i).is('?') || r.at(i).is(')') && r.at(a.from-1).is('(') {
		i++
	}
	if r.at(i).is(',') && r.at(i+1).has(wAnd|wTo) {
		i++
	}
	t := r.at(i)
	switch {
	case i >= b.from:
		return apart, false
	case t.is('-'):
		l = dash
	case t.is('/'):
		l = slash
	case t.has(wUntil), t.has(wTo), t.word == ">>", t.is('>') && !r.at(i+1).glued:
		l = upTo
	case (t.word == "through" || t.word == "up") && r.at(i+1).has(wUntil|wTo), t.has(wAnd) && r.at(i+1).has(wUntil): // through to
		l = upTo
		i++
	case (t.word == "through" || t.word == "thru") && i+1 == b.from:
		l = upTo
	case t.has(wAnd), t.is('&'), t.is('+'):
		l = both
	case t.word == "or":
		l = either
	case t.is(','):
		l = comma
	default:
		return apart, false
	}
	i++
	for i < b.from && (r.at(i).has(wArticle|wAbout) || r.at(i).word == "of" || (l == upTo || l == dash) && r.at(i).has(wEnd)) {
		ended = ended || r.at(i).has(wEnd)
		i++
	}
	if i != b.from || l == dash && b.from < a.to+1 {
		return apart, false
	}
	return l, ended
}

// join makes items of the spans: ranges, neighbours and single ones (rule 10).
func (r *reader) join() {
	r.dropPlanYears()
	links := make([]link, len(r.spans), len(r.spans)+1)
	ends := make([]bool, len(r.spans))
	for k := 1; k < len(r.spans); k++ {
		links[k], ends[k] = r.linkOf(&r.spans[k-1], &r.spans[k])
	}
	// A year that is written once holds for what is joined to it, from the right: "Oct to Dec 16".
	for k := len(r.spans) - 1; k > 0; k-- {
		if links[k] != apart {
			r.lendYear(&r.spans[k-1], &r.spans[k])
		}
	}
	for k := 0; k < len(r.spans); k++ {
		it := item{a: r.spans[k], b: r.spans[k], from: r.spans[k].from, to: r.spans[k].to, ranged: r.spans[k].isRange()}
		it.listed = k > 0 && (links[k] == both || links[k] == comma || links[k] == either)
		if links[k] == either {
			it.review = period.Ambiguous
		}
		for k+1 < len(r.spans) && r.joins(&it, k+1, links[k+1]) {
			k++
			it.several, it.ranged, it.ended, it.by = true, true, ends[k], links[k]
			it.b, it.to = r.spans[k], r.spans[k].to
			for i := r.spans[k-1].to; i < r.spans[k].from; i++ {
				r.tokens[i].used = true
			}
		}
		if n := len(r.items); n > 0 && r.explains(&r.items[n-1], &it) {
			r.used(it.from, it.to)
			r.items[n-1].to = it.to + 1
			continue
		}
		r.items = append(r.items, it)
	}
}

// explains says whether a date in brackets is the one before it in other words: "Q2 17/18 (July - September 2017)".
func (r *reader) explains(it, gloss *item) bool {
	if gloss.from != it.to+1 || !r.at(it.to).is('(') || !r.at(gloss.to).is(')') || it.a.year == 0 || it.b.year == 0 {
		return false
	}
	first, _, ok1 := r.bounds(&it.a, it.a.year)
	_, last, ok2 := r.bounds(&it.b, it.b.year)
	if !ok1 || !ok2 {
		return false
	}
	if q := gloss.a; q.unit == aQuarter && q.year == 0 && !gloss.several { // "Jan - Mar 2018 (Q4)"
		for year := it.a.year - 1; year <= it.a.year; year++ {
			for _, q.financial = range [...]bool{true, false} {
				if from, to, ok := r.bounds(&q, year); ok && from == first && to == last {
					return true
				}
			}
		}
		return false
	}
	from, _, ok1 := r.bounds(&gloss.a, gloss.a.year)
	_, to, ok2 := r.bounds(&gloss.b, gloss.b.year)
	return ok1 && ok2 && gloss.a.year != 0 && gloss.b.year != 0 && first == from && last == to
}

// dropPlanYears makes a label of "Year 2" beside a year that is written (rule 21).
func (r *reader) dropPlanYears() {
	written, counted := false, false
	for k := range r.spans {
		written = written || r.spans[k].year > 0
		counted = counted || r.spans[k].unit == planYear || r.spans[k].inPlanYear > 0
	}
	if !written || !counted {
		return
	}
	kept := r.spans[:0]
	for _, p := range r.spans {
		if p.unit != planYear && p.inPlanYear == 0 {
			kept = append(kept, p)
			continue
		}
		if p.isRange() { // "Years 1-2 (2017-19)" are in the years and during them
			r.put(period.Ambiguous)
		}
		for i := p.from; i < p.to; i++ {
			r.tokens[i].used = false
		}
	}
	r.spans = kept
}

// lendYear gives the first end of a range the year of the other, or the year before where it would come after
// it: "November - March 17" (rule 10).
func (r *reader) lendYear(a, b *span) {
	if a.year != 0 || b.year == 0 || a.unit == planYear || b.unit > aSeason || a.unit > aSeason {
		return
	}
	a.year, a.financial = b.year, b.financial
	first, _, ok1 := r.bounds(a, a.year)
	_, last, ok2 := r.bounds(b, b.year)
	if ok1 && ok2 && first > last {
		a.year--
	}
}

// joins says whether the next span belongs to the same reading.
func (r *reader) joins(it *item, k int, l link) bool {
	next := &r.spans[k]
	years := func(p *span) bool { return p.unit >= calendarYear }
	if it.several && it.by == slash && l == slash && r.adjoin(&it.b, next) { // Jan/Feb/Mar 2018
		return true
	}
	if it.several && it.by != both && it.by != comma || it.a.unreadable || next.unreadable {
		return false
	}
	between := r.before(it.from, wBetween)
	switch l {
	case upTo:
		return !r.movedFrom(it.from-1) || it.several // what it was and what it is do not adjoin (rule 10)
	case dash:
		if years(&it.b) != years(next) {
			return false // "2017/18 - March" says when within it, or something else
		}
		if it.b.unit != next.unit && it.b.unit <= aSeason && next.unit <= aSeason && (it.b.unit > aMonth || next.unit > aMonth) { // "Q4 - March 2018" may be the one in the other
			it.review = period.Ambiguous
		}
		if it.b.unit >= financialYear && next.unit == calendarYear { // "2017-2018-2019"
			it.review = period.Ambiguous
		}
		return it.b.unit != calendarYear || next.unit == calendarYear
	case slash:
		if it.b.unit == financialYear && next.unit == financialYear && r.adjoin(&it.b, next) { // 17/18 / 18/19
			it.review = period.Ambiguous
			return true
		}
		if (it.b.third > 0) != (next.third > 0) { // "end Sept/early Oct" is two
			return false
		}
		return it.b.unit == next.unit && next.unit <= aSeason || it.b.third > 0 && next.third > 0
	case both:
		if between && !it.several {
			return true
		}
		if !r.adjoin(&it.b, next) {
			return false
		}
		if next.unit < financialYear || it.several {
			it.review = period.Ambiguous // rule 10 joins two financial years
		}
		return true
	case comma:
		// "2016/17, 2017/18 and 2018/19": every one adjoins the next.
		if !years(next) || !r.adjoin(&it.b, next) || k+1 >= len(r.spans) || !r.adjoin(next, &r.spans[k+1]) {
			return false
		}
		if l, _ := r.linkOf(next, &r.spans[k+1]); l != both {
			return false
		}
		it.review = period.Ambiguous
		return true
	}
	return false
}

// adjoin says whether one span begins where the other ends, and both are of a kind.
func (r *reader) adjoin(a, b *span) bool {
	if a.unit != b.unit && (a.unit < financialYear || b.unit < financialYear) || a.third != b.third {
		return false
	}
	if a.year == 0 && b.year == 0 {
		if a.unit == planYear || a.unit == aQuarter {
			return b.n == max(a.n, a.last)+1
		}
		return a.unit == aMonth && b.month == a.month%12+1
	}
	_, last, ok1 := r.bounds(a, a.year)
	first, _, ok2 := r.bounds(b, b.year)
	return ok1 && ok2 && first == last.AddDays(1)
}

// before says whether a word of a role stands before a token, with only articles and brackets between.
func (r *reader) before(i int, role role) bool {
	for i--; i >= 0; i-- {
		t := r.at(i)
		if t.has(role) {
			return true
		}
		if !t.has(wArticle|wFiller) && !t.is('(') {
			return false
		}
	}
	return false
}
