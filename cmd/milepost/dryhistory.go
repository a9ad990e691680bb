package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/output"
	"milepost.dev/internal/reading/documents"
)

// The dry run of a workbook that holds its own history: the versions, how the dates moved between them, and the newest in full. In JSON there
// is an object for each version, as an import prints one for each.

func (c *importCommand) dryRunHistory(inv *invocation, versions []*document) error {
	moves := newMoves()
	for i, d := range versions {
		newest := i == len(versions)-1
		run, err := newDryRun()
		if err != nil {
			return err
		}
		err = c.dryRunVersion(inv, d, run, moves, newest)
		if err = errors.Join(err, run.close()); err != nil {
			return err
		}
	}
	return nil
}

func (c *importCommand) dryRunVersion(inv *invocation, d *document, run *dryRun, moves *movesBetween, newest bool) error {
	moves.begin(d.version)
	report, err := documents.Read(d, d.options, documents.Both(run, moves))
	switch {
	case err != nil:
		return fmt.Errorf("sheet %q: %w", d.version.Sheets[0], err)
	case c.Output == "json":
		return run.writeJSON(inv.stdout, report, c.Plan, cmp.Or(c.Name, report.Plan.Title))
	}
	moves.end(run.forPerson)
	if !newest {
		return nil
	}
	if err := moves.write(inv); err != nil {
		return err
	}
	return run.writeTable(inv.stdout, inv.stderr, terminalWidth(inv.stdout), report)
}

// movesBetween compares each version with the one before, as far as that can be seen without the plan: by the references of the document, else by words.
type movesBetween struct {
	documents.Discard
	before, now map[string]civil.Date
	days        [][]string // a row for each version
	moves       [][]string
	of          *documents.Version
	came        int
}

func newMoves() *movesBetween { return &movesBetween{now: map[string]civil.Date{}} }

func (b *movesBetween) begin(v *documents.Version) {
	b.before, b.now, b.of, b.came = b.now, map[string]civil.Date{}, v, 0
}

// Milestone notes where a date moved.
func (b *movesBetween) Milestone(m documents.Milestone) error {
	known := "ref " + strings.ToLower(m.Ref)
	if !m.RefGiven {
		known = strings.ToLower(m.Title.Text)
	}
	due := (period.Delivery{Readings: m.OfDate()}).Due()
	was, there := b.before[known]
	if !there {
		b.came++
	}
	b.now[known] = due
	if !there || was == due || due == 0 && was == 0 {
		return nil
	}
	cell := ""
	if len(m.Date.From) > 0 {
		cell = m.Date.From[0].Cell()
	}
	b.moves = append(b.moves, moveRow(b.of.Day, m, was, due, cell))
	return nil
}

func moveRow(asAt civil.Date, m documents.Milestone, was, due civil.Date, cell string) []string {
	return printable(asAt.String(), output.Cut(m.Title.Text, 48), cmp.Or(was.String(), "none"), cmp.Or(due.String(), "none"), cell)
}

func moveTable() *table {
	return newTable([]string{"AS AT", "MILESTONE", "FROM", "TO", "CELL"}, []int{10, 24, 10, 10, 8})
}

// toldEarlier is how the dates of one document moved that tells of several days: a column for each report.
type toldEarlier struct {
	rows  [][]string
	moved int // also those that are not among the rows
}

const mostEarlier = 500 // rows; JSON has all

func (e *toldEarlier) add(m documents.Milestone) {
	if len(m.Earlier) == 0 {
		return
	}
	last, first := civil.Date(0), true
	told := func(asAt, due civil.Date, from []documents.Place) {
		was, begins := last, first
		if last, first = due, false; begins || was == due {
			return
		}
		cell := ""
		if len(from) > 0 {
			cell = from[0].Cell()
		}
		if e.moved++; len(e.rows) < mostEarlier {
			e.rows = append(e.rows, moveRow(asAt, m, was, due, cell))
		}
	}
	for _, earlier := range m.Earlier {
		if earlier.AsAt != m.DateAsAt {
			told(earlier.AsAt, (period.Delivery{Readings: earlier.Dates}).Due(), earlier.Date.From)
		}
	}
	told(m.DateAsAt, (period.Delivery{Readings: m.OfDate()}).Due(), m.Date.From)
}

func (e *toldEarlier) write(out *bufio.Writer, screen int) {
	if len(e.rows) == 0 {
		return
	}
	out.WriteString("\nMOVED BEFORE\n")
	writeRows(out, screen, moveTable(), e.rows)
	if more := e.moved - len(e.rows); more > 0 {
		fmt.Fprintf(out, "and %d more (-o json has all)\n", more)
	}
}

func (b *movesBetween) end(forPerson int) {
	gone := 0
	for known := range b.before {
		if _, there := b.now[known]; !there {
			gone++
		}
	}
	b.days = append(b.days, printable(b.of.Day.String(), strings.Join(b.of.Sheets, ", "), fmt.Sprint(len(b.now)), fmt.Sprint(b.came), fmt.Sprint(gone), fmt.Sprint(forPerson)))
}

func printable(cells ...string) []string {
	for i, c := range cells {
		cells[i] = output.Printable(c)
	}
	return cells
}

func (b *movesBetween) write(inv *invocation) error {
	out := bufio.NewWriter(inv.stdout)
	screen := terminalWidth(inv.stdout)
	writeRows(out, screen, newTable([]string{"AS AT", "SHEET", "MILESTONES", "CAME", "WENT", "FOR A PERSON"}, []int{10, 12, 10, 4, 4, 12}, false, false, true, true, true, true), b.days)
	out.WriteString("\n")
	if len(b.moves) > 0 {
		writeRows(out, screen, moveTable(), b.moves)
		out.WriteString("\n")
	}
	fmt.Fprintf(out, "The newest version, as at %s:\n", b.of.Day)
	return out.Flush()
}

func writeRows(out *bufio.Writer, screen int, t *table, rows [][]string) {
	for _, row := range rows {
		t.measure(row)
	}
	t.fit(screen)
	out.WriteString(t.line(t.header))
	for _, row := range rows {
		out.WriteString(t.line(row))
	}
}
