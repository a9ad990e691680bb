package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"milepost.dev/internal/rig/bench"
)

// benchTable writes figures for people.
type benchTable struct{ out *tabwriter.Writer }

func (t benchTable) line(cells ...string) { fmt.Fprintln(t.out, strings.Join(cells, "\t")+"\t") }

func whole(v float64) string      { return fmt.Sprintf("%.0f", v) }
func hundredths(v float64) string { return fmt.Sprintf("%.2f", v) }

// measured prints figures for people.
func (inv *invocation) measured(r *bench.Report) error {
	t := benchTable{tabwriter.NewWriter(inv.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)}
	t.commands(r)
	t.growth(r.Growth)
	t.document(r.Document)
	t.ledger(r.Ledger)
	t.servers(r.Servers)
	if r.Pages != nil {
		t.budgets("PAGES", r.Pages.Budgets)
	}
	if len(r.Targets) > 0 {
		t.budgets("TARGETS", r.Targets)
	}
	return t.out.Flush()
}

// work is the columns of bench.Work.
func work(w bench.Work) []string {
	return []string{
		hundredths(w.CPU), hundredths(w.EchoCPU), hundredths(w.BareCPU), hundredths(w.CPURatio), hundredths(w.ServerCPU), fmt.Sprintf("%.1f", w.ServerObjects), whole(w.ServerBytes),
	}
}

var workColumns = []string{"CPU US", "ECHO US", "BARE US", "CPU RATIO", "SERVER US", "ALLOCS", "BYTES"}

func (t benchTable) commands(r *bench.Report) {
	if len(r.Unary) > 0 {
		t.line(append([]string{"CALLERS", "DURABLE/S", "ECHO/S", "RATIO", "P50 MS", "P99 MS", "ECHO P99", "FLUSHES/EVENT"}, workColumns...)...)
		for _, u := range r.Unary {
			t.line(append([]string{
				fmt.Sprint(u.Callers), whole(u.Durable), whole(u.Echo), hundredths(u.Ratio), hundredths(u.P50), hundredths(u.P99), hundredths(u.EchoP99),
				fmt.Sprintf("%.3f", u.FlushesPerEvent),
			}, work(u.Work)...)...)
		}
	}
	if len(r.Push) > 0 {
		t.line()
		t.line(append([]string{"STREAMS", "A MESSAGE", "DURABLE/S", "ECHO/S", "RATIO", "FLUSHES/EVENT"}, workColumns...)...)
		for _, p := range r.Push {
			t.line(append([]string{
				fmt.Sprint(p.Streams), fmt.Sprint(p.Together), whole(p.Durable), whole(p.Echo), hundredths(p.Ratio), fmt.Sprintf("%.4f", p.FlushesPerEvent),
			}, work(p.Work)...)...)
		}
	}
	t.line()
	if r.PushOverUnary > 0 {
		t.line("pushed over single calls", hundredths(r.PushOverUnary))
	}
	if p := r.Publish; p != nil {
		t.line("publish and flush, one publisher", whole(p.PerS)+"/s", hundredths(p.P50)+" ms")
		t.line(fmt.Sprintf("publish and flush, %d publishers", p.Publishers), whole(p.AllPerS)+"/s")
	}
	if o := r.OneCaller; o != nil {
		t.line("one caller over a publish and an echo", hundredths(o.Ratio))
	}
}

func (t benchTable) growth(g *bench.Growth) {
	if g == nil {
		return
	}
	t.line()
	t.line(append([]string{"EVENTS", "BY"}, append(workColumns, "WRITTEN B", "MB")...)...)
	for _, of := range g.Ledgers {
		t.line(append(append([]string{fmt.Sprint(of.Events), "calls"}, work(of.Unary)...), whole(of.BytesWritten), whole(of.RSSMB))...)
		t.line(append([]string{"", "streams"}, work(of.Push)...)...)
	}
	t.line("rise, calls and streams", hundredths(g.UnaryRise), hundredths(g.PushRise))
	if l := g.Late; l != nil {
		t.line(fmt.Sprintf("a milestone of %d, in order and late", l.Statements), hundredths(l.InOrder)+" us", hundredths(l.Late)+" us", hundredths(l.Ratio))
		t.line("all milestones, and all at one", hundredths(l.Spread)+" us", hundredths(l.Hot)+" us", hundredths(l.HotRatio))
	}
}

func (t benchTable) document(d *bench.Document) {
	if d == nil {
		return
	}
	t.line(fmt.Sprintf("read a document of %d rows", d.Rows), hundredths(d.ReadS)+" s")
	t.line("over cutting it into cells", hundredths(d.Ratio))
	t.line("memory of reading it", hundredths(d.HeapMB)+" MB")
	for _, run := range []struct {
		what string
		took *bench.Import
	}{{"import --dry-run", d.DryRun}, {"import into a new plan", d.Load}, {"import once more", d.Again}} {
		t.line(run.what, hundredths(run.took.S)+" s", hundredths(run.took.CPUS)+" s of its own", whole(run.took.MaxMB)+" MB at most")
	}
}

func (t benchTable) ledger(l *bench.Ledger) {
	if l == nil {
		return
	}
	t.line("events", fmt.Sprint(l.Events))
	t.line("pushed", whole(l.PushedPerS)+"/s")
	t.line("proved on all processors, and on one", whole(l.ProvePerS)+"/s", whole(l.ProveOnePerS)+"/s")
	t.line("folded from the first record", whole(l.FoldPerS)+"/s", hundredths(l.FoldCPU)+" us", hundredths(l.FoldOverProof)+" of proving")
	t.line("start to ready", hundredths(l.ReadyS)+" s")
	t.line("start to ready after a kill", hundredths(l.ReadyAfterKillS)+" s")
	t.line("start to ready without a saved fold", hundredths(l.ReadyWithoutFold)+" s")
	t.line("bytes on disk an event", whole(l.BytesPerEvent))
	for _, m := range l.RSS {
		t.line(fmt.Sprintf("memory at %d events", m.Events), whole(m.MB)+" MB")
	}
	t.line("memory of a further event", whole(l.BytesPerFurther)+" bytes", whole(l.LiveBytes)+" live")
	t.line("a collection of garbage", hundredths(l.CollectionMS)+" ms")
	for _, q := range l.Queries {
		t.line(q.Name+", "+q.AsAt, hundredths(q.P50)+" ms", hundredths(q.P99)+" ms")
	}
	if w := l.Watchers; w != nil {
		t.line(fmt.Sprintf("%d watchers, and one that never reads", w.Watchers), whole(w.Deliveries)+"/s", hundredths(w.P50)+" ms", hundredths(w.P99)+" ms")
		t.line("memory before and after", whole(w.Before)+" MB", whole(w.After)+" MB")
	}
}

func (t benchTable) servers(s *bench.Servers) {
	if s == nil {
		return
	}
	t.line(fmt.Sprintf("publish to %d NATS servers, one publisher", s.Replicas), whole(s.Publish.PerS)+"/s", hundredths(s.Publish.P50)+" ms")
	for _, w := range s.Callers {
		t.line(fmt.Sprintf("durable on them, %d callers", w.Callers), whole(w.Durable)+"/s", hundredths(w.P50)+" ms", hundredths(w.P99)+" ms")
	}
	t.line("the most over one publisher", hundredths(s.OverPublish))
	t.line("one caller through a node that passes on", hundredths(s.Forwarded.Through)+" ms", hundredths(s.Forwarded.Addition)+" ms more")
	t.line("CPU of that node for a request", whole(s.Forwarded.CPU)+" us", hundredths(s.Forwarded.Echoes)+" echoes")
	t.line(fmt.Sprintf("a new node reads %d events", s.Events), hundredths(s.NewNodeS)+" s")
}

// budgets are figures with what they may come to.
func (t benchTable) budgets(title string, all []bench.Budget) {
	t.line()
	t.line(title, "FIGURE", "TARGET", "")
	for _, b := range all {
		target, met := "", ""
		if b.Target > 0 {
			target = strings.TrimSuffix(strings.TrimSuffix(fmt.Sprintf("%.2f", b.Target), "0"), ".0")
			if met = "not met"; b.Met() {
				met = "met"
			}
		}
		unit := strings.TrimSuffix(strings.TrimSuffix(b.Unit, "at least"), " ")
		t.line(b.Name, strings.TrimSpace(fmt.Sprintf("%.2f %s", b.Figure, unit)), target, met)
	}
}
