package decide

import (
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// The rules about for whom, and about what, somebody may state something. A name, once given, stays.
const (
	// RuleSpeaksFor: the request speaks for a party for which its caller may not speak.
	RuleSpeaksFor = "speaks-for-missing"
	// RuleOutside: the request is about something outside what its caller may state facts about.
	RuleOutside = "outside-own"
)

// Speaking is for whom a request speaks, and for whom its caller may speak. Parties are ids, and may be empty.
type Speaking struct {
	For string // empty: for nobody else
	// Actor and Person are who sends it and who answers for that; Organisation is the caller's own.
	Actor, Person, Organisation string
	// May says whether the credentials name a further party for which the caller may speak; nil: they name none.
	May func(party string) bool
	// Anybody: it is not known who calls, so that nobody can say for whom they may speak.
	Anybody bool
	// Kept names the party that was kept where several turned out to be one; nil: none did.
	Kept func(party string) string
}

// Check refuses to speak for another party than the caller's own organisation, or one that its credentials name (A2).
func (s Speaking) Check(named string) error {
	if s.For == "" || s.Anybody {
		return nil
	}
	own := func(party string) bool { return party != "" && s.kept(party) == s.kept(s.For) }
	if own(s.Actor) || own(s.Person) || own(s.Organisation) {
		return nil
	}
	if s.May != nil && (s.May(s.For) || s.May(s.kept(s.For))) {
		return nil
	}
	return domain.Refuse(domain.Denied, RuleSpeaksFor, "on_behalf_of",
		"You may not speak for %.80q. Leave on_behalf_of out to speak for your own organisation, or ask whoever keeps the server's credentials file to add it to speaks_for.", named)
}

func (s Speaking) kept(party string) string {
	if s.Kept == nil {
		return party
	}
	return s.Kept(party)
}

// Within is what a reporter is narrowed to. Each list that is not empty narrows it further: a milestone is within where its workstream,
// its component and its owner are each in their list.
type Within struct {
	Workstreams, Components []string // as people write them: case, spacing and punctuation make no difference
	Owners                  []milestone.Party
}

// Holds says whether a milestone is within.
func (w *Within) Holds(m *milestone.State, kept func(milestone.Party) milestone.Party) bool {
	in := func(list []string, value string) bool {
		return len(list) == 0 || slices.ContainsFunc(list, func(s string) bool { return figures.SameWords(s, value) })
	}
	owned := len(w.Owners) == 0 || slices.ContainsFunc(w.Owners, func(p milestone.Party) bool { return m.Owner != "" && kept(p) == kept(m.Owner) })
	return in(w.Workstreams, m.Workstream) && w.part(m) && owned
}

// part says whether a milestone names one of the components: as its workstream, or as its scheme or deliverable, which are attributes.
func (w *Within) part(m *milestone.State) bool {
	is := func(name string) bool {
		return slices.ContainsFunc(w.Components, func(s string) bool { return figures.SameWords(s, name) })
	}
	return len(w.Components) == 0 || is(m.Workstream) || slices.ContainsFunc(m.Attributes, func(a milestone.Attribute) bool {
		scheme, deliverable := plan.Scheme.String(), plan.Deliverable.String()
		return (strings.EqualFold(a.Name, scheme) || strings.EqualFold(a.Name, deliverable)) && is(a.Value)
	})
}

// Outside refuses a request that is about more than its caller may state facts about.
func Outside(ref string) *domain.Refusal {
	about := "the plan itself"
	if ref != "" {
		about = "milestone " + ref
	}
	return domain.Refuse(domain.Denied, RuleOutside, "",
		"You may state facts about some of this plan's milestones only, and this is about %.80q, which is not among them before the request or would not be after it. Ask whoever answers for it, or whoever keeps the server's credentials file.", about)
}
