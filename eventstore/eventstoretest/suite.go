// Package eventstoretest holds what every eventstore.Log and eventstore.Kept must do, and what their
// users may rest on.
package eventstoretest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/eventstore"
)

// Run runs the suite. Each call of open MUST give a new, empty log, and clean up after itself.
func Run(t *testing.T, open func(t *testing.T) eventstore.Log) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, eventstore.Log)
	}{
		{"what is appended is loaded and read in order", order},
		{"a wrong number is refused and nothing is stored", fence},
		{"a message above the limit is refused before it is sent", limit},
		{"the bounds of records and commits are named with both numbers", bounds},
		{"a reader beside a writer sees a whole beginning", readWhileAppending},
		{"a tail hands on what there is and what comes", tail},
		{"an error of yield ends a read", yieldError},
		{"a cancelled context ends every call", cancelled},
		{"a second writer fences the first", twoWriters},
		{"an unknown outcome is found out", unknownOutcome},
		{"a commit that no reader would accept is not stored", unacceptable},
		{"what was accepted is what is replayed", replayed},
		{"an opening says what the ledger is kept in", kind},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

func order(t *testing.T, log eventstore.Log) {
	ctx := t.Context()
	if _, err := log.Load(ctx, 1); !errors.Is(err, eventstore.ErrNotYet) {
		t.Errorf("load from an empty log: %v, want ErrNotYet", err)
	}
	if got := read(t, log, 1); len(got) != 0 {
		t.Errorf("an empty log holds %d messages", len(got))
	}
	var want []string
	for n := range uint64(20) {
		// From nothing at all to many times the page of any store.
		data := strings.Repeat(fmt.Sprintf("message %d ", n), int(n*n*n))
		if err := log.Append(ctx, n+1, []byte(data)); err != nil {
			t.Fatalf("append %d: %v", n+1, err)
		}
		want = append(want, data)
		if got, err := log.Load(ctx, n+1); err != nil || string(got) != data {
			t.Errorf("load %d: %d bytes, %v; want %d bytes", n+1, len(got), err, len(data))
		}
	}
	for _, from := range []uint64{0, 1, 2, 19, 20, 21, 500} {
		if got := read(t, log, from); !slices.Equal(got, want[min(max(from, 1)-1, 20):]) {
			t.Errorf("read from %d: %d messages, or other ones", from, len(got))
		}
	}
	if _, err := log.Load(ctx, 21); !errors.Is(err, eventstore.ErrNotYet) {
		t.Errorf("load past the end: %v, want ErrNotYet", err)
	}
}

// read reads to the end and checks the numbers.
func read(t *testing.T, log eventstore.Log, from uint64) []string {
	t.Helper()
	var got []string
	next := max(from, 1)
	err := log.Read(t.Context(), from, func(number uint64, data []byte) error {
		if number != next {
			t.Errorf("message %d came where %d was expected", number, next)
		}
		next++
		got = append(got, string(data))
		return nil
	})
	if err != nil {
		t.Errorf("read from %d: %v", from, err)
	}
	return got
}

func fence(t *testing.T, log eventstore.Log) {
	ctx := t.Context()
	for _, number := range []uint64{2, 100} {
		if err := log.Append(ctx, number, []byte("too early")); !errors.Is(err, eventstore.ErrConflict) {
			t.Errorf("append %d to an empty log: %v, want ErrConflict", number, err)
		}
	}
	for n := range uint64(3) {
		if err := log.Append(ctx, n+1, []byte{byte(n)}); err != nil {
			t.Fatal(err)
		}
	}
	for _, number := range []uint64{1, 2, 3, 5} {
		if err := log.Append(ctx, number, []byte("wrong")); !errors.Is(err, eventstore.ErrConflict) {
			t.Errorf("append %d after 3: %v, want ErrConflict", number, err)
		}
	}
	// The same bytes again, as a retry that does not know would send them.
	if err := log.Append(ctx, 3, []byte{2}); !errors.Is(err, eventstore.ErrConflict) {
		t.Errorf("append 3 again: %v, want ErrConflict", err)
	}
	if got := read(t, log, 1); !slices.Equal(got, []string{"\x00", "\x01", "\x02"}) {
		t.Errorf("the log holds %q", got)
	}
}

func limit(t *testing.T, log eventstore.Log) {
	data := make([]byte, log.Limit()+1)
	var tooLarge *eventstore.TooLarge
	if err := log.Append(t.Context(), 1, data); !errors.As(err, &tooLarge) {
		t.Fatalf("append above the limit: %v, want *TooLarge", err)
	}
	if tooLarge.Size != len(data) || tooLarge.Limit != log.Limit() {
		t.Errorf("%d of %d, want %d of %d", tooLarge.Size, tooLarge.Limit, len(data), log.Limit())
	}
	if err := log.Append(t.Context(), 1, data[1:]); err != nil {
		t.Errorf("append at the limit: %v", err)
	}
	if got := read(t, log, 1); len(got) != 1 || len(got[0]) != log.Limit() {
		t.Errorf("the log holds %d messages", len(got))
	}
}

func bounds(t *testing.T, log eventstore.Log) {
	l, _ := takeOver(t, log)
	var tooLarge *eventstore.TooLarge
	_, err := l.Append(t.Context(), []eventstore.Request{Request("r", "p", strings.Repeat("x", eventstore.MaxRecord))})
	if !errors.As(err, &tooLarge) || tooLarge.What != "record" || tooLarge.Limit != eventstore.MaxRecord || tooLarge.Size <= eventstore.MaxRecord {
		t.Errorf("a record above its limit: %v", err)
	}
	var many []eventstore.Request
	size := 0
	for i := 0; size <= log.Limit(); i++ {
		r := Request(fmt.Sprintf("r%d", i), "p", strings.Repeat("x", eventstore.MaxRecord-1024))
		n, err := r.Size()
		if err != nil {
			t.Fatal(err)
		}
		size += n
		many = append(many, r)
	}
	if _, err := l.Append(t.Context(), many); !errors.As(err, &tooLarge) || tooLarge.What != "commit" || tooLarge.Limit != log.Limit() {
		t.Errorf("a commit above its limit: %v", err)
	}
	if _, err := l.Append(t.Context(), many[:len(many)-1]); err != nil && size-l.Room() < eventstore.MaxRecord {
		t.Errorf("a commit that fits by its Size: %v", err)
	}
}

func readWhileAppending(t *testing.T, log eventstore.Log) {
	const messages = 300
	done := make(chan error, 1)
	go func() { // ends with its last append; received below
		for n := range uint64(messages) {
			if err := log.Append(context.Background(), n+1, fmt.Appendf(nil, "%d", n+1)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for last, running := 0, true; running; {
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
			running = false
		default:
		}
		got := read(t, log, 1)
		if len(got) < last {
			t.Errorf("the log shrank from %d to %d", last, len(got))
		}
		last = len(got)
		for i, data := range got {
			if data != fmt.Sprint(i+1) {
				t.Fatalf("message %d says %q", i+1, data)
			}
		}
		if !running && last != messages {
			t.Errorf("%d messages at the end", last)
		}
	}
}

func tail(t *testing.T, log eventstore.Log) {
	const before, after = 3, 40
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	appendOne := func(n uint64) {
		if err := log.Append(t.Context(), n, fmt.Appendf(nil, "%d", n)); err != nil {
			t.Fatalf("append %d: %v", n, err)
		}
	}
	for n := range uint64(before) {
		appendOne(n + 1)
	}
	arrived, ended := make(chan uint64, before+after), make(chan error, 1)
	go func() { // ends with cancel; received below
		ended <- log.Tail(ctx, 2, func(number uint64, data []byte) error {
			if string(data) != fmt.Sprint(number) {
				return fmt.Errorf("message %d says %q", number, data)
			}
			arrived <- number
			return nil
		})
	}()
	expect := func(want uint64) {
		t.Helper()
		select {
		case got := <-arrived:
			if got != want {
				t.Fatalf("message %d came, and not %d", got, want)
			}
		case err := <-ended:
			t.Fatalf("the tail ended before message %d: %v", want, err)
		}
	}
	for n := uint64(2); n <= before; n++ {
		expect(n)
	}
	for n := uint64(before + 1); n <= after; n++ { // each is waited for
		appendOne(n)
		expect(n)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled tail: %v", err)
	}
	stop := errors.New("stop")
	if err := log.Tail(t.Context(), after, func(uint64, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of yield: %v", err)
	}
}

func yieldError(t *testing.T, log eventstore.Log) {
	for n := range uint64(5) {
		if err := log.Append(t.Context(), n+1, []byte{1}); err != nil {
			t.Fatal(err)
		}
	}
	stop, calls := errors.New("stop"), 0
	err := log.Read(t.Context(), 1, func(uint64, []byte) error {
		calls++
		if calls == 3 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || calls != 3 {
		t.Errorf("%v after %d calls", err, calls)
	}
}

func cancelled(t *testing.T, log eventstore.Log) {
	if err := log.Append(t.Context(), 1, []byte{1}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := log.Read(ctx, 1, func(uint64, []byte) error { cancel(); return ctx.Err() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
	if err := log.Append(ctx, 2, []byte{2}); !errors.Is(err, context.Canceled) {
		t.Errorf("append: %v", err)
	}
	if _, err := log.Load(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("load: %v", err)
	}
	if err := log.Read(ctx, 1, func(uint64, []byte) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("read: %v", err)
	}
	if got := read(t, log, 1); len(got) != 1 {
		t.Errorf("the log holds %d messages after a cancelled append", len(got))
	}
}

func replayed(t *testing.T, log eventstore.Log) {
	l, accepted := takeOver(t, log)
	rapid.Check(t, func(t *rapid.T) {
		for _, requests := range Commits().Draw(t, "commits") {
			for i := range requests { // one log for all draws, so time goes on
				requests[i].RecordedAt += l.Chain().RecordedAt
			}
			commit, err := l.Append(context.Background(), requests)
			if err != nil {
				t.Fatal(err)
			}
			accepted = append(accepted, commit)
		}
	})
	chain, next := &eventstore.Chain{}, 0
	err := eventstore.Replay(t.Context(), log, chain, func(c *eventstore.Commit) error {
		if next >= len(accepted) || !sameCommit(c, accepted[next]) {
			return fmt.Errorf("commit %d is not the one that was accepted", c.Number)
		}
		next++
		return nil
	})
	if err != nil || next != len(accepted) {
		t.Errorf("%d of %d commits replayed: %v", next, len(accepted), err)
	}
	if chain.Digest != l.Chain().Digest || chain.Position != l.Chain().Position {
		t.Errorf("the reader ended at position %d, the writer at %d", chain.Position, l.Chain().Position)
	}
}

func sameCommit(a, b *eventstore.Commit) bool {
	same := a.Number == b.Number && a.First == b.First && a.Last == b.Last && a.Term == b.Term &&
		a.Digest == b.Digest && bytes.Equal(a.Bytes, b.Bytes) && len(a.Entries) == len(b.Entries)
	for i := range a.Entries {
		same = same && a.Entries[i].Request == b.Entries[i].Request && a.Entries[i].Actor == b.Entries[i].Actor &&
			a.Entries[i].Last == b.Entries[i].Last && len(a.Entries[i].Records) == len(b.Entries[i].Records)
	}
	return same
}
