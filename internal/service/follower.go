package service

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"log/slog"
	"maps"
	"os"
	"path/filepath"

	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/projections"
)

// Names of the files of a saved fold. Both are of the same commit, or neither is used.
const (
	bookFile  = "book.fold"
	indexName = "requests.index"
)

// Follower reads the ledger into the book and the index of request ids: first what was saved, then what
// the ledger holds beyond it. It belongs to one goroutine, and ends when the service takes it over.
//
// To check the ledger takes about as long as to read the saved fold, or to fold it anew. So a goroutine of its own
// reads the one, and then folds what was checked while the next commit is being checked. Whoever makes a Follower
// calls Fed at the end.
type Follower struct {
	Book  *projections.Book
	chain *eventstore.Chain
	index *index
	// saved is where the saved fold ends; nil where there is none. Commits up to there are checked,
	// and not folded again.
	saved *eventstore.Chain
	dir   string // of the saved fold; empty where none is kept
	// spoke holds the parties that sent a request or for whom one was sent.
	spoke map[string]bool

	checked chan *eventstore.Commit // on their way to be folded; nil while no goroutine folds
	folded  chan struct{}           // closed when all of them are
	unread  error                   // why the saved fold could not be read; read once folded is closed
	log     *slog.Logger
}

// foldAhead is how many commits may have been checked and not folded yet.
const foldAhead = 8

// NewFollower begins with the fold saved in dir, where there is a good one. With whole set it will be
// fed the ledger from its first commit, and checks all of it; otherwise from the saved fold on.
func NewFollower(dir string, whole bool, log *slog.Logger) *Follower {
	f := &Follower{Book: projections.NewBook(), chain: &eventstore.Chain{}, index: newIndex(), dir: dir, spoke: map[string]bool{}, log: log}
	saved, file, disk, err := openFold(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f
	case err != nil:
		log.Warn("the saved fold is not used; the whole ledger is folded again", "reason", err)
		return f
	}
	f.saved, f.index.disk = saved.Chain, disk
	if !whole {
		f.chain = saved.Chain.Clone()
	}
	f.begin(func() error { return errors.Join(saved.Into(f.Book), file.Close()) })
	return f
}

// NewDecidingFollower keeps only what commands are decided on, and saves no fold: to measure what answers cost.
func NewDecidingFollower() *Follower {
	return &Follower{Book: projections.NewDecidingBook(), chain: &eventstore.Chain{}, index: newIndex(), spoke: map[string]bool{}}
}

// openFold opens what was saved, and makes sure that it is whole and of one commit.
func openFold(dir string) (_ *projections.Saved, file *os.File, disk *indexFile, err error) {
	if dir == "" {
		return nil, nil, nil, fs.ErrNotExist
	}
	if file, err = os.Open(filepath.Join(dir, bookFile)); err != nil {
		return nil, nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	saved, err := projections.OpenSaved(file)
	if err != nil {
		return nil, nil, nil, err
	}
	if disk, err = openIndexFile(filepath.Join(dir, indexName)); err != nil {
		return nil, nil, nil, fmt.Errorf("beside a saved fold: %v", err)
	}
	if disk.commit != saved.Chain.Commit {
		return nil, nil, nil, errors.Join(
			fmt.Errorf("the fold is of commit %d and the index of commit %d", saved.Chain.Commit, disk.commit), disk.close())
	}
	return saved, file, disk, nil
}

// begin starts the goroutine that folds, which Fed waits for. First it does what has to come before.
func (f *Follower) begin(first func() error) {
	f.checked, f.folded = make(chan *eventstore.Commit, foldAhead), make(chan struct{})
	go func() {
		defer close(f.folded)
		f.unread = first()
		for c := range f.checked {
			if f.unread == nil {
				f.fold(c)
			}
		}
	}()
}

// Feed checks the bytes of the next commit, and folds it where the saved fold does not hold it already.
func (f *Follower) Feed(number uint64, data []byte) error {
	if number != f.chain.Commit+1 {
		return &eventstore.Damage{Position: f.chain.Position + 1, Commit: f.chain.Commit + 1, Reason: "the commit is missing"}
	}
	commit, err := f.chain.Next(data)
	if err != nil {
		return err
	}
	f.hear(commit)
	if held, err := f.held(commit); held || err != nil {
		f.chain.Recycle(commit)
		return err
	}
	if f.checked == nil {
		f.begin(func() error { return nil })
	}
	f.checked <- commit
	return nil
}

// Fed returns when everything that was saved and fed is in the book. A saved fold that could not be read, although
// it was whole, is forgotten with what was folded on top of it: then the ledger is read again.
func (f *Follower) Fed() error {
	if f.checked == nil {
		return nil
	}
	close(f.checked)
	<-f.folded
	f.checked = nil
	if f.unread == nil {
		return nil
	}
	f.log.Warn("the saved fold could not be read; the whole ledger is folded again", "reason", f.unread)
	disk := f.index.disk
	f.Book, f.chain, f.index, f.saved, f.unread = projections.NewBook(), &eventstore.Chain{}, newIndex(), nil, nil
	return disk.close()
}

// unsaved is how many records the book holds beyond what was saved.
func (f *Follower) unsaved() uint64 {
	if f.saved == nil {
		return f.Book.Position()
	}
	return f.Book.Position() - f.saved.Position
}

func (f *Follower) apply(c *eventstore.Commit) error {
	f.hear(c)
	if held, err := f.held(c); held || err != nil {
		return err
	}
	f.fold(c)
	return nil
}

// held says whether the saved fold holds the commit already, and whether it is the one that was folded then.
func (f *Follower) held(c *eventstore.Commit) (bool, error) {
	if f.saved != nil && c.Number <= f.saved.Commit {
		if c.Number == f.saved.Commit && !bytes.Equal(c.Digest[:], f.saved.Digest[:]) {
			return true, &eventstore.Damage{
				Position: c.First, Commit: c.Number,
				Reason: "it is not the commit that this server folded here; if the ledger was replaced on purpose, delete the saved fold",
			}
		}
		return true, nil
	}
	return false, nil
}

// fold adds a commit to the book and the index. Behind a record that cannot be read it adds nothing more: the
// book says so to all who ask, and the rest of the ledger is still checked.
func (f *Follower) fold(c *eventstore.Commit) {
	if f.Book.Apply(c) != nil {
		return
	}
	for i := range c.Entries {
		f.index.add(keyOf(c.Entries[i].Actor, c.Entries[i].Request), c.Number)
	}
}

// hear notes who sent the requests of a commit, and for whom.
func (f *Follower) hear(c *eventstore.Commit) {
	for i := range c.Entries {
		f.spoke[c.Entries[i].Actor] = true
	}
	for i := range c.Records {
		if behalf := c.Records[i].OnBehalfOf; behalf != "" {
			f.spoke[behalf] = true
		}
	}
}

// Parties is everybody whom the ledger names, as far as it was read: reporters, those they spoke for, and
// owners.
func (f *Follower) Parties() iter.Seq[string] {
	named := maps.Clone(f.spoke)
	view := f.Book.Now()
	for plan := range view.Plans() {
		for _, m := range plan.Milestones() {
			statements := view.Statements(m)
			for _, s := range statements {
				if owned, ok := s.Event.(milestone.OwnerChanged); ok {
					named[string(owned.To)] = true
				}
			}
		}
	}
	return maps.Keys(named)
}

// ended says what is wrong with a ledger that was read to its end: that it once reached further.
func (f *Follower) ended() error {
	if f.saved != nil && f.chain.Commit < f.saved.Commit {
		return &eventstore.Damage{
			Position: f.chain.Position + 1, Commit: f.chain.Commit + 1,
			Reason: fmt.Sprintf("the ledger ends here, and is known to have reached position %d; if it was replaced on purpose, delete the saved fold", f.saved.Position),
		}
	}
	return nil
}

// checkAnchor makes sure that the log holds the commit that the saved fold ends with.
func (f *Follower) checkAnchor(ctx context.Context, log eventstore.Log) error {
	data, err := log.Load(ctx, f.saved.Commit)
	if err != nil && !errors.Is(err, eventstore.ErrNotYet) {
		return err
	}
	if digest := sha256.Sum256(data); err == nil && bytes.Equal(digest[:], f.saved.Digest[:]) {
		return nil
	}
	return &eventstore.Damage{
		Position: f.saved.First, Commit: f.saved.Commit,
		Reason: fmt.Sprintf("it is not the commit that this server folded here, up to position %d; if the ledger was replaced on purpose, delete the saved fold", f.saved.Position),
	}
}

// read replays what the log holds beyond what was fed.
func (f *Follower) read(ctx context.Context, log eventstore.Log) error {
	if err := f.Fed(); err != nil {
		return err
	}
	if f.saved != nil && f.chain.Commit == f.saved.Commit && f.chain.Commit > 0 {
		if err := f.checkAnchor(ctx, log); err != nil {
			return err
		}
	}
	if err := eventstore.Replay(ctx, log, f.chain, f.apply); err != nil {
		return err
	}
	return f.ended()
}
