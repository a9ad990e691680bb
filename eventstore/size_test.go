package eventstore

import (
	"strings"
	"testing"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// TestSizeIsNeverTooSmall: a batch is gathered by Size, and a commit that then turns out to be above the
// limit would stop the writer.
func TestSizeIsNeverTooSmall(t *testing.T) {
	for _, drafts := range []int{0, 1, 1000} {
		for _, text := range []int{0, 1, 127, 128, 400} {
			c := &Chain{
				Commit: 1 << 62, Position: 1 << 62, Term: 1 << 62, RecordedAt: 1 << 62, Origin: make([]byte, 16),
				Plans: map[string]PlanHead{"p": {Number: 1 << 62, Position: 1 << 62}},
			}
			r := Request{
				Actor: strings.Repeat("a", PartySize), OnBehalfOf: strings.Repeat("b", PartySize),
				ID: strings.Repeat("i", 128), Content: strings.Repeat("c", ContentSize), RecordedAt: 1 << 62,
			}
			for range drafts {
				r.Drafts = append(r.Drafts, Draft{
					Plan: "p", AsAt: 99991231, Source: strings.Repeat("s", text), Payload: make([]byte, text),
					Type: ledgerv1.EventType_EVENT_TYPE_ACHIEVEMENT_RESTATED,
				})
			}
			size, err := r.Size()
			if err != nil {
				t.Fatal(err)
			}
			data, err := c.build(ledgerv1.Durability_DURABILITY_QUORUM, []Request{r})
			if err != nil {
				t.Fatal(err)
			}
			if got := len(data) - frameSize; got > size {
				t.Errorf("%d records with texts of %d bytes: %d bytes, and Size says %d", drafts, text, got, size)
			}
		}
	}
}
