package returns

import (
	"context"
	"errors"
	"fmt"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// PlanMissing says that there is no such plan, and that it is not to be registered.
type PlanMissing struct{ Plan string }

// Error returns the sentence.
func (p *PlanMissing) Error() string { return fmt.Sprintf("there is no plan %q", p.Plan) }

// PlanRefused says that there is no such plan, and that it could not be registered.
type PlanRefused struct {
	Plan string
	Err  error
}

// Error returns the sentence.
func (p *PlanRefused) Error() string {
	return fmt.Sprintf("there is no plan %q, and it could not be registered: %v", p.Plan, p.Err)
}

// Unwrap returns why.
func (p *PlanRefused) Unwrap() error { return p.Err }

// begin registers the plan in the request of a row: both are accepted, or neither. One row at a time tries it, and the others
// wait for whether there is a plan.
func (r *run) begin(ctx context.Context, row *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	r.beginning.Lock()
	defer r.beginning.Unlock()
	response, err := r.Service.Submit(ctx, row) // another row may have registered it meanwhile
	if !isPlanUnknown(err) {
		return response, err
	}
	registered := &pb.PlanRegistered{Name: r.Name}
	r.Conventions.Register(registered)
	register := &pb.Command{Command: &pb.Command_PlanRegistered{PlanRegistered: registered}}
	response, err = r.Service.Submit(ctx, &pb.SubmitRequest{
		RequestId: "return-4-" + digest(r.Plan, r.Name, row.GetRequestId()), Plan: r.Plan, StrictRefs: row.GetStrictRefs(),
		Commands: append([]*pb.Command{register}, row.GetCommands()...),
	})
	if err == nil {
		// Under its own id the row says nothing new now. That is kept, so that the row makes nothing when the return is sent again and
		// another row has contradicted it meanwhile.
		_, err = r.Service.Submit(ctx, row)
		return response, err
	}
	e, ok := errors.AsType[*client.Error](err)
	switch {
	case !ok || e.Kind == client.Unanswered || !ofPlan(e):
		return response, err
	case e.Code == "ALREADY_EXISTS":
		return r.Service.Submit(ctx, row) // somebody else was first, by another name
	}
	return nil, &PlanRefused{Plan: r.Plan, Err: err}
}

func isPlanUnknown(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.Rule == client.RulePlanUnknown
}

// ofPlan says whether it is the plan that was refused, or the caller, and not the row.
func ofPlan(e *client.Error) bool {
	if e.Kind != client.Refused {
		return true
	}
	for _, v := range e.Violations {
		if strings.HasPrefix(v.Field, "commands[0]") || v.Field == "plan" {
			return true
		}
	}
	return len(e.Violations) == 0 && strings.HasPrefix(e.Rule, "plan-")
}
