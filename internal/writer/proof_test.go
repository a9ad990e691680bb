package writer

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/replica"
)

// officeHeld is an office that nobody else takes.
type officeHeld struct{}

func (officeHeld) Store(context.Context, uint64) error { return nil }

// lateLog stores what is appended, and answers when it is let: the answer to an append is lost with the server that would have given it,
// until its writer asks another one what is stored.
type lateLog struct {
	eventstore.Log
	stored chan struct{} // gets one for each append that is held back
	answer chan error    // what becomes of it
	late   bool          // guarded by the channels: set while nothing is appended
}

func (l *lateLog) Append(ctx context.Context, number uint64, data []byte) error {
	err := l.Log.Append(ctx, number, data)
	if err == nil && l.late {
		l.stored <- struct{}{}
		return <-l.answer
	}
	return err
}

// Another node reads a commit as soon as it is stored, and shows it. Whoever asks for what is current afterwards has to see it too,
// also where its writer has no answer to the append yet.
func TestWhatOthersMayHaveReadIsCurrent(t *testing.T) {
	for name, outcome := range map[string]error{"the answer is late": nil, "the answer is lost": eventstore.ErrUnknown} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t)
				store := &lateLog{Log: w.log, stored: make(chan struct{}), answer: make(chan error)}
				r, err := w.follow(true)
				if err != nil {
					t.Fatal(err)
				}
				s, err := Open(t.Context(), Config{
					Store: store, Replica: r, Parties: w.names, Clock: clock.NewGuard(w.clock, 5*time.Second), IDs: clock.NewIDs(clock.Seeded(1)), Entropy: clock.Seeded(3),
					Log: w.logger, Software: "test", Office: officeHeld{},
				})
				if err != nil {
					t.Fatal(err)
				}
				w.mustSubmit(s, submission("begin", registered(), added("A1")))
				store.late = true
				submitted := make(chan error, 1)
				go func() {
					_, err := s.Submit(t.Context(), ann, submission("r", stated("A1", "2017-02-01", "2017-06")))
					submitted <- err
				}()
				<-store.stored

				other := replica.New(replica.Config{})
				if err := other.CatchUp(t.Context(), w.log); err != nil {
					t.Fatal(err)
				}
				seen := other.Position()
				proved := make(chan error, 1)
				go func() { proved <- s.Prove(t.Context()) }()
				synctest.Wait()
				select {
				case err := <-proved:
					if at := s.book.Position(); err == nil && at < seen {
						t.Errorf("position %d is said to be current, and another node has shown position %d before", at, seen)
					}
					proved <- err
				default:
				}
				store.late = false
				store.answer <- outcome
				if err := <-proved; err != nil {
					t.Error(err)
				}
				if at := s.book.Position(); at < seen {
					t.Errorf("position %d is said to be current, and another node has shown position %d before", at, seen)
				}
				if err := <-submitted; !errors.Is(err, errOf(outcome)) {
					t.Error(err)
				}
				closed(t, s)
			})
		})
	}
}

// errOf is what a caller is told whose append ended so.
func errOf(outcome error) error {
	if outcome == nil {
		return nil
	}
	return errUnknownOutcome
}

// A writer that will never know what became of an append proves nothing any more.
func TestAWriterThatStopsProvesNothing(t *testing.T) {
	u := &underway{}
	u.begin()
	waits := u.newest()
	u.fail()
	if err := waits.wait(t.Context()); !errors.Is(err, errNotProved) {
		t.Error(err)
	}
}

// What somebody sent who has left before it was looked at is not decided: the very same may have been refused elsewhere since.
func TestWhoHasLeftIsNotDecided(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	defer closed(t, s)
	w.mustSubmit(s, submission("begin", registered(), added("A1")))
	before := len(w.log.Messages())
	left, leave := context.WithCancel(t.Context())
	leave()
	if _, err := s.Submit(left, ann, submission("r", stated("A1", "2017-02-01", "2017-06"))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	take := s.Push(ann)
	if _, err := take(left, submission("p", stated("A1", "2017-02-01", "2017-06")))(t.Context()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	w.mustSubmit(s, submission("next", added("A2")))
	if after := len(w.log.Messages()); after != before+1 {
		t.Errorf("%d commits were added, and one request was waited for", after-before)
	}
}
