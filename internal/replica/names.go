package replica

import (
	"iter"
	"maps"

	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
)

// hear notes who sent the requests of a commit, for whom, and who answers for them, until Parties was asked.
func (r *Replica) hear(c *eventstore.Commit) {
	if r.spoke == nil {
		return
	}
	for party := range speakers(c) {
		r.spoke[party] = true
	}
}

// speakers are the parties that sent the requests of a commit, those for whom they were sent, and the persons who answer
// for them.
func speakers(c *eventstore.Commit) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range c.Entries {
			if !yield(c.Entries[i].Actor) {
				return
			}
		}
		for i := range c.Records {
			for _, party := range [...]string{c.Records[i].OnBehalfOf, c.Records[i].Person} {
				if party != "" && !yield(party) {
					return
				}
			}
		}
	}
}

// Parties is everybody whom the ledger names, as far as it was read: reporters, those they spoke for, persons who answer
// for them, and owners. It is asked once, at the start; of later commits Follow asks for the names itself, and a writer
// makes them.
func (r *Replica) Parties() iter.Seq[string] {
	named := r.spoke
	r.spoke = nil
	view := r.Book().Now()
	for plan := range view.Plans() {
		for _, m := range plan.Milestones() {
			for _, s := range view.Statements(m) {
				for _, party := range milestone.Parties(s.Event) {
					named[string(party)] = true
				}
			}
		}
	}
	return maps.Keys(named)
}
