package bench

import (
	"fmt"
	"math"
)

// target adds a figure with what it may come to. A figure of 0 was not measured, and is left out. The unit of one that must reach its
// target ends with "at least".
func (r *Report) target(name string, figure, target float64, unit string) {
	if figure > 0 && !math.IsInf(figure, 0) {
		r.Targets = append(r.Targets, Budget{name, figure, target, unit})
	}
}

// Met says whether a figure meets its target.
func (b Budget) Met() bool {
	const atLeast = "at least"
	if n := len(b.Unit) - len(atLeast); n >= 0 && b.Unit[n:] == atLeast {
		return b.Figure >= b.Target
	}
	return b.Figure <= b.Target
}

// Bounds of the targets: how many callers and streams they are of.
const (
	targetCallers = 256
	targetStreams = 8
)

// aim lists the targets of what was measured.
func (r *Report) aim() {
	for _, u := range r.Unary {
		if u.Callers == targetCallers {
			r.target("256 callers: processors over the frozen echo", u.CPURatio, 1.7, "times")
			r.target("256 callers: objects that the server allocates", u.ServerObjects, 95, "an event")
			r.target("256 callers: p99 over that of the echo", u.P99Ratio, 2, "times")
			r.target("256 callers: flushes an event", u.FlushesPerEvent, 0.05, "")
		}
	}
	for _, p := range r.Push {
		name := fmt.Sprintf("%d streams", p.Streams)
		switch {
		case p.Streams != targetStreams:
		case p.Together == 1:
			r.target(name+": processors over the frozen echo", p.CPURatio, 2.3, "times")
			r.target(name+": objects that the server allocates", p.ServerObjects, 48, "an event")
		default:
			r.target(fmt.Sprintf("%s, %d requests a message: processors over the frozen echo", name, p.Together), p.CPURatio, 2.3, "times")
		}
	}
	if r.OneCaller != nil {
		r.target("one caller over a publish and an echo", r.OneCaller.Ratio, 1.6, "times")
	}
	r.aimGrowth()
	r.aimLedger()
}

func (r *Report) aimGrowth() {
	g := r.Growth
	if g == nil {
		return
	}
	for _, of := range g.Ledgers {
		name := fmt.Sprintf("%d events", of.Events)
		r.target(name+": single calls over the frozen echo", of.Unary.CPURatio, 1.7, "times")
		r.target(name+": pushed over the frozen echo", of.Push.CPURatio, 2.3, "times")
	}
	if first, last := g.Ledgers[0], g.Ledgers[len(g.Ledgers)-1]; last.Events > first.Events {
		name := fmt.Sprintf("from %d to %d events", first.Events, last.Events)
		r.target("single calls, "+name, g.UnaryRise, 1.2, "times")
		r.target("pushed, "+name, g.PushRise, 1.2, "times")
		if n := len(g.Ledgers); n > 2 { // of the first nothing was saved yet
			before := g.Ledgers[n-2]
			r.target(fmt.Sprintf("bytes written an event, from %d to %d", before.Events, last.Events), last.BytesWritten/before.BytesWritten, 1.2, "times")
		}
	}
	if l := g.Late; l != nil {
		r.target(fmt.Sprintf("late statement on a milestone of %d", l.Statements), l.Ratio, 3, "times in order")
		r.target("all streams at one milestone over all milestones", l.HotRatio, 1.5, "times")
	}
}

func (r *Report) aimLedger() {
	l := r.Ledger
	if l == nil {
		return
	}
	r.target("a collection of garbage, by the book", l.CollectionMS, 5, "ms of the processors")
	r.target("memory of a further event", l.BytesPerFurther, 150, "bytes")
	r.target("fold from the first record over proving on one processor", l.FoldOverProof, 0.7, "at least")
	if l.ProveOnePerS > 0 {
		r.target("ready after SIGKILL over proving on one processor", l.ReadyAfterKillS/(float64(l.Events)/l.ProveOnePerS), 1.3, "times")
		r.target("ready after SIGKILL over proving on all processors", l.ReadyAfterKillS/(float64(l.Events)/l.ProvePerS), 0, "times")
	}
	p50 := map[string]float64{}
	for _, q := range l.Queries {
		p50[q.Name+q.AsAt] = q.P50
	}
	for _, q := range []struct {
		name   string
		target float64
	}{{planStatus, 1.5}, {allCounts, 5}} {
		if now := p50[q.name+"now"]; now > 0 {
			r.target(q.name+", past over current day", p50[q.name+"past"]/now, q.target, "times")
		}
	}
}
