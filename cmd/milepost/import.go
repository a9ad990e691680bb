package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/output"
	"milepost.dev/internal/planimport"
)

type importCommand struct {
	File      string `arg:"" help:"The document: .xlsx, .csv, .tsv, or a text taken out of a PDF with tabs between the cells of its tables."`
	Plan      string `placeholder:"ID" help:"The plan that it is imported into."`
	Name      string `help:"What people call the plan."`
	Sheet     string `help:"The only sheet to read. Else all that are not hidden."`
	Map       string `placeholder:"FILE" help:"A mapping file (YAML) that says what a heading is read as."`
	PlanStart day    `placeholder:"DAY" help:"The first day of the plan's period. Else from the mapping file, else as the document says."`
	PlanEnd   day    `placeholder:"DAY" help:"Its last day."`
	Dated     day    `placeholder:"DAY" help:"The document's own date, which a date without a year is read near to."`
	DryRun    bool   `help:"Read the document and print what it comes to. Nothing is sent, and no server is needed."`
	Complete  bool   `help:"The document names every milestone there is: those that it lacks are stated as left out."`
	Again     bool   `help:"Send a document that was read into the plan before."`
	Output    string `short:"o" enum:"table,json" default:"table" help:"table or json."`
	patience
	serverFlags
}

// Help is shown by kong.
func (importCommand) Help() string {
	return `Reads a plan as its office keeps it, and states what it holds, as at the document's date: milestones with
where each value stands, dates, owners, progress, measures and money, and what a person has to look at. With
--dry-run it prints what each column was read as, the milestones and the questions, and sends nothing.

    milepost import --dry-run plan.xlsx
    milepost import --plan gp-access --name "GP access" --dated 2017-02-24 plan.xlsx
    milepost import --plan gp-access --dated 2017-06-30 plan-june.xlsx
    milepost review --plan gp-access

The next version of a document, or next month's, is compared with the plan. A row is matched by its
reference, else by words, place and owner; where that is not sure, it is a milestone of its own until a
person says which it is (reason unsure-match). What differs becomes a slip, a recovery, a change of owner.
The same document again changes nothing, and an import that was interrupted may simply be repeated.

    milepost import --dry-run -o json --plan-start 2017-04-01 --plan-end 2019-03-31 plan.txt

Headers are found wherever they stand, and by many names. A mapping file says otherwise:

    header_row: 4                     # only where it cannot be found
    plan_start: 2017-04-01
    plan_end: 2019-03-31
    dated: 2017-02-24
    columns:
      Gateway: delivery_date          # a heading of the document: a field, or ignore
      Comments: ignore

With --dry-run -o json: {"plan", "columns": [{"header", "as", "rows", "unread"}], "milestones": [...],
"funding_lines": [...], "other": [...]}. The line of a milestone is that of the text, or the row of the
sheet, from 1. Review has the reasons why a person should look; doubts says each in a sentence; sources
has sheet, row, column and verbatim text of every value. What the document does not say is "" or null.

With -o json alone: {"plan", "document", "digest", "as_at", "before", "rows", "new", "matched": {by: count},
"unsure", "in_doubt", "unchanged", "events": {type: count}, "refused": [{"row", "field", "rule", "message"}],
"missing", "notes", "position"}. Before is true where the very same document was read into the plan before.

EXIT STATUS

    0  the document was read; what is in doubt is in the review
    1  the file could not be read to its end, the output failed, or the server refused the plan or the caller
    2  wrong usage, or a document that cannot be read: nothing was made of it
    3  some rows were refused, the others were kept
    4  the server does not answer: run the same command again`
}

// Run reads the document.
func (c *importCommand) Run(inv *invocation) (err error) {
	if c.Plan != "" {
		if err := plan.CheckID(c.Plan); err != nil {
			return &usageError{"--plan: " + err.Error()}
		}
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	file, size, err := inv.open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	document, ok := file.(io.ReaderAt)
	if !ok || size < 0 {
		return &usageError{"import reads a document more than once: name a file, not standard input or a pipe"}
	}
	if !c.DryRun {
		return c.load(inv, io.NewSectionReader(document, 0, size), o)
	}
	run, err := newDryRun()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, run.close()) }()
	reading := inv.bar("reading", true)
	o.Progress = reading.set
	report, err := planimport.Read(io.NewSectionReader(document, 0, size), o, run)
	reading.finish()
	switch {
	case err != nil:
		return err
	case c.Output == "json":
		return run.writeJSON(inv.stdout, report, c.Plan, cmp.Or(c.Name, report.Plan.Title))
	}
	return run.writeTable(inv.stdout, inv.stderr, report)
}

// options are what the flags and the mapping file say of the document.
func (c *importCommand) options() (planimport.Options, error) {
	o := planimport.Options{Name: c.File, Sheet: c.Sheet}
	flags := documentFlags{PlanStart: c.PlanStart, PlanEnd: c.PlanEnd, Dated: c.Dated}
	settings, err := flags.settings()
	if err != nil {
		return o, err
	}
	o.Settings = settings
	if c.Map == "" {
		return o, nil
	}
	file, err := os.Open(c.Map)
	if err != nil {
		return o, &usageError{err.Error()}
	}
	o.Mapping, err = planimport.ReadMapping(file)
	return o, errors.Join(err, file.Close())
}

// writeTable prints the report for people: what each column was read as, the milestones, and the questions.
func (d *dryRun) writeTable(w, stderr io.Writer, report *planimport.Report) error {
	lines := &withoutTail{to: w}
	out := tabwriter.NewWriter(lines, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "COLUMN\tREAD AS\tVALUES\tUNREAD\n")
	for _, c := range report.Columns {
		as := cmp.Or(string(c.As), "(kept as it stands)")
		fmt.Fprintf(out, "%s\t%s\t%d\t%d\n", shortened(cmp.Or(c.Header, "(no heading)"), 48), as, c.Rows, c.Unread)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(lines)
	if err := d.rows.copyTo(&padded{to: lines, widths: d.widths}); err != nil {
		return err
	}
	fmt.Fprintf(lines, "\nmilestones     %d\nfor a person   %d\nfunding lines  %d\n", report.Milestones, d.forPerson, d.funding.count)
	for _, note := range report.Plan.Notes {
		complain(stderr, note)
	}
	return lines.failed
}

// padded sets lines of cells with tabs between them in columns, whose widths are known before: text/tabwriter would keep
// them all to find out.
type padded struct {
	to     io.Writer
	widths []int
	rest   []byte // of a line that has not ended
}

func (p *padded) Write(b []byte) (int, error) {
	p.rest = append(p.rest, b...)
	for {
		line, rest, ended := bytes.Cut(p.rest, []byte("\n"))
		if !ended {
			return len(b), nil
		}
		var set strings.Builder
		for i, cell := range strings.Split(string(line), "\t") {
			set.WriteString(cell)
			set.WriteString(strings.Repeat(" ", 2+p.widths[i]-utf8.RuneCountInString(cell)))
		}
		set.WriteByte('\n')
		p.rest = rest
		if _, err := io.WriteString(p.to, set.String()); err != nil {
			return 0, err
		}
	}
}

// withoutTail writes lines without the spaces that fill an empty last column.
type withoutTail struct {
	to     io.Writer
	spaces int
	failed error
}

func (w *withoutTail) Write(p []byte) (int, error) {
	kept := make([]byte, 0, len(p)+w.spaces)
	for _, c := range p {
		switch c {
		case ' ':
			w.spaces++
			continue
		case '\n':
			w.spaces = 0
		}
		for ; w.spaces > 0; w.spaces-- {
			kept = append(kept, ' ')
		}
		kept = append(kept, c)
	}
	if _, err := w.to.Write(kept); err != nil {
		w.failed = err
		return 0, err
	}
	return len(p), nil
}

// tableHeader is the row above the milestones in the table.
var tableHeader = []string{"LINE", "MILESTONE", "OWNER", "DATE", "FOR A PERSON"}

// tableRow is a milestone in the table.
func tableRow(m planimport.Milestone) []string {
	var reasons []string
	for _, doubt := range m.Review {
		if !contains(reasons, doubt.Reason) {
			reasons = append(reasons, doubt.Reason)
		}
	}
	cells := []string{fmt.Sprint(m.Line), shortened(m.Title.Text, 60), shortened(m.Owner.Text, 24), shortened(readAs(m.Dates), 32), strings.Join(reasons, " ")}
	for i, c := range cells {
		cells[i] = output.Printable(c)
	}
	return cells
}

func contains(list []string, text string) bool {
	for _, s := range list {
		if s == text {
			return true
		}
	}
	return false
}

// readAs is dates as EDTF.
func readAs(dates []period.Reading) string {
	var texts []string
	for _, d := range dates {
		texts = append(texts, cmp.Or(d.EDTF(), d.Kind.String()))
	}
	return strings.Join(texts, ", ")
}

// shortened is a text of at most so many characters.
func shortened(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
