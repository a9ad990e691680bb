package bench

import (
	"fmt"
	"slices"
	"time"
)

// figure is one figure of a measurement.
type figure func(measured) float64

func perS(m measured) float64    { return m.perS }
func p50(m measured) float64     { return m.p50 }
func p99(m measured) float64     { return m.p99 }
func cpu(m measured) float64     { return m.cpuMicros }
func side(m measured) float64    { return m.serverMicros }
func objects(m measured) float64 { return m.objects }
func heap(m measured) float64    { return m.bytes }
func flushes(m measured) float64 { return m.flushesPerEvent }

// of is the median of the rounds.
func of(f figure, ms []measured) float64 {
	var values []float64
	for _, m := range ms {
		values = append(values, f(m))
	}
	return median(values)
}

// over is the median of the ratios of the rounds.
func over(f figure, a, b []measured) float64 {
	var values []float64
	for i := range min(len(a), len(b)) {
		if of := f(b[i]); of > 0 {
			values = append(values, f(a[i])/of)
		}
	}
	return median(values)
}

// beside makes the figures of the processors, beside those of the echoes.
func beside(durable, frozen, bare []measured) Work {
	return Work{
		CPU: of(cpu, durable), EchoCPU: of(cpu, frozen), BareCPU: of(cpu, bare), CPURatio: over(cpu, durable, frozen),
		ServerCPU: of(side, durable), EchoServerCPU: of(side, frozen),
		ServerObjects: of(objects, durable), EchoObjects: of(objects, frozen), ServerBytes: of(heap, durable),
	}
}

// sum makes medians of rounds.
func (b *bench) sum(all results) {
	for _, n := range b.Callers {
		durable, frozen, bare := all[fmt.Sprint(durableTurn, n)], all[fmt.Sprint(frozenTurn, n)], all[fmt.Sprint(bareTurn, n)]
		if len(durable) > 0 {
			b.report.Unary = append(b.report.Unary, Unary{
				Callers: n, Durable: of(perS, durable), Echo: of(perS, frozen), Ratio: over(perS, durable, frozen),
				P50: of(p50, durable), P99: of(p99, durable), EchoP50: of(p50, frozen), EchoP99: of(p99, frozen),
				P99Ratio: over(p99, durable, frozen), FlushesPerEvent: of(flushes, durable), Work: beside(durable, frozen, bare),
			})
		}
	}
	for _, l := range b.pushes() {
		turned := func(turn string) []measured { return all[fmt.Sprint("push", turn, l.callers, "-", l.together)] }
		if durable, frozen := turned(durableTurn), turned(frozenTurn); len(durable) > 0 {
			b.report.Push = append(b.report.Push, Push{
				Streams: l.callers, Together: l.together, Durable: of(perS, durable), Echo: of(perS, frozen), Ratio: over(perS, durable, frozen),
				FlushesPerEvent: of(flushes, durable), Work: beside(durable, frozen, turned(bareTurn)),
			})
		}
	}
	if one := all["publish1"]; len(one) > 0 {
		b.report.Publish = &Publish{
			PerS: of(perS, one), P50: of(p50, one), P99: of(p99, one),
			Publishers: publishers, AllPerS: of(perS, all[fmt.Sprint("publish", publishers)]),
		}
	}
	b.sumOneCaller(all[fmt.Sprint(durableTurn, 1)], all[fmt.Sprint(frozenTurn, 1)], all["publish1"])
	if len(b.report.Unary) > 0 && len(b.report.Push) > 0 {
		unary := slices.MaxFunc(b.report.Unary, func(a, b Unary) int { return int(a.Durable - b.Durable) })
		push := slices.MaxFunc(b.report.Push, func(a, b Push) int { return int(a.Durable - b.Durable) })
		b.report.PushOverUnary = push.Durable / unary.Durable
	}
}

// sumOneCaller compares what one caller waits with a publish and an echo.
func (b *bench) sumOneCaller(one, echo, publish []measured) {
	if len(one) == 0 || len(publish) == 0 {
		return
	}
	var least, ratios []float64
	for i := range one {
		least = append(least, publish[i].p50+echo[i].p50)
		ratios = append(ratios, one[i].p50/least[i])
	}
	b.report.OneCaller = &OneCaller{P50: of(p50, one), PublishAndEcho: median(least), Ratio: median(ratios)}
}

// median is the middle of an odd number of values, and the lower of the two middle ones of an even number.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

// quantile is the time that so much of all was not longer than, in milliseconds. It sorts them.
func quantile(times []time.Duration, q float64) float64 {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return ms(times[int(q*float64(len(times)-1))])
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
