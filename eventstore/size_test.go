package eventstore

import (
	"errors"
	"math"
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
				ID: strings.Repeat("i", 128), Content: strings.Repeat("c", ContentSize), ContentV2: strings.Repeat("v", ContentSize),
				Person: strings.Repeat("p", PartySize), Import: strings.Repeat("r", ImportSize), RecordedAt: 1 << 62,
			}
			for range drafts {
				r.Drafts = append(r.Drafts, Draft{
					Plan: "p", AsAt: 99991231, Source: strings.Repeat("s", text), Payload: make([]byte, text),
					Type: ledgerv1.EventType_EVENT_TYPE_ACHIEVEMENT_RESTATED, Credential: strings.Repeat("k", 32),
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

// A record has at most 65,535 bytes, and not one more, by all three who look: the writer that gathers (who counts
// positions as the greatest there can be), the one that builds, and every reader.
func TestLargestRecord(t *testing.T) {
	request := func(payload int) Request {
		return Request{
			Actor: strings.Repeat("a", PartySize), ID: "r", Content: strings.Repeat("c", ContentSize), RecordedAt: 1,
			Drafts: []Draft{{Plan: "p", AsAt: 20170331, Type: 21, Payload: make([]byte, payload)}},
		}
	}
	chain := func() *Chain {
		c := &Chain{Commit: 1, Term: 1, Origin: make([]byte, 16), Position: math.MaxUint64 - 2, Plans: map[string]PlanHead{"p": {Number: math.MaxUint64 - 1}}}
		return c // so that the record is as large as Size says
	}
	payload := MaxRecord
	for {
		r := request(payload)
		if _, err := r.Size(); err == nil {
			break
		}
		payload--
	}
	data, err := chain().build(ledgerv1.Durability_DURABILITY_FSYNC, []Request{request(payload)})
	if err != nil {
		t.Fatal(err)
	}
	commit, err := Decode(2, data)
	if err != nil || len(commit.Records[0].Bytes) != 65535 {
		t.Fatalf("the largest record has %d bytes, %v", len(commit.Records[0].Bytes), err)
	}
	var large *TooLarge
	more := request(payload + 1)
	if _, err := more.Size(); !errors.As(err, &large) || large.What != "record" || large.Size != 65536 || large.Limit != 65535 {
		t.Errorf("Size answers %v", err)
	}
	if _, err := chain().build(ledgerv1.Durability_DURABILITY_FSYNC, []Request{more}); !errors.As(err, &large) || large.Size != 65536 || large.Limit != 65535 {
		t.Errorf("build answers %v", err)
	}
	if _, why := new(Record).decode(append(commit.Records[0].Bytes, 0xa0, 6, 0), nil); !strings.Contains(why, "above the limit of 65535") {
		t.Errorf("a reader says %q", why)
	}
}
