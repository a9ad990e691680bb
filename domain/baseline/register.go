package baseline

import (
	"cmp"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// Statement is an event with its place: as at which day, and by whom.
type Statement struct {
	Position uint64
	AsAt     civil.Date
	By       Teller
	Event    Event
}

// Everything is known at this position.
const Everything = ^uint64(0)

// Register is the fold of what was told of the baselines of one plan, in order of position. Questions are asked as known at a
// position. The zero Register is empty. It is not safe for concurrent use.
type Register struct {
	told      []Statement
	proposals map[string]*Proposal
	order     []*Proposal
	of        map[milestone.ID][]place
	tiers     []tiersAt
}

// place is where an item stands.
type place struct {
	proposal *Proposal
	item     int
}

type tiersAt struct {
	position uint64
	asAt     civil.Date
	tiers    []Tier
}

// Proposal is one proposal. Nil: that did not happen.
type Proposal struct {
	ID        string
	By        Teller // who began it
	Items     []Proposable
	Closed    *Closing
	Decided   *Decided
	Withdrawn *Ended
}

// Proposable is an item with its place.
type Proposable struct {
	Item
	Position uint64
	AsAt     civil.Date
}

// Closing is how a proposal was closed.
type Closing struct {
	Closed
	Position uint64
	AsAt     civil.Date
}

// Decided is how a proposal was decided.
type Decided struct {
	Decision
	Approved bool
	Position uint64
	On       civil.Date
	By       Teller
}

// Ended is how a proposal was withdrawn.
type Ended struct {
	Reason   string
	Position uint64
	AsAt     civil.Date
	By       Teller
}

// Add adds a statement, which comes after those before it.
func (r *Register) Add(s Statement) {
	if r.proposals == nil {
		r.proposals, r.of = map[string]*Proposal{}, map[milestone.ID][]place{}
	}
	r.told = append(r.told, s)
	switch e := s.Event.(type) {
	case Proposed:
		p, ok := r.proposals[e.Proposal]
		if !ok {
			p = &Proposal{ID: e.Proposal, By: s.By}
			r.proposals[e.Proposal] = p
			r.order = append(r.order, p)
		}
		p.Items = append(p.Items, Proposable{e.Item, s.Position, s.AsAt})
		r.of[e.Milestone] = append(r.of[e.Milestone], place{p, len(p.Items) - 1})
	case Closed:
		if p := r.proposals[e.Proposal]; p != nil && p.Closed == nil {
			p.Closed = &Closing{e, s.Position, s.AsAt}
		}
	case Approved:
		r.decide(e.Decision, true, s)
	case Refused:
		r.decide(e.Decision, false, s)
	case Withdrawn:
		if p := r.proposals[e.Proposal]; p != nil && p.Withdrawn == nil {
			p.Withdrawn = &Ended{e.Reason, s.Position, s.AsAt, s.By}
		}
	case TiersSet:
		r.tiers = append(r.tiers, tiersAt{s.Position, s.AsAt, e.Tiers})
	}
}

func (r *Register) decide(d Decision, approved bool, s Statement) {
	if p := r.proposals[d.Proposal]; p != nil && p.Decided == nil {
		p.Decided = &Decided{d, approved, s.Position, s.AsAt, s.By}
	}
}

// Forget takes back what was added after a position.
func (r *Register) Forget(after uint64) {
	for n := len(r.told); n > 0 && r.told[n-1].Position > after; n-- {
		r.takeBack(r.told[n-1])
		r.told = r.told[:n-1]
	}
}

func (r *Register) takeBack(s Statement) {
	switch e := s.Event.(type) {
	case Proposed:
		p := r.proposals[e.Proposal]
		p.Items = p.Items[:len(p.Items)-1]
		r.of[e.Milestone] = r.of[e.Milestone][:len(r.of[e.Milestone])-1]
		if len(p.Items) == 0 {
			delete(r.proposals, e.Proposal)
			r.order = r.order[:len(r.order)-1]
		}
	case Closed:
		if p := r.proposals[e.Proposal]; p != nil && p.Closed != nil && p.Closed.Position == s.Position {
			p.Closed = nil
		}
	case Approved:
		r.undecide(e.Proposal, s.Position)
	case Refused:
		r.undecide(e.Proposal, s.Position)
	case Withdrawn:
		if p := r.proposals[e.Proposal]; p != nil && p.Withdrawn != nil && p.Withdrawn.Position == s.Position {
			p.Withdrawn = nil
		}
	case TiersSet:
		r.tiers = r.tiers[:len(r.tiers)-1]
	}
}

func (r *Register) undecide(id string, position uint64) {
	if p := r.proposals[id]; p != nil && p.Decided != nil && p.Decided.Position == position {
		p.Decided = nil
	}
}

// Told is what was told, in order of position.
func (r *Register) Told() []Statement { return r.told }

// State is where a proposal stands.
type State string

// The states.
const (
	IsOpen      State = "open" // it takes items
	IsPending   State = "pending"
	IsApproved  State = "approved"
	IsRefused   State = "refused"
	IsWithdrawn State = "withdrawn"
)

// States are all there are.
func States() []State { return []State{IsOpen, IsPending, IsApproved, IsRefused, IsWithdrawn} }

// State says where it stands as known.
func (p *Proposal) State() State {
	switch {
	case p.Decided != nil && p.Decided.Approved:
		return IsApproved
	case p.Decided != nil:
		return IsRefused
	case p.Withdrawn != nil:
		return IsWithdrawn
	case p.Closed != nil:
		return IsPending
	}
	return IsOpen
}

// at is the proposal as known at a position; false where nothing of it is known.
func (p *Proposal) at(known uint64) (Proposal, bool) {
	then := *p
	n, _ := slices.BinarySearchFunc(p.Items, known, func(i Proposable, known uint64) int {
		if i.Position <= known {
			return -1
		}
		return 1
	})
	then.Items = p.Items[:n:n]
	if p.Closed != nil && p.Closed.Position > known {
		then.Closed = nil
	}
	if p.Decided != nil && p.Decided.Position > known {
		then.Decided = nil
	}
	if p.Withdrawn != nil && p.Withdrawn.Position > known {
		then.Withdrawn = nil
	}
	return then, n > 0
}

// Proposal returns a proposal as known at a position.
func (r *Register) Proposal(id string, known uint64) (Proposal, bool) {
	p, ok := r.proposals[id]
	if !ok {
		return Proposal{}, false
	}
	return p.at(known)
}

// Proposals are all of them as known at a position, in the order in which they were begun.
func (r *Register) Proposals(known uint64) (all []Proposal) {
	for _, p := range r.order {
		if then, ok := p.at(known); ok {
			all = append(all, then)
		}
	}
	return all
}

// Baseline is one approved item.
type Baseline struct {
	Number   int // counted from 1 for each milestone and dimension
	Proposed Proposable
	Proposal string
	Decided  *Decided
	// ByProposer: the person who approved it had proposed it. Only a server for a single user lets that happen.
	ByProposer bool
}

// Approved appends the baselines of a milestone in a dimension as known at a position, in order of number.
func (r *Register) Approved(all []Baseline, id milestone.ID, d Dimension, known uint64) []Baseline {
	from := len(all)
	for _, at := range r.of[id] {
		p := at.proposal
		item := &p.Items[at.item]
		if item.Dimension != d || item.Position > known || p.Decided == nil || !p.Decided.Approved || p.Decided.Position > known {
			continue
		}
		all = append(all, Baseline{Proposed: *item, Proposal: p.ID, Decided: p.Decided, ByProposer: p.ownDecision()})
	}
	found := all[from:]
	slices.SortFunc(found, func(a, b Baseline) int { return cmp.Compare(a.Decided.Position, b.Decided.Position) })
	for i := range found {
		found[i].Number = i + 1
	}
	return all
}

// Pending returns the newest item of a milestone in a dimension whose proposal waits for a decision, as known at a position.
func (r *Register) Pending(id milestone.ID, d Dimension, known uint64) (item Proposable, ok bool) {
	for _, at := range r.of[id] {
		then, known := at.proposal.at(known)
		if !known || at.item >= len(then.Items) || then.Items[at.item].Dimension != d {
			continue
		}
		if s := then.State(); s == IsPending {
			item, ok = then.Items[at.item], true
		}
	}
	return item, ok
}

// ownDecision says whether the same person proposed and decided.
func (p *Proposal) ownDecision() bool {
	return p.Decided != nil && (p.Decided.By.Person == p.By.Person || p.Decided.By.Actor == p.By.Actor)
}

// OwnDecision says whether the same person proposed and decided it.
func (p Proposal) OwnDecision() bool { return p.ownDecision() }

// TiersAsAt are those that were in force on a day, as known at a position; nil where none were.
func (r *Register) TiersAsAt(asAt civil.Date, known uint64) (tiers []Tier) {
	var since civil.Date
	for _, t := range r.tiers {
		if t.position <= known && !t.asAt.After(asAt) && !t.asAt.Before(since) {
			tiers, since = t.tiers, t.asAt
		}
	}
	return tiers
}

// Tiers are those as known before a position; nil where none were stated.
func (r *Register) Tiers(before uint64) []Tier {
	for i := len(r.tiers) - 1; i >= 0; i-- {
		if r.tiers[i].position < before {
			return r.tiers[i].tiers
		}
	}
	return nil
}
