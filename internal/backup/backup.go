package backup

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/dirlock"
)

const lockFile = dirlock.File

// Backup is a backup that was opened to be read. It belongs to one goroutine.
type Backup struct {
	dir  string
	lock io.Closer // nil where the file system takes no lock: nobody can write there then
}

// Open opens a backup, and answers *dirlock.Held where one is being taken into it. It leaves nothing in a
// directory that holds something else, for which it answers *NotABackup.
func Open(dir string) (*Backup, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w: there is no directory %s", errNoManifest, dir)
	case err != nil:
		return nil, fmt.Errorf("open the backup: %w", err)
	}
	var not *NotABackup
	if err := checkEntries(dir, entries); errors.As(err, &not) {
		return nil, not // before there is a lock in it
	}
	lock, err := dirlock.Take(dir)
	var held *dirlock.Held
	if errors.As(err, &held) {
		return nil, fmt.Errorf("the backup %w; wait for it to end", held)
	}
	if err != nil {
		lock = nil
	}
	return &Backup{dir: dir, lock: lock}, nil
}

// Close gives the backup back to others.
func (b *Backup) Close() error {
	if b.lock == nil {
		return nil
	}
	return b.lock.Close()
}

// Proven is a backup that was proved, as far as it is whole.
type Proven struct {
	Manifest *Manifest
	Chain    *eventstore.Chain // after the last commit that is whole
	Values   []Value           // what is kept beside the ledger; nil where that is damaged
	Parties  []string          // the party ids, raw, whose names are among it, each proved

	beforeLast *eventstore.Chain // before the last segment
}

// Prove reads every byte of the backup, checks it against the manifest and against every rule of the ledger,
// and calls apply with each commit. It answers *Damage with the first position that cannot be restored, and
// with it what is whole before.
func (b *Backup) Prove(ctx context.Context, apply func(*eventstore.Commit) error) (*Proven, error) {
	m, err := readManifest(b.dir)
	if errors.Is(err, errNoManifest) {
		if err := makeDir(b.dir); err != nil { // the manifest alone may be gone
			return nil, err
		}
		return nil, fmt.Errorf("%w: %s holds none", errNoManifest, b.dir)
	}
	if err != nil {
		return nil, err
	}
	return prove(ctx, b.dir, m, apply)
}

func prove(ctx context.Context, dir string, m *Manifest, apply func(*eventstore.Commit) error) (*Proven, error) {
	p := &Proven{Manifest: m, Chain: &eventstore.Chain{}, beforeLast: &eventstore.Chain{}}
	if m.Names != nil {
		var err error
		if p.Values, p.Parties, err = readNames(ctx, dir, m.Names); err != nil {
			return p, err
		}
	}
	for _, s := range m.Segments {
		p.beforeLast = p.Chain.Clone()
		if err := readSegment(dir, s, p.Chain, func(c *eventstore.Commit) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return apply(c)
		}); err != nil {
			return p, err
		}
	}
	if c := p.Chain; c.Commit != m.Commits || c.Position != m.Position || hex.EncodeToString(c.Origin) != m.Origin {
		return p, &Damage{Dir: dir, File: manifestFile, Position: min(c.Position, m.Position) + 1, Reason: fmt.Sprintf(
			"it says that the backup ends at position %d of ledger %s, and the commits end at position %d of ledger %x", m.Position, m.Origin, c.Position, c.Origin)}
	}
	return p, nil
}
