package embedded

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
)

// acknowledgedFile holds the number and the digest of the last commit that was acknowledged. It is
// evidence and no part of the ledger: a ledger that ends before it lost its end, and half a record that it
// covers is no write that was cut short. The file is overwritten in place after each commit and flushed when
// the server is closed: the end of the process loses nothing of it, and after a loss of power it may be
// older than the ledger, never newer.
const (
	acknowledgedFile = "ACKNOWLEDGED"
	markFormat1      = "milepost mark 1\n"
	markSize         = len(markFormat1) + 8 + sha256.Size + markSum
	markSum          = 8 // bytes of the SHA-256 of what is before
)

// mark is what the file says.
type mark struct {
	number uint64 // of the commit; 0 where there is no evidence
	digest eventstore.Digest
}

// readMark answers no evidence where there is no file, and where it cannot be read: a write of it may have
// been cut off by a loss of power.
func readMark(dir string) (mark, error) {
	data, err := os.ReadFile(filepath.Join(dir, acknowledgedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return mark{}, nil
	}
	if err != nil {
		return mark{}, fmt.Errorf("read how far the ledger was acknowledged: %w", err)
	}
	if len(data) != markSize || string(data[:len(markFormat1)]) != markFormat1 {
		return mark{}, nil
	}
	body, sum := data[:markSize-markSum], data[markSize-markSum:]
	if want := sha256.Sum256(body); !bytes.Equal(want[:markSum], sum) {
		return mark{}, nil
	}
	m := mark{number: binary.BigEndian.Uint64(body[len(markFormat1):])}
	copy(m.digest[:], body[len(markFormat1)+8:])
	return m, nil
}

func (m mark) bytes() []byte {
	b := append(make([]byte, 0, markSize), markFormat1...)
	b = binary.BigEndian.AppendUint64(b, m.number)
	b = append(b, m.digest[:]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:markSum]...)
}

// log is the ledger's log with what the server leaves undone: the server flushes the files that it writes
// and not the directory that names them, and it does not write down how far it acknowledged.
type log struct {
	*jetstream.Log
	files *newFiles

	mu   sync.Mutex
	last uint64   // guarded by mu: the last commit that is known to be durable
	mark *os.File // guarded by mu
}

// openLog begins at the end that was inspected, all of which was flushed once more.
func openLog(inner *jetstream.Log, dir string, seen Summary) (*log, error) {
	l := &log{Log: inner, files: newFilesOf(streamDir(dir), seen.lastBlock), last: seen.Commits}
	path := filepath.Join(dir, acknowledgedFile)
	fresh := !exists(path)
	var err error
	if l.mark, err = os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
		return nil, fmt.Errorf("mark how far the ledger is acknowledged: %w", err)
	}
	if seen.Commits > 0 {
		l.write(mark{seen.Commits, sha256.Sum256(seen.Last)})
	}
	if fresh {
		err = errors.Join(l.mark.Sync(), syncPath(dir))
	}
	return l, err
}

// Kind implements eventstore.Log.
func (l *log) Kind() ledgerv1.StoreKind { return ledgerv1.StoreKind_STORE_KIND_EMBEDDED }

// Append implements eventstore.Log.
func (l *log) Append(ctx context.Context, number uint64, data []byte) error {
	if err := l.Log.Append(ctx, number, data); err != nil {
		return err
	}
	return l.settle(number, data)
}

// Load implements eventstore.Log. What an append without an answer left behind is found by it, and becomes
// acknowledged by being found.
func (l *log) Load(ctx context.Context, number uint64) ([]byte, error) {
	data, err := l.Log.Load(ctx, number)
	if err != nil {
		return nil, err
	}
	return data, l.settle(number, data)
}

// settle makes what the store acknowledged durable in every respect, and marks it.
func (l *log) settle(number uint64, data []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if number <= l.last {
		return nil
	}
	if err := l.files.sync(); err != nil {
		// The commit is in a file that a loss of power may take away.
		return fmt.Errorf("%w: %w", eventstore.ErrUnknown, err)
	}
	l.last = number
	l.write(mark{number, sha256.Sum256(data)})
	return nil
}

// write overwrites the mark. Evidence that cannot be written is older evidence, and no reason to refuse a
// commit that is durable.
func (l *log) write(m mark) { _, _ = l.mark.WriteAt(m.bytes(), 0) }

func (l *log) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return errors.Join(l.mark.Sync(), l.mark.Close())
}

// newFiles makes the names of the files durable that the server begins. It gives each its number, one after
// the other, so one look tells whether there is a new one.
type newFiles struct {
	dir string // "msgs" of a stream

	mu   sync.Mutex
	next uint32 // guarded by mu: the number of the file that will be new
	err  error  // guarded by mu: the sync that failed; what it left out, no later one is sure to make up for
}

func newFilesOf(stream string, last uint32) *newFiles {
	return &newFiles{dir: filepath.Join(stream, "msgs"), next: last + 1}
}

func (n *newFiles) sync() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	begun := false
	for exists(filepath.Join(n.dir, fmt.Sprintf("%d.blk", n.next))) {
		n.next++
		begun = true
	}
	if begun && n.err == nil {
		if err := syncPath(n.dir); err != nil {
			n.err = fmt.Errorf("make the name of a new file durable: %w", err)
		}
	}
	return n.err
}

// kept is the values beside the ledger, durable in the same respect.
type kept struct {
	*jetstream.Kept
	files *newFiles
}

// Put implements eventstore.Kept.
func (k *kept) Put(ctx context.Context, key string, value []byte) error {
	if err := k.Kept.Put(ctx, key, value); err != nil {
		return err
	}
	return k.files.sync()
}

// Erase implements eventstore.Kept. The server may have written a file anew under the old name, and the old
// one must not come back.
func (k *kept) Erase(ctx context.Context, key string) error {
	if err := k.Kept.Erase(ctx, key); err != nil {
		return err
	}
	return errors.Join(k.files.sync(), syncPath(k.files.dir))
}
