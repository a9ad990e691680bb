package headings

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"milepost.dev/domain/civil"
)

// Version says which of several columns for the same date one is: "Forecast (Apr)", "Q2 return", "Revised date 3". The zero
// Version is that of a heading which does not say.
type Version struct {
	kind  versionKind
	year  int // 0 where it is not written
	order int // the month, the quarter, the number, or the day as civil.Date counts it
}

type versionKind uint8

const (
	unversioned versionKind = iota
	ofMonth
	ofQuarter
	ofNumber
	ofDay
)

const month = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`

// when is what makes a version of a heading: its month, quarter, day or number.
const when = `(?:(?P<day>\d{1,2}[/.]\d{1,2}[/.](?:20)?\d\d|20\d\d-\d\d-\d\d|\d{1,2} ` + month + ` '?(?:20)?\d\d)|(?P<month>` + month + `)(?:[ '-]{1,2}(?P<my>(?:20)?\d\d))?|q(?P<quarter>[1-4])(?:[ /'-]{1,2}(?P<qy>(?:20)?\d\d(?:[/-]\d\d)?))?|(?:v|version |no\.? ?|round )?(?P<number>\d{1,2}))`

var (
	behind = regexp.MustCompile(`(?i)^(?P<base>[\pL /%]+?)[ (\[–:-]+(?:at |as at |as of |in |for )?` + when + `[)\] ]*$`)
	before = regexp.MustCompile(`(?i)^` + when + `[ –:-]+(?P<base>[\pL /%]+?)$`)
	// told are what a column is called in which each return tells its date. Whether it holds dates is seen below it.
	told = regexp.MustCompile(`^(?:return|update|submission|reforecast|estimate|revision|position|monitoring return)$`)
	// qualified is a word before the name of a date.
	qualified = regexp.MustCompile(`^(?:(?P<now>` + nowWords + `)|(?P<was>` + wasWords + `)|(?P<met>` + metWords + `)) (?P<base>.+)$`)
	// qualifies is such a word alone, and qualifiedBehind one that stands behind the name: "Start (actual)", "Finish date - planned".
	qualifies       = regexp.MustCompile(`^(?:` + nowWords + `|` + wasWords + `|` + metWords + `)(?: (?:dates?|schedule|timeline))?$`)
	qualifiedBehind = regexp.MustCompile(`^(?P<base>.+) (?P<word>` + nowWords + `|` + wasWords + `|` + metWords + `)$`)
)

const (
	nowWords = `revised|rev|new|current|latest|updated|reforecast|forecast|expected|exp|estimated?|est|projected|proj|scheduled|sched|planned|plan|target|proposed|anticipated`
	wasWords = `original|previous|prior|old|former|baseline|baselined|last|initial`
	metWords = `actuals?|act|real`
)

// Qualifies says whether words, as Key gives them, only say which of several dates is meant: "Actual", "Revised".
func Qualifies(words string) bool { return qualifies.MatchString(words) }

// Joined is the heading that two make which stand above each other, of which one names a date and the other says which: "Actual" above
// "Start", or "Start" above "Actual". It is false where they do not.
func Joined(above, below string) (string, bool) {
	a, b := Key(above), Key(below)
	word, base, text := a, b, below
	if Qualifies(b) {
		word, base, text = b, a, above
	}
	if f, ok := Exact(base); !Qualifies(word) || Qualifies(base) || !ok || f != Date && f != Finish && f != Start {
		return "", false
	}
	first, _, _ := strings.Cut(word, " ")
	return strings.ToUpper(first[:1]) + first[1:] + " " + text, true
}

// Dated returns the field of a heading for a date with words around its name, and which version of it the heading says it is:
// "Revised end", "Forecast (Apr)", "Q2 return".
func Dated(text string) (Field, Version, bool) {
	for _, pattern := range []*regexp.Regexp{behind, before} {
		at := pattern.FindStringSubmatch(text)
		if at == nil {
			continue
		}
		base := Key(at[pattern.SubexpIndex("base")])
		f, ok := dateNamed(base)
		if !ok && told.MatchString(base) {
			f, ok = Date, true
		}
		if v, read := versionOf(pattern, at); ok && read {
			return f, v, true
		}
	}
	f, ok := dateNamed(Key(text))
	return f, Version{}, ok
}

// dateNamed is the field of a date's name, alone or behind a word that says which it is.
func dateNamed(words string) (Field, bool) {
	if f, ok := Exact(words); ok {
		return f, f == Date || f == Finish
	}
	at := qualified.FindStringSubmatch(words)
	if behind := qualifiedBehind.FindStringSubmatch(words); at == nil && behind != nil {
		at = qualified.FindStringSubmatch(behind[2] + " " + behind[1])
	}
	if at == nil {
		return Unread, false
	}
	f, ok := Exact(at[qualified.SubexpIndex("base")])
	if at[qualified.SubexpIndex("base")] == "target" { // alone it may be the target of an indicator
		f, ok = Date, true
	}
	if (!ok || f == Further) && strings.HasSuffix(words, " date") { // "planned review date"
		f, ok = Date, true
	}
	switch {
	case !ok || f != Date && f != Finish && f != Start:
		return Unread, false
	case at[qualified.SubexpIndex("was")] != "":
		return Further, true
	case at[qualified.SubexpIndex("met")] != "":
		if f == Start {
			return Further, true
		}
		return Actual, true
	}
	return f, true
}

func versionOf(pattern *regexp.Regexp, at []string) (Version, bool) {
	part := func(name string) string { return at[pattern.SubexpIndex(name)] }
	switch {
	case part("day") != "":
		day, ok := dayOf(part("day"))
		return Version{ofDay, 0, int(day)}, ok
	case part("month") != "":
		m, err := time.Parse("Jan", strings.ToUpper(part("month")[:1])+strings.ToLower(part("month")[1:3]))
		return Version{ofMonth, yearOf(part("my")), int(m.Month())}, err == nil
	case part("quarter") != "":
		n, err := strconv.Atoi(part("quarter"))
		return Version{ofQuarter, yearOf(part("qy")), n}, err == nil
	}
	n, err := strconv.Atoi(part("number"))
	return Version{ofNumber, 0, n}, err == nil
}

func dayOf(text string) (civil.Date, bool) {
	text = strings.NewReplacer(".", "/", "'", "").Replace(text)
	for _, layout := range []string{time.DateOnly, "2/1/2006", "2/1/06", "2 January 2006", "2 Jan 2006", "2 January 06", "2 Jan 06"} {
		if day, err := time.Parse(layout, text); err == nil {
			d, err := civil.Parse(day.Format(time.DateOnly))
			return d, err == nil
		}
	}
	return 0, false
}

func yearOf(text string) int {
	text, _, _ = strings.Cut(strings.ReplaceAll(text, "-", "/"), "/")
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	if n < 100 {
		n += 2000
	}
	return n
}

// Newest says which of the versions of columns, from left to right, is the newest, and false where they do not tell. Months and
// quarters without a year go on from column to column, in one direction.
func Newest(versions []Version) (int, bool) {
	if len(versions) == 0 {
		return 0, false
	}
	rising, falling := true, true
	for i := 1; i < len(versions); i++ {
		a, b := versions[i-1], versions[i]
		if a.kind != b.kind || a.kind == unversioned || (a.year == 0) != (b.year == 0) || a == b {
			return 0, false
		}
		step := (b.year-a.year)*100 + b.order - a.order
		if cycle := map[versionKind]int{ofMonth: 12, ofQuarter: 4}[a.kind]; a.year == 0 && cycle > 0 {
			if step = ((step % cycle) + cycle) % cycle; step > cycle/2 {
				step -= cycle
			}
		}
		rising, falling = rising && step > 0, falling && step < 0
	}
	switch {
	case versions[0].kind == unversioned:
		return 0, false
	case rising:
		return len(versions) - 1, true
	case falling:
		return 0, true
	}
	return newestOfMany(versions)
}

// newestOfMany is the newest of versions that stand in no order but can be compared.
func newestOfMany(versions []Version) (int, bool) {
	newest := 0
	for i, v := range versions {
		if v.year == 0 && (v.kind == ofMonth || v.kind == ofQuarter) {
			return 0, false
		}
		if n := versions[newest]; v.year*100_000_000+v.order > n.year*100_000_000+n.order {
			newest = i
		}
	}
	return newest, true
}

// AsAt returns the last day that the version speaks for, and 0 where it names none. dated is the day of the document: a month
// without a year is the last one that began by then.
func (v Version) AsAt(dated civil.Date) civil.Date {
	switch {
	case v.kind == ofDay:
		return civil.Date(v.order)
	case v.kind != ofMonth || dated == 0 && v.year == 0:
		return 0
	}
	year := v.year
	if year == 0 {
		if year = dated.Year(); v.order > int(dated.Month()) {
			year--
		}
	}
	first, ok := civil.Of(year, time.Month(v.order), 1)
	if !ok {
		return 0
	}
	last := first.EndOfMonth()
	if dated != 0 && dated.Before(last) && !dated.Before(first) {
		return dated
	}
	return last
}

// OfDay is the version of a column that is of a day.
func OfDay(day civil.Date) Version { return Version{ofDay, 0, int(day)} }

// onlyMonth is a month with or without its year, and nothing else.
var onlyMonth = regexp.MustCompile(`(?i)^(?P<month>` + month + `)(?:[ '-]{0,2}(?P<my>(?:20)?\d\d))?$`)

// Month is the version of a column that is headed by a month alone: "Mar 18", "March".
func Month(text string) (Version, bool) {
	at := onlyMonth.FindStringSubmatch(text)
	if at == nil {
		return Version{}, false
	}
	m, err := time.Parse("Jan", strings.ToUpper(at[1][:1])+strings.ToLower(at[1][1:3]))
	return Version{ofMonth, yearOf(at[2]), int(m.Month())}, err == nil
}
