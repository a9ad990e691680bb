package main

import (
	"fmt"
	"time"

	"milepost.dev/internal/oracle"
	"milepost.dev/internal/output"
)

type checkCommand struct {
	serverFlags
	Output string `short:"o" enum:"table,json" default:"table" help:"table (words) or json."`
}

// Help is shown by kong.
func (checkCommand) Help() string {
	return `Reads the whole ledger from the server, proves it, folds it again here, and compares every answer with
what the server gives: status, slippage, every milestone and the audit trail of every plan, as known now
and as known half way back, for today and for other days.

    milepost check

EXIT STATUS

    0  every answer is the one that follows from the ledger
    1  some answer is another, or the ledger is damaged; or you are no auditor of every plan
    2  wrong usage
    4  the server does not answer`
}

// differing is a check that found differences.
type differing struct{ report *oracle.Report }

func (d *differing) Error() string {
	return fmt.Sprintf("%d of %d answers are not those that follow from the ledger", d.report.Different, d.report.Compared)
}

// Run checks.
func (c checkCommand) Run(inv *invocation) error {
	conn, err := c.dial(inv, 0)
	if err != nil {
		return err
	}
	defer conn.Close()
	report, err := oracle.NewServer(conn.Conn()).Check(inv.ctx, time.Now(), inv.commitProgress())
	if err != nil {
		return conn.Explain(err)
	}
	if c.Output == "json" {
		err = output.NewEncoder(inv.stdout).Encode(report)
	} else {
		for _, d := range report.Differences {
			fmt.Fprintln(inv.stdout, d)
		}
		if report.Different == 0 {
			fmt.Fprintf(inv.stdout, "All %d answers follow from the ledger.\n", report.Compared)
		}
		_, err = fmt.Fprintf(inv.stdout, "%srules      %d\n", inWords(report.Proof), report.Rules)
	}
	if err == nil && report.Different > 0 {
		err = &differing{report}
	}
	return err
}
