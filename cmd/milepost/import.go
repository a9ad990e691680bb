package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"

	"milepost.dev/domain/plan"
	"milepost.dev/internal/reading/documents"
)

type importCommand struct {
	Files        []string `arg:"" optional:"" name:"file" help:"The document: .xlsx, .csv, .tsv, .json, or a text taken out of a PDF with tabs between the cells of its tables. Several are brought in in the order of their own dates."`
	Plan         string   `placeholder:"ID" help:"The plan that it is imported into."`
	New          bool     `help:"Register the plan if there is none of this id, under the document's title."`
	Name         string   `help:"What people call the plan. It is registered under this name if there is none of this id."`
	Sheet        string   `help:"The only sheet to read. Else all that are not hidden."`
	Map          string   `placeholder:"FILE" help:"A mapping file (YAML) that says what a heading is read as."`
	Profile      string   `placeholder:"NAME" help:"The tool that exported the document, as --list-profiles names it. Else it is seen by the headings."`
	ListProfiles bool     `help:"List the tools whose exports are known, and read nothing."`
	PlanStart    day      `placeholder:"DAY" help:"The first day of the plan's period. Else from the mapping file, else as the document says."`
	PlanEnd      day      `placeholder:"DAY" help:"Its last day."`
	Dated        day      `placeholder:"DAY" help:"The document's own date: what it says holds as at that day, and a date without a year is read near to it. Else from the mapping file, else as the document says."`
	DryRun       bool     `help:"Read the document and print what it comes to. Nothing is sent, and no server is needed."`
	Complete     bool     `help:"The document names every milestone there is: those that it lacks are stated as left out."`
	Again        bool     `help:"Send a document that was read into the plan before."`
	Propose      bool     `default:"true" negatable:"" help:"Propose the dates of a column such as \"Baseline Finish\" as baselines (default true). They are none before somebody else approves them."`
	StrictRefs   bool     `help:"Refuse a row whose reference is new and looks like one that the plan has, such as HUB1 beside HUB-1. Else it is added, and a person is asked."`
	Output       string   `short:"o" enum:"table,json" default:"table" help:"table or json."`
	conventionFlags
	speaking
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
    milepost candidates --plan gp-access

A plan that there is not is registered only with --new or --name, together with the first row that is accepted: a document of which
every row is refused registers nothing.

Without --dated a document holds as at the day that it names itself ("as at 30 June 2017" above its table); where it
names none, nothing is sent. Several documents are brought in one after another, in the order of their own days:

    milepost import --plan gp-access 2017-02.xlsx 2017-03.xlsx 2017-04.xlsx

The next version of a document, or next month's, is compared with the plan. A row is matched by its
reference, else by words, place and owner; where that is not sure, it is a milestone of its own until a
person says which it is (reason unsure-match). What differs becomes a slip, a recovery, a change of owner.
The same document again changes nothing, and an import that was interrupted may simply be repeated.

A workbook with a sheet for each week or month ("Status 2024-03", "Week ending 19 Jan 2018") holds its own history. Each sheet is a version of
the plan, brought in as at its day from the oldest, so that each slip has its day; the newest is in force. Of which day a sheet is, its name
says, or the words above its table; where neither does, it is asked and nothing is sent. So is a table with a column for each report
("Milestone | 31/01/2024 | 29/02/2024"): each column was told on the day of its heading.

    milepost import --dry-run -o json --plan-start 2017-04-01 --plan-end 2019-03-31 plan.txt

Exports of well-known tools are known by their headings; --list-profiles lists them, and --profile names one.
In other documents headers are found wherever they stand, and by many names. A mapping file says otherwise:

    header_row: 4                     # only where it cannot be found
    plan_start: 2017-04-01
    plan_end: 2019-03-31
    dated: 2017-02-24
    date_order: day                   # or month; only where no cell of the column proves it
    financial_year: 4                 # the month that it begins in
    weeks: iso                        # or sunday
    quarters: financial               # or calendar
    time_zone: Europe/Paris
    months_from: 2017-04              # the month that "month 1" is
    sheets:                           # of a workbook with a sheet for each week: the day of each
      Week 1: 2018-01-05
      Current: ignore
    columns:
      Gateway: delivery_date          # a heading of the document: a field, or ignore
      Comments: ignore

The plan keeps date_order, financial_year, weeks, quarters, time_zone and months_from, also those of the flags, so that they are said
once: later documents and returns are read by them. A column whose cells prove an order goes before that of the plan.

A column "Baseline Finish" moves no date and is no baseline. Its dates are proposed as baselines under an id of the document's, and wait until
somebody else approves them (milepost baseline list --plan gp-access --state pending); --no-propose leaves that out. Where a milestone has another baseline
already, a reason is needed: the command that proposes it is printed.

With --dry-run -o json: {"plan", "columns": [{"header", "as", "rows", "unread"}], "milestones": [...],
"candidates": [...], "funding_lines": [...], "other": [...]}. Candidates are sentences beside the tables that say when, in the shape of
milestones. The line of a milestone is that of the text, or the row of the
sheet, from 1. Review has the reasons why a person should look; doubts says each in a sentence; sources
has sheet, row, column and verbatim text of every value; targets is what its indicator is to come to by
when. Other has what is neither a milestone nor money, with its measure where it is a score, a count or a
trajectory; what is kept as a note has note, with its ref and the heading that it stands under. What the document does not say is "" or null.

Of a workbook that holds its own history there is an object for each version, from the oldest, with and without --dry-run.

With -o json alone: {"plan", "document", "digest", "sheets" (where it is one version of several), "as_at", "before", "rows", "new", "matched": {by: count},
"unsure", "in_doubt", "candidates", "noted", "unchanged", "events": {type: count}, "refused": [{"row", "field", "rule", "message"}],
"missing", "proposed": {"proposal", "from", "items", "sha256"} (where something was), "not_told": [{"ref", "title"}], "funds_not_told", "changed": [{"gone", "came", "asked"}], "notes", "notices" (where there are any), "position"}. Before is true where the very same document was read into the plan before.

EXIT STATUS

    0  the document was read; what is in doubt is in the review
    1  the file could not be read to its end, the output failed, or the server refused the plan or the caller
    2  wrong usage, or a document that cannot be read, of which nothing was read, or that names no day:
       nothing was sent
    3  some rows were refused, the others were kept
    4  the server does not answer: run the same command again`
}

// Run reads the document.
func (c *importCommand) Run(inv *invocation) (err error) {
	if c.ListProfiles {
		return inv.listProfiles()
	}
	if len(c.Files) == 0 {
		return &usageError{"name the document to import"}
	}
	if c.Plan != "" {
		if err := plan.CheckID(c.Plan); err != nil {
			return &usageError{"--plan: " + err.Error()}
		}
	}
	if len(c.Files) > 1 && (c.DryRun || c.Dated != "") {
		return &usageError{"several documents are brought in by their own dates: leave out --dry-run and --dated, or name one document"}
	}
	var all []*document
	defer func() {
		for _, d := range all {
			err = errors.Join(err, d.file.Close())
		}
	}()
	for _, name := range c.Files {
		d, err := c.open(inv, name)
		if err != nil {
			return err
		}
		all = append(all, d)
	}
	if c.DryRun {
		each, err := histories(inv, all)
		if err != nil {
			return err
		}
		if len(each) > 1 {
			return c.dryRunHistory(inv, each)
		}
		return c.dryRun(inv, each[0])
	}
	return c.load(inv, all)
}

// document is a file that is imported.
type document struct {
	*io.SectionReader
	file    io.Closer
	options documents.Options
	version *documents.Version // of a workbook that holds its own history; nil for any other
	newest  bool               // no version of the same workbook is newer
}

func (c *importCommand) open(inv *invocation, name string) (*document, error) {
	o, err := c.options(name)
	if err != nil {
		return nil, err
	}
	file, size, err := inv.open(name)
	if err != nil {
		return nil, err
	}
	at, ok := file.(io.ReaderAt)
	if !ok || size < 0 {
		return nil, errors.Join(&usageError{"import reads a document more than once: name a file, not standard input or a pipe"}, file.Close())
	}
	return &document{io.NewSectionReader(at, 0, size), file, o, nil, true}, nil
}

// dryRun prints what a document comes to.
func (c *importCommand) dryRun(inv *invocation, d *document) (err error) {
	run, err := newDryRun()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, run.close()) }()
	reading := inv.bar("reading", true)
	d.options.Progress = reading.set
	report, err := documents.Read(d, d.options, run)
	reading.finish()
	switch {
	case err != nil:
		return err
	case c.Output == "json":
		return run.writeJSON(inv.stdout, report, c.Plan, cmp.Or(c.Name, report.Plan.Title))
	}
	return run.writeTable(inv.stdout, inv.stderr, terminalWidth(inv.stdout), report)
}

// listProfiles prints the tools whose exports are known.
func (inv *invocation) listProfiles() error {
	out := tabwriter.NewWriter(inv.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(out, "PROFILE\tEXPORT OF")
	for _, p := range documents.Profiles() {
		fmt.Fprintf(out, "%s\t%s\n", p.Name, p.Title)
	}
	return out.Flush()
}

// options are what the flags and the mapping file say of the document.
func (c *importCommand) options(name string) (documents.Options, error) {
	o := documents.Options{Name: name, Sheet: c.Sheet}
	flags := documentFlags{PlanStart: c.PlanStart, PlanEnd: c.PlanEnd, Dated: c.Dated}
	settings, err := flags.settings()
	if err != nil {
		return o, err
	}
	o.Settings = settings
	said, err := c.said()
	if err != nil {
		return o, err
	}
	if err := said.Into(&o.Settings); err != nil {
		return o, &usageError{err.Error()}
	}
	if c.Profile != "" {
		p, ok := documents.ProfileNamed(c.Profile)
		if !ok {
			return o, &usageError{fmt.Sprintf("--profile: %q is none of those that --list-profiles names", c.Profile)}
		}
		o.Profile = p
	}
	if c.Map == "" {
		return o, nil
	}
	file, err := os.Open(c.Map)
	if err != nil {
		return o, &usageError{err.Error()}
	}
	o.Mapping, err = documents.ReadMapping(file)
	return o, errors.Join(err, file.Close())
}
