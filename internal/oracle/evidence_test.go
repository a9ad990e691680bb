package oracle_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/encoding/protojson"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/oracle"
)

// stored is the ledger of a server, commit by commit.
func stored(t *testing.T, conn *grpc.ClientConn) (commits []*eventstore.Commit) {
	t.Helper()
	stream, err := milepostv1.NewAuditServiceClient(conn).ReadCommits(t.Context(), &milepostv1.ReadCommitsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return commits
		}
		if err != nil {
			t.Fatal(err)
		}
		c, err := eventstore.Decode(uint64(len(commits)+1), m.Commit)
		if err != nil {
			t.Fatal(err)
		}
		commits = append(commits, c)
	}
}

// forge writes the whole ledger anew, as somebody could who holds the disk: every request with its id, its time and its
// digests, and one slip to another day.
func forge(t *testing.T, commits []*eventstore.Commit) [][]byte {
	t.Helper()
	log := memory.New()
	ledger, err := eventstore.TakeOver(t.Context(), disguised{log}, &eventstore.Chain{}, commits[0].Opening, func(*eventstore.Commit) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range commits[1:] {
		var requests []eventstore.Request
		for _, e := range c.Entries {
			r := eventstore.Request{Actor: e.Actor, ID: e.Request, Content: e.Content, ContentV2: e.ContentV2, RecordedAt: e.RecordedAt}
			for _, rec := range e.Records {
				r.OnBehalfOf = rec.OnBehalfOf
				payload := rec.Payload
				if rec.Type == ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED {
					payload = sooner(t, rec)
				}
				r.Drafts = append(r.Drafts, eventstore.Draft{EventID: rec.EventID, Plan: rec.Plan, AsAt: rec.AsAt, Source: rec.Source, Type: rec.Type, Payload: payload})
			}
			requests = append(requests, r)
		}
		if _, err := ledger.Append(t.Context(), requests); err != nil {
			t.Fatal(err)
		}
	}
	return log.Messages()
}

// disguised is a log in memory that says of itself what the embedded one does.
type disguised struct{ *memory.Log }

func (disguised) Durability() ledgerv1.Durability { return ledgerv1.Durability_DURABILITY_FSYNC }

func (disguised) Kind() ledgerv1.StoreKind { return ledgerv1.StoreKind_STORE_KIND_EMBEDDED }

// sooner is a slip of a month where it was one of three.
func sooner(t *testing.T, r eventstore.Record) []byte {
	t.Helper()
	decoded, err := codec.Decode(r.Type, r.Payload)
	if err != nil {
		t.Fatal(err)
	}
	slip := decoded.OfMilestone.(milestone.Slipped)
	if slip.Delivery, err = period.ReadISO("2017-07"); err != nil {
		t.Fatal(err)
	}
	slip.Days = 31
	_, payload, err := codec.EncodeMilestone(decoded.Milestone, slip)
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func prove(messages [][]byte, e *oracle.Evidence) (oracle.Proof, error) {
	v := oracle.NewVerifier()
	v.Evidence = e
	for _, m := range messages {
		if err := v.Next(m); err != nil {
			return oracle.Proof{}, err
		}
	}
	p := v.Proof(nil)
	return p, e.Met(p.Position, p.Commits)
}

// A ledger that was written anew with one slip made smaller is whole by itself. One receipt tells, and so does one digest; what was
// given before the change agrees with both.
func TestAForgerIsFoundByWhatWasKept(t *testing.T) {
	conn := serve(t)
	commits := stored(t, conn)
	var honest [][]byte
	for _, c := range commits {
		honest = append(honest, c.Bytes)
	}
	forged := forge(t, commits)
	whole, err := prove(forged, nil)
	if err != nil || whole.Position != commits[len(commits)-1].Last {
		t.Fatalf("the forged ledger proves %+v, %v", whole, err)
	}

	changed := commits[len(commits)-1] // the slip is its only record
	receipts := map[string]string{}
	for _, c := range commits[1:] {
		for _, e := range c.Entries {
			receipts[e.Request] = receiptOf(t, c, &e)
		}
	}
	for name, c := range map[string]struct {
		receipt, expect string
		position        uint64 // where the forged ledger is found out; 0: it agrees
	}{
		"a receipt of before":        {receipt: receipts["0"]},
		"the receipt":                {receipt: receipts["1"], position: changed.First},
		"as the API gives it":        {receipt: `{"receipt":` + receipts["1"] + `,"replayed":true}`, position: changed.First},
		"its leaf hash alone":        {receipt: without(t, receipts["1"], "commit", "commitDigest"), position: changed.First},
		"its commit alone":           {expect: fmt.Sprintf("%d:%x", changed.Number, changed.Digest), position: changed.First},
		"a commit of before":         {expect: fmt.Sprintf("%d:%x", commits[1].Number, commits[1].Digest)},
		"a commit that is not there": {expect: fmt.Sprintf("%d:%x", changed.Number+1, changed.Digest), position: changed.Last + 1},
	} {
		t.Run(name, func(t *testing.T) {
			evidence := func() *oracle.Evidence {
				e := &oracle.Evidence{}
				if c.expect != "" {
					if err := e.Expect(c.expect); err != nil {
						t.Fatal(err)
					}
				}
				if found, err := e.ReadReceipts(strings.NewReader("\n" + c.receipt + "\n" + `{"request_id":"x","error":{"code":"NOT_FOUND"}}` + "\n")); err != nil || found == 0 && c.receipt != "" {
					t.Fatalf("%d receipts, %v", found, err)
				}
				return e
			}
			missing := c.position > changed.Last
			if p, err := prove(honest, evidence()); missing == (err == nil) || !missing && p.Kept != 1 {
				t.Errorf("the honest ledger: %+v, %v", p, err)
			}
			_, err := prove(forged, evidence())
			var damage *eventstore.Damage
			if c.position == 0 && err != nil || c.position > 0 && (!errors.As(err, &damage) || damage.Position != c.position) {
				t.Errorf("the forged ledger: %v", err)
			}
		})
	}
}

// receiptOf is the receipt of a request as the API writes it.
func receiptOf(t *testing.T, c *eventstore.Commit, e *eventstore.Entry) string {
	t.Helper()
	r := &milepostv1.Receipt{RequestId: e.Request, Position: e.Last, Commit: c.Number, CommitDigest: hex.EncodeToString(c.Digest[:])}
	for _, rec := range e.Records {
		r.Events = append(r.Events, &milepostv1.EventReceipt{Position: rec.Position, LeafHash: hex.EncodeToString(rec.Leaf[:])})
	}
	text, err := protojson.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// without takes fields out of a receipt.
func without(t *testing.T, receipt string, fields ...string) string {
	t.Helper()
	var parsed map[string]any
	if err := json.Unmarshal([]byte(receipt), &parsed); err != nil {
		t.Fatal(err)
	}
	for _, f := range fields {
		delete(parsed, f)
	}
	text, err := json.Marshal(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestWhatIsNoEvidence(t *testing.T) {
	for _, text := range []string{"", "3", "0:" + strings.Repeat("a", 64), "3:" + strings.Repeat("a", 62), "3:" + strings.Repeat("g", 64), "x:" + strings.Repeat("a", 64)} {
		if err := (&oracle.Evidence{}).Expect(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
	e := &oracle.Evidence{}
	if _, err := e.ReadReceipts(strings.NewReader("{}\nnot a receipt\n")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a line of words: %v", err)
	}
}
