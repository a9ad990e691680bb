package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"milepost.dev/internal/backup"
	"milepost.dev/internal/backup/datadir"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/observe/logs"
	"milepost.dev/internal/output"
)

type backupCommand struct {
	serverFlags
	Dir     string `arg:"" type:"path" help:"The directory of the backup; made where there is none, and brought up to date where there is one."`
	Data    string `placeholder:"DIR" type:"existingdir" xor:"of" help:"Take it from the data directory of a server that is down, in place of a running server."`
	Store   string `placeholder:"DIR" type:"existingdir" xor:"of" help:"Take it from what one NATS server of a cluster keeps, in its store directory (store_dir), while that server is down. Nothing in it is changed."`
	Account string `default:"$$G" placeholder:"NAME" help:"With --store: the NATS account of the ledger (default $$G, that of a server without accounts)."`
	Output  string `short:"o" enum:"table,json" default:"table" help:"table (words) or json."`
}

// Help is shown by kong.
func (backupCommand) Help() string {
	return `Copies the ledger of a running server, and what is kept beside it, into a directory. Run it again and it
goes on where it was; whatever interrupts it, what the backup held before stays whole. Each run proves what
is there already, byte by byte, before it adds to it. You have to be an operator for every plan: a token for
one is made with milepost token add night-backup --role '*=operator'.

The directory is SECRET. It holds the names of people, also of those who are forgotten after it was taken
until the next run, and the key by which requests are told apart. Its files are for their owner alone; keep
copies of it as carefully, and encrypt those that leave the machine.

    milepost backup /backups/milepost
    milepost verify --backup /backups/milepost
    milepost restore /backups/milepost --data new-data-directory

Where the NATS servers of a cluster have different histories and no node starts, take it from the server whose history is to go
on, and restore it into empty servers (docs/runbook.md, forked):

    milepost verify --store /var/lib/nats --account MILEPOST
    milepost backup chosen --store /var/lib/nats --account MILEPOST

EXIT STATUS

    0  the backup reaches the end of the ledger
    1  it or the ledger is damaged, or the one is not of the other; or you are no operator. Standard error
       says what, and the backup is as it was
    2  wrong usage
    4  the server does not answer; run it again`
}

// Run takes a backup.
func (c backupCommand) Run(inv *invocation) (err error) {
	options := backup.Options{Now: clock.System().Now(), Progress: inv.commitsDone("backed up")}
	var r *backup.Result
	switch {
	case c.Data != "":
		r, err = c.ofDirectory(inv, options)
	case c.Store != "":
		r, err = backup.Take(inv.ctx, c.Dir, datadir.OpenMember(c.Store, c.Account, nil), options)
	default:
		r, err = c.ofServer(inv, options)
	}
	var notABackup *backup.NotABackup
	if errors.As(err, &notABackup) {
		return &usageError{err.Error() + ": name a directory that does not exist, or the one of an earlier backup"}
	}
	if err != nil {
		return err
	}
	if c.Output == "json" {
		return output.NewEncoder(inv.stdout).Encode(r)
	}
	_, err = fmt.Fprintf(inv.stdout, `The backup reaches the end of the ledger.
position   %d, %d of them new, in %d commits
beside it  %d values: names, and the request key
ledger     %s
digest     %s
`, r.Position, r.Added, r.Commits, r.Names, r.Origin, r.Digest)
	return err
}

func (c backupCommand) ofServer(inv *invocation, o backup.Options) (*backup.Result, error) {
	conn, err := c.dial(inv, 0)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	r, err := backup.Take(inv.ctx, c.Dir, backup.NewServer(conn.Conn()), o)
	if err != nil {
		return nil, conn.Explain(err)
	}
	return r, nil
}

func (c backupCommand) ofDirectory(inv *invocation, o backup.Options) (_ *backup.Result, err error) {
	log := logs.New(inv.stderr, logs.Options{Level: slog.LevelWarn, Text: terminalWidth(inv.stderr) > 0})
	source, err := datadir.Open(inv.ctx, c.Data, log)
	if err != nil {
		return nil, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(inv.ctx), 30*time.Second)
		defer cancel()
		err = errors.Join(err, source.Close(ctx))
	}()
	return backup.Take(inv.ctx, c.Dir, source, o)
}
