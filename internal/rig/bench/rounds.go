package bench

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore/embedded/rawpublish"
)

// publishers is how many publish at once where one is not enough.
const publishers = 256

// turn is one of those that are compared.
type turn struct {
	name   string
	server *server
}

// rounds measures everything that is compared with something else, in turns.
func (b *bench) rounds(ctx context.Context) (err error) {
	durable, err := b.durable(ctx, filepath.Join(b.dir, "durable"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, durable.Close()) }()
	echo, err := b.echo(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, echo.Close()) }()
	if err := prepare(ctx, durable.commands(0), statements("", 0, b.Plans, b.Each).begin("")); err != nil {
		return err
	}
	all := map[string][]measured{}
	turns := []turn{{"durable", durable}, {"echo", echo}}
	for round := range b.Rounds {
		b.say("round %d of %d", round+1, b.Rounds)
		slices.Reverse(turns) // neither is always the first
		if b.has(PartUnary) {
			for _, callers := range b.Callers {
				for _, t := range turns {
					m, err := single(ctx, t.server, callers, b.For, func(caller int) *said {
						return statements(fmt.Sprint("u", round, "-", callers, "-", caller, "-"), uint64(round*1000+caller), b.Plans, b.Each)
					})
					if err != nil {
						return fmt.Errorf("%s, %d callers: %w", t.name, callers, err)
					}
					key := fmt.Sprint(t.name, callers)
					all[key] = append(all[key], m)
				}
			}
		}
		if b.has(PartPush) {
			for _, streams := range b.Streams {
				for _, t := range turns {
					m, err := pushed(ctx, t.server, streams, 0, b.For, func(stream int) func() *pb.SubmitRequest {
						return statements(fmt.Sprint("p", round, "-", streams, "-", stream, "-"), uint64(round*1000+stream), b.Plans, b.Each).next
					})
					if err != nil {
						return fmt.Errorf("%s, %d streams: %w", t.name, streams, err)
					}
					key := fmt.Sprint("push", t.name, streams)
					all[key] = append(all[key], m)
				}
			}
		}
		if b.has(PartPublish) {
			for _, n := range []int{1, publishers} {
				r, err := rawpublish.Run(ctx, filepath.Join(b.dir, fmt.Sprint("publish-", round, "-", n)), n, requestBytes, b.For)
				if err != nil {
					return fmt.Errorf("publish: %w", err)
				}
				key := fmt.Sprint("publish", n)
				all[key] = append(all[key], measured{
					perS: float64(len(r.Times)) / r.Took.Seconds(), p50: quantile(r.Times, 0.5), p99: quantile(r.Times, 0.99),
				})
			}
		}
	}
	b.sum(all)
	return nil
}

// sum makes medians of rounds.
func (b *bench) sum(all map[string][]measured) {
	of := func(ms []measured, part func(measured) float64) float64 {
		var values []float64
		for _, m := range ms {
			values = append(values, part(m))
		}
		return median(values)
	}
	perS := func(m measured) float64 { return m.perS }
	p50 := func(m measured) float64 { return m.p50 }
	p99 := func(m measured) float64 { return m.p99 }
	cpu := func(m measured) float64 { return m.cpuMicros }
	flushes := func(m measured) float64 { return m.flushesPerEvent }
	ratio := func(a, b []measured) float64 {
		var values []float64
		for i := range a {
			values = append(values, a[i].perS/b[i].perS)
		}
		return median(values)
	}
	for _, n := range b.Callers {
		durable, echo := all[fmt.Sprint("durable", n)], all[fmt.Sprint("echo", n)]
		if len(durable) > 0 {
			b.report.Unary = append(b.report.Unary, Unary{
				Callers: n, Durable: of(durable, perS), Echo: of(echo, perS), Ratio: ratio(durable, echo),
				P50: of(durable, p50), P99: of(durable, p99), EchoP50: of(echo, p50), FlushesPerEvent: of(durable, flushes), CPU: of(durable, cpu), EchoCPU: of(echo, cpu),
			})
		}
	}
	for _, n := range b.Streams {
		durable, echo := all[fmt.Sprint("pushdurable", n)], all[fmt.Sprint("pushecho", n)]
		if len(durable) > 0 {
			b.report.Push = append(b.report.Push, Push{
				Streams: n, Durable: of(durable, perS), Echo: of(echo, perS), Ratio: ratio(durable, echo), FlushesPerEvent: of(durable, flushes), CPU: of(durable, cpu), EchoCPU: of(echo, cpu),
			})
		}
	}
	if one := all["publish1"]; len(one) > 0 {
		b.report.Publish = &Publish{
			PerS: of(one, perS), P50: of(one, p50), P99: of(one, p99),
			Publishers: publishers, AllPerS: of(all[fmt.Sprint("publish", publishers)], perS),
		}
	}
	if one, echo, publish := all["durable1"], all["echo1"], all["publish1"]; len(one) > 0 && len(publish) > 0 {
		var least, ratios []float64
		for i := range one {
			least = append(least, publish[i].p50+echo[i].p50)
			ratios = append(ratios, one[i].p50/least[i])
		}
		b.report.OneCaller = &OneCaller{P50: of(one, p50), PublishAndEcho: median(least), Ratio: median(ratios)}
	}
	if len(b.report.Unary) > 0 && len(b.report.Push) > 0 {
		unary := slices.MaxFunc(b.report.Unary, func(a, b Unary) int { return int(a.Durable - b.Durable) })
		push := slices.MaxFunc(b.report.Push, func(a, b Push) int { return int(a.Durable - b.Durable) })
		b.report.PushOverUnary = push.Durable / unary.Durable
	}
}
