package main

import (
	"errors"
	"fmt"
	"log/slog"

	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/backup/datadir"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/observe/logs"
	"milepost.dev/internal/output"
)

type restoreCommand struct {
	Dir  string `arg:"" type:"existingdir" help:"The directory of the backup."`
	Data string `placeholder:"DIR" type:"path" help:"The data directory to make. It must not exist, or be empty."`
	natsFlags
	Replicas int `default:"3" placeholder:"N" group:"cluster" help:"With --nats: on how many servers each commit is stored (default 3)."`

	ExpectPosition uint64 `placeholder:"N" help:"The last position that anybody has a receipt for. A backup that ends before it is refused."`
	OldData        string `placeholder:"DIR" type:"existingdir" help:"The data directory that is to be replaced, where it can still be read: a backup that ends before it is refused. Nothing in it is changed."`
	AcceptLoss     bool   `help:"Restore although something that was committed is missing. The ledger goes on under another identity, and every answer says so."`
	Output         string `short:"o" enum:"table,json" default:"table" help:"table (words) or json."`
}

// Help is shown by kong.
func (restoreCommand) Help() string {
	return `Makes a data directory from a backup: the same records under the same positions, byte for byte. Start a
server on it, and everything goes on: a request that is sent again gets the receipt that it got first.

The backup is proved before anything is made, and the directory before it is put in its place; whatever goes
wrong, nothing is left behind. Stop the old server first, and never start it again: its ledger and the
restored one would both go on from the same position.

Nobody can tell from a backup whether anything was accepted after it was taken. Say what you know: the last
receipt that anybody has (--expect-position), the old data directory (--old-data), or both. A restore that
would lose what is known to have been committed is refused, unless you accept the loss.

Whoever the backup's ledger says is forgotten stays so. Somebody who was forgotten after it was taken is in it
still: forget them again.

    milepost restore /backups/milepost --data new-data-directory --old-data old-data-directory

With --nats the ledger is made on NATS servers instead, in an account without one, for nodes that share it (docs/cluster.md): --old-data
is then marked as moved, so that no server starts on it again. One that was interrupted is run again and goes on.

    milepost restore /backups/milepost --nats nats://n1:4222,nats://n2:4222,nats://n3:4222 --nats-monitor ... --old-data milepost-data

EXIT STATUS

    0  there is a data directory
    1  the backup is damaged, or the restore would lose something; nothing was made
    2  wrong usage, or --data is not empty`
}

// Run restores.
func (c restoreCommand) Run(inv *invocation) error {
	shared, err := c.options()
	if err != nil {
		return err
	}
	if (shared == nil) == (c.Data == "") {
		return &usageError{"say where the ledger is to be made: --data DIR, or --nats URL,..."}
	}
	r, err := datadir.Restore(inv.ctx, c.Dir, datadir.Options{
		Cluster: shared, Placing: cluster.Placing{Replicas: c.Replicas},
		Data: c.Data, Expect: c.ExpectPosition, OldData: c.OldData, AcceptLoss: c.AcceptLoss,
		Software: version(), Clock: clock.System(), Entropy: clock.Entropy(), Progress: inv.commitsDone("restored"),
		Log: logs.New(inv.stderr, logs.Options{Level: slog.LevelWarn, Text: terminalWidth(inv.stderr) > 0}),
	})
	var notEmpty *datadir.NotEmpty
	if errors.As(err, &notEmpty) {
		return &usageError{"--data: " + err.Error()}
	}
	if err != nil {
		return err
	}
	if c.Output == "json" {
		return output.NewEncoder(inv.stdout).Encode(r)
	}
	where := c.Data
	if shared != nil {
		where = "the NATS servers"
	}
	_, err = fmt.Fprintf(inv.stdout, `The ledger is restored in %s.
position   %d, in %d commits, and one that says that it was restored
beside it  %d values: names, and the request key
%sdigest     %s, before the restore
`, where, r.Position, r.Commits, r.Names, identity(r), r.Digest)
	return err
}

func identity(r *datadir.Result) string {
	if !r.Lost {
		return fmt.Sprintf("ledger     %s\n", r.Origin)
	}
	lost := "nobody knows how much is lost"
	if r.LastKnown > r.Position {
		lost = fmt.Sprintf("positions %d to %d are lost", r.Position+1, r.LastKnown)
	}
	return fmt.Sprintf("ledger     %s; it was %s\nlost       %s\n", r.Origin, r.PreviousOrigin, lost)
}
