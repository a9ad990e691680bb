package replica

import (
	"context"
	"slices"
	"testing"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/memory"
)

// asked is who was asked for by Learn.
type asked []string

func (a *asked) Learn(_ context.Context, id string) error {
	*a = append(*a, id)
	return nil
}

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
	if err := r.learn(t.Context(), commit, &names); err != nil || !slices.Equal(names, want) {
		t.Errorf("it asked for %q, %v", names, err)
	}
}
