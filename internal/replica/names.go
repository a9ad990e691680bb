package replica

import (
	"iter"
	"maps"

	"milepost.dev/eventstore"
)

// hear notes who sent the requests of a commit, for whom, and who answers for them, until Parties was asked.
func (r *Replica) hear(c *eventstore.Commit) {
	if r.spoke == nil {
		return
	}
	last := "" // who sent one request sent most of those around it
	for party := range speakers(c) {
		if party != last {
			r.spoke[party], last = true, party
		}
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
	for party := range r.Book().Now().Parties() {
		named[string(party)] = true
	}
	return maps.Keys(named)
}
