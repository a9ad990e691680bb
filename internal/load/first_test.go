package load_test

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/reading/documents"
)

// refusing is a stream on which the first requests about milestones are refused by the service: they expect what is not so.
type refusing struct {
	*client.Pushing
	left int
}

func (r *refusing) Send(ctx context.Context, request *pb.SubmitRequest) (*client.Pushed, error) {
	if r.left > 0 && request.GetCommands()[len(request.GetCommands())-1].GetPlanRegistered() == nil {
		r.left--
		for _, c := range request.GetCommands() {
			if c.GetMilestoneAmended() != nil || c.GetMilestoneAdded() != nil {
				c.ExpectedRevision = proto.Uint64(9)
			}
		}
	}
	return r.Pushing.Send(ctx, request)
}

// A document of which every row is refused registers nothing. Else the plan begins with the first row that is accepted, and the fields that are
// wrong are named as they stand in the row's own request.
func TestAPlanBeginsWithWhatIsAcceptedFirst(t *testing.T) {
	for refused := range 5 {
		c := server(t)
		l := load.Load{Service: c, Stream: &refusing{push(t, c), refused}, Plan: "records", Name: "The records"}
		result, err := l.Run(t.Context(), bytes.NewReader([]byte(table)), documents.Options{Name: "plan.csv", Settings: of2024})
		if err != nil || result.RefusedRows() != refused {
			t.Fatalf("%d refused: %+v, %v", refused, result, err)
		}
		for _, r := range result.Refused {
			if r.Rule != "revision-stale" || r.Field != "commands[0].expected_revision" {
				t.Errorf("%+v", r)
			}
		}
		plans := 0
		for p, err := range c.Plans(t.Context(), &pb.ListPlansRequest{}).Items {
			if err != nil || p.GetName() != "The records" {
				t.Errorf("%v, %v", p, err)
			}
			plans++
		}
		if all := 4 - refused; plans != min(1, all) || result.Events["PlanRegistered"] != min(1, all) || result.Events["MilestoneAdded"] != all {
			t.Errorf("%d refused: %d plans, %v", refused, plans, result.Events)
		}
	}
}

// Where no plan is to be registered, nothing is sent.
func TestAPlanThatMustExist(t *testing.T) {
	c := server(t)
	l := load.Load{Service: c, Stream: &failing{push(t, c), 0}, Plan: "records", MustExist: true}
	_, err := l.Run(t.Context(), bytes.NewReader([]byte(table)), documents.Options{Name: "plan.csv", Settings: of2024})
	if missing, ok := errors.AsType[*load.PlanMissing](err); !ok || missing.Plan != "records" {
		t.Errorf("%v", err)
	}
}
