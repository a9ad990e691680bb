package documents

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"milepost.dev/internal/reading/headings"
)

// layout is the columns of a table as they are read until another header comes.
type layout struct {
	headings    []heading
	columns     []*Column     // of the report; nil where a column has no heading and no field
	line        int           // of its header
	plan        bool          // rows of it were read as milestones
	figures     bool          // its rows turned out to be scores or counts
	shares      bool          // its percentages are shares of one
	numbered    bool          // the references of its rows have numbers
	register    *noteRegister // what its columns hold, where it is a list of risks or the like
	people      bool          // it is a list of people, and is not read
	charted     bool          // bars of a chart say when, and each row is a milestone
	last        int           // the last row that was read by it
	signed      bool          // below it stands who made the document
	events      []int         // columns of which each is a milestone of every row
	eventsAsked bool          // a person was asked about them
	levels      *levels       // the columns of its titles by their depth; nil for one
}

// kind is how the rows of a table are read.
type kind int

const (
	ofMilestones kind = iota
	ofPeriods         // a column for each year: its cells are what is to be done in that year
	ofFunding
	ofFigures // scores and counts: no milestones
	ofHistory // what was changed in the document, and when: no milestones
)

// column answers the first column that holds a field, or -1.
func (l *layout) column(f Field) int {
	return slices.IndexFunc(l.headings, func(h heading) bool { return h.as == f })
}

func (l *layout) has(fields ...Field) bool {
	return slices.ContainsFunc(fields, func(f Field) bool { return l.column(f) >= 0 })
}

// all lists the columns that hold a field.
func (l *layout) all(f Field) (columns []int) {
	for i, h := range l.headings {
		if h.as == f {
			columns = append(columns, i)
		}
	}
	return columns
}

// mapped says whether a mapping file names a column for a field.
func (l *layout) mapped(f Field) bool {
	i := l.column(f)
	return i >= 0 && l.headings[i].sure > 1
}

// oneOfEach leaves to each field that a milestone has once the one column that says it as it holds now. The other dates
// are further dates, and the other texts stay beside the milestone under their headings. What a mapping says stays.
func (l *layout) oneOfEach() {
	l.dateInForce()
	l.keepOriginal()
	l.oneColumnEach()
}

// oneColumnEach does that for all fields but the date.
func (l *layout) oneColumnEach() {
	for _, f := range []Field{Ref, Title, Owner, Start, Status, RAG, Percent, Actual, Reason} {
		columns := l.all(f)
		if len(columns) < 2 || slices.ContainsFunc(columns, func(i int) bool { return l.headings[i].sure > 1 }) {
			continue
		}
		best := slices.MaxFunc(columns, func(a, b int) int { return cmp.Compare(l.standing(a), l.standing(b)) })
		for _, i := range columns {
			switch {
			case i == best:
			case f == Start || f == Actual:
				l.headings[i].as = Further
			default:
				l.headings[i].as = Unread
			}
		}
	}
}

// learnBaseline sees whether a column that is only called "Baseline" holds dates: then it says which date was agreed at
// first, and not where things stood.
func (r learner) learnBaseline(rows []row) {
	column := r.layout.column(Baseline)
	if column < 0 || headings.Key(r.layout.headings[column].text) != "baseline" {
		return
	}
	dates, others := 0, 0
	for _, in := range rows {
		switch c := in.at(column); {
		case isNothing(c.text):
		case r.isPlainDate(c):
			dates++
		default:
			others++
		}
	}
	if dates > others {
		r.layout.headings[column].as = Further
	}
}

// standing is how much a heading speaks for its column as the one that holds.
func (l *layout) standing(column int) float64 {
	h := l.headings[column]
	words := headings.Key(h.text)
	switch {
	case h.hidden: // somebody put it out of use
		return h.sure - 2
	case h.as == Title, h.as == Ref:
		return h.sure + headings.Standing(h.as, h.text)
	}
	return h.sure + float64(headings.Recency(words))
}

// kindOf says how the rows below a header are read.
func (l *layout) kindOf(rows []row) kind {
	periods := l.all(Period)
	switch {
	case l.isHistory():
		return ofHistory
	case l.charted || l.mapped(Title) && len(periods) == 0:
		return ofMilestones
	case l.has(Amount) && !l.has(Title):
		return ofFunding
	case len(periods) >= 2 && mostlyMoney(rows, periods):
		return ofFunding
	case len(periods) >= 2 || len(periods) == 1 && !l.has(Date, Finish):
		return ofPeriods
	case l.has(Date, Finish, Owner, Percent, RAG, NextSteps, Issues) || l.has(Title) && l.has(Start, Actual):
		return ofMilestones
	case l.has(Figure):
		return ofFigures
	case l.has(Title, Deliverable) && !numbersBeside(rows, l):
		if l.has(Funding) && !l.has(Status, Success, KPI) {
			return ofFunding
		}
		return ofMilestones
	case l.has(Funding) && l.has(Scheme, Fund):
		return ofFunding
	}
	return ofFigures
}

func mostlyMoney(rows []row, columns []int) bool {
	sums, others := 0, 0
	for _, r := range rows {
		for _, c := range columns {
			switch text := r.at(c).text; {
			case text == "":
			case len(text) < 30 && (strings.ContainsAny(text, "£$€") || isNumber(strings.TrimRight(text, "kKmM")) && len(text) > 2):
				sums++
			default:
				others++
			}
		}
	}
	return sums > others
}

// dayAlone is a day without its year: "15.05."
var dayAlone = regexp.MustCompile(`^\d{1,2}\.\d{1,2}\.$`)

// numbersBeside says whether a column that no heading explains holds marks such as 1, 3 or NA.
func numbersBeside(rows []row, l *layout) bool {
	short, others := 0, 0
	for _, r := range rows {
		filled := r.filled()
		if len(filled) < 2 {
			continue
		}
		last := filled[len(filled)-1]
		if last < len(l.headings) && l.headings[last].as != Unread {
			others++
			continue
		}
		if text := r.at(last).text; len(text) <= 6 && !dayAlone.MatchString(text) && (text == "NA" || text == "N/A" || isNumber(strings.ReplaceAll(strings.ReplaceAll(text, " ", ""), "&", ""))) {
			short++
		} else {
			others++
		}
	}
	return short > 2*others
}

// inherit fills what a repeated header leaves out, or what a scan made unreadable of it, from the header before.
func (l *layout) inherit(before *layout) {
	if before == nil {
		return
	}
	agree, differ := 0, 0
	for i, h := range l.headings {
		if i < len(before.headings) && h.as != Unread {
			if before.headings[i].as == h.as {
				agree++
			} else {
				differ++
			}
		}
	}
	if agree < 3 || differ > agree/2 {
		return
	}
	for i, was := range before.headings {
		if i >= len(l.headings) {
			l.headings = append(l.headings, heading{})
		}
		if l.headings[i].as == Unread && !l.has(was.as) && was.as != Unread {
			line := l.headings[i].line
			l.headings[i] = was
			l.headings[i].line = line
		}
	}
}

// explain says of columns without a known heading what a table of this kind has in them.
func (l *layout) explain(k kind) {
	for i, h := range l.headings {
		switch {
		case h.as != Unread || h.text == "":
		case k == ofFigures:
			l.headings[i].as = Figure
		case !l.has(Scheme) && len(l.all(Period)) > 0:
			l.headings[i].as = Scheme
		}
	}
}

// unit says whether the headings say that figures are in thousands, or in millions.
func (l *layout) unit() (factor int64) {
	for _, h := range l.headings {
		lower := strings.ToLower(h.text)
		switch {
		case strings.Contains(lower, "000s"), strings.Contains(lower, "£000"), strings.Contains(lower, "£k"), strings.Contains(lower, "thousand"):
			return 1_000
		case strings.Contains(lower, "£m"), strings.Contains(lower, "million"):
			return 1_000_000
		}
	}
	return 1
}
