// Package oracle proves a ledger and the answers that are given from it, without trusting who serves
// them. It is what `milepost verify` and `milepost check` run, and what tests run after every fault.
package oracle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/request"
	"milepost.dev/projections"
)

// Proof is what was proved of a ledger: every commit, from the first to the last.
type Proof struct {
	Origin   string `json:"origin"`   // identity of the ledger, in hex
	Commits  uint64 `json:"commits"`  // how many there are
	Position uint64 `json:"position"` // of the last record
	Requests uint64 `json:"requests"` // how many were accepted
	Terms    uint64 `json:"terms"`    // how often a writer took over
	Plans    int    `json:"plans"`    // how many have records
	Parties  int    `json:"parties"`  // how many are named in records
	Named    *int   `json:"named"`    // how many of those have a name that was proved; nil where no names were read
	Digest   string `json:"digest"`   // SHA-256 of the last commit, in hex: it stands for all before it
	// Kept is how many receipts and digests that were kept elsewhere agree with it; left out where none was given.
	Kept int `json:"kept,omitempty"`
	// Restores are those that the ledger went through, the oldest first.
	Restores []Restore `json:"restores"`
}

// Restore is a place where a ledger was put back from a backup.
type Restore struct {
	Position       uint64 `json:"position"`        // of the last record that was restored
	LastKnown      uint64 `json:"last_known"`      // the last one that was known to have been committed
	RestoredAt     string `json:"restored_at"`     // RFC 3339
	PreviousOrigin string `json:"previous_origin"` // in hex
	Lost           bool   `json:"lost"`            // something is known to be missing: the origin is another one
}

// restoreOf is the restore that a commit admits to.
func restoreOf(c *eventstore.Commit) (Restore, bool) {
	from := c.Opening.GetRestoredFrom()
	if from == nil {
		return Restore{}, false
	}
	return Restore{
		Position: c.Last, LastKnown: from.LastPosition, PreviousOrigin: hex.EncodeToString(from.Origin),
		RestoredAt: time.UnixMicro(c.Opening.OpenedAt).UTC().Format(time.RFC3339Nano),
		Lost:       !bytes.Equal(from.Origin, c.Opening.Origin),
	}, true
}

// Verifier proves a ledger commit by commit, and folds it into a book on the way.
type Verifier struct {
	Book *projections.Book
	// Evidence is held against each commit; nil where nothing was kept.
	Evidence *Evidence
	chain    eventstore.Chain
	requests uint64
	restores []Restore
	parties  map[string]bool
}

// NewVerifier stands before the first commit.
func NewVerifier() *Verifier {
	return &Verifier{Book: projections.NewBook(request.Reread), parties: map[string]bool{}, restores: []Restore{}}
}

// Next proves one commit more. It answers *eventstore.Damage with the first position that is wrong.
func (v *Verifier) Next(data []byte) error {
	commit, err := v.chain.Next(data)
	if err != nil {
		return err
	}
	return v.Apply(commit)
}

// Apply takes a commit that another Chain has proved.
func (v *Verifier) Apply(commit *eventstore.Commit) error {
	if err := v.Evidence.check(commit); err != nil {
		return err
	}
	v.requests += uint64(len(commit.Entries))
	if r, ok := restoreOf(commit); ok {
		v.restores = append(v.restores, r)
	}
	for i := range commit.Records {
		r := &commit.Records[i]
		v.parties[r.Actor] = true
		for _, id := range [...]string{r.OnBehalfOf, r.Person} {
			if id != "" {
				v.parties[id] = true
			}
		}
		if e, err := codec.Decode(r.Type, r.Payload); err == nil { // where not, the book says so
			for _, party := range append(milestone.Parties(e.OfMilestone), plan.Parties(e.OfPlan)...) {
				v.parties[string(party)] = true
			}
		}
	}
	err := v.Book.Apply(commit)
	var poison *projections.Poison
	if errors.As(err, &poison) {
		return &eventstore.Damage{Position: poison.Position, Commit: commit.Number, Reason: poison.Err.Error()}
	}
	return err
}

// Proof says what was proved so far. The chain is the verifier's own, or the one that proved what was
// given to Apply.
func (v *Verifier) Proof(chain *eventstore.Chain) Proof {
	if chain == nil {
		chain = &v.chain
	}
	proof := Proof{
		Origin: hex.EncodeToString(chain.Origin), Commits: chain.Commit, Position: chain.Position,
		Requests: v.requests, Terms: chain.Term, Plans: len(chain.Plans), Parties: len(v.parties),
		Digest: hex.EncodeToString(chain.Digest[:]), Restores: v.restores,
	}
	if v.Evidence != nil {
		proof.Kept = v.Evidence.Kept
	}
	return proof
}

// Parties are the raw ids of those that the ledger names so far, each once, in no order.
func (v *Verifier) Parties() iter.Seq[string] { return maps.Keys(v.parties) }

// Names are the parties whose names are still kept, each proved: its id is the digest of its salt and
// name, so nobody can put another name behind a record.
type Names struct{ byID map[string]string }

// ProveNames checks every name against its party id.
func ProveNames(list []*milepostv1.Party) (*Names, error) {
	n := &Names{byID: map[string]string{}}
	for _, p := range list {
		h := sha256.New()
		h.Write([]byte("milepost party\x00"))
		h.Write(p.Salt)
		h.Write([]byte(p.Name))
		if string(h.Sum(nil)) != string(p.Id) {
			return nil, fmt.Errorf("the name %q is not the one that party %x stands for", p.Name, p.Id)
		}
		n.byID[string(p.Id)] = p.Name
	}
	return n, nil
}

// Twice are names that stand for two parties, in order: whoever writes one of them would be another party from one start to the next.
func (n *Names) Twice() (names []string) {
	seen := map[string]int{}
	for _, name := range n.byID {
		if folded := parties.Fold(name); seen[folded] < 2 {
			if seen[folded]++; seen[folded] == 2 {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// Named is how many of the parties in the ledger are among those whose names were proved elsewhere.
func (v *Verifier) Named(proved []string) int {
	named := 0
	for _, id := range proved {
		if v.parties[id] {
			named++
		}
	}
	return named
}

// NamedIn is how many of the parties in the ledger have a proved name.
func (n *Names) NamedIn(v *Verifier) int {
	named := 0
	for id := range v.parties {
		if _, ok := n.byID[id]; ok {
			named++
		}
	}
	return named
}
