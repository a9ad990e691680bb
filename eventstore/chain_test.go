package eventstore_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/memory"
)

func ignore(*eventstore.Commit) error { return nil }

// ledger writes the ledger that the tests damage:
//
//	commit 1  an opening
//	commit 2  positions 1 and 2 in plan a by one request, 3 in plan b by another
//	commit 3  position 4 in plan a; a request without records; position 5 in plan b
//	commit 4  position 6 in plan a
//	commit 5  an opening
//	commit 6  position 7 in plan a
func ledger(t testing.TB) [][]byte {
	t.Helper()
	log := memory.New()
	request := eventstoretest.Request
	for _, term := range [][][]eventstore.Request{
		{
			{request("r1", "a", "one", "two"), request("r2", "b", "three")},
			{request("r3", "a", "four"), request("r4", "a"), request("r5", "b", "five")},
			{request("r6", "a", "six")},
		},
		{{request("r7", "a", "seven")}},
	} {
		l, err := eventstore.TakeOver(t.Context(), log, &eventstore.Chain{}, eventstoretest.Opening(), ignore)
		if err != nil {
			t.Fatal(err)
		}
		for _, requests := range term {
			if _, err := l.Append(t.Context(), requests); err != nil {
				t.Fatal(err)
			}
		}
	}
	return log.Messages()
}

// edit changes a commit, numbered from 1, and lets the ones after it follow the changed one, as a forger
// would who knows the format.
func edit(number int, change func(*ledgerv1.Commit)) func(testing.TB, [][]byte) [][]byte {
	return func(t testing.TB, messages [][]byte) [][]byte {
		for i := number - 1; i < len(messages); i++ {
			var c ledgerv1.Commit
			if err := proto.Unmarshal(messages[i], &c); err != nil {
				t.Fatal(err)
			}
			if i == number-1 {
				change(&c)
			} else {
				digest := sha256.Sum256(messages[i-1])
				c.Previous = digest[:]
			}
			messages[i] = encode(t, &c)
		}
		return messages
	}
}

// editRecord changes one record of a commit, numbered from 0.
func editRecord(number, record int, change func(*ledgerv1.Record)) func(testing.TB, [][]byte) [][]byte {
	return func(t testing.TB, messages [][]byte) [][]byte {
		return edit(number, func(c *ledgerv1.Commit) {
			var r ledgerv1.Record
			if err := proto.Unmarshal(c.Records[record], &r); err != nil {
				t.Fatal(err)
			}
			change(&r)
			c.Records[record] = encode(t, &r)
		})(t, messages)
	}
}

func encode(t testing.TB, m proto.Message) []byte {
	t.Helper()
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func remove(number int) func(testing.TB, [][]byte) [][]byte {
	return func(_ testing.TB, m [][]byte) [][]byte { return slices.Delete(m, number-1, number) }
}

func TestDamageIsNamed(t *testing.T) {
	for _, test := range []struct {
		name     string
		tamper   func(testing.TB, [][]byte) [][]byte
		position uint64
		commit   uint64
		reason   string
	}{
		{"no opening", remove(1), 1, 1, "one before it"},
		{"a hole", remove(3), 4, 3, "position 4 was expected"},
		{"a hole where an opening was", remove(5), 6, 5, "not the one that"},
		{"gone from the store", func(_ testing.TB, m [][]byte) [][]byte { m[2] = nil; return m }, 4, 3, "missing"},
		{"two swapped", func(_ testing.TB, m [][]byte) [][]byte { m[2], m[3] = m[3], m[2]; return m }, 4, 3, "position 4 was expected"},
		{"one repeated", func(_ testing.TB, m [][]byte) [][]byte { return slices.Insert(m, 3, m[2]) }, 6, 4, "position 6 was expected"},
		{"an opening repeated", func(_ testing.TB, m [][]byte) [][]byte { return slices.Insert(m, 5, m[4]) }, 7, 6, "not the one that"},
		{"not a commit", func(_ testing.TB, m [][]byte) [][]byte { m[3] = []byte("hello"); return m }, 6, 4, "no commit"},
		{"empty", func(_ testing.TB, m [][]byte) [][]byte { m[3] = []byte{}; return m }, 6, 4, "position 6 was expected"},
		{"a byte of a payload changed", func(_ testing.TB, m [][]byte) [][]byte {
			m[2] = bytes.Replace(m[2], []byte("five"), []byte("fife"), 1)
			return m
		}, 4, 4, "not the one that"},

		{"another first position", edit(3, func(c *ledgerv1.Commit) { c.FirstPosition++ }), 4, 3, "position 4 was expected"},
		{"another commit before", edit(3, func(c *ledgerv1.Commit) { c.Previous[5] ^= 1 }), 1, 3, "not the one that"},
		{"no commit before", edit(3, func(c *ledgerv1.Commit) { c.Previous = nil }), 1, 3, "not the one that"},
		{"a commit before the first", edit(1, func(c *ledgerv1.Commit) { c.Previous = make([]byte, 32) }), 1, 1, "one before it"},
		{"a fork", func(t testing.TB, m [][]byte) [][]byte {
			other := ledger(t)
			return append(edit(2, func(c *ledgerv1.Commit) { c.Entries[0].Content[0] ^= 1 })(t, other)[:3], m[3:]...)
		}, 4, 4, "not the one that"},

		{"the term falls", edit(6, func(c *ledgerv1.Commit) { c.Term = 1 }), 7, 6, "term is 1 where the writer's was 2"},
		{"the term rises without a take-over", edit(4, func(c *ledgerv1.Commit) { c.Term = 2 }), 6, 4, "term is 2"},
		{"a take-over with the same term", edit(5, func(c *ledgerv1.Commit) { c.Term = 1 }), 7, 5, "took over with term 1 after term 1"},
		{"a take-over that skips a term", edit(5, func(c *ledgerv1.Commit) { c.Term = 3 }), 7, 5, "took over with term 3"},
		{"a take-over with requests", edit(2, func(c *ledgerv1.Commit) { c.Term, c.Opening = 2, eventstoretest.Opening() }), 1, 2, "holds requests"},
		{"a foreign origin", edit(5, func(c *ledgerv1.Commit) { c.Opening.Origin[0] ^= 1 }), 7, 5, "took over ledger"},
		{"restored from a ledger that is not there", edit(5, func(c *ledgerv1.Commit) {
			c.Opening.RestoredFrom = &ledgerv1.RestoredFrom{Origin: []byte("some other ledger")[:16], LastPosition: 6}
		}), 7, 5, "a restore of ledger"},
		{"a known loss under the old name", edit(5, func(c *ledgerv1.Commit) {
			c.Opening.RestoredFrom = &ledgerv1.RestoredFrom{Origin: c.Opening.Origin, LastPosition: 7}
		}), 7, 5, "lost positions up to 7 goes by the name"},
		{"begins with a restore", edit(1, func(c *ledgerv1.Commit) {
			c.Opening.RestoredFrom = &ledgerv1.RestoredFrom{Origin: c.Opening.Origin}
		}), 1, 1, "begins with a restore"},
		{"no origin", edit(1, func(c *ledgerv1.Commit) { c.Opening.Origin = nil }), 1, 1, "names no ledger"},
		{"begins without an opening", edit(1, func(c *ledgerv1.Commit) { c.Opening, c.Term = nil, 0 }), 1, 1, "does not begin with an opening"},

		{"a record dropped", edit(2, func(c *ledgerv1.Commit) { c.Records = slices.Delete(c.Records, 1, 2) }), 2, 2, "it is number 3"},
		{"the last record dropped", edit(2, func(c *ledgerv1.Commit) { c.Records = c.Records[:2] }), 3, 2, "ends at position 3"},
		{"two records swapped", edit(2, func(c *ledgerv1.Commit) { c.Records[1], c.Records[2] = c.Records[2], c.Records[1] }), 2, 2, "it is number 3"},
		{"a record repeated", edit(2, func(c *ledgerv1.Commit) { c.Records = slices.Insert(c.Records, 1, c.Records[0]) }), 2, 2, "it is number 1"},
		{"not a record", edit(2, func(c *ledgerv1.Commit) { c.Records[1] = []byte("hello") }), 2, 2, "no record"},
		{"too large a record", editRecord(2, 1, func(r *ledgerv1.Record) { r.Payload = make([]byte, eventstore.MaxRecord) }), 2, 2, "above the limit"},
		{"another position", editRecord(2, 1, func(r *ledgerv1.Record) { r.Position = 9 }), 2, 2, "it is number 9"},
		{"no event id", editRecord(2, 1, func(r *ledgerv1.Record) { r.EventId = nil }), 2, 2, "no id"},
		{"no actor", editRecord(2, 1, func(r *ledgerv1.Record) { r.Actor = nil }), 2, 2, "who said it"},
		{"half a principal", editRecord(2, 1, func(r *ledgerv1.Record) { r.OnBehalfOf = []byte("x") }), 2, 2, "for whom"},
		{"half a person", editRecord(2, 1, func(r *ledgerv1.Record) { r.Person = []byte("x") }), 2, 2, "who answers"},
		{"half a credential", editRecord(2, 1, func(r *ledgerv1.Record) { r.Credential = []byte("x") }), 2, 2, "which credential"},
		{"half an import", editRecord(2, 1, func(r *ledgerv1.Record) { r.Import = []byte("x") }), 2, 2, "which import"},
		{"no plan", editRecord(2, 1, func(r *ledgerv1.Record) { r.Plan = "" }), 2, 2, "no plan"},
		{"no request", editRecord(2, 1, func(r *ledgerv1.Record) { r.RequestId = "" }), 2, 2, "no request"},
		{"a hole in a plan", editRecord(3, 0, func(r *ledgerv1.Record) { r.PlanNumber = 4 }), 4, 3, "record 4 of plan"},
		{"a record moved to another plan", editRecord(3, 0, func(r *ledgerv1.Record) { r.Plan, r.PlanNumber, r.PlanPrevious = "c", 1, nil }), 6, 4, "record 4 of plan \"a\" stands where 3"},
		{"a record moved within its commit", editRecord(2, 0, func(r *ledgerv1.Record) { r.Plan = "c" }), 1, 2, "record 2 of plan \"a\" stands where 1"},
		{"a plan's leaf changed", editRecord(3, 0, func(r *ledgerv1.Record) { r.PlanPrevious[0] ^= 1 }), 4, 3, "record 2 is not the one"},
		{"a plan's first with a leaf before", editRecord(2, 0, func(r *ledgerv1.Record) { r.PlanPrevious = make([]byte, 32) }), 1, 2, "not the one"},
		{"a record of an earlier commit rewritten", editRecord(2, 1, func(r *ledgerv1.Record) { r.Payload = []byte("else") }), 4, 3, "record 2 is not the one that the next record"},
		{"a record rewritten before one of its commit", editRecord(2, 0, func(r *ledgerv1.Record) { r.Payload = []byte("else") }), 1, 2, "record 1 is not the one that the next record"},
		{"recorded before the one in front", editRecord(3, 0, func(r *ledgerv1.Record) { r.RecordedAt-- }), 4, 3, "was recorded before"},
		{"recorded after the next", editRecord(2, 1, func(r *ledgerv1.Record) { r.RecordedAt++ }), 2, 2, "was recorded before"},

		{"an entry ends too late", edit(2, func(c *ledgerv1.Commit) { c.Entries[1].LastPosition = 4 }), 3, 2, "ends at position 4"},
		{"an entry ends before it begins", edit(2, func(c *ledgerv1.Commit) { c.Entries[1].LastPosition = 1 }), 3, 2, "ends at position 1"},
		{"an entry takes another's record", edit(2, func(c *ledgerv1.Commit) { c.Entries[0].LastPosition = 3 }), 1, 2, "two requests stand in one"},
		{"an entry gives its record away", edit(2, func(c *ledgerv1.Commit) { c.Entries[0].LastPosition = 1 }), 2, 2, "two requests stand in one"},
		{"two requests in one entry", editRecord(2, 0, func(r *ledgerv1.Record) { r.RequestId = "r9" }), 1, 2, "is not the one"},
		{"two requests in the last entry", editRecord(2, 1, func(r *ledgerv1.Record) { r.RequestId = "r9" }), 1, 2, "two requests stand in one"},
		{"two actors in one entry", editRecord(2, 1, func(r *ledgerv1.Record) { r.Actor[0] ^= 1 }), 1, 2, "two requests stand in one"},
		{"an entry gone", edit(2, func(c *ledgerv1.Commit) { c.Entries = c.Entries[:1] }), 3, 2, "belongs to no request"},
		{"an entry without content", edit(3, func(c *ledgerv1.Commit) { c.Entries[1].Content = nil }), 5, 3, "no digest"},
		{"an entry with half a digest", edit(3, func(c *ledgerv1.Commit) { c.Entries[1].ContentV2 = c.Entries[1].Content[:8] }), 5, 3, "no digest"},
		{"an entry accepted before the one in front", edit(3, func(c *ledgerv1.Commit) { c.Entries[1].RecordedAt-- }), 4, 3, "was accepted before"},
		{"an entry that says twice when", edit(3, func(c *ledgerv1.Commit) { c.Entries[0].RecordedAt = 1 }), 4, 3, "says twice"},
		{"an entry without records or request", edit(3, func(c *ledgerv1.Commit) { c.Entries[1].RequestId = "" }), 5, 3, "whose it was"},
		{"an entry without records or actor", edit(3, func(c *ledgerv1.Commit) { c.Entries[1].Actor = nil }), 5, 3, "whose it was"},
		{"an entry that says its actor twice", edit(3, func(c *ledgerv1.Commit) { c.Entries[0].Actor = make([]byte, 32) }), 4, 3, "twice"},
	} {
		t.Run(test.name, func(t *testing.T) {
			log := memory.Of(test.tamper(t, ledger(t)))
			err := eventstore.Replay(t.Context(), log, &eventstore.Chain{}, ignore)
			var damage *eventstore.Damage
			if !errors.As(err, &damage) {
				t.Fatalf("not found: %v", err)
			}
			if damage.Position != test.position || damage.Commit != test.commit || !strings.Contains(damage.Reason, test.reason) {
				t.Errorf("%v\nwant position %d, commit %d, %q", damage, test.position, test.commit, test.reason)
			}
		})
	}
	if err := eventstore.Replay(t.Context(), memory.Of(ledger(t)), &eventstore.Chain{}, ignore); err != nil {
		t.Errorf("the ledger as it was written: %v", err)
	}
}

// TestOneByteIsFound changes one byte of one commit that has a commit after it.
func TestOneByteIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := memory.New()
		var commits []*eventstore.Commit
		keep := func(c *eventstore.Commit) error { commits = append(commits, c); return nil }
		l, err := eventstore.TakeOver(context.Background(), log, &eventstore.Chain{}, eventstoretest.Opening(), keep)
		if err != nil {
			t.Fatal(err)
		}
		for _, requests := range eventstoretest.Commits().Draw(t, "commits") {
			c, err := l.Append(context.Background(), requests)
			if err != nil {
				t.Fatal(err)
			}
			commits = append(commits, c)
		}

		changed := rapid.IntRange(0, len(commits)-2).Draw(t, "commit")
		messages := log.Messages()
		at := rapid.IntRange(0, len(messages[changed])-1).Draw(t, "byte")
		messages[changed][at] ^= rapid.ByteRange(1, 255).Draw(t, "bits")

		err = eventstore.Replay(context.Background(), memory.Of(messages), &eventstore.Chain{}, ignore)
		var damage *eventstore.Damage
		if !errors.As(err, &damage) {
			t.Fatalf("not found: %v", err)
		}
		c := commits[changed]
		if damage.Commit != c.Number && damage.Commit != c.Number+1 {
			t.Errorf("commit %d was changed: %v", c.Number, damage)
		}
		if first := commits[max(changed-1, 0)].First; damage.Position < first || damage.Position > c.Last+1 {
			t.Errorf("commit %d with positions %d to %d was changed: %v", c.Number, c.First, c.Last, damage)
		}
		for _, r := range c.Records {
			begin := bytes.Index(c.Bytes, r.Bytes)
			if begin <= at && at < begin+len(r.Bytes) && (damage.Position > r.Position || damage.Position < c.First) {
				t.Errorf("position %d was changed: %v", r.Position, damage)
			}
		}
	})
}

// A ledger that was restored is one that a reader can follow: under its own name where nothing is known
// to be lost, and under another where something is.
func TestARestoreIsPartOfTheLedger(t *testing.T) {
	old, other := eventstoretest.Opening().Origin, []byte("another identity")
	for _, test := range []struct {
		name          string
		origin        []byte
		last          uint64
		after, follow []byte // the origins after it, and after the next take-over
	}{
		{"nothing lost", old, 7, old, old},
		{"two positions lost", other, 9, other, other},
		{"nobody knows how much is lost", other, 7, other, other},
	} {
		t.Run(test.name, func(t *testing.T) {
			log, chain := memory.Of(ledger(t)), &eventstore.Chain{}
			restored := &ledgerv1.Opening{
				Origin: test.origin, OpenedAt: 2, Software: "test",
				RestoredFrom: &ledgerv1.RestoredFrom{Origin: old, LastPosition: test.last},
			}
			if _, err := eventstore.TakeOver(t.Context(), log, chain, restored, ignore); err != nil {
				t.Fatal(err)
			}
			if chain.Position != 7 || chain.Commit != 7 || !bytes.Equal(chain.Origin, test.after) {
				t.Errorf("the chain is at %+v", chain)
			}
			l, err := eventstore.TakeOver(t.Context(), log, &eventstore.Chain{}, eventstoretest.Opening(), ignore)
			if err != nil {
				t.Fatal(err)
			}
			if commit, err := l.Append(t.Context(), []eventstore.Request{eventstoretest.Request("r8", "a", "eight")}); err != nil || commit.Last != 8 {
				t.Errorf("%+v, %v; want position 8", commit, err)
			}
			if !bytes.Equal(l.Chain().Origin, test.follow) {
				t.Errorf("the writer after it gives the ledger the origin %x", l.Chain().Origin)
			}
		})
	}
}

// TestKeptRestores reads ledgers that were restored, as they were first stored. The files are never
// written again: testdata/NAME.hex has a commit a line.
func TestKeptRestores(t *testing.T) {
	for name, want := range map[string]struct {
		origin   string
		position uint64
	}{
		"restored-whole": {"origin of a test", 2}, "restored-with-a-loss": {"another identity", 2},
	} {
		text, err := os.ReadFile(filepath.Join("testdata", name+".hex"))
		if err != nil {
			t.Fatal(err)
		}
		chain, restores := &eventstore.Chain{}, 0
		for line := range strings.Lines(string(text)) {
			data, err := hex.DecodeString(strings.TrimSpace(line))
			if err != nil {
				t.Fatal(err)
			}
			commit, err := chain.Next(data)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if from := commit.Opening.GetRestoredFrom(); from != nil {
				restores++
				if string(from.Origin) != "origin of a test" || from.LastPosition < 1 {
					t.Errorf("%s: restored from %v", name, from)
				}
			}
		}
		if string(chain.Origin) != want.origin || chain.Position != want.position || restores != 1 {
			t.Errorf("%s: origin %q, position %d, %d restores", name, chain.Origin, chain.Position, restores)
		}
	}
}

func TestChainStaysWhereItWas(t *testing.T) {
	messages := ledger(t)
	chain := &eventstore.Chain{}
	for _, m := range messages {
		before := chain.Clone()
		if _, err := chain.Next(append(bytes.Clone(m), 0xff)); err == nil {
			t.Error("a commit with a byte more was taken")
		}
		if chain.Commit != before.Commit || chain.Digest != before.Digest || len(chain.Plans) != len(before.Plans) {
			t.Error("a refused commit moved the chain")
		}
		if _, err := chain.Next(m); err != nil {
			t.Fatal(err)
		}
	}
}

// FuzzChain holds that no bytes are a panic.
func FuzzChain(f *testing.F) {
	messages := ledger(f)
	for _, m := range messages {
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		chain := &eventstore.Chain{}
		for _, m := range messages {
			_, _ = chain.Clone().Next(data)
			if _, err := chain.Next(m); err != nil {
				t.Fatal(err)
			}
		}
		_, _ = chain.Next(data)
	})
}

// What a later version adds to the messages is passed over and kept: the bytes that a reader hands on, hashes and copies
// are those that are stored, and the ledger goes on after them.
func TestWhatALaterVersionAddsIsKept(t *testing.T) {
	for _, last := range []int{3, 5} { // two requests and an empty one; an opening
		messages := ledger(t)[:last]
		messages[last-1] = eventstoretest.Later(t, messages[last-1])
		log := memory.Of(messages)
		var read [][]byte
		keep := func(c *eventstore.Commit) error {
			read = append(read, c.Bytes)
			return nil
		}
		l, err := eventstore.TakeOver(t.Context(), log, &eventstore.Chain{}, eventstoretest.Opening(), keep)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.Append(t.Context(), []eventstore.Request{eventstoretest.Request("later", "b", "more")}); err != nil {
			t.Fatal(err)
		}
		if err := eventstore.Replay(t.Context(), log, &eventstore.Chain{}, ignore); err != nil {
			t.Error(err)
		}
		stored := log.Messages()[last-1]
		if !bytes.Equal(read[last-1], stored) || !bytes.Contains(stored, []byte("of a later version")) {
			t.Errorf("commit %d is read as %x, and was stored as %x", last, read[last-1], stored)
		}
		commit, err := eventstore.Decode(uint64(last), stored)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range commit.Records {
			leaf := sha256.Sum256(append([]byte{0}, r.Bytes...))
			if i == len(commit.Records)-1 && !bytes.Contains(r.Bytes, []byte("of a later version")) || r.Leaf != leaf {
				t.Errorf("record %d is read as %x, with leaf %x", i, r.Bytes, r.Leaf)
			}
		}
	}
}
