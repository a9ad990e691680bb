package eventstore

import (
	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// build encodes the commit that follows the chain. Records get their positions and their links here,
// once: their bytes are never made again.
func (c *Chain) build(durability ledgerv1.Durability, requests []Request) ([]byte, error) {
	room := frameSize
	for i := range requests {
		room += requests[i].room()
	}
	// All records and entries lie one behind the other in one buffer, which is kept for the next commit; the
	// commit is a copy of it.
	if cap(c.parts) < room {
		c.parts = make([]byte, 0, room)
	}
	parts := c.parts[:0]
	commit := storedCommit{term: c.Term, first: c.Position + 1, durability: durability}
	if c.Commit > 0 {
		commit.previous = c.Digest[:]
	}
	commit.entries = make([][]byte, 0, len(requests))
	commit.records = make([][]byte, 0, len(requests)) // one each, most often
	heads, leaves := map[string]PlanHead{}, newLeaves()
	position := c.Position
	for i := range requests {
		request := &requests[i]
		for j := range request.Drafts {
			position++
			draft := &request.Drafts[j]
			head, ok := heads[draft.Plan]
			if !ok {
				head = c.Plans[draft.Plan]
			}
			start := len(parts)
			parts = request.appendRecord(parts, draft, position, head)
			raw := parts[start:len(parts):len(parts)]
			if len(raw) > MaxRecord {
				return nil, &TooLarge{What: "record", Size: len(raw), Limit: MaxRecord}
			}
			heads[draft.Plan] = PlanHead{Number: head.Number + 1, Position: position, Leaf: leaves.of(raw)}
			commit.records = append(commit.records, raw)
		}
		start := len(parts)
		entry := storedEntry{content: []byte(request.Content), last: position}
		if len(request.Drafts) == 0 {
			entry.actor, entry.request, entry.recordedAt = []byte(request.Actor), []byte(request.ID), request.RecordedAt
		}
		parts = entry.append(parts)
		commit.entries = append(commit.entries, parts[start:len(parts):len(parts)])
	}
	return commit.append(make([]byte, 0, len(parts)+frameSize+8*(len(commit.records)+len(commit.entries)))), nil
}

// appendRecord writes one event as it is stored.
func (r *Request) appendRecord(b []byte, d *Draft, position uint64, head PlanHead) []byte {
	b = appendVarint(b, 1, position)
	b = appendBytes(b, 2, d.EventID[:])
	b = appendBytes(b, 3, d.Plan)
	b = appendVarint(b, 4, head.Number+1)
	b = appendBytes(b, 5, head.leafOrNone())
	b = appendVarint(b, 6, uint64(int64(d.AsAt)))
	b = appendVarint(b, 7, uint64(r.RecordedAt))
	b = appendBytes(b, 8, r.Actor)
	b = appendBytes(b, 9, r.OnBehalfOf)
	b = appendBytes(b, 10, r.ID)
	b = appendBytes(b, 11, d.Source)
	b = appendVarint(b, 12, uint64(int64(d.Type)))
	return appendBytes(b, 13, d.Payload)
}

// room is about how many bytes the request takes in a commit.
func (r *Request) room() int {
	n := 64 + len(r.Actor) + len(r.ID)
	for i := range r.Drafts {
		d := &r.Drafts[i]
		n += 192 + len(d.Plan) + len(d.Source) + len(d.Payload) + len(r.ID)
	}
	return n
}

// buildOpening encodes the commit with which a writer takes over.
func (c *Chain) buildOpening(durability ledgerv1.Durability, o *ledgerv1.Opening) ([]byte, error) {
	commit := &ledgerv1.Commit{Term: c.Term + 1, FirstPosition: c.Position + 1, Durability: durability, Opening: o}
	if c.Commit > 0 {
		commit.Previous = c.Digest[:]
	}
	return proto.Marshal(commit)
}

// frameSize is more than a commit needs beside its entries and records.
const frameSize = 128

// Size is more than the bytes that the request adds to a commit, so that the bound of a commit can be
// kept while it is gathered. It answers *TooLarge for a record or a request that can never be stored.
func (r *Request) Size() (int, error) {
	// Everything in a record but what it is given: lengths, tags, positions, hashes, ids. It is counted
	// with the greatest numbers there can be: a commit that turned out larger would stop the writer.
	const recordFrame, entryFrame = 192, 96
	size := entryFrame + len(r.ID)
	for i := range r.Drafts {
		d := &r.Drafts[i]
		n := recordFrame + len(d.Plan) + len(d.Source) + len(d.Payload) + len(r.ID)
		if n > MaxRecord {
			return 0, &TooLarge{What: "record", Size: n, Limit: MaxRecord}
		}
		size += n
	}
	return size, nil
}
