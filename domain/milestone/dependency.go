package milestone

import (
	"bytes"
	"slices"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// ID is a milestone's own id, the 16 bytes of a ULID.
type ID [16]byte

// DependencyLinked says that the milestone cannot be met before another one is.
type DependencyLinked struct {
	On      ID
	LagDays int // calendar days that it needs after that
	Reason  string
	OnPlan  string // the plan of the other one; empty where it is the same plan
}

// DependencyUnlinked says that the milestone does not wait for another any more.
type DependencyUnlinked struct {
	On     ID
	Reason string
}

func (DependencyLinked) EventName() string   { return "DependencyLinked" }
func (DependencyUnlinked) EventName() string { return "DependencyUnlinked" }
func (e DependencyLinked) Why() string       { return e.Reason }
func (e DependencyUnlinked) Why() string     { return e.Reason }

func (e DependencyLinked) evolve(s *State, asAt civil.Date) {
	s.change(func(f *Further) { f.DependsOn = linked(f.DependsOn, Link{e.On, e.LagDays, asAt}) })
}

func (e DependencyUnlinked) evolve(s *State, _ civil.Date) {
	s.change(func(f *Further) { f.DependsOn = unlinked(f.DependsOn, e.On) })
}

// LinkDependency states that the milestone waits for another. Which one that is stands in Facts.
type LinkDependency struct {
	On      string // the reference of the other one
	LagDays int
	Reason  string
}

// UnlinkDependency states that the milestone does not wait for another any more.
type UnlinkDependency struct{ On, Reason string }

func (LinkDependency) CommandName() string   { return "DependencyLinked" }
func (UnlinkDependency) CommandName() string { return "DependencyUnlinked" }

// Predecessor is what Decide has to be told of the milestone that another waits for. Package decide works it out.
type Predecessor struct {
	Exists bool
	ID     ID
	Itself bool // it is the milestone that waits
	// Waits: it waits, itself or through others, for the milestone that would wait for it, on the as-at day
	// or by what was stated for a later one. A circle of milestones could never be met.
	Waits bool
}

// Link is a milestone that this one waits for.
type Link struct {
	On      ID
	LagDays int
	AsAt    civil.Date // the day that it was stated for
}

func findLink(links []Link, on ID) (int, bool) {
	return slices.BinarySearchFunc(links, on, func(l Link, on ID) int { return bytes.Compare(l.On[:], on[:]) })
}

// linked returns the links with another, in order and in a list of their own.
func linked(links []Link, l Link) []Link {
	at, found := findLink(links, l.On)
	next := slices.Clone(links)
	if found {
		next[at] = l
		return next
	}
	return slices.Insert(next, at, l)
}

func unlinked(links []Link, on ID) []Link {
	return slices.DeleteFunc(slices.Clone(links), func(l Link) bool { return l.On == on })
}

func (c *check) dependency(on string, lag int, reason string) {
	if on == "" || len(on) > MaxRef {
		c.refuse(RuleDependencyMissing, "on", "It is not said which milestone this one waits for. State its reference.")
	}
	if lag < 0 || lag > MaxLag {
		c.refuse(RuleLagOutOfRange, "lag_days", "%d days after the other milestone is not between 0 and %d. State how many calendar days this one needs.", lag, MaxLag)
	}
	c.words("reason", reason)
}

func decideDependency(s State, cmd Command, f Facts) ([]Event, error) {
	p := f.Predecessor
	on, links := "", s.further().DependsOn
	switch c := cmd.(type) {
	case LinkDependency:
		on = c.On
	case UnlinkDependency:
		on = c.On
	}
	if !p.Exists {
		return nil, refusal(domain.NotFound, RulePredecessorUnknown, "on",
			"The plan has no milestone %.210q to wait for. Check the reference, or add that milestone first (MilestoneAdded).", on)
	}
	at, found := findLink(links, p.ID)
	switch c := cmd.(type) {
	case LinkDependency:
		switch {
		case p.Itself:
			return nil, refusal(domain.Refused, RuleDependencyOnItself, "on", "The milestone would wait for itself. State another one that it waits for.")
		case found && links[at].LagDays == c.LagDays:
			return nil, nil
		case p.Waits:
			return nil, refusal(domain.Refused, RuleDependencyCircle, "on",
				"Milestone %.210q waits for this one, itself or through others, so that neither could ever be met. Take the other dependency away first (DependencyUnlinked).", on)
		}
		return []Event{DependencyLinked{On: p.ID, LagDays: c.LagDays, Reason: c.Reason}}, nil
	case UnlinkDependency:
		if found {
			return []Event{DependencyUnlinked{On: p.ID, Reason: c.Reason}}, nil
		}
	}
	return nil, nil
}
