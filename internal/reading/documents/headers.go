package documents

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/headings"
)

// heading is one column of a table: what stands over it, and what it is taken to hold.
type heading struct {
	text    string
	as      Field
	sure    float64 // how close the heading is to the words it was known by; 0 to 1
	period  period.Delivery
	version headings.Version // which of several columns for one date it is
	line    int
	hidden  bool        // its column is hidden in the spreadsheet
	worked  bool        // a person was asked about the formulas in it
	second  bool        // another column has the field; what stands here counts where that one is empty
	age     int         // of second columns, the newest first
	order   dates.Order // of day and month, where a cell below it proves one
	mixed   bool        // cells below it prove both orders
	rival   bool        // nothing says whether it is older than the column that has the field
}

const (
	maxHeading = 130 // a cell longer than this many bytes is no heading
	sureHit    = 0.78
	maxDamaged = 48 // bytes of a heading that is recognised although letters of it are wrong
)

// headingOf says what a cell would be as a heading. Whether its letters may be damaged is the caller's to say.
func (n *names) headingOf(text string, damaged bool) heading {
	h := heading{text: oneLine(text)}
	if text == "" || len(text) > maxHeading {
		return h
	}
	words := headings.Key(h.text)
	if f, v, ok := n.dated(h.text, words); ok {
		h.as, h.sure, h.version = f, 0.97, v
		return h
	}
	if d, ok := periodHeading(h.text); ok {
		h.as, h.sure, h.period = Period, 1, d
		return h
	}
	if strings.ContainsAny(h.text, "£€$(") {
		words = headings.Key(unitInHeading.ReplaceAllString(h.text, " "))
	}
	h.as, h.sure = n.named(words)
	if damaged && h.sure < sureHit && len(words) < maxDamaged {
		spelt := spelt(words)
		for i, synonym := range n.spelt {
			if close := spelt.close(synonym); close > h.sure {
				h.as, h.sure = n.as[i], close
			}
		}
	}
	if h.sure < sureHit {
		h.as = Unread
	}
	return h
}

// unitInHeading is the unit of the sums below a heading: "Cost (£k)". It names no field.
var unitInHeading = regexp.MustCompile(`(?i)\(?\s*(?:£|€|\$)\s*(?:k|m|000s?|'000s?|million|thousands?)?\s*\)?|\(\s*'?000s?\s*\)`)

// spelling is words and what is needed to compare them quickly with others: nearly every cell of a document is no
// heading, and has to be found out as that at little cost.
type spelling struct {
	words   string
	letters string // the words without the spaces between them
	often   [27]int8
}

func spelt(words string) spelling {
	s := spelling{words: words, letters: strings.ReplaceAll(words, " ", "")}
	for _, c := range []byte(s.letters) {
		if c < 'a' || c > 'z' {
			s.often[26]++
		} else {
			s.often[c-'a']++
		}
	}
	return s
}

// names are the synonyms, ready to be looked up and compared with.
type names struct {
	fields map[string]Field
	spelt  []spelling
	as     []Field // of each spelling
}

func newNames() *names {
	n := &names{fields: map[string]Field{}}
	for _, s := range headings.Synonyms {
		for _, words := range s.Words {
			if _, taken := n.fields[words]; !taken {
				n.fields[words] = s.Field
			}
			n.spelt, n.as = append(n.spelt, spelt(words)), append(n.as, s.Field)
		}
	}
	return n
}

// dateWords are what a heading has among its words that says more of a date than its name: most cells have none of them, and
// need no closer look.
var dateWords = []string{"date", "target", "due", "end", "finish", "complet", "forecast", "return", "deadline", "deliver", "update", "estimate", "revision", "position", "submission", "start"}

// dated reads a heading that says which of several dates it is of.
func (n *names) dated(text, words string) (Field, headings.Version, bool) {
	if _, exact := n.fields[words]; exact || len(words) > 40 || !slices.ContainsFunc(dateWords, func(w string) bool { return strings.Contains(words, w) }) {
		return Unread, headings.Version{}, false
	}
	return headings.Dated(text)
}

// longestName is how many words the longest synonym has.
const longestName = 5

// named finds the field whose name words are, or have among them: 1 where they are the name itself, less where
// there are other words beside it. Words before a name narrow it ("local priority projects").
func (n *names) named(words string) (as Field, sure float64) {
	if f, ok := n.fields[words]; ok {
		return f, 1
	}
	fields := strings.Fields(words)
	if len(fields) > 16 {
		return Unread, 0
	}
	for i := range fields {
		for count := min(longestName, len(fields)-i); count >= 1; count-- {
			name := strings.Join(fields[i:i+count], " ")
			f, ok := n.fields[name]
			if !ok || count == 1 && (len(name) < 5 || len(fields) > 3 || strings.ContainsAny(words, "0123456789")) {
				continue
			}
			extra := float64(len(words)-len(name)) / float64(len(words))
			close := 0.97 - 0.1*extra
			if count == 1 {
				close = 0.95 - 0.2*extra
			}
			if close > sure {
				as, sure = f, close
			}
		}
	}
	return as, sure
}

// close says how sure it is that words are a synonym of which letters are wrong.
func (s spelling) close(synonym spelling) float64 {
	long, short := len(s.letters), len(synonym.letters)
	if long < short {
		long, short = short, long
	}
	if short < 5 || float64(long-short) > (1-sureHit)*float64(long) || s.apart(synonym) {
		return 0
	}
	return 0.95 * similarity(s.letters, synonym.letters)
}

// apart says whether the letters of two texts alone rule out that they are close.
func (s spelling) apart(other spelling) bool {
	longest := max(len(s.letters), len(other.letters))
	differ := 0
	for i, n := range &s.often {
		if d := int(n) - int(other.often[i]); d > 0 {
			differ += d
		} else {
			differ -= d
		}
	}
	return float64(differ) > 2*(1-sureHit)*float64(longest)
}

// periodHeading reads a heading that is a period ("2017/18", "Q1 2017-18") or the span of a plan ("Short term, 6
// months"). A heading that has other words too is none.
func periodHeading(text string) (period.Delivery, bool) {
	lower := strings.ToLower(text)
	if strings.Contains(lower, "term") && (strings.Contains(lower, "short") || strings.Contains(lower, "medium") || strings.Contains(lower, "long")) {
		return period.Delivery{Text: text, Readings: []period.Reading{{Kind: period.Unknown}}, Review: []string{period.Relative}}, true
	}
	if len(text) > 24 || !mayHoldDate(text) {
		return period.Delivery{}, false
	}
	d := dates.ReadWords(text, dates.Settings{})
	if len(d.Readings) != 1 || len(d.Review) > 0 && d.Review[0] != period.Ambiguous {
		return d, false
	}
	r := d.Readings[0]
	return d, r.Start.Before(r.End) && r.Label == "" && (r.Kind == period.In || r.Kind == period.During)
}

// asHeadings reads a row as headings, and says how many of its cells are known ones.
func (n *names) asHeadings(r row, damaged bool) (found []heading, known, distinct, filled int) {
	seen := map[Field]bool{}
	for _, c := range r.cells {
		h := n.headingOf(c.text, damaged)
		h.line, h.hidden = r.number, c.hidden
		found = append(found, h)
		if c.text == "" {
			continue
		}
		filled++
		if h.as != Unread {
			known++
			if !seen[h.as] || h.as == Period {
				distinct++
			}
			seen[h.as] = true
		}
	}
	return found, known, distinct, filled
}

// isHeader says whether a row is a header by itself. Where a table may begin, two known headings are enough;
// in the middle of one a row has to be mostly headings.
func (r *reader) isHeader(in row, tableBegins bool) bool {
	if in.prose || in.across {
		return false
	}
	if r.scanned {
		in = r.specks(in)
	} else {
		if r.hasDate(in) {
			return false // whatever its words resemble, it is a row of the table
		}
		if in = in.upTo(r.names.timelineOf(in)); r.isNamesAndValues(in) {
			return false
		}
	}
	for _, c := range in.cells {
		if strings.HasSuffix(c.text, ".") && len(c.text) > 12 {
			return false
		}
	}
	found, known, distinct, filled := r.names.asHeadings(in, r.scanned || tableBegins)
	if filled == 2 && known < 2 && isCard(in) {
		return false
	}
	if distinct >= 3 && 2*known >= filled {
		return true
	}
	exact, periods := 0, 0
	for _, h := range found {
		switch {
		case h.as == Period:
			periods++
		case h.as != Unread && h.sure > 0.96:
			exact++
		}
	}
	switch {
	case !tableBegins:
		return false
	case periods == 1 || r.layout != nil && exact == 0 && periods < 2:
		return false // a row with a date in it, below an empty line, is a row
	case distinct >= 2 && (3*known >= 2*filled || r.scanned && 2*known >= filled):
		return true
	}
	return distinct >= 1 && filled >= 2 && filled <= 4 && allShort(in)
}

// hasDate says whether a row below a header has a date in a column of dates, or that there is none yet.
func (r *reader) hasDate(in row) bool {
	if r.layout == nil {
		return false
	}
	for _, f := range []Field{Date, Finish, Start} {
		for _, i := range r.layout.all(f) {
			if c := in.at(i); c.text != "" && !c.above && r.isDate(c) {
				return true
			}
		}
	}
	return false
}

// isNamesAndValues says whether a row above the table names things and says what they are: "Project start: | 06/01/2025".
func (r *reader) isNamesAndValues(in row) bool {
	for i, c := range in.cells {
		if strings.HasSuffix(c.text, ":") {
			return true
		}
		if r.layout == nil && i > 0 && (len(c.read) == len(time.DateOnly) || inNumbers.MatchString(c.text) && len(c.text) < 24 && r.isPlainDate(c)) {
			return true
		}
	}
	return false
}

// headsDates says whether a row is a header because of what stands below it: a heading for a title and one for a date, and
// a date in the next row, however many other columns there are.
func (r *reader) headsDates(in row, next []row) bool {
	if r.scanned || in.prose || in.across || r.hasDate(in) {
		return false
	}
	if in = in.upTo(r.names.timelineOf(in)); r.isNamesAndValues(in) {
		return false
	}
	found, known, _, _ := r.names.asHeadings(in, false)
	if known < 2 || !allShort(in) {
		return false
	}
	title, dated := -1, []int{}
	for i, h := range found {
		switch h.as {
		case Title:
			title = i
		case Date, Finish:
			dated = append(dated, i)
		}
	}
	if title < 0 || len(dated) == 0 {
		return false
	}
	for n, below := range next {
		if n == 3 {
			break
		}
		for _, i := range dated {
			if below.at(title).text != "" && r.isPlainDate(below.at(i)) {
				return true
			}
		}
	}
	return false
}

// allShort says whether a row holds only what may be a heading.
func allShort(r row) bool {
	for _, c := range r.cells {
		if len(c.text) > 70 || strings.HasSuffix(c.text, ".") || strings.HasPrefix(c.text, "£") {
			return false
		}
	}
	return true
}

// isGroup says whether a heading stands over this column and the next ones, which the line below it tells apart.
func isGroup(above, below []heading, i int) bool {
	return i+1 < len(below) && below[i+1].text != "" && (i+1 >= len(above) || above[i+1].text == "")
}

// mergeHeadings lays a second line of a header over the first: in each column the surer one counts, and two halves
// may make one.
func (n *names) mergeHeadings(a, b []heading) []heading {
	merged := make([]heading, max(len(a), len(b)))
	for i := range merged {
		var above, below heading
		if i < len(a) {
			above = a[i]
		}
		if i < len(b) {
			below = b[i]
		}
		both := heading{}
		if above.text != "" && below.text != "" {
			both = n.headingOf(above.text+" "+below.text, true)
		}
		best := above
		if below.sure > best.sure || best.text == "" || below.as != Unread && below.as != above.as && isGroup(a, b, i) {
			best = below
		}
		if both.sure > best.sure {
			best = both
		}
		best.line = max(above.line, below.line)
		merged[i] = best
	}
	return merged
}
