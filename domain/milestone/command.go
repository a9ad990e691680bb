package milestone

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// Command is a fact as a reporter states it: one of the types of this package, or a funding.Command about a
// line of the milestone. Decide says what it comes to.
type Command interface {
	// CommandName is the name by which reporters know it.
	CommandName() string
}

// Add begins a milestone.
type Add struct {
	Ref, Title, Workstream string
	Attributes             []Attribute // in order of name, each name once
	Of                     *Occurrence // nil for most
	PartsOf                []ID        // the milestones that it is split from; nil for most
}

// Amend changes the words that are not nil and the attributes that are named.
type Amend struct {
	Ref               string
	Title, Workstream *string
	Attributes        []Attribute // in order of name, each name once
	AllowMissing      bool        // add the milestone where there is none
}

// StateDate is the delivery date as it stands now; Decide works out what it did.
type StateDate struct {
	Delivery period.Delivery
	Reason   string
}

// Slip is a later date, from a system that knows that it is one.
type Slip struct {
	Delivery period.Delivery
	From     civil.Date // the due date it moved from, as the reporter knows it; zero where not said
	Reason   string
}

// Recover is an earlier date, from a system that knows that it is one.
type Recover struct {
	Delivery period.Delivery
	From     civil.Date // the due date it moved from, as the reporter knows it; zero where not said
	Reason   string
}

// MaxShared bounds the parties that own a milestone together.
const MaxShared = 20

// ChangeOwner states who owns the milestone.
type ChangeOwner struct {
	From      Party // the owner until then, as the reporter knows it; empty where not said
	To        Party
	Effective civil.Date // zero: from the as-at day
	Reason    string
	SharedBy  []Party // those whom the owner's words name, where they name several
}

// ReportProgress states how far the milestone has come.
type ReportProgress struct {
	Percent                  *int // nil where not said
	Status, Words, NextSteps string
}

// Achieve states that the milestone was met, or restates when.
type Achieve struct {
	Actual period.Delivery
	Words  string
}

func (Add) CommandName() string            { return "MilestoneAdded" }
func (Amend) CommandName() string          { return "MilestoneAmended" }
func (StateDate) CommandName() string      { return "DeliveryDateStated" }
func (Slip) CommandName() string           { return "MilestoneSlipped" }
func (Recover) CommandName() string        { return "MilestoneRecovered" }
func (ChangeOwner) CommandName() string    { return "OwnerChanged" }
func (ReportProgress) CommandName() string { return "ProgressReported" }
func (Achieve) CommandName() string        { return "MilestoneAchieved" }
