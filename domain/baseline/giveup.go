package baseline

import "milepost.dev/domain/milestone"

// GiveUp is what it comes to that a milestone is cancelled: where its date is baselined, a closed proposal that it is not to be (B8). A
// proposal of the kind that waits for a decision already is enough.
func (r *Register) GiveUp(id milestone.ID, proposal string) []Event {
	if len(r.Approved(nil, id, Date, Everything)) == 0 {
		return nil
	}
	if _, waits := r.Pending(id, Existence, Everything); waits {
		return nil
	}
	item := Item{Milestone: id, Dimension: Existence, Replaces: len(r.Approved(nil, id, Existence, Everything)), Kind: ByScope, Reason: "It was cancelled."}
	items := []Proposable{{Item: item}}
	return []Event{Proposed{proposal, item}, Closed{proposal, len(items), Digest(proposal, items)}}
}
