package lead

import (
	"context"
	"sync"
	"time"
)

// Contested is a Lead of one of several processes: what it gives may be lost to another.
type Contested interface {
	Lead
	// Lost says that this process does not write any more, or could not begin to. May answers false from then on, until it is this
	// process's turn again.
	Lost()
}

// Bounds of an election.
const (
	// silence is how long a writer may say nothing before another process tries to take over.
	silence = 3 * time.Second
	// scatter is the most that a process waits beyond that, so that not all of them try at once.
	scatter = 2 * time.Second
	// handedOver is the most that a process waits when the writer said that it leaves.
	handedOver = 300 * time.Millisecond
	// longest is the most that a process lets a writer be silent, however often it took over itself.
	longest = time.Minute
	// patient is how many take-overs of its own leave a process as it is: one after the other, a few servers may be restarted.
	patient = 2
	// recently is how long a take-over of its own makes a process more patient.
	recently = 5 * time.Minute
	// lookEvery is how often it is looked whether the writer is silent.
	lookEvery = 50 * time.Millisecond
	// askWithin bounds each question about the writer and the store.
	askWithin = time.Second
)

// ElectionConfig is what an election is made of.
type ElectionConfig struct {
	// Elapsed is how long this process has run, by a clock that nobody sets.
	Elapsed func() time.Duration
	// Chance answers a duration below the most.
	Chance func(most time.Duration) time.Duration
	// Answers says whether the last writer that was heard answers when it is asked over another way.
	Answers func(ctx context.Context) bool
	// Reaches says whether this process itself reaches what the ledger is stored in.
	Reaches func(ctx context.Context) bool
}

// Election is a Lead that tries to take over when the writer is silent. It is a hint, as every Lead: what decides is the fence of the
// ledger. After more than two take-overs of its own a process is twice as patient after each, for a while, so that two of them do not
// take the ledger from each other again and again. No clock that anybody sets is looked at.
type Election struct {
	c ElectionConfig

	mu       sync.Mutex
	write    bool            // guarded by mu
	changed  chan struct{}   // guarded by mu
	heard    time.Duration   // when the writer was heard last, or waiting began; guarded by mu
	patience time.Duration   // how long it may be silent; guarded by mu
	term     uint64          // highest that was heard of or read; guarded by mu
	after    uint64          // that was highest when it became this process's turn; guarded by mu
	taken    []time.Duration // when this process took over, lately; guarded by mu
	total    uint64          // how often it did; guarded by mu
}

var _ Contested = (*Election)(nil)

// NewElection begins with a process that does not write. Run has to be called.
func NewElection(c ElectionConfig) *Election {
	e := &Election{c: c, changed: make(chan struct{})}
	e.wait()
	return e
}

// wait begins to wait for the writer to be silent. The caller holds mu, or is NewElection.
func (e *Election) wait() {
	e.heard = e.c.Elapsed()
	for len(e.taken) > 0 && e.heard-e.taken[0] > recently {
		e.taken = e.taken[1:]
	}
	e.patience = silence
	for range len(e.taken) - patient {
		e.patience = min(2*e.patience, longest)
	}
	e.patience += e.c.Chance(scatter)
}

// May implements Lead.
func (e *Election) May() (bool, <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.write, e.changed
}

// set changes the answer of May. The caller holds mu.
func (e *Election) set(write bool) {
	if e.write == write {
		return
	}
	e.write = write
	close(e.changed)
	e.changed = make(chan struct{})
}

// Lost implements Contested.
func (e *Election) Lost() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.set(false)
	e.wait()
}

// Heard is told what another process says that writes with a term: that it is there, or that it leaves.
func (e *Election) Heard(term uint64, over bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if term < e.term {
		return // a writer that does not know yet that it was replaced
	}
	if term > e.term {
		e.term = term
		e.set(false)
	}
	if e.write {
		return
	}
	e.wait()
	if over {
		e.patience = e.c.Chance(handedOver)
	}
}

// Read is told of every take-over that stands in the ledger, as it is read or written.
func (e *Election) Read(term uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if term > e.term {
		e.term = term
		e.wait()
	}
}

// Overtaken says whether another process took over since it became this one's turn: what it would take over from is not the writer that
// was silent.
func (e *Election) Overtaken() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.write && e.term > e.after
}

// Took is told that this process took over.
func (e *Election) Took() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.taken = append(e.taken, e.c.Elapsed())
	e.total++
}

// Takeovers is how often this process took over since it started, and how often in the last five minutes.
func (e *Election) Takeovers() (total uint64, lately int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.c.Elapsed()
	for _, at := range e.taken {
		if now-at <= recently {
			lately++
		}
	}
	return e.total, lately
}

// Run looks for a writer that is silent, until ctx ends.
func (e *Election) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			e.look(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// look makes it this process's turn where the writer is silent, answers nowhere else either, and the store can be reached.
func (e *Election) look(ctx context.Context) {
	term, silent := e.silent()
	if !silent {
		return
	}
	// Both at once: a writer that is paused takes the question and answers nothing.
	var answers bool
	var asking sync.WaitGroup
	asking.Go(func() { answers = within(ctx, e.c.Answers) })
	reaches := within(ctx, e.c.Reaches)
	asking.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	if answers {
		e.wait()
		return
	}
	if reaches && e.term == term && e.c.Elapsed()-e.heard >= e.patience { // and nobody was heard meanwhile
		e.after = term
		e.set(true)
	}
}

// within asks a question, for which there is only so much time.
func within(ctx context.Context, ask func(ctx context.Context) bool) bool {
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	return ask(ctx)
}

func (e *Election) silent() (term uint64, silent bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.term, !e.write && e.c.Elapsed()-e.heard >= e.patience
}
