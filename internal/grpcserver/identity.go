package grpcserver

import (
	"context"
	"maps"
	"slices"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// identityServer tells callers what is known of them.
type identityServer struct {
	milepostv1.UnimplementedIdentityServiceServer
}

// WhoAmI implements milepostv1.IdentityServiceServer.
func (identityServer) WhoAmI(ctx context.Context, _ *milepostv1.WhoAmIRequest) (*milepostv1.WhoAmIResponse, error) {
	caller := callerOf(ctx)
	answer := &milepostv1.WhoAmIResponse{
		Actor: caller.Name, Organisation: caller.Organisation, By: string(caller.By),
		Issuer: caller.Issuer, Subject: caller.Subject, DisplayName: caller.DisplayName,
		ReportersReview: caller.ReportersReview,
	}
	for _, plan := range slices.Sorted(maps.Keys(caller.Roles)) {
		given := &milepostv1.PlanRoles{Plan: plan}
		for _, role := range caller.Roles[plan] {
			given.Roles = append(given.Roles, string(role))
		}
		answer.Roles = append(answer.Roles, given)
	}
	if !caller.NotAfter.IsZero() {
		answer.NotAfter = caller.NotAfter.UTC().Format(time.RFC3339)
	}
	return answer, nil
}
