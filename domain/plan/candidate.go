package plan

import (
	"encoding/hex"
	"fmt"
	"slices"
	"unicode/utf8"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// CandidateOffered says that a sentence of a document may be a milestone. It is none, and in no count, until somebody accepts it.
type CandidateOffered struct {
	Candidate  string // what it is known by in the plan
	Title      string // the sentence
	Date       string // the words of the delivery date that it names; may be empty
	ReadAs     string // what they were read as, as EDTF; may be empty
	Workstream string // the heading that it stands under; may be empty
	Says       string // a sentence for the person who looks
	Document   string // what the document is called
	Cell       milestone.DocumentCell
}

// CandidateSettled says what a person made of a candidate.
type CandidateSettled struct {
	Candidate string
	Outcome   CandidateOutcome
	Ref       string // of the milestone that it was accepted as; of one that was dropped, the one that says the same, if any
	Reason    string
}

// CandidateOutcome is what a person made of a candidate.
type CandidateOutcome uint8

const (
	// CandidateOpen: nothing yet.
	CandidateOpen CandidateOutcome = iota
	// CandidateAccepted: it is a milestone.
	CandidateAccepted
	// CandidateDropped: it is none.
	CandidateDropped
)

// String returns "open", "accepted" or "dropped".
func (o CandidateOutcome) String() string {
	switch o {
	case CandidateAccepted:
		return "accepted"
	case CandidateDropped:
		return "dropped"
	}
	return "open"
}

// EventName is that of the ledger's EventType.
func (CandidateOffered) EventName() string { return "CandidateOffered" }

// EventName is that of the ledger's EventType.
func (CandidateSettled) EventName() string { return "CandidateSettled" }

// Why is the reason that the reporter gave.
func (e CandidateSettled) Why() string { return e.Reason }

// OfferCandidate offers a sentence of a document.
type OfferCandidate CandidateOffered

// SettleCandidate states what a person made of a candidate.
type SettleCandidate CandidateSettled

// CommandName is the name by which reporters know it.
func (OfferCandidate) CommandName() string { return "CandidateOffered" }

// CommandName is the name by which reporters know it.
func (SettleCandidate) CommandName() string { return "CandidateSettled" }

// Candidate is one as it stands.
type Candidate struct {
	CandidateOffered
	Offered civil.Date // the day that it was offered for
	Outcome CandidateOutcome
	Ref     string     // of the milestone that it was accepted as
	Why     string     // the person's own words
	Settled civil.Date // the day that it was settled for; zero while it is open
}

// The rules that a candidate can break.
const (
	// RuleCandidateUnknown: no candidate goes by this name.
	RuleCandidateUnknown = "candidate-unknown"
	// RuleCandidateMalformed: its name or its sentence is missing, or a text is too long.
	RuleCandidateMalformed = "candidate-malformed"
	// RuleCandidateOutcome: it is not said what became of it.
	RuleCandidateOutcome = "candidate-outcome"
	// RuleCandidateMilestone: it is accepted as a milestone that the plan does not have.
	RuleCandidateMilestone = "candidate-milestone-unknown"
	// RuleCandidateTooMany: more are open than MaxCandidates.
	RuleCandidateTooMany = "candidate-too-many"
)

// MaxCandidates bounds the candidates of a plan.
const MaxCandidates = 5000

func (c *check) candidate(cmd OfferCandidate) {
	for _, field := range []struct {
		name, text string
		most       int
		needed     bool
	}{
		{"candidate", cmd.Candidate, MaxID, true},
		{"title", cmd.Title, milestone.MaxTitle, true},
		{"delivery_date", cmd.Date, period.MaxText, false},
		{"read_as", cmd.ReadAs, period.MaxText, false},
		{"workstream", cmd.Workstream, MaxName, false},
		{"says", cmd.Says, MaxReason, false},
		{"document", cmd.Document, MaxName, false},
		{"cell", cmd.Cell.Sheet + cmd.Cell.Text, MaxReason, false},
	} {
		switch {
		case field.needed && field.text == "":
			c.refuse(RuleCandidateMalformed, field.name, "The candidate has no %s. State it.", field.name)
		case len(field.text) > field.most:
			c.refuse(RuleCandidateMalformed, field.name, "The text is %d bytes long, and at most %d are kept. Shorten it.", len(field.text), field.most)
		case !utf8.ValidString(field.text):
			c.refuse(RuleNotUTF8, field.name, "The text is not valid UTF-8. Send it as UTF-8.")
		}
	}
}

func (c *check) candidateSettled(cmd SettleCandidate) {
	switch {
	case cmd.Outcome != CandidateAccepted && cmd.Outcome != CandidateDropped:
		c.refuse(RuleCandidateOutcome, "outcome", "It is not said what became of the candidate. State that it is accepted or dropped.")
	case cmd.Outcome == CandidateAccepted && cmd.Ref == "":
		c.refuse(RuleCandidateOutcome, "ref", "The candidate is accepted as no milestone. Name the milestone by its reference, and state it in the same request.")
	}
	if len(cmd.Ref) > milestone.MaxRef || !utf8.ValidString(cmd.Ref) {
		c.refuse(RuleCandidateOutcome, "ref", "%.60q is not a reference of a milestone.", cmd.Ref)
	}
	c.reason(cmd.Reason)
}

func findCandidate(all []Candidate, name string) int {
	return slices.IndexFunc(all, func(c Candidate) bool { return c.Candidate == name })
}

func decideCandidate(s State, cmd OfferCandidate) ([]Event, error) {
	if at := findCandidate(s.Candidates, cmd.Candidate); at >= 0 {
		if is := s.Candidates[at]; is.Title == cmd.Title && is.Date == cmd.Date {
			return nil, nil // where it stands may have changed: that is no other sentence
		}
	} else if len(s.Candidates) >= MaxCandidates {
		return nil, domain.Refuse(domain.Refused, RuleCandidateTooMany, "candidate",
			"The plan has %d candidates, which is the most that are kept. Settle them, or leave out documents of which the sentences are none.", MaxCandidates)
	}
	return []Event{CandidateOffered(cmd)}, nil
}

func decideSettled(s State, cmd SettleCandidate, f Facts) ([]Event, error) {
	at := findCandidate(s.Candidates, cmd.Candidate)
	if at < 0 {
		return nil, domain.Refuse(domain.NotFound, RuleCandidateUnknown, "candidate",
			"The plan has no candidate %.60q. ListCandidates names those that it has.", cmd.Candidate)
	}
	if is := s.Candidates[at]; is.Outcome == cmd.Outcome && is.Ref == cmd.Ref {
		return nil, nil
	}
	if f.OfferedOwn {
		own := milestone.SettlesOwn()
		own.Field = "candidate"
		return nil, own
	}
	if cmd.Ref != "" && f.MilestoneMissing {
		return nil, domain.Refuse(domain.NotFound, RuleCandidateMilestone, "ref",
			"The plan has no milestone %.60q. State it first, in the same request (MilestoneAdded).", cmd.Ref)
	}
	return []Event{CandidateSettled(cmd)}, nil
}

// offer puts a candidate into a list that it may change.
func (e CandidateOffered) offer(all []Candidate, asAt civil.Date) []Candidate {
	is := Candidate{CandidateOffered: e, Offered: asAt}
	if at := findCandidate(all, e.Candidate); at >= 0 {
		if all[at].Title != e.Title || all[at].Date != e.Date {
			all[at] = is
		}
		return all
	}
	return append(all, is)
}

// settled changes a candidate in a list that it may change.
func (e CandidateSettled) settled(all []Candidate, asAt civil.Date) []Candidate {
	if at := findCandidate(all, e.Candidate); at >= 0 {
		c := &all[at]
		c.Outcome, c.Ref, c.Why, c.Settled = e.Outcome, e.Ref, e.Reason, asAt
	}
	return all
}

func (c Candidate) tell(told map[string]string) {
	name := "candidate " + c.Candidate
	told[name] = c.Title
	told[name+" date"] = domain.Listed(c.Date, c.ReadAs)
	told[name+" under"], told[name+" says"] = c.Workstream, c.Says
	told[name+" stands in"] = domain.Listed(c.Document, c.Cell.Sheet, fmt.Sprintf("row %d, column %d", c.Cell.Row, c.Cell.Column), c.Cell.Text, hex.EncodeToString(c.Cell.SHA256[:]))
	told[name+" is"] = domain.Listed(c.Outcome.String(), c.Ref)
}
