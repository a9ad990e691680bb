package writer

import (
	"errors"
	"fmt"
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore/memory"
)

// Each request of a stream rests on those before it, though none of them is durable yet.
func TestAStreamIsDecidedInItsOrder(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	defer closed(t, s)
	take := s.Push(ann)
	var tickets []Ticket
	say := func(id string, c *milepostv1.Command) {
		tickets = append(tickets, take(t.Context(), submission(id, c)))
	}
	say("begin", registered())
	for i := range 500 {
		say(fmt.Sprint("add", i), added(fmt.Sprint("M", i)))
		say(fmt.Sprint("first", i), stated(fmt.Sprint("M", i), "2017-02-01", "2017-06"))
		say(fmt.Sprint("slip", i), stated(fmt.Sprint("M", i), "2017-03-01", "2017-09"))
	}
	for i, ticket := range tickets {
		r, err := ticket(t.Context())
		if err != nil || r.Receipt.Position != uint64(i+1) {
			t.Fatalf("request %d: %v, %v", i, r, err)
		}
	}
	say("nobody", stated("X", "2017-02-01", "2017-06"))
	say("again", stated("M1", "2017-04-01", "2017-12"))
	if r := refusalOf(t, second(tickets[len(tickets)-2](t.Context()))); r.Rule != milestone.RuleUnknown {
		t.Errorf("%v", r)
	}
	if _, err := tickets[len(tickets)-1](t.Context()); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

// What follows a request without an answer is not decided, though others are: when all of the stream is
// sent again, it comes to what its reporter meant.
func TestNothingOvertakesARequestWithoutAnAnswer(t *testing.T) {
	w := newWorld(t)
	fail := make(chan struct{}, 1)
	w.log.OnAppend = func(uint64, []byte) memory.Outcome {
		select {
		case <-fail:
			return memory.LoseRequest
		default:
			return memory.Deliver
		}
	}
	s := w.open()
	defer closed(t, s)
	w.mustSubmit(s, submission("begin", registered(), added("A1"), added("B1")))

	fail <- struct{}{}
	take := s.Push(ann)
	sent := []*milepostv1.SubmitRequest{
		submission("june", stated("A1", "2017-02-01", "2017-06")),
		submission("september", stated("A1", "2017-02-01", "2017-09")),
	}
	first := take(t.Context(), sent[0])
	unavailable := func(err error) {
		t.Helper()
		var u *Unavailable
		if !errors.As(err, &u) {
			t.Fatalf("%v", err)
		}
	}
	unavailable(second(first(t.Context())))
	// By now the outcome may be known again, and somebody else is answered.
	w.untilKnown(s, submission("other", stated("B1", "2017-02-01", "2017-06")))
	unavailable(second(take(t.Context(), sent[1])(t.Context())))

	take = s.Push(ann)
	for _, m := range sent {
		if _, err := take(t.Context(), m)(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	p, _ := s.book.Now().Plan("hubs")
	m, _ := p.FindRef("A1")
	if due := s.book.Now().Newest(m).LastDue.String(); due != "2017-09-30" {
		t.Errorf("due on %s", due)
	}
}

func TestPushAfterClose(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	take := s.Push(ann)
	closed(t, s)
	var unavailable *Unavailable
	if err := second(take(t.Context(), submission("r", registered()))(t.Context())); !errors.As(err, &unavailable) {
		t.Errorf("%v", err)
	}
}
