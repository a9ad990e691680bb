package access

import (
	"context"
	"maps"
	"slices"
)

// Grants are the roles that are given beside the credentials: by the ledger.
type Grants interface {
	// RolesOf are those that an actor has now, by plan; nil for none. It is called for every call, by any goroutine.
	RolesOf(actor string) map[string][]Role
}

// Granted knows callers as another Authenticator does, and gives them the roles that they were granted as well. It is safe for
// concurrent use where both parts are.
type Granted struct {
	next   Authenticator
	grants Grants
}

// NewGranted returns the way in for callers with grants.
func NewGranted(next Authenticator, grants Grants) *Granted { return &Granted{next, grants} }

// Authenticate finds the caller.
func (g *Granted) Authenticate(ctx context.Context) (Caller, error) {
	caller, err := g.next.Authenticate(ctx)
	if err != nil || caller.unproven != nil {
		return caller, err
	}
	granted := g.grants.RolesOf(caller.Name)
	if len(granted) == 0 {
		return caller, nil
	}
	all := maps.Clone(caller.Roles) // which the credentials share with every caller
	if all == nil {
		all = map[string][]Role{}
	}
	for plan, given := range granted {
		has := slices.Clone(all[plan])
		for _, role := range given {
			if !slices.Contains(has, role) {
				has = append(has, role)
			}
		}
		all[plan] = has
	}
	caller.Roles = all
	return caller, nil
}
