package fault

import (
	"testing"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// TestStoredSince takes no receipt that arrived late for proof of what was stored later.
func TestStoredSince(t *testing.T) {
	h := newHistory()
	answer := func(o Operation, position uint64) {
		o.Receipt = &milepostv1.Receipt{Events: []*milepostv1.EventReceipt{{Position: position}}}
		h.end(h.begin(o), o)
	}
	answer(Operation{Called: time.Second, Returned: 5 * time.Second}, 41)
	if first := h.storedSince(3 * time.Second); first != 0 {
		t.Errorf("what was asked for after one second and answered after five counts as stored after three, at position %d", first)
	}
	answer(Operation{Called: 5 * time.Second, Returned: 6 * time.Second}, 43)
	answer(Operation{Called: 4 * time.Second, Returned: 7 * time.Second}, 42)
	if first := h.storedSince(3 * time.Second); first != 42 {
		t.Errorf("the first position stored after three seconds is %d, want 42", first)
	}
}
