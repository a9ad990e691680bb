package documents

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// formula says how the value of a cell came about.
type formula uint8

const (
	typed    formula = iota
	worked           // worked out by a formula; the value is the one that its author saw when the file was saved
	ofToday          // worked out from the day on which it is looked at
	unstored         // a formula without a value: nobody has opened the file in a spreadsheet program since it was made
)

var (
	today = regexp.MustCompile(`(?i)\b(?:TODAY|NOW)\s*\(`)
	// cellRef is a cell of the same sheet in a formula; a name before "!" is another sheet.
	cellRef = regexp.MustCompile(`(!?)(\$?)([A-Za-z]{1,3})(\$?)(\d{1,7})\b`)
)

// ref is a cell that a formula is made of, from 1. What is not fixed moves with a formula that is shared.
type ref struct {
	column, row           int
	fixedColumn, fixedRow bool
}

// shared is a formula that stands once and holds for the cells below or beside it too.
type shared struct {
	column, row int
	today       bool
	refs        []ref
}

// formulas follows the formulas of one sheet in the order of its cells.
type formulas struct {
	shared map[string]shared
	today  map[[2]int]bool // the cells, by row and column, that depend on the day
}

// maxFollowed bounds how many cells and refs are followed; beyond it a formula depends on the day only where it says so itself.
const maxFollowed = 100_000

// read says how a cell came by its value. id is that of a shared formula; of those only the first has a text.
func (f *formulas) read(text, id string, column, row int) formula {
	one := shared{column: column, row: row}
	if text == "" && id != "" {
		one = f.shared[id]
	} else {
		one.today = today.MatchString(text)
		one.refs = refsOf(text)
		if id != "" && len(f.shared) < maxFollowed {
			if f.shared == nil {
				f.shared = map[string]shared{}
			}
			f.shared[id] = one
		}
	}
	if !one.today && !f.reachesToday(one, column, row) {
		return worked
	}
	if len(f.today) < maxFollowed {
		if f.today == nil {
			f.today = map[[2]int]bool{}
		}
		f.today[[2]int{row, column}] = true
	}
	return ofToday
}

func (f *formulas) reachesToday(one shared, column, row int) bool {
	if len(f.today) == 0 {
		return false
	}
	for _, r := range one.refs {
		at := [2]int{r.row, r.column}
		if !r.fixedRow {
			at[0] += row - one.row
		}
		if !r.fixedColumn {
			at[1] += column - one.column
		}
		if f.today[at] {
			return true
		}
	}
	return false
}

func refsOf(text string) (refs []ref) {
	for _, at := range cellRef.FindAllStringSubmatch(text, 50) {
		column, err := excelize.ColumnNameToNumber(at[3])
		row, err2 := strconv.Atoi(at[5])
		if at[1] == "" && err == nil && err2 == nil {
			refs = append(refs, ref{column, row, at[2] != "", at[4] != ""})
		}
	}
	return refs
}

// maxNamed is how many cells are looked at to say where formulas have no values.
const maxNamed = 100

// unstored lists the formulas of a row that have no value.
func (r row) unstored() (cells []cell) {
	for _, c := range r.cells {
		if c.formula == unstored {
			cells = append(cells, c)
		}
	}
	return cells
}

// withoutValue lists the cells of a table's fields whose formulas have no value. What stands in a column that is no field
// is not missed.
func (l *layout) withoutValue(rows []row) (cells []cell) {
	for _, in := range rows {
		for i, c := range in.cells {
			if c.formula == unstored && i < len(l.headings) && l.headings[i].as != Unread && l.headings[i].as != Ignored && !aside[l.headings[i].as] {
				cells = append(cells, c)
			}
		}
	}
	return cells
}

// aside are the fields without which a row is still what it is: money, figures, measures.
var aside = map[Field]bool{Funding: true, Figure: true, Baseline: true, KPI: true, Success: true}

// noteMissing says of which columns beside the plan nothing was read, because their formulas have no values.
func (r learner) noteMissing(rows []row) {
	for i, h := range r.layout.headings {
		count := 0
		for _, in := range rows {
			if in.at(i).formula == unstored && aside[h.as] {
				count++
			}
		}
		if count > 0 {
			r.note("The column %.40q holds formulas for which no value is stored (%d cells from row %d on): it was not read there. Open the file in a spreadsheet program and save it, and its values are in it.", h.text, count, rows[0].number)
		}
	}
}

// withoutValues is why a document is refused in which formulas have no values: what they would show is not in the file.
func withoutValues(cells []cell) error {
	var names []string
	for _, c := range cells[:min(5, len(cells))] {
		names = append(names, cellName(c.column-1, c.row))
	}
	said := strings.Join(names, ", ")
	if more := len(cells) - len(names); more > 0 {
		said += fmt.Sprintf(" and %d more", more)
	}
	return unreadable("formula", "The sheet holds formulas for which no value is stored (%s): what they show is not in the file. Open it in a spreadsheet program, save it again, and import that.", said)
}
