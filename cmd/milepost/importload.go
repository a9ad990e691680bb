package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/load/conventions"
	"milepost.dev/internal/output"
	"milepost.dev/internal/reading/documents"
)

// load brings documents into the plan, one after another.
func (c *importCommand) load(inv *invocation, all []*document) error {
	if c.Plan == "" {
		return &usageError{"--plan is missing: say which plan the document is brought into, or look at what it comes to with --dry-run"}
	}
	all, err := histories(inv, all)
	if err != nil {
		return err
	}
	if len(all) > 1 {
		if err := byDate(all); err != nil {
			return err
		}
	}
	l := load.Load{Plan: c.Plan, Name: c.Name, Complete: c.Complete, Again: c.Again, StrictRefs: c.StrictRefs, MustExist: !c.New && c.Name == ""}
	said, err := c.said()
	if err != nil {
		return err
	}
	l.Conventions = said
	if m := all[0].options.Mapping; m != nil {
		l.Conventions = said.Or(conventions.Said{DateOrder: m.DateOrder, FinancialYear: m.FinancialYear, Weeks: m.Weeks, Quarters: m.Quarters, TimeZone: m.TimeZone, MonthsFrom: m.MonthsFrom})
	}
	if c.Map != "" {
		text, err := os.ReadFile(c.Map)
		if err != nil {
			return &usageError{err.Error()}
		}
		l.Mapping = string(text)
	}
	server, err := c.dial(inv, c.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()
	run, err := newRun()
	if err != nil {
		return err
	}
	stream := server.PushRun(inv.ctx, client.Run{ID: run, OnBehalfOf: c.OnBehalfOf})
	defer stream.Close()
	l.Service, l.Stream = server, stream
	var refused error
	for _, d := range all {
		err := c.loadOne(inv, server, l, d, run)
		if _, some := errors.AsType[*partlyRefused](err); some {
			refused = err // the rows that were kept are kept, and the next document may mend them
		} else if err != nil {
			return err
		}
	}
	return refused
}

// histories are the documents, and in place of a workbook that holds its own history each version in it, from the oldest.
func histories(inv *invocation, all []*document) (each []*document, err error) {
	for _, d := range all {
		versions, err := documents.History(d, d.options)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.options.Name, err)
		}
		if versions == nil {
			each = append(each, d)
			continue
		}
		first, last := versions[0], versions[len(versions)-1]
		complain(inv.stderr, fmt.Sprintf("%s holds its own history: %d versions of the plan, from %s (sheet %q) to %s (sheet %q). Each is brought in as at its day, from the oldest. --sheet or --dated reads it as one document",
			d.options.Name, len(versions), first.Day, first.Sheets[0], last.Day, last.Sheets[0]))
		for i, v := range versions {
			each = append(each, &document{d.SectionReader, d.file, v.Options(d.options), &v, i == len(versions)-1})
		}
	}
	return each, nil
}

// byDate puts documents in the order of the days that they say they are of. Nothing is sent where one names none.
func byDate(all []*document) error {
	of := map[*document]civil.Date{}
	for _, d := range all {
		report, err := documents.Read(d, d.options, documents.Discard{})
		if err != nil {
			return fmt.Errorf("%s: %w", d.options.Name, err)
		}
		if of[d] = report.Plan.Dated; of[d] == 0 {
			return &usageError{fmt.Sprintf("%s does not say of which day it is: import it alone, and name the day with --dated", d.options.Name)}
		}
	}
	slices.SortStableFunc(all, func(a, b *document) int { return cmp.Compare(of[a], of[b]) })
	return nil
}

// loadOne brings one document into the plan.
func (c *importCommand) loadOne(inv *invocation, server *client.Client, l load.Load, d *document, run string) error {
	reading, sending := inv.bar("reading", true), inv.bar("sending", false)
	o := d.options
	o.Progress = reading.set
	l.Sent = func(done, rows int) {
		reading.finish()
		sending.set(int64(done), int64(rows))
	}
	result, err := l.Run(inv.ctx, d, o)
	reading.finish()
	sending.finish()
	if missing, ok := errors.AsType[*load.PlanMissing](err); ok {
		return &usageError{missing.Error() + ", and nothing was sent: check the id (milepost plans lists them), or register the plan with --name and what people call it, or with --new"}
	}
	if err != nil {
		return broken(err)
	}
	if len(result.Events) > 0 {
		result.ImportID = run
	}
	if d.newest { // what an older version of a workbook calls a baseline the newest calls so too, or it was replaced
		if err := c.proposeBaselines(inv, server, result); err != nil {
			return err
		}
	}
	if c.Output == "json" {
		err = output.NewEncoder(inv.stdout).Encode(result)
	} else {
		err = inv.imported(result)
		inv.undoes(result.ImportID, c.Plan)
	}
	if n := result.RefusedRows(); err == nil && n > 0 {
		err = &partlyRefused{fmt.Sprintf("%s: mend what is said above and import the document again", ofAll(n, result.Rows, "row", "kept"))}
	}
	return err
}

// mostNamed is how many of a list are named; JSON has all of them.
const mostNamed = 20

// changed says what the plan has and the document does not tell, and what came in its place.
func (inv *invocation) changed(r *load.Result) {
	for _, c := range r.Changed[:min(mostNamed, len(r.Changed))] {
		var gone []string
		for _, m := range c.Gone {
			gone = append(gone, fmt.Sprintf("%.80q (%s)", m.Title, m.Ref))
		}
		var came []string
		for _, title := range c.Came {
			came = append(came, fmt.Sprintf("%.80q", title))
		}
		ask := ""
		if c.Asked {
			ask = "; whether they are the same is put to a person"
		}
		complain(inv.stderr, fmt.Sprintf("at one place %s went and %s came%s", strings.Join(gone, ", "), strings.Join(came, ", "), ask))
	}
	if n := len(r.NotTold); n > 0 {
		var names []string
		for _, m := range r.NotTold[:min(mostNamed, n)] {
			names = append(names, fmt.Sprintf("%.80q (%s)", m.Title, m.Ref))
		}
		told := ""
		if len(r.Missing) == 0 {
			told = ". --complete says that the document names every milestone there is"
		}
		complain(inv.stderr, "not told of, and as they were: "+listOf(names, n)+told)
	}
	if n := len(r.FundsNotTold); n > 0 {
		complain(inv.stderr, "sums not told of, and as they were: "+listOf(r.FundsNotTold[:min(mostNamed, n)], n))
	}
}

// listOf is names with commas, and how many more there are.
func listOf(names []string, all int) string {
	text := strings.Join(names, ", ")
	if more := all - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more (-o json names all)", more)
	}
	return text
}

// imported prints what a document changed, and on standard error what was refused and what to do next.
func (inv *invocation) imported(r *load.Result) error {
	for _, refused := range r.Refused {
		place := fmt.Sprintf("row %d", refused.Row)
		if refused.Field != "" {
			place += ", " + refused.Field
		}
		complain(inv.stderr, fmt.Sprintf("%s: %s (%s)", place, refused.Message, refused.Rule))
	}
	for _, note := range r.Notes {
		complain(inv.stderr, note)
	}
	for _, notice := range r.Notices {
		complain(inv.stderr, notice)
	}
	inv.changed(r)
	if r.Before {
		complain(inv.stderr, "this very document was read into the plan before: nothing was sent. --again sends it all the same")
	}
	if r.InDoubt > 0 {
		complain(inv.stderr, fmt.Sprintf("rows that a person should look at: %d. `milepost review --plan %s` lists what is asked", r.InDoubt, r.Plan))
	}
	if r.Candidates > 0 {
		complain(inv.stderr, fmt.Sprintf("sentences that may be milestones, and are none until somebody accepts them: %d. `milepost candidates --plan %s` lists them", r.Candidates, r.Plan))
	}
	if r.Noted > 0 {
		complain(inv.stderr, fmt.Sprintf("risks, issues and lines about governance, which are no milestones: %d. `milepost notes --plan %s` lists what is kept", r.Noted, r.Plan))
	}
	out := tabwriter.NewWriter(inv.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "plan\t%s\ndocument\t%s\n", output.Printable(r.Plan), output.Printable(r.Document))
	if len(r.Sheets) > 0 {
		fmt.Fprintf(out, "sheets\t%s\n", output.Printable(strings.Join(r.Sheets, ", ")))
	}
	fmt.Fprintf(out, "as at\t%s\nmilestones\t%d\nnew\t%d\n", r.AsAt, r.Rows, r.New)
	for _, by := range slices.Sorted(maps.Keys(r.Matched)) {
		fmt.Fprintf(out, "matched by %s\t%d\n", by, r.Matched[by])
	}
	fmt.Fprintf(out, "unsure\t%d\nunchanged\t%d\nrefused\t%d\n", r.Unsure, r.Unchanged, r.RefusedRows())
	if n := len(r.NotTold) + len(r.FundsNotTold); n > 0 {
		fmt.Fprintf(out, "not told of\t%d\n", n)
	}
	if len(r.Missing) > 0 {
		fmt.Fprintf(out, "left out\t%d\n", len(r.Missing))
	}
	if r.Proposed != nil {
		fmt.Fprintf(out, "baselines proposed\t%d\n", r.Proposed.Items)
	}
	for _, event := range slices.Sorted(maps.Keys(r.Events)) {
		fmt.Fprintf(out, "%s\t%d\n", event, r.Events[event])
	}
	if r.Position != nil {
		fmt.Fprintf(out, "position\t%d\n", *r.Position)
	}
	return out.Flush()
}
