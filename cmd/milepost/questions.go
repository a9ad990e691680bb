package main

import (
	"bufio"
	"context"

	"google.golang.org/grpc"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

// questions are the commands that ask, in the order in which the help lists them.
type questions struct {
	Plans    plansCommand    `cmd:"" group:"ask" help:"List the plans and what stands out in each; set, close or reopen one."`
	Status   statusCommand   `cmd:"" group:"ask" help:"List where each milestone of a plan stands."`
	Show     showCommand     `cmd:"" group:"ask" help:"Show everything known about one milestone."`
	Slippage slippageCommand `cmd:"" group:"ask" help:"List how due dates moved, who said so, and why."`
	Changes  changesCommand  `cmd:"" group:"ask" help:"Compare a plan on two days: what moved, by how much, and who said so."`
	Owners   ownersCommand   `cmd:"" group:"ask" help:"List who owns each milestone and since when; merge names of one party."`
	Funding  fundingCommand  `cmd:"" group:"ask" help:"List the funding lines of a plan, and how far each has got."`
	Audit    auditCommand    `cmd:"" group:"ask" help:"List every event of a plan: who said it, for whom and when."`
	Watch    watchCommand    `cmd:"" group:"ask" help:"Follow a plan as it changes."`
	Export   exportCommand   `cmd:"" group:"ask" help:"Export a plan to a SQLite file."`
}

// largePage asks for as much at once as the server gives: a page costs it about the same, however long.
const largePage = 10_000

// ask connects, prints the whole answer to a question, and says which knowledge it was given from.
func ask[Q client.Question, P client.Page, T any](
	inv *invocation, f readFlags, columns []output.Column[T],
	call func(pb.QueryServiceClient, context.Context, Q, ...grpc.CallOption) (P, error), items func(P) []T, question Q,
) error {
	server, err := f.dial(inv, 0)
	if err != nil {
		return err
	}
	defer server.Close()
	answer := client.List(inv.ctx, server, call, question, items)
	out := bufio.NewWriter(inv.stdout)
	err = output.Write(out, f.Output, terminalWidth(inv.stdout), columns, answer.Items)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	inv.spokenFor(answer.SpokenFor)
	return err
}

type statusCommand struct {
	Plan       string `required:"" placeholder:"ID" help:"The plan."`
	Workstream string `help:"Only the milestones of this workstream."`
	Owner      string `help:"Only those of this owner, in any case and spacing."`
	State      string `help:"Only those in this state: planned, started, achieved, on hold, cancelled or replaced."`
	DueWithin  ahead  `placeholder:"90d" help:"Look ahead: only those that are to come within so many days (90d) or weeks (12w) from the as-at day, by due date."`
	readFlags
}

// Help is shown by kong.
func (statusCommand) Help() string {
	return `In order of reference. State is ours, status the reporter's own words. A slip is in calendar days from
the original baseline, else the first forecast, to the last date or, where it was achieved, to the actual; above 0 is later. A date that
was withdrawn is still owed: the milestone is overdue when it has passed. NOTED says what else has to be
known of the figures.

    milepost status --plan gp-access --state planned --as-at 2017-06-01
    milepost status --plan gp-access --due-within 90d --owner 'Estates office'

The second looks ahead: what is to come from the as-at day on, in order of due date. What is overdue is not to come,
and what has no date is not known to be: ask without it for those.

JSON and CSV have: ref, milestone, title, workstream, owner, state, forecast, actual, slip_days, status,
overdue, revision, position, percent, forecast_text, last_as_at, review, rating (the worst, on the common
scale), ratings (scheme, value, common, as_at), started, met, state_as_at, not_reported, open_issues, series (whose
occurrence it is), next_steps, funding (how many lines stand where; nothing is added up), due (the last day promised), slip_against, slip_previous_days,
slip_original_days and slip_current_days (null without a baseline), setting_days (by another setting of the
plan, in no slip), undated, no_date_since, owed_days, start_restated, slip_restated_days, in_doubt,
disagreement, other_words, timing (on time, late, up to), dated_after_achieved, cancelled_on,
days_late_when_cancelled, cancelled_owing, replaced, first_forecast_text, noted (the same in words),
former_refs, original_baseline, current_baseline, baseline_number, days_before_baseline (by how many days it had
moved when it was first baselined), approved_by_proposer, cancellation_pending, exception_tier, exception_days,
exception_against, proposed_baseline, corrections (that hold for statements about it) and corrections_pending.
` + readingHelp
}

// Run lists the milestones.
func (c *statusCommand) Run(inv *invocation) error {
	return ask(inv, c.readFlags, statusColumns, pb.QueryServiceClient.ListStatus, (*pb.ListStatusResponse).GetMilestones, &pb.ListStatusRequest{
		Plan: c.Plan, ReadAt: c.readAt(), PageSize: largePage, Workstream: c.Workstream, Owner: c.Owner, State: c.State,
		DueWithinDays: int32(c.DueWithin),
	})
}

type slippageCommand struct {
	Plan      string `required:"" placeholder:"ID" help:"The plan."`
	Milestone string `placeholder:"REF" help:"Only this milestone, by reference or by its own id."`
	Words     bool   `help:"Also the changes of a milestone's own words."`
	Corrected bool   `help:"Also the statements of a date that were corrected: what they said, and what they are read as."`
	All       bool   `help:"Everything: also the first date, the same again, words that were not read."`
	readFlags
}

// Help is shown by kong.
func (slippageCommand) Help() string {
	return `Every slip and recovery, in order of the day that it was stated for, and each achievement that was not on
its day. From and to are the last day of the date as stated: "2017-03" is due on 2017-03-31. Days are calendar
days; above 0 is later. A late report takes its place among the others, and who told it is said to have made
the move.

Some rows stand beside the moves, and their days are in no total: DateOwed (no date was promised meanwhile),
FromInPlaceOfDay ("from September" in place of a promised day), StartRestated (a later date told afterwards
about a day before the first forecast's own), Disagrees (another speaker's day), ReadBySetting, with --corrected
StatementCorrected (what was said by mistake, and what it is read as), and BaselineApproved (from
the reference before it; OUT OF SIGHT is how many days of slip it took out of sight of the current baseline). ORIGINAL and
CURRENT are the days against the baselines in force on the row's day.

    milepost slippage --plan gp-access --milestone HUB-1 -o json

JSON and CSV have: ref, milestone, as_at, event, from, to, days, total_days, against, reason, actor,
on_behalf_of, recorded_at, position, text, as_recorded, counts (the days are in the total), marks (precision,
up to, on time, struck, beside, dated after achieved, in doubt), made_by (the position of the statement that
made the move), from_position, from_actor, was, is (words), original_days, current_days, out_of_sight_days. Days are null where there is no date before or
after.
` + readingHelp
}

// Run lists the moves.
func (c *slippageCommand) Run(inv *invocation) error {
	return ask(inv, c.readFlags, moveColumns, pb.QueryServiceClient.ListSlippage, (*pb.ListSlippageResponse).GetMoves, &pb.ListSlippageRequest{
		Plan: c.Plan, Milestone: c.Milestone, ReadAt: c.readAt(), All: c.All, Words: c.Words, Corrected: c.Corrected, PageSize: largePage,
	})
}

type fundingCommand struct {
	Plan      string `required:"" placeholder:"ID" help:"The plan."`
	Milestone string `placeholder:"REF" help:"Only the lines of this milestone, by reference or by its own id."`
	Scheme    string `help:"Only the lines of this scheme."`
	State     string `help:"Only those in this state: identified, bid, approved in principle, confirmed in part, confirmed, released, received, spent or withdrawn."`
	readFlags
}

// Help is shown by kong.
func (fundingCommand) Help() string {
	return `First the lines of the plan itself, then those of its schemes, then those of its milestones in order of
reference. The amount is what was stated where the line has got to. Nothing is added up: the same pound
can be said twice in a plan.

    milepost funding --plan gp-access --state confirmed --as-at 2017-06-01

JSON and CSV have: line, state, amount, of, currency, fund, as_at, position, ref, milestone, scheme, start,
end, first_start, first_end (the days it was for before it was reprofiled), basis, recurrence, amounts
(stage, amount), review.
` + readingHelp
}

// Run lists the lines.
func (c *fundingCommand) Run(inv *invocation) error {
	return ask(inv, c.readFlags, fundingColumns, pb.QueryServiceClient.ListFunding, (*pb.ListFundingResponse).GetLines, &pb.ListFundingRequest{
		Plan: c.Plan, Milestone: c.Milestone, Scheme: c.Scheme, State: c.State, ReadAt: c.readAt(), PageSize: largePage,
	})
}

type ownersCommand struct {
	List  ownersListCommand  `cmd:"" default:"withargs" help:"List who owns each milestone, and since when."`
	Merge ownersMergeCommand `cmd:"" help:"State that several names belong to one party."`
}

type ownersListCommand struct {
	Plan      string `required:"" placeholder:"ID" help:"The plan."`
	Milestone string `placeholder:"REF" help:"Only this milestone, by reference or by its own id."`
	Owner     string `help:"Only this owner, in any case and spacing."`
	All       bool   `help:"Also those who owned a milestone before."`
	readFlags
}

// Help is shown by kong.
func (ownersListCommand) Help() string {
	return `Who is accountable for each milestone, since when, and who said so; in order of reference. A milestone
that nobody was ever said to own is not listed: status lists it.

    milepost owners --plan gp-access --all --as-at 2017-06-01
    milepost owners merge "Estates office" "Estates Dept" "the estates team"

JSON and CSV have: owner, effective, actor, position, ref, milestone, title, until (the day from which the
next owner holds it), as_at, reason, recorded_at.
` + readingHelp
}

// Run lists the owners.
func (c *ownersListCommand) Run(inv *invocation) error {
	return ask(inv, c.readFlags, ownerColumns, pb.QueryServiceClient.ListOwners, (*pb.ListOwnersResponse).GetOwners, &pb.ListOwnersRequest{
		Plan: c.Plan, Milestone: c.Milestone, Owner: c.Owner, All: c.All, ReadAt: c.readAt(), PageSize: largePage,
	})
}

type auditCommand struct {
	Plan      string `required:"" placeholder:"ID" help:"The plan."`
	Milestone string `placeholder:"REF" help:"Only this milestone, by reference or by its own id."`
	readFlags
}

// Help is shown by kong.
func (auditCommand) Help() string {
	return `Every event in order of position: who said it, for whom, about which day, when it was accepted, by which
request, and what it changed. With --as-at only what was stated for that day or an earlier one.

    milepost audit --plan gp-access --milestone HUB-1 -o ndjson

What is of no plan, such as parties that were merged, stands under the plan '$ledger':

    milepost audit --plan '$ledger'

JSON and CSV have: position, event, ref, milestone, actor, on_behalf_of, request_id, source, as_at,
recorded_at, before, after, reason, days (of a slip or a recovery, as it was recorded), event_id, corrected (the position
of the correction that holds for it, or 0), read_as, corrected_by, corrected_reason. Before and after are objects, by name of what
changed. What was corrected is shown struck through, as ~~MilestoneSlipped~~, with what it is read as, who says so and why.
` + readingHelp
}

// Run lists the events.
func (c *auditCommand) Run(inv *invocation) error {
	return ask(inv, c.readFlags, auditColumns, pb.QueryServiceClient.ListAudit, (*pb.ListAuditResponse).GetEntries, &pb.ListAuditRequest{
		Plan: c.Plan, Milestone: c.Milestone, ReadAt: c.readAt(), PageSize: largePage,
	})
}
