package writer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/access"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/replica"
	"milepost.dev/internal/writer/quota"
)

var day = time.Date(2018, 1, 15, 9, 0, 0, 0, time.UTC)

// world is what outlives a writer: its ledger, its names, its folds and the time.
type world struct {
	t     testing.TB
	log   *memory.Log
	names *parties.Directory
	clock *clock.Manual
	folds string
	every uint64
	usage *quota.Usage   // nil where nobody has a quota
	room  func() *NoRoom // nil where the disk has always enough

	logger *slog.Logger // to told
	told   strings.Builder
}

func newWorld(t testing.TB) *world {
	t.Helper()
	names, err := parties.Open(t.Context(), memory.NewKept(), clock.Seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, log: memory.New(), names: names, clock: clock.NewManual(day), folds: t.TempDir()}
	w.logger = slog.New(slog.NewTextHandler(&w.told, nil))
	return w
}

func (w *world) open() *Writer {
	w.t.Helper()
	s, err := w.tryOpen(true)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

// follow makes a replica as an embedded node does: fed the whole ledger first, or from its fold on.
func (w *world) follow(whole bool) (*replica.Replica, error) {
	r := replica.New(replica.Config{Dir: w.folds, Whole: whole, SaveEvery: w.every, Log: w.logger})
	if !whole {
		return r, nil
	}
	err := w.log.Read(w.t.Context(), 1, r.Feed)
	return r, errors.Join(err, r.Fed())
}

// tryOpen opens the writer as an embedded node does.
func (w *world) tryOpen(whole bool) (*Writer, error) {
	r, err := w.follow(whole)
	if err != nil {
		return nil, err
	}
	return w.write(r)
}

// write opens a writer on what a replica has read.
func (w *world) write(r *replica.Replica) (*Writer, error) {
	return Open(w.t.Context(), Config{
		Store: w.log, Replica: r, Parties: w.names, Clock: clock.NewGuard(w.clock, 5*time.Second),
		IDs: clock.NewIDs(clock.Seeded(uint64(len(w.log.Messages())))), Entropy: clock.Seeded(3),
		Log: w.logger, Software: "test", Usage: w.usage, Room: w.room,
	})
}

var ann = access.Caller{
	Name: "ann", Organisation: "Programme Office", Roles: map[string][]access.Role{access.EveryPlan: {access.Reporter, access.Approver}},
}

func stated(ref, asAt, date string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_DeliveryDateStated{
		DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: ref, DeliveryDate: date},
	}}
}

func added(ref string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-01-01", Command: &milepostv1.Command_MilestoneAdded{
		MilestoneAdded: &milepostv1.MilestoneAdded{Ref: ref},
	}}
}

func registered() *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-01-01", Command: &milepostv1.Command_PlanRegistered{
		PlanRegistered: &milepostv1.PlanRegistered{Name: "Community hubs"},
	}}
}

func submission(id string, commands ...*milepostv1.Command) *milepostv1.SubmitRequest {
	return &milepostv1.SubmitRequest{RequestId: id, Plan: "hubs", Commands: commands}
}

func (w *world) mustSubmit(s *Writer, m *milepostv1.SubmitRequest) *milepostv1.SubmitResponse {
	w.t.Helper()
	return w.mustSubmitAs(s, ann, m)
}

func (w *world) mustSubmitAs(s *Writer, caller access.Caller, m *milepostv1.SubmitRequest) *milepostv1.SubmitResponse {
	w.t.Helper()
	response, err := s.Submit(w.t.Context(), caller, m)
	if err != nil {
		w.t.Fatalf("submit %s: %v", m.RequestId, err)
	}
	return response
}

func closed(t testing.TB, s *Writer) {
	t.Helper()
	s.Close()
	if err := s.replica.Close(s.Failure() == nil); err != nil {
		t.Errorf("close: %v", err)
	}
}

func refusalOf(t testing.TB, err error) *domain.Refusal {
	t.Helper()
	var one *domain.Refusal
	if errors.As(err, &one) {
		return one
	}
	var all domain.Refusals
	if errors.As(err, &all) {
		return all[0]
	}
	t.Fatalf("not a refusal: %v", err)
	return nil
}

func TestAReceiptIsTheSameForEver(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1"), stated("A1", "2017-02-01", "2017-06")))
	slip := submission("slip", stated("A1", "2017-03-01", "2017-09"))
	first := w.mustSubmit(s, slip)
	if first.Replayed || len(first.Receipt.Events) != 1 || first.Receipt.Events[0].Type != "MilestoneSlipped" ||
		first.Receipt.Position != 4 || first.Receipt.Events[0].Revision != 3 {
		t.Fatalf("the first receipt is %v", first)
	}
	for _, when := range []string{"at once", "after a restart", "after a restart from the fold"} {
		again := w.mustSubmit(s, slip)
		if !again.Replayed || !proto.Equal(again.Receipt, first.Receipt) {
			t.Errorf("%s: %v and not %v", when, again, first)
		}
		closed(t, s)
		s = w.open()
	}
	if got := s.book.Position(); got != 4 {
		t.Errorf("the ledger is at position %d", got)
	}
	_, err := s.Submit(t.Context(), ann, submission("slip", stated("A1", "2017-03-01", "2017-10")))
	if r := refusalOf(t, err); r.Rule != RuleRequestIDReused || r.Class != domain.Exists {
		t.Errorf("other content under the id: %v", r)
	}
	// The id belongs to its actor: for somebody else it is another request.
	other, err := s.Submit(t.Context(), access.Caller{Name: "ben"}, submission("slip", stated("A1", "2017-04-01", "2017-10")))
	if err != nil || other.Replayed {
		t.Errorf("somebody else's request: %v, %v", other, err)
	}
	closed(t, s)
}

func TestOneRequestSentAThousandTimesAtOnce(t *testing.T) {
	w := newWorld(t)
	first, stored := make(chan struct{}), make(chan struct{})
	var through int // by the appender alone
	w.log.OnAppend = func(uint64, []byte) memory.Outcome {
		if through++; through == 3 { // after the opening and the beginning: it is held until all of them have come
			close(first)
			<-stored
		}
		return memory.Deliver
	}
	s := w.open()
	w.mustSubmit(s, beginning())
	var fresh atomic.Int32
	receipts := make([]*milepostv1.Receipt, 1000)
	var all sync.WaitGroup
	for i := range receipts {
		all.Go(func() {
			r, err := s.Submit(t.Context(), ann, submission("same", stated("A1", "2017-02-01", "2017-06")))
			if err != nil {
				t.Error(err)
				return
			}
			if !r.Replayed {
				fresh.Add(1)
			}
			receipts[i] = r.Receipt
		})
	}
	<-first
	for waiting := 0; waiting < len(receipts); waiting, _ = s.Waiting() {
		runtime.Gosched()
	}
	w.taken(s)
	close(stored)
	all.Wait()
	if fresh.Load() != 1 || s.book.Position() != 3 {
		t.Errorf("%d were new, and the ledger is at position %d", fresh.Load(), s.book.Position())
	}
	closed(t, s)
	s = w.open()
	receipts = append(receipts, w.mustSubmit(s, submission("same", stated("A1", "2017-02-01", "2017-06"))).Receipt)
	for _, r := range receipts {
		if !proto.Equal(r, receipts[0]) {
			t.Fatalf("%v and %v", r, receipts[0])
		}
	}
	closed(t, s)
}

func TestANoOpStaysOneWhenTheWorldHasMoved(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1"), stated("A1", "2017-02-01", "2017-06")))
	same := submission("same", stated("A1", "2017-02-01", "2017-06"))
	first := w.mustSubmit(s, same)
	if len(first.Receipt.Events) != 0 || first.Receipt.Position != 3 {
		t.Fatalf("%v", first)
	}
	w.mustSubmit(s, submission("move", stated("A1", "2017-02-01", "2017-09")))
	for range 2 {
		if again := w.mustSubmit(s, same); !again.Replayed || !proto.Equal(again.Receipt, first.Receipt) {
			t.Errorf("%v", again)
		}
		closed(t, s)
		s = w.open()
	}
	closed(t, s)
}

func TestARequestStandsOrFallsAsOne(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1")))
	_, err := s.Submit(t.Context(), ann, submission("half",
		added("A2"), stated("A2", "2017-02-01", "2017-06"), stated("A3", "2017-02-01", "2017-06")))
	r := refusalOf(t, err)
	if r.Rule != milestone.RuleUnknown || r.Field != "commands[2].delivery_date_stated.ref" {
		t.Errorf("%+v", r)
	}
	var decided *Decided
	if !errors.As(err, &decided) || decided.Position != 2 {
		t.Errorf("decided at %v", decided)
	}
	p, _ := s.book.Now().Plan("hubs")
	if _, ok := p.Find("A2"); ok || s.book.Position() != 2 {
		t.Error("half of it was kept")
	}
	// A refusal is not recorded: the same id may be used again.
	w.mustSubmit(s, submission("half", added("A2")))
	closed(t, s)
}

func TestAStaleOwnerIsNamed(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	defer closed(t, s)
	owner := func(from, to string) *milepostv1.Command {
		return &milepostv1.Command{AsAt: "2017-02-01", Command: &milepostv1.Command_OwnerChanged{
			OwnerChanged: &milepostv1.OwnerChanged{Ref: "A1", From: from, Owner: to},
		}}
	}
	w.mustSubmit(s, submission("begin", registered(), added("A1"), owner("", "Ada Lovelace")))
	_, err := s.Submit(t.Context(), ann, submission("r", owner("Grace Hopper", "Mary Somerville")))
	if r := refusalOf(t, err); r.Rule != milestone.RuleOwnerFromStale || r.Expected != "Grace Hopper" || r.Actual != "Ada Lovelace" {
		t.Errorf("%+v", r)
	}
	var decided *Decided
	if !errors.As(err, &decided) || decided.Position != 3 {
		t.Errorf("%v is not said to be decided at position 3", err)
	}
}

// unsteadyKept and unsteadyLog give no clear answer while they fail.
type unsteadyKept struct {
	*memory.Kept
	failing atomic.Bool
}

func (k *unsteadyKept) Put(ctx context.Context, key string, value []byte) error {
	if k.failing.Load() {
		return errors.New("the disk is full")
	}
	return k.Kept.Put(ctx, key, value)
}

type unsteadyLog struct {
	eventstore.Log
	failing atomic.Bool
}

func (l *unsteadyLog) Load(ctx context.Context, number uint64) ([]byte, error) {
	if l.failing.Load() {
		return nil, eventstore.ErrUnknown
	}
	return l.Log.Load(ctx, number)
}

// What fails for no fault of the reporter's is to be sent again, and says so.
func TestAStoreThatFailsForAWhile(t *testing.T) {
	w := newWorld(t)
	kept := &unsteadyKept{Kept: memory.NewKept()}
	names, err := parties.Open(t.Context(), kept, clock.Seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	w.names = names
	s := w.open()
	store := &unsteadyLog{Log: s.commits.store}
	s.commits.store = store // what receipts are read back from
	w.mustSubmit(s, submission("begin", registered(), added("A1")))

	owner := submission("owner", &milepostv1.Command{Command: &milepostv1.Command_OwnerChanged{
		OwnerChanged: &milepostv1.OwnerChanged{Ref: "A1", Owner: "Ada Lovelace"},
	}})
	kept.failing.Store(true)
	store.failing.Store(true)
	for m, rule := range map[*milepostv1.SubmitRequest]string{
		owner: RuleNameNotKept, submission("begin", registered(), added("A1")): RuleReceiptNotRead,
	} {
		var unavailable *Unavailable
		if _, err := s.Submit(t.Context(), ann, m); !errors.As(err, &unavailable) || unavailable.Rule != rule {
			t.Errorf("%s: %v", m.RequestId, err)
		}
	}
	kept.failing.Store(false)
	store.failing.Store(false)
	w.mustSubmit(s, owner)
	if r := w.mustSubmit(s, submission("begin", registered(), added("A1"))); !r.Replayed {
		t.Errorf("%v", r)
	}
	closed(t, s)
}

func TestUnknownOutcomes(t *testing.T) {
	for name, outcomes := range map[string][]memory.Outcome{
		"the answer is lost":             {memory.LoseAnswer},
		"the request is lost":            {memory.LoseRequest},
		"lost, and lost again":           {memory.LoseRequest, memory.LoseRequest, memory.LoseAnswer},
		"it arrives late":                {memory.Delay},
		"a conflict that is none":        {memory.ConflictStored},
		"a conflict, and nothing stored": {memory.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			var failing atomic.Bool
			rest := outcomes
			w.log.OnAppend = func(uint64, []byte) memory.Outcome { // by the appender alone
				if !failing.Load() || len(rest) == 0 {
					return memory.Deliver
				}
				next := rest[0]
				rest = rest[1:]
				return next
			}
			s := w.open()
			w.mustSubmit(s, submission("begin", registered(), added("A1")))
			failing.Store(true)
			_, err := s.Submit(t.Context(), ann, submission("r", stated("A1", "2017-02-01", "2017-06")))
			var unavailable *Unavailable
			if !errors.As(err, &unavailable) || unavailable.Rule != RuleUnknown {
				t.Fatalf("%v", err)
			}
			if got := w.untilKnown(s, submission("r", stated("A1", "2017-02-01", "2017-06"))); got.Receipt.Position != 3 {
				t.Errorf("%v", got)
			}
			w.mustSubmit(s, submission("next", stated("A1", "2017-03-01", "2017-09")))
			if err := s.Failure(); err != nil {
				t.Errorf("and afterwards it says %v", err)
			}
			closed(t, s)
			if s := w.open(); s.book.Position() != 4 {
				t.Errorf("position %d", s.book.Position())
			} else {
				closed(t, s)
			}
		})
	}
}

// untilKnown sends a request again until its outcome is known, as a reporter does.
func (w *world) untilKnown(s *Writer, m *milepostv1.SubmitRequest) *milepostv1.SubmitResponse {
	w.t.Helper()
	for {
		r, err := s.Submit(w.t.Context(), ann, m)
		var unavailable *Unavailable
		if errors.As(err, &unavailable) {
			continue
		}
		if err != nil {
			w.t.Fatal(err)
		}
		return r
	}
}

func TestAWriterThatWasTakenOverLeaves(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1")))
	w.folds = ""
	second := w.open()
	_, err := s.Submit(t.Context(), ann, submission("r", stated("A1", "2017-02-01", "2017-06")))
	var unavailable *Unavailable
	if !errors.As(err, &unavailable) {
		t.Errorf("%v", err)
	}
	select {
	case <-s.Done():
	case <-time.After(30 * time.Second):
		t.Fatal("the first writer goes on")
	}
	if err := s.Wait(); !errors.Is(err, eventstore.ErrFenced) {
		t.Errorf("the first writer ended with %v", err)
	}
	if _, err := s.Submit(t.Context(), ann, submission("r", stated("A1", "2017-02-01", "2017-06"))); !errors.As(err, &unavailable) || unavailable.Rule != RuleLedgerStopped {
		t.Errorf("and then it answered %v", err)
	}
	if r := w.mustSubmit(second, submission("r", stated("A1", "2017-02-01", "2017-06"))); r.Replayed {
		t.Error("what the first writer could not store was stored")
	}
	closed(t, s)
	closed(t, second)
}

func TestAClockThatJumpsStopsCommands(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1")))
	w.clock.Set(day.Add(time.Hour))
	_, err := s.Submit(t.Context(), ann, submission("r", added("A2")))
	var unavailable *Unavailable
	if !errors.As(err, &unavailable) || unavailable.Rule != RuleClockUnsteady {
		t.Errorf("%v", err)
	}
	w.clock.Set(day)
	w.mustSubmit(s, submission("r", added("A2")))
	closed(t, s)

	w.clock = clock.NewManual(day.Add(-time.Hour))
	if s, err := w.tryOpen(true); err == nil {
		closed(t, s)
		t.Error("a ledger from the future was opened")
	}
}

func TestAFoldThatIsAheadOfTheLedgerIsRefused(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1")))
	w.mustSubmit(s, submission("more", stated("A1", "2017-02-01", "2017-06")))
	closed(t, s)
	messages := w.log.Messages()

	w.log = memory.Of(messages[:len(messages)-1])
	var damage *eventstore.Damage
	for _, whole := range []bool{true, false} {
		if _, err := w.tryOpen(whole); !errors.As(err, &damage) || damage.Commit != uint64(len(messages)) {
			t.Errorf("a ledger that lost its end: %v", err)
		}
	}
	w.folds = t.TempDir() // without the fold nobody can tell
	closed(t, w.open())
}

func TestFoldsAreSavedMeanwhile(t *testing.T) {
	w := newWorld(t)
	w.every = 50
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1")))
	var all sync.WaitGroup
	for k := range 8 {
		all.Go(func() {
			for i := range 100 {
				if _, err := s.Submit(t.Context(), ann, submission(fmt.Sprintf("%d-%d", k, i), added(fmt.Sprintf("M%d-%d", k, i)))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	position := s.book.Position()
	closed(t, s)
	if n := strings.Count(w.told.String(), "fold saved"); n < 2 {
		t.Errorf("saved %d times, of which one is at the end", n)
	}
	for _, whole := range []bool{true, false} {
		s, err := w.tryOpen(whole)
		if err != nil {
			t.Fatal(err)
		}
		if s.book.Position() != position {
			t.Errorf("position %d after %d", s.book.Position(), position)
		}
		for k := range 8 {
			for i := range 100 {
				if r := w.mustSubmit(s, submission(fmt.Sprintf("%d-%d", k, i), added(fmt.Sprintf("M%d-%d", k, i)))); !r.Replayed {
					t.Fatalf("request %d-%d was forgotten", k, i)
				}
			}
		}
		closed(t, s)
	}
}

func TestSubmitAfterClose(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	closed(t, s)
	var unavailable *Unavailable
	if _, err := s.Submit(context.Background(), ann, submission("r", registered())); !errors.As(err, &unavailable) {
		t.Errorf("%v", err)
	}
	s.Close() // closing twice is harmless
}

// Close returns when all of it is done, to the second caller as well: the replica belongs to the caller then.
func TestCloseByTwoAtOnce(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1")))
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			s.Close()
			if at := s.replica.Chain().Position; at != 2 {
				t.Errorf("closed, and the replica stands at position %d", at)
			}
		})
	}
	both.Wait()
}
