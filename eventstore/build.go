package eventstore

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// build encodes the commit that follows the chain. Records get their positions and their links here,
// once: their bytes are never made again.
func (c *Chain) build(durability ledgerv1.Durability, requests []Request) ([]byte, error) {
	commit := c.frame(durability, c.Term)
	heads := map[string]PlanHead{}
	position := c.Position
	for _, request := range requests {
		entry := &ledgerv1.Entry{Content: []byte(request.Content)}
		if len(request.Drafts) == 0 {
			entry.Actor, entry.RequestId, entry.RecordedAt = []byte(request.Actor), request.ID, request.RecordedAt
		}
		for _, draft := range request.Drafts {
			position++
			head, ok := heads[draft.Plan]
			if !ok {
				head = c.Plans[draft.Plan]
			}
			raw, err := proto.Marshal(&ledgerv1.Record{
				Position: position, EventId: draft.EventID[:],
				Plan: draft.Plan, PlanNumber: head.Number + 1, PlanPrevious: head.leafOrNone(),
				AsAt: draft.AsAt, RecordedAt: request.RecordedAt,
				Actor: []byte(request.Actor), OnBehalfOf: []byte(request.OnBehalfOf),
				RequestId: request.ID, Source: draft.Source, Type: draft.Type, Payload: draft.Payload,
			})
			if err != nil {
				return nil, fmt.Errorf("encode record %d: %w", position, err)
			}
			if len(raw) > MaxRecord {
				return nil, &TooLarge{What: "record", Size: len(raw), Limit: MaxRecord}
			}
			heads[draft.Plan] = PlanHead{Number: head.Number + 1, Position: position, Leaf: leaf(raw)}
			commit.Records = append(commit.Records, raw)
		}
		entry.LastPosition = position
		commit.Entries = append(commit.Entries, entry)
	}
	return proto.Marshal(commit)
}

// buildOpening encodes the commit with which a writer takes over.
func (c *Chain) buildOpening(durability ledgerv1.Durability, o *ledgerv1.Opening) ([]byte, error) {
	commit := c.frame(durability, c.Term+1)
	commit.Opening = o
	return proto.Marshal(commit)
}

func (c *Chain) frame(durability ledgerv1.Durability, term uint64) *ledgerv1.Commit {
	commit := &ledgerv1.Commit{Term: term, FirstPosition: c.Position + 1, Durability: durability}
	if c.Commit > 0 {
		commit.Previous = c.Digest[:]
	}
	return commit
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
