package documents

import (
	"regexp"
	"slices"
	"strings"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/headings"
)

// heading is one column of a table: what stands over it, and what it is taken to hold.
type heading struct {
	text      string
	alone     string // what stands over the column itself, where the text was joined with what stands above it
	as        Field
	sure      float64 // how close the heading is to the words it was known by; 0 to 1
	period    period.Delivery
	version   headings.Version // which of several columns for one date it is
	line      int
	hidden    bool        // its column is hidden in the spreadsheet
	worked    bool        // a person was asked about the formulas in it
	second    bool        // another column has the field; what stands here counts where that one is empty
	age       int         // of second columns, the newest first
	order     dates.Order // of day and month, where a cell below it proves one
	short     dates.Order // of days and months without a year below it
	turned    bool        // a person was asked whether day and month were turned round
	shortOr   bool        // nothing says which order they have
	monthDays bool        // what stands below it are days with the month first and no year
	typed     bool        // the heading says the order
	mixed     bool        // cells below it prove both orders
	flags     bool        // its cells are a yes or a no
	packed    *packing    // how the numbers below it are days; nil where they are none
	packedOr  bool        // they may be read in another way too
	years     int         // the column, from 1, of the years of the months or quarters below it
	report    bool        // it is of a matrix of reports: what stands below it was told on its day
	rival     bool        // nothing says whether it is older than the column that has the field
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
	if numbering.MatchString(h.text) {
		h.as, h.sure = Ref, 1
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
	if h.sure < 1 && strings.Contains(h.text, "/") {
		h.eitherOf(strings.Split(h.text, "/"))
	}
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

// eitherOf takes a heading of several names for the first of them, or for a title where one is: "Status / Outcome", "Goals / Milestones".
func (h *heading) eitherOf(names []string) {
	for i, name := range names {
		f, ok := headings.Exact(headings.Key(name))
		if ok && (i == 0 || f == Title) {
			h.as, h.sure = f, max(h.sure, 0.9)
		}
	}
}

// numbering heads what rows are counted by, and not what they are called: "Task #".
var numbering = regexp.MustCompile(`(?i)^(?:(?:action|activity|deliverable|gate|item|milestone|ref|row|step|task) ?)?[#№]$`)

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
	fields  map[string]Field
	written map[string]Field // by programs: whole headings only
	spelt   []spelling
	as      []Field // of each spelling
}

func newNames() *names {
	n := &names{fields: map[string]Field{}, written: map[string]Field{}}
	for _, s := range headings.Synonyms {
		for _, words := range s.Words {
			if _, taken := n.fields[words]; !taken {
				n.fields[words] = s.Field
			}
			n.spelt, n.as = append(n.spelt, spelt(words)), append(n.as, s.Field)
		}
	}
	for _, s := range headings.Written {
		for _, words := range s.Words {
			n.written[words] = s.Field
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

// besideName are words that make of a name the name of something else: an "issue type" is no issue, and an "owner id" no owner.
var besideName = map[string]bool{"type": true, "id": true, "ids": true, "url": true, "link": true, "email": true}

// amountWords are words that make of the name of a date the name of an amount: "actual cost", "planned hours".
var amountWords = map[string]bool{
	"cost": true, "costs": true, "hours": true, "hrs": true, "effort": true, "budget": true, "spend": true, "spent": true, "amount": true, "value": true, "price": true,
	"qty": true, "quantity": true, "points": true, "work": true, "result": true, "results": true, "outcome": true, "output": true, "revenue": true, "expenditure": true,
	"savings": true, "capacity": true, "rate": true, "count": true, "units": true, "usd": true, "eur": true, "gbp": true, "float": true, "offset": true, "slack": true, "variance": true,
}

// saysDay says whether the words beside the name of an actual date may stand there: "closed on", and not "closed by" or "actual team".
func saysDay(words []string, name string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return w != name && !dayWords[w] })
}

var dayWords = map[string]bool{"date": true, "dates": true, "day": true, "on": true, "at": true, "when": true, "finish": true, "end": true, "completion": true, "delivery": true}

// isAmount says whether a heading of several words is that of an amount, though a word of it may head dates.
func isAmount(f Field, words []string) bool {
	switch f {
	case Date, Start, Finish, Actual, Further:
		return slices.ContainsFunc(words, func(w string) bool { return amountWords[w] })
	}
	return false
}

// named finds the field whose name words are, or have among them: 1 where they are the name itself, less where
// there are other words beside it. Words before a name narrow it ("local priority projects").
func (n *names) named(words string) (as Field, sure float64) {
	if f, ok := n.fields[words]; ok {
		return f, 1
	}
	if f, ok := n.written[words]; ok {
		return f, 1
	}
	if f, ok := headings.InLanguage(words); ok {
		return f, 1
	}
	fields := strings.Fields(words)
	if len(fields) > 16 || len(fields) > 1 && fields[0] == "number" || len(fields) > 1 && besideName[fields[len(fields)-1]] {
		return Unread, 0
	}
	for i := range fields {
		for count := min(longestName, len(fields)-i); count >= 1; count-- {
			name := strings.Join(fields[i:i+count], " ")
			f, ok := n.fields[name]
			if !ok || isAmount(f, fields) || f == Actual && count == 1 && len(fields) > 1 && !saysDay(fields, name) || count == 1 && (len(name) < 5 || len(fields) > 3 || strings.ContainsAny(words, "0123456789")) {
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
	if len(text) > 24 || !mayHoldDate(text) || onlyDays.MatchString(text) && !withYear.MatchString(text) && !abbreviatedYear.MatchString(text) {
		return period.Delivery{}, false
	}
	d := dates.ReadWords(text, dates.Settings{})
	if len(d.Readings) != 1 || len(d.Review) > 0 && d.Review[0] != period.Ambiguous {
		return d, false
	}
	r := d.Readings[0]
	return d, r.Start.Before(r.End) && r.Label == "" && (r.Kind == period.In || r.Kind == period.During)
}

// abbreviatedYear is a month with the year in two digits, which are no day of it or are marked as a year: "Apr 32", "Apr '25".
var abbreviatedYear = regexp.MustCompile(`(?:3[2-9]|[4-9]\d)$|'\d\d$`)

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
