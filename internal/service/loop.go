package service

import (
	"errors"
	"runtime/debug"
	"time"

	"milepost.dev/eventstore"
)

// loop decides. It is the one goroutine that owns working, the index and the pending batches; the
// appender owns the ledger, and the two speak over channels.
type loop struct {
	s        *Service
	working  *working
	index    *index
	decision *decision // of the request that is being taken

	gathering *batch                     // what is accepted and waits for the append in flight; never nil
	inFlight  *batch                     // what is being made durable; nil when nothing is
	held      *waiter                    // what found no room in gathering
	accepted  map[requestKey]*acceptance // requests that are pending
	batches   uint64                     // how many batches there ever were
	last      int64                      // recorded_at of the last record, microseconds
	position  uint64                     // the last one, pending ones included
	unknown   bool                       // an append got no clear answer: nothing is decided until it is resolved
	unsaved   uint64                     // records since the last saved fold
	now       time.Time                  // when the requests were taken that are being taken
	unsteady  error                      // what is wrong with the clock
	timed     bool                       // the two above are of these requests
	burst     uint64                     // records since memory was given back
	looked    uint64                     // burst, when it was looked at last
	saving    bool
}

// batch is what becomes one commit, and who waits for it.
type batch struct {
	number   uint64
	requests []eventstore.Request
	keys     []requestKey // of requests
	size     int
	waiting  []waiting
}

// waiting is somebody who is answered when a batch is durable, and what with.
type waiting struct {
	*waiter
	answer answer
}

// acceptance is an accepted request that is not durable yet.
type acceptance struct {
	batch   *batch
	content string
	outcome *outcome
}

// waiter is a request on its way through the loop. Its reply has room for one answer, so that the loop
// never waits for a caller who has gone.
type waiter struct {
	request *request
	reply   chan answer
	leave   func() // gives up its place in the service; nil where it took none
	lane    *lane  // of a request of a stream; nil otherwise
	places  int64  // that it takes among those of streams
}

// answer replies to whoever waits. The loop calls it once. A caller who has gone keeps the place until then,
// because the request is kept.
func (w *waiter) answer(a answer) {
	if w.lane != nil {
		w.lane.answered(w.places, a.err)
	}
	w.reply <- a
	if w.leave != nil {
		w.leave()
	}
}

// answer is what the loop says: what a request came to, now that it is durable, the commit in which it was
// accepted some time before, or an error.
type answer struct {
	outcome  *outcome
	replayed bool
	before   uint64 // number of the commit; 0 where it was accepted now
	err      error
}

// run decides until stop is closed and what is pending is settled, or until the ledger fails it.
func (l *loop) run(stop <-chan struct{}) {
	l.gathering = l.newBatch()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		if stop == nil && l.inFlight == nil && len(l.gathering.requests) == 0 && l.held == nil && !l.unknown {
			return
		}
		queue := l.s.queue
		if l.held != nil || stop == nil {
			queue = nil
		}
		l.timed = false
		select {
		case w := <-queue:
			l.take(w)
			l.drain()
		case <-look.C:
			l.rest()
		case r := <-l.s.appended:
			if err := l.settle(r); err != nil {
				l.fail(err)
				return
			}
		case saved := <-l.s.saved:
			l.saving = false
			if err := l.index.thaw(saved); err != nil {
				l.s.log.Warn("an old index of requests could not be closed", "reason", err)
			}
		case <-stop:
			stop = nil // from here on only what was taken is brought to its end
		}
		l.launch()
	}
}

// rest gives the memory that a burst of requests left unused back to the system, once nothing has come for a
// while.
func (l *loop) rest() {
	if quiet := l.burst == l.looked; quiet && l.burst >= burstOf {
		l.burst = 0
		l.s.background.Go(debug.FreeOSMemory)
	}
	l.looked = l.burst
}

// drain takes what is waiting already, so that it shares the next commit. It waits for nobody.
func (l *loop) drain() {
	for l.held == nil {
		select {
		case w := <-l.s.queue:
			l.take(w)
		default:
			return
		}
	}
}

// launch starts making durable what was gathered, unless something is under way.
func (l *loop) launch() {
	if l.inFlight == nil && len(l.gathering.requests) > 0 && !l.unknown {
		l.inFlight, l.gathering = l.gathering, l.newBatch()
		l.s.toAppend <- appendOrder{
			requests: l.inFlight.requests,
			chain:    l.s.folds != "" && !l.saving && l.unsaved >= l.s.saveEvery,
		}
	}
	if l.held != nil && (len(l.gathering.requests) == 0 || l.unknown) {
		w := l.held
		l.held = nil
		l.take(w)
		l.drain()
	}
}

func (l *loop) newBatch() *batch {
	l.batches++
	return &batch{number: l.batches}
}

// take decides one request.
func (l *loop) take(w *waiter) {
	if l.unknown {
		w.answer(answer{err: errUnknownOutcome})
		return
	}
	if w.lane != nil && w.lane.broken {
		w.answer(answer{err: errUnansweredBefore})
		return
	}
	r := w.request
	key := r.key
	if a, ok := l.accepted[key]; ok {
		l.join(a, w)
		return
	}
	commit, found, err := l.index.find(key)
	if err != nil || found {
		w.answer(answer{before: commit, replayed: true, err: err})
		return
	}
	now, err := l.time()
	if err != nil {
		w.answer(answer{err: &Unavailable{
			Rule: RuleClockUnsteady, RetryAfter: 5 * time.Second,
			Sentence: "The server's clock has jumped, and nothing is accepted until it is right again. Send the same request again later.",
		}})
		return
	}
	recordedAt := max(now.UnixMicro(), l.last)
	d := l.decision
	d.begin(time.UnixMicro(recordedAt), l.gathering.number, l.position)
	if err := d.decide(r); err != nil {
		l.answerWhenKnown(w, &Decided{Err: err, Position: l.position})
		return
	}
	accepted := eventstore.Request{
		Actor: r.actor, OnBehalfOf: r.onBehalfOf, ID: r.id, Content: r.content,
		RecordedAt: recordedAt, Drafts: d.drafts,
	}
	size, err := accepted.Size()
	if err == nil && size > l.s.room {
		err = &eventstore.TooLarge{What: "request with its events", Size: size, Limit: l.s.room}
	}
	if err != nil {
		w.answer(answer{err: err})
		return
	}
	if l.gathering.size+size > l.s.room {
		l.held = w // decided again, first of all, when the batch has gone
		return
	}
	d.keep(r)
	l.position, l.last = d.position, recordedAt
	a := &acceptance{batch: l.gathering, content: r.content, outcome: &outcome{position: d.position, events: d.events}}
	l.accepted[key] = a
	l.gathering.requests, l.gathering.keys = append(l.gathering.requests, accepted), append(l.gathering.keys, key)
	l.gathering.size += size
	l.wait(a, w, false)
}

// time is the clock's, looked at once for all requests that are taken together.
func (l *loop) time() (time.Time, error) {
	if !l.timed {
		l.now, l.unsteady = l.s.clock.Check()
		l.timed = true
	}
	return l.now, l.unsteady
}

// join lets a request wait for the same one, which was accepted and is not durable yet.
func (l *loop) join(a *acceptance, w *waiter) {
	if a.content != w.request.content {
		l.answerAfter(a.batch, w, requestIDReused(w.request.id))
		return
	}
	l.wait(a, w, true)
}

func (l *loop) wait(a *acceptance, w *waiter, replayed bool) {
	a.batch.waiting = append(a.batch.waiting, waiting{w, answer{outcome: a.outcome, replayed: replayed}})
}

// answerWhenKnown gives a refusal. Where it may rest on what is pending it waits until that is durable:
// a refusal on account of something that never happened would be a lie.
func (l *loop) answerWhenKnown(w *waiter, refusal error) {
	switch {
	case len(l.gathering.requests) > 0:
		l.answerAfter(l.gathering, w, refusal)
	case l.inFlight != nil:
		l.answerAfter(l.inFlight, w, refusal)
	default:
		w.answer(answer{err: refusal})
	}
}

func (l *loop) answerAfter(b *batch, w *waiter, refusal error) {
	b.waiting = append(b.waiting, waiting{w, answer{err: refusal}})
}

// settle takes the appender's word on the append in flight. An error is fatal.
func (l *loop) settle(r appendResult) error {
	switch {
	case errors.Is(r.err, eventstore.ErrUnknown):
		l.s.log.Warn("an append got no clear answer; finding out what became of it")
		l.unknown = true
		l.s.unknown.Store(true)
		l.dropPending(errUnknownOutcome)
		l.s.toResolve <- struct{}{}
		return nil
	case r.err != nil:
		return r.err
	}
	if l.unknown { // it was committed after all; those who sent it will ask again
		keys := make([]requestKey, len(r.commit.Entries))
		for i := range r.commit.Entries {
			keys[i] = keyOf(r.commit.Entries[i].Actor, r.commit.Entries[i].Request)
		}
		if err := l.apply(r.commit, keys); err != nil {
			return err
		}
		l.unknown = false
		l.s.unknown.Store(false)
		l.working.drop()
		l.position, l.last = l.s.book.Position(), r.recordedAt
		return nil
	}
	done := l.inFlight
	l.inFlight = nil
	l.launch() // so that the disk is not kept waiting for what follows
	if err := l.apply(r.commit, done.keys); err != nil {
		return err
	}
	l.working.settled(done.number)
	for _, key := range done.keys {
		delete(l.accepted, key)
	}
	for _, w := range done.waiting {
		w.waiter.answer(w.answer)
	}
	l.save(r)
	return nil
}

// apply adds what is durable to the book and the index.
func (l *loop) apply(c *eventstore.Commit, keys []requestKey) error {
	if err := l.s.book.Apply(c); err != nil {
		return err
	}
	for _, key := range keys {
		l.index.add(key, c.Number)
	}
	l.unsaved += uint64(len(c.Records))
	l.burst += uint64(len(c.Records))
	return nil
}

// dropPending answers everybody who waits with err, and forgets everything that is not durable.
func (l *loop) dropPending(err error) {
	for _, b := range []*batch{l.inFlight, l.gathering} {
		if b == nil {
			continue
		}
		for _, w := range b.waiting {
			w.waiter.answer(answer{err: err})
		}
	}
	if l.held != nil {
		l.held.answer(answer{err: err})
		l.held = nil
	}
	l.inFlight, l.gathering = nil, l.newBatch()
	l.accepted = map[requestKey]*acceptance{}
	l.working.drop()
}

// fail answers everybody who was taken, and from then on nobody is let in.
func (l *loop) fail(err error) {
	l.s.log.Error("the ledger has stopped", "reason", err)
	l.s.stopped.Store(&failure{err: err})
	l.dropPending(errLedgerStopped)
}
