package node

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/eventstore"
	"milepost.dev/internal/access"
	"milepost.dev/internal/lead"
	"milepost.dev/internal/replica"
	"milepost.dev/internal/writer"
	"milepost.dev/projections"
)

// RuleFollowsOnly refuses a command that came to a server which only follows.
const RuleFollowsOnly = "follows-only"

// roles gives the replica its owner: the writer while this process may write, and otherwise the goroutine that
// follows. It is the Submitter of the server, whichever of the two it is at the moment.
type roles struct {
	lead    lead.Lead
	store   eventstore.Log
	replica *replica.Replica
	open    func(ctx context.Context) (*writer.Writer, error)
	others  others // nil where this process has its ledger alone
	log     *slog.Logger

	writer  atomic.Pointer[writer.Writer]      // nil while it follows
	poison  atomic.Pointer[projections.Poison] // why nothing is written although it may be
	changed <-chan struct{}                    // of lead; owned by begin, then by run

	stop  context.CancelFunc // ends run
	ended chan struct{}      // closed when run has
	err   error              // of begin, or of run; then written before ended is closed
}

// others are the other processes of the same ledger.
type others interface {
	// stopped is told that this process wrote with a term and does not any more: nothing is decided.
	stopped(term uint64)
	// submit and push pass requests on to whichever process writes.
	submit(ctx context.Context, caller access.Caller, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error)
	push(caller access.Caller) writer.Take
	// forgets is whoever writes, to forget names for a caller.
	forgets(caller access.Caller) (milepostv1.NamesServiceServer, error)
}

// begin takes the first role, and goes on in the background. When it returns, everything that the store held is in
// the book, and commands are taken where this process may write.
func (r *roles) begin(ctx context.Context) error {
	if r.err = r.assume(ctx); r.err != nil {
		return r.err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop, r.ended = stop, make(chan struct{})
	go func() { // close waits for it
		defer close(r.ended)
		r.err = r.run(running)
	}()
	return nil
}

// assume takes the role that lead gives now.
func (r *roles) assume(ctx context.Context) error {
	may, changed := r.lead.May()
	r.changed = changed
	if !may {
		r.poison.Store(nil)
		r.log.Info("this server only follows the ledger: it answers questions and takes no commands")
		err := r.replica.CatchUp(ctx, r.store)
		if _, contested := r.lead.(lead.Contested); contested && errors.Is(err, eventstore.ErrUnknown) {
			return nil // it is read as soon as the store answers
		}
		return err
	}
	w, err := r.open(ctx)
	var poison *projections.Poison
	if errors.As(err, &poison) {
		r.log.Error("a record cannot be read: questions are answered up to it, and no command is taken", "position", poison.Position, "reason", poison.Err)
		r.poison.Store(poison)
		return nil
	}
	if err != nil {
		return r.lost(err)
	}
	r.writer.Store(w)
	r.log.Info("this server writes the ledger", "term", w.Term())
	return nil
}

// lost makes a process that cannot write, or not any more, one that follows: where others may write in its place. What shows that the
// ledger is not whole stays an error.
func (r *roles) lost(err error) error {
	contested, ok := r.lead.(lead.Contested)
	if !ok || errors.As(err, new(*eventstore.Damage)) || errors.As(err, new(*eventstore.Misplaced)) {
		return err
	}
	r.log.Warn("this server does not write the ledger, and follows it", "reason", err)
	contested.Lost()
	return nil
}

// run plays one role after the other until ctx ends, or until one of them fails.
func (r *roles) run(ctx context.Context) error {
	for {
		if err := r.play(ctx); err != nil || ctx.Err() != nil {
			return err
		}
		if err := r.assume(ctx); err != nil {
			return err
		}
	}
}

// play keeps the role until lead changes or ctx ends.
func (r *roles) play(ctx context.Context) error {
	switch w := r.writer.Load(); {
	case w != nil:
		select {
		case <-w.Done():
		case <-r.changed:
		case <-ctx.Done():
		}
		w.Close()
		if err := w.Wait(); err != nil {
			if err := r.lost(err); err != nil {
				return err // the writer stays, so that health can say why
			}
		}
		if r.others != nil {
			r.others.stopped(w.Term())
		}
		r.writer.Store(nil)
		return nil
	case r.poison.Load() != nil:
		select {
		case <-r.changed:
		case <-ctx.Done():
		}
		return nil
	}
	following, cancel := context.WithCancel(ctx)
	defer cancel()
	left := make(chan error, 1)
	go func() { left <- r.replica.Follow(following, r.store) }()
	select {
	case err := <-left:
		if ctx.Err() != nil {
			return nil
		}
		return err
	case <-r.changed:
	case <-ctx.Done():
	}
	cancel()
	if err := <-left; err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// close ends the role, and saves the fold unless something failed.
func (r *roles) close() error {
	if r.stop != nil {
		r.stop()
		<-r.ended
	}
	return r.replica.Close(r.err == nil && r.poison.Load() == nil)
}

// failure says why nothing is decided although this process may write; nil where all is well.
func (r *roles) failure() error {
	if p := r.poison.Load(); p != nil {
		return p
	}
	if w := r.writer.Load(); w != nil {
		return w.Failure()
	}
	return nil
}

// Submit implements grpcserver.Submitter.
func (r *roles) Submit(ctx context.Context, caller access.Caller, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	if w := r.writer.Load(); w != nil {
		return w.Submit(ctx, caller, m)
	}
	if r.passesOn() {
		return r.others.submit(ctx, caller, m)
	}
	return nil, r.refusal()
}

// passesOn says whether what comes is another process's to decide.
func (r *roles) passesOn() bool { return r.others != nil && r.poison.Load() == nil }

// Push implements grpcserver.Submitter.
func (r *roles) Push(caller access.Caller) writer.Take {
	if w := r.writer.Load(); w != nil {
		return w.Push(caller)
	}
	if r.passesOn() {
		return r.others.push(caller)
	}
	return func(context.Context, *milepostv1.SubmitRequest) writer.Ticket {
		return func(context.Context) (*milepostv1.SubmitResponse, error) { return nil, r.refusal() }
	}
}

// writing is the writer while this process writes; else the error says why there is none.
func (r *roles) writing() (*writer.Writer, error) {
	if w := r.writer.Load(); w != nil {
		return w, nil
	}
	return nil, r.refusal()
}

// refusal is what a command is told that came while nothing is written here.
func (r *roles) refusal() error {
	if r.poison.Load() != nil {
		return writer.Stopped()
	}
	if _, changed := r.lead.May(); changed == nil {
		return domain.Refuse(domain.Refused, RuleFollowsOnly, "",
			"This server only follows the ledger and takes no commands. Send them to the server that writes it.")
	}
	return &writer.Unavailable{
		Rule: RuleFollowsOnly, RetryAfter: time.Second,
		Sentence: "This server follows the ledger at the moment and takes no commands. Send the very same request again in a moment, with the same request id.",
	}
}
