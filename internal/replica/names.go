package replica

import (
	"iter"
	"maps"

	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
)

// hear notes who sent the requests of a commit, for whom, and who answers for them.
func (r *Replica) hear(c *eventstore.Commit) {
	for i := range c.Entries {
		r.spoke[c.Entries[i].Actor] = true
	}
	for i := range c.Records {
		for _, id := range [...]string{c.Records[i].OnBehalfOf, c.Records[i].Person} {
			if id != "" {
				r.spoke[id] = true
			}
		}
	}
}

// Parties is everybody whom the ledger names, as far as it was read: reporters, those they spoke for, persons who
// answer for them, and owners.
func (r *Replica) Parties() iter.Seq[string] {
	named := maps.Clone(r.spoke)
	view := r.Book().Now()
	for plan := range view.Plans() {
		for _, m := range plan.Milestones() {
			statements := view.Statements(m)
			for _, s := range statements {
				if owned, ok := s.Event.(milestone.OwnerChanged); ok {
					named[string(owned.To)] = true
				}
			}
		}
	}
	return maps.Keys(named)
}
