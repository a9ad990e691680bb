package node

import (
	"testing"

	"milepost.dev/eventstore"
)

// findEvents is which request each position of a proved ledger holds.
func findEvents(t *testing.T, commits [][]byte) map[uint64]string {
	t.Helper()
	found := map[uint64]string{}
	for i, data := range commits {
		c, err := eventstore.Decode(uint64(i+1), data)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range c.Records {
			found[r.Position] = r.Request
		}
	}
	return found
}
