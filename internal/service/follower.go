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
// To check a commit takes about as long as to fold it, and so a goroutine of its own folds what was checked
// while the next is being checked. Whoever feeds a Follower calls Fed at the end.
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

	checked chan *eventstore.Commit // on their way to be folded; nil while nothing is fed
	folded  chan struct{}           // closed when all of them are
}

// foldAhead is how many commits may have been checked and not folded yet.
const foldAhead = 8

// NewFollower begins with the fold saved in dir, where there is a good one. With whole set it will be
// fed the ledger from its first commit, and checks all of it; otherwise from the saved fold on.
func NewFollower(dir string, whole bool, log *slog.Logger) *Follower {
	f := &Follower{Book: projections.NewBook(), chain: &eventstore.Chain{}, index: newIndex(), dir: dir, spoke: map[string]bool{}}
	book, chain, disk, err := loadFold(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f
	case err != nil:
		log.Warn("the saved fold is not used; the whole ledger is folded again", "reason", err)
		return f
	}
	f.Book, f.saved, f.index.disk = book, chain, disk
	if !whole {
		f.chain = chain.Clone()
	}
	return f
}

// NewDecidingFollower keeps only what commands are decided on, and saves no fold: to measure what answers cost.
func NewDecidingFollower() *Follower {
	return &Follower{Book: projections.NewDecidingBook(), chain: &eventstore.Chain{}, index: newIndex(), spoke: map[string]bool{}}
}

func loadFold(dir string) (*projections.Book, *eventstore.Chain, *indexFile, error) {
	if dir == "" {
		return nil, nil, nil, fs.ErrNotExist
	}
	file, err := os.Open(filepath.Join(dir, bookFile))
	if err != nil {
		return nil, nil, nil, err
	}
	defer file.Close()
	book, chain, err := projections.Load(file)
	if err != nil {
		return nil, nil, nil, err
	}
	disk, err := openIndexFile(filepath.Join(dir, indexName))
	if err != nil {
		return nil, nil, nil, fmt.Errorf("beside a saved fold: %v", err)
	}
	if disk.commit != chain.Commit {
		return nil, nil, nil, errors.Join(
			fmt.Errorf("the fold is of commit %d and the index of commit %d", chain.Commit, disk.commit), disk.close())
	}
	return book, chain, disk, nil
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
		return err
	}
	if f.checked == nil {
		f.checked, f.folded = make(chan *eventstore.Commit, foldAhead), make(chan struct{})
		go func() { // Fed waits for it
			defer close(f.folded)
			for c := range f.checked {
				f.fold(c)
			}
		}()
	}
	f.checked <- commit
	return nil
}

// Fed returns when everything that was fed is folded.
func (f *Follower) Fed() {
	if f.checked == nil {
		return
	}
	close(f.checked)
	<-f.folded
	f.checked = nil
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
			statements, _ := view.Statements(m)
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

// saveFold writes the book and the index as of one commit. Each file is made whole under another name
// first. The index goes last: until both are of one commit neither is read.
func saveFold(dir string, view projections.View, chain *eventstore.Chain, disk *indexFile, frozen map[requestKey]uint64) (*indexFile, error) {
	if err := writeFile(filepath.Join(dir, bookFile), func(file *os.File) error { return view.Save(file, chain) }); err != nil {
		return nil, fmt.Errorf("save the fold: %w", err)
	}
	path := filepath.Join(dir, indexName)
	if err := writeFile(path, func(file *os.File) error { return writeIndex(file, disk, frozen, chain.Commit) }); err != nil {
		return nil, fmt.Errorf("save the index of requests: %w", err)
	}
	return openIndexFile(path)
}

func writeFile(path string, write func(*os.File) error) (err error) {
	file, err := os.OpenFile(path+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".part"))
	}
	return os.Rename(path+".part", path)
}

// read replays what the log holds beyond what was fed.
func (f *Follower) read(ctx context.Context, log eventstore.Log) error {
	f.Fed()
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
