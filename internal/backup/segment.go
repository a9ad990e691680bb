package backup

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"milepost.dev/eventstore"
)

// A segment holds the bytes of commits, each after its length as protobuf writes lengths, so that any reader
// of length-delimited messages reads it.

// largestCommit is more than a commit can have: the server bounds it to 4 MiB.
const largestCommit = 32 << 20

// segmentWriter gathers commits into a file that is not whole yet.
type segmentWriter struct {
	part    *part
	buf     *bufio.Writer
	segment Segment
}

// newSegment begins a segment after a chain or, where last is not nil, one that takes the place of last and
// holds all of it.
func newSegment(dir string, chain *eventstore.Chain, last *Segment) (*segmentWriter, error) {
	first := chain.Commit + 1
	if last != nil {
		first = last.FirstCommit
	}
	p, err := newPart(dir, fmt.Sprintf("%s%d", segmentPrefix, first))
	if err != nil {
		return nil, err
	}
	w := &segmentWriter{part: p, buf: bufio.NewWriterSize(p, 1<<20)}
	w.segment = Segment{FirstCommit: first, FirstPosition: chain.Position + 1}
	if last == nil {
		return w, nil
	}
	w.segment = *last
	err = copyFile(w.buf, filepath.Join(dir, last.File))
	if err != nil {
		w.part.drop()
		return nil, err
	}
	return w, nil
}

func copyFile(to io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(to, f)
	return err
}

// add takes a commit that a chain has just accepted.
func (w *segmentWriter) add(c *eventstore.Commit) error {
	var length [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(length[:], uint64(len(c.Bytes)))
	if _, err := w.buf.Write(length[:n]); err != nil {
		return err
	}
	if _, err := w.buf.Write(c.Bytes); err != nil {
		return err
	}
	s := &w.segment
	s.LastCommit, s.LastPosition, s.Digest = c.Number, c.Last, hex.EncodeToString(c.Digest[:])
	s.Bytes += int64(n + len(c.Bytes))
	return nil
}

// place makes the segment a file of its own, and reads back that its commits are there.
func (w *segmentWriter) place(before *eventstore.Chain) error {
	if err := w.buf.Flush(); err != nil {
		return err
	}
	s := &w.segment
	s.File = fmt.Sprintf("%s%d-%d", segmentPrefix, s.FirstCommit, s.LastCommit)
	if err := w.part.place(s.File); err != nil {
		return err
	}
	return readSegment(w.part.dir, *s, before.Clone(), func(*eventstore.Commit) error { return nil })
}

// readSegment proves the commits of a segment against the chain that stands before it, and moves the chain
// past them. It answers *Damage with the first position that is wrong.
func readSegment(dir string, s Segment, chain *eventstore.Chain, yield func(*eventstore.Commit) error) error {
	damaged := func(position uint64, format string, args ...any) error {
		return &Damage{Dir: dir, File: s.File, Position: position, Reason: fmt.Sprintf(format, args...)}
	}
	f, err := os.Open(filepath.Join(dir, s.File))
	if errors.Is(err, os.ErrNotExist) {
		return damaged(chain.Position+1, "the file is gone")
	}
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read the backup: %w", err)
	}
	began := chain.Position + 1
	r := bufio.NewReaderSize(f, 1<<20)
	for chain.Commit < s.LastCommit {
		data, err := readCommit(r)
		if errors.Is(err, errCut) {
			return damaged(chain.Position+1, "commit %d is cut off", chain.Commit+1)
		}
		if err != nil {
			return fmt.Errorf("read the backup: %w", err)
		}
		commit, err := chain.Next(data)
		var damage *eventstore.Damage
		if errors.As(err, &damage) {
			// The file before is vouched for by its digest in the manifest.
			return damaged(max(damage.Position, began), "commit %d: %s", damage.Commit, damage.Reason)
		}
		if err != nil {
			return err
		}
		if err := yield(commit); err != nil {
			return err
		}
	}
	switch {
	case hex.EncodeToString(chain.Digest[:]) != s.Digest:
		return damaged(chain.First, "commit %d is not the one that was written there", chain.Commit)
	case chain.Position != s.LastPosition:
		return damaged(min(chain.Position, s.LastPosition)+1, "it ends at position %d, and should at %d", chain.Position, s.LastPosition)
	case info.Size() != s.Bytes:
		return damaged(chain.Position+1, "it has %d bytes, and should have %d", info.Size(), s.Bytes)
	}
	return nil
}

// errCut: a file ends within a commit, or has no commit there.
var errCut = errors.New("backup: a commit is cut off")

func readCommit(r *bufio.Reader) ([]byte, error) {
	size, err := binary.ReadUvarint(r)
	if err != nil || size > largestCommit {
		return nil, cutOr(err)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, cutOr(err)
	}
	return data, nil
}

// cutOr tells the end of a file from a disk that cannot be read.
func cutOr(err error) error {
	var disk *os.PathError
	if errors.As(err, &disk) {
		return err
	}
	return errCut
}
