package writer

import (
	"encoding/hex"
	"fmt"

	"github.com/oklog/ulid/v2"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/decide"
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
	changes  []decide.Change // what its corrections change
	dry      bool            // it was only decided, and nothing of it is kept
	commit   uint64          // number; it and what depends on the stored bytes is known once it is durable
	digest   string          // of the commit, as receipts have it
}

// durable takes from the commit what was not known before it was stored. Its digest is given as receipts have it: once for all
// requests in the commit.
func (o *outcome) durable(c *eventstore.Commit, digest string) {
	o.commit, o.digest = c.Number, digest
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

// response has the receipt that Writer.receipt makes of what is stored.
func (o *outcome) response(requestID, durability string) *milepostv1.SubmitResponse {
	if o.dry {
		return &milepostv1.SubmitResponse{Receipt: o.dryReceipt(requestID)}
	}
	response := emptyResponse(len(o.events))
	receipt, events := response.Receipt, response.Receipt.Events
	receipt.RequestId, receipt.Position, receipt.Durability = requestID, o.position, durability
	receipt.Commit, receipt.CommitDigest = o.commit, o.digest
	for i, event := range events {
		e := &o.events[i]
		event.Position, event.Type = e.position, codec.TypeName(e.kind)
		event.EventId, event.Milestone, event.LeafHash = e.texts()
		if e.ref == "" {
			event.Milestone = ""
			continue
		}
		event.Ref, event.Revision = e.ref, e.revision
	}
	return response
}

// emptyResponse makes a response and a receipt with so many events in one piece of memory: every request costs one.
func emptyResponse(events int) *milepostv1.SubmitResponse {
	if events == 1 { // as nearly all have
		var one struct {
			response milepostv1.SubmitResponse
			receipt  milepostv1.Receipt
			event    milepostv1.EventReceipt
			events   [1]*milepostv1.EventReceipt
		}
		one.events[0] = &one.event
		one.receipt.Events = one.events[:]
		one.response.Receipt = &one.receipt
		return &one.response
	}
	receipt := &milepostv1.Receipt{Events: make([]*milepostv1.EventReceipt, events)}
	all := make([]milepostv1.EventReceipt, events)
	for i := range all {
		receipt.Events[i] = &all[i]
	}
	return &milepostv1.SubmitResponse{Receipt: receipt}
}

// texts are the event's id, that of the milestone and the leaf hash as receipts have them, in one string.
func (e *eventOutcome) texts() (id, ofMilestone, leaf string) {
	const ofID, ofLeaf = ulid.EncodedSize, 2 * len(e.leaf)
	var text [2*ofID + ofLeaf]byte
	_ = ulid.ULID(e.id).MarshalTextTo(text[:ofID]) // fails only where there is no room
	_ = ulid.ULID(e.ofMilestone).MarshalTextTo(text[ofID : 2*ofID])
	hex.Encode(text[2*ofID:], e.leaf[:])
	all := string(text[:])
	return all[:ofID], all[ofID : 2*ofID], all[2*ofID:]
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
