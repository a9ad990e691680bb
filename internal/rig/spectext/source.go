package spectext

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"milepost.dev/domain/milestone"
)

// sourced reads where values were read: "sha256=ab document=plan.xlsx title@12.3@Action="Hub live"" is row 12,
// column 3, under the heading Action.
func (f fact) sourced() milestone.Sourced {
	e := milestone.Sourced{Document: f.said["document"], Sheet: f.said["sheet"]}
	copy(e.SHA256[:], f.said["sha256"])
	for name, text := range f.said {
		at := strings.Split(name, "@")
		if len(at) != 3 {
			continue
		}
		row, column, _ := strings.Cut(at[1], ".")
		cell := milestone.Cell{Field: at[0], Heading: at[2], Text: text}
		cell.Row, _ = strconv.Atoi(row)
		cell.Column, _ = strconv.Atoi(column)
		e.Cells = append(e.Cells, cell)
	}
	slices.SortFunc(e.Cells, func(a, b milestone.Cell) int {
		return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Field, b.Field))
	})
	if n, err := strconv.Atoi(f.said["many"]); err == nil { // many=201: so many cells
		for i := range n {
			e.Cells = append(e.Cells, milestone.Cell{Field: "title", Row: i + 1, Column: 1})
		}
	}
	return e
}

func showSourced(e milestone.Sourced) string {
	var b strings.Builder
	for _, v := range [][2]string{{"sha256", letters(e.SHA256[:])}, {"document", e.Document}, {"sheet", e.Sheet}} {
		if v[1] != "" {
			b.WriteString(" " + v[0] + "=" + quoted(v[1]))
		}
	}
	for _, c := range e.Cells {
		fmt.Fprintf(&b, " %s@%d.%d@%s=%s", c.Field, c.Row, c.Column, c.Heading, quoted(c.Text))
	}
	return b.String()
}

// parseCell reads the cell that an item is about: the letters that the document's digest begins with, the sheet, the
// row, the column and the words, as "plan/Estates/12/5/Q4 17/18".
func parseCell(text string) (c milestone.DocumentCell) {
	parts := append(strings.SplitN(text, "/", 5), "", "", "", "")
	copy(c.SHA256[:], parts[0])
	c.Sheet, c.Text = parts[1], parts[4]
	c.Row, _ = strconv.Atoi(parts[2])
	c.Column, _ = strconv.Atoi(parts[3])
	return c
}

func showCell(c milestone.DocumentCell) string {
	if c == (milestone.DocumentCell{}) {
		return ""
	}
	return fmt.Sprintf("%s/%s/%d/%d/%s", letters(c.SHA256[:]), c.Sheet, c.Row, c.Column, c.Text)
}
