package grpcserver

import (
	"context"
	"slices"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/wire"
	"milepost.dev/internal/wire/questions"
)

// rolesPage is how many roles a page has.
const rolesPage = 1000

// ListRoles lists who may do what.
func (s *queryServer) ListRoles(ctx context.Context, m *milepostv1.ListRolesRequest) (*milepostv1.ListRolesResponse, error) {
	room, err := questions.NewRoom(m.PageSize, rolesPage, rolesPage)
	if err != nil {
		return nil, err
	}
	t, err := readTimes(m.ReadAt)
	if err != nil {
		return nil, err
	}
	caller, q, after := callerOf(ctx), questionOf(m), page{}
	if m.Plan != "" {
		if err := caller.Check(access.Viewer, m.Plan); err != nil {
			return nil, err
		}
	}
	now := t.asAt.IsZero() && m.ReadAt.GetKnownAt() == ""
	if m.PageToken != "" {
		if after, err = readPage(m.PageToken, q); err != nil {
			return nil, err
		}
		t = after.times()
	}
	view, err := s.view(ctx, t, time.UTC)
	if err != nil {
		return nil, err
	}
	if t.asAt.IsZero() {
		t.asAt = s.today(time.UTC)
	}
	answer := &milepostv1.ListRolesResponse{SpokenFor: known{view: view, asAt: t.asAt, by: s.of}.spokenFor()}
	held := wire.RolesGranted(view, t.asAt, s.names)
	if now {
		held = s.rolesNow(held)
	}
	for _, h := range held {
		shown := h.Plan == access.EveryPlan || m.Plan == h.Plan || m.Plan == "" && caller.May(access.Viewer, h.Plan)
		if !shown || after.afterText != "" && wire.PlaceOfRole(h) <= after.afterText {
			continue
		}
		if !room.Takes(h, len(answer.Roles) == 0) {
			last := answer.Roles[len(answer.Roles)-1]
			answer.NextPageToken = page{position: view.Position, asAt: t.asAt, afterText: wire.PlaceOfRole(last)}.token(q)
			break
		}
		answer.Roles = append(answer.Roles, h)
	}
	return answer, nil
}

// rolesNow are those that were granted and those that the credentials give. A server without credentials has roles of its own,
// and does not look at what was granted.
func (s *queryServer) rolesNow(granted []*milepostv1.RoleHeld) []*milepostv1.RoleHeld {
	all, local := []*milepostv1.RoleHeld(nil), false
	for _, h := range s.holders() {
		source := "credentials"
		switch h.By {
		case access.ByLocalToken, access.ByNothing, access.ByOpen:
			source, local = "local", true
		}
		for of, given := range h.Roles {
			for _, role := range given {
				held := &milepostv1.RoleHeld{Holder: h.Name, Organisation: h.Organisation, Plan: of, Role: string(role), Source: source, KnownBy: string(h.By)}
				if !h.NotAfter.IsZero() {
					held.Until = h.NotAfter.UTC().Format(time.RFC3339)
				}
				all = append(all, held)
			}
		}
	}
	if !local {
		all = append(all, granted...)
	}
	wire.SortRoles(all)
	return slices.CompactFunc(all, func(a, b *milepostv1.RoleHeld) bool { return wire.PlaceOfRole(a) == wire.PlaceOfRole(b) })
}
