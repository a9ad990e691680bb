package writer

import (
	"errors"
	"testing"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/projections"
)

// poison appends, as a newer milepost might have, an event that this one does not know and then one that it
// does. It returns the position of the first.
func (w *world) poison() uint64 {
	w.t.Helper()
	chain := &eventstore.Chain{}
	ledger, err := eventstore.TakeOver(w.t.Context(), w.log, chain,
		&ledgerv1.Opening{Software: "newer"}, func(*eventstore.Commit) error { return nil })
	if err != nil {
		w.t.Fatal(err)
	}
	actor, err := w.names.Resolve(w.t.Context(), "ann")
	if err != nil {
		w.t.Fatal(err)
	}
	draft := func(kind ledgerv1.EventType) eventstore.Draft {
		return eventstore.Draft{EventID: [16]byte{1}, Plan: "hubs", AsAt: 20180101, Type: kind}
	}
	for i, kind := range []ledgerv1.EventType{9999, ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED} {
		if _, err := ledger.Append(w.t.Context(), []eventstore.Request{{
			Actor: actor, ID: string(rune('a' + i)), Content: "0123456789abcdef", RecordedAt: ledger.RecordedAt(),
			Drafts: []eventstore.Draft{draft(kind)},
		}}); err != nil {
			w.t.Fatal(err)
		}
	}
	return ledger.Chain().Position - 1
}

// A record that cannot be read stops what follows the ledger, with its position and the reason. It is never
// passed over, what came before it is still answered, and the ledger is left as it is.
func TestAPoisonRecordStopsTheWriter(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1"), stated("A1", "2017-02-01", "2017-06")))
	closed(t, s)
	at := w.poison()
	messages := len(w.log.Messages())

	for _, whole := range []bool{true, false} {
		r, err := w.follow(whole)
		if err != nil {
			t.Fatal(err)
		}
		var poison *projections.Poison
		if _, err := w.write(r); !errors.As(err, &poison) || poison.Position != at || r.Book().Stopped() != poison {
			t.Errorf("it says %v of the record at position %d", err, at)
		}
		if r.Book().Position() != at-1 || r.Position() != at+1 {
			t.Errorf("answers know position %d of %d", r.Book().Position(), r.Position())
		}
		p, ok := r.Book().Now().Plan("hubs")
		if m, found := p.FindRef("A1"); !ok || !found || r.Book().Now().Newest(m).LastDue.String() != "2017-06-30" {
			t.Error("what came before it is not answered")
		}
		if err := r.Book().Wait(t.Context(), at); !errors.As(err, &poison) {
			t.Errorf("waiting for it: %v", err)
		}
		if err := r.Close(true); err != nil {
			t.Error(err)
		}
	}
	if n := len(w.log.Messages()); n != messages {
		t.Errorf("%d commits became %d", messages, n)
	}
}
