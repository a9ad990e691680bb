package documents

import (
	"slices"
	"strings"

	"milepost.dev/internal/reading/headings"
)

// Tables that stand otherwise on their sheet than with a row for each milestone: on their side, or two beside each other. They are put
// upright before anything else reads them. A sheet that is longer than what is looked at together stays as it is.

// reshape turns tables that stand on their side, and puts those that stand side by side below each other.
func (d *document) reshape(rows []row) []row {
	if d.page.text || d.page.scanned || d.parter.mapping != nil {
		return rows
	}
	rows = d.uprighted(rows)
	return d.stacked(rows)
}

const (
	leastFields = 3   // names of fields in a column, from which its table stands on its side
	mostTurned  = 200 // columns of a table that is turned
)

// uprighted turns a table whose first column names the fields: "Milestone | Kick-off | Go live", "Due date | 1 May | 1 June".
func (d *document) uprighted(rows []row) []row {
	for i := range rows {
		filled := rows[i].filled()
		if len(filled) < 3 {
			continue
		}
		at := filled[0]
		n, titled, dated := 0, false, false
		for i+n < len(rows) && rows[i+n].at(at).text != "" {
			f, ok := headings.Exact(headings.Key(rows[i+n].at(at).text))
			if !ok {
				break
			}
			titled, dated = titled || f == Title, dated || f == Date || f == Finish
			n++
		}
		if n < leastFields || !titled || !dated || !d.valuesBeside(rows[i:i+n], at) {
			continue
		}
		d.out.note("The table in rows %d to %d%s stands on its side, with a column for each milestone, and was read so.", rows[i].number, rows[i+n-1].number, d.page.onSheet())
		return slices.Concat(rows[:i], turned(rows[i:i+n], at), rows[i+n:])
	}
	return rows
}

// valuesBeside says whether the cells beside the names of fields are what the fields hold, and no names themselves.
func (d *document) valuesBeside(rows []row, at int) bool {
	dates := 0
	for _, in := range rows {
		f, _ := headings.Exact(headings.Key(in.at(at).text))
		for i := at + 1; i < len(in.cells); i++ {
			c := in.at(i)
			if (f == Date || f == Finish) && d.reader.isDay(c) {
				dates++
			}
		}
		if len(in.cells) > mostTurned {
			return false
		}
	}
	return dates > 1
}

// turned is a table with its columns as rows. The rows have the numbers of the columns, counted from the first row.
func turned(rows []row, at int) (upright []row) {
	width := 0
	for _, in := range rows {
		width = max(width, len(in.cells))
	}
	for k := at; k < width; k++ {
		up := row{number: rows[0].number + k - at}
		for _, in := range rows {
			up.cells = append(up.cells, in.at(k))
		}
		if !up.blank() {
			upright = append(upright, up)
		}
	}
	return append(upright, row{number: rows[0].number + width})
}

// stacked puts the second of two tables that stand side by side below the first.
func (d *document) stacked(rows []row) []row {
	for i := range rows {
		starts := d.besideEachOther(rows[i])
		if len(starts) < 2 {
			continue
		}
		end := len(rows)
		for n := i + 1; n < len(rows); n++ {
			if again := d.besideEachOther(rows[n]); len(again) > 1 { // the next two
				end = n
				break
			}
		}
		d.out.stacked, d.out.refsMade = true, map[string]int{}
		d.out.note("In row %d%s %d tables begin beside each other: they were read one after the other.", rows[i].number, d.page.onSheet(), len(starts))
		var below []row
		for k, from := range starts {
			to := -1
			if k+1 < len(starts) {
				to = starts[k+1]
			}
			for _, in := range rows[i:end] {
				below = append(below, in.between(from, to))
			}
			below = append(below, row{number: rows[end-1].number})
		}
		return slices.Concat(rows[:i], below, d.stacked(rows[end:]))
	}
	return rows
}

// between is the row without the cells before a column and from another on; -1 for all that follow.
func (r row) between(from, to int) row {
	cells := make([]cell, len(r.cells))
	for i, c := range r.cells {
		if cells[i] = (cell{row: c.row, column: c.column}); i >= from && (to < 0 || i < to) {
			cells[i] = c
		}
	}
	r.cells = cells
	return r
}

// besideEachOther are the columns in which tables begin whose header a row is: each has names for a title and for a date or an owner, and
// the second names the fields of the first again, or stands behind an empty column.
func (d *document) besideEachOther(in row) (starts []int) {
	filled := in.filled()
	if len(filled) < 4 || in.across {
		return nil
	}
	var groups [][]int
	for n, i := range filled {
		again := n > 0 && strings.EqualFold(in.at(i).text, in.at(filled[0]).text)
		if n == 0 || again || i > filled[n-1]+1 && n > 1 {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], i)
	}
	if len(groups) < 2 {
		return nil
	}
	for _, g := range groups {
		titled, dated := false, false
		for _, i := range g {
			f, ok := headings.Exact(headings.Key(in.at(i).text))
			titled = titled || ok && f == Title
			dated = dated || ok && (f == Date || f == Finish || f == Owner || f == Status)
		}
		if !titled || !dated {
			return nil
		}
		starts = append(starts, g[0])
	}
	starts[0] = 0
	return starts
}
