package main

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"milepost.dev/internal/node"
)

// proposedOnce is a plan in which something waits for a decision, and those who would like to decide it.
const proposedOnce = `
-- credentials --
operator {"roles": {"*": ["operator"]}}
office {"person": "Ann", "organisation": "Office"}
at-home {"person": "Ann", "organisation": "Office", "roles": {"*": ["approver"]}}
friend {"person": "Fay", "organisation": "Agency", "speaks_for": ["Office"], "roles": {"*": ["approver"]}}
board {"person": "Bea"}
-- told --
2017-04-01 office HUB-1 added "The health hub opens"
[first] 2017-04-01 office HUB-1 date 2017-09-30
2017-12-01 office HUB-1 date 2018-03-31
2017-12-02 office $ baseline propose hub --proposal p1 --all
[typed] 2017-12-02 office $ correct --plan hub --at {first} --date 2018-03-31 --kind typing --reason mistyped --yes
`

// A backup that is restored is no way to approve one's own proposal or correction: who proposed it stands in the ledger, with their person, and so
// it is refused as before; another person approves it.
func TestARestoredLedgerKnowsWhoProposed(t *testing.T) {
	w := wayOf(t, txtar.Parse([]byte(proposedOnce)))
	w.tellAll()
	dir, data := filepath.Join(w.dir, "backups"), filepath.Join(w.dir, "restored")
	w.run("operator", statusOK, "backup", dir)
	w.run("operator", statusOK, "restore", dir, "--data", data)
	config := nodeConfig(data, t.TempDir())
	config.Clock, config.Credentials = w.clock, filepath.Join(w.dir, "credentials.json")
	restored, err := node.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := restored.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	w.server = restored
	for _, who := range []string{"office", "at-home", "friend"} {
		w.run(who, statusFailed, "baseline", "approve", "hub", "p1")
		w.type_(who, "1", []string{"correct", "approve", "--plan", "hub", "{typed}"})
	}
	w.run("board", statusOK, "baseline", "approve", "hub", "p1")
	w.type_("board", "", []string{"correct", "refuse", "--plan", "hub", "{typed}", "--reason", "The date was honest"})
}
