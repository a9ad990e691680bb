package writer

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/access"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/request"
)

// Epochs keeps names under the keys of epochs; *parties.Directory does. Its epochs.go says in which order.
type Epochs interface {
	Alike(id string) []string
	NewEpoch() (parties.EpochID, error)
	ShareEpoch(ctx context.Context, alone bool) error
	Away(ctx context.Context, only parties.EpochID) ([]string, error)
	DropEpoch(id parties.EpochID) error
	HasEpoch(id parties.EpochID) bool
	UseEpoch(id parties.EpochID, forgotten []string)
	WriteAgain(ctx context.Context, retire bool) (int, error)
	Purge(ctx context.Context, forgotten iter.Seq[string]) error
}

// RuleRequestKeyRetired refuses a request that was accepted under its id before the key was replaced under which it was digested.
const RuleRequestKeyRetired = "request-key-retired"

// Epoch is what a change of keys came to.
type Epoch struct {
	Position uint64          // of what the ledger says of it last
	Key      parties.EpochID // under which names are kept since
	Written  int             // how many values were kept under it again
	Away     []string        // the nodes of the ledger of which it is not known that they have destroyed the key before
}

// AskToForget states that somebody asks for a party's name to be forgotten, and answers the position. Asked twice it says nothing new.
// A name that ever came to be kept twice is asked for twice.
func (w *Writer) AskToForget(ctx context.Context, caller access.Caller, party, reason string) (position uint64, err error) {
	for _, id := range w.parties.Alike(party) {
		position, err = w.stateOfLedger(ctx, &caller, "", "forget-ask-"+hex.EncodeToString([]byte(id)),
			plan.AskToForget{Party: milestone.Party(id), Reason: reason})
		if err != nil {
			return 0, err
		}
	}
	return position, nil
}

// Forget forgets a party's name, for a caller who confirms what another person asked for. Where ctx ends first it goes on.
func (w *Writer) Forget(ctx context.Context, caller access.Caller, party, reason string) (Epoch, error) {
	begin := plan.BeginEpoch{Reason: reason}
	for _, id := range w.parties.Alike(party) {
		if asked, ok := w.ledger().ToForget(milestone.Party(id)); ok {
			begin.Forgotten = append(begin.Forgotten, milestone.Party(id))
			begin.Reason = cmp.Or(begin.Reason, asked.Reason)
		}
	}
	if len(begin.Forgotten) == 0 { // the ledger says so
		begin.Forgotten = []milestone.Party{milestone.Party(party)}
		begin.Reason = cmp.Or(begin.Reason, "confirmed")
	}
	return w.change(ctx, &caller, begin)
}

// RetireRequestKey replaces the key under which requests are digested. Where ctx ends first it goes on.
func (w *Writer) RetireRequestKey(ctx context.Context, caller access.Caller, reason string) (Epoch, error) {
	return w.change(ctx, &caller, plan.BeginEpoch{Reason: reason, RetiresRequestKey: true})
}

// ledger is what is known of no plan.
func (w *Writer) ledger() plan.State {
	ledger, ok := w.book.Now().Ledger()
	if !ok {
		return plan.State{}
	}
	return ledger.Registered
}

// GoOn finishes the epoch that an earlier process began: left is what Settle found.
func (w *Writer) GoOn(ctx context.Context, left parties.Unfinished) error {
	switch left {
	case parties.Complete:
		_, err := w.finish(ctx)
		return err
	case parties.BeginAgain:
		_, err := w.beginAgain(ctx)
		return err
	}
	return nil
}

// beginAgain begins an epoch in place of one whose key is nowhere.
func (w *Writer) beginAgain(ctx context.Context) (Epoch, error) {
	last := w.ledger().Epoch()
	return w.run(ctx, nil, plan.BeginEpoch{
		RetiresRequestKey: last.RetiresRequestKey, Actor: last.Actor,
		Reason: fmt.Sprintf("the key %s was lost before everything was kept under it", parties.EpochID(last.Key)),
	})
}

// changed is the end of a change of keys.
type changed struct {
	epoch Epoch
	err   error
}

// change runs a change of keys that goes on if its caller leaves, one at a time.
func (w *Writer) change(ctx context.Context, caller *access.Caller, begin plan.BeginEpoch) (Epoch, error) {
	ended := make(chan changed, 1)
	started := w.start(func(running context.Context) {
		w.changing.Lock()
		defer w.changing.Unlock()
		var c changed
		if c.err = w.finishLast(running); c.err == nil {
			c.epoch, c.err = w.run(running, caller, begin)
		}
		if c.err == nil {
			c.epoch.Away, c.err = w.parties.Away(running, c.epoch.Key)
		}
		if c.err != nil && !refused(c.err) {
			w.log.Warn("a change of the key of names did not come to its end; the next start, or the next one that is asked for, goes on with it", "reason", c.err)
		}
		ended <- c
	})
	if !started {
		return Epoch{}, errClosing
	}
	select {
	case c := <-ended:
		return c.epoch, c.err
	case <-ctx.Done():
		return Epoch{}, errEpochGoesOn
	}
}

var errEpochGoesOn = &Unavailable{
	Rule: RuleUnknown, RetryAfter: 5 * time.Second,
	Sentence: "Many names are being written again under another key, and that goes on. `milepost audit --plan '$ledger'` shows EpochComplete when it is done; ask again then.",
}

// finishLast finishes an epoch that failed half way in this process.
func (w *Writer) finishLast(ctx context.Context) error {
	last := w.ledger().Epoch()
	if !last.Begun || last.Complete {
		return nil
	}
	if !w.parties.HasEpoch(last.Key) {
		_, err := w.beginAgain(ctx)
		return err
	}
	_, err := w.finish(ctx)
	return err
}

// run brings one change of keys from its beginning to its end.
func (w *Writer) run(ctx context.Context, caller *access.Caller, begin plan.BeginEpoch) (Epoch, error) {
	key, err := w.parties.NewEpoch()
	if err != nil {
		return Epoch{}, err
	}
	begin.Key = key
	// Nobody asked for it where an earlier key was lost: then it has to be done, whoever else is there.
	if err := w.parties.ShareEpoch(ctx, caller == nil); err != nil {
		return Epoch{}, errors.Join(err, w.parties.DropEpoch(key))
	}
	_, err = w.stateOfLedger(ctx, caller, string(begin.Actor), "epoch-begin-"+key.String(), begin)
	if refused(err) {
		return Epoch{}, errors.Join(err, w.parties.DropEpoch(key))
	}
	if err != nil {
		return Epoch{}, err // it may have begun: the key stays
	}
	return w.finish(ctx)
}

// refused says whether an error means that nothing is in the ledger.
func refused(err error) bool {
	var decided *Decided
	var bad domain.Refusals
	return errors.As(err, &decided) || errors.As(err, &bad)
}

// finish does what is left of the epoch that the ledger says was begun last.
func (w *Writer) finish(ctx context.Context) (Epoch, error) {
	ledger := w.ledger()
	epoch := ledger.Epoch()
	var forgotten []string
	for p := range ledger.AllForgotten() {
		forgotten = append(forgotten, string(p))
	}
	w.parties.UseEpoch(epoch.Key, forgotten)
	written, err := w.parties.WriteAgain(ctx, epoch.RetiresRequestKey)
	if err != nil {
		return Epoch{}, err
	}
	if epoch.RetiresRequestKey {
		w.newRequestKey()
	}
	key := parties.EpochID(epoch.Key)
	position, err := w.stateOfLedger(ctx, nil, string(epoch.Actor), "epoch-complete-"+key.String(), plan.CompleteEpoch{Key: epoch.Key})
	if err != nil {
		return Epoch{}, err
	}
	return Epoch{Position: position, Key: key, Written: written}, w.parties.Purge(ctx, slices.Values(forgotten))
}

// newRequestKey digests requests under another key from now on. When it returns, those that were digested under the one before are
// in the queue, so that what is stated next stands behind them.
func (w *Writer) newRequestKey() {
	w.digesting.Lock()
	defer w.digesting.Unlock()
	w.digests = request.NewDigests(w.parties.RequestKey())
}

// start runs f in a goroutine that Close waits for, with a context that ends then. It answers false where the writer is closing.
func (w *Writer) start(f func(context.Context)) bool {
	w.starting.Lock()
	defer w.starting.Unlock()
	if w.closing.Load() {
		return false
	}
	w.changes.Go(func() { f(w.running) })
	return true
}

// stateOfLedger states something of no plan that no request holds: for a caller or, where there is none, for an actor who is known by
// party id. It answers the position that it led to.
func (w *Writer) stateOfLedger(ctx context.Context, caller *access.Caller, actor, id string, cmd plan.Command) (uint64, error) {
	if err := w.open(); err != nil {
		return 0, err
	}
	names := w.parties.Begin()
	r := &request.Request{ID: id, Plan: plan.OfLedger, Actor: actor, Commands: []request.Command{{OfPlan: cmd}}}
	if err := w.callerOf(r, caller, names); err != nil {
		names.Leave()
		return 0, err
	}
	r.Key = request.KeyOf(r.Actor, r.ID)
	q := w.newWaiter()
	q.request, q.names = r, names
	err := w.queued(0, q, func() (err error) {
		// What makes it the same request is its id.
		if r.Content, err = w.digests.Of(&milepostv1.SubmitRequest{RequestId: id, Plan: plan.OfLedger}, names.Party); err == nil {
			q.looked, err = w.replica.Look(r.Key)
		}
		return err
	})
	if err != nil {
		names.Leave()
		return 0, err
	}
	said, err := w.await(ctx, q)
	return said.GetReceipt().GetPosition(), err
}

// callerOf says who states a request.
func (w *Writer) callerOf(r *request.Request, caller *access.Caller, names *parties.Naming) (err error) {
	if caller == nil {
		return nil
	}
	if r.Actor, err = names.Party(caller.Name); err != nil {
		return err
	}
	if err := w.answersFor(caller, r, names); err != nil {
		return err
	}
	r.OnBehalfOf = r.Organisation
	return nil
}

// queued puts a request of so many bytes that digest completes into the queue. No request key is replaced between the two.
func (w *Writer) queued(size int, q *waiter, digest func() error) error {
	if err := w.enter(size); err != nil {
		return err
	}
	w.digesting.RLock()
	defer w.digesting.RUnlock()
	if err := digest(); err != nil {
		w.leave(size)
		return err
	}
	q.place = place{entered: w, size: size}
	w.enqueue(q)
	return nil
}

func requestKeyRetired(id string, position uint64) error {
	return domain.Refuse(domain.Exists, RuleRequestKeyRetired, "request_id",
		"A request with the id %q was accepted, up to position %d, and the key that tells whether this is the same one was retired since. Look at what it came to (milepost audit), and give anything new an id of its own.", id, position)
}
