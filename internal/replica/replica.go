package replica

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"
	"sync/atomic"

	"milepost.dev/eventstore"
	"milepost.dev/internal/request"
	"milepost.dev/projections"
)

// defaultSaveEvery is how many records come between two saved folds.
const defaultSaveEvery = 250_000

// Config says what a replica begins with.
type Config struct {
	// Dir is the directory of the saved fold; empty where none is kept.
	Dir string
	// Whole: the replica will be fed the ledger from its first commit, and checks all of it. Otherwise it begins
	// where the saved fold ends.
	Whole bool
	// Deciding keeps only what commands are decided on, and saves no fold: to measure what answers cost.
	Deciding bool
	// SaveEvery is how many records come between two saved folds; 250,000 where 0.
	SaveEvery uint64
	// MaySave is asked before a fold is saved, and says why it may not be; nil where it always may.
	MaySave func() error
	// Each is told of every commit that is read or added, in their order, by whoever owns the replica; of one that is read
	// again, again. It keeps nothing of the commit. Nobody is told where nil.
	Each func(*eventstore.Commit)
	Log  *slog.Logger // nobody is told where nil
}

// Replica is the ledger as this process has read it. It has one owner at a time, who alone calls its methods: whoever
// feeds it at the start, then Follow or the writer. Book and Position may be called by any goroutine.
//
// Proving the ledger takes about as long as reading the saved fold, or folding anew. So a goroutine of its own reads
// the one, and then folds what was checked while the next commit is being checked. Fed waits for it.
type Replica struct {
	book  atomic.Pointer[projections.Book]
	ends  atomic.Uint64     // position at which the ledger ends, as far as it was read
	chain *eventstore.Chain // after the last commit that was checked
	index *index
	list  *foldList // what is saved
	// from is where the saved fold ends; nil where there is none. Commits up to there are checked,
	// and not folded again.
	from  *eventstore.Chain
	spoke map[string]bool    // parties that sent a request or for whom one was sent; nil once Parties was asked
	names Names              // of the parties that commits name; nil where they are not looked up
	keys  []request.Key      // of the commit that is being folded; the list is used again
	owed  *eventstore.Commit // that the chain has and the book has not yet, because its names could not be read; nil most often

	dir       string // of the saved fold; empty where none is kept
	saveEvery uint64
	maySave   func() error
	each      func(*eventstore.Commit) // never nil
	unsaved   uint64                   // records since the last saved fold
	saving    bool
	saved     chan Save // has room for the one save that may be under way

	checked    chan *eventstore.Commit // on their way to be folded; nil while no goroutine folds
	folded     chan struct{}           // closed when all of them are
	unread     error                   // why the saved fold could not be read; read once folded is closed
	background sync.WaitGroup          // of saves
	log        *slog.Logger
}

// foldAhead is how many commits may have been checked and not folded yet.
const foldAhead = 8

// New begins with the fold saved in c.Dir, where there is a good one.
func New(c Config) *Replica {
	r := &Replica{
		chain: &eventstore.Chain{}, index: newIndex(), list: &foldList{}, spoke: map[string]bool{}, log: c.Log,
		dir: c.Dir, saveEvery: c.SaveEvery, maySave: c.MaySave, each: c.Each, saved: make(chan Save, 1),
	}
	if r.each == nil {
		r.each = func(*eventstore.Commit) {}
	}
	if r.maySave == nil {
		r.maySave = func() error { return nil }
	}
	if r.saveEvery == 0 {
		r.saveEvery = defaultSaveEvery
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if c.Deciding {
		r.dir = ""
		r.book.Store(projections.NewDecidingBook())
		return r
	}
	r.book.Store(projections.NewBook(request.Reread))
	list, err := readList(r.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return r
	case err != nil:
		r.log.Warn("the saved fold is not used; the whole ledger is folded again", "reason", err)
		return r
	}
	r.list, r.from = list, list.Chain
	if !c.Whole {
		r.chain = list.Chain.Clone()
	}
	book := r.Book()
	r.begin(func() error {
		disk, err := list.load(r.dir, book)
		if err == nil {
			r.index.disk.Store(disk)
		}
		return err
	})
	return r
}

// Book is what questions are answered from. Fed may put another one in its place; from then on it stays the same.
func (r *Replica) Book() *projections.Book { return r.book.Load() }

// Position is where the ledger ends, as far as it was read: where the book is, or further, where a record that cannot
// be read stopped the book.
func (r *Replica) Position() uint64 { return max(r.ends.Load(), r.Book().Position()) }

// Chain is where the ledger stands. It goes to the writer, whose ledger advances it until the writer is closed; nobody else
// reads it meanwhile.
func (r *Replica) Chain() *eventstore.Chain { return r.chain }

// begin starts the goroutine that folds, which Fed waits for. First it does what has to come before.
func (r *Replica) begin(first func() error) {
	r.checked, r.folded = make(chan *eventstore.Commit, foldAhead), make(chan struct{})
	go func() {
		defer close(r.folded)
		r.unread = first()
		for c := range r.checked {
			if r.unread == nil {
				r.fold(c)
			}
		}
	}()
}

// Feed checks the bytes of the next commit, and folds it where the saved fold does not hold it already. Whoever feeds
// a replica calls Fed at the end.
func (r *Replica) Feed(number uint64, data []byte) error {
	return feed(r, number, data, r.chain.Next)
}

// FeedExamined is Feed for a commit that was examined.
func (r *Replica) FeedExamined(number uint64, e *eventstore.Examined) error {
	return feed(r, number, e, r.chain.NextExamined)
}

func feed[M any](r *Replica, number uint64, message M, next func(M) (*eventstore.Commit, error)) error {
	if number != r.chain.Commit+1 {
		return &eventstore.Damage{Position: r.chain.Position + 1, Commit: r.chain.Commit + 1, Reason: "the commit is missing"}
	}
	commit, err := next(message)
	if err != nil {
		return err
	}
	r.hear(commit)
	r.each(commit)
	if held, err := r.held(commit); held || err != nil {
		r.chain.Recycle(commit)
		return err
	}
	if r.checked == nil {
		r.begin(func() error { return nil })
	}
	r.checked <- commit
	return nil
}

// Fed returns when everything that was saved and fed is in the book. A saved fold that could not be read, although
// it was whole, is forgotten with what was folded on top of it: then the ledger is read again.
func (r *Replica) Fed() error {
	if r.checked == nil {
		return nil
	}
	close(r.checked)
	<-r.folded
	r.checked = nil
	r.ends.Store(r.chain.Position)
	if r.unread == nil {
		return nil
	}
	r.log.Warn("the saved fold could not be read; the whole ledger is folded again", "reason", r.unread)
	r.book.Store(projections.NewBook(request.Reread))
	r.ends.Store(0)
	r.chain, r.index, r.list, r.from, r.unread, r.unsaved = &eventstore.Chain{}, newIndex(), &foldList{Next: r.list.Next}, nil, nil, 0
	return nil
}

// CatchUp reads what the log holds beyond what was fed, and learns the names in it. It answers *eventstore.Damage where the log does not hold
// what was folded, or does not reach so far.
func (r *Replica) CatchUp(ctx context.Context, log eventstore.Log) error {
	if err := r.Fed(); err != nil {
		return err
	}
	if err := r.settle(ctx); err != nil {
		return err
	}
	if r.from != nil && r.chain.Commit == r.from.Commit && r.chain.Commit > 0 {
		if err := r.checkAnchor(ctx, log); err != nil {
			return err
		}
	}
	err := eventstore.Replay(ctx, log, r.chain, func(c *eventstore.Commit) error { return r.Take(ctx, c) })
	if err != nil {
		return err
	}
	return r.ended()
}

// apply adds a commit that was checked and is new to this replica.
func (r *Replica) apply(c *eventstore.Commit) error {
	r.hear(c)
	r.each(c)
	if held, err := r.held(c); held || err != nil {
		return err
	}
	r.fold(c)
	r.ends.Store(c.Last)
	return nil
}

// Add is Take for the commits of this process's own writer, who knows the keys of the requests in them. It answers
// *projections.Poison where a record cannot be read.
func (r *Replica) Add(c *eventstore.Commit, keys []request.Key) error {
	if err := r.add(c, keys); err != nil {
		return err
	}
	r.each(c)
	r.ends.Store(c.Last)
	return nil
}

// add adds a commit to the book and the index.
func (r *Replica) add(c *eventstore.Commit, keys []request.Key) error {
	if err := r.Book().Apply(c); err != nil {
		return err
	}
	for _, key := range keys {
		r.index.add(key, c.Number)
	}
	r.unsaved += uint64(len(c.Records))
	return nil
}

// Look looks for a request on disk, for Accepted. Any goroutine may call it: the owner need not wait for the disk then. It must
// not be called before Fed has returned.
func (r *Replica) Look(key request.Key) (Looked, error) { return r.index.look(key) }

// Accepted returns the number of the commit in which a request was accepted. It is told what Look found.
func (r *Replica) Accepted(key request.Key, looked Looked) (commit uint64, ok bool, err error) {
	return r.index.find(key, looked)
}

// held says whether the saved fold holds the commit already, and whether it is the one that was folded then.
func (r *Replica) held(c *eventstore.Commit) (bool, error) {
	if r.from != nil && c.Number <= r.from.Commit {
		if c.Number == r.from.Commit && !bytes.Equal(c.Digest[:], r.from.Digest[:]) {
			return true, &eventstore.Damage{
				Position: c.First, Commit: c.Number,
				Reason: "it is not the commit that this server folded here; if the ledger was replaced on purpose, delete the saved fold",
			}
		}
		return true, nil
	}
	return false, nil
}

// fold adds a commit as it is read from the ledger. Behind a record that cannot be read it adds nothing more: the
// book says so to all who ask, and the rest of the ledger is still checked.
func (r *Replica) fold(c *eventstore.Commit) {
	r.keys = r.keys[:0]
	for i := range c.Entries {
		r.keys = append(r.keys, request.KeyOf(c.Entries[i].Actor, c.Entries[i].Request))
	}
	_ = r.add(c, r.keys)
}

// ended says what is wrong with a ledger that was read to its end: that it once reached further.
func (r *Replica) ended() error {
	if r.from != nil && r.chain.Commit < r.from.Commit {
		return &eventstore.Damage{
			Position: r.chain.Position + 1, Commit: r.chain.Commit + 1,
			Reason: fmt.Sprintf("the ledger ends here, and is known to have reached position %d; if it was replaced on purpose, delete the saved fold", r.from.Position),
		}
	}
	return nil
}

// checkAnchor makes sure that the log holds the commit that the saved fold ends with.
func (r *Replica) checkAnchor(ctx context.Context, log eventstore.Log) error {
	data, err := log.Load(ctx, r.from.Commit)
	if err != nil && !errors.Is(err, eventstore.ErrNotYet) {
		return err
	}
	if digest := sha256.Sum256(data); err == nil && bytes.Equal(digest[:], r.from.Digest[:]) {
		return nil
	}
	return &eventstore.Damage{
		Position: r.from.First, Commit: r.from.Commit,
		Reason: fmt.Sprintf("it is not the commit that this server folded here, up to position %d; if the ledger was replaced on purpose, delete the saved fold", r.from.Position),
	}
}
