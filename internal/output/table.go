package output

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const (
	gap       = "  "
	narrowest = 12 // no column that gives becomes narrower than this
)

// grid is a table whose widths are known.
type grid struct {
	headings []string
	right    []bool
	gives    []bool
	seldom   []bool
	rows     [][]string
	widths   []int
}

func writeTable[T any](w io.Writer, screen int, columns []Column[T], items iter.Seq2[T, error]) error {
	var g grid
	for _, c := range columns {
		if c.Heading != "" {
			g.headings = append(g.headings, c.Heading)
			g.right = append(g.right, c.Right)
			g.gives = append(g.gives, c.Gives)
			g.seldom = append(g.seldom, c.Seldom)
		}
	}
	for item, err := range items {
		if err != nil {
			return err
		}
		var row []string
		for _, c := range columns {
			if c.Heading != "" {
				row = append(row, shown(c, item))
			}
		}
		g.rows = append(g.rows, row)
	}
	return g.write(w, screen)
}

func shown[T any](c Column[T], item T) string {
	if c.Show != nil {
		return Printable(c.Show(item))
	}
	switch v := c.Value(item).(type) {
	case nil:
		return ""
	case []string:
		return Printable(strings.Join(v, ", "))
	case map[string]string:
		var pairs []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			pairs = append(pairs, name+": "+v[name])
		}
		return Printable(strings.Join(pairs, ", "))
	case bool:
		return map[bool]string{true: "yes"}[v]
	default:
		return Printable(fmt.Sprint(v))
	}
}

func (g *grid) write(w io.Writer, screen int) error {
	g.widths = make([]int, len(g.headings))
	for _, row := range append([][]string{g.headings}, g.rows...) {
		for i, cell := range row {
			g.widths[i] = max(g.widths[i], Cells(cell))
		}
	}
	g.leaveOut(screen)
	g.fit(screen)
	out := bufio.NewWriter(w)
	g.line(out, g.headings)
	for _, row := range g.rows {
		g.line(out, row)
	}
	return out.Flush()
}

// leaveOut takes out the columns in which nothing is said: those in which seldom something is, and all of them where the
// table is wider than the screen.
func (g *grid) leaveOut(screen int) {
	wide := screen != 0 && g.total() > screen && len(g.rows) > 0
	said := func(i int) bool {
		return slices.ContainsFunc(g.rows, func(row []string) bool { return row[i] != "" })
	}
	var kept grid
	kept.rows = make([][]string, len(g.rows))
	for i := range g.headings {
		if (wide || g.seldom[i]) && !said(i) {
			continue
		}
		kept.headings = append(kept.headings, g.headings[i])
		kept.right, kept.gives, kept.seldom = append(kept.right, g.right[i]), append(kept.gives, g.gives[i]), append(kept.seldom, g.seldom[i])
		kept.widths = append(kept.widths, g.widths[i])
		for r, row := range g.rows {
			kept.rows[r] = append(kept.rows[r], row[i])
		}
	}
	*g = kept
}

// total is how wide the table is.
func (g *grid) total() int {
	total := len(gap) * (len(g.widths) - 1)
	for _, n := range g.widths {
		total += n
	}
	return total
}

// fit takes from the widest column that gives until the table fits or none can give any more.
func (g *grid) fit(screen int) {
	for total := g.total(); screen > 0 && total > screen; total-- {
		widest := -1
		for i, gives := range g.gives {
			if gives && g.widths[i] > narrowest && (widest < 0 || g.widths[i] > g.widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		g.widths[widest]--
	}
}

func (g *grid) line(w *bufio.Writer, row []string) {
	var line strings.Builder
	for i, cell := range row {
		cell = Cut(cell, g.widths[i])
		pad := strings.Repeat(" ", g.widths[i]-Cells(cell))
		if g.right[i] {
			line.WriteString(pad + cell + gap)
		} else {
			line.WriteString(cell + pad + gap)
		}
	}
	w.WriteString(strings.TrimRight(line.String(), " "))
	w.WriteByte('\n')
}

// Cells is how many cells of a terminal a text takes.
func Cells(text string) int {
	n := 0
	for _, r := range text {
		n += runeCells(r)
	}
	return n
}

func runeCells(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// Cut shortens a text to a width, and shows that it did.
func Cut(text string, most int) string {
	if Cells(text) <= most {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if most -= runeCells(r); most < 1 {
			break
		}
		b.WriteRune(r)
	}
	return b.String() + "…"
}

// Printable is a text as it may go to a terminal: on one line, and without what would move the cursor,
// change colours or turn the reading direction. The words of an answer come from strangers.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsPrint(r):
			return r
		default:
			return unicode.ReplacementChar
		}
	}, text)
}
