package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"milepost.dev/internal/output"
	"milepost.dev/internal/reading/documents"
)

// The dry run as people read it: what the document is, what each column was read as, the milestones, and what a person is
// asked. On a terminal every line fits.

// table has a header and rows whose widths are known before the first is written.
type table struct {
	header []string
	widths []int
	least  []int // what a column is not cut below
	right  []bool
}

func newTable(header []string, least []int, right ...bool) *table {
	t := &table{header: header, widths: make([]int, len(header)), least: least, right: make([]bool, len(header))}
	copy(t.right, right)
	t.measure(header)
	return t
}

// measure sees how wide a row is.
func (t *table) measure(row []string) {
	for i, c := range row {
		t.widths[i] = max(t.widths[i], output.Cells(c))
	}
}

const between = 2 // columns of a table

// fit narrows the columns to a screen, the widest for what it needs first; 0 is no screen.
func (t *table) fit(screen int) {
	if screen == 0 {
		return
	}
	total := between * (len(t.widths) - 1)
	for _, w := range t.widths {
		total += w
	}
	for ; total > screen; total-- {
		widest := -1
		for i, w := range t.widths {
			if w > t.least[i] && (widest < 0 || w*t.least[widest] > t.widths[widest]*t.least[i]) {
				widest = i
			}
		}
		if widest < 0 {
			return
		}
		t.widths[widest]--
	}
}

// line is a row as it is written.
func (t *table) line(row []string) string {
	var line strings.Builder
	for i, c := range row {
		c = output.Cut(c, t.widths[i])
		pad := strings.Repeat(" ", t.widths[i]-output.Cells(c))
		if t.right[i] {
			c, pad = pad+c, ""
		}
		line.WriteString(c + pad + strings.Repeat(" ", between))
	}
	return strings.TrimRight(line.String(), " ") + "\n"
}

// milestoneTable is the table of the milestones. A line of its spool is its sheet, and then the cells of its row.
func milestoneTable() *table {
	return newTable([]string{"LINE", "MILESTONE", "OWNER", "DATE", "FOR A PERSON"}, []int{4, 28, 10, 16, 13})
}

// tableRow is a milestone in the table.
func tableRow(m documents.Milestone) []string {
	cells := []string{fmt.Sprint(m.Line), output.Cut(m.Title.Text, 60), output.Cut(m.Owner.Text, 24), output.Cut(readAs(m), 32), strings.Join(reasonsOf(m), " ")}
	for i, c := range cells {
		cells[i] = output.Printable(c)
	}
	return cells
}

func reasonsOf(m documents.Milestone) (reasons []string) {
	for _, doubt := range m.Review {
		if !slices.Contains(reasons, doubt.Reason) {
			reasons = append(reasons, doubt.Reason)
		}
	}
	return reasons
}

// readAs is the dates of a milestone as EDTF, without those of other columns; of many the first, and how many more.
func readAs(m documents.Milestone) string {
	var texts []string
	for _, d := range m.OfDate() {
		texts = append(texts, cmp.Or(d.EDTF(), d.Kind.String()))
	}
	if len(texts) > 2 {
		return fmt.Sprintf("%s and %d more", texts[0], len(texts)-1)
	}
	return strings.Join(texts, ", ")
}

// question is a reason to ask a person, how many milestones it is of, and what it means.
type question struct {
	reason string
	count  int
	says   string
}

// ask counts the reasons of a milestone.
func (d *dryRun) ask(m documents.Milestone) {
	for _, reason := range reasonsOf(m) {
		i := slices.IndexFunc(d.questions, func(q question) bool { return q.reason == reason })
		if i < 0 {
			at := slices.IndexFunc(m.Review, func(d documents.Doubt) bool { return d.Reason == reason })
			i, d.questions = len(d.questions), append(d.questions, question{reason: reason, says: m.Review[at].Says})
		}
		d.questions[i].count++
	}
}

// writeTable prints the report for people, for a screen so wide; 0 where there is none.
func (d *dryRun) writeTable(w, stderr io.Writer, screen int, report *documents.Report) error {
	out := bufio.NewWriter(w)
	writeAbout(out, report.Plan)
	writeColumns(out, screen, report.Columns)
	d.table.fit(screen)
	out.WriteString("\n" + d.table.line(d.table.header))
	if err := d.rows.copyTo(&tabled{to: out, table: d.table, sheets: len(report.Plan.Sheets) > 1}); err != nil {
		return err
	}
	d.told.write(out, screen)
	d.noted.write(out, screen)
	d.writeQuestions(out, screen)
	fmt.Fprintf(out, "\nmilestones     %d\nfor a person   %d\n", report.Milestones, d.forPerson)
	if d.candidates.count > 0 {
		fmt.Fprintf(out, "candidates     %d\n", d.candidates.count)
	}
	fmt.Fprintf(out, "funding lines  %d\nother facts    %d\n", d.lines, d.facts.count)
	if err := out.Flush(); err != nil {
		return err
	}
	for _, note := range report.Plan.Notes {
		writeNote(stderr, note)
	}
	return nil
}

// writeNote is a sentence on the other stream, in lines that fit where that is a terminal.
func writeNote(w io.Writer, note string) {
	const begin = "milepost: "
	for i, line := range wrapped(output.Printable(note), terminalWidth(w)-len(begin)) {
		if i == 0 {
			complain(w, line)
		} else {
			fmt.Fprintf(w, "%*s%s\n", len(begin), "", line)
		}
	}
}

// writeAbout says which document was read, and by which period and day its dates were.
func writeAbout(out *bufio.Writer, p documents.Plan) {
	for _, line := range []struct{ name, value string }{
		{"document", p.File},
		{"sheets", strings.Join(p.Sheets, ", ")},
		{"title", p.Title},
		{"period", span(p.Start.String(), p.End.String())},
		{"dated", p.Dated.String()},
	} {
		if line.value != "" {
			fmt.Fprintf(out, "%-13s  %s\n", line.name, output.Printable(line.value))
		}
	}
	out.WriteString("\n")
}

func span(start, end string) string {
	if start == "" && end == "" {
		return ""
	}
	return start + " to " + end
}

func writeColumns(out *bufio.Writer, screen int, columns []documents.Column) {
	t := newTable([]string{"COLUMN", "READ AS", "VALUES", "UNREAD"}, []int{20, 15, 6, 6}, false, false, true, true)
	var rows [][]string
	for _, c := range columns {
		row := []string{
			output.Printable(output.Cut(cmp.Or(c.Header, "(no heading)"), 48)), cmp.Or(string(c.As), "(kept as it stands)"),
			fmt.Sprint(c.Rows), fmt.Sprint(c.Unread),
		}
		rows = append(rows, row)
		t.measure(row)
	}
	t.fit(screen)
	out.WriteString(t.line(t.header))
	for _, row := range rows {
		out.WriteString(t.line(row))
	}
}

// writeQuestions says what each reason means, the most frequent first.
func (d *dryRun) writeQuestions(out *bufio.Writer, screen int) {
	if len(d.questions) == 0 {
		return
	}
	questions := slices.SortedStableFunc(slices.Values(d.questions), func(a, b question) int { return b.count - a.count })
	t := newTable([]string{"FOR A PERSON", "MILESTONES", "WHY"}, []int{12, 10, 1}, false, true)
	for _, q := range questions {
		t.measure([]string{q.reason, fmt.Sprint(q.count), ""})
	}
	room := 0
	if screen > 0 {
		room = max(20, screen-t.widths[0]-t.widths[1]-2*between)
	}
	out.WriteString("\n" + t.line(t.header))
	for _, q := range questions {
		for i, says := range wrapped(output.Printable(q.says), room) {
			t.widths[2] = output.Cells(says)
			if i == 0 {
				out.WriteString(t.line([]string{q.reason, fmt.Sprint(q.count), says}))
			} else {
				out.WriteString(t.line([]string{"", "", says}))
			}
		}
	}
}

// wrapped is a text in lines of at most so many cells, or of one word; 0 is one line.
func wrapped(text string, room int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && room > 0 && output.Cells(line)+1+output.Cells(word) > room {
			lines, line = append(lines, line), ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

// tabled sets lines of cells with tabs between them as rows of a table: text/tabwriter would keep them all to find out how wide
// they are. The first cell is the row's sheet, which is named where it changes and there are several.
type tabled struct {
	to     *bufio.Writer
	table  *table
	sheets bool
	sheet  string
	rest   []byte // of a line that has not ended
}

func (t *tabled) Write(b []byte) (int, error) {
	t.rest = append(t.rest, b...)
	for {
		line, rest, ended := bytes.Cut(t.rest, []byte("\n"))
		if !ended {
			return len(b), nil
		}
		cells := strings.Split(string(line), "\t")
		t.rest = rest
		if t.sheets && cells[0] != t.sheet {
			t.sheet = cells[0]
			if _, err := fmt.Fprintf(t.to, "%s\n", t.sheet); err != nil {
				return 0, err
			}
		}
		if _, err := t.to.WriteString(t.table.line(cells[1:])); err != nil {
			return 0, err
		}
	}
}
