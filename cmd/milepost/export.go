package main

import (
	"errors"
	"fmt"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/export"
	"milepost.dev/internal/output"
)

type exportCommand struct {
	SQLite      string `name:"sqlite" required:"" placeholder:"FILE" help:"The file to write. It has the names of people in it."`
	Plan        string `required:"" placeholder:"ID" help:"The plan."`
	Force       bool   `help:"Replace a file that is there."`
	AsAt        day    `placeholder:"DAY" group:"time" help:"As the plan stood on this day (2017-03-31). Else today."`
	KnownAt     string `placeholder:"T|POSITION" group:"time" help:"As we knew it at a position, a time (RFC 3339), or the end of a day. Else now."`
	MinPosition uint64 `placeholder:"POSITION" group:"time" help:"Wait until the server has read this position: the one a push or submit printed."`
	serverFlags
}

// Help is shown by kong.
func (exportCommand) Help() string {
	return `Writes a plan to a SQLite file that any SQL tool opens: its milestones with their four dates and slip, how the
dates moved, owners, funding, and the audit trail. docs/export.md describes the tables. The file is written
whole or not at all, and all of it is as known at one position.

    milepost export --sqlite hub.db --plan hub --as-at 2026-06-30
    sqlite3 hub.db 'SELECT ref, forecast, slip_days FROM milestones ORDER BY slip_days DESC'

EXIT STATUS

    0  the file is there
    1  refused, or the file cannot be written
    2  wrong usage, or a file is there already
    4  the server cannot be reached`
}

// Run writes the file.
func (c *exportCommand) Run(inv *invocation) error {
	server, err := c.dial(inv, 0)
	if err != nil {
		return err
	}
	defer server.Close()
	result, err := export.Write(inv.ctx, server, c.SQLite, export.Options{
		Plan: c.Plan, Force: c.Force, Software: "milepost " + version(),
		ReadAt: &pb.ReadAt{AsAt: string(c.AsAt), KnownAt: c.KnownAt, MinPosition: c.MinPosition},
	})
	if exists, ok := errors.AsType[*export.Exists](err); ok {
		return &usageError{exists.Error()}
	}
	if err != nil {
		return err
	}
	inv.spokenFor(result.SpokenFor)
	_, err = fmt.Fprintf(inv.stdout, "file        %s\nplan        %s\nmilestones  %d\nevents      %d\n", c.SQLite, output.Printable(result.Plan), result.Milestones, result.Events)
	return err
}
