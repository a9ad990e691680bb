package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// Questions that have targets.
const (
	planStatus = "status of a plan"
	allCounts  = "counts of all plans"
)

// question is asked again and again.
type question struct {
	name string
	ask  func(at *pb.ReadAt) error
}

// questions asks a large ledger what its users ask, as at now and at a past day, in turns.
func (b *bench) questions(ctx context.Context, c *child) error {
	b.say("asking questions")
	days := []struct {
		name string
		at   *pb.ReadAt
	}{{"now", &pb.ReadAt{}}, {"past", &pb.ReadAt{AsAt: pastDay().Format(time.DateOnly)}}}
	times := map[[2]string][]time.Duration{}
	asked := b.asked(ctx, c)
	for range b.Rounds {
		for _, q := range asked {
			for _, day := range days {
				for started := time.Now(); time.Since(started) < b.For/time.Duration(b.Rounds); {
					asked := time.Now()
					if err := q.ask(day.at); err != nil {
						return fmt.Errorf("%s, %s: %w", q.name, day.name, err)
					}
					key := [2]string{q.name, day.name}
					times[key] = append(times[key], time.Since(asked))
				}
			}
		}
	}
	for _, day := range days {
		for _, q := range asked {
			of := times[[2]string{q.name, day.name}]
			b.report.Queries = append(b.report.Queries, Query{Name: q.name, AsAt: day.name, P50: quantile(of, 0.5), P99: quantile(of, 0.99)})
		}
	}
	return nil
}

// asked are the questions.
func (b *bench) asked(ctx context.Context, c *child) []question {
	queries := pb.NewQueryServiceClient(c.conns[0])
	random := rand.New(rand.NewPCG(3, 1))
	plan := func() string { return planID(random.IntN(b.Plans)) }
	return []question{
		{planStatus, func(at *pb.ReadAt) error {
			answer, err := queries.ListStatus(ctx, &pb.ListStatusRequest{Plan: plan(), ReadAt: at, PageSize: 10_000})
			if err == nil && len(answer.GetMilestones()) != b.Each {
				err = fmt.Errorf("bench: a status has %d milestones of %d", len(answer.GetMilestones()), b.Each)
			}
			return err
		}},
		{"slippage of a milestone", func(at *pb.ReadAt) error {
			_, err := queries.ListSlippage(ctx, &pb.ListSlippageRequest{Plan: plan(), Milestone: ref(random.IntN(b.Each)), ReadAt: at})
			return err
		}},
		{"everything of a milestone", func(at *pb.ReadAt) error {
			_, err := queries.GetMilestone(ctx, &pb.GetMilestoneRequest{Plan: plan(), Milestone: ref(random.IntN(b.Each)), ReadAt: at})
			return err
		}},
		{allCounts, func(at *pb.ReadAt) error {
			answer, err := queries.ListPlans(ctx, &pb.ListPlansRequest{ReadAt: at})
			if err == nil && len(answer.GetPlans()) != b.Plans {
				err = fmt.Errorf("bench: %d plans of %d are counted", len(answer.GetPlans()), b.Plans)
			}
			return err
		}},
	}
}
