package eventstoretest

import (
	"context"
	"errors"
	"testing"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
)

// takeOver makes a writer, and returns what it read and wrote to become one.
func takeOver(t *testing.T, log eventstore.Log) (*eventstore.Ledger, []*eventstore.Commit) {
	t.Helper()
	var commits []*eventstore.Commit
	l, err := eventstore.TakeOver(t.Context(), log, &eventstore.Chain{}, Opening(), func(c *eventstore.Commit) error {
		commits = append(commits, c)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l, commits
}

func twoWriters(t *testing.T, log eventstore.Log) {
	ctx := t.Context()
	first, _ := takeOver(t, log)
	if _, err := first.Append(ctx, []eventstore.Request{Request("one", "p", "x")}); err != nil {
		t.Fatal(err)
	}
	second, read := takeOver(t, log)
	if len(read) != 3 || second.Chain().Term != first.Chain().Term+1 {
		t.Errorf("the second writer read %d commits and has term %d after %d", len(read), second.Chain().Term, first.Chain().Term)
	}
	if _, err := first.Append(ctx, []eventstore.Request{Request("two", "p", "x")}); !errors.Is(err, eventstore.ErrUnknown) {
		t.Errorf("append of the fenced writer: %v, want ErrUnknown until it has looked", err)
	}
	if _, err := first.Append(ctx, []eventstore.Request{Request("three", "p", "x")}); !errors.Is(err, eventstore.ErrUnknown) {
		t.Errorf("append before it has looked: %v, want ErrUnknown", err)
	}
	if _, err := first.Resolve(ctx); !errors.Is(err, eventstore.ErrFenced) {
		t.Errorf("the fenced writer looked: %v, want ErrFenced", err)
	}
	if _, err := second.Append(ctx, []eventstore.Request{Request("two", "p", "y")}); err != nil {
		t.Errorf("append of the new writer: %v", err)
	}
	third, read := takeOver(t, log)
	if len(read) != 5 || third.Chain().Term != 3 || third.Chain().Position != 2 {
		t.Errorf("the third writer read %d commits and has term %d, position %d", len(read), third.Chain().Term, third.Chain().Position)
	}
}

func unknownOutcome(t *testing.T, log eventstore.Log) {
	between := &lossy{Log: log}
	l, _ := takeOver(t, between)
	id := byte('a')
	for _, losses := range [][]loss{
		{answer},                   // it was stored: found
		{conflict},                 // it was stored and refused, as after a client's own retry
		{request},                  // it was not: repeated
		{request, request, answer}, // it was not, and again not, and then nobody said so
	} {
		between.next = losses
		requests := []eventstore.Request{Request(string(id), "p", "x", "y"), Request(string(id)+"2", "q")}
		id++
		before := l.Chain()
		if _, err := l.Append(t.Context(), requests); !errors.Is(err, eventstore.ErrUnknown) {
			t.Fatalf("%v: %v, want ErrUnknown", losses, err)
		}
		if _, err := l.Append(t.Context(), []eventstore.Request{Request("meanwhile", "p", "x")}); !errors.Is(err, eventstore.ErrUnknown) {
			t.Errorf("%v: append before it was found out: %v, want ErrUnknown", losses, err)
		}
		if l.Chain().Commit != before.Commit {
			t.Errorf("%v: the writer moved on before it knew", losses)
		}
		commit, err := l.Resolve(t.Context())
		if err != nil {
			t.Fatalf("%v: %v", losses, err)
		}
		if commit.Number != before.Commit+1 || commit.First != before.Position+1 || len(commit.Entries) != 2 || len(commit.Records) != 2 {
			t.Errorf("%v: resolved to commit %d at %d", losses, commit.Number, commit.First)
		}
	}
	// Once each: an opening, four commits, and nothing else.
	if got := read(t, log, 1); len(got) != 5 {
		t.Errorf("the log holds %d commits, want 5", len(got))
	}
	if _, err := l.Append(t.Context(), []eventstore.Request{Request("after", "p", "x")}); err != nil {
		t.Errorf("append after all was found out: %v", err)
	}

	// A writer that must leave before it knows says so, and the next one finds out by reading.
	between.next = []loss{answer}
	if _, err := l.Append(t.Context(), []eventstore.Request{Request("last", "p", "x")}); !errors.Is(err, eventstore.ErrUnknown) {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Resolve(ended); !errors.Is(err, eventstore.ErrUnresolved) {
		t.Errorf("resolve without time: %v, want ErrUnresolved", err)
	}
	if next, read := takeOver(t, log); next.Chain().Position != 10 || len(read) != 8 {
		t.Errorf("the next writer begins after position %d and %d commits", next.Chain().Position, len(read))
	}
}

func unacceptable(t *testing.T, log eventstore.Log) {
	l, _ := takeOver(t, log)
	if _, err := l.Append(t.Context(), []eventstore.Request{Request("one", "p", "x")}); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*eventstore.Request){
		"no actor":           func(r *eventstore.Request) { r.Actor = "" },
		"no id":              func(r *eventstore.Request) { r.ID = "" },
		"no content":         func(r *eventstore.Request) { r.Content = "" },
		"a plan with no id":  func(r *eventstore.Request) { r.Drafts[0].Plan = "" },
		"an odd principal":   func(r *eventstore.Request) { r.OnBehalfOf = "me" },
		"recorded backwards": func(r *eventstore.Request) { r.RecordedAt-- },
	} {
		r := Request("two", "p", "x")
		spoil(&r)
		if _, err := l.Append(t.Context(), []eventstore.Request{r}); err == nil || errors.Is(err, eventstore.ErrUnknown) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := read(t, log, 1); len(got) != 2 {
		t.Errorf("the log holds %d commits, want 2", len(got))
	}
	if _, err := l.Append(t.Context(), []eventstore.Request{Request("two", "p", "x")}); err != nil {
		t.Errorf("append afterwards: %v", err)
	}
}

// kind: an opening says what the ledger is kept in, whatever the caller thinks it is.
func kind(t *testing.T, log eventstore.Log) {
	_, commits := takeOver(t, log)
	opening := commits[len(commits)-1].Opening
	if log.Kind() == ledgerv1.StoreKind_STORE_KIND_UNSPECIFIED || opening.GetStore() != log.Kind() {
		t.Errorf("the opening says %s of a log that is %s", opening.GetStore(), log.Kind())
	}
}
