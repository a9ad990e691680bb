package eventstore

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// Chain is where a reader of the ledger has got to, and what the next commit must fit. Everything that
// was ever promised about the order and the wholeness of the ledger is checked in Next, by every
// reader: a hole, a fork, a swap or a changed byte stops it at the first position that is wrong.
//
// The zero Chain stands before the first commit. A Chain belongs to one goroutine.
type Chain struct {
	Commit     uint64 // number of the last commit
	Position   uint64 // of the last record
	Term       uint64
	Digest     Digest // of the last commit
	Origin     []byte // identity of the ledger, from its openings
	RecordedAt int64  // of the last request, microseconds since 1970
	Plans      map[string]PlanHead

	// First is the first position of the last commit: what is named when the commit after it
	// shows that it was changed.
	First uint64

	// examiner looks at commits that nobody examined before.
	examiner Examiner

	// parts is room that build uses again.
	parts []byte
}

// names holds one copy of each name.
type names map[string]string

// of is the name in the bytes.
func (n names) of(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if name, ok := n[string(b)]; ok { // makes no copy
		return name
	}
	name := string(b)
	if n != nil {
		n[name] = name
	}
	return name
}

// PlanHead is the end of one plan's own chain.
type PlanHead struct {
	Number   uint64 // of its last record in the plan
	Position uint64 // of its last record in the ledger
	Leaf     Digest // of its last record
}

// Clone returns a copy that another goroutine may keep.
func (c *Chain) Clone() *Chain {
	d := *c
	d.Origin = bytes.Clone(c.Origin)
	d.Plans = maps.Clone(c.Plans)
	d.examiner, d.parts = Examiner{}, nil
	return &d
}

// Next checks the bytes of the commit after the last one and moves past it. It answers *Damage, and
// stays where it was, when they are not what a writer could have written there. The commit keeps data.
func (c *Chain) Next(data []byte) (*Commit, error) {
	s, err := c.check(data)
	if err != nil {
		return nil, err
	}
	c.advance(s)
	return s.commit, nil
}

// NextExamined is Next for a commit that was examined already.
func (c *Chain) NextExamined(e *Examined) (*Commit, error) {
	s, err := c.fit(e)
	if err != nil {
		return nil, err
	}
	c.advance(s)
	return s.commit, nil
}

// Recycle takes back a commit that Next answered and nobody has any part of: the next one is read into it.
func (c *Chain) Recycle(commit *Commit) { c.examiner.spare = commit }

// step is a checked commit that the chain has not moved past yet.
type step struct {
	commit     *Commit
	heads      map[string]PlanHead
	recordedAt int64
}

// advance moves past a commit that check has answered.
func (c *Chain) advance(s *step) {
	if c.Plans == nil {
		c.Plans = map[string]PlanHead{}
	}
	maps.Copy(c.Plans, s.heads)
	if s.commit.Opening != nil {
		c.Origin = s.commit.Opening.Origin
	}
	c.Commit, c.Position, c.Term, c.Digest = s.commit.Number, s.commit.Last, s.commit.Term, s.commit.Digest
	c.RecordedAt, c.First = s.recordedAt, s.commit.First
}

// check is Next without moving, so that a writer can hold its own commit to the rules of every reader
// before it is stored: a commit that no reader accepts would end the ledger.
//
// What it names in a *Damage is the first record that cannot be trusted. Commits before are vouched for
// by the digest that this one begins with; inside this one, where two records contradict each other, it
// is the first record whose change could have caused that, and not the one at which it shows.
func (c *Chain) check(data []byte) (*step, error) { return c.fit(c.examiner.Examine(data)) }

// fit holds what was examined to what comes before it.
func (c *Chain) fit(e *Examined) (*step, error) {
	next := c.Position + 1
	damaged := func(position uint64, format string, args ...any) (*step, error) {
		return nil, &Damage{Position: position, Commit: c.Commit + 1, Reason: fmt.Sprintf(format, args...)}
	}

	stored := &e.stored
	if e.unread {
		return damaged(next, "its bytes are no commit")
	}
	if stored.first != next {
		return damaged(next, "a commit that begins at position %d stands where position %d was expected", stored.first, next)
	}
	if c.Commit > 0 && !bytes.Equal(stored.previous, c.Digest[:]) {
		// The bytes before are not those that this commit was written after. Which of the two
		// was changed cannot be told from here; the earlier is the first that cannot be trusted.
		return damaged(c.First, "commit %d is not the one that commit %d was written after", c.Commit, c.Commit+1)
	}
	if c.Commit == 0 && len(stored.previous) != 0 {
		return damaged(next, "the first commit says that there was one before it")
	}
	if why := c.checkTerm(stored); why != "" {
		return damaged(next, "%s", why)
	}

	commit := e.commit
	commit.Number = c.Commit + 1
	recordedAt, heads := c.RecordedAt, map[string]PlanHead{}
	for i := range commit.Records {
		if i == e.broken {
			return damaged(next+uint64(i), "%s", e.why)
		}
		r, previous := &commit.Records[i], e.previous[i]
		if r.Position != next+uint64(i) {
			return damaged(next+uint64(i), "the record there says that it is number %d", r.Position)
		}
		head, ok := heads[r.Plan]
		if !ok {
			head = c.Plans[r.Plan]
		}
		if r.PlanNumber != head.Number+1 {
			// Any record since the head may have been one of this plan before it was changed.
			return damaged(max(next, head.Position+1), "record %d of plan %q stands where %d was expected, at position %d", r.PlanNumber, r.Plan, head.Number+1, r.Position)
		}
		if !bytes.Equal(previous, head.leafOrNone()) {
			wrong := r.Position
			if head.Position >= next { // in this commit, so not yet vouched for by a later one
				wrong = head.Position
			}
			return damaged(wrong, "record %d is not the one that the next record of plan %q was written after", head.Position, r.Plan)
		}
		if r.RecordedAt < recordedAt {
			// The time of either may be the wrong one.
			return damaged(max(next, r.Position-1), "position %d was recorded before position %d", r.Position, r.Position-1)
		}
		recordedAt = r.RecordedAt
		heads[r.Plan] = PlanHead{Number: r.PlanNumber, Position: r.Position, Leaf: r.Leaf}
	}
	if e.entryWhy != "" {
		return damaged(e.entryAt, "%s", e.entryWhy)
	}

	recordedAt = c.RecordedAt
	for i := range commit.Entries {
		e := &commit.Entries[i]
		if e.RecordedAt < recordedAt {
			return damaged(max(next, e.Last), "request %q was accepted before the one in front of it", e.Request)
		}
		recordedAt = e.RecordedAt
		if n := len(e.Records); n > 0 {
			recordedAt = e.Records[n-1].RecordedAt
		}
	}
	return &step{commit: commit, heads: heads, recordedAt: recordedAt}, nil
}

// Decode reads a commit that was checked before, when it was followed: it looks at the commit alone.
func Decode(number uint64, data []byte) (*Commit, error) {
	stored, err := readCommit(data)
	if err != nil {
		return nil, &Damage{Commit: number, Reason: "its bytes are no commit"}
	}
	commit := &Commit{
		Number: number, Term: stored.term, First: stored.first,
		Last:    stored.first + uint64(len(stored.records)) - 1,
		Opening: stored.opening, Durability: stored.durability, Digest: sha256.Sum256(data), Bytes: data,
		Records: make([]Record, len(stored.records)), Entries: make([]Entry, len(stored.entries)),
	}
	leaves := newLeaves()
	for i, raw := range stored.records {
		if _, why := commit.Records[i].decode(raw, nil); why != "" {
			return nil, &Damage{Position: commit.First + uint64(i), Commit: number, Reason: why}
		}
		commit.Records[i].Leaf = leaves.of(raw)
	}
	if position, why := decodeEntries(&stored, commit); why != "" {
		return nil, &Damage{Position: position, Commit: number, Reason: why}
	}
	return commit, nil
}

// checkTerm holds the rule of taking over: an opening raises the term by one, and nothing else changes it.
func (c *Chain) checkTerm(stored *storedCommit) (why string) {
	switch o := stored.opening; {
	case o == nil && stored.term != c.Term:
		return fmt.Sprintf("its term is %d where the writer's was %d", stored.term, c.Term)
	case o == nil && c.Commit == 0:
		return "the ledger does not begin with an opening"
	case o == nil:
		return ""
	case stored.term != c.Term+1:
		return fmt.Sprintf("a writer took over with term %d after term %d", stored.term, c.Term)
	case len(stored.entries) != 0 || len(stored.records) != 0:
		return "a take-over holds requests"
	case len(o.Origin) != 16:
		return "a take-over names no ledger"
	case o.RestoredFrom != nil:
		return c.checkRestored(o)
	case c.Origin != nil && !bytes.Equal(o.Origin, c.Origin):
		return fmt.Sprintf("a writer of ledger %x took over ledger %x", o.Origin, c.Origin)
	}
	return ""
}

// checkRestored holds the rule of restoring: it goes on from the ledger that was backed up, and under the
// same identity only where nothing is known to be lost. Otherwise two histories would go by one name.
func (c *Chain) checkRestored(o *ledgerv1.Opening) (why string) {
	switch from := o.RestoredFrom; {
	case c.Commit == 0:
		return "the ledger begins with a restore, and nothing was restored"
	case !bytes.Equal(from.Origin, c.Origin):
		return fmt.Sprintf("a restore of ledger %x stands in ledger %x", from.Origin, c.Origin)
	case bytes.Equal(o.Origin, c.Origin) && from.LastPosition > c.Position:
		return fmt.Sprintf("a restore that lost positions up to %d goes by the name of the ledger that had them", from.LastPosition)
	}
	return ""
}

// resized is a slice of n zero values, in the room of another where it has enough.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

func (h PlanHead) leafOrNone() []byte {
	if h.Number == 0 {
		return nil
	}
	return h.Leaf[:]
}

// decode reads one stored record, and answers the leaf of the plan's record before it.
func (r *Record) decode(raw []byte, seen names) (previous []byte, why string) {
	if len(raw) > MaxRecord {
		return nil, fmt.Sprintf("a record of %d bytes is above the limit of %d", len(raw), MaxRecord)
	}
	stored, ok := readRecord(raw)
	if !ok {
		return nil, "its bytes are no record"
	}
	switch {
	case len(stored.eventID) != EventIDSize:
		return nil, "its event has no id"
	case len(stored.actor) != PartySize:
		return nil, "it does not say who said it"
	case !emptyOr(PartySize, stored.onBehalfOf):
		return nil, "it does not say for whom it was said"
	case len(stored.plan) == 0 || len(stored.requestID) == 0:
		return nil, "it names no plan or no request"
	case !emptyOr(PartySize, stored.person):
		return nil, "it does not say who answers for it"
	case !emptyOr(len(Digest{}), stored.credential):
		return nil, "it does not say under which credential it was decided"
	case !emptyOr(ImportSize, stored.run):
		return nil, "it does not say which import it came with"
	}
	*r = Record{
		Position: stored.position, EventID: [EventIDSize]byte(stored.eventID),
		Plan: seen.of(stored.plan), PlanNumber: stored.planNumber, AsAt: stored.asAt, RecordedAt: stored.recordedAt,
		Actor: seen.of(stored.actor), OnBehalfOf: seen.of(stored.onBehalfOf),
		Request: string(stored.requestID), Source: string(stored.source),
		Type: stored.kind, Payload: stored.payloadText, Bytes: raw,
		Person: seen.of(stored.person), Credential: seen.of(stored.credential), Import: seen.of(stored.run),
	}
	return stored.planPrevious, ""
}

func emptyOr(size int, b []byte) bool { return len(b) == 0 || len(b) == size }

// decodeEntries gives each entry its records: those after the last position of the entry before it.
func decodeEntries(stored *storedCommit, c *Commit) (position uint64, why string) {
	next := c.First
	for i, raw := range stored.entries {
		e, ok := readEntry(raw)
		if !ok {
			return next, fmt.Sprintf("the bytes of request %d of the commit are no request", i+1)
		}
		if e.last+1 < next || e.last > c.Last {
			return next, fmt.Sprintf("request %d of the commit ends at position %d", i+1, e.last)
		}
		if len(e.content)+len(e.contentV2) == 0 || !emptyOr(ContentSize, e.content) || !emptyOr(ContentSize, e.contentV2) {
			return next, "a request has no digest of its content"
		}
		entry := &c.Entries[i]
		entry.Content, entry.Last = string(e.content), e.last
		if entry.ContentV2 = entry.Content; !bytes.Equal(e.contentV2, e.content) { // most name nobody, and have one for both
			entry.ContentV2 = string(e.contentV2)
		}
		entry.Records = c.Records[next-c.First : e.last+1-c.First]
		if len(entry.Records) == 0 {
			if len(e.actor) != PartySize || len(e.request) == 0 {
				return next, "a request without records does not say whose it was"
			}
			entry.Actor, entry.Request, entry.RecordedAt = string(e.actor), string(e.request), e.recordedAt
			continue
		}
		if len(e.actor) != 0 || len(e.request) != 0 || e.recordedAt != 0 {
			return next, "a request says twice whose it was, or when"
		}
		first := &entry.Records[0]
		entry.Actor, entry.Request, entry.RecordedAt = first.Actor, first.Request, first.RecordedAt
		for j := range entry.Records {
			if r := &entry.Records[j]; r.Actor != entry.Actor || r.Request != entry.Request {
				return next, "records of two requests stand in one" // which of them is foreign cannot be told
			}
		}
		next = e.last + 1
	}
	if next != c.Last+1 {
		return next, "a record belongs to no request"
	}
	return 0, ""
}
