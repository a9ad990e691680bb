package writer

import (
	"context"
	"fmt"
	"slices"
	"testing"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
)

func ownedBy(ref, name string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-01-02", Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: ref, Owner: name}}}
}

// withNames is a world whose names lie where the test sees them.
func withNames(t *testing.T, kept parties.Kept) *world {
	t.Helper()
	w := newWorld(t)
	var err error
	if w.names, err = parties.Open(t.Context(), kept, clock.Seeded(1)); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) allNames() (all []string) {
	for _, p := range w.names.All() {
		all = append(all, p.Name)
	}
	return all
}

func stored(t *testing.T, kept parties.Kept) (n int) {
	t.Helper()
	if err := kept.All(context.Background(), func(string, []byte) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

// A request that is refused leaves none of its names behind, however many it has: not the owners, not who it is for, and not
// who sent it.
func TestARefusedRequestLeavesNoName(t *testing.T) {
	kept := memory.NewKept()
	w := withNames(t, kept)
	s := w.open()
	w.mustSubmit(s, beginning())
	before, names := stored(t, kept), w.allNames()
	stranger := ann
	stranger.Name, stranger.Organisation = "a reporter who never said anything", "Another organisation"
	for i := range 20 {
		m := submission(fmt.Sprint("r", i))
		for j := range 1000 {
			m.Commands = append(m.Commands, ownedBy("none", fmt.Sprintf("Owner %d of %d", j, i)))
		}
		if _, err := s.Submit(t.Context(), stranger, m); refusalOf(t, err).Rule != "milestone-unknown" {
			t.Fatal(err)
		}
	}
	if after := stored(t, kept); after != before || !slices.Equal(w.allNames(), names) {
		t.Errorf("%d values are kept, and %d were before; the names are %d", after, before, len(w.allNames()))
	}
	// One that is accepted leaves all of its names.
	if _, err := s.Submit(t.Context(), stranger, submission("ok", ownedBy("A1", "Ada Lovelace"))); err != nil {
		t.Fatal(err)
	}
	closed(t, s)
	if after := stored(t, kept); after != before+3 {
		t.Errorf("%d values are kept, want 3 more than %d", after, before)
	}
}

// A name is durable before the commit that names it.
func TestANameIsDurableBeforeItsCommit(t *testing.T) {
	kept := memory.NewKept()
	w := withNames(t, kept)
	var at []int // by the appender alone
	w.log.OnAppend = func(uint64, []byte) memory.Outcome {
		at = append(at, stored(t, kept))
		return memory.Deliver
	}
	s := w.open()
	w.mustSubmit(s, beginning())
	w.mustSubmit(s, submission("o", ownedBy("A1", "Ada Lovelace")))
	closed(t, s)
	if want := []int{1, 3, 4}; !slices.Equal(at, want) { // the key; who sent it and for whom; the owner
		t.Errorf("when the commits were appended %v values were kept, want %v", at, want)
	}
}

// Requests that are under way at once mean one party by a new name, and the next one too.
func TestPendingRequestsNameTheSameParty(t *testing.T) {
	kept := memory.NewKept()
	w := withNames(t, kept)
	s, g := w.gated()
	first := w.queued(s, submission("a", ownedBy("A1", "Ada Lovelace")))
	<-g.arrived
	second := w.queued(s, submission("b", ownedBy("A1", "ADA LOVELACE"), titled("B1", "Second")))
	w.taken(s)
	g.outcome <- memory.Deliver
	if a := <-first; a.err != nil || len(a.outcome.events) != 1 {
		t.Fatalf("%+v", a)
	}
	<-g.arrived
	g.outcome <- memory.Deliver
	if a := <-second; a.err != nil || len(a.outcome.events) != 1 { // the milestone, and no other owner
		t.Errorf("%+v", a)
	}
	closed(t, s)
	if all := w.allNames(); !slices.Contains(all, "Ada Lovelace") || len(all) != 3 {
		t.Errorf("the names are %q", all)
	}
}

// Where a name cannot be kept nothing is decided: what rests on it is to be sent again, and comes to the same then.
func TestANameThatCannotBeKeptTakesNothingWithIt(t *testing.T) {
	kept := &unsteadyKept{Kept: memory.NewKept()}
	w := withNames(t, kept)
	s := w.open()
	w.mustSubmit(s, beginning())
	position := s.book.Position()
	kept.failing.Store(true)
	owner := submission("o", titled("C1", "Third"), ownedBy("C1", "Ada Lovelace"))
	for range 2 {
		if _, err := s.Submit(t.Context(), ann, owner); err != errNameNotKept {
			t.Fatal(err)
		}
	}
	kept.failing.Store(false)
	r := w.mustSubmit(s, owner)
	if r.Replayed || r.Receipt.Position != position+2 {
		t.Errorf("%v", r)
	}
	closed(t, s)
}
