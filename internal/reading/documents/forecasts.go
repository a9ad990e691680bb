package documents

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/headings"
)

// Of several columns of dates one is in force: the newest that is told.

// dateInForce leaves one column of those that say when a row is due. The others are further dates, which count from the newest
// to the oldest where a cell of it is empty. Where the headings do not tell which of two is newer, both stay and are compared
// row by row. What a mapping says stays.
func (l *layout) dateInForce() {
	all := append(l.all(Date), l.all(Finish)...)
	if len(all) < 2 || slices.ContainsFunc(all, func(i int) bool { return l.headings[i].sure > 1 }) {
		return
	}
	slices.SortStableFunc(all, func(a, b int) int { return -cmp.Compare(l.dueStanding(a), l.dueStanding(b)) })
	top := 1
	for top < len(all) && l.dueStanding(all[top]) == l.dueStanding(all[0]) {
		top++
	}
	first, told := l.newestOf(all[:top])
	if !told && headings.Recency(headings.Key(l.headings[all[0]].text)) <= 0 {
		told = l.headings[all[0]].version == headings.Version{} // two plain names for one date: the first holds
	}
	if i := slices.Index(all, first); i > 0 {
		copy(all[1:i+1], all[:i])
		all[0] = first
	}
	l.headings[first].as = Date
	for n, i := range all[1:] {
		h := &l.headings[i]
		h.rival = !told && n+1 < top
		if h.as == Finish && h.version == (headings.Version{}) && headings.Recency(headings.Key(h.text)) == 0 {
			continue // the planned finish stands beside a forecast
		}
		if n+1 >= top || h.age == 0 {
			h.age = len(l.headings) + n
		}
		h.as, h.second = Further, !entryDate.MatchString(headings.Key(h.text))
	}
}

// entryDate heads the day of an entry, where another column says when something is due: it never stands in for that.
var entryDate = regexp.MustCompile(`^dates?$`)

// keepOriginal lets an original date hold in a row where every newer column is empty: nothing was revised there. A baseline does not:
// it says what was agreed, and not what is expected.
func (l *layout) keepOriginal() {
	if !l.has(Date) {
		return
	}
	for i, h := range l.headings {
		if f, _, _ := headings.Dated(h.text); h.as == Further && original.MatchString(headings.Key(h.text)) && (f == Further || f == Date) {
			l.headings[i].second, l.headings[i].age = true, 2*len(l.headings)
		}
	}
}

var original = regexp.MustCompile(`^(?:original|initial|first)\b.*\b(?:date|target|due|end|finish|completion|deadline|delivery)\b`)

// dueStanding is how much a heading speaks for its column as the one that says when a row is due now.
func (l *layout) dueStanding(i int) float64 {
	h := l.headings[i]
	standing := headings.Standing(h.as, h.text)
	if h.hidden {
		standing -= 20
	}
	return standing
}

// newestOf is the newest of columns that speak alike for themselves, and whether their headings tell.
func (l *layout) newestOf(columns []int) (first int, told bool) {
	if len(columns) == 1 {
		return columns[0], true
	}
	columns = slices.Sorted(slices.Values(columns))
	var versions []headings.Version
	for _, i := range columns {
		versions = append(versions, l.headings[i].version)
	}
	if n, ok := headings.Newest(versions); ok {
		for place, i := range columns { // further from it is older
			l.headings[i].age = max(n-place, place-n)
		}
		return columns[n], true
	}
	if headings.Recency(headings.Key(l.headings[columns[0]].text)) <= 0 && versions[0] == (headings.Version{}) {
		return columns[0], false
	}
	return columns[len(columns)-1], false
}

// learnDates sees which columns that may hold dates by their headings hold none: an update in words, a tick for what is done.
func (r learner) learnDates(rows []row) {
	l := r.layout
	r.learnCounted(rows)
	for i, h := range l.headings {
		if h.sure > 1 || h.as != Actual && !strings.Contains(headings.Key(h.text), "target") && (h.as != Date || h.version == (headings.Version{})) {
			continue
		}
		dates, others := r.datesIn(rows, i)
		if h.as != Actual && h.as != Date {
			continue
		}
		if others > 0 && dates == 0 || others > 3*dates {
			l.headings[i].as, l.headings[i].version = Unread, headings.Version{}
		}
	}
}

// learnCounted sees which columns that are headed as dates hold numbers instead, where another column has the dates: "Finish
// (Days)" beside "Finish date".
func (r learner) learnCounted(rows []row) {
	l := r.layout
	for _, fields := range [][]Field{{Start}, {Date, Finish}} {
		var numbers []int
		dated := false
		for _, f := range fields {
			for _, i := range l.all(f) {
				switch dates, others := r.datesIn(rows, i); {
				case dates > 0:
					dated = true
				case l.headings[i].sure > 1, l.headings[i].version != (headings.Version{}), headings.Recency(headings.Key(l.headings[i].text)) > 0:
				case others > 0 || f == Date && l.has(Finish):
					numbers = append(numbers, i)
				}
			}
		}
		for _, i := range numbers {
			if dated {
				l.headings[i].as = Unread
			}
		}
	}
}

// rivalDate asks about a row in which a column that may be as new as the one in force has another date.
func (r table) rivalDate(rec *record, d period.Delivery) (doubts []Doubt) {
	for _, in := range rec.rows {
		for i, c := range in.cells {
			if i >= len(r.layout.headings) || !r.layout.headings[i].rival || isNothing(c.text) {
				continue
			}
			if other := r.dates(c); other.Due() != 0 && other.Due() != d.Due() {
				doubts = append(doubts, Doubt{period.SeveralDates, Date, c.text, "Another column has another date, and the headings do not say which of them is newer."})
			}
		}
	}
	return doubts
}

// asAtOf is the day that the heading of an older column names; 0 for none.
func (r table) asAtOf(column int) civil.Date {
	if column < 0 || column >= len(r.layout.headings) || !r.layout.headings[column].second && !r.layout.headings[column].report {
		return 0
	}
	return r.layout.headings[column].version.AsAt(r.settings.Dated)
}

// toldAsAt is the day of the older column that a date was taken from; 0 where it is the document's own.
func (r table) toldAsAt(date Value) civil.Date {
	if len(date.From) == 0 || r.scanned {
		return 0
	}
	if asAt := r.asAtOf(date.From[0].Column - 1); asAt.Before(r.settings.Dated) {
		return asAt
	}
	return 0
}

// Earlier is a date that a document tells of a day before its own: "Forecast (Jan)" in a return of April.
type Earlier struct {
	AsAt  civil.Date
	Date  Value
	Dates []period.Reading
}

// earlier are the dates of a row whose headings say of which day they are, from the oldest.
func (r table) earlier(rec *record) (found []Earlier) {
	if r.settings.Dated == 0 {
		return nil
	}
	for _, in := range rec.rows {
		for i, c := range in.cells {
			if i >= len(r.layout.headings) || !r.layout.headings[i].second || isNothing(c.text) {
				continue
			}
			asAt := r.asAtOf(i)
			d := r.dates(c)
			told := len(d.Readings) == 1 && len(d.Review) == 0 || r.layout.headings[i].report && d.IsNotYetKnown()
			if asAt.Before(r.settings.Dated) && told {
				found = append(found, Earlier{asAt, r.value(c), d.Readings})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b Earlier) int { return cmp.Compare(a.AsAt, b.AsAt) })
	return found
}
