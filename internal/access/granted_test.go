package access

import (
	"context"
	"slices"
	"testing"

	"milepost.dev/domain/plan"
)

type given map[string][]Role

func (g given) RolesOf(string) map[string][]Role { return g }

type known Caller

func (k known) Authenticate(context.Context) (Caller, error) { return Caller(k), nil }

// What is granted is beside what the credentials give, and changes nothing of that: one list of roles is many callers'.
func TestGrantsAreBesideTheCredentials(t *testing.T) {
	credentials := map[string][]Role{"hubs": {Viewer}}
	caller, err := NewGranted(known{Name: "Ann", Roles: credentials}, given{"hubs": {Reporter, Viewer}, "rail": {Approver}}).Authenticate(t.Context())
	if err != nil || !slices.Equal(caller.Roles["hubs"], []Role{Viewer, Reporter}) || !caller.May(Approver, "rail") || caller.May(Reporter, "rail") {
		t.Errorf("%+v, %v", caller, err)
	}
	if len(credentials) != 1 || len(credentials["hubs"]) != 1 {
		t.Errorf("the credentials give %v now", credentials)
	}
	if caller, err := NewGranted(NewLocal("ann", "x", false).asNobody(), given{"hubs": {Reporter}}).Authenticate(t.Context()); err != nil || caller.May(Viewer, "hubs") {
		t.Errorf("who showed nothing is %+v, %v", caller, err)
	}
}

// asNobody knows every caller as who showed nothing.
func (l *Local) asNobody() known { return known(l.others) }

// The roles that are granted are those that there are, but for that of another server of the ledger: no person grants it.
func TestTheRolesThatAreGrantedAreThoseThatThereAre(t *testing.T) {
	var all []Role
	for _, role := range append(plan.RolesOfPlan(), plan.RolesOfLedger()...) {
		all = append(all, Role(role))
	}
	want := slices.DeleteFunc(slices.Clone(roles), func(r Role) bool { return r == Node })
	slices.Sort(all)
	slices.Sort(want)
	if !slices.Equal(all, want) {
		t.Errorf("%v are granted, and there are %v", all, want)
	}
	for _, role := range plan.RolesOfLedger() {
		if checkRole(Role(role), "hubs") == nil {
			t.Errorf("the credentials give %s of one plan", role)
		}
	}
}
