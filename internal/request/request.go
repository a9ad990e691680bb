package request

import (
	"crypto/sha256"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/decide"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
)

// Bounds of a request.
const (
	MaxID       = 128  // bytes of a request id
	MaxCommands = 1000 // commands in one request
	maxSource   = 1000 // bytes of a source
)

// Request is a SubmitRequest that was read: every field is well formed. Nothing in it was looked up, except that
// names have become parties.
type Request struct {
	ID         string
	Plan       string
	Actor      string // party id, raw: who sent it
	OnBehalfOf string // party id, raw: for whom it was sent; empty where for nobody else
	Approver   bool   // the caller has that role for the plan
	// Reads says whether the caller may read another plan; nil: none.
	Reads  func(plan string) bool
	Person string // party id, raw: who answers for the actor; empty where nobody is named

	Local, SingleUser bool                    // as access.Caller has it
	Organisation      string                  // party id, raw: for whom the actor speaks where a request does not say; may be empty
	MaySpeakFor       func(party string) bool // beside its organisation; nil: for nobody
	SpeaksFor         string                  // the name that the request itself says it speaks for; empty where it does not say
	Within            *decide.Within          // what the caller may state facts about; nil: the whole plan
	Credential        string                  // SHA-256, raw, by which the caller was let in; may be empty
	Content           Content
	Key               Key // of actor and ID
	Commands          []Command
	StrictRefs        bool   // refuse a new reference that looks like another
	Import            string // the run of push or import that it is part of, raw; empty for most
	ValidateOnly      bool   // decide it, and keep nothing
	Reviewer          bool   // the caller settles what documents say
}

// Command is one fact that was read.
type Command struct {
	AsAt     civil.Date // zero: today
	Source   string
	Expected *uint64 // revision; nil where any will do
	Ref      string  // of the milestone; empty for a command about the plan

	OfMilestone milestone.Command // or
	OfPlan      plan.Command

	instead  *Command // what a correction says in the place of its target; nil for all others
	base     string   // where it stands in the request: "commands[3]"
	path     string   // the same with its kind: "commands[3].milestone_slipped"
	readWith ReadWith // what the dates of OfMilestone were read with
}

// PathOf is where a field of the command stands: some are the same for every kind, and stand before it.
func (c *Command) PathOf(field string) string {
	switch field {
	case "as_at", "source", "expected_revision":
		return c.base
	}
	return c.path
}

// Key stands for an actor's request id. To find two ids with the same key would take 2^64 tries; the later one would
// then be refused as a reuse, and nothing would be doubled.
type Key [16]byte

// KeyOf is the key of a request id of an actor, who is named by a party id.
func KeyOf(actor, requestID string) Key {
	var room [eventstore.PartySize + MaxID]byte
	sum := sha256.Sum256(append(append(room[:0], actor...), requestID...)) // an actor is of a fixed length
	return Key(sum[:16])
}
