package documents

import (
	"iter"
	"regexp"
	"slices"
	"strings"

	"milepost.dev/internal/reading/headings"
)

// What exports of tools have that tables which people write do not: a column for each project, a title for each level, a header for the items
// below an item, and a list of people below the tasks.

// mostByColumn is how many rows a table is turned of that has a column for each project.
const mostByColumn = 500

// byColumn returns the rows of a sheet, and those of a yearly return of major projects that has a row for each field turned: its projects are its
// columns. Each cell keeps its place, and the number of a row is that of its column.
func byColumn(s sheet, note func(format string, args ...any)) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		var first []row
		turn := true
		for in, err := range s.rows {
			if err != nil {
				yield(in, err)
				return
			}
			if turn {
				first = append(first, in)
				if turn = mayTurn(first); turn {
					continue
				}
				for _, was := range first {
					if !yield(was, nil) {
						return
					}
				}
				continue
			}
			if !yield(in, nil) {
				return
			}
		}
		if !turn || len(first) == 0 {
			return
		}
		if filled := first[0].filled(); len(first) >= 2 && headings.Key(first[1].at(filled[0]).text) == "project name" {
			note("The table has a column for each project: it was read column by column.")
			first = turn90(first, filled[0])
		}
		for _, in := range first {
			if !yield(in, nil) {
				return
			}
		}
	}
}

// mayTurn says whether rows may be those of a table that has a column for each project.
func mayTurn(rows []row) bool {
	filled := rows[0].filled()
	return len(rows) <= mostByColumn && len(filled) >= 2 && headings.Key(rows[0].at(filled[0]).text) == "gmpp id number" &&
		headings.Key(rows[0].at(filled[1]).text) != "project name"
}

func turn90(rows []row, from int) (columns []row) {
	width := 0
	for _, in := range rows {
		width = max(width, len(in.cells))
	}
	for i := from; i < width; i++ {
		column := row{number: i + 1}
		for _, in := range rows {
			column.cells = append(column.cells, in.at(i))
		}
		columns = append(columns, column)
	}
	return columns
}

// levelTitle is the heading of the titles of one level of a tree of work items.
var levelTitle = regexp.MustCompile(`^title [1-9]$`)

// joinTitles puts the title of a row into the column that holds the titles, where each level has a column of its own.
func (l *layout) joinTitles(rows []row) {
	to := l.column(Title)
	if to < 0 || !levelTitle.MatchString(headings.Key(l.headings[to].text)) {
		return
	}
	for n := range rows {
		if to >= len(rows[n].cells) || rows[n].cells[to].text != "" {
			continue
		}
		for i, h := range l.headings {
			if c := rows[n].at(i); i != to && c.text != "" && levelTitle.MatchString(headings.Key(h.text)) {
				rows[n].cells = slices.Clone(rows[n].cells)
				rows[n].cells[to], rows[n].cells[i].text = c, ""
				break
			}
		}
	}
}

// addressed is a name with its address: "Asha Rao <asha@example.org>".
var addressed = regexp.MustCompile(`^(\S.*?)\s*<[^<>\s]+@[^<>\s]+>$`)

// withoutAddresses leaves the addresses of owners out.
func (l *layout) withoutAddresses(rows []row) {
	owner := l.column(Owner)
	for n := range rows {
		c := rows[n].at(owner)
		if at := addressed.FindStringSubmatch(c.text); at != nil {
			rows[n].cells = slices.Clone(rows[n].cells)
			rows[n].cells[owner].text = at[1]
		}
	}
}

// noSection is what a tool writes where a task is in no section.
const noSection = "(no section)"

// withoutPlaceholders empties the cells of workstreams that say that there is none.
func (l *layout) withoutPlaceholders(rows []row) {
	at := l.column(Workstream)
	for n := range rows {
		if strings.EqualFold(rows[n].at(at).text, noSection) {
			rows[n].cells = slices.Clone(rows[n].cells)
			rows[n].cells[at].text = ""
		}
	}
}

// headsSubitems says whether a row heads the items below an item of a board: they stand one column further to the right.
func headsSubitems(in row) bool {
	return headings.Key(in.at(0).text) == "subitems" && headings.Key(in.at(1).text) == "name"
}

// subitems reads the numbers that the tool gives to the items below an item as what they are known by.
func subitems(found []heading) {
	for i, h := range found {
		if headings.Key(h.text) == "item id auto generated" {
			found[i].as, found[i].sure = Ref, 1
		}
	}
}

// besidePerson are the headings of a list of people, beside their names.
var besidePerson = map[string]bool{"default role": true, "e mail": true, "email": true, "email address": true, "phone": true, "telephone": true, "standard rate": true, "mobile": true}

// headsPeople says whether a row heads a list of people: names, and at least two of what people are reached or paid by.
func headsPeople(in row) bool {
	named, beside := false, 0
	for _, c := range in.cells {
		if c.text == "" || len(c.text) > 40 {
			continue
		}
		key := headings.Key(c.text)
		named = named || strings.HasSuffix(key, "name")
		if besidePerson[key] {
			beside++
		}
	}
	return named && beside >= 2
}
