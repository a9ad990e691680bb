package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// questions asks a large ledger what its users ask, as at now and at a past day.
func (b *bench) questions(ctx context.Context, c *child) error {
	b.say("asking questions")
	queries := pb.NewQueryServiceClient(c.conns[0])
	random := rand.New(rand.NewPCG(3, 1))
	plan := func() string { return planID(random.IntN(b.Plans)) }
	for _, when := range []struct {
		name string
		at   *pb.ReadAt
	}{{"now", &pb.ReadAt{}}, {"past", &pb.ReadAt{AsAt: pastDay().Format(time.DateOnly)}}} {
		for _, q := range []struct {
			name string
			ask  func() error
		}{
			{"status of a plan", func() error {
				answer, err := queries.ListStatus(ctx, &pb.ListStatusRequest{Plan: plan(), ReadAt: when.at, PageSize: 10_000})
				if err == nil && len(answer.GetMilestones()) != b.Each {
					err = fmt.Errorf("bench: a status has %d milestones of %d", len(answer.GetMilestones()), b.Each)
				}
				return err
			}},
			{"slippage of a milestone", func() error {
				_, err := queries.ListSlippage(ctx, &pb.ListSlippageRequest{Plan: plan(), Milestone: ref(random.IntN(b.Each)), ReadAt: when.at})
				return err
			}},
			{"everything of a milestone", func() error {
				_, err := queries.GetMilestone(ctx, &pb.GetMilestoneRequest{Plan: plan(), Milestone: ref(random.IntN(b.Each)), ReadAt: when.at})
				return err
			}},
			{"counts of all plans", func() error {
				answer, err := queries.ListPlans(ctx, &pb.ListPlansRequest{ReadAt: when.at})
				if err == nil && len(answer.GetPlans()) != b.Plans {
					err = fmt.Errorf("bench: %d plans of %d are counted", len(answer.GetPlans()), b.Plans)
				}
				return err
			}},
		} {
			var times []time.Duration
			for started := time.Now(); time.Since(started) < b.For; {
				asked := time.Now()
				if err := q.ask(); err != nil {
					return fmt.Errorf("%s, %s: %w", q.name, when.name, err)
				}
				times = append(times, time.Since(asked))
			}
			b.report.Queries = append(b.report.Queries, Query{
				Name: q.name, AsAt: when.name, P50: quantile(times, 0.5), P99: quantile(times, 0.99),
			})
		}
	}
	return nil
}
