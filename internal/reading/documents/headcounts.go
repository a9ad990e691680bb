package documents

import (
	"strings"

	"milepost.dev/internal/reading/headings"
)

// CountUnit is the unit of the people that a column counts by its heading, "headcount", "FTE" or "WTE"; empty for any other column.
func CountUnit(heading string) string {
	switch key := headings.Key(heading); key {
	case "headcount", "head count", "heads", "number of staff", "staff numbers", "staff in post", "no of staff":
		return "headcount"
	case "fte", "ftes", "wte", "wtes", "staff fte", "staff wte", "number of fte", "number of wte":
		for _, unit := range []string{"fte", "wte"} {
			if strings.Contains(key, unit) {
				return strings.ToUpper(unit)
			}
		}
	}
	return ""
}

// counts are the columns that count people.
func (l *layout) counts() (columns []int) {
	for i, h := range l.headings {
		if CountUnit(h.text) != "" {
			columns = append(columns, i)
		}
	}
	return columns
}

// countsOf tells the counts of a row whose words stand to the left of several columns of counts, each as a measure of its own.
func (r *reader) countsOf(in row, counts []int) bool {
	var words []string
	for i := range counts[0] {
		if c := in.at(i); c.text != "" {
			words = append(words, oneLine(c.text))
		}
	}
	if len(words) == 0 {
		return false
	}
	said := strings.Join(words, " ")
	for _, i := range counts {
		c := in.at(i)
		if c.text == "" {
			continue
		}
		unit := CountUnit(r.layout.headings[i].text)
		r.tell(Fact{
			Sheet: r.sheet, Line: in.number, Kind: "headcount", Says: said + ": " + c.text + " " + unit, From: r.places([]cell{in.at(0), c}),
			Measure: &Measure{Kind: "count", Words: said, Value: c.text, Unit: unit},
		})
	}
	return true
}

// keepFigures lets the figures of a plan stay beside its milestones, each under its heading.
func (l *layout) keepFigures() {
	for i := range l.headings {
		if l.headings[i].as == Figure && l.headings[i].sure <= 1 {
			l.headings[i].as = Unread
		}
	}
}
