package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load/returns"
	"milepost.dev/internal/output"
)

type pushCommand struct {
	File       string `arg:"" help:"The return, a CSV file; - for standard input."`
	Plan       string `required:"" placeholder:"ID" help:"The plan."`
	New        bool   `help:"Register the plan if there is none of this id."`
	Name       string `help:"What people call the plan. It is registered under this name if there is none of this id."`
	Dates      string `enum:"iso,any" default:"any" help:"iso refuses dates in words, but not a delivery date of TBC or TBD. With any the server reads what people write, and puts to a person what is in doubt."`
	Complete   bool   `help:"The return names every milestone there is: those that it lacks are stated as not reported. They are shown with the day that they were last heard of, and never cancelled."`
	StrictRefs bool   `help:"Refuse a row whose reference is new and looks like one that the plan has, such as HUB1 beside HUB-1. Else it is added, and a person is asked."`
	Output     string `short:"o" enum:"table,json" default:"table" help:"table or json."`
	conventionFlags
	speaking
	patience
	serverFlags
}

// Help is shown by kong.
func (pushCommand) Help() string {
	return `A return is CSV in UTF-8, UTF-16 or Windows-1252 with a row for each milestone, with commas, semicolons or tabs. The columns as_at and
ref are required. Title, workstream, owner, delivery_date, actual_date, status, percent, reason and source are
read where they are there, also under the headings that import knows ("Due date", "Lead officer"); every other
column is kept as an attribute of the milestone, and named on standard error. An empty cell says nothing. TBC
withdraws a date. A status of Complete, or 100 %, without an actual date is put to a person.

    milepost push --plan gp-access --name "GP access" --dates iso return-2017-06.csv

Delivery and actual dates are read as people write them: 2017-03-31, 2017-03, 2017-Q1 or 2017, and also Q2 17/18,
By31st march 2017 or Ongoing from June 2017. A date without a year is read near the day that the row is
about. Words in which no date is found, or several that differ, are kept and move nothing; milepost
status names what a person should look at. What a text is read as: milepost read date. With --dates iso
only the first four, and TBC as a delivery date, are taken.

A column has one order of day and month: a cell that can only be one, as 13/05/2017, decides for all of them. Else
the plan says which it is, else the day comes first and you are told. --date-order, --financial-year, --weeks, --quarters and
--time-zone are said once: the plan keeps them, and later returns and documents are read by them.

The same row again makes nothing, in whatever file or order it comes, so a push that was interrupted may
simply be repeated. A bad row is refused whole and the others are kept. A plan that there is not is registered only with
--new or --name, together with the first row that is accepted: a return that is refused whole registers nothing.

With -o json: {"plan", "rows", "unchanged", "events": {type: count}, "refused": [{"row", "column", "rule",
"message"}], "read_as": {column: heading}, "attributes": [heading], "encoding", "in_no_order", "in_no_order_example", "twice": [{"ref", "as_at", "row", "date", "before", "earlier"}], "notices": [{"code", "ref", "other", "message"}], "position", "import_id"}; of a complete return also "not_reported": [ref] and, where it is not known
which, "uncertain": why. A row is counted as a spreadsheet does: the header is row 1. Column is null
where it is no single one; position, for --min-position, is null where nothing was accepted.

EXIT STATUS

    0  every row was accepted, or said nothing new
    1  the server refused the plan or the caller, or failed
    2  wrong usage, or a file that is no return: nothing was sent
    3  some rows were refused, the others were kept
    4  the server does not answer: run the same command again`
}

// Run pushes the file.
func (c *pushCommand) Run(inv *invocation) error {
	if err := plan.CheckID(c.Plan); err != nil { // said once, and not for every row
		return &usageError{"--plan: " + err.Error()}
	}
	said, err := c.said()
	if err != nil {
		return err
	}
	file, size, err := inv.open(c.File)
	if err != nil {
		return err
	}
	defer file.Close()
	server, err := c.dial(inv, c.RetryFor)
	if err != nil {
		return err
	}
	defer server.Close()

	known, err := c.known(inv, server)
	if err != nil {
		return err
	}
	pushing := inv.bar("pushing", true)
	run, err := newRun()
	if err != nil {
		return err
	}
	stream := server.PushRun(inv.ctx, client.Run{ID: run, OnBehalfOf: c.OnBehalfOf})
	defer stream.Close()
	push := returns.Push{Service: stream, Plan: c.Plan, Name: c.Name, ISODates: c.Dates == "iso", StrictRefs: c.StrictRefs, MustExist: !c.New && c.Name == "", Conventions: said, Known: known}
	if c.Complete {
		push.Complete = &returns.Complete{Name: filepath.Base(c.File), Milestones: inv.milestones(server)}
	}
	result, err := push.Run(inv.ctx, &readOn{Reader: file, bar: pushing, total: size})
	pushing.finish()
	if missing, ok := errors.AsType[*returns.PlanMissing](err); ok {
		return &usageError{missing.Error() + ", and nothing was sent: check the id (milepost plans lists them), or register the plan with --name and what people call it, or with --new"}
	}
	if err != nil {
		return broken(err)
	}
	if len(result.Events) > 0 {
		result.ImportID = run
	}
	if c.Output == "json" {
		err = output.NewEncoder(inv.stdout).Encode(result)
	} else {
		err = inv.pushed(result)
		inv.undoes(result.ImportID, c.Plan)
	}
	if result.Uncertain != "" && err == nil {
		err = &partlyRefused{"it is not known which milestones the return left out, so nothing was stated of them: " + result.Uncertain}
	}
	if n := result.RefusedRows(); err == nil && n > 0 {
		err = &partlyRefused{fmt.Sprintf("%s: mend what is said above and push the file again", ofAll(n, result.Rows, "row", "kept"))}
	}
	return err
}

// known is the plan as it is; nil where there is none.
func (c *pushCommand) known(inv *invocation, server *client.Client) (*pb.Plan, error) {
	answer, err := server.Plan(inv.ctx, &pb.GetPlanRequest{Plan: c.Plan})
	if e, ok := errors.AsType[*client.Error](err); ok && e.Kind == client.Refused {
		return nil, nil // there is none, or the caller may write and not read
	}
	if err != nil {
		return nil, broken(err)
	}
	return answer.GetPlan(), nil
}

// ofAll says how many of all were refused, and what became of the others where there are any.
func ofAll(refused, all int, what, others string) string {
	switch {
	case all == 1:
		return "the only " + what + " was refused"
	case refused == all:
		return fmt.Sprintf("all %d %ss were refused", all, what)
	}
	return fmt.Sprintf("%d of %d %ss were refused and the others %s", refused, all, what, others)
}

// broken says what to do about a push that did not come to its end.
func broken(err error) error {
	if statusOf(err) == statusUnanswered {
		return fmt.Errorf("%w: run the same command again, nothing is made twice", err)
	}
	return err
}

// pushed prints what a return changed, and on standard error what was refused.
func (inv *invocation) pushed(r *returns.Result) error {
	for _, refused := range r.Refused {
		place := fmt.Sprintf("row %d", refused.Row)
		if refused.Column != nil {
			place += ", " + *refused.Column
		}
		fmt.Fprintln(inv.stderr, output.Printable(fmt.Sprintf("%s: %s (%s)", place, refused.Message, refused.Rule)))
	}
	for _, t := range r.Twice {
		complain(inv.stderr, fmt.Sprintf("%s has two dates for %s: %s in row %d and %s in row %d. Both were sent, in this order", t.Ref, t.AsAt, t.Earlier, t.Before, t.Date, t.Row))
	}
	for _, n := range r.Notices {
		complain(inv.stderr, n.Message)
	}
	if r.InNoOrder > 0 {
		complain(inv.stderr, fmt.Sprintf("nothing in the return says whether day or month comes first in dates such as %s (rows that have one: %d); they were read day first. Say once for the plan which it is: milepost plans set %s --date-order day or month, or --date-order with push", r.Example, r.InNoOrder, r.Plan))
	}
	if r.Encoding != "" {
		complain(inv.stderr, "the file is not UTF-8; it was read as "+r.Encoding)
	}
	for _, column := range slices.Sorted(maps.Keys(r.ReadAs)) {
		complain(inv.stderr, fmt.Sprintf("the column %q was read as %s", r.ReadAs[column], column))
	}
	if len(r.Attributes) > 0 {
		complain(inv.stderr, "kept as attributes, and not read as dates or owners: "+strings.Join(r.Attributes, ", "))
	}
	if n := r.Events["DeliveryDateUnread"]; n > 0 {
		complain(inv.stderr, fmt.Sprintf("delivery dates that are in doubt: %d. Their words are kept and move nothing; milepost status says why, and --dates iso refuses them", n))
	}
	out := tabwriter.NewWriter(inv.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(out, "plan\t%s\nrows\t%d\nunchanged\t%d\nrefused\t%d\n", r.Plan, r.Rows, r.Unchanged, r.RefusedRows())
	for _, event := range slices.Sorted(maps.Keys(r.Events)) {
		fmt.Fprintf(out, "%s\t%d\n", event, r.Events[event])
	}
	for _, ref := range r.NotReported {
		complain(inv.stderr, "not reported: "+ref)
	}
	if r.Position != nil {
		fmt.Fprintf(out, "position\t%d\n", *r.Position)
	}
	return out.Flush()
}

// milestones lists a plan's milestones, but for those that were cancelled or replaced.
func (inv *invocation) milestones(server *client.Client) func(context.Context, string, string, uint64) ([]returns.Milestone, error) {
	return func(ctx context.Context, plan, asAt string, minPosition uint64) (all []returns.Milestone, err error) {
		answer := server.Status(ctx, &pb.ListStatusRequest{
			Plan: plan, ReadAt: &pb.ReadAt{AsAt: asAt, MinPosition: minPosition}, PageSize: largePage,
		})
		for m, err := range answer.Items {
			if err != nil {
				return nil, err
			}
			if m.GetState() != "cancelled" && m.GetState() != "replaced" {
				all = append(all, returns.Milestone{Ref: m.GetRef(), Former: m.GetFormerRefs()})
			}
		}
		return all, nil
	}
}

// open opens an input, and says how long it is; -1 where that is not known.
func (inv *invocation) open(name string) (io.ReadCloser, int64, error) {
	if name == "-" {
		return io.NopCloser(inv.stdin), -1, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, &usageError{err.Error()}
	}
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, 0, errors.Join(&usageError{err.Error()}, file.Close())
	case info.IsDir():
		return nil, 0, errors.Join(&usageError{fmt.Sprintf("%s is a directory: name a file", name)}, file.Close())
	case !info.Mode().IsRegular():
		return file, -1, nil
	}
	return file, info.Size(), nil
}

var _ returns.Service = (*client.Pushing)(nil)
