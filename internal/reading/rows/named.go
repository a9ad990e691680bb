package rows

import (
	"fmt"
	"strings"

	"milepost.dev/internal/reading/headings"
)

// columnOf are the columns of a return by the fields of headings.
var columnOf = map[headings.Field]string{
	headings.Ref: Ref, headings.Title: Title, headings.Workstream: Workstream, headings.Owner: Owner, headings.Date: DeliveryDate,
	headings.Finish: DeliveryDate, headings.Actual: ActualDate, headings.Status: Status, headings.Percent: Percent, headings.Reason: Reason,
}

// dayOf are what the column of the day is called that a row is about, beside as_at.
var dayOf = map[string]bool{
	"as at": true, "as at date": true, "report date": true, "reporting date": true, "date of report": true, "date of return": true,
	"return date": true, "status date": true, "position date": true, "position as at": true,
}

// nameColumns says which column each heading is. One that has the name itself is that column. Of the others those that are
// known from plans are, where the return has no such column yet: "Due date", "Lead officer". Where two could be the same
// column and neither heading says more, nobody guesses.
func nameColumns(header []string) ([]string, error) {
	names := make([]string, len(header))
	taken := map[string]int{}
	for i, heading := range header {
		names[i] = columnName(heading)
		if IsKnown(names[i]) {
			taken[names[i]] = i
		}
	}
	type claim struct {
		place    int
		standing float64
		rival    int // a place whose heading says as much; -1 for none
	}
	claims := map[string]claim{}
	for i, heading := range header {
		column, field := meant(heading)
		if _, there := taken[column]; column == "" || there || IsKnown(names[i]) {
			continue
		}
		standing := headings.Standing(field, heading)
		switch best, there := claims[column]; {
		case !there || standing > best.standing:
			claims[column] = claim{i, standing, -1}
		case standing == best.standing:
			best.rival = i
			claims[column] = best
		}
	}
	for _, column := range known {
		c, there := claims[column]
		if !there {
			continue
		}
		if c.rival >= 0 {
			return nil, &Unreadable{fmt.Sprintf("columns %d (%s) and %d (%s) could both be %s: call the one that is meant %s", c.place+1, excerpt(header[c.place]), c.rival+1, excerpt(header[c.rival]), column, column)}
		}
		names[c.place] = column
	}
	return names, nil
}

// meant is the column that a heading would be, and the field that it means; empty for none.
func meant(heading string) (string, headings.Field) {
	words := headings.Key(heading)
	if dayOf[words] {
		return AsAt, headings.Unread
	}
	f, ok := headings.Exact(words)
	if !ok {
		if f, _, ok = headings.Dated(strings.TrimSpace(heading)); !ok {
			return "", headings.Unread
		}
	}
	return columnOf[f], f
}

// Column is what a column of a return was read as.
type Column struct {
	// Heading stands in the file.
	Heading string
	// Name is the column that it is, or that of an attribute.
	Name string
	// Known says that milepost knows the column; else its values are kept as an attribute.
	Known bool
}

// Columns returns what each column of the return was read as, in the order of the file, without those that have no heading.
func (r *Reader) Columns() (found []Column) {
	for i, name := range r.columns.names {
		if name != "" {
			found = append(found, Column{strings.TrimSpace(r.columns.headings[i]), name, IsKnown(name)})
		}
	}
	return found
}

// Renamed says whether the column goes by another heading than its name.
func (c Column) Renamed() bool { return c.Known && columnName(c.Heading) != c.Name }
