package node

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/oracle"
)

// kept is a data directory that an earlier version wrote from the requests beside it, and what it is, whoever reads it. The receipts
// are those that it gave. None of these files ever changes.
type kept struct {
	dir      string
	origin   string
	digest   string // of its last commit
	commits  uint64
	position uint64
	plans    int
	terms    uint64
	goesOn   string // the plan that is added to
	ref      string // the milestone that slips then, to the end of 2017
	settings uint64 // where that plan said what its quarters mean
}

var allKept = []kept{
	// By the version before docs/adr/0019-what-a-record-will-have-to-hold.md, in two terms: two plans, an event of every type that there was,
	// and names of people.
	{
		"testdata/kept-0018", "33703b7158a07611ce9337376b0e4da8", "eaa24d38be46ff834e7d2ae97f6ffb61064de1db486e697df2d7ae77947cf352",
		24, 65, 2, 2, "estates", "E1", 47,
	},
	// By the first version with docs/adr/0022-who-carries-on-and-who-decides.md and 0024, in three terms: the six types of events that they add,
	// and a run of an import. A stranger told what the second request of the last term accepts.
	{
		"testdata/kept-0024", "b520da7925462ea6b8df316db88ac766", "34e88bdae51e7528da31b2425ae6e652c9c9854fa7da8a416d88c32da9b2445d",
		15, 25, 2, 3, "hubs", "HUB-1", 1,
	},
	// By the first version with docs/adr/0030-names-under-the-key-of-an-epoch.md and with slip against both figures of an error, words that wait and
	// approved costs, in three terms: tiers, four proposals that ended each in its way and one that waits, corrections that were approved, refused
	// and wait, and a milestone that took the place of one of another plan. The requests of the second term are those of three people, and are
	// not sent again.
	{
		"testdata/kept-0030", "05212150c34052c2b1a0628755baadd8", "4e0f86826a1014534fa1fd420e01ad22d0dd9360a179b166d68ab26f5435f705",
		26, 46, 2, 3, "hubs", "HUB-1", 1,
	},
}

// TestAKeptLedgerOpensAnswersAndGoesOn opens each as its last writer left it, and again without what is only a cache.
func TestAKeptLedgerOpensAnswersAndGoesOn(t *testing.T) {
	for _, ledger := range allKept {
		for name, cached := range map[string]bool{" with its saved fold": true, " from its commits alone": false} {
			t.Run(filepath.Base(ledger.dir)+name, func(t *testing.T) { ledger.test(t, cached) })
		}
	}
}

func (ledger kept) test(t *testing.T, cached bool) {
	data := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(data, os.DirFS(filepath.Join(ledger.dir, "data"))); err != nil {
		t.Fatal(err)
	}
	if !cached {
		if err := os.RemoveAll(filepath.Join(data, "folds")); err != nil {
			t.Fatal(err)
		}
	}
	k := &keptServer{t: t, data: data, kept: ledger}
	k.start()
	before := k.proved()
	if before.Origin != k.kept.origin || before.Commits != k.kept.commits+1 || before.Position != k.kept.position || before.Plans != k.kept.plans {
		t.Errorf("it is %+v", before)
	}
	k.firstReceiptsAgain()
	k.answersAsThen()
	k.goesOn()
	k.stop()
	k.start() // with a fold of this version
	k.firstReceiptsAgain()
	k.answersAsThen()
	if after := k.proved(); after.Position != k.kept.position+2 || after.Terms != k.kept.terms+2 {
		t.Errorf("after it went on it is %+v", after)
	}
	k.stop()
}

// TestUpgradingNamesEveryKeptLedger: what docs/upgrading.md says of a version is held by a ledger that it wrote.
func TestUpgradingNamesEveryKeptLedger(t *testing.T) {
	page, err := os.ReadFile("../../docs/upgrading.md")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := filepath.Glob("testdata/kept-*")
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, row := range regexp.MustCompile(`(?m)^\| internal/node/(testdata/kept-\d+) `).FindAllSubmatch(page, -1) {
		named = append(named, string(row[1]))
	}
	if !slices.Equal(named, kept) {
		t.Errorf("it has %q, and there are %q", named, kept)
	}
}

// keptServer is a server on a copy of the kept ledger.
type keptServer struct {
	kept    kept
	t       *testing.T
	data    string
	node    *Node
	asked   milepostv1.CommandServiceClient
	commits [][]byte // as they were proved last
	server  oracle.Server
}

func (k *keptServer) start() {
	k.t.Helper()
	var err error
	k.node, err = Start(k.t.Context(), Config{Data: k.data, Listen: "127.0.0.1:0", User: "keeper", Software: "test"})
	if err != nil {
		k.t.Fatal(err)
	}
	conn := connect(k.t, k.node)
	k.asked, k.server = milepostv1.NewCommandServiceClient(conn), oracle.NewServer(conn)
}

func (k *keptServer) stop() {
	k.t.Helper()
	if err := k.node.Close(context.Background()); err != nil {
		k.t.Error(err)
	}
}

// proved reads the ledger, proves it, and compares every answer with what follows from it.
func (k *keptServer) proved() oracle.Proof {
	k.t.Helper()
	_, _, commits, err := k.server.Verify(k.t.Context(), nil)
	if err != nil {
		k.t.Fatal(err)
	}
	k.commits = commits
	last, err := eventstore.Decode(k.kept.commits, commits[k.kept.commits-1])
	if err != nil || hex.EncodeToString(last.Digest[:]) != k.kept.digest {
		k.t.Errorf("its last commit has digest %x, %v", last.Digest, err)
	}
	report, err := k.server.Check(k.t.Context(), time.Now(), nil)
	if err != nil {
		k.t.Fatal(err)
	}
	if report.Different > 0 || report.Compared == 0 || *report.Proof.Named != report.Proof.Parties {
		k.t.Errorf("of %d answers %d differ, and of %d parties %d are named: %v",
			report.Compared, report.Different, report.Proof.Parties, *report.Proof.Named, report.Differences)
	}
	return report.Proof
}

// firstReceiptsAgain sends every request once more. Each gets the receipt that it got then, and with it what receipts have
// had since: the digest of the commit and the leaf hashes, which are those of the stored bytes.
func (k *keptServer) firstReceiptsAgain() {
	k.t.Helper()
	receipts := k.lines("receipts.ndjson")
	for i, line := range k.lines("requests.ndjson") {
		m, first := &milepostv1.SubmitRequest{}, &milepostv1.Receipt{}
		if err := protojson.Unmarshal(line, m); err != nil {
			k.t.Fatal(err)
		}
		if err := protojson.Unmarshal(receipts[i], first); err != nil {
			k.t.Fatal(err)
		}
		again, err := k.asked.Submit(k.t.Context(), m)
		if err != nil {
			k.t.Fatal(err)
		}
		data := k.commits[again.Receipt.Commit-1]
		commit, err := eventstore.Decode(again.Receipt.Commit, data)
		if digest := sha256.Sum256(data); err != nil || again.Receipt.CommitDigest != hex.EncodeToString(digest[:]) {
			k.t.Errorf("the receipt of %s names a commit %s that is not stored, %v", m.RequestId, again.Receipt.CommitDigest, err)
		}
		for _, e := range again.Receipt.Events {
			if leaf := sha256.Sum256(append([]byte{0}, commit.Records[e.Position-commit.First].Bytes...)); e.LeafHash != hex.EncodeToString(leaf[:]) {
				k.t.Errorf("the receipt of %s names leaf %s at position %d", m.RequestId, e.LeafHash, e.Position)
			}
			if first.CommitDigest == "" {
				e.LeafHash = ""
			}
		}
		if first.CommitDigest == "" {
			again.Receipt.Commit, again.Receipt.CommitDigest = 0, ""
		}
		if !again.Replayed || !proto.Equal(again.Receipt, first) {
			k.t.Errorf("%s is answered %v, and was %v", m.RequestId, again, first)
		}
	}
}

func (k *keptServer) lines(name string) [][]byte {
	k.t.Helper()
	text, err := os.ReadFile(filepath.Join(k.kept.dir, name))
	if err != nil {
		k.t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(text), []byte("\n"))
}

// goesOn adds to a plan that the kept ledger has. What is stored has the new fields, and the settings that it names are
// those that an earlier version stored.
func (k *keptServer) goesOn() {
	k.t.Helper()
	answer, err := k.asked.Submit(k.t.Context(), &milepostv1.SubmitRequest{RequestId: "goes-on", Plan: k.kept.goesOn, OnBehalfOf: "Programme Office", Commands: []*milepostv1.Command{
		{AsAt: "2017-05-01", Command: &milepostv1.Command_MilestoneSlipped{MilestoneSlipped: &milepostv1.MilestoneSlipped{Ref: k.kept.ref, DeliveryDate: "Q4 2017"}}},
		{AsAt: "2017-05-01", Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: k.kept.ref, Owner: "Tom Ashby"}}},
	}})
	if err != nil {
		k.t.Fatal(err)
	}
	if answer.Replayed || answer.Receipt.Position != k.kept.position+2 || answer.Receipt.CommitDigest == "" {
		k.t.Errorf("it goes on with %v", answer)
	}
	_, _, commits, err := k.server.Verify(k.t.Context(), nil)
	if err != nil {
		k.t.Fatal(err)
	}
	commit, err := eventstore.Decode(answer.Receipt.Commit, commits[answer.Receipt.Commit-1])
	if err != nil {
		k.t.Fatal(err)
	}
	if e := commit.Entries[0]; e.Content != "" || e.ContentV2 == "" { // it names somebody
		k.t.Errorf("the entry has digests %x and %x", e.Content, e.ContentV2)
	}
	event, err := codec.Decode(commit.Records[0].Type, commit.Records[0].Payload)
	slipped, ok := event.OfMilestone.(milestone.Slipped)
	if err != nil || !ok || slipped.Delivery.Reader != 1 || slipped.Delivery.Settings != k.kept.settings || slipped.Delivery.Due().String() != "2017-12-31" {
		k.t.Errorf("it stored %v, %v", event, err)
	}
}
