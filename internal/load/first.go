package load

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// first registers the plan in the request of a row: both are accepted, or neither, so that a document of which every row is refused
// registers nothing. Nothing else is under way meanwhile. An error ends the document; a refusal of the row is the row's answer.
func (r *run) first(ctx context.Context, commands []*pb.Command) (*client.Pushed, error) {
	on, err := r.post(ctx, append([]*pb.Command{r.register}, commands...))
	if err != nil {
		r.turnedAway = true
		return client.Answered(nil, err), nil // it is too large: the next row may do
	}
	response, err := on.Answer(ctx)
	e, refused := errors.AsType[*client.Error](err)
	switch {
	case err == nil:
		r.register = nil
		// Under its own id the row says nothing new now. That is kept, so that it makes nothing when the document is sent again.
		again, err := r.post(ctx, commands)
		if err == nil {
			_, err = again.Answer(ctx)
		}
		return client.Answered(response, nil), err
	case refused && e.Code == "ALREADY_EXISTS": // somebody else was first, by another name
		r.register = nil
		return r.post(ctx, commands)
	case refused && e.Kind == client.Refused && !ofPlan(e):
		r.turnedAway = true
		return client.Answered(nil, withoutRegistration(e)), nil
	}
	return nil, err
}

// ofPlan says whether it is the plan that was refused, and not the row.
func ofPlan(e *client.Error) bool {
	return strings.HasPrefix(e.Rule, "plan-") || slices.ContainsFunc(e.Violations, func(v client.Violation) bool {
		return strings.HasPrefix(v.Field, "commands[0]") || v.Field == "plan"
	})
}

// withoutRegistration names the fields as they stand in the row's own request.
func withoutRegistration(e *client.Error) *client.Error {
	own := *e
	own.Violations = slices.Clone(e.Violations)
	for i := range own.Violations {
		v, n := &own.Violations[i], 0
		if _, err := fmt.Sscanf(v.Field, "commands[%d]", &n); err == nil && n > 0 {
			v.Field = strings.Replace(v.Field, fmt.Sprintf("commands[%d]", n), fmt.Sprintf("commands[%d]", n-1), 1)
		}
	}
	return &own
}
