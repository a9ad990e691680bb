package documents

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/headings"
)

// tally counts what goes to a sink, so that a document of which nothing was read is no success.
type tally struct {
	Sink
	milestones, fundings, measures int
	words                          int // figures that are no number
	figures                        int // measures that are a number beside words, and no more
	dated                          int // milestones of which the date says something
	met                            int // milestones with an actual date
	begun                          int // milestones with another date, as that of their start
	candidates                     int
	notes                          int
	inNoOrder                      int // milestones whose date can be read day first or month first
	firstOfThem                    string
}

// Milestone counts a milestone.
func (t *tally) Milestone(m Milestone) error {
	t.milestones++
	if m.Actual.Text != "" {
		t.met++
	}
	if slices.ContainsFunc(m.Dates, func(r period.Reading) bool { return r.Label != "" && r.Start != 0 }) {
		t.begun++
	}
	if slices.ContainsFunc(m.Review, func(d Doubt) bool { return d.Reason == Candidate }) {
		t.candidates++
	}
	if m.Date.Text != "" && !slices.ContainsFunc(m.Review, func(d Doubt) bool {
		return (d.Reason == period.Unreadable || d.Reason == period.Relative) && (d.Field == Date || d.Field == Finish)
	}) {
		t.dated++
	}
	if m.inNoOrder {
		if t.inNoOrder++; t.inNoOrder == 1 {
			t.firstOfThem = m.Date.Text
		}
	}
	return t.Sink.Milestone(m)
}

// Funding counts a funding line.
func (t *tally) Funding(f FundingLine) error {
	t.fundings++
	return t.Sink.Funding(f)
}

// Fact counts a fact that is a measure.
func (t *tally) Fact(f Fact) error {
	if f.Noted != nil {
		t.notes++
	}
	if f.Kind == "figure" && (f.Measure == nil || !isNumber(strings.Trim(f.Measure.Value, "%£€$ "))) {
		t.words++
	}
	if f.Measure != nil && (f.Kind != "figure" || isNumber(strings.Trim(f.Measure.Value, "%£€$ "))) {
		t.measures++
		if f.Kind == "figure" {
			t.figures++
		}
	}
	return t.Sink.Fact(f)
}

// order asks once whether day or month comes first, where dates depend on it and nothing in the document tells.
func (t *tally) order() (note string) {
	if t.inNoOrder == 0 {
		return ""
	}
	return fmt.Sprintf("Nothing in the document says whether day or month comes first in dates such as %.30q (%d milestones have one): they were read day first. Say once for the plan which it is, with --date-order day or month or date_order in a mapping file: later documents and returns are then read so, and it is not asked again.", t.firstOfThem, t.inNoOrder)
}

// undated says that no milestone has a date because no column holds any.
func (t *tally) undated() string {
	if t.milestones == 0 || t.dated > 0 || t.met > 0 || t.candidates > 0 {
		return ""
	}
	if t.begun > 0 {
		return fmt.Sprintf("No column says when the milestones are to be done: %d have the day on which they begin, beside them. If a column holds the day, a mapping file (--map) says which, for example columns: {\"Its heading\": delivery_date}.", t.begun)
	}
	return "No column of dates was found: the milestones have no date. If a column holds them, a mapping file (--map) says which, for example columns: {\"Its heading\": delivery_date}."
}

// nothing is why a document of which nothing was read is refused; nil where something was, or where there is nothing below
// its headings.
func (t *tally) nothing(columns []*Column) error {
	if t.milestones == 0 && t.fundings == 0 && t.notes == 0 && (t.measures == 0 || t.words > t.measures || t.onlyFigures(columns)) {
		rows := 0
		var names []string
		for _, c := range columns {
			rows += c.Rows
			if c.Header != "" && len(names) < 6 {
				names = append(names, fmt.Sprintf("%.40q", c.Header))
			}
		}
		if rows == 0 {
			return nil
		}
		if t.figures > 0 || t.words > 0 {
			return unreadable("nothing-read", "No milestone was read. The rows below the headings %s have no column that says when, by whom or how far, and numbers beside them: they were taken for figures. If each is a milestone, a mapping file (--map) says so, for example columns: {%q: title}.", strings.Join(names, ", "), headerOr(columns, Title))
		}
		return unreadable("nothing-read", "No milestone was read. Rows were looked for below the headings %s, with a column for what is to be done (as Milestone, Task or Action are). A mapping file (--map) says what each heading is, for example columns: {%q: title}.", strings.Join(names, ", "), headerOr(columns, Title))
	}
	if t.milestones > 0 && t.dated == 0 {
		for _, c := range columns {
			if (c.As == Date || c.As == Finish) && c.Rows > 0 {
				return unreadable("no-date-read", "None of the values of the column %.60q was read as a date, and no milestone has one. If the dates stand in another column, a mapping file (--map) says so, for example columns: {%q: ignore, \"Another heading\": delivery_date}; `milepost read date` shows what a text is read as.", c.Header, c.Header)
			}
		}
	}
	return nil
}

// onlyFigures says whether a table that says what is to be done came to nothing but figures, as one of tasks with the hours that they
// take does.
func (t *tally) onlyFigures(columns []*Column) bool {
	if t.measures != t.figures {
		return false
	}
	return t.words > t.figures || slices.ContainsFunc(columns, func(c *Column) bool {
		return (c.As == Title || c.As == Deliverable || c.As == Date || c.As == Finish || c.As == Start) && c.Rows > 0
	})
}

// headerOr is the heading of the column that was read as a field, or that has its name among its words; else the first there is.
func headerOr(columns []*Column, f Field) string {
	first, named := "", ""
	for _, c := range columns {
		if c.As == f {
			return c.Header
		}
		if first == "" {
			first = c.Header
		}
		for word := range strings.FieldsSeq(headings.Key(c.Header)) {
			if of, ok := headings.Exact(word); ok && of == f && named == "" {
				named = c.Header
			}
		}
	}
	return cmp.Or(named, first)
}
