package decide

import (
	"milepost.dev/domain"
	"milepost.dev/domain/lookalike"
	"milepost.dev/domain/milestone"
)

// RuleRefSimilar: a new reference looks like another one of the plan, and strict references are asked for.
const RuleRefSimilar = "ref-similar"

// changeReference gives a milestone another reference, which no other milestone may have or ever have had.
func (d *decision) changeReference(ref string, cmd milestone.ChangeReference) error {
	m, other := d.byRef(ref), d.byRef(cmd.To)
	if m.Exists() && other.Exists() && other.AddedAs() != m.AddedAs() {
		return domain.Refuse(domain.Exists, milestone.RuleRefTaken, "new_ref",
			"The plan already has a milestone %q: %q. A reference is never given to another milestone. Choose another one.",
			cmd.To, other.Newest().Title)
	}
	return d.step(ref, cmd)
}

// lookAtRef puts to a person a reference that an event gives for the first time and that looks like another one of the plan, or
// refuses it. Occurrences are numbered by their series, and nobody chose their references.
func (d *decision) lookAtRef(ref string, e milestone.Event) error {
	given := ""
	switch e := e.(type) {
	case milestone.Added:
		if e.Of == nil {
			given = e.Ref
		}
	case milestone.ReferenceChanged:
		given = e.To
	}
	if given == "" {
		return nil
	}
	other, like := d.similar(ref, given)
	if other == nil {
		return nil
	}
	looks := "looks like " + like
	if like != other.Ref {
		looks += ", which " + other.Ref + " went by before"
	}
	if d.facts.StrictRefs {
		return domain.Refuse(domain.Exists, RuleRefSimilar, "ref",
			"%s is new, and %s (%q). Did you mean %s? If they are different milestones, state it without strict references.", given, looks, other.Title, other.Ref)
	}
	return d.step(ref, milestone.RaiseReview{
		Reason: milestone.ReviewSimilarRef, Field: milestone.FieldRef, Text: given, Proposed: other.Ref,
		Says: "Its reference " + looks + ". It may be the same milestone.",
	})
}

// similar is another milestone, and which of its references looks like one that is given; nil where none does.
func (d *decision) similar(ref, given string) (other *milestone.State, like string) {
	if m, ok := d.world.Similar(given); ok && m.AddedAs() != ref {
		s := m.Newest()
		for _, like := range append([]string{s.Ref}, s.Known().FormerRefs...) {
			if lookalike.Same(like, given) {
				return s, like
			}
		}
	}
	for _, e := range d.effects { // those that the command itself began
		if added, ok := e.Event.(milestone.Added); ok && e.Ref != ref && added.Of == nil && lookalike.Same(added.Ref, given) {
			return d.byRef(added.Ref).Newest(), added.Ref
		}
	}
	return nil, ""
}
