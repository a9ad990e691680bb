package writer

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/access"
	"milepost.dev/internal/replica"
	"milepost.dev/internal/writer/quota"
)

// counted opens a writer that counts, as a node does.
func (w *world) counted() (*Writer, *quota.Usage) {
	w.t.Helper()
	usage := quota.New()
	r := replica.New(replica.Config{Dir: w.folds, Whole: true, Log: w.logger, Each: usage.Commit})
	if err := errors.Join(w.log.Read(w.t.Context(), 1, r.Feed), r.Fed()); err != nil {
		w.t.Fatal(err)
	}
	w.usage = usage
	s, err := w.write(r)
	if err != nil {
		w.t.Fatal(err)
	}
	return s, usage
}

func exceeded(err error) (rule string, again time.Duration) {
	if u, ok := errors.AsType[*Unavailable](err); ok && u.Overloaded {
		return u.Rule, u.RetryAfter
	}
	return "", 0
}

// However many state facts at once, no caller gets past its quota of a day; the next day, by the clock of the ledger, it has
// another; a restart in between changes nothing, and what was accepted is answered again.
func TestNobodyRacesPastAQuota(t *testing.T) {
	w := newWorld(t)
	stored := make(chan struct{})
	var through int // by the appender alone
	w.log.OnAppend = func(uint64, []byte) memory.Outcome {
		if through++; through == 3 { // after the opening and the beginning: nothing is durable before all have come
			<-stored
		}
		return memory.Deliver
	}
	s, _ := w.counted()
	w.mustSubmit(s, beginning())
	limited := ann
	limited.Name, limited.Limits = "a reporter with a quota", access.Limits{EventsADay: 10}
	var accepted, refused atomic.Int64
	try := func(s *Writer, from, to int) {
		var all sync.WaitGroup
		for i := from; i < to; i++ {
			all.Go(func() {
				_, err := s.Submit(t.Context(), limited, submission(fmt.Sprint("r", i), added(fmt.Sprint("R", i)), stated(fmt.Sprint("R", i), "2017-02-01", "2017-06")))
				switch rule, again := exceeded(err); {
				case err == nil:
					accepted.Add(1)
				case rule == quota.RuleCallerDay && again == 15*time.Hour: // it is nine o'clock
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		if from == 0 {
			for waiting := 0; waiting+int(refused.Load()) < to; waiting, _ = s.Waiting() {
				runtime.Gosched()
			}
			close(stored)
		}
		all.Wait()
	}
	try(s, 0, 40)
	if accepted.Load() != 5 || refused.Load() != 35 {
		t.Fatalf("%d of two events each were accepted, and %d refused, of ten events a day", accepted.Load(), refused.Load())
	}
	w.mustSubmit(s, submission("another", added("X1"))) // of somebody else
	closed(t, s)

	s, _ = w.counted()
	try(s, 40, 44)
	if accepted.Load() != 5 {
		t.Errorf("%d after a restart", accepted.Load())
	}
	w.clock.Advance(15 * time.Hour)
	w.mustSubmit(s, submission("the next day", added("X2")))
	if _, err := s.Submit(t.Context(), limited, submission("next", added("N1"))); err != nil {
		t.Errorf("on the next day: %v", err)
	}
	closed(t, s)
}

// A plan has a quota whoever states, and one in all.
func TestQuotasOfAPlan(t *testing.T) {
	w := newWorld(t)
	s, usage := w.counted()
	c, err := access.Parse([]byte(`{"tokens": [], "quotas": {"plan": {"events": 4, "bytes_a_day": 2000}}}`))
	if err != nil {
		t.Fatal(err)
	}
	caller := func(i int) access.Caller {
		return access.Caller{Name: fmt.Sprint("reporter ", i), Quotas: c.Quotas()}
	}
	if _, err := s.Submit(t.Context(), caller(0), submission("begin", registered(), added("A1"), added("A2"))); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Submit(t.Context(), caller(1), submission("two", added("A3"), added("A4"))); err == nil {
		t.Error("a fifth event is accepted")
	} else if rule, again := exceeded(err); rule != quota.RulePlan || again != 24*time.Hour {
		t.Error(err)
	}
	if part := usage.Highest()["plan"]; part != 1 {
		t.Errorf("%v of the quota in all is used", part)
	}
	if r, err := s.Submit(t.Context(), caller(0), submission("begin", registered(), added("A1"), added("A2"))); err != nil || !r.Replayed {
		t.Errorf("what was accepted is sent again: %v", err)
	}
	closed(t, s)
}

// What is dropped, because an append got no clear answer or a name could not be kept, is not counted.
func TestWhatIsDroppedIsNotCounted(t *testing.T) {
	kept := &unsteadyKept{Kept: memory.NewKept()}
	w := withNames(t, kept)
	s, _ := w.counted()
	w.mustSubmit(s, beginning())
	limited := ann
	limited.Limits = access.Limits{Events: 4} // two are there
	kept.failing.Store(true)
	for range 5 {
		if _, err := s.Submit(t.Context(), limited, submission("o", added("O1"), ownedBy("O1", "Ada"))); err != errNameNotKept {
			t.Fatal(err)
		}
	}
	kept.failing.Store(false)
	if _, err := s.Submit(t.Context(), limited, submission("o", added("O1"), ownedBy("O1", "Ada"))); err != nil {
		t.Error(err)
	}
	if _, err := s.Submit(t.Context(), limited, submission("p", added("P1"))); err == nil {
		t.Error("the fifth is accepted")
	}
	closed(t, s)
}
