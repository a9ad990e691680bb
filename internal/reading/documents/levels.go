package documents

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"milepost.dev/internal/reading/headings"
)

// What a row is called may stand in one of several columns, by how deep it is: "Task" and "Subtask", "Level 1" to "Level 3", or columns
// without a heading to the right of that of the tasks. The deepest that is filled names the row, and those before it say what it
// belongs to.

// levels are such columns, from the coarsest, and what stood last in each.
type levels struct {
	columns []int
	path    []cell
}

// levelHeading heads one of several columns for the same.
var levelHeading = regexp.MustCompile(`^(?:(?:wbs )?(?:level|tier|task|activity|indent) ?(\d)|l(\d))$`)

// learnLevels finds the columns in which the names of the rows stand by their depth.
func (r learner) learnLevels(rows []row) {
	l := r.layout
	if l.levels != nil || l.mapped(Title) || slices.ContainsFunc(l.headings, func(h heading) bool { return h.sure > 1 && h.as == Title }) {
		return
	}
	columns := r.namedLevels(rows)
	if len(columns) < 2 {
		columns = r.outline(rows)
	}
	if len(columns) > 1 {
		l.takeLevels(columns)
	}
}

// takeLevels makes the deepest of columns the title, and the first the scheme.
func (l *layout) takeLevels(columns []int) {
	l.levels = &levels{columns: columns, path: make([]cell, len(columns))}
	first, last := columns[0], columns[len(columns)-1]
	for _, i := range columns {
		l.headings[i].as = Unread
	}
	for _, i := range l.all(Title) {
		l.headings[i].as = Unread // it says more of the row
	}
	l.headings[last].as = Title
	if l.headings[first].as = Scheme; len(l.all(Scheme)) > 1 {
		for _, i := range l.all(Scheme) {
			if i != first {
				l.headings[i].as = Unread
				if !l.has(Workstream) {
					l.headings[i].as = Workstream
				}
			}
		}
	}
	l.headings[first].sure = 1
	if l.headings[last].text == "" {
		l.headings[last].text = l.headings[first].text
	}
}

// learnNumberedLevels finds columns that are headed as levels: "Level 1", "Level 2".
func (l *layout) learnNumberedLevels() {
	var columns []int
	for i, h := range l.headings {
		at := levelHeading.FindStringSubmatch(headings.Key(h.text))
		if at == nil || at[1]+at[2] != string(rune('1'+len(columns))) {
			continue
		}
		columns = append(columns, i)
	}
	if len(columns) > 1 && !l.mapped(Title) {
		l.takeLevels(columns)
	}
}

// namedLevels are a column of titles and a finer one to the right of it: that has words where the first is empty or says the same again.
func (r learner) namedLevels(rows []row) []int {
	l := r.layout
	coarse := l.column(Title)
	if coarse < 0 {
		return nil
	}
	for _, fine := range l.all(Title)[1:] {
		if headings.Standing(Title, l.headings[fine].text) > -0.5 && !personal.MatchString(headings.Key(l.headings[fine].text)) && r.isFiner(rows, coarse, fine) {
			return []int{coarse, fine}
		}
	}
	return r.finerBeside(rows, coarse)
}

// finerBeside are a column of titles and those right behind it whose headings say no field, where at least three rows have their words in
// these.
func (r learner) finerBeside(rows []row, coarse int) []int {
	l := r.layout
	columns, filled := []int{coarse}, 0
	for next := coarse + 1; next < len(l.headings); next++ {
		h := l.headings[next]
		count := r.fillsIn(rows, coarse, next)
		if h.as != Unread || h.text == "" || count == 0 || besideTitle.MatchString(headings.Key(h.text)) {
			break
		}
		columns, filled = append(columns, next), filled+count
	}
	if filled < 3 && (len(columns) > 2 || filled < 2) {
		return nil
	}
	return columns
}

// personal heads a name that may be that of a person.
var personal = regexp.MustCompile(`^(?:names?|members?|team members?|nume|nama|imie|jmeno)$`)

// isFiner says whether a column tells rows apart that another says the same of, or nothing.
func (r learner) isFiner(rows []row, coarse, fine int) bool {
	if r.fillsIn(rows, coarse, fine) > 0 {
		return true
	}
	above, below, both := map[string]bool{}, map[string]bool{}, 0
	for _, in := range rows {
		a, b := in.at(coarse), in.at(fine)
		if a.text == "" || b.text == "" || b.above {
			continue
		}
		above[a.text], below[a.text+"\t"+b.text] = true, true
		both++
	}
	return both > 3 && 10*len(above) <= 6*both && 10*len(below) >= 9*both
}

// fillsIn counts the rows that say when or by whom and have words in the second of two columns and nothing of their own in the first.
func (r learner) fillsIn(rows []row, coarse, fine int) (count int) {
	for _, in := range rows {
		b := in.at(fine)
		if a := in.at(coarse); (a.text == "" || a.above) && !b.above && b.read == "" && strings.ContainsFunc(b.text, unicode.IsLetter) && !r.isDate(b) && (r.isOwnRow(in) || r.saysMore(in, coarse, fine)) {
			count++
		}
	}
	return count
}

// saysMore says whether a row has something below another heading than those of two columns.
func (r table) saysMore(in row, coarse, fine int) bool {
	return slices.ContainsFunc(in.filled(), func(i int) bool {
		return i != coarse && i != fine && i < len(r.layout.headings) && r.layout.headings[i].text != ""
	})
}

// outline are the column of the titles and those without a heading to the right of it, where rows have their words in these.
func (r learner) outline(rows []row) []int {
	l := r.layout
	title := l.column(Title)
	if title < 0 {
		return nil
	}
	columns := []int{title}
	for i := title + 1; i < len(l.headings) && l.headings[i].text == "" && l.headings[i].as == Unread; i++ {
		if r.fillsIn(rows, title, i) > 0 {
			columns = append(columns, i)
		}
	}
	return columns
}

// settleLevels moves what names each row to the column of the titles, and what it belongs to to that of the scheme.
func (l *layout) settleLevels(rows []row) {
	if l.levels == nil {
		return
	}
	for n := range rows {
		depth := l.levels.depth(rows[n])
		if depth < 0 {
			continue
		}
		heads := n+1 < len(rows) && l.levels.depth(rows[n+1]) > depth && l.levels.alone(rows[n])
		l.levels.settle(&rows[n], depth, heads)
	}
}

// depth is the deepest level that a row fills; -1 for none.
func (v *levels) depth(in row) int {
	for d := len(v.columns) - 1; d >= 0; d-- {
		if c := in.at(v.columns[d]); c.text != "" && !c.above {
			return d
		}
	}
	return -1
}

// alone says whether a row has nothing but what it is called.
func (v *levels) alone(in row) bool {
	return !slices.ContainsFunc(in.filled(), func(i int) bool { return !slices.Contains(v.columns, i) })
}

func (v *levels) settle(in *row, depth int, heads bool) {
	last := v.columns[len(v.columns)-1]
	cells := slices.Clone(in.cells)
	for len(cells) <= last {
		cells = append(cells, cell{row: in.number, column: len(cells) + 1})
	}
	for d, i := range v.columns {
		switch c := cells[i]; {
		case d > depth:
			v.path[d] = cell{}
		case c.text != "":
			v.path[d] = c
			clear(v.path[d+1:])
		}
		cells[i] = cell{row: in.number, column: cells[i].column}
	}
	in.cells = cells
	if heads {
		in.across = false
		return
	}
	cells[last] = v.path[depth]
	cells[last].above = false
	var parents []string
	for _, c := range v.path[:depth] {
		if c.text != "" {
			parents = append(parents, oneLine(c.text))
		}
	}
	if len(parents) > 0 {
		cells[v.columns[0]] = v.path[0]
		cells[v.columns[0]].above = false
		cells[v.columns[0]].whole, cells[v.columns[0]].text = v.path[0].verbatim(), strings.Join(parents, " / ")
	}
}
