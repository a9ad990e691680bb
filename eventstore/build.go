package eventstore

import (
	"encoding/binary"

	"google.golang.org/protobuf/encoding/protowire"
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
		entry := storedEntry{content: []byte(request.Content), contentV2: []byte(request.ContentV2), last: position}
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
	b = appendBytes(b, 13, d.Payload)
	b = appendBytes(b, 14, r.Person)
	b = appendBytes(b, 15, d.Credential)
	return appendBytes(b, 16, r.Import)
}

// room is about how many bytes the request takes in a commit.
func (r *Request) room() int {
	n := 96 + len(r.Actor) + len(r.ID)
	for i := range r.Drafts {
		d := &r.Drafts[i]
		n += r.sizeOf(d)
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
	const entryFrame = 128 // more than an entry has beside the request's id
	size := entryFrame + len(r.ID)
	for i := range r.Drafts {
		n := r.sizeOf(&r.Drafts[i])
		if n > MaxRecord {
			return 0, &TooLarge{What: "record", Size: n, Limit: MaxRecord}
		}
		const frame = 1 + 3 // of a record in its commit
		size += n + frame
	}
	return size, nil
}

// sizeOf is the most bytes that the record of a draft can have: its position, its number and the leaf before it are
// not known yet, and are counted as the greatest there can be. A commit that turned out larger would stop the writer.
func (r *Request) sizeOf(d *Draft) int {
	const greatest = 1 + binary.MaxVarintLen64
	n := greatest + greatest + sizeOfBytes(2, EventIDSize) + sizeOfBytes(5, len(Digest{}))
	n += sizeOfBytes(3, len(d.Plan)) + sizeOfBytes(11, len(d.Source)) + sizeOfBytes(13, len(d.Payload)) + sizeOfBytes(15, len(d.Credential))
	n += sizeOfBytes(8, len(r.Actor)) + sizeOfBytes(9, len(r.OnBehalfOf)) + sizeOfBytes(10, len(r.ID))
	n += sizeOfBytes(14, len(r.Person)) + sizeOfBytes(16, len(r.Import))
	return n + sizeOfVarint(6, uint64(int64(d.AsAt))) + sizeOfVarint(7, uint64(r.RecordedAt)) + sizeOfVarint(12, uint64(int64(d.Type)))
}

// sizeOfBytes is what appendBytes adds for a value of n bytes.
func sizeOfBytes(number protowire.Number, n int) int {
	if n == 0 {
		return 0
	}
	return protowire.SizeTag(number) + protowire.SizeBytes(n)
}

// sizeOfVarint is what appendVarint adds.
func sizeOfVarint(number protowire.Number, v uint64) int {
	if v == 0 {
		return 0
	}
	return protowire.SizeTag(number) + protowire.SizeVarint(v)
}
