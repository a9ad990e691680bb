package oracle

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/projections"
)

// Evidence is what was kept elsewhere of a ledger: receipts, and digests of commits. A ledger in which a record was changed, and
// everything after it rebuilt, is whole by itself; it contradicts any evidence from the change on.
//
// Fill it first, then set it as a Verifier's. It belongs to one goroutine.
type Evidence struct {
	commits map[uint64][]kept // by number
	records map[uint64][]kept // by position
	Kept    int               // receipts and digests
}

// kept is one thing that the ledger has to agree with, in hexadecimal or as an event's id.
type kept struct {
	digest, leaf, event string // empty where it is not known
	from                string // who says so: "the receipt of request r1"
}

// Clone returns the same evidence, to be held against a ledger on its own: what agrees is forgotten.
func (e *Evidence) Clone() *Evidence {
	if e == nil {
		return nil
	}
	return &Evidence{commits: maps.Clone(e.commits), records: maps.Clone(e.records), Kept: e.Kept}
}

// Expect adds the digest of a commit, as COMMIT:DIGEST.
func (e *Evidence) Expect(text string) error {
	number, digest, ok := strings.Cut(text, ":")
	n, err := strconv.ParseUint(number, 10, 64)
	if raw, bad := hex.DecodeString(digest); !ok || err != nil || n == 0 || bad != nil || len(raw) != len(eventstore.Digest{}) {
		return fmt.Errorf("%q is not a commit and its digest. Write the commit's number, a colon, and 64 hexadecimal digits, as in a receipt or as milepost verify prints them", text)
	}
	e.addCommit(n, kept{digest: strings.ToLower(digest), from: "--expect"})
	e.Kept++
	return nil
}

// ReadReceipts adds receipts, a line of JSON each, as milepost submit prints them or as the API gives them. A line that says why
// a request was refused holds none, and is passed over. It answers how many it found.
func (e *Evidence) ReadReceipts(r io.Reader) (found int, err error) {
	const longest = 16 << 20 // a receipt of a thousand events is a tenth of that
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longest)
	for line := 1; lines.Scan(); line++ {
		text := bytes.TrimSpace(lines.Bytes())
		if len(text) == 0 {
			continue
		}
		receipt, err := readReceipt(text)
		if err != nil {
			return found, fmt.Errorf("line %d is not a receipt in JSON: %w", line, err)
		}
		if e.addReceipt(receipt) {
			found++
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return found, fmt.Errorf("a line is longer than %d bytes, and so is no receipt: write one receipt a line", longest)
	}
	return found, lines.Err()
}

// readReceipt reads a receipt, or the answer that holds one.
func readReceipt(text []byte) (*milepostv1.Receipt, error) {
	loose := protojson.UnmarshalOptions{DiscardUnknown: true}
	var answer milepostv1.SubmitResponse
	if err := loose.Unmarshal(text, &answer); err != nil {
		return nil, err
	}
	if answer.Receipt != nil {
		return answer.Receipt, nil
	}
	var receipt milepostv1.Receipt
	err := loose.Unmarshal(text, &receipt)
	return &receipt, err
}

func (e *Evidence) addReceipt(r *milepostv1.Receipt) bool {
	from := fmt.Sprintf("the receipt of request %q", r.RequestId)
	if r.Commit > 0 && r.CommitDigest != "" {
		e.addCommit(r.Commit, kept{digest: strings.ToLower(r.CommitDigest), from: from})
	}
	for _, event := range r.Events {
		if e.records == nil {
			e.records = map[uint64][]kept{}
		}
		e.records[event.Position] = append(e.records[event.Position], kept{leaf: strings.ToLower(event.LeafHash), event: event.EventId, from: from})
	}
	if r.Commit == 0 && len(r.Events) == 0 {
		return false
	}
	e.Kept++
	return true
}

func (e *Evidence) addCommit(number uint64, k kept) {
	if e.commits == nil {
		e.commits = map[uint64][]kept{}
	}
	e.commits[number] = append(e.commits[number], k)
}

// check holds a commit against what was kept, and forgets what agrees. It answers *eventstore.Damage.
func (e *Evidence) check(c *eventstore.Commit) error {
	if e == nil {
		return nil
	}
	for i := range c.Records {
		r := &c.Records[i]
		for _, k := range e.records[r.Position] {
			if k.event != "" && k.event != projections.FormatID(r.EventID) || k.leaf != "" && k.leaf != hex.EncodeToString(r.Leaf[:]) {
				return &eventstore.Damage{
					Position: r.Position, Commit: c.Number,
					Reason: "the record here is not the one that was acknowledged: " + k.from + " says otherwise",
				}
			}
		}
		delete(e.records, r.Position)
	}
	for _, k := range e.commits[c.Number] {
		if have := hex.EncodeToString(c.Digest[:]); k.digest != have {
			return &eventstore.Damage{
				Position: c.First, Commit: c.Number,
				Reason: fmt.Sprintf("the commit is not the one that was acknowledged, or something before it was changed: %s gives the digest %s, and here it is %s", k.from, k.digest, have),
			}
		}
	}
	delete(e.commits, c.Number)
	return nil
}

// Met says what of the evidence a ledger that ends with a chain has nothing of. It answers *eventstore.Damage.
func (e *Evidence) Met(position, commits uint64) error {
	if e == nil {
		return nil
	}
	for _, at := range slices.Sorted(maps.Keys(e.records)) {
		return &eventstore.Damage{
			Position: position + 1, Commit: commits + 1,
			Reason: fmt.Sprintf("the ledger ends here, and %s was given for position %d", e.records[at][0].from, at),
		}
	}
	for _, number := range slices.Sorted(maps.Keys(e.commits)) {
		return &eventstore.Damage{
			Position: position + 1, Commit: commits + 1,
			Reason: fmt.Sprintf("the ledger ends here, and %s is of commit %d", e.commits[number][0].from, number),
		}
	}
	return nil
}
