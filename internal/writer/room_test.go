package writer

import (
	"errors"
	"sync/atomic"
	"testing"
)

// Below the floor nothing is decided, and nobody is left in doubt; what was accepted before has its receipt, and with room commands
// go on.
func TestNothingIsDecidedWithoutRoom(t *testing.T) {
	var full atomic.Bool
	w := newWorld(t)
	w.room = func() *NoRoom {
		if full.Load() {
			return &NoRoom{Free: 9_000_000, Floor: 64 << 20}
		}
		return nil
	}
	s, _ := w.counted()
	before := w.mustSubmit(s, beginning())
	full.Store(true)
	_, err := s.Submit(t.Context(), ann, submission("r", added("R")))
	u, ok := errors.AsType[*Unavailable](err)
	if !ok || u.Rule != RuleDiskFull || !u.Overloaded {
		t.Fatalf("it is answered with %v", err)
	}
	const want = "Nothing was decided, because the disk of the ledger has 9.0 MB left, and nothing is accepted while it is less than 67.1 MB: make room on it. Send the very same request again then, with the same request id."
	if u.Sentence != want {
		t.Error(u.Sentence)
	}
	if again := w.mustSubmit(s, beginning()); !again.Replayed || again.Receipt.Position != before.Receipt.Position {
		t.Errorf("what was accepted is answered with %v", again)
	}
	full.Store(false)
	if after := w.mustSubmit(s, submission("r", added("R"))); after.Replayed || after.Receipt.Position != before.Receipt.Position+1 {
		t.Errorf("with room it is answered with %v", after)
	}
}
