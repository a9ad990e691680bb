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

// keptLedger is a data directory that was written by the version before docs/adr/0019-what-a-record-will-have-to-hold.md,
// in two terms, from the requests beside it: two plans, an event of every type that there was, and names of people. The
// receipts are those that it gave. None of these files ever changes.
const keptLedger = "testdata/kept-0018"

// What the kept ledger is, whoever reads it.
const (
	keptOrigin   = "33703b7158a07611ce9337376b0e4da8"
	keptDigest   = "eaa24d38be46ff834e7d2ae97f6ffb61064de1db486e697df2d7ae77947cf352" // of its last commit
	keptCommits  = 24
	keptPosition = 65
)

// TestAKeptLedgerOpensAnswersAndGoesOn opens it as its last writer left it, and again without what is only a cache.
func TestAKeptLedgerOpensAnswersAndGoesOn(t *testing.T) {
	for name, cached := range map[string]bool{"with its saved fold": true, "from its commits alone": false} {
		t.Run(name, func(t *testing.T) {
			data := filepath.Join(t.TempDir(), "data")
			if err := os.CopyFS(data, os.DirFS(filepath.Join(keptLedger, "data"))); err != nil {
				t.Fatal(err)
			}
			if !cached {
				if err := os.RemoveAll(filepath.Join(data, "folds")); err != nil {
					t.Fatal(err)
				}
			}
			k := &keptServer{t: t, data: data}
			k.start()
			before := k.proved()
			if before.Origin != keptOrigin || before.Commits != keptCommits+1 || before.Position != keptPosition || before.Plans != 2 {
				t.Errorf("it is %+v", before)
			}
			k.firstReceiptsAgain()
			k.goesOn()
			k.stop()
			k.start() // with a fold of this version
			k.firstReceiptsAgain()
			if after := k.proved(); after.Position != keptPosition+2 || after.Terms != 4 {
				t.Errorf("after it went on it is %+v", after)
			}
			k.stop()
		})
	}
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
	last, err := eventstore.Decode(keptCommits, commits[keptCommits-1])
	if err != nil || hex.EncodeToString(last.Digest[:]) != keptDigest {
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
			e.LeafHash = ""
		}
		again.Receipt.Commit, again.Receipt.CommitDigest = 0, ""
		if !again.Replayed || !proto.Equal(again.Receipt, first) {
			k.t.Errorf("%s is answered %v, and was %v", m.RequestId, again, first)
		}
	}
}

func (k *keptServer) lines(name string) [][]byte {
	k.t.Helper()
	text, err := os.ReadFile(filepath.Join(keptLedger, name))
	if err != nil {
		k.t.Fatal(err)
	}
	return bytes.Split(bytes.TrimSpace(text), []byte("\n"))
}

// goesOn adds to a plan that the kept ledger has. What is stored has the new fields, and the settings that it names are
// those that an earlier version stored.
func (k *keptServer) goesOn() {
	k.t.Helper()
	answer, err := k.asked.Submit(k.t.Context(), &milepostv1.SubmitRequest{RequestId: "goes-on", Plan: "estates", OnBehalfOf: "Programme Office", Commands: []*milepostv1.Command{
		{AsAt: "2017-05-01", Command: &milepostv1.Command_MilestoneSlipped{MilestoneSlipped: &milepostv1.MilestoneSlipped{Ref: "E1", DeliveryDate: "Q4 2017"}}},
		{AsAt: "2017-05-01", Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: "E1", Owner: "Tom Ashby"}}},
	}})
	if err != nil {
		k.t.Fatal(err)
	}
	if answer.Replayed || answer.Receipt.Position != keptPosition+2 || answer.Receipt.CommitDigest == "" {
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
	if e := commit.Entries[0]; e.Content == "" || e.ContentV2 == "" || e.Content == e.ContentV2 {
		k.t.Errorf("the entry has digests %x and %x", e.Content, e.ContentV2)
	}
	event, err := codec.Decode(commit.Records[0].Type, commit.Records[0].Payload)
	slipped, ok := event.OfMilestone.(milestone.Slipped)
	if err != nil || !ok || slipped.Delivery.Reader != 1 || slipped.Delivery.Settings != keptSettings || slipped.Delivery.Due().String() != "2017-12-31" {
		k.t.Errorf("it stored %v, %v", event, err)
	}
}

// keptSettings is where the plan estates said that calendar quarters are meant.
const keptSettings = 47
