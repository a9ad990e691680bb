package dates

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// languages are the names of the months in the larger languages of Europe, from January on, as they are written in a date; a
// slash parts the names of one month. They are read only beside a number, and those that are words of English as well only between
// a day and a year. A person is asked all the same: what stands beside them ("nach März 2018") is not read.
var languages = [...]struct{ name, months string }{
	{"German", "januar/jänner/jaenner feber/februar märz/maerz/mrz/mär april mai juni juli august september oktober/okt november dezember/dez"},
	{"French", "janvier/janv février/fevrier/févr/fév mars avril/avr mai juin juillet/juil août/aout septembre octobre novembre décembre/decembre/déc"},
	{"Spanish", "enero/ene febrero marzo abril/abr mayo junio julio agosto/ago septiembre/setiembre octubre noviembre diciembre/dic"},
	{"Italian", "gennaio/genn/gen febbraio/febbr marzo aprile maggio/magg/mag giugno/giu luglio/lug agosto/ago settembre/sett/set ottobre/ott novembre dicembre/dic"},
	{"Portuguese", "janeiro fevereiro/fev março/marco abril/abr maio/mai junho julho agosto/ago setembro/set outubro/out novembro dezembro/dez"},
	{"Dutch", "januari februari maart/mrt april mei juni juli augustus september oktober/okt november december"},
	{"Polish", `styczeń/stycznia/styczen/sty luty/lutego/lut marzec/marca kwiecień/kwietnia/kwiecien/kwi maj/maja czerwiec/czerwca/cze
		lipiec/lipca/lip sierpień/sierpnia/sierpien/sie wrzesień/września/wrzesien/wrzesnia/wrz październik/października/pazdziernik/pazdziernika/paź/paz
		listopad/listopada/lis grudzień/grudnia/grudzien/gru`},
	{"Swedish", "januari februari mars april maj juni juli augusti september oktober/okt november december"},
	{"Danish", "januar februar marts april maj juni juli august september oktober/okt november december"},
	{"Norwegian", "januar februar mars april mai juni juli august september oktober/okt november desember/des"},
	{"Finnish", "tammikuu/tammikuuta helmikuu/helmikuuta maaliskuu/maaliskuuta huhtikuu/huhtikuuta toukokuu/toukokuuta kesäkuu/kesäkuuta heinäkuu/heinäkuuta elokuu/elokuuta syyskuu/syyskuuta lokakuu/lokakuuta marraskuu/marraskuuta joulukuu/joulukuuta"},
	{"Czech", "leden/ledna únor/února březen/března duben/dubna květen/května červen/června červenec/července srpen/srpna září říjen/října listopadu prosinec/prosince"},
	{"Romanian", "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie"},
	{"Russian", "январь/января/янв февраль/февраля/фев март/марта апрель/апреля/апр май/мая июнь/июня июль/июля август/августа/авг сентябрь/сентября/сен октябрь/октября/окт ноябрь/ноября декабрь/декабря/дек"},
}

// foreignMonths are the names of all languages but English. A name has one month in all of them, or it is left out.
var foreignMonths = func() map[string]int8 {
	months := map[string]int8{}
	for _, language := range languages {
		for k, names := range strings.Fields(language.months) {
			for name := range strings.SplitSeq(names, "/") {
				month := int8(k + 1)
				if other := months[name]; other != 0 && other != month {
					month = -1
				}
				months[name] = month
			}
		}
	}
	return months
}()

// alsoEnglish are names of months that are words or abbreviations of English, and are read only between a day and a year.
var alsoEnglish = map[string]bool{
	"ago": true, "out": true, "set": true, "sett": true, "gen": true, "mag": true, "mars": true, "mayo": true, "lip": true, "lis": true, "sie": true, "des": true,
	"dic": true, "ene": true, "marco": true, "lut": true, "gru": true, "sty": true, "giu": true, "lug": true, "ott": true, "fev": true, "mei": true, "maj": true, "paz": true,
}

// foreignJoints stand between a day, a month and a year in other languages, as "of" does.
var foreignJoints = map[string]bool{"de": true, "del": true, "di": true, "do": true, "av": true, "van": true, "d": true}

// readForeign makes months of the names of other languages, and of the numbers of "2017年3月31日", so that what follows reads them as it
// reads English.
func (r *reader) readForeign() {
	for i := 0; i < r.count(); i++ {
		t := r.at(i)
		if t.class != letter || t.glued && r.at(i-1).class == letter {
			continue
		}
		if t.end-t.at > 1 && t.word[0] >= utf8.RuneSelf && r.at(i-1).class == digits {
			if r.readYearMarks(i - 1) {
				continue
			}
		}
		n := r.wordAt(i)
		if n == 1 && t.role != 0 {
			continue
		}
		name := t.word
		if n > 1 || t.word[0] >= utf8.RuneSelf {
			name = strings.ToLower(r.text[t.at:r.at(i+n-1).end])
		}
		if month := foreignMonths[name]; month > 0 && r.datedForeign(i, n, name) {
			r.replaceForeign(i, n, name, month)
		}
	}
	r.closeGap()
}

// wordAt is how many tokens the word at a token has: letters beyond ASCII are tokens of their own.
func (r *reader) wordAt(i int) int {
	n := 1
	for r.at(i+n).glued && r.at(i+n).class == letter {
		n++
	}
	return n
}

// datedForeign says whether a day stands before the name of a month, or a year behind it; where the name is a word of English,
// both.
func (r *reader) datedForeign(i, n int, name string) bool {
	day := r.dayBefore(i) >= 0
	k := i + n
	for joints := 0; joints < 2 && (foreignJoints[r.at(k).word] || r.at(k).is('.') || r.at(k).is('-') || r.at(k).is('/') || r.at(k).is('\'')); joints++ {
		k++
	}
	year := r.at(k).class == digits && (isYear(r.at(k)) || r.at(k).digitsOf() == 2)
	if alsoEnglish[name] {
		return day && year
	}
	return day || year
}

// dayBefore is where the number of a day stands before the name of a month, behind which a point or an ordinal may stand: "1. März",
// "1er mars", "31 de agosto". It is -1 where none does.
func (r *reader) dayBefore(i int) int {
	k := i - 1
	for k >= i-3 && (foreignJoints[r.at(k).word] || foreignOrdinals[r.at(k).word] || r.at(k).is('.') || r.at(k).is('-') || r.at(k).is('/') || r.at(k).is('\'')) {
		k--
	}
	if t := r.at(k); t.class == digits && t.digitsOf() < 3 && t.num >= 1 && t.num <= 31 {
		return k
	}
	return -1
}

// foreignOrdinals follow the number of a day.
var foreignOrdinals = map[string]bool{"er": true, "º": true, "°": true, "ª": true, "ro": true}

// replaceForeign puts a month into the place of its name, and leaves out what stands between it and its day and year.
func (r *reader) replaceForeign(i, n int, name string, month int8) {
	r.replace(i, n, token{word: name, entry: entry{role: wMonth, n: month}, class: letter})
	r.at(i).foreign = true
	for foreignJoints[r.at(i+1).word] && r.at(i+1).class == letter || r.at(i+1).is('.') && r.at(i+1).glued && r.at(i+2).class == digits {
		r.edit(i+1, 1)
	}
	day := r.dayBefore(i)
	if day >= 0 {
		r.edit(day+1, i-day-1)
		r.at(day + 1).glued = false
		i = day
	}
	if before := r.at(i - 1); foreignArticles[before.word] && before.class == letter {
		before.used = true
	}
}

// yearMarks are the marks that follow year, month and day.
var yearMarks = [...]string{"年月日", "년월일"}

// readYearMarks reads "2017年3月31日" and "2017年3月" as a day and a month.
func (r *reader) readYearMarks(i int) bool {
	for _, marks := range yearMarks {
		year, month, day := marks[:3], marks[3:6], marks[6:]
		if r.at(i+1).word != year || !isYear(r.at(i)) || r.at(i+2).class != digits || r.at(i+3).word != month || r.at(i+2).num < 1 || r.at(i+2).num > 12 {
			continue
		}
		first, last := *r.at(i), r.at(i+3)
		m := token{word: "month", entry: entry{role: wMonth, n: int8(r.at(i + 2).num)}, class: letter, at: first.at, end: last.end, foreign: true}
		tokens, n := []token{m, first}, 4
		if d := *r.at(i + 4); d.class == digits && r.at(i+5).word == day {
			d.at, d.end, d.glued = first.at, r.at(i+5).end, false
			tokens, n = []token{d, m, first}, 6
		}
		tokens[0].glued, tokens[len(tokens)-1].glued = false, false
		r.edit(i, n, tokens...)
		return true
	}
	return false
}

// foreignArticles stand before a date in other languages, and say nothing of it.
var foreignArticles = map[string]bool{
	"le": true, "la": true, "el": true, "il": true, "am": true, "im": true, "den": true, "der": true, "dem": true, "en": true, "op": true, "em": true, "dne": true, "dnia": true, "w": true, "i": true, "o": true,
}

// leftOver says whether words that nothing explains stand right beside a bare year, about which a person is asked: they may be a
// month or a term ("Michaelmas 2018").
func (r *reader) leftOver(m *marks, it *item) bool {
	left, right := r.at(m.left-1), r.at(m.right)
	if left.is(',') && m.left == 2 { // "Michaelmas, 2018"
		left = r.at(0)
	}
	unknown := left.class == letter && left.role == 0 && !left.used && !left.aside
	if it.several || it.a.unit != calendarYear || it.a.third > 0 {
		return false
	}
	if right.class == letter && right.role == 0 && right.capital && !right.used && m.right+1 == len(r.tokens) && m.right > it.from && it.from == 0 && !r.capitals(right) { // "2018 Michaelmas"
		return true
	}
	return m.bare && unknown || right.class == letter && right.glued && !right.used && !isASCII(right.word)
}

// isASCII says whether a word has English letters only.
func isASCII(word string) bool {
	return !strings.ContainsFunc(word, func(c rune) bool { return c > unicode.MaxASCII })
}
