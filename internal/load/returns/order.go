package returns

import (
	"context"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/load/conventions"
	"milepost.dev/internal/reading/rows"
)

// order gives the dates of the rows that are sent the order of day and month that their columns prove, and then notes what each
// row that was read names.
func (r *run) order(sent, read []rows.Row) {
	if !r.ISODates {
		found := rows.Order(sent, r.Conventions.Or(conventions.Of(r.Known)).Settings().Order)
		r.mu.Lock()
		r.result.InNoOrder, r.result.Example = found.Doubtful, found.Example
		r.mu.Unlock()
	}
	for _, row := range read {
		r.named.add(row)
		r.twice(row)
	}
}

// converse says of a plan that there is by which conventions its dates are written, as at the first day of the return.
func (r *run) converse(ctx context.Context, all []rows.Row) error {
	revised := r.Conventions.Revise(r.Known)
	if r.Known == nil || revised == nil || len(all) == 0 {
		return nil
	}
	asAt, _ := all[0].Day()
	response, err := r.Service.Submit(ctx, &pb.SubmitRequest{
		RequestId: "return-5-" + digest(r.Plan, asAt, r.Conventions.String()), Plan: r.Plan,
		Commands: []*pb.Command{{AsAt: asAt, Command: &pb.Command_PlanRevised{PlanRevised: revised}}},
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.countEvents(response)
	return nil
}
