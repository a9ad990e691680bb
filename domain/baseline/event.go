package baseline

import (
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
)

// Event is something that the ledger accepted about the baselines of a plan: Proposed, Closed, Approved, Refused, Withdrawn or
// TiersSet. The set is closed. Each is an event of the plan: a proposal says nothing about where a milestone stands.
type Event interface {
	// EventName is the name by which people and the ledger know it.
	EventName() string
	// Why is the reason that was given; empty where none was.
	Why() string
	ofBaselines()
}

// Proposed is one item of a proposal (B1).
type Proposed struct {
	Proposal string
	Item
}

// Closed ends a proposal. Only a closed proposal can be decided (B1).
type Closed struct {
	Proposal string
	Count    int
	SHA256   [32]byte // over the items in order, by Digest
}

// Decision is what Approved and Refused have in common. The statement's as-at day is the day on which it was decided.
type Decision struct {
	Proposal     string
	SHA256       [32]byte // of the proposal that was decided
	Body, Minute string
	Reason       string
}

// Approved makes each item of a proposal the current baseline of its milestone and dimension (B2).
type Approved struct{ Decision }

// Refused ends a proposal without effect (B2).
type Refused struct{ Decision }

// Withdrawn takes a proposal back before it is decided (B2).
type Withdrawn struct{ Proposal, Reason string }

// TiersSet says who may approve how much, from the lowest tier to the top (B4).
type TiersSet struct {
	Tiers  []Tier
	Reason string
}

// Tier is one level of approval. A nil bound is none; the zero Amount likewise.
type Tier struct {
	Name           string
	ToleranceDays  *int // by how many days a date may be later than its reference (B9)
	ToleranceMoney money.Amount
	MostDays       *int // how many days it may grant against the original baseline
	MostMoney      money.Amount
	Approvers      []milestone.Party // persons or organisations; none: any approver of the plan
}

// The names are those of the ledger's EventType.

func (Proposed) EventName() string  { return "BaselineProposed" }
func (Closed) EventName() string    { return "BaselineProposalClosed" }
func (Approved) EventName() string  { return "BaselineApproved" }
func (Refused) EventName() string   { return "BaselineRefused" }
func (Withdrawn) EventName() string { return "BaselineProposalWithdrawn" }
func (TiersSet) EventName() string  { return "TiersSet" }

func (e Proposed) Why() string  { return e.Reason }
func (Closed) Why() string      { return "" }
func (e Decision) Why() string  { return e.Reason }
func (e Withdrawn) Why() string { return e.Reason }
func (e TiersSet) Why() string  { return e.Reason }

func (Proposed) ofBaselines()  {}
func (Closed) ofBaselines()    {}
func (Decision) ofBaselines()  {}
func (Withdrawn) ofBaselines() {}
func (TiersSet) ofBaselines()  {}

// Parties are the approvers that tiers name.
func (e TiersSet) Parties() (all []milestone.Party) {
	for _, t := range e.Tiers {
		all = append(all, t.Approvers...)
	}
	return all
}
