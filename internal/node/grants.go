package node

import (
	"time"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/access"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
	"milepost.dev/projections"
)

// grants are the roles that the ledger gives.
type grants struct {
	book  *projections.Book
	names *parties.Directory
	clock clock.Clock
}

// RolesOf implements access.Grants.
func (g grants) RolesOf(actor string) map[string][]access.Role {
	ledger, ok := g.book.Now().Ledger()
	if !ok {
		return nil
	}
	id, ok := g.names.Find(actor)
	if !ok {
		return nil
	}
	today := civil.OfTime(g.clock.Now(), time.UTC)
	var roles map[string][]access.Role
	for _, given := range ledger.Registered.Given(milestone.Party(id)) {
		if !given.Holds(today) {
			continue
		}
		if roles == nil {
			roles = map[string][]access.Role{}
		}
		of := given.Of
		if of == plan.EveryPlan {
			of = access.EveryPlan
		}
		roles[of] = append(roles[of], access.Role(given.Role))
	}
	return roles
}

// grantedBy is how callers are known: by the credentials and, where there are any, with the roles that the ledger gives as well. Who
// calls a server without credentials has all roles, or none.
func (n *Node) grantedBy(c Config, names *parties.Directory) access.Authenticator {
	if n.callers.credentials == nil {
		return n.callers.authenticator
	}
	return access.NewGranted(n.callers.authenticator, grants{n.replica.Book(), names, c.Clock})
}

// holders say who is let in, by the credentials or as a server without them does.
func (c callers) holders() func() []access.Holder {
	if c.credentials != nil {
		return c.credentials.Holders
	}
	return c.local.Holders
}
