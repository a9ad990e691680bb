package returns

import (
	"context"
	"fmt"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/reading/rows"
)

// Complete is what is needed of a return that names every milestone there is.
type Complete struct {
	// Name says which return it is, in words.
	Name string
	// Milestones lists the milestones of a plan as it stood on a day, but for those that were
	// cancelled: nobody reports them any more. It takes everything up to a position into account.
	Milestones func(ctx context.Context, plan, asAt string, minPosition uint64) ([]Milestone, error)
}

// Milestone is a milestone by the references that a return may name it by.
type Milestone struct {
	Ref    string
	Former []string // that it went by before
}

// leftOut is how many milestones are stated as not reported in one request.
const leftOut = 200

// named is which milestones a return names, and for which day.
type named struct {
	refs    map[string]bool
	asAt    string // the latest day of any row
	unnamed int    // rows of which it is not known which milestone they are about
}

func (n *named) add(row rows.Row) {
	ref := row.Ref()
	if ref == "" {
		n.unnamed++
		return
	}
	if n.refs == nil {
		n.refs = map[string]bool{}
	}
	n.refs[ref] = true // also where the row is refused: it was reported, if badly
	if day, ok := row.Day(); ok {
		n.asAt = max(n.asAt, day) // ISO days are in order as text
	}
}

// has says whether the return names a milestone, by whichever of its references.
func (n *named) has(m Milestone) bool {
	return n.refs[m.Ref] || slices.ContainsFunc(m.Former, func(ref string) bool { return n.refs[ref] })
}

// leaveOut states that the milestones which the return does not name were not reported, as at the latest day of its rows.
func (r *run) leaveOut(ctx context.Context) error {
	r.result.NotReported = []string{}
	switch {
	case r.named.unnamed > 0:
		r.result.Uncertain = fmt.Sprintf("%d rows do not say which milestone they are about", r.named.unnamed)
		return nil
	case r.named.asAt == "":
		r.result.Uncertain = "no row says which day it is about"
		return nil
	}
	var position uint64
	if r.result.Position != nil {
		position = *r.result.Position
	}
	there, err := r.Complete.Milestones(ctx, r.Plan, r.named.asAt, position)
	if err != nil {
		return err
	}
	var missing []string
	for _, m := range there {
		if !r.named.has(m) {
			missing = append(missing, m.Ref)
		}
	}
	for some := range slices.Chunk(missing, leftOut) {
		request := &pb.SubmitRequest{Plan: r.Plan, RequestId: "complete-1-" + digest(append([]string{r.Plan, r.named.asAt, r.Complete.Name}, some...)...)}
		for _, ref := range some {
			request.Commands = append(request.Commands, &pb.Command{AsAt: r.named.asAt, Command: &pb.Command_MilestoneNotReported{
				MilestoneNotReported: &pb.MilestoneNotReported{Ref: ref, Return: r.Complete.Name},
			}})
		}
		response, err := r.Service.Submit(ctx, request)
		if err != nil {
			return err
		}
		r.countEvents(response)
	}
	r.result.NotReported = append(r.result.NotReported, missing...)
	return nil
}
