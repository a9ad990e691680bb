// Package datadir works on the data directory of a server that is not running: it takes a backup of one, and
// makes one from a backup.
package datadir

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/clock"
)

// Options of restoring.
type Options struct {
	// Data is the directory to make. Nothing in it is ever overwritten.
	Data string
	// Cluster says on which NATS servers the ledger is to be made instead, in streams that Placing says where to keep; nil where in
	// Data. Whatever begins to be made there is gone on with when the restore is run again.
	Cluster *cluster.Options
	Placing cluster.Placing
	// Expect is the last position that somebody is known to have a receipt for; 0 where nobody says.
	Expect uint64
	// OldData is the data directory that is to be replaced, where it can still be read; empty where not. It
	// is read as far as it is whole, and not changed.
	OldData string
	// AcceptLoss restores although something that was committed is missing, under another identity.
	AcceptLoss bool

	Software string // the version, which the restore records
	Clock    clock.Clock
	Entropy  io.Reader // for the identity that a loss asks for
	Log      *slog.Logger
	// Progress, where not nil, is told the number of each commit that was restored.
	Progress func(commit uint64)
}

// Result is a ledger that was restored.
type Result struct {
	Position       uint64 `json:"position"`        // of the last record that was restored; the next gets the number after it
	Commits        uint64 `json:"commits"`         // how many were restored; the restore itself is one more
	Names          int    `json:"names"`           // how many values are kept beside it
	Digest         string `json:"digest"`          // SHA-256 of the last commit that was restored, in hexadecimal
	Origin         string `json:"origin"`          // identity of the ledger from now on, in hexadecimal
	PreviousOrigin string `json:"previous_origin"` // identity before: the same where nothing is known to be lost
	LastKnown      uint64 `json:"last_known"`      // the last position that is known to have been committed
	Lost           bool   `json:"lost"`            // something is known to be missing
}

// NotEmpty is a directory that holds something already. Nothing in it was touched.
type NotEmpty = embedded.NotEmpty

// Loss is a restore that would lose what is known to have been committed. Nothing was made.
type Loss struct {
	Position  uint64 // where the backup ends
	LastKnown uint64 // the last position that is known; not above Position where only requests that changed nothing are lost
	Why       string // how it is known
}

func (e *Loss) Error() string {
	const what = "Bring the backup up to date (from the old data directory: milepost backup DIR --data OLD), or accept the loss with --accept-loss"
	if e.LastKnown <= e.Position {
		return fmt.Sprintf("the backup ends at position %d, and requests that changed nothing were accepted after it (%s): that they were made would be lost. %s",
			e.Position, e.Why, what)
	}
	return fmt.Sprintf("the backup ends at position %d, and position %d is known to have been committed (%s): restoring it would lose what is between. %s",
		e.Position, e.LastKnown, e.Why, what)
}

// Restore makes a data directory from a backup: the same commits, byte for byte and under the same numbers,
// and one more, with which the ledger says that it was restored. Positions, request ids and receipts go on.
// The backup is proved before anything is made, and the directory before it is put in its place.
//
// It answers *backup.Damage, *Loss, *embedded.NotEmpty, *embedded.Locked, and leaves nothing behind then.
func Restore(ctx context.Context, dir string, o Options) (*Result, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	b, err := backup.Open(dir)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	old, unlock, err := readOld(o.OldData)
	if err != nil {
		return nil, err
	}
	defer unlock()
	var told forgetting
	largest := 0
	proven, err := b.Prove(ctx, func(c *eventstore.Commit) error {
		told.hear(c)
		largest = max(largest, len(c.Bytes))
		return old.compare(c)
	})
	known := known{position: o.Expect, why: "that position was named as the last one expected"}
	var damage *backup.Damage
	if errors.As(err, &damage) && o.AcceptLoss && proven != nil && proven.Values != nil && proven.Chain.Commit > 0 {
		o.Log.Warn("the backup is damaged, and is restored as far as it is whole", "reason", err)
		known.atLeast(proven.Manifest.Position, "the backup's manifest says so")
		err = nil
	}
	if err == nil {
		err = old.parted()
	}
	if err != nil {
		return nil, err
	}
	if proven.Chain.Commit == 0 {
		return nil, fmt.Errorf("the backup in %s holds nothing yet: the run that began it was interrupted. Run milepost backup again", dir)
	}
	known.atLeast(old.chain.Position, "it is in the old data directory")
	silent := old.acceptedAfter(proven.Chain.Commit)
	if silent && known.position <= proven.Chain.Position {
		known.why = "they are in the old data directory"
	}
	if (known.position > proven.Chain.Position || silent) && !o.AcceptLoss {
		return nil, &Loss{Position: proven.Chain.Position, LastKnown: known.position, Why: known.why}
	}
	proven.Values = told.without(proven.Values)
	r := &restoring{backup: b, proven: proven, o: o, largest: largest}
	if r.opening, err = o.opening(proven.Chain, max(known.position, proven.Chain.Position)); err != nil {
		return nil, err
	}
	if err := r.make(ctx); err != nil {
		return nil, err
	}
	return &Result{
		Position: proven.Chain.Position, Commits: proven.Chain.Commit, Names: len(proven.Values),
		Digest: hex.EncodeToString(proven.Chain.Digest[:]),
		Origin: hex.EncodeToString(r.opening.Origin), PreviousOrigin: hex.EncodeToString(proven.Chain.Origin),
		LastKnown: r.opening.RestoredFrom.LastPosition, Lost: o.AcceptLoss,
	}, nil
}

// known is the last position that is known to have been committed, and how.
type known struct {
	position uint64
	why      string
}

func (k *known) atLeast(position uint64, why string) {
	if position > k.position {
		k.position, k.why = position, why
	}
}

// opening is the commit with which the ledger says that it was restored.
func (o Options) opening(chain *eventstore.Chain, last uint64) (*ledgerv1.Opening, error) {
	opening := &ledgerv1.Opening{
		Origin: chain.Origin, OpenedAt: max(o.Clock.Now().UnixMicro(), chain.RecordedAt), Software: o.Software,
		RestoredFrom: &ledgerv1.RestoredFrom{Origin: chain.Origin, LastPosition: last},
	}
	if !o.AcceptLoss {
		return opening, nil
	}
	opening.Origin = make([]byte, len(chain.Origin))
	if _, err := io.ReadFull(o.Entropy, opening.Origin); err != nil {
		return nil, fmt.Errorf("make the identity of the restored ledger: %w", err)
	}
	return opening, nil
}

// restoring is one restore.
type restoring struct {
	backup  *backup.Backup
	proven  *backup.Proven
	o       Options
	opening *ledgerv1.Opening
	largest int               // bytes of the largest commit
	written *eventstore.Chain // after the opening, as the server that wrote it reads it
}

// make makes the ledger where it is asked for.
func (r *restoring) make(ctx context.Context) error {
	if r.o.Cluster == nil {
		return embedded.Build(ctx, r.o.Data, embedded.Options{Logger: r.o.Log}, func(ctx context.Context, s *embedded.Server) error {
			return r.fill(ctx, s.Log(), s.Kept())
		}, r.prove)
	}
	return r.onCluster(ctx)
}

// fill writes what was proved: the names first, as a server does. What a restore that was interrupted has written stays.
func (r *restoring) fill(ctx context.Context, log eventstore.Log, kept eventstore.Kept) error {
	if limit := log.Limit(); r.largest > limit {
		return fmt.Errorf("the largest commit of the backup has %d bytes, and these servers store at most %d: set their max_payload higher", r.largest, limit)
	}
	there, err := digestsIn(ctx, log)
	if err != nil {
		return err
	}
	for _, v := range r.proven.Values {
		if err := kept.Put(ctx, v.Key, v.Value); err != nil {
			return err
		}
	}
	last, ignore := r.proven.Chain, func(*eventstore.Commit) error { return nil }
	if n := last.Commit; uint64(len(there)) == n+1 && there[n-1] == last.Digest { // only what comes after it was interrupted
		return r.compare(ctx, kept)
	}
	_, err = r.backup.Prove(ctx, func(c *eventstore.Commit) error {
		if c.Number > last.Commit {
			return fmt.Errorf("the backup was changed while it was read")
		}
		if n := uint64(len(there)); c.Number <= n {
			if there[c.Number-1] != c.Digest {
				return fmt.Errorf("there is another ledger in these streams: it has another commit %d. Nothing is ever overwritten", c.Number)
			}
			return nil
		}
		if err := appendOne(ctx, log, c); err != nil {
			return fmt.Errorf("restore commit %d: %w", c.Number, err)
		}
		if r.o.Progress != nil {
			r.o.Progress(c.Number)
		}
		return nil
	})
	var damage *backup.Damage
	if err != nil && !(errors.As(err, &damage) && r.o.AcceptLoss) {
		return err
	}
	chain := &eventstore.Chain{}
	if err := eventstore.Replay(ctx, log, chain, ignore); err != nil {
		return err
	}
	if chain.Digest != last.Digest {
		return fmt.Errorf("what was restored up to commit %d is not what the backup holds up to commit %d", chain.Commit, last.Commit)
	}
	if _, err := eventstore.TakeOver(ctx, log, chain, r.opening, ignore); err != nil {
		return fmt.Errorf("say that the ledger was restored: %w", err)
	}
	r.written = chain
	return r.compare(ctx, kept)
}

// compare reads back what is kept beside the ledger.
func (r *restoring) compare(ctx context.Context, kept eventstore.Kept) error {
	want := map[string][]byte{}
	for _, v := range r.proven.Values {
		want[v.Key] = v.Value
	}
	err := kept.All(ctx, func(key string, value []byte) error {
		if !bytes.Equal(want[key], value) {
			return fmt.Errorf("what is kept under %q is not what the backup holds", key)
		}
		delete(want, key)
		return nil
	})
	if err == nil && len(want) > 0 {
		err = fmt.Errorf("%d values of the backup are not kept beside the restored ledger", len(want))
	}
	return err
}

// prove is given the chain of the files as they lie on the disk.
func (r *restoring) prove(chain *eventstore.Chain) error {
	if want := r.written; chain.Digest != want.Digest || chain.Commit != want.Commit {
		return fmt.Errorf("the files of the restored ledger end at commit %d and position %d, and not with what was written up to commit %d and position %d",
			chain.Commit, chain.Position, want.Commit, want.Position)
	}
	return nil
}

// oldData is what a data directory that is to be replaced still holds.
type oldData struct {
	dir     string
	chain   *eventstore.Chain
	digests []eventstore.Digest // of its commits, in order
	last    uint64              // the number of the last commit in which a request was accepted
	differs uint64              // the first position at which the backup holds another commit; 0 where none does
}

// readOld reads an old data directory as far as it is whole. It makes sure that no server is running on it:
// two ledgers would go by one name.
func readOld(dir string) (old *oldData, unlock func(), err error) {
	old = &oldData{dir: dir, chain: &eventstore.Chain{}}
	if dir == "" {
		return old, func() {}, nil
	}
	if _, err := os.Stat(dir); err != nil {
		return nil, nil, fmt.Errorf("read the old data directory: %w", err)
	}
	unlock = func() {}
	held, err := embedded.Lock(dir)
	var locked *embedded.Locked
	switch {
	case errors.As(err, &locked):
		return nil, nil, fmt.Errorf("a server is still running on the old data directory, and whatever it accepts now would be lost: %w", err)
	case err == nil:
		unlock = func() { held.Close() }
	}
	var damage *eventstore.Damage
	old.chain, _, err = embedded.Verify(dir, func(c *eventstore.Commit) error {
		old.digests = append(old.digests, c.Digest)
		if len(c.Entries) > 0 {
			old.last = c.Number
		}
		return nil
	})
	if err != nil && !errors.As(err, &damage) {
		unlock()
		return nil, nil, fmt.Errorf("read the old data directory: %w", err)
	}
	return old, unlock, nil
}

// compare notes where the backup holds another commit than the old data directory.
func (o *oldData) compare(c *eventstore.Commit) error {
	if n := uint64(len(o.digests)); c.Number <= n && o.differs == 0 && o.digests[c.Number-1] != c.Digest {
		o.differs = max(c.First, 1)
	}
	return nil
}

// acceptedAfter says whether requests were accepted after a commit. Take-overs alone are nothing to lose.
func (o *oldData) acceptedAfter(commit uint64) bool { return o.last > commit }

func (o *oldData) parted() error {
	if o.differs == 0 {
		return nil
	}
	return fmt.Errorf("the backup is not one of the ledger in %s: they differ from position %d on. Leave --old-data out, or name the right directory", o.dir, o.differs)
}
