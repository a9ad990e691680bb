package projections

import (
	"testing"
	"unsafe"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// A fact has 32 bytes, and room for the number of every event type.
func TestAFactIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(fact{}); size != 32 {
		t.Errorf("a fact has %d bytes", size)
	}
	for number, name := range ledgerv1.EventType_name {
		f := fact{kind: kind(number) | unread | parties}
		if f.eventType() != ledgerv1.EventType(number) {
			t.Errorf("%s is kept as %s", name, f.eventType())
		}
	}
}
