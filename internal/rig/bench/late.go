package bench

import (
	"context"
	"fmt"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// lateEach is how many statements of a kind a round pushes.
const lateEach = 4000

// latePlan is the plan of the milestone that has very many statements.
const latePlan = "late"

// late measures statements on one milestone that has very many.
func (g *growing) late(ctx context.Context, s *server) (*Late, error) {
	statements, each := 10_000, lateEach
	if g.Sizes[0] < statements { // a quick run
		statements, each = 200, 100
	}
	g.say("statements on a milestone of %d", statements)
	if _, err := s.commands(0).Submit(ctx, &pb.SubmitRequest{RequestId: "late-begin", Plan: latePlan, Commands: []*pb.Command{
		{AsAt: firstDay().Format(time.DateOnly), Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: "Late"}}},
		{AsAt: firstDay().Format(time.DateOnly), Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: ref(0), Title: "The hub opens its doors"}}},
	}}); err != nil {
		return nil, err
	}
	n := 0
	push := func(streams, most int, day func(i int) int) (measured, error) {
		n++
		run := n
		return pushed(ctx, s, load{callers: streams, most: most}, func(stream int) func() *pb.SubmitRequest {
			i := 0
			return func() *pb.SubmitRequest {
				i++
				due := firstDay().AddDate(2, 0, (997*run+131*stream+i)%3000)
				return &pb.SubmitRequest{RequestId: fmt.Sprint("late-", run, "-", stream, "-", i), Plan: latePlan, Commands: []*pb.Command{
					dated(ref(0), firstDay().AddDate(0, 0, day(i)).Format(time.DateOnly), due.Format(time.DateOnly), ""),
				}}
			}
		})
	}
	const lastDay = 364
	if _, err := push(1, statements, func(i int) int { return i * lastDay / statements }); err != nil {
		return nil, err
	}
	all := results{}
	for round := range g.Rounds {
		for _, kind := range []struct {
			name string
			run  func() (measured, error)
		}{
			{"in order", func() (measured, error) { return push(1, each, func(int) int { return lastDay }) }},
			{"late", func() (measured, error) { return push(1, each, func(i int) int { return i * 211 % (lastDay - 4) }) }},
			{"hot", func() (measured, error) { return push(pushStreams, each, func(int) int { return lastDay }) }},
			{"spread", func() (measured, error) {
				return pushed(ctx, s, load{callers: pushStreams, most: each}, func(stream int) func() *pb.SubmitRequest {
					return g.mixed(fmt.Sprint("s", round, "-", stream, "-"), uint64(7000+round*10+stream), len(g.Sizes), each)
				})
			}},
		} {
			m, err := kind.run()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", kind.name, err)
			}
			all.note(m, kind.name)
		}
	}
	return &Late{
		Statements: statements, InOrder: of(cpu, all["in order"]), Late: of(cpu, all["late"]), Ratio: over(cpu, all["late"], all["in order"]),
		Hot: of(cpu, all["hot"]), Spread: of(cpu, all["spread"]), HotRatio: over(cpu, all["hot"], all["spread"]),
	}, nil
}
