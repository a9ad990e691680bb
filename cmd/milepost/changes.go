package main

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

type changesCommand struct {
	Plan       string `required:"" placeholder:"ID" help:"The plan."`
	Since      day    `xor:"what" required:"" placeholder:"DAY" group:"time" help:"As the plan stood on this day, against as it stood on --as-at; both as known now."`
	ToldSince  string `xor:"what" required:"" placeholder:"T|POSITION" group:"time" help:"As known at a position, a time (RFC 3339) or the end of a day, against as known now; both as at --as-at."`
	Until      day    `placeholder:"DAY" group:"time" help:"The same as --as-at."`
	Milestone  string `placeholder:"REF" help:"Only this milestone, by reference or by its own id."`
	Workstream string `help:"Only the milestones that are or were in this workstream."`
	Owner      string `help:"Only those that are or were of this owner, in any case and spacing."`
	Kind       string `help:"Only changes of this kind: slipped, recovered, date lost, added ... (below)."`
	readFlags
}

// Help is shown by kong.
func (changesCommand) Help() string {
	return `What a board asks first. The first line says what is compared, the second counts it; with -o json, ndjson or
csv both go to standard error. There are two questions:

    milepost changes --plan gp-access --since 2017-03-31 --as-at 2017-06-30
    milepost changes --plan gp-access --told-since 2017-06-01

--since asks what happened to the plan: as it stood on that day against as it stood on --as-at, by everything that is
known now, a late report included. --told-since asks what we learned: as we knew it then against as we know it
now, both as at one day. With --known-at, "now" is that time.

One row a milestone that changed. NET is the difference of its slip in the two answers (slip_days of status), so it is
against the first forecast; MOVES is how many moves of the date lie in between. Slips come first, the largest
before the others, then dates that were lost (a date was promised, and none is now), then recoveries, then all else. A
date that moved and came back is shown, with a net of 0. From a day before the first forecast's own a date was given,
and nothing recovered: a later start that was told afterwards makes no slip smaller.

WHAT is one or more of: slipped, recovered, there and back, moved, date lost, date given, first forecast (slip is
against another one), start restated, read by setting, in doubt, disagreement, overdue, added, started, achieved,
reopened, on hold, resumed, cancelled, replaced, state, renamed, reference, workstream, owner, rating, funding. A row
without a reference is of the money of the plan itself and of its schemes.

JSON and CSV have: ref, milestone, title, workstream, owner, kinds, was, is (the last date or actual; of a date that was
withdrawn the day owed), net_days, moves, reason, actor, on_behalf_of, source (the
cell that the date was read from last, with its words), state_was, state, slip_days_was, slip_days, setting_days, first_forecast_was,
first_forecast, no_date_was, no_date, was_restated (was is a later
start that was told afterwards), owed_days, timing, late_days, title_was, ref_was, workstream_was, owner_was,
rating_was, rating, position, between and undone (moves, as in slippage: those that are new, and those that a late
report took the place of), said (what was said of its life, words, owner, rating and money), funding (line, scheme, state_was, state, amount_was, amount, currency). What is said of a
milestone holds at the end, but for what is called was.
` + readingHelp
}

// Run lists the changes.
func (c *changesCommand) Run(inv *invocation) error {
	if c.Until != "" && c.AsAt != "" && c.Until != c.AsAt {
		return &usageError{"--until and --as-at are the same flag: give one of them"}
	}
	at := c.readAt()
	at.AsAt = cmp.Or(at.AsAt, string(c.Until))
	server, err := c.dial(inv, 0)
	if err != nil {
		return err
	}
	defer server.Close()
	out := bufio.NewWriter(inv.stdout)
	answer := server.Changes(inv.ctx, &pb.ChangesRequest{
		Plan: c.Plan, ReadAt: at, PageSize: largePage, Since: string(c.Since), ToldSince: c.ToldSince,
		Milestone: c.Milestone, Workstream: c.Workstream, Owner: c.Owner, Kind: c.Kind,
	}, func(compared *pb.Comparison, counts *pb.ChangeCounts) {
		says := io.Writer(inv.stderr)
		if c.Output == output.Table {
			says = out
		}
		fmt.Fprintf(says, "%s\n%s\n", compared.GetSays(), countsShown(counts))
	})
	err = c.write(inv, out, answer)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	inv.spokenFor(answer.SpokenFor)
	return err
}

func (c *changesCommand) write(inv *invocation, out io.Writer, answer *client.Answer[*pb.NetChange]) error {
	return output.Write(out, c.Output, terminalWidth(inv.stdout), changeColumns, answer.Items)
}

// countsShown is how many changes there are, in a sentence. It names only what there is.
func countsShown(n *pb.ChangeCounts) string {
	if n.GetChanges() == 0 {
		return "Nothing changed."
	}
	var parts []string
	say := func(count int32, words, most string, days int32) {
		switch {
		case count > 0 && most != "" && days > 0:
			parts = append(parts, fmt.Sprintf("%d %s (%s %d days)", count, words, most, days))
		case count > 0:
			parts = append(parts, fmt.Sprintf("%d %s", count, words))
		}
	}
	say(n.GetSlipped(), "slipped", "the most", n.GetMostSlipDays())
	say(n.GetDatesLost(), "lost the date", "", 0)
	say(n.GetRecovered(), "recovered", "the most", n.GetMostRecoveredDays())
	say(n.GetThereAndBack(), "moved and came back", "", 0)
	say(n.GetDatesGiven(), "given a date", "", 0)
	say(n.GetStartRestated(), "with a restated start", "", 0)
	say(n.GetFirstForecast(), "against another first forecast", "", 0)
	say(n.GetOverdue(), "became overdue", "", 0)
	say(n.GetAchieved(), "achieved", fmt.Sprintf("%d late, the most", n.GetAchievedLate()), n.GetMostLateDays())
	say(n.GetReopened(), "reopened", "", 0)
	say(n.GetAdded(), "added", "", 0)
	say(n.GetCancelled(), "cancelled", "", 0)
	say(n.GetReplaced(), "replaced", "", 0)
	say(n.GetRenamed(), "renamed", "", 0)
	say(n.GetOwners(), "with another owner", "", 0)
	say(n.GetFunding(), "with other money", "", 0)
	if len(parts) == 0 {
		return fmt.Sprintf("%d changed.", n.GetChanges())
	}
	return fmt.Sprintf("%d changed: %s.", n.GetChanges(), strings.Join(parts, ", "))
}
