package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/output"
	"milepost.dev/internal/rig/bench"
)

// maxCallers bounds how many call a server of this machine at once.
const maxCallers = 2048

type benchCommand struct {
	Quick        bool          `help:"Measure very little, in some seconds, to see that it works. Its figures are worth nothing."`
	Rounds       int           `placeholder:"N" help:"How many rounds are interleaved; the medians are the result. Else 5."`
	For          time.Duration `placeholder:"DURATION" help:"How long each is measured in a round. Else 1s."`
	Events       int           `placeholder:"N" help:"How many events the large ledger has. Else 1000000."`
	Watchers     int           `placeholder:"N" help:"How many watch at once. Else 1000."`
	Only         []string      `placeholder:"PART" enum:"unary,push,publish,ledger,document,pages" help:"Only these parts: unary, push, publish, ledger, document, pages."`
	Callers      []int         `placeholder:"N,..." help:"How many call at once, in unary. Else 1,16,64,256."`
	Streams      []int         `placeholder:"N,..." help:"How many streams push at once. Else 1,8."`
	NoReadModels bool          `help:"Keep only what commands are decided on. For unary and push."`
	OnNATS       []string      `name:"nats" placeholder:"URL" help:"Measure a ledger on these NATS servers instead, in an account without one; several with commas between them. The ledger is removed again. The user must be one who may create and remove streams."`
	NATSCreds    string        `name:"nats-creds" placeholder:"FILE" help:"With --nats: the credentials of that user (a .creds file)."`
	NATSCA       string        `name:"nats-ca" placeholder:"FILE" help:"With --nats: certificates (PEM) that vouch for the NATS servers."`
	Monitor      []string      `name:"nats-monitor" placeholder:"URL" help:"With --nats: the monitoring addresses of all of them, to find out whether they sync every write. Without, --accept-unsynced is taken for granted."`
	Replicas     int           `default:"3" placeholder:"N" help:"With --nats: on how many servers each commit is stored (default 3)."`
	Dir          string        `placeholder:"DIR" help:"Where ledgers are made, on the disk that is to be measured; they are removed. Else the system's temporary directory."`
	CPUProfile   string        `name:"cpu-profile" placeholder:"FILE" help:"Write a CPU profile of this process, for go tool pprof: callers and server together in unary and push."`
	Output       string        `short:"o" enum:"table,json" default:"table" help:"table (words) or json."`
}

// Help is shown by kong.
func (benchCommand) Help() string {
	return `Starts servers of its own on ledgers of its own, made from a seed, and measures them beside what gRPC and
JetStream alone do on this machine: commands a second of callers who wait for each answer and of streams that
do not, every one flushed to the disk before its receipt, beside an empty echo with the same payload, connections
and interceptors; starts and folds, questions, watchers, memory and disk of a ledger of a million events. What is
compared is measured in turns, and medians of the rounds are the result. It takes some minutes.

    milepost bench -o json >figures.json

With --nats a ledger is made on NATS servers that run, with one node that writes and one that passes requests on to it: commands a second beside
what one publisher publishes there in the same round, what passing a request on costs, and how long a new node takes to read --events.

    milepost bench --nats nats://n1:4222,nats://n2:4222,nats://n3:4222 --nats-monitor http://n1:8222,http://n2:8222,http://n3:8222

EXIT STATUS

    0  measured
    1  something failed
    2  wrong usage`
}

// Run measures.
func (c *benchCommand) Run(inv *invocation) error {
	defer inv.paced()() // as a server is, which this process also runs
	o := bench.Full()
	if c.Quick {
		o = bench.Quick()
	}
	for _, set := range []struct {
		from int
		to   *int
	}{{c.Rounds, &o.Rounds}, {c.Events, &o.Events}, {c.Watchers, &o.Watchers}} {
		if set.from > 0 {
			*set.to = set.from
		}
	}
	if c.For > 0 {
		o.For = c.For
	}
	if len(c.Callers) > 0 {
		o.Callers = c.Callers
	}
	if len(c.Streams) > 0 {
		o.Streams = c.Streams
	}
	for _, n := range slices.Concat(o.Callers, o.Streams) {
		if n < 1 || n > maxCallers {
			return &usageError{fmt.Sprintf("--callers and --streams take numbers from 1 to %d, and %d is none", maxCallers, n)}
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if o.State, err = localtoken.Dir(inv.env); err != nil {
		return err
	}
	o.Serve, o.Import = []string{self, "serve"}, []string{self, "import"}
	o.Only, o.NoReadModels, o.Dir, o.Progress, o.Software = c.Only, c.NoReadModels, c.Dir, inv.stderr, version()
	if len(c.OnNATS) > 0 {
		if o.OnServers, err = c.servers(&o.ServeOn); err != nil {
			return err
		}
		o.Replicas = c.Replicas
	}
	stop, err := c.profile()
	if err != nil {
		return err
	}
	report, err := bench.Run(inv.ctx, o)
	if err = errors.Join(err, stop()); err != nil {
		return err
	}
	if c.Output == "json" {
		return output.NewEncoder(inv.stdout).Encode(report)
	}
	return inv.measured(report)
}

// servers are the NATS servers that are measured; flags become those of a node on them.
func (c *benchCommand) servers(flags *[]string) (*cluster.Options, error) {
	f := natsFlags{NATS: c.OnNATS, NATSCreds: c.NATSCreds, NATSCA: c.NATSCA, NATSMonitor: c.Monitor, AcceptUnsynced: len(c.Monitor) == 0}
	*flags = []string{"--nats", strings.Join(c.OnNATS, ",")}
	if c.NATSCreds != "" {
		*flags = append(*flags, "--nats-creds", c.NATSCreds)
	}
	if c.NATSCA != "" {
		*flags = append(*flags, "--nats-ca", c.NATSCA)
	}
	if len(c.Monitor) > 0 {
		*flags = append(*flags, "--nats-monitor", strings.Join(c.Monitor, ","))
	} else {
		*flags = append(*flags, "--accept-unsynced")
	}
	return f.options()
}

// profile begins to write a profile, where one is asked for.
func (c *benchCommand) profile() (stop func() error, err error) {
	if c.CPUProfile == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(c.CPUProfile)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return file.Close()
	}, nil
}

// measured prints figures for people.
func (inv *invocation) measured(r *bench.Report) error {
	out := tabwriter.NewWriter(inv.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(cells ...string) { fmt.Fprintln(out, strings.Join(cells, "\t")+"\t") }
	n := func(v float64) string { return fmt.Sprintf("%.0f", v) }
	f := func(v float64) string { return fmt.Sprintf("%.2f", v) }
	if len(r.Unary) > 0 {
		line("CALLERS", "DURABLE/S", "ECHO/S", "RATIO", "P50 MS", "P99 MS", "FLUSHES/EVENT", "CPU US", "ECHO US")
		for _, u := range r.Unary {
			line(fmt.Sprint(u.Callers), n(u.Durable), n(u.Echo), f(u.Ratio), f(u.P50), f(u.P99), fmt.Sprintf("%.3f", u.FlushesPerEvent), n(u.CPU), n(u.EchoCPU))
		}
	}
	if len(r.Push) > 0 {
		line()
		line("STREAMS", "DURABLE/S", "ECHO/S", "RATIO", "FLUSHES/EVENT", "CPU US", "ECHO US")
		for _, p := range r.Push {
			line(fmt.Sprint(p.Streams), n(p.Durable), n(p.Echo), f(p.Ratio), fmt.Sprintf("%.4f", p.FlushesPerEvent), n(p.CPU), n(p.EchoCPU))
		}
	}
	line()
	if r.PushOverUnary > 0 {
		line("pushed over single calls", f(r.PushOverUnary))
	}
	if p := r.Publish; p != nil {
		line("publish and flush, one publisher", n(p.PerS)+"/s", f(p.P50)+" ms")
		line(fmt.Sprintf("publish and flush, %d publishers", p.Publishers), n(p.AllPerS)+"/s")
	}
	if o := r.OneCaller; o != nil {
		line("one caller over a publish and an echo", f(o.Ratio))
	}
	if d := r.Document; d != nil {
		line(fmt.Sprintf("read a document of %d rows", d.Rows), f(d.ReadS)+" s")
		line("over cutting it into cells", f(d.Ratio))
		line("memory of reading it", f(d.HeapMB)+" MB")
		for _, run := range []struct {
			what string
			took *bench.Import
		}{{"import --dry-run", d.DryRun}, {"import into a new plan", d.Load}, {"import once more", d.Again}} {
			line(run.what, f(run.took.S)+" s", f(run.took.CPUS)+" s of its own", n(run.took.MaxMB)+" MB at most")
		}
	}
	if l := r.Ledger; l != nil {
		line("events", fmt.Sprint(l.Events))
		line("pushed", n(l.PushedPerS)+"/s")
		line("folded from the first record", n(l.FoldPerS)+"/s")
		line("start to ready", f(l.ReadyS)+" s")
		line("start to ready after a kill", f(l.ReadyAfterKillS)+" s")
		line("bytes on disk an event", n(l.BytesPerEvent))
		for _, m := range l.RSS {
			line(fmt.Sprintf("memory at %d events", m.Events), n(m.MB)+" MB")
		}
		line("memory of a further event", n(l.BytesPerFurther)+" bytes")
		for _, q := range l.Queries {
			line(q.Name+", "+q.AsAt, f(q.P50)+" ms", f(q.P99)+" ms")
		}
		if w := l.Watchers; w != nil {
			line(fmt.Sprintf("%d watchers, and one that never reads", w.Watchers), n(w.Deliveries)+"/s", f(w.P50)+" ms", f(w.P99)+" ms")
			line("memory before and after", n(w.Before)+" MB", n(w.After)+" MB")
		}
	}
	if s := r.Servers; s != nil {
		line(fmt.Sprintf("publish to %d NATS servers, one publisher", s.Replicas), n(s.Publish.PerS)+"/s", f(s.Publish.P50)+" ms")
		for _, w := range s.Callers {
			line(fmt.Sprintf("durable on them, %d callers", w.Callers), n(w.Durable)+"/s", f(w.P50)+" ms", f(w.P99)+" ms")
		}
		line("the most over one publisher", f(s.OverPublish))
		line("one caller through a node that passes on", f(s.Forwarded.Through)+" ms", f(s.Forwarded.Addition)+" ms more")
		line("CPU of that node for a request", n(s.Forwarded.CPU)+" us", f(s.Forwarded.Echoes)+" echoes")
		line(fmt.Sprintf("a new node reads %d events", s.Events), f(s.NewNodeS)+" s")
	}
	if p := r.Pages; p != nil {
		line("PAGES", "FIGURE", "TARGET", "")
		for _, b := range p.Budgets {
			target, met := "", ""
			if b.Target > 0 {
				target = strings.TrimSuffix(fmt.Sprintf("%.1f", b.Target), ".0")
				if met = "met"; b.Figure > b.Target != strings.Contains(b.Unit, "at least") {
					met = "not met"
				}
			}
			line(b.Name, strings.TrimSpace(fmt.Sprintf("%.1f %s", b.Figure, strings.TrimSuffix(b.Unit, " at least"))), target, met)
		}
	}
	return out.Flush()
}
