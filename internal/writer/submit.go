package writer

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/decide"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/access"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/replica"
	"milepost.dev/internal/request"
)

// Submit decides a request and answers when what it came to is durable. It answers a request that was
// accepted before with its first receipt.
//
// Its errors are *Decided (a refusal, with the position it was decided at), domain.Refusals (bad input),
// *Unavailable (send it again), *eventstore.TooLarge, and that of ctx; then the outcome is not known.
func (w *Writer) Submit(ctx context.Context, caller access.Caller, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	if err := w.open(); err != nil {
		return nil, err
	}
	size := proto.Size(m)
	if err := w.enter(size); err != nil {
		return nil, err
	}
	q, err := w.readAndEnqueue(ctx, &caller, m, size, place{entered: w, size: size})
	if err != nil {
		w.leave(size)
		return nil, w.provedAsRead(ctx, err)
	}
	return w.await(ctx, q)
}

// readAndEnqueue makes a request of a message, and puts it into the queue with the place that it took. No request key is replaced
// between the two, so that every request in the ledger before a key is retired was digested under it.
func (w *Writer) readAndEnqueue(ctx context.Context, caller *access.Caller, m *milepostv1.SubmitRequest, size int, at place) (*waiter, error) {
	w.digesting.RLock()
	defer w.digesting.RUnlock()
	q, err := w.read(caller, m, size)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil { // who has left may have been told something else since, when the very same was sent again
		names := q.names
		w.free(q)
		names.Leave()
		return nil, err
	}
	q.place = at
	w.enqueue(q)
	return q, nil
}

// open says whether requests are taken.
func (w *Writer) open() error {
	f := w.stopped.Load()
	switch {
	case f != nil:
		return f.told
	case w.closing.Load():
		return errClosing
	}
	return nil
}

// read makes a request of a message of so many bytes: it looks nothing up but the parties and the request id. Those of its
// names that are new are proposed, and given up when the request is answered, unless it was accepted.
func (w *Writer) read(caller *access.Caller, m *milepostv1.SubmitRequest, size int) (*waiter, error) {
	if size > eventstore.MaxRequest {
		return nil, domain.Refusals{domain.Refuse(domain.Invalid, RuleRequestTooLarge, "",
			"The request is %d bytes long, and at most %d are taken. Send it in several requests.", size, eventstore.MaxRequest)}
	}
	if err := w.checkMerged(m); err != nil {
		return nil, err
	}
	names := w.parties.Begin()
	r, err := w.readAs(caller, m, names)
	var looked replica.Looked
	var before *former
	if err == nil {
		looked, err = w.replica.Look(r.Key)
	}
	if err == nil {
		before, err = w.formerly(caller, r)
	}
	if err != nil {
		names.Leave()
		return nil, err
	}
	q := w.newWaiter()
	q.request, q.looked, q.before, q.quota, q.names = r, looked, before, quotasOf(caller, m.Plan), names
	return q, nil
}

func (w *Writer) readAs(caller *access.Caller, m *milepostv1.SubmitRequest, names *parties.Naming) (*request.Request, error) {
	party := names.Party
	r, err := request.Read(m, w.settings(m.Plan), party)
	if err != nil {
		return nil, err
	}
	r.Approver = caller.May(access.Approver, m.Plan)
	r.Reads = func(plan string) bool { return caller.May(access.Viewer, plan) }
	r.Reviewer = caller.May(access.Reviewer, m.Plan)
	if r.Actor, err = names.Party(caller.Name); err != nil {
		return nil, err
	}
	if err := w.answersFor(caller, r, names); err != nil {
		return nil, err
	}
	r.SpeaksFor = m.OnBehalfOf
	behalf := m.OnBehalfOf
	if behalf == "" {
		behalf = caller.Organisation
	}
	if behalf != "" {
		if r.OnBehalfOf, err = names.Party(behalf); err != nil {
			return nil, err
		}
	}
	if also, id := r.MaySpeakFor, r.OnBehalfOf; also != nil && id != "" && caller.NamesToSpeakFor(behalf) { // perhaps a new name
		r.MaySpeakFor = func(party string) bool { return party == id || also(party) }
	}
	r.Key = request.KeyOf(r.Actor, r.ID)
	if r.Content, err = w.digests.Of(m, party); err != nil {
		return nil, err
	}
	return r, nil
}

// answersFor says who answers for a request, and for whom its caller may speak.
func (w *Writer) answersFor(caller *access.Caller, r *request.Request, names *parties.Naming) (err error) {
	r.Local, r.SingleUser, r.Credential = caller.Local, caller.SingleUser, caller.Credential
	if caller.Person != "" {
		if r.Person, err = names.Party(caller.Person); err != nil {
			return err
		}
	}
	if caller.Organisation != "" {
		if r.Organisation, err = names.Party(caller.Organisation); err != nil {
			return err
		}
	}
	r.MaySpeakFor = w.speaksFor(caller)
	r.Within, err = within(caller, r.Plan, names)
	return err
}

// within is what a caller may state facts about in a plan; nil: all of it.
func within(caller *access.Caller, plan string, names *parties.Naming) (*decide.Within, error) {
	scope, narrowed := caller.Within(plan)
	if !narrowed {
		return nil, nil
	}
	w := &decide.Within{Workstreams: scope.Workstreams, Components: scope.Components}
	for _, name := range scope.Owners {
		id, err := names.Party(name)
		if err != nil {
			return nil, err
		}
		w.Owners = append(w.Owners, milestone.Party(id))
	}
	return w, nil
}

// speaksFor says for which parties a caller may speak beside its organisation; nil: for none.
func (w *Writer) speaksFor(caller *access.Caller) func(party string) bool {
	if len(caller.SpeaksFor) == 0 {
		return nil
	}
	ids := map[string]bool{}
	for _, name := range caller.SpeaksFor {
		if name == access.EveryParty {
			return func(string) bool { return true }
		}
		if id, ok := w.parties.Find(name); ok { // a name that is not known has stated nothing
			ids[id] = true
		}
	}
	return func(party string) bool { return ids[party] }
}

// settings are those of a plan as far as the book knows it, to read a request with before it is decided.
func (w *Writer) settings(id string) request.Settings {
	now := w.clock.Now() // nothing is decided by a clock that is wrong
	p, ok := w.book.Now().Plan(id)
	if !ok {
		return request.SettingsOf(plan.State{}, civil.OfTime(now, time.UTC))
	}
	return request.SettingsOf(p.Registered, civil.OfTime(now, p.Location))
}

// enqueue puts a request into the queue, which has room for as many as there are places. It will be answered: by the
// loop or, where the loop has ended, by whoever finds that out.
func (w *Writer) enqueue(q *waiter) {
	w.queue <- q
	select {
	case <-w.done:
		w.turnAway()
	default: // so turnAway, which comes after done, will find it
	}
}

// turnAway answers those who came while the loop ended.
func (w *Writer) turnAway() {
	w.turning.Lock()
	defer w.turning.Unlock()
	err := errClosing
	if f := w.stopped.Load(); f != nil {
		err = f.told
	}
	for {
		select {
		case q := <-w.queue:
			q.answer(answer{err: err})
		default:
			return
		}
	}
}

// await waits for the loop's word on a request in the queue.
func (w *Writer) await(ctx context.Context, q *waiter) (*milepostv1.SubmitResponse, error) {
	var a answer
	select {
	case a = <-q.reply: // it was made durable together with one that was waited for
	default:
		select {
		case a = <-q.reply:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	response, err := w.answer(ctx, q, a)
	only := q.request.ValidateOnly
	w.free(q)
	if err := w.proved(ctx, only, err); err != nil {
		return nil, err
	}
	return response, nil
}

// enter takes a place in the writer, by number and by size, or says that there is none. It comes first: a
// request that waits costs memory. Leave gives the place back.
func (w *Writer) enter(size int) error {
	select {
	case w.slots <- struct{}{}:
	default:
		return errTooManyWaiting
	}
	if w.bytes.Add(int64(size)) > maxWaitingFor {
		w.leave(size)
		return errTooManyWaiting
	}
	return nil
}

// leave gives back the place of a request of so many bytes.
func (w *Writer) leave(size int) {
	w.bytes.Add(-int64(size))
	<-w.slots
}

func (w *Writer) answer(ctx context.Context, q *waiter, a answer) (*milepostv1.SubmitResponse, error) {
	r := q.request
	if a.err != nil {
		return nil, w.byName(q, a.err)
	}
	if a.before == 0 {
		response := a.outcome.response(r.ID, w.durability)
		if response.Replayed = a.replayed; !a.replayed {
			response.Notices, response.Corrections = a.outcome.told(), a.outcome.corrections()
		}
		return response, nil
	}
	commit, err := w.commits.load(ctx, a.before)
	if errors.Is(err, eventstore.ErrUnknown) && ctx.Err() == nil {
		w.log.Warn("a receipt could not be read", "commit", a.before, "reason", err)
		return nil, errReceiptNotRead
	}
	if err != nil {
		return nil, err
	}
	for i := range commit.Entries {
		entry := &commit.Entries[i]
		if entry.Actor != a.actor || entry.Request != r.ID {
			continue
		}
		if !sameContent(entry, r.Content) {
			if retired := w.ledger().RequestKeyRetired(); entry.Last <= retired {
				return nil, requestKeyRetired(r.ID, entry.Last)
			}
			return nil, requestIDReused(r.ID)
		}
		receipt, err := w.receipt(commit, entry)
		return &milepostv1.SubmitResponse{Receipt: receipt, Replayed: true}, err
	}
	return nil, requestIDReused(r.ID)
}

// sameContent says whether an entry is of a request with this content: by what was sent or, where only that was kept, by
// what it says once parties stand for names.
func sameContent(e *eventstore.Entry, c request.Content) bool {
	if e.Content != "" {
		return e.Content == c.V1
	}
	return e.ContentV2 == c.V2
}

// byName puts names into a refusal that says which owner was expected, or who closed the plan: the domain knows parties by id alone.
func (w *Writer) byName(q *waiter, err error) error {
	var decided *Decided
	var refusal *domain.Refusal
	if !errors.As(err, &decided) || !errors.As(err, &refusal) {
		return err
	}
	named := *refusal
	switch refusal.Rule {
	case milestone.RuleOwnerFromStale:
		named.Expected, named.Actual = q.names.Display(refusal.Expected), q.names.Display(refusal.Actual)
	case plan.RulePartyMerged:
		named.Actual = ""
		named.Message += " It is " + q.names.Display(refusal.Actual) + "."
	case plan.RuleClosed:
		named.Actual = ""
		named.Message += " It was closed by " + q.names.Display(refusal.Actual) + "."
	default:
		return err
	}
	return &Decided{Err: &named, Position: decided.Position}
}
