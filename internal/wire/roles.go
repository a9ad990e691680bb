package wire

import (
	"cmp"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/projections"
)

// RolesGranted are the roles that the ledger gives on a day, as a view knows them and in order of their places.
func RolesGranted(view projections.View, on civil.Date, names Names) (all []*pb.RoleHeld) {
	ledger, ok := view.Ledger()
	if !ok {
		return nil
	}
	said := ledger.Recorded()
	for holder, given := range ledger.Registered.AllGiven() {
		if !given.Holds(on) {
			continue
		}
		i, found := slices.BinarySearchFunc(said, given.Position, func(st plan.Statement, at uint64) int { return cmp.Compare(st.Position, at) })
		if found {
			all = append(all, roleGranted(view, holder, given, said[i], names))
		}
	}
	SortRoles(all)
	return all
}

// roleGranted is a role that the ledger gives, with the statement that gave it.
func roleGranted(view projections.View, holder milestone.Party, g plan.Given, by plan.Statement, names Names) *pb.RoleHeld {
	actor, _ := view.Teller(by.By)
	m := &pb.RoleHeld{
		Holder: names.Display(string(holder)), Plan: g.Of, Role: g.Role, Source: "grant", Position: g.Position,
		GrantedBy: names.Display(view.Kept(actor)), GrantedAt: recordedAt(view.RecordedAt(g.Position)),
	}
	if why, ok := by.Event.(interface{ Why() string }); ok {
		m.Reason = why.Why()
	}
	if !g.Until.IsZero() {
		m.Until = g.Until.AddDays(1).String() + "T00:00:00Z"
	}
	return m
}

// PlaceOfRole is where a role stands in an answer. Two at one place say the same.
func PlaceOfRole(h *pb.RoleHeld) string {
	return strings.Join([]string{h.Plan, h.Role, h.Holder, h.Source, h.KnownBy, h.Until, h.Organisation}, "\x00")
}

// SortRoles puts roles into the order of their places.
func SortRoles(all []*pb.RoleHeld) {
	slices.SortFunc(all, func(a, b *pb.RoleHeld) int { return cmp.Compare(PlaceOfRole(a), PlaceOfRole(b)) })
}
