package access

import (
	"slices"

	"milepost.dev/internal/parties"
)

// Naming are the fields of the credentials that hold a name, in any case and spacing, in order: "tokens: actor". A name in one of
// them is kept again with the next request of whoever the entry lets in.
func (l *Live) Naming(name string) []string { return l.inForce().naming(name) }

func (c *Credentials) naming(name string) (fields []string) {
	folded := parties.Fold(name)
	look := func(list string, e *entry) {
		for _, field := range []struct{ is, holds string }{
			{"actor", e.Name}, {"organisation", e.Organisation}, {"person", e.Person}, {"formerly", e.Formerly},
		} {
			if field.holds != "" && parties.Fold(field.holds) == folded {
				fields = append(fields, list+": "+field.is)
			}
		}
		for _, party := range e.SpeaksFor {
			if parties.Fold(party) == folded {
				fields = append(fields, list+": speaks_for")
			}
		}
	}
	for _, e := range c.tokens {
		look("tokens", e)
	}
	for _, e := range c.certificates {
		look("certificates", e)
	}
	for _, e := range c.subjects {
		look("subjects", e)
	}
	slices.Sort(fields)
	return fields
}

// Naming says whether a name is that under which who shows the token of the server, or anybody where nobody is asked, is recorded.
func (l *Local) Naming(name string) bool {
	folded := parties.Fold(name)
	return folded == parties.Fold(l.owner.Name) || folded == parties.Fold(l.others.Name)
}
