package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/dirlock"
)

// acknowledgedFile holds the last commit that this process has read. It is evidence, and no part of the ledger: a ledger that does
// not contain that commit is not the one that was read. It is written at most once a second.
const acknowledgedFile = "ACKNOWLEDGED"

// rememberEvery is how often what was read is written down.
const rememberEvery = time.Second

// Mark is a commit of a ledger.
type Mark struct {
	Number uint64            `json:"commit"` // 0: none
	Digest eventstore.Digest `json:"-"`
	Term   uint64            `json:"term"`
	Origin []byte            `json:"-"`
}

// Behind is a ledger that ends before a commit that this process has read. Something was lost, or this is another ledger.
type Behind struct{ Ends, Seen uint64 }

func (e *Behind) Error() string {
	return fmt.Sprintf("the ledger ended at commit %d, and this node has seen commit %d: the NATS servers lost something that was acknowledged, or they are others. "+
		"Do not begin anew: docs/cluster.md says what to do. Where a backup was restored on purpose, --rejoin puts aside what this node has seen", e.Ends, e.Seen)
}

// Forked is a ledger that has another commit where this process has read one.
type Forked struct {
	Number     uint64
	Seen, Here eventstore.Digest
}

func (e *Forked) Error() string {
	return fmt.Sprintf("the ledger is forked: commit %d has the digest %x here, and this node has seen %x there. Two ledgers go by one name; docs/cluster.md says what to do. Where a backup was restored on purpose, --rejoin puts aside what this node has seen", e.Number, e.Here, e.Seen)
}

// OtherLedger is a directory that remembers another ledger.
type OtherLedger struct{ Seen, Here []byte }

func (e *OtherLedger) Error() string {
	return fmt.Sprintf("this data directory belongs to a node of ledger %x, and the ledger here is %x: give it another --data, or put aside what it remembers with --rejoin", e.Seen, e.Here)
}

// compare answers *Forked for a commit that is not the one that was seen.
func (m Mark) compare(number uint64, data []byte) error {
	if number != m.Number {
		return nil
	}
	if digest := eventstore.Digest(sha256.Sum256(data)); digest != m.Digest {
		return &Forked{Number: number, Seen: m.Digest, Here: digest}
	}
	return nil
}

// stored is a mark as it is written.
type stored struct {
	Format string `json:"format"`
	Mark
	Digest string `json:"digest"`
	Origin string `json:"origin"`
}

const memoryFormat = "milepost node 1"

// memory writes down what this process has read, in a goroutine that close ends.
type memory struct {
	dir    string
	logger *slog.Logger
	stop   chan struct{}
	wait   sync.WaitGroup

	mu      sync.Mutex
	newest  Mark // guarded by mu
	written Mark // guarded by mu
}

func openMemory(dir string, logger *slog.Logger) (*memory, error) {
	m := &memory{dir: dir, logger: logger, stop: make(chan struct{})}
	mark, err := m.load()
	if err != nil {
		return nil, err
	}
	m.newest, m.written = mark, mark
	m.wait.Go(m.run)
	return m, nil
}

func (m *memory) path() string { return filepath.Join(m.dir, acknowledgedFile) }

// load reads what was written; the zero Mark where nothing was.
func (m *memory) load() (Mark, error) {
	data, err := os.ReadFile(m.path())
	if errors.Is(err, fs.ErrNotExist) {
		return Mark{}, nil
	}
	if err != nil {
		return Mark{}, fmt.Errorf("read what this node has seen: %w", err)
	}
	var s stored
	if err := json.Unmarshal(data, &s); err != nil || s.Format != memoryFormat {
		return Mark{}, fmt.Errorf("%s is not as a node wrote it: put it aside to start without it, and then nothing shows whether the ledger lost something since", m.path())
	}
	digest, err := hex.DecodeString(s.Digest)
	if err != nil || len(digest) != len(s.Mark.Digest) {
		return Mark{}, fmt.Errorf("%s has no digest: put it aside to start without it", m.path())
	}
	copy(s.Mark.Digest[:], digest)
	if s.Mark.Origin, err = hex.DecodeString(s.Origin); err != nil {
		return Mark{}, fmt.Errorf("%s names no ledger: put it aside to start without it", m.path())
	}
	return s.Mark, nil
}

// recall is what was seen. With rejoin it is put aside, under the ledger's name.
func (m *memory) recall(rejoin bool) (Mark, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !rejoin || m.newest.Number == 0 {
		return m.newest, nil
	}
	aside := fmt.Sprintf("%s.%x", m.path(), m.newest.Origin)
	if err := os.Rename(m.path(), aside); err != nil {
		return Mark{}, fmt.Errorf("put aside what this node has seen: %w", err)
	}
	m.newest, m.written = Mark{}, Mark{}
	return Mark{}, nil
}

// last is the newest commit that was read; the zero Mark before any.
func (m *memory) last() Mark {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.newest
}

func (m *memory) note(mark Mark) {
	m.mu.Lock()
	m.newest = mark
	m.mu.Unlock()
}

func (m *memory) run() {
	tick := time.NewTicker(rememberEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := m.write(); err != nil {
				m.logger.Warn("what this node has seen could not be written down", "reason", err)
			}
		case <-m.stop:
			return
		}
	}
}

// write puts the newest mark on the disk, in place of the one before.
func (m *memory) write() error {
	m.mu.Lock()
	mark := m.newest
	same := mark.Number == m.written.Number
	m.mu.Unlock()
	if same || len(mark.Origin) == 0 {
		return nil
	}
	data, err := json.Marshal(stored{Format: memoryFormat, Mark: mark, Digest: hex.EncodeToString(mark.Digest[:]), Origin: hex.EncodeToString(mark.Origin)})
	if err != nil {
		return err
	}
	if err := replace(m.path(), append(data, '\n')); err != nil {
		return err
	}
	m.mu.Lock()
	m.written = mark
	m.mu.Unlock()
	return nil
}

func (m *memory) close() error {
	close(m.stop)
	m.wait.Wait()
	return m.write()
}

// replace writes a file beside the one that is there, flushes it, and puts it in its place.
func replace(path string, data []byte) error {
	f, err := dirlock.OpenFile(path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
