package service

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/access"
)

// Submit decides a request and answers when what it came to is durable. It answers a request that was
// accepted before with its first receipt.
//
// Its errors are *Decided (a refusal, with the position it was decided at), domain.Refusals (bad input),
// *Unavailable (send it again), *eventstore.TooLarge, and that of ctx; then the outcome is not known.
func (s *Service) Submit(ctx context.Context, caller access.Caller, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	if err := s.open(); err != nil {
		return nil, err
	}
	size := proto.Size(m)
	leave, err := s.enter(size)
	if err != nil {
		return nil, err
	}
	r, err := s.read(ctx, caller, m, size)
	if err != nil {
		leave()
		return nil, err
	}
	w := &waiter{request: r, reply: make(chan answer, 1), leave: leave}
	s.enqueue(w)
	return s.await(ctx, w)
}

// open says whether requests are taken.
func (s *Service) open() error {
	switch {
	case s.stopped.Load() != nil:
		return errLedgerStopped
	case s.closing.Load():
		return errClosing
	}
	return nil
}

// read makes a request of a message of so many bytes: it looks nothing up but the parties.
func (s *Service) read(ctx context.Context, caller access.Caller, m *milepostv1.SubmitRequest, size int) (*request, error) {
	if size > eventstore.MaxRequest {
		return nil, domain.Refusals{refuse(domain.Invalid, RuleRequestTooLarge, "",
			"The request is %d bytes long, and at most %d are taken. Send it in several requests.", size, eventstore.MaxRequest)}
	}
	r, err := readRequest(m, s.planSettings(m.Plan), func(name string) (string, error) { return s.party(ctx, name) })
	if err != nil {
		return nil, err
	}
	if r.actor, err = s.party(ctx, caller.Name); err != nil {
		return nil, err
	}
	behalf := m.OnBehalfOf
	if behalf == "" {
		behalf = caller.Organisation
	}
	if behalf != "" {
		if r.onBehalfOf, err = s.party(ctx, behalf); err != nil {
			return nil, err
		}
	}
	r.content, r.key = s.digests.of(m), keyOf(r.actor, r.id)
	return r, nil
}

// enqueue puts a request into the queue, which has room for as many as there are places. It will be answered: by the
// loop or, where the loop has ended, by whoever finds that out.
func (s *Service) enqueue(w *waiter) {
	s.queue <- w
	select {
	case <-s.done:
		s.turnAway()
	default: // so turnAway, which comes after done, will find it
	}
}

// turnAway answers those who came while the loop ended.
func (s *Service) turnAway() {
	s.turning.Lock()
	defer s.turning.Unlock()
	err := errClosing
	if s.stopped.Load() != nil {
		err = errLedgerStopped
	}
	for {
		select {
		case w := <-s.queue:
			w.answer(answer{err: err})
		default:
			return
		}
	}
}

// await waits for the loop's word on a request in the queue.
func (s *Service) await(ctx context.Context, w *waiter) (*milepostv1.SubmitResponse, error) {
	select {
	case a := <-w.reply:
		return s.answer(ctx, w.request, a)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// enter takes a place in the service, by number and by size, or says that there is none. It comes first: a
// request that waits costs memory, and a name in it a write to the disk.
func (s *Service) enter(size int) (leave func(), err error) {
	select {
	case s.slots <- struct{}{}:
	default:
		return nil, errTooManyWaiting
	}
	if s.bytes.Add(int64(size)) > maxWaitingFor {
		s.bytes.Add(-int64(size))
		<-s.slots
		return nil, errTooManyWaiting
	}
	return func() { s.bytes.Add(-int64(size)); <-s.slots }, nil
}

// party is Parties.Resolve. A name that could not be kept, for no fault of the caller's, may be sent again.
func (s *Service) party(ctx context.Context, name string) (string, error) {
	id, err := s.parties.Resolve(ctx, name)
	if err == nil {
		return id, nil
	}
	var refusal *domain.Refusal
	if errors.As(err, &refusal) || ctx.Err() != nil {
		return id, err
	}
	s.log.Warn("a name could not be kept", "reason", err)
	return "", errNameNotKept
}

func (s *Service) answer(ctx context.Context, r *request, a answer) (*milepostv1.SubmitResponse, error) {
	if a.err != nil {
		return nil, s.byName(a.err)
	}
	if a.before == 0 {
		return &milepostv1.SubmitResponse{Receipt: a.outcome.receipt(r.id, s.durability), Replayed: a.replayed}, nil
	}
	commit, err := s.commits.load(ctx, a.before)
	if errors.Is(err, eventstore.ErrUnknown) && ctx.Err() == nil {
		s.log.Warn("a receipt could not be read", "commit", a.before, "reason", err)
		return nil, errReceiptNotRead
	}
	if err != nil {
		return nil, err
	}
	for i := range commit.Entries {
		entry := &commit.Entries[i]
		if entry.Actor != r.actor || entry.Request != r.id {
			continue
		}
		if entry.Content != r.content {
			return nil, requestIDReused(r.id)
		}
		receipt, err := s.receipt(commit, entry)
		return &milepostv1.SubmitResponse{Receipt: receipt, Replayed: true}, err
	}
	return nil, requestIDReused(r.id)
}

// byName puts names into a refusal that says which owner was expected: the domain knows parties by id alone.
func (s *Service) byName(err error) error {
	var decided *Decided
	var refusal *domain.Refusal
	if !errors.As(err, &decided) || !errors.As(err, &refusal) || refusal.Rule != milestone.RuleOwnerFromStale {
		return err
	}
	named := *refusal
	named.Expected, named.Actual = s.parties.Display(refusal.Expected), s.parties.Display(refusal.Actual)
	return &Decided{Err: &named, Position: decided.Position}
}
