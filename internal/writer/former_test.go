package writer

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"milepost.dev/eventstore/memory"
)

// A caller who was given another name sends a request again that was accepted under the one before: while it is being made durable,
// when it is in memory, and from the disk. It gets the first receipt, and anything else under that id is refused.
func TestWhoHasAnotherNameKeepsTheirRequests(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1"), stated("A1", "2017-02-01", "2017-06")))
	slip := submission("slip", stated("A1", "2017-03-01", "2017-09"))
	first := w.mustSubmit(s, slip)
	renamed := ann
	renamed.Name, renamed.Formerly = "Ann of the office", "ANN"
	for _, when := range []string{"at once", "after a restart", "after a restart from the fold"} {
		again, err := s.Submit(t.Context(), renamed, slip)
		if err != nil || !again.Replayed || !proto.Equal(again.Receipt, first.Receipt) {
			t.Errorf("%s: %v, %v and not %v", when, again, err, first)
		}
		closed(t, s)
		s = w.open()
	}
	if _, err := s.Submit(t.Context(), renamed, submission("slip", stated("A1", "2017-03-01", "2017-10"))); refusalOf(t, err).Rule != RuleRequestIDReused {
		t.Errorf("other content under the id: %v", err)
	}
	own, err := s.Submit(t.Context(), renamed, submission("own", stated("A1", "2017-04-01", "2017-11")))
	if err != nil || own.Replayed {
		t.Fatalf("a new request: %v, %v", own, err)
	}
	// What they said under the new name is theirs alone.
	if back, err := s.Submit(t.Context(), ann, submission("own", stated("A1", "2017-04-01", "2017-12"))); err != nil || back.Replayed {
		t.Errorf("the old name gets the new one's receipts: %v, %v", back, err)
	}
	someone := renamed
	someone.Formerly = "nobody that ever stated anything"
	if other, err := s.Submit(t.Context(), someone, submission("slip", stated("A1", "2017-05-01", "2018-01"))); err != nil || other.Replayed {
		t.Errorf("of somebody else: %v, %v", other, err)
	}
	closed(t, s)
}

// The same while the first one is on its way to the disk.
func TestWhoHasAnotherNameWaitsWithTheirRequest(t *testing.T) {
	w := newWorld(t)
	s, g := w.gated()
	renamed := ann
	renamed.Name, renamed.Organisation, renamed.Formerly = "Ann of the office", "", "ann"
	request := submission("a", titled("A2", "First"))
	first := w.queued(s, request)
	<-g.arrived
	w.taken(s)
	again, err := s.read(&renamed, request, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.queue <- again
	w.taken(s)
	g.outcome <- memory.Deliver
	one := <-first
	var two answer
	select {
	case two = <-again.reply:
	case <-g.arrived:
		g.outcome <- memory.Deliver
		t.Fatal("it is made a second event")
	}
	if one.err != nil || two.err != nil || !two.replayed || one.outcome != two.outcome {
		t.Errorf("%+v, and then %+v", one, two)
	}
	closed(t, s)
}
