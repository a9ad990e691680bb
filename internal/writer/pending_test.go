package writer

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore/memory"
)

// gate holds every append until the test says what becomes of it.
type gate struct {
	arrived chan struct{}
	outcome chan memory.Outcome
}

// gated opens a writer with a plan and a milestone A1, and from then on holds its appends.
func (w *world) gated() (*Writer, *gate) {
	w.t.Helper()
	g := &gate{arrived: make(chan struct{}), outcome: make(chan memory.Outcome)}
	var through int // by the appender alone
	w.log.OnAppend = func(uint64, []byte) memory.Outcome {
		if through++; through <= 2 { // the opening, and the first request
			return memory.Deliver
		}
		g.arrived <- struct{}{}
		return <-g.outcome
	}
	s := w.open()
	w.mustSubmit(s, beginning())
	return s, g
}

func beginning() *milepostv1.SubmitRequest { return submission("begin", registered(), added("A1")) }

// queued puts a request into the queue, so that the test knows the order.
func (w *world) queued(s *Writer, m *milepostv1.SubmitRequest) <-chan answer {
	w.t.Helper()
	caller := ann
	caller.Organisation = ""
	waiting, err := s.read(&caller, m, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	s.queue <- waiting
	return waiting.reply
}

// taken returns when the loop has seen everything that was queued before: what was accepted long ago is
// answered at once.
func (w *world) taken(s *Writer) { <-w.queued(s, beginning()) }

// titled adds a milestone in words of its own.
func titled(ref, title string) *milepostv1.Command {
	c := added(ref)
	c.GetMilestoneAdded().Title = title
	return c
}

func isUnknown(a answer) bool {
	var unavailable *Unavailable
	return errors.As(a.err, &unavailable) && unavailable.Rule == RuleUnknown
}

// A refusal on account of something that is not durable yet waits until it is; if that is not known, the
// refusal is not given.
func TestARefusalRestsOnWhatIsDurable(t *testing.T) {
	for name, between := range map[string]*milepostv1.SubmitRequest{
		"on what is in flight":   nil,
		"on what waits for that": submission("between", titled("A3", "First")),
	} {
		t.Run(name, func(t *testing.T) {
			for _, outcome := range []memory.Outcome{memory.Deliver, memory.LoseRequest} {
				w := newWorld(t)
				s, g := w.gated()
				accepted := w.queued(s, submission("a", titled("A2", "First")))
				<-g.arrived
				ref := "A2"
				if between != nil {
					w.queued(s, between)
					ref = "A3"
				}
				refused := w.queued(s, submission("b", titled(ref, "Second")))
				w.taken(s)
				if len(refused) != 0 {
					t.Fatalf("it was refused at once: %v", <-refused)
				}
				g.outcome <- outcome
				first := <-accepted
				if outcome == memory.LoseRequest {
					if second := <-refused; !isUnknown(first) || !isUnknown(second) {
						t.Errorf("%v and %v, when nobody knew", first.err, second.err)
					}
					<-g.arrived // sent again
					g.outcome <- memory.Deliver
				} else {
					if between != nil {
						<-g.arrived
						g.outcome <- memory.Deliver
					}
					if r := refusalOf(t, (<-refused).err); first.err != nil || r.Rule != milestone.RuleRefTaken {
						t.Errorf("%v, and then %v", first.err, r)
					}
				}
				closed(t, s)
			}
		})
	}
}

// What was decided on top of an append without an answer is forgotten: nobody gets a receipt for what is
// not there.
func TestWhatRestedOnAnUnknownOutcomeIsForgotten(t *testing.T) {
	w := newWorld(t)
	s, g := w.gated()
	inFlight := w.queued(s, submission("a", added("A2")))
	<-g.arrived
	gathered := w.queued(s, submission("b", added("A3")))
	w.taken(s)
	g.outcome <- memory.LoseRequest
	if a, b := <-inFlight, <-gathered; !isUnknown(a) || !isUnknown(b) {
		t.Fatalf("%v and %v", a.err, b.err)
	}
	<-g.arrived // the very same bytes, again
	g.outcome <- memory.Deliver

	for range 2 { // the ledger is found to hold A2 and never to have held A3, and what is decided next says so
		go func() {
			<-g.arrived
			g.outcome <- memory.Deliver
		}()
	}
	if r := w.untilKnown(s, submission("b", added("A3"))); r.Replayed || len(r.Receipt.Events) != 1 || r.Receipt.Position != 4 {
		t.Errorf("what was forgotten came back as %v", r)
	}
	if r := w.untilKnown(s, submission("a", added("A2"))); !r.Replayed || r.Receipt.Position != 3 {
		t.Errorf("what was stored came back as %v", r)
	}
	_, err := s.Submit(t.Context(), ann, submission("c", titled("A3", "Second")))
	var decided *Decided
	if !errors.As(err, &decided) || decided.Position != 4 {
		t.Errorf("%v, and not decided at position 4", err)
	}
	w.mustSubmit(s, submission("d", added("A4")))
	closed(t, s)
	if p, _ := s.book.Now().Plan("hubs"); len(p.Milestones()) != 4 {
		t.Errorf("%d milestones", len(p.Milestones()))
	}
}

// The same id for something else is refused, also while the first is not durable yet.
func TestAPendingRequestIDIsNotReused(t *testing.T) {
	w := newWorld(t)
	s, g := w.gated()
	first := w.queued(s, submission("a", added("A2")))
	<-g.arrived
	other, same := w.queued(s, submission("a", added("A3"))), w.queued(s, submission("a", added("A2")))
	w.taken(s)
	if len(other)+len(same) != 0 {
		t.Error("an answer came before anything was durable")
	}
	g.outcome <- memory.Deliver
	if a, b := <-first, <-same; a.err != nil || b.err != nil || a.replayed || !b.replayed {
		t.Errorf("%+v and %+v", a, b)
	}
	if r := refusalOf(t, (<-other).err); r.Rule != RuleRequestIDReused {
		t.Errorf("%v", r)
	}
	closed(t, s)
}

// What finds no room in a commit waits for the next, in its turn, and nobody is forgotten.
func TestMoreThanOneCommitHolds(t *testing.T) {
	w := newWorld(t)
	w.log.MaxMessage = 16 << 10
	s, g := w.gated()
	var answers []<-chan answer
	for i := range 20 {
		c := stated("A1", "2017-02-01", fmt.Sprint(2018+i))
		c.GetDeliveryDateStated().Reason = strings.Repeat("r", 5000)
		answers = append(answers, w.queued(s, submission(fmt.Sprint(i), c)))
	}
	go func() {
		for range g.arrived {
			g.outcome <- memory.Deliver
		}
	}()
	for i, one := range answers {
		a := <-one
		if a.err != nil {
			t.Fatalf("request %d: %v", i, a.err)
		}
		if last := a.outcome.position; last != uint64(3+i) {
			t.Errorf("request %d is at position %d", i, last)
		}
	}
	closed(t, s)
	close(g.arrived)
}

// Closing while an outcome is not known waits until it is, and then everybody has an answer.
func TestCloseDuringAnUnknownOutcome(t *testing.T) {
	w := newWorld(t)
	s, g := w.gated()
	inFlight := w.queued(s, submission("a", added("A2")))
	<-g.arrived
	g.outcome <- memory.LoseRequest
	if a := <-inFlight; !isUnknown(a) {
		t.Fatalf("%v", a.err)
	}
	<-g.arrived
	done := make(chan struct{})
	go func() { s.Close(); close(done) }()
	<-s.stop
	g.outcome <- memory.Deliver
	<-done
	if err := s.Wait(); err != nil {
		t.Error(err)
	}
	closed(t, s)
	w.log.OnAppend = nil
	s = w.open()
	if r := w.mustSubmit(s, submission("a", added("A2"))); !r.Replayed {
		t.Error("what was stored is not known")
	}
	closed(t, s)
}

// A command is decided on everything that was accepted before it, whichever commit that is in.
func TestDecidedOnWhatIsPending(t *testing.T) {
	w := newWorld(t)
	s, g := w.gated()
	var answers []<-chan answer
	for i, c := range []*milepostv1.Command{
		added("A2"), stated("A2", "2017-02-01", "2017-06"), stated("A2", "2017-03-01", "2017-09"), stated("A2", "2017-04-01", "2017-12"),
	} { // each while the one before is in flight
		answers = append(answers, w.queued(s, submission(fmt.Sprint(i), c)))
		w.taken(s)
		if i > 0 {
			g.outcome <- memory.Deliver
		}
		<-g.arrived
	}
	g.outcome <- memory.Deliver
	for i, want := range []string{"MilestoneAdded", "ForecastGiven", "MilestoneSlipped", "MilestoneSlipped"} {
		a := <-answers[i]
		if a.err != nil {
			t.Fatal(a.err)
		}
		receipt := a.outcome.response("r", "memory").Receipt
		if receipt.Events[0].Type != want || receipt.Events[0].Revision != uint64(i+1) {
			t.Errorf("%v, and not %s", receipt, want)
		}
	}
	closed(t, s)
}
