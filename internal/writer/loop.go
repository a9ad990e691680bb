package writer

import (
	"errors"
	"runtime/debug"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/replica"
	"milepost.dev/internal/request"
)

// loop decides. It is the one goroutine that owns working, the replica and the pending batches; the
// appender owns the ledger, and the two speak over channels.
type loop struct {
	w        *Writer
	working  *working
	decision *decision // of the request that is being taken

	gathering *batch                      // what is accepted and waits for the append in flight; never nil
	inFlight  *batch                      // what is being made durable; nil when nothing is
	held      *waiter                     // what found no room in gathering
	accepted  map[request.Key]*acceptance // requests that are pending
	batches   uint64                      // how many batches there ever were
	spare     *batch                      // one that nobody has any more; nil where there is none
	spent     *eventstore.Commit          // likewise
	last      int64                       // recorded_at of the last record, microseconds
	position  uint64                      // the last one, pending ones included
	unknown   bool                        // an append got no clear answer: nothing is decided until it is resolved
	now       time.Time                   // when the requests were taken that are being taken
	unsteady  error                       // what is wrong with the clock
	noRoom    *NoRoom                     // why the disk takes no more
	timed     bool                        // the three above are of these requests
	burst     uint64                      // records since memory was given back
	looked    uint64                      // burst, when it was looked at last
}

// waiting is somebody who is answered when a batch is durable, and what with.
type waiting struct {
	*waiter
	answer answer
}

// acceptance is an accepted request that is not durable yet.
type acceptance struct {
	batch   *batch
	content request.Content
	outcome *outcome
}

// waiter is a request on its way through the loop. Its reply has room for one answer, so that the loop
// never waits for a caller who has gone.
type waiter struct {
	request *request.Request
	looked  replica.Looked // on disk, for the same request
	before  *former        // the same request by who the caller was before; nil where they were nobody else
	quota   quotaOf
	names   *parties.Naming // of the request, until it is answered
	reply   chan answer
	place   place
}

// place is what a request takes of a writer until it is answered.
type place struct {
	entered *Writer // that it took a place of Submit in; nil where it did not
	size    int     // bytes that it takes there
	lane    *lane   // of a request of a stream; nil otherwise
	places  int64   // that it takes among those of streams
}

// newWaiter is one that waits for nothing yet. They are used again, since each has a channel.
func (w *Writer) newWaiter() *waiter {
	if q, ok := w.waiters.Get().(*waiter); ok {
		return q
	}
	return &waiter{reply: make(chan answer, 1)}
}

// free gives a waiter back. Only who received its answer may call it: the loop does not look at it any more then.
func (w *Writer) free(q *waiter) {
	*q = waiter{reply: q.reply}
	w.waiters.Put(q)
}

// answer replies to whoever waits. The loop calls it once, and does not look at the waiter afterwards. A caller who has gone keeps
// the place until then, because the request is kept.
func (w *waiter) answer(a answer) {
	if lane := w.place.lane; lane != nil {
		lane.answered(w.place.places, a.err)
	}
	if w.names != nil {
		w.names.Leave()
	}
	if w.place.entered != nil {
		w.place.entered.leave(w.place.size)
	}
	w.reply <- a
}

// answer is what the loop says: what a request came to, now that it is durable, the commit in which it was
// accepted some time before, or an error.
type answer struct {
	outcome  *outcome
	replayed bool
	before   uint64 // number of the commit; 0 where it was accepted now
	actor    string // of the request in that commit
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
		queue := l.w.queue
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
		case r := <-l.w.appended:
			if err := l.settle(r); err != nil {
				l.fail(err)
				return
			}
		case saved := <-l.w.replica.Saved():
			l.w.replica.EndSave(saved)
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
		l.w.background.Go(debug.FreeOSMemory)
	}
	l.looked = l.burst
}

// drain takes what is waiting already, so that it shares the next commit. It waits for nobody.
func (l *loop) drain() {
	for l.held == nil {
		select {
		case w := <-l.w.queue:
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
		if l.w.proof != nil {
			l.w.underway.begin()
		}
		l.w.toAppend <- appendOrder{requests: l.inFlight.requests, names: l.inFlight.names, spent: l.spent, chain: l.w.replica.SaveDue()}
		l.spent = nil
	}
	if l.held != nil && (len(l.gathering.requests) == 0 || l.unknown) {
		w := l.held
		l.held = nil
		l.take(w)
		l.drain()
	}
}

// take decides one request.
func (l *loop) take(w *waiter) {
	if l.unknown {
		w.answer(answer{err: errUnknownOutcome})
		return
	}
	if w.place.lane != nil && w.place.lane.broken {
		w.answer(answer{err: errUnansweredBefore})
		return
	}
	if w.request.ValidateOnly {
		l.validate(w)
		return
	}
	if l.takenBefore(w) {
		return
	}
	r := w.request
	now, err := l.time()
	if err != nil {
		w.answer(answer{err: errClockUnsteady})
		return
	}
	if l.noRoom != nil {
		w.answer(answer{err: l.noRoom.unavailable()})
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
		Actor: r.Actor, OnBehalfOf: r.OnBehalfOf, Person: r.Person, ID: r.ID, Content: r.Content.Kept(), ContentV2: r.Content.V2, Import: r.Import,
		RecordedAt: recordedAt, Drafts: d.drafts,
	}
	size, err := accepted.Size()
	if err == nil && size > l.w.room {
		err = &eventstore.TooLarge{What: "request with its events", Size: size, Limit: l.w.room}
	}
	if err != nil {
		w.answer(answer{err: err})
		return
	}
	if l.gathering.size+size > l.w.room {
		l.held = w // decided again, first of all, when the batch has gone
		return
	}
	if err := l.charge(w, &accepted, size); err != nil {
		w.answer(answer{err: err})
		return
	}
	d.keep(r)
	l.position, l.last = d.position, recordedAt
	a := d.acceptance()
	a.batch, a.content = l.gathering, r.Content
	l.accepted[r.Key] = a
	l.gathering.requests, l.gathering.keys = append(l.gathering.requests, accepted), append(l.gathering.keys, r.Key)
	if w.names.New() > 0 {
		l.gathering.names = append(l.gathering.names, w.names)
	}
	l.gathering.size += size
	l.wait(a, w, false)
}

// time is the clock's, looked at once for all requests that are taken together, as is the room on the disk.
func (l *loop) time() (time.Time, error) {
	if !l.timed || l.unsteady != nil { // who was refused comes again, and the clock may be right by then
		l.now, l.unsteady = l.w.clock.Check()
		l.noRoom = l.w.noRoom()
		l.timed = true
	}
	return l.now, l.unsteady
}

// join lets a request wait for the same one, which was accepted and is not durable yet.
func (l *loop) join(a *acceptance, w *waiter) {
	if a.content.V2 != w.request.Content.V2 {
		l.answerAfter(a.batch, w, requestIDReused(w.request.ID))
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
		l.w.log.Warn("an append got no clear answer; finding out what became of it")
		l.unknown = true
		l.w.unknown.Store(true)
		l.dropPending(errUnknownOutcome)
		l.w.toResolve <- struct{}{}
		return nil
	case r.unnamed != nil:
		l.w.log.Warn("a name could not be kept", "reason", r.unnamed)
		l.dropPending(errNameNotKept)
		l.w.underway.end()
		l.position, l.last = l.w.book.Position(), r.recordedAt
		return nil
	case r.err != nil:
		return r.err
	}
	if l.unknown { // it was committed after all; those who sent it will ask again
		keys := make([]request.Key, len(r.commit.Entries))
		for i := range r.commit.Entries {
			keys[i] = request.KeyOf(r.commit.Entries[i].Actor, r.commit.Entries[i].Request)
		}
		if err := l.apply(r.commit, keys); err != nil {
			return err
		}
		l.w.underway.end()
		l.unknown = false
		l.w.unknown.Store(false)
		l.working.drop()
		l.position, l.last = l.w.book.Position(), r.recordedAt
		return nil
	}
	done := l.inFlight
	l.inFlight = nil
	l.launch() // so that the disk is not kept waiting for what follows
	digest := inHex(&r.commit.Digest)
	for i := range done.waiting {
		if o := done.waiting[i].answer.outcome; o != nil {
			o.durable(r.commit, digest)
		}
	}
	if err := l.apply(r.commit, done.keys); err != nil {
		return err
	}
	l.w.underway.end()
	l.w.giveBack(done)
	l.working.settled(done.number)
	for _, key := range done.keys {
		delete(l.accepted, key)
	}
	for i := range done.waiting {
		w := &done.waiting[i]
		w.waiter.answer(w.answer)
	}
	l.spare, l.spent = done.empty(), r.commit
	if r.chain != nil {
		l.w.replica.BeginSave(r.chain)
	}
	return nil
}

// apply hands what is durable to the replica.
func (l *loop) apply(c *eventstore.Commit, keys []request.Key) error {
	l.burst += uint64(len(c.Records))
	return l.w.replica.Add(c, keys)
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
		l.w.giveBack(b)
	}
	if l.held != nil {
		l.held.answer(answer{err: err})
		l.held = nil
	}
	l.inFlight, l.gathering = nil, l.newBatch()
	l.accepted = map[request.Key]*acceptance{}
	l.working.drop()
}

// fail answers everybody who was taken, and from then on nobody is let in.
func (l *loop) fail(err error) {
	f := &failure{err: err, told: errLedgerStopped}
	if l.w.proof != nil { // another process goes on
		f.told = errReplaced
		l.w.log.Warn("this server stops writing", "reason", err)
	} else {
		l.w.log.Error("the ledger has stopped", "reason", err)
	}
	l.w.stopped.Store(f)
	l.w.underway.fail()
	l.dropPending(f.told)
}
