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

// readMark answers no evidence, and why, where there is no file and where it is not as it was written: a write of it
// may have been cut off by a loss of power.
func readMark(dir string) (m mark, why string, err error) {
	data, err := os.ReadFile(filepath.Join(dir, acknowledgedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return mark{}, "there is no " + acknowledgedFile, nil
	}
	if err != nil {
		return mark{}, "", fmt.Errorf("read how far the ledger was acknowledged: %w", err)
	}
	if len(data) != markSize || string(data[:len(markFormat1)]) != markFormat1 {
		return mark{}, acknowledgedFile + " is not as it was written", nil
	}
	body, sum := data[:markSize-markSum], data[markSize-markSum:]
	if want := sha256.Sum256(body); !bytes.Equal(want[:markSum], sum) {
		return mark{}, "the checksum of " + acknowledgedFile + " is wrong", nil
	}
	m = mark{number: binary.BigEndian.Uint64(body[len(markFormat1):])}
	copy(m.digest[:], body[len(markFormat1)+8:])
	return m, "", nil
}

func (m mark) bytes() []byte {
	b := append(make([]byte, 0, markSize), markFormat1...)
	b = binary.BigEndian.AppendUint64(b, m.number)
	b = append(b, m.digest[:]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:markSum]...)
}

// log is the ledger's log with what the server leaves undone: the server flushes the files that it writes
// and not the directory that names them, it does not write down how far it acknowledged, and it does not ask
// whether its directory is still its own.
type log struct {
	*jetstream.Log
	files *newFiles
	own   *ownership

	mu   sync.Mutex
	last uint64 // guarded by mu: the last commit that is known to be durable
}

// openLog begins at the end that was inspected, all of which was flushed once more.
func openLog(inner *jetstream.Log, own *ownership, seen Summary) (*log, error) {
	files, last, err := newFilesOf(streamDir(own.dir))
	if err != nil {
		return nil, err
	}
	l := &log{Log: inner, files: files, own: own, last: seen.Commits}
	if err := own.openMark(); err != nil {
		return nil, fmt.Errorf("mark how far the ledger is acknowledged: %w", err)
	}
	if seen.Commits > 0 {
		own.write(mark{seen.Commits, sha256.Sum256(seen.Last)})
	}
	if last != "" {
		return l, own.follow(last)
	}
	return l, nil
}

// Kind implements eventstore.Log.
func (l *log) Kind() ledgerv1.StoreKind { return ledgerv1.StoreKind_STORE_KIND_EMBEDDED }

// Append implements eventstore.Log. Before anything is sent it looks whether the directory at the path is still
// this process's: the server finds its files by their paths, and would write into another one's.
func (l *log) Append(ctx context.Context, number uint64, data []byte) error {
	if err := l.own.before(); err != nil {
		return err
	}
	if err := l.Log.Append(ctx, number, data); err != nil {
		return err
	}
	return l.settle(number, data)
}

// Load implements eventstore.Log. What an append without an answer left behind is found by it, and becomes
// acknowledged by being found.
func (l *log) Load(ctx context.Context, number uint64) ([]byte, error) {
	if err := l.own.readable(); err != nil {
		return nil, err
	}
	data, err := l.Log.Load(ctx, number)
	if err != nil {
		return nil, l.own.explain(err)
	}
	return data, l.settle(number, data)
}

// Read implements eventstore.Log.
func (l *log) Read(ctx context.Context, from uint64, yield func(uint64, []byte) error) error {
	if err := l.own.readable(); err != nil {
		return err
	}
	return l.own.explain(l.Log.Read(ctx, from, yield))
}

// Tail implements eventstore.Log.
func (l *log) Tail(ctx context.Context, from uint64, yield func(uint64, []byte) error) error {
	if err := l.own.readable(); err != nil {
		return err
	}
	return l.own.explain(l.Log.Tail(ctx, from, yield))
}

// settle makes what the store acknowledged durable in every respect, and marks it.
func (l *log) settle(number uint64, data []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if number <= l.last {
		return nil
	}
	grown, err := l.own.after(len(data))
	if err != nil {
		return err
	}
	if !grown { // it is in a file that was begun for it
		if err := l.begin(); err != nil {
			return err
		}
	}
	l.last = number
	l.own.write(mark{number, sha256.Sum256(data)})
	return nil
}

// begin makes the name of the file durable that the server began for a commit, and follows that file.
func (l *log) begin() error {
	begun, err := l.files.sync()
	if err == nil && begun != "" {
		err = l.own.follow(begun)
	}
	if err != nil {
		return unclear(err) // the commit is in a file that a loss of power may take away
	}
	_, err = l.own.after(0)
	return err
}

// newFiles makes the names of the files durable that the server begins. It gives each its number, one after
// the other, so one look tells whether there is a new one.
type newFiles struct {
	dir string // "msgs" of a stream

	mu   sync.Mutex
	next uint32 // guarded by mu: the number of the file that will be new
	err  error  // guarded by mu: the sync that failed; what it left out, no later one is sure to make up for
}

// newFilesOf begins with the files that a stream has now, and answers the path of the last one; empty where it has none.
// The server has opened the stream: it removes a last file in which no message was begun, and gives its name again to
// the next one. So what was inspected before does not tell, and the names that are there are made durable.
func newFilesOf(stream string) (n *newFiles, last string, err error) {
	n = &newFiles{dir: filepath.Join(stream, "msgs"), next: 1}
	names, _, err := blocksOf(stream)
	if err != nil || len(names) == 0 {
		return n, "", err
	}
	number, _ := blockNumber(names[len(names)-1])
	n.next = number + 1
	return n, filepath.Join(n.dir, names[len(names)-1]), syncPath(n.dir)
}

// sync answers the path of the last file that was begun since it was called before; none where empty.
func (n *newFiles) sync() (path string, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	begun := false
	for next := n.path(); exists(next); next = n.path() {
		path, begun = next, true
		n.next++
	}
	if begun && n.err == nil {
		if err := syncPath(n.dir); err != nil {
			n.err = fmt.Errorf("make the name of a new file durable: %w", err)
		}
	}
	return path, n.err
}

// path is where the next file will be. Calls hold mu.
func (n *newFiles) path() string { return filepath.Join(n.dir, fmt.Sprintf("%d.blk", n.next)) }

// kept is the values beside the ledger, durable in the same respect.
type kept struct {
	*jetstream.Kept
	files *newFiles
	own   *ownership
}

// Put implements eventstore.Kept.
func (k *kept) Put(ctx context.Context, key string, value []byte) error {
	if err := k.own.check(); err != nil {
		return err
	}
	if err := k.Kept.Put(ctx, key, value); err != nil {
		return err
	}
	_, err := k.files.sync()
	return errors.Join(err, k.own.check())
}

// Replace implements eventstore.Replacer.
func (k *kept) Replace(ctx context.Context, key string, value []byte) error {
	if err := k.own.check(); err != nil {
		return err
	}
	if err := k.Kept.Replace(ctx, key, value); err != nil {
		return err
	}
	_, err := k.files.sync()
	return errors.Join(err, k.own.check())
}

// All implements eventstore.Kept.
func (k *kept) All(ctx context.Context, yield func(key string, value []byte) error) error {
	if err := k.own.readable(); err != nil {
		return err
	}
	return k.Kept.All(ctx, yield)
}

// Erase implements eventstore.Kept. The server may have written a file anew under the old name, and the old
// one must not come back.
func (k *kept) Erase(ctx context.Context, key string) error {
	if err := k.own.check(); err != nil {
		return err
	}
	if err := k.Kept.Erase(ctx, key); err != nil {
		return err
	}
	_, err := k.files.sync()
	return errors.Join(err, syncPath(k.files.dir), k.own.check())
}
