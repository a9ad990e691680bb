package replica

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/parties"
)

// asked is who was asked for by Learn.
type asked []string

func (a *asked) Learn(_ context.Context, id string) error {
	*a = append(*a, id)
	return nil
}

func (*asked) Completed(context.Context, parties.EpochID) error { return nil }

// A later version names in a record the person who answers for it. This one writes none, and still takes that person for a
// party of the ledger: the name is asked for with the commit, and missed where it is not kept.
func TestAPersonIsAParty(t *testing.T) {
	log := memory.New()
	ledger, err := eventstore.TakeOver(t.Context(), log, &eventstore.Chain{}, eventstoretest.Opening(), func(*eventstore.Commit) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	request := eventstoretest.Request("r", "hubs", "")
	request.OnBehalfOf, request.Person = eventstoretest.Party("office"), eventstoretest.Party("person")
	commit, err := ledger.Append(t.Context(), []eventstore.Request{request})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{eventstoretest.Party("actor"), eventstoretest.Party("office"), eventstoretest.Party("person")}

	r := New(Config{})
	r.hear(commit)
	if got := slices.Sorted(r.Parties()); !slices.Equal(got, want) {
		t.Errorf("the parties are %q", got)
	}
	var names asked
	r.Know(&names)
	if err := r.learn(t.Context(), commit); err != nil || !slices.Equal(names, want) {
		t.Errorf("it asked for %q, %v", names, err)
	}
}

// leaving is a directory whose owner ends following while a name is asked for.
type leaving struct{ cancel context.CancelFunc }

func (l leaving) Learn(ctx context.Context, _ string) error {
	l.cancel()
	return ctx.Err()
}

func (leaving) Completed(context.Context, parties.EpochID) error { return nil }

// Whoever ends following in the middle of a commit gets the replica with the whole of it: the chain has it already.
func TestFollowingEndsBehindAWholeCommit(t *testing.T) {
	log := memory.New()
	ledger, err := eventstore.TakeOver(t.Context(), log, &eventstore.Chain{}, eventstoretest.Opening(), func(*eventstore.Commit) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.Append(t.Context(), []eventstore.Request{eventstoretest.Request("r", "hubs")}); err != nil {
		t.Fatal(err)
	}
	r := New(Config{})
	ctx, cancel := context.WithCancel(t.Context())
	r.Know(leaving{cancel})
	if err := r.Follow(ctx, log); !errors.Is(err, context.Canceled) {
		t.Errorf("following ended with %v", err)
	}
	if commits, chain := r.Book().Commits(), r.Chain().Commit; commits != chain || chain != 2 {
		t.Errorf("the book has %d commits, and the chain %d", commits, chain)
	}
}

func (*asked) Hide(iter.Seq[string]) {}

func (leaving) Hide(iter.Seq[string]) {}
