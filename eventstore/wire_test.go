package eventstore

import (
	"bytes"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// sameAsProtobuf compares what is read here with what the generated code reads.
func sameAsProtobuf(t interface {
	Helper()
	Fatalf(string, ...any)
}, data []byte,
) {
	t.Helper()
	var commit ledgerv1.Commit
	err := proto.Unmarshal(data, &commit)
	c, ours := readCommit(data)
	if err == nil && ours == nil {
		if c.term != commit.Term || c.first != commit.FirstPosition || !bytes.Equal(c.previous, commit.Previous) ||
			c.durability != commit.Durability || len(c.entries) != len(commit.Entries) || len(c.records) != len(commit.Records) ||
			(c.opening == nil) != (commit.Opening == nil) || c.opening != nil && !proto.Equal(c.opening, commit.Opening) {
			t.Fatalf("commit %x is %+v and %v", data, c, &commit)
		}
		for i := range c.records {
			if !bytes.Equal(c.records[i], commit.Records[i]) {
				t.Fatalf("record %d of %x", i, data)
			}
		}
	} else if (err == nil) != (ours == nil) {
		// Here an entry that is none is found when it is read.
		broken := false
		for _, e := range c.entries {
			_, ok := readEntry(e)
			broken = broken || !ok
		}
		if ours != nil || !broken {
			t.Fatalf("commit %x: %v and %v", data, ours, err)
		}
	}

	var entry ledgerv1.Entry
	err = proto.Unmarshal(data, &entry)
	e, ok := readEntry(data)
	if ok != (err == nil) || ok && (!bytes.Equal(e.actor, entry.Actor) || string(e.request) != entry.RequestId ||
		!bytes.Equal(e.content, entry.Content) || !bytes.Equal(e.contentV2, entry.ContentV2) || e.last != entry.LastPosition || e.recordedAt != entry.RecordedAt) {
		t.Fatalf("entry %x is %+v and %v, %v", data, e, &entry, err)
	}

	var record ledgerv1.Record
	err = proto.Unmarshal(data, &record)
	r, ok := readRecord(data)
	if ok != (err == nil) || ok && (r.position != record.Position || !bytes.Equal(r.eventID, record.EventId) || string(r.plan) != record.Plan ||
		r.planNumber != record.PlanNumber || !bytes.Equal(r.planPrevious, record.PlanPrevious) || r.asAt != record.AsAt ||
		r.recordedAt != record.RecordedAt || !bytes.Equal(r.actor, record.Actor) || !bytes.Equal(r.onBehalfOf, record.OnBehalfOf) ||
		string(r.requestID) != record.RequestId || string(r.source) != record.Source || r.kind != record.Type || !bytes.Equal(r.payloadText, record.Payload) ||
		!bytes.Equal(r.person, record.Person) || !bytes.Equal(r.credential, record.Credential) || !bytes.Equal(r.run, record.Import)) {
		t.Fatalf("record %x is %+v and %v, %v", data, r, &record, err)
	}
}

func FuzzWire(f *testing.F) {
	for _, m := range []proto.Message{
		&ledgerv1.Commit{Term: 1, FirstPosition: 2, Previous: []byte("p"), Entries: []*ledgerv1.Entry{{RequestId: "r"}}, Records: [][]byte{nil, {1}}, Opening: &ledgerv1.Opening{Software: "s"}, Durability: 1},
		&ledgerv1.Entry{Actor: []byte("a"), RequestId: "r", Content: []byte("c"), LastPosition: 7, RecordedAt: -1, ContentV2: []byte("d")},
		&ledgerv1.Record{
			Position: 1, EventId: []byte("e"), Plan: "p", PlanNumber: 2, PlanPrevious: []byte("q"), AsAt: -20170331, RecordedAt: -5,
			Actor: []byte("a"), OnBehalfOf: []byte("o"), RequestId: "r", Source: "s", Type: 21, Payload: []byte("x"),
			Person: []byte("n"), Credential: []byte("k"), Import: []byte("i"),
		},
	} {
		data, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(append(data, data...))                // every field twice
		f.Add(data[:len(data)-1])                   // cut off
		f.Add(append(data, 0x1a, 1, 0xff))          // field 3, not UTF-8
		f.Add(append(data, 0x0b, 0x08, 0x01, 0x0c)) // a group that nobody knows
		f.Add(append(data, 0x0d, 1, 2, 3, 4))       // field 1 of another type
	}
	f.Fuzz(func(t *testing.T, data []byte) { sameAsProtobuf(t, data) })
}

// What is built here is byte for byte what protobuf would write, and what is stored since the first record.
func TestCommitsAreBuiltAsProtobufWritesThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, 20, 60)
		party := rapid.SliceOfN(rapid.Byte(), PartySize, PartySize)
		chain := &Chain{Term: rapid.Uint64().Draw(t, "term"), Position: rapid.Uint64Range(0, 1<<40).Draw(t, "position"), Commit: rapid.Uint64Range(0, 3).Draw(t, "commit")}
		chain.Digest[0] = 7
		var requests []Request
		for range rapid.IntRange(0, 4).Draw(t, "requests") {
			r := Request{
				Actor: string(party.Draw(t, "actor")), OnBehalfOf: rapid.SampledFrom([]string{"", "somebody"}).Draw(t, "behalf"),
				ID: text.Draw(t, "id"), Content: "0123456789abcdef", ContentV2: rapid.SampledFrom([]string{"", "fedcba9876543210"}).Draw(t, "v2"),
				Person: rapid.SampledFrom([]string{"", "a person"}).Draw(t, "person"), Import: rapid.SampledFrom([]string{"", "a run"}).Draw(t, "run"),
				RecordedAt: rapid.Int64().Draw(t, "recorded at"),
			}
			for range rapid.IntRange(0, 3).Draw(t, "drafts") {
				r.Drafts = append(r.Drafts, Draft{
					Credential: rapid.SampledFrom([]string{"", "a token's digest"}).Draw(t, "credential"),
					EventID:    [16]byte{byte(len(r.Drafts))}, Plan: rapid.SampledFrom([]string{"p", "q"}).Draw(t, "plan"), AsAt: rapid.Int32().Draw(t, "as at"),
					Source: text.Draw(t, "source"), Type: ledgerv1.EventType(rapid.Int32().Draw(t, "type")), Payload: rapid.SliceOf(rapid.Byte()).Draw(t, "payload"),
				})
			}
			requests = append(requests, r)
		}
		got, err := chain.build(ledgerv1.Durability_DURABILITY_FSYNC, requests)
		if err != nil {
			t.Fatal(err)
		}
		want, err := proto.Marshal(built(t, chain, requests))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("built   %x\nand not %x", got, want)
		}
		sameAsProtobuf(t, got)
	})
}

// built is the commit as a message.
func built(t *rapid.T, c *Chain, requests []Request) *ledgerv1.Commit {
	commit := &ledgerv1.Commit{Term: c.Term, FirstPosition: c.Position + 1, Durability: ledgerv1.Durability_DURABILITY_FSYNC}
	if c.Commit > 0 {
		commit.Previous = c.Digest[:]
	}
	position, heads := c.Position, map[string]PlanHead{}
	for _, r := range requests {
		entry := &ledgerv1.Entry{Content: []byte(r.Content), ContentV2: []byte(r.ContentV2)}
		if len(r.Drafts) == 0 {
			entry.Actor, entry.RequestId, entry.RecordedAt = []byte(r.Actor), r.ID, r.RecordedAt
		}
		for _, d := range r.Drafts {
			position++
			head := heads[d.Plan]
			raw, err := proto.Marshal(&ledgerv1.Record{
				Position: position, EventId: d.EventID[:], Plan: d.Plan, PlanNumber: head.Number + 1, PlanPrevious: head.leafOrNone(),
				AsAt: d.AsAt, RecordedAt: r.RecordedAt, Actor: []byte(r.Actor), OnBehalfOf: []byte(r.OnBehalfOf),
				RequestId: r.ID, Source: d.Source, Type: d.Type, Payload: d.Payload,
				Person: []byte(r.Person), Credential: []byte(d.Credential), Import: []byte(r.Import),
			})
			if err != nil {
				t.Fatal(err)
			}
			heads[d.Plan] = PlanHead{Number: head.Number + 1, Leaf: newLeaves().of(raw)}
			commit.Records = append(commit.Records, raw)
		}
		entry.LastPosition = position
		commit.Entries = append(commit.Entries, entry)
	}
	return commit
}
