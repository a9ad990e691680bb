package access

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// Holder is somebody who is let in, and what they may do by that.
type Holder struct {
	Name, Organisation string
	By                 By
	// NotAfter is the first moment at which they are not let in any more; zero where there is none.
	NotAfter time.Time
	// Roles are by plan; under EveryPlan those that hold for all. They are shared, and must not be changed.
	Roles map[string][]Role
}

// Holders are those whom the credentials that are in force let in now. It is safe for concurrent use.
func (l *Live) Holders() []Holder {
	c := l.inForce()
	now := c.clock.Now()
	var all []Holder
	add := func(e *entry, by By) {
		if caller, err := e.callerAt(now, by); err == nil {
			all = append(all, Holder{caller.Name, caller.Organisation, by, caller.NotAfter, caller.Roles})
		}
	}
	for e := range maps.Values(c.tokens) {
		add(e, ByToken)
	}
	for e := range maps.Values(c.certificates) {
		add(e, ByCertificate)
	}
	for e := range maps.Values(c.subjects) {
		add(e, ByOIDC)
	}
	slices.SortFunc(all, func(a, b Holder) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.By, b.By), a.NotAfter.Compare(b.NotAfter))
	})
	return all
}

// Holders are who may do what on a server without credentials.
func (l *Local) Holders() []Holder {
	all := []Holder{{Name: l.others.Name, By: l.others.By, Roles: l.others.Roles}}
	if !l.open {
		all = append(all, Holder{Name: l.owner.Name, By: l.owner.By, Roles: l.owner.Roles})
	}
	return all
}
