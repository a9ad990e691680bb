package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/output"
	"milepost.dev/internal/rig/bench"
)

// maxCallers bounds how many call a server of this machine at once.
const maxCallers = 2048

type benchCommand struct {
	Quick        bool          `xor:"size" help:"Measure very little, in some seconds, to see that it works. Its figures are worth nothing."`
	Short        bool          `xor:"size" help:"Measure what commands cost on a small ledger, in a minute, and fail where that is more than internal/rig/bench/gates.json allows. For CI."`
	Full         bool          `xor:"size" help:"Measure ledgers of 0.1, 1 and 3 million events beside each other, as the targets are set; half an hour and 10 GB of disk."`
	Rounds       int           `placeholder:"N" help:"How many rounds are interleaved; the medians are the result (default 5)."`
	For          time.Duration `placeholder:"DURATION" help:"How long each is measured in a round (default 1s; 5s with --nats)."`
	Sizes        []int         `placeholder:"N,..." help:"How many events the ledgers have that commands are measured on, in growth (default 100000,300000)."`
	Events       int           `placeholder:"N" help:"How many events the large ledger has (default 1000000)."`
	Watchers     int           `placeholder:"N" help:"How many watch at once (default 1000)."`
	Only         []string      `placeholder:"PART" enum:"unary,push,publish,growth,ledger,document,pages" help:"Only these parts: unary, push, publish, growth, ledger, document, pages."`
	Callers      []int         `placeholder:"N,..." help:"How many call at once, in unary (default 1,16,64,256)."`
	Streams      []int         `placeholder:"N,..." help:"How many streams push at once (default 1,8)."`
	NoReadModels bool          `help:"Keep only what commands are decided on. For unary and push; the server runs in this process."`
	OnNATS       []string      `name:"nats" placeholder:"URL" help:"Measure a ledger on these NATS servers instead, in an account without one; several with commas between them. The ledger is removed again. The user must be one who may create and remove streams."`
	NATSCreds    string        `name:"nats-creds" placeholder:"FILE" help:"With --nats: the credentials of that user: a .creds file, the seed of an NKey, or USER:PASSWORD."`
	NATSCA       string        `name:"nats-ca" placeholder:"FILE" help:"With --nats: certificates (PEM) that vouch for the NATS servers."`
	Monitor      []string      `name:"nats-monitor" placeholder:"URL" help:"With --nats: the monitoring addresses of all of them, to find out whether they sync every write. Without, --accept-unsynced is taken for granted."`
	Replicas     int           `default:"3" placeholder:"N" help:"With --nats: on how many servers each commit is stored (default 3)."`
	Dir          string        `placeholder:"DIR" help:"Where ledgers are made, on the disk that is to be measured; they are removed. One in memory is refused. The system's temporary directory where it is left out."`
	CPUProfile   string        `name:"cpu-profile" placeholder:"FILE" help:"Write a CPU profile, for go tool pprof: of callers and servers together, which run in one process for it."`
	Output       string        `short:"o" enum:"table,json" default:"table" help:"table (words) or json."`
	Yardstick    string        `hidden:"" help:"Run this echo until the process is ended: frozen or bare."`
}

// Help is shown by kong.
func (benchCommand) Help() string {
	return `Starts servers of its own on ledgers of its own, made from a seed, and measures them beside what gRPC and
JetStream alone do on this machine: commands of callers who wait for each answer and of streams that do not, every
one flushed to the disk before its receipt; ledgers of several sizes; starts and folds, questions, watchers, memory
and disk of a ledger of a million events.

The echo that commands are measured beside is frozen: the interceptors of the server as they were in November 2026,
with nothing behind them. A bare echo without interceptors is measured too. Server and callers are processes of
their own, and the work of the processors is that of both. What is compared is measured in turns, and medians of the
rounds are the result. At the end are the figures that have a target, met or not. It takes some minutes.

    milepost bench -o json >figures.json
    milepost bench --full --dir /var/tmp
    milepost bench --only growth --sizes 100000,1000000,5000000

With --nats a ledger is made on NATS servers that run, with one node that writes and one that passes requests on to it: commands a second beside
what one publisher publishes there in the same round, what passing a request on costs, and how long a new node takes to read --events.

    milepost bench --nats nats://n1:4222,nats://n2:4222,nats://n3:4222 --nats-monitor http://n1:8222,http://n2:8222,http://n3:8222

EXIT STATUS

    0  measured
    1  something failed, or --short found more than is allowed
    2  wrong usage`
}

// onNATSFor is how long each is measured on NATS servers, where nothing else is said: the first second is hundreds of callers that connect.
const onNATSFor = 5 * time.Second

// options are how much is measured.
func (c *benchCommand) options(inv *invocation) (bench.Options, error) {
	o := bench.Usual()
	switch {
	case c.Quick:
		o = bench.Quick()
	case c.Short:
		o = bench.Short()
	case c.Full:
		o = bench.Full()
	}
	for _, set := range []struct {
		from int
		to   *int
	}{{c.Rounds, &o.Rounds}, {c.Events, &o.Events}, {c.Watchers, &o.Watchers}} {
		if set.from > 0 {
			*set.to = set.from
		}
	}
	if len(c.OnNATS) > 0 && !c.Quick {
		o.For = onNATSFor
	}
	if c.For > 0 {
		o.For = c.For
	}
	for _, set := range []struct {
		from []int
		to   *[]int
	}{{c.Callers, &o.Callers}, {c.Streams, &o.Streams}, {c.Sizes, &o.Sizes}} {
		if len(set.from) > 0 {
			*set.to = set.from
		}
	}
	for _, n := range slices.Concat(o.Callers, o.Streams) {
		if n < 1 || n > maxCallers {
			return o, &usageError{fmt.Sprintf("--callers and --streams take numbers from 1 to %d, and %d is not one of them", maxCallers, n)}
		}
	}
	if !slices.IsSorted(o.Sizes) || o.Sizes[0] < bench.LeastSize {
		return o, &usageError{fmt.Sprintf("--sizes takes numbers of events from %d, the smallest first", bench.LeastSize)}
	}
	self, err := os.Executable()
	if err != nil {
		return o, err
	}
	if o.State, err = localtoken.Dir(inv.env); err != nil {
		return o, err
	}
	o.Serve, o.Import, o.Echo = []string{self, "serve"}, []string{self, "import"}, []string{self, "bench", "--yardstick"}
	if len(c.Only) > 0 {
		o.Only = c.Only
	}
	o.NoReadModels, o.OneProcess, o.Dir, o.Progress, o.Software = c.NoReadModels, c.CPUProfile != "", c.Dir, inv.stderr, version()
	if len(c.OnNATS) > 0 {
		o.Replicas = c.Replicas
		if o.OnServers, err = c.servers(&o.ServeOn); err != nil {
			return o, err
		}
	}
	return o, nil
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

// Run measures.
func (c *benchCommand) Run(inv *invocation) error {
	defer inv.paced()() // as a server is, which this process may also run
	if c.Yardstick != "" {
		return bench.ServeEcho(inv.ctx, c.Yardstick, inv.stderr)
	}
	o, err := c.options(inv)
	if err != nil {
		return err
	}
	stop, err := c.profile()
	if err != nil {
		return err
	}
	report, above, err := c.measure(inv, o)
	if err = errors.Join(err, stop()); err != nil {
		return err
	}
	if c.Output == "json" {
		err = output.NewEncoder(inv.stdout).Encode(report)
	} else {
		err = inv.measured(report)
	}
	if err == nil && len(above) > 0 {
		err = fmt.Errorf("a command costs more than it did:\n%s", strings.Join(above, "\n"))
	}
	return err
}

// attempts is how often what --short finds too much is measured: once, and again where the machine may have been busy with something else.
const attempts = 3

// measure measures. Above is what --short found too much each time.
func (c *benchCommand) measure(inv *invocation, o bench.Options) (report *bench.Report, above []string, err error) {
	for range attempts {
		if report, err = bench.Run(inv.ctx, o); err != nil || !c.Short {
			return report, nil, err
		}
		if above, err = report.Gate(); err != nil || len(above) == 0 {
			return report, nil, err
		}
		fmt.Fprintln(inv.stderr, strings.Join(above, "\n"))
	}
	return report, above, nil
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
