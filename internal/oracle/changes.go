package oracle

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/internal/wire"
	"milepost.dev/internal/wire/questions"
	"milepost.dev/projections"
	"milepost.dev/projections/changes"
)

// changes compares what changed in a plan from each of some days to the next one, and what was told since half way, as at the last.
func (c *comparison) changes(ctx context.Context, book *projections.Book, p projections.Plan, days []civil.Date) error {
	days = slices.Clone(days)
	slices.Sort(days)
	last := days[len(days)-1]
	for i := range days[1:] {
		was, is := changes.End{Plan: p, AsAt: days[i]}, changes.End{Plan: p, AsAt: days[i+1]}
		if err := c.between(ctx, was, is, &pb.ChangesRequest{Since: was.AsAt.String()}); err != nil {
			return err
		}
	}
	is := changes.End{Plan: p, AsAt: last}
	half := halfWay(book, p)
	then, _ := half.Plan(p.ID)
	return c.between(ctx, changes.End{Plan: then, AsAt: last}, is, &pb.ChangesRequest{ToldSince: strconv.FormatUint(half.Position, 10)})
}

// halfWay is what was known before the second half of a plan's events.
func halfWay(book *projections.Book, p projections.Plan) projections.View {
	events := p.Events(0)
	then, _ := book.KnownAt(events[len(events)/2].Position) // to the end of its request
	return p.View().Until(then.Position)
}

func (c *comparison) between(ctx context.Context, was, is changes.End, m *pb.ChangesRequest) error {
	m.Plan, m.ReadAt = is.Plan.ID, readAt(is.Plan.View(), is.AsAt)
	served, err := questions.Served(ctx, c.Query, pb.QueryServiceClient.Changes, (*pb.ChangesResponse).GetChanges, m)
	if err != nil {
		return err
	}
	var folded []proto.Message
	for _, row := range changes.List(was, is) {
		folded = append(folded, wire.NetChange(row, c.names))
	}
	c.compare(fmt.Sprintf("what changed in plan %s, %s", is.Plan.ID, wire.Comparison(was, is, m.Since == "").Says), folded, served)
	return nil
}
