package dates

import (
	"math/bits"
	"strings"

	"milepost.dev/domain/period"
)

// repair puts together what lost or gained a space or a hyphen, which is no misspelling (rule 16):
// "1 st", "commence ment", "on-going", "fromApril".
func (r *reader) repair() {
	for i := 0; i < r.count(); i++ {
		t := r.at(i)
		if t.class != letter {
			continue
		}
		if n := r.together(i); n > 1 {
			whole := *t
			whole.word, whole.end = r.lettersAt(i, n), r.at(i+n-1).end
			whole.entry = lexicon[whole.word]
			r.edit(i, n, whole)
			continue
		}
		if t.role == 0 && (len(t.word) > 4 || t.word == "tobe") {
			r.split(i)
		}
		if t := r.at(i); t.role == 0 && len(t.word) > 4 && r.count() < 10 && r.at(i+1).class != digits {
			// "Montly to June": how often, or that it goes on, is said away from the date as well.
			if word := nearestWord(t.word); word != "" && lexicon[word].has(wRepeats|wOngoing|wBetween) {
				t.entry, t.misspelt = lexicon[word], true
				r.put(period.Misspelt)
			}
		}
	}
	r.closeGap()
}

// compounds are words that are also written as two, or with a hyphen.
var compounds = map[string]bool{
	"ongoing": true, "onwards": true, "onward": true, "bimonthly": true, "biweekly": true, "halfyearly": true,
	"sixmonthly": true, "biannual": true, "biannually": true, "halftermly": true, "halfway": true, "midway": true,
}

// together says how many tokens from i on are one word of the vocabulary.
func (r *reader) together(i int) int {
	first, second, third := r.at(i), r.at(i+1), r.at(i+2)
	if second.is('-') && third.class == letter && (second.glued && third.glued || third.word == "going") && len(first.word)+len(third.word) <= longestWord &&
		compounds[first.word+third.word] {
		return 3
	}
	if second.class != letter || len(first.word)+len(second.word) > longestWord {
		return 1
	}
	if short := min(len(first.word), len(second.word)); short == 1 && first.class == letter && !second.capital && first.word != "a" && !r.at(i+1).glued {
		// "b y", "f rom", "earl y"
		const little = wBy | wFrom | wEnd | wUntil | wThird | wBegin | wStarts | wDuring | wAfter | wDue | wSeason
		if e := lexicon[first.word+second.word]; e.has(little) || first.word+second.word == "of" {
			return 2
		}
	}
	if len(first.word)+len(second.word) > 3 && !second.capital && !lexicon[first.word].has(wNumeral|wArticle) { // "M arch 2018", "Mar ch 2018"
		if e := lexicon[first.word+second.word]; e.has(wMonth) && (len(first.word)+len(second.word) > 4 || r.at(i+2).class == digits) && second.word != "may" {
			return 2
		}
	}
	if first.role|second.role == 0 && !second.capital && !commonWords[first.word] && !commonWords[second.word] && len(first.word)+len(second.word) > 3 && isYear(r.at(i+2)) {
		if month, tie := nearestMonth(first.word+second.word, false); month > 0 && !tie { // "Octbe r 2017", to be mended when it is one word
			return 2
		}
	}
	if (second.role == 0 || first.role == 0 || second.has(wStarts)) && (first.role|second.role != 0 || len(first.word) > 2) || compounds[first.word+second.word] {
		word := first.word + second.word
		if e := lexicon[word]; compounds[word] || len(word) > 5 && e.role&(wMonth|wStarts|wRepeats|wDuring|wSeason) != 0 {
			return 2
		}
	}
	return 1
}

const longestWord = 13

// lettersAt is the letters of some tokens.
func (r *reader) lettersAt(i, n int) string {
	var b strings.Builder
	for k := i; k < i+n; k++ {
		if r.at(k).class == letter {
			b.WriteString(r.at(k).word)
		}
	}
	return b.String()
}

// split parts a word that is two: "frommarch", "stmarch" after a day, "aprilonwards".
func (r *reader) split(i int) {
	t := *r.at(i)
	for k := 2; k <= len(t.word)-2; k++ {
		head, tail := lexicon[t.word[:k]], lexicon[t.word[k:]]
		const before = wBy | wFrom | wUntil | wEnd | wThird | wOrdinal | wIn | wTo | wDuring | wStarts | wDue | wAfter
		month, other := tail, head.role&before
		if head.role&wMonth != 0 && k > 3 {
			month, other = head, tail.role&wOnwards
		}
		// Two short words are taken apart only where they can be nothing else.
		sure := head.has(wOrdinal) && t.glued && r.at(i-1).class == digits // 24thJan2017
		switch {
		case head.has(wBy|wFrom|wUntil|wDue) && tail.has(wEnd|wThird|wSeason|wQuarter), head.has(wEnd) && t.word[k:] == "of": // byend, endof
			month, other, sure = entry{role: wMonth}, head.role, true
		case head.has(wThird) && tail.has(wSeason), head.has(wRank) && tail.has(wQuarter|wHalf), t.word[:k] == "the" && tail.has(wBegin|wEnd),
			t.word[:k] == "and" && (tail.has(wOnwards|wOngoing) || t.word[k:] == "beyond"), t.word == "tobe" && k == 2, t.word == "willbe" && k == 4:
			month, other, sure = entry{role: wMonth}, wOnwards, true
		case tail.has(wMonth|wSeason|wHoliday) && k > 2 && r.text[t.at+k] != r.lower[t.at+k] && r.text[t.at+k-1] == r.lower[t.at+k-1]: // launchedApril
			month, other, sure = entry{role: wMonth}, wOnwards, true
		case t.word[:k] == "of" && tail.has(wMonth): // ofMarch
			month, other = tail, head.role
		}
		if month.role&wMonth == 0 || other == 0 || len(t.word)-k < 4 && k < 4 && !sure {
			continue
		}
		front, back := t, t
		front.word, front.entry, front.end = t.word[:k], head, t.at+k
		back.word, back.entry, back.at, back.glued = t.word[k:], tail, t.at+k, true
		back.capital = back.at < len(r.text) && r.text[back.at] != r.lower[back.at]
		r.edit(i, 1, front, back)
		return
	}
}

// known is a word that others are compared with.
type known struct {
	word    string
	n       int8   // of a month
	letters uint32 // a bit for each letter that it has
}

// monthNames are what a misspelt month is compared with; the short ones bear one slip only.
var monthNames = func() (months []known) {
	for _, month := range [...]known{
		{word: "january", n: 1},
		{word: "february", n: 2},
		{word: "march", n: 3},
		{word: "april", n: 4},
		{word: "june", n: 6},
		{word: "july", n: 7},
		{word: "august", n: 8},
		{word: "september", n: 9},
		{word: "october", n: 10},
		{word: "november", n: 11},
		{word: "december", n: 12},
		{word: "jan", n: 1},
		{word: "feb", n: 2},
		{word: "mar", n: 3},
		{word: "apr", n: 4},
		{word: "jun", n: 6},
		{word: "jul", n: 7},
		{word: "aug", n: 8},
		{word: "sept", n: 9},
		{word: "sep", n: 9},
		{word: "oct", n: 10},
		{word: "nov", n: 11},
		{word: "dec", n: 12},
	} {
		month.letters = lettersOf(month.word)
		months = append(months, month)
	}
	return months
}()

// nearestMonth returns the month that a word is a misspelling of: one or two letters away, closer than any
// other month (rules 16 and 22). It answers 0 where there is none, and tie where two are as close.
func nearestMonth(word string, afterDay bool) (n int8, tie bool) {
	if len(word) < 3 || len(word) > 11 || commonWords[word] || lexicon[word].role != 0 {
		return 0, false
	}
	best, letters := 3, lettersOf(word)
	for i := range monthNames {
		m, most := monthNames[i], 2
		if len(m.word) < 5 {
			most = 1
		}
		d := m.near(word, letters, most)
		if d == 2 && word[0] != m.word[0] && !afterDay { // "Birch 2016" is somebody's name
			continue
		}
		if d > most || d > best || d == best && m.n == n {
			continue
		}
		tie = d == best
		best, n = d, m.n
	}
	if best > 2 {
		return 0, false
	}
	return n, tie
}

// timeWords are the words that a misspelt one is compared with, beside the months.
var timeWords = func() (words []known) {
	for _, word := range [...]string{
		"commence", "commences", "commencing", "commenced", "commencement", "starting", "started", "ongoing", "onwards",
		"throughout", "during", "before", "monthly", "weekly", "quarterly", "fortnightly", "annually", "periodically",
		"completed", "complete", "between", "until", "beginning", "continuous", "anticipated", "expected", "spring",
		"summer", "autumn", "winter", "quarter", "submitted", "currently", "start", "from", "early", "late", "since", "after", "beyond", "financial",
	} {
		words = append(words, known{word: word, letters: lettersOf(word)})
	}
	return words
}()

func lettersOf(word string) (letters uint32) {
	for i := range len(word) {
		letters |= 1 << (word[i] & 31)
	}
	return letters
}

// near counts the letters in which a word differs from a known one, up to one more than the most that is asked
// for. Which letters they have at all tells most of them apart without looking at their order.
func (k known) near(word string, letters uint32, most int) int {
	if bits.OnesCount32(letters&^k.letters) > most || bits.OnesCount32(k.letters&^letters) > most {
		return most + 1
	}
	return distance(word, k.word, most)
}

// nearestWord returns the word of time that a word is a misspelling of, or "".
func nearestWord(word string) (nearest string) {
	if len(word) < 4 || len(word) > longestWord || commonWords[word] || commonWords[strings.TrimSuffix(word, "s")] || lexicon[word].role != 0 {
		return ""
	}
	best, letters := 3, lettersOf(word)
	for i := range timeWords {
		w, most := timeWords[i].word, 1
		if len(w) > 6 {
			most = 2
		}
		d := timeWords[i].near(word, letters, most)
		switch {
		case d > most || d > best:
		case d == best && nearest != "" && sayTheSame(nearest, w):
			if lexicon[w].has(wImperative | wBegin) { // "completd" is rather completed, "startd" started
				continue
			}
			nearest = w
		case d == best && nearest != "":
			return "" // as close to two that say different things
		default:
			best, nearest = d, w
		}
	}
	return nearest
}

// sayTheSame says whether two words decide the same.
func sayTheSame(a, b string) bool {
	x, y := lexicon[a], lexicon[b]
	return x.role&^(wImperative|wBegin) == y.role&^(wImperative|wBegin) && x.n == y.n
}

// distance counts the letters that are wrong, missing or too many; neighbours that changed places count as
// one (rule 22). It gives up above the most that is asked for.
func distance(a, b string, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	var rows [3][longestWord + 3]int
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, last, lastButOne := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		row[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, lastButOne[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
	}
	return rows[len(a)%3][len(b)]
}
