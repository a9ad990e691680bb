package writer

import (
	"encoding/hex"
	"fmt"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
)

// outcome is what an accepted request came to, as it was decided. It is held for as long as somebody waits for
// the answer, where the commit itself would be many times as large.
type outcome struct {
	position uint64 // of the last event, or the one it was decided at
	events   []eventOutcome
	notices  []notice
	commit   uint64            // number; it and what depends on the stored bytes is known once it is durable
	digest   eventstore.Digest // of the commit
}

// durable takes from the commit what was not known before it was stored.
func (o *outcome) durable(c *eventstore.Commit) {
	o.commit, o.digest = c.Number, c.Digest
	for i := range o.events {
		o.events[i].leaf = c.Records[o.events[i].position-c.First].Leaf
	}
}

// eventOutcome is one event of an outcome.
type eventOutcome struct {
	id          [16]byte
	position    uint64
	kind        ledgerv1.EventType
	ref         string // empty for an event of the plan
	ofMilestone [16]byte
	revision    uint64
	leaf        eventstore.Digest
}

// receipt is the one that Writer.receipt makes of what is stored.
func (o *outcome) receipt(requestID, durability string) *milepostv1.Receipt {
	receipt := &milepostv1.Receipt{
		RequestId: requestID, Position: o.position, Durability: durability, Commit: o.commit, CommitDigest: inHex(&o.digest),
		Events: make([]*milepostv1.EventReceipt, len(o.events)),
	}
	for i := range o.events {
		e := &o.events[i]
		event := &milepostv1.EventReceipt{
			EventId: projections.FormatID(e.id), Position: e.position, Type: codec.TypeName(e.kind), LeafHash: inHex(&e.leaf),
		}
		if e.ref != "" {
			event.Ref, event.Milestone, event.Revision = e.ref, projections.FormatID(e.ofMilestone), e.revision
		}
		receipt.Events[i] = event
	}
	return receipt
}

// told are the notices of an outcome as the reporter is told them.
func (o *outcome) told() (ms []*milepostv1.Notice) {
	for _, n := range o.notices {
		ms = append(ms, &milepostv1.Notice{Code: n.code, Ref: n.ref, Other: n.other, Message: n.message})
	}
	return ms
}

// receipt is made from what is stored, years later, and is the one that was given first.
func (w *Writer) receipt(c *eventstore.Commit, e *eventstore.Entry) (*milepostv1.Receipt, error) {
	receipt := &milepostv1.Receipt{
		RequestId: e.Request, Position: e.Last, Durability: durabilityName(c.Durability), Commit: c.Number, CommitDigest: inHex(&c.Digest),
		Events: make([]*milepostv1.EventReceipt, 0, len(e.Records)),
	}
	view := w.book.Now()
	for i := range e.Records {
		r := &e.Records[i]
		event := &milepostv1.EventReceipt{
			EventId: projections.FormatID(r.EventID), Position: r.Position, Type: codec.TypeName(r.Type), LeafHash: inHex(&r.Leaf),
		}
		decoded, err := codec.Decode(r.Type, r.Payload)
		if err != nil {
			return nil, fmt.Errorf("read the record at position %d for a receipt: %w", r.Position, err)
		}
		if decoded.OfMilestone != nil {
			event.Milestone = projections.FormatID(decoded.Milestone)
			if p, ok := view.Plan(r.Plan); ok {
				if m, ok := p.FindID(decoded.Milestone); ok {
					revision, _ := view.Until(r.Position).Revision(m)
					event.Ref, event.Revision = m.RefAt(r.Position), uint64(revision)
				}
			}
		}
		receipt.Events = append(receipt.Events, event)
	}
	return receipt, nil
}

// inHex writes a digest as receipts have it.
func inHex(d *eventstore.Digest) string {
	var text [2 * len(d)]byte
	hex.Encode(text[:], d[:])
	return string(text[:])
}

func durabilityName(d ledgerv1.Durability) string {
	switch d {
	case ledgerv1.Durability_DURABILITY_FSYNC:
		return "fsync"
	case ledgerv1.Durability_DURABILITY_QUORUM:
		return "quorum"
	case ledgerv1.Durability_DURABILITY_QUORUM_UNSYNCED:
		return "quorum-unsynced"
	case ledgerv1.Durability_DURABILITY_MEMORY:
		return "memory"
	default:
		return "unsynced"
	}
}

func requestIDReused(id string) error {
	return domain.Refuse(domain.Exists, RuleRequestIDReused, "request_id",
		"Request id %q was used before for something else. Give this request an id of its own; to repeat the earlier one, send exactly what was sent then.", id)
}
