package eventstore_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/memory"
)

// cluster is a log that says of itself what one on several machines would.
type cluster struct{ *memory.Log }

func (cluster) Kind() ledgerv1.StoreKind { return ledgerv1.StoreKind_STORE_KIND_JETSTREAM }

func (cluster) Durability() ledgerv1.Durability {
	return ledgerv1.Durability_DURABILITY_QUORUM_UNSYNCED
}

// The fields of docs/adr/0019-what-a-record-will-have-to-hold.md, as they were first written: testdata/later-fields.hex has
// a commit a line and never changes. It is read for what it meant, and the same is written as the same bytes.
func TestKeptLaterFields(t *testing.T) {
	party, credential, run := eventstoretest.Party, strings.Repeat("k", 32), "one run of import"[:eventstore.ImportSize]
	decided := eventstoretest.Request("r1", "hubs", "one", "two")
	decided.ContentV2, decided.Person, decided.Import = "with party ids..", party("person"), run
	decided.Drafts[1].Credential = credential
	ofNoPlan := eventstoretest.Request("r2", "$ledger", "three")
	ofNoPlan.Content, ofNoPlan.ContentV2 = "", "alone, as later."
	nothing := eventstoretest.Request("r3", "hubs")
	nothing.Content, nothing.ContentV2 = "", "alone, as later."

	log := cluster{memory.New()}
	opening := eventstoretest.Opening()
	opening.Node = "node-2"
	l, err := eventstore.TakeOver(t.Context(), log, &eventstore.Chain{}, opening, ignore)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(t.Context(), []eventstore.Request{decided, ofNoPlan, nothing}); err != nil {
		t.Fatal(err)
	}

	text, err := os.ReadFile(filepath.Join("testdata", "later-fields.hex"))
	if err != nil {
		t.Fatal(err)
	}
	var commits []*eventstore.Commit
	chain := &eventstore.Chain{}
	for line := range strings.Lines(string(text)) {
		data, err := hex.DecodeString(strings.TrimSpace(line))
		if err != nil {
			t.Fatal(err)
		}
		commit, err := chain.Next(data)
		if err != nil {
			t.Fatal(err)
		}
		if now := log.Messages()[len(commits)]; !bytes.Equal(now, data) {
			t.Errorf("commit %d is written otherwise now: %x", commit.Number, now)
		}
		commits = append(commits, commit)
	}
	if len(commits) != 2 {
		t.Fatalf("there are %d commits", len(commits))
	}
	if o := commits[0].Opening; o.Node != "node-2" || o.Store != ledgerv1.StoreKind_STORE_KIND_JETSTREAM || commits[0].Durability != log.Durability() {
		t.Errorf("it opens with %v, made durable by %s", o, commits[0].Durability)
	}
	for i, want := range []eventstore.Record{
		{Plan: "hubs", PlanNumber: 1, Person: party("person"), Import: run},
		{Plan: "hubs", PlanNumber: 2, Person: party("person"), Import: run, Credential: credential},
		{Plan: "$ledger", PlanNumber: 1},
	} {
		r := commits[1].Records[i]
		if r.Plan != want.Plan || r.PlanNumber != want.PlanNumber || r.Person != want.Person || r.Import != want.Import || r.Credential != want.Credential {
			t.Errorf("record %d is %+v", i, r)
		}
	}
	for i, want := range [][2]string{{"r1              ", "with party ids.."}, {"", "alone, as later."}, {"", "alone, as later."}} {
		if e := commits[1].Entries[i]; e.Content != want[0] || e.ContentV2 != want[1] {
			t.Errorf("entry %d has digests %q and %q", i, e.Content, e.ContentV2)
		}
	}
}
