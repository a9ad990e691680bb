package backup

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/dirlock"
)

// Source is a ledger that a backup is taken of.
type Source interface {
	// Commits calls yield with the bytes of each commit after a number, in order, up to the last one that
	// there was when it was called. It stops at the first error of yield. The bytes belong to yield.
	Commits(ctx context.Context, after uint64, yield func(data []byte) error) error
	// Values calls yield with everything that is kept beside the ledger. It MUST give every name that a
	// commit holds which Commits yielded before, but for those that were forgotten.
	Values(ctx context.Context, yield func(Value) error) error
}

// Options of taking a backup.
type Options struct {
	Now time.Time // for the manifest
	// SegmentSize is how many bytes of commits make a file; 16 MiB where 0. What was gathered since the
	// last one was full is lost when a run is interrupted, and read again by the next.
	SegmentSize int64
	// Progress, where not nil, is told the number of each commit that was taken.
	Progress func(commit uint64)
}

const segmentSize = 16 << 20

// Result is what a backup holds after it was taken, and what was added to it.
type Result struct {
	Origin   string `json:"origin"`   // identity of the ledger, in hexadecimal
	Commits  uint64 `json:"commits"`  // the number of the last one
	Position uint64 `json:"position"` // of the last record
	Digest   string `json:"digest"`   // SHA-256 of the last commit, in hexadecimal
	Added    uint64 `json:"added"`    // how many records this run added
	Names    int    `json:"names"`    // how many values are kept beside the ledger, the request key among them
	Bytes    int64  `json:"bytes"`    // of commits, in all
}

// Parted is a ledger that does not go on from where the backup ends. Nothing was changed.
type Parted struct {
	Dir      string
	Position uint64 // the last one in the backup
	Ends     bool   // the ledger does not reach so far
}

func (e *Parted) Error() string {
	if e.Ends {
		return fmt.Sprintf("the backup in %s, up to position %d, goes on after the end of the ledger: the ledger has lost something, or it is another one. Keep this backup, and find out which", e.Dir, e.Position)
	}
	return fmt.Sprintf("the ledger is not the one that the backup in %s was taken of, up to position %d: it is another, or it was restored from an older backup. Keep this backup, and begin one in another directory", e.Dir, e.Position)
}

// Take brings a backup up to the end of a ledger. It makes the directory where there is none, proves what an
// earlier run has left, and adds what is missing. It may be interrupted at any instant, and run again.
//
// It answers *Damage for a backup that is not what was written, *NotABackup, *Parted, *dirlock.Held, or
// *eventstore.Damage where it is the ledger that is damaged.
func Take(ctx context.Context, dir string, from Source, o Options) (*Result, error) {
	if o.SegmentSize == 0 {
		o.SegmentSize = segmentSize
	}
	if err := makeDir(dir); err != nil {
		return nil, err
	}
	lock, err := dirlock.Take(dir)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	m, err := readManifest(dir)
	if errors.Is(err, errNoManifest) {
		// From now on files without a manifest are damage, and never a run that was interrupted.
		m = &Manifest{Format: Format, TakenAt: o.Now.UTC(), Segments: []Segment{}}
		err = saveManifest(dir, m)
	}
	if err != nil {
		return nil, err
	}
	if err := tidy(dir, m); err != nil {
		return nil, fmt.Errorf("clear away what an interrupted run left: %w", err)
	}
	proven, err := prove(ctx, dir, m, func(*eventstore.Commit) error { return nil })
	if err != nil {
		return nil, err
	}
	t := &taking{dir: dir, from: from, o: o, manifest: m, chain: proven.Chain, before: proven.beforeLast}
	defer t.drop()
	began := t.chain.Position
	if err := t.commits(ctx); err != nil {
		return nil, err
	}
	// Also where there was no new commit: names may have come, and others may have been forgotten.
	if err := t.save(ctx); err != nil {
		return nil, err
	}
	r := &Result{
		Origin: m.Origin, Commits: m.Commits, Position: m.Position, Digest: hex.EncodeToString(t.chain.Digest[:]),
		Added: m.Position - began, Names: m.Names.Values,
	}
	for _, s := range m.Segments {
		r.Bytes += s.Bytes
	}
	return r, nil
}

// taking is one run.
type taking struct {
	dir      string
	from     Source
	o        Options
	manifest *Manifest
	chain    *eventstore.Chain // after the last commit that was taken
	before   *eventstore.Chain // before the segment that is being gathered or, where none is, the last one
	open     *segmentWriter    // nil where no commit came since the last one was saved
	replaces bool              // open takes the place of the last segment, which was small
}

func (t *taking) drop() {
	if t.open != nil {
		t.open.part.drop()
	}
}

// commits takes what the ledger holds beyond the backup. It asks for the last commit once more: that it is
// the same is what shows that the ledger goes on from here.
func (t *taking) commits(ctx context.Context) error {
	last, met := t.chain.Commit, t.chain.Commit == 0
	err := t.from.Commits(ctx, max(last, 1)-1, func(data []byte) error {
		if !met {
			met = true
			commit, err := eventstore.Decode(last, data)
			if err != nil || !bytes.Equal(commit.Digest[:], t.chain.Digest[:]) {
				return &Parted{Dir: t.dir, Position: t.chain.Position}
			}
			return nil
		}
		return t.add(ctx, data)
	})
	if err == nil && !met {
		err = &Parted{Dir: t.dir, Position: t.chain.Position, Ends: true}
	}
	return err
}

func (t *taking) add(ctx context.Context, data []byte) error {
	if t.open == nil {
		if err := t.begin(); err != nil {
			return fmt.Errorf("write the backup: %w", err)
		}
	}
	commit, err := t.chain.Next(data)
	if err != nil {
		return err
	}
	if err := t.open.add(commit); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	if t.o.Progress != nil {
		t.o.Progress(commit.Number)
	}
	if t.open.segment.Bytes >= t.o.SegmentSize {
		return t.save(ctx)
	}
	return nil
}

// begin begins a segment. A small one that is the last is written anew with what comes, so that a backup that
// is taken every minute has few files.
func (t *taking) begin() (err error) {
	var last *Segment
	if n := len(t.manifest.Segments); n > 0 && t.manifest.Segments[n-1].Bytes < t.o.SegmentSize/2 {
		last = &t.manifest.Segments[n-1]
	}
	if t.replaces = last != nil; !t.replaces {
		t.before = t.chain.Clone()
	}
	t.open, err = newSegment(t.dir, t.chain, last)
	return err
}

// save makes what was gathered part of the backup: the segment, then the names, which are read only now, and
// then the manifest, which makes it so.
func (t *taking) save(ctx context.Context) error {
	m := t.manifest
	if t.open != nil {
		open := t.open
		if err := open.place(t.before); err != nil {
			return fmt.Errorf("write the backup: %w", err)
		}
		t.open = nil
		if t.replaces {
			m.Segments = m.Segments[:len(m.Segments)-1]
		}
		m.Segments = append(m.Segments, open.segment)
	}
	var values []Value
	if err := t.from.Values(ctx, func(v Value) error {
		values = append(values, v)
		return nil
	}); err != nil {
		return err
	}
	if _, err := proveNames(ctx, values); err != nil {
		return fmt.Errorf("what is kept beside the ledger cannot be backed up: %w", err)
	}
	names, err := writeNames(t.dir, values, m.Names)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	m.TakenAt, m.Names = t.o.Now.UTC(), names
	m.Origin, m.Commits, m.Position = hex.EncodeToString(t.chain.Origin), t.chain.Commit, t.chain.Position
	if err := saveManifest(t.dir, m); err != nil {
		return err
	}
	if err := tidy(t.dir, m); err != nil {
		return fmt.Errorf("clear away what the backup no longer names: %w", err)
	}
	return nil
}

func saveManifest(dir string, m *Manifest) error {
	text, err := m.encode()
	if err == nil {
		err = writeFile(dir, manifestFile, text)
	}
	if err != nil {
		return fmt.Errorf("write the backup's manifest: %w", err)
	}
	return nil
}
