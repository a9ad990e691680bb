package plan

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// EveryPlan stands in a grant for the id of a plan.
const EveryPlan = "*"

// RoleGranted says that somebody has a role from now on. It is of no plan, and stands under OfLedger; what the credentials of a
// server give is beside it.
type RoleGranted struct {
	Holder milestone.Party // the actor of what they state
	Of     string          // the plan's id, or EveryPlan
	Role   string
	Until  civil.Date // the last day, in UTC; zero where it has no end
	Reason string
}

// RoleWithdrawn says that somebody does not have a granted role any more.
type RoleWithdrawn struct {
	Holder milestone.Party
	Of     string
	Role   string
	Reason string
}

// EventName is that of the ledger's EventType.
func (RoleGranted) EventName() string { return "RoleGranted" }

// EventName is that of the ledger's EventType.
func (RoleWithdrawn) EventName() string { return "RoleWithdrawn" }

// Why is the reason that was given.
func (e RoleGranted) Why() string { return e.Reason }

// Why is the reason that was given.
func (e RoleWithdrawn) Why() string { return e.Reason }

// Parties are the one who holds it.
func (e RoleGranted) Parties() []milestone.Party { return []milestone.Party{e.Holder} }

// Parties are the one who held it.
func (e RoleWithdrawn) Parties() []milestone.Party { return []milestone.Party{e.Holder} }

// GrantRole grants a role. WithdrawRole withdraws it.
type (
	GrantRole    RoleGranted
	WithdrawRole RoleWithdrawn
)

// CommandName is the name by which admins know it.
func (GrantRole) CommandName() string { return "RoleGranted" }

// CommandName is the name by which admins know it.
func (WithdrawRole) CommandName() string { return "RoleWithdrawn" }

// The rules about grants.
const (
	// RuleRoleUnknown: there is no such role, or not of one plan.
	RuleRoleUnknown = "role-unknown"
	// RuleGrantOwn: who grants it is the one who would hold it. To give one's own role up takes nobody else.
	RuleGrantOwn = "grant-own"
	// RuleGrantEnded: it would have ended before it is given.
	RuleGrantEnded = "grant-ended"
	// RuleGrantUnknown: nobody granted it.
	RuleGrantUnknown = "grant-unknown"
)

// RolesOfPlan are the roles that are granted for a plan, or for every one. RolesOfLedger are those that are granted for every plan
// alone, because what they give is of all plans.
func RolesOfPlan() []string   { return []string{"viewer", "reporter", "reviewer", "approver", "admin"} }
func RolesOfLedger() []string { return []string{"auditor", "operator"} }

func (c *check) grant(of, role, reason string) {
	switch {
	case of == EveryPlan:
	case slices.Contains(RolesOfLedger(), role):
		c.refuse(RuleRoleUnknown, "role", "The role %s is granted for every plan alone, because what it gives is of all plans. Name the plan %q.", role, EveryPlan)
	default:
		if err, ok := CheckID(of).(*domain.Refusal); ok {
			err.Field = "plan"
			c.found = append(c.found, err)
		}
	}
	if all := append(RolesOfPlan(), RolesOfLedger()...); !slices.Contains(all, role) {
		c.refuse(RuleRoleUnknown, "role", "%.60q is not a role. Name one of %s.", role, strings.Join(all, ", "))
	}
	c.reason(reason)
}

// Given is a role that was granted, or withdrawn.
type Given struct {
	Of, Role  string
	Until     civil.Date
	Withdrawn bool
	Position  uint64 // of what was said last of it
}

// Holds says whether it holds on a day of UTC.
func (g Given) Holds(on civil.Date) bool {
	return !g.Withdrawn && (g.Until.IsZero() || !g.Until.Before(on))
}

// Given are the roles that were granted to a party by this name, withdrawn ones among them, in order of plan and role. A party that
// was merged with another one keeps its own: to say that two names are of one office gives nobody a right.
func (s State) Given(holder milestone.Party) []Given { return s.given[holder] }

// AllGiven are the roles that were granted to anybody, withdrawn ones among them, by who holds them and in no order of holders.
func (s State) AllGiven() iter.Seq2[milestone.Party, Given] {
	return func(yield func(milestone.Party, Given) bool) {
		for holder, given := range s.given {
			for _, g := range given {
				if !yield(holder, g) {
					return
				}
			}
		}
	}
}

// find is what was said last of a role; false where nothing was.
func (s State) find(holder milestone.Party, of, role string) (Given, bool) {
	for _, g := range s.given[holder] {
		if g.Of == of && g.Role == role {
			return g, true
		}
	}
	return Given{}, false
}

// give follows grants in the order in which they were told, whatever day they were stated for: a role that was withdrawn later is
// gone.
func (s *State) give(holder milestone.Party, g Given) {
	before := s.given[holder]
	i, found := slices.BinarySearchFunc(before, g, func(a, b Given) int {
		return strings.Compare(a.Of+"\x00"+a.Role, b.Of+"\x00"+b.Role)
	})
	next := slices.Clone(before)
	switch {
	case found && before[i].Position > g.Position:
		return
	case found:
		next[i] = g
	default:
		next = slices.Insert(next, i, g)
	}
	all := maps.Clone(s.given)
	if all == nil {
		all = map[milestone.Party][]Given{}
	}
	all[holder] = next
	s.given = all
}

// own says whether who states something is the holder, under whatever name they are known to be of.
func (s State) own(holder milestone.Party, f Facts) bool { return s.Kept(holder) == s.Kept(f.Actor) }

func decideGrant(s State, cmd GrantRole, f Facts) ([]Event, error) {
	switch before, known := s.find(cmd.Holder, cmd.Of, cmd.Role); {
	case s.own(cmd.Holder, f):
		return nil, domain.Refuse(domain.Refused, RuleGrantOwn, "holder", "Nobody grants a role to themselves. Ask another admin, or whoever keeps the server's credentials file.")
	case !cmd.Until.IsZero() && cmd.Until.Before(f.AsAt):
		return nil, domain.Refuse(domain.Refused, RuleGrantEnded, "until", "The role would have ended on %s, before it is given. Give a later day, or none.", cmd.Until)
	case known && !before.Withdrawn && before.Until == cmd.Until:
		return nil, nil
	}
	return []Event{RoleGranted(cmd)}, nil
}

func decideWithdraw(s State, cmd WithdrawRole) ([]Event, error) {
	switch before, known := s.find(cmd.Holder, cmd.Of, cmd.Role); {
	case !known:
		return nil, domain.Refuse(domain.Refused, RuleGrantUnknown, "role",
			"Nobody granted that role. `milepost roles list` has those that were; a role of the server's credentials file is taken out there.")
	case before.Withdrawn:
		return nil, nil
	}
	return []Event{RoleWithdrawn(cmd)}, nil
}

// IsOfLedger says whether a command is of no plan, and stands under OfLedger.
func IsOfLedger(cmd Command) bool {
	switch cmd.(type) {
	case MergeParties, GrantRole, WithdrawRole, AskToForget, BeginEpoch, CompleteEpoch:
		return true
	}
	return false
}
