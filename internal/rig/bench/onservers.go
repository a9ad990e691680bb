package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/eventstore/cluster/rawpublish"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/node"
)

// Servers is what a ledger on NATS servers does, with a node that writes and one that passes requests on to it.
type Servers struct {
	Replicas int        `json:"replicas"`
	Publish  Published  `json:"publish"`
	Callers  []OnWriter `json:"callers"`
	// OverPublish is the most commands a second over what one publisher publishes in the same round.
	OverPublish float64   `json:"over_publish"`
	Forwarded   Forwarded `json:"forwarded"`
	// Events are those of the ledger that a new node reads, and NewNodeS is how long it takes until it answers.
	Events   uint64  `json:"events"`
	NewNodeS float64 `json:"new_node_s"`
}

// Published is what one publisher comes to that waits for each acknowledgement.
type Published struct {
	PerS float64 `json:"per_s"`
	P50  float64 `json:"p50_ms"`
}

// OnWriter is single calls to the node that writes.
type OnWriter struct {
	Callers int     `json:"callers"`
	Durable float64 `json:"durable_per_s"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
}

// Forwarded is requests through a node that passes them on. CPU is that of this node for one, in microseconds, and EchoCPU that of an
// echo, callers and server together.
type Forwarded struct {
	CPU      float64 `json:"cpu_us"`
	EchoCPU  float64 `json:"echo_cpu_us"`
	Echoes   float64 `json:"echoes"`
	Direct   float64 `json:"direct_p50_ms"`
	Through  float64 `json:"through_p50_ms"`
	Addition float64 `json:"added_p50_ms"`
}

// crowded is how many callers there are where one is not enough.
const crowded = 256

// NotEmpty is an account with a ledger: nothing is measured in it.
type NotEmpty struct{}

func (NotEmpty) Error() string {
	return "there is a ledger in this account of the NATS servers, and measuring would write into it: name an account without one"
}

// onServers makes a ledger, measures it, and removes it.
func (b *bench) onServers(ctx context.Context) (err error) {
	begun, err := cluster.Begun(ctx, *b.OnServers)
	if err != nil {
		return err
	}
	if begun {
		return NotEmpty{}
	}
	b.say("making a ledger on the NATS servers")
	defer func() {
		err = errors.Join(err, rawpublish.Remove(context.WithoutCancel(ctx), b.OnServers.Connect))
	}()
	if _, err := node.InitCluster(ctx, *b.OnServers, cluster.Placing{Replicas: b.Replicas}, b.Software, clock.System(), clock.Entropy()); err != nil {
		return err
	}
	writes, err := b.serve(ctx, filepath.Join(b.dir, "first"), b.ServeOn...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, writes.kill()) }()
	if err := b.until(ctx, writes, "writing"); err != nil {
		return err
	}
	follows, err := b.serve(ctx, filepath.Join(b.dir, "second"), b.ServeOn...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, follows.kill()) }()
	echo, err := b.echo(ctx, frozenTurn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, echo.Close()) }()
	if err := prepare(ctx, writes.commands(0), statements("", 0, b.Plans, b.Each).begin("")); err != nil {
		return err
	}
	if err := b.until(ctx, follows, "following"); err != nil {
		return err
	}
	r := &Servers{Replicas: b.Replicas}
	b.report.Servers = r
	if err := b.roundsOnServers(ctx, r, writes, follows, echo); err != nil {
		return err
	}
	return b.newNode(ctx, r, writes)
}

// until waits until a node has a role, and has heard who writes.
func (b *bench) until(ctx context.Context, c *child, role string) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if n := roleOf(ctx, c); n.Role == role && (role == "writing" || n.Writer != "") {
			return nil
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("bench: a node was not %s within a minute", role)
		}
	}
}

// standing is what a node tells of itself.
type standing struct {
	Role     string `json:"role"`
	Writer   string `json:"writer"`
	Position uint64 `json:"position"`
}

func roleOf(ctx context.Context, c *child) standing {
	var told struct {
		Node standing `json:"node"`
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.site+"/readyz", nil)
	if err != nil {
		return told.Node
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return told.Node
	}
	defer response.Body.Close()
	_ = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&told) // a node that says something else has no role
	return told.Node
}

// roundsOnServers measures in turns what is compared.
func (b *bench) roundsOnServers(ctx context.Context, r *Servers, writes, follows *child, echo *server) error {
	callers := slices.Compact(slices.Sorted(slices.Values(append(slices.Clone(b.Callers), 1, crowded))))
	all := map[string][]float64{}
	add := func(key string, value float64) { all[key] = append(all[key], value) }
	for round := range b.Rounds {
		b.say("round %d of %d", round+1, b.Rounds)
		says := func(of string) func(int) *said {
			return func(caller int) *said {
				return statements(fmt.Sprint(of, round, "-", caller, "-"), uint64(round*1000+caller), b.Plans, b.Each)
			}
		}
		times, err := rawpublish.Run(ctx, b.OnServers.Connect, b.Replicas, requestBytes, b.For)
		if err != nil {
			return err
		}
		published := 1000 * float64(len(times)) / float64(max(total(times).Milliseconds(), 1))
		add("publish", published)
		add("publish p50", quantile(times, 0.5))
		most := 0.0
		for _, n := range callers {
			m, err := single(ctx, writes.server, load{callers: n, d: b.For}, says(fmt.Sprint("w", n, "-")))
			if err != nil {
				return fmt.Errorf("%d callers of the node that writes: %w", n, err)
			}
			key := fmt.Sprint("writes", n)
			add(key, m.perS)
			add(key+" p50", m.p50)
			add(key+" p99", m.p99)
			most = max(most, m.perS)
			if n == 1 {
				through, err := single(ctx, follows.server, load{callers: 1, d: b.For}, says("f1-"))
				if err != nil {
					return fmt.Errorf("a caller of a node that follows: %w", err)
				}
				add("through p50", through.p50)
				add("added", through.p50-m.p50)
			}
		}
		add("over", most/published)
		e, err := single(ctx, echo, load{callers: crowded, d: b.For}, says("e-"))
		if err != nil {
			return fmt.Errorf("echo: %w", err)
		}
		cpu, events, err := b.forwardedCPU(ctx, follows, says("f-"))
		if err != nil {
			return err
		}
		add("echo", e.cpuMicros)
		add("cpu", micros(cpu, events))
		add("echoes", micros(cpu, events)/e.cpuMicros)
	}
	of := func(key string) float64 { return median(all[key]) }
	r.Publish, r.OverPublish = Published{PerS: of("publish"), P50: of("publish p50")}, of("over")
	for _, n := range callers {
		key := fmt.Sprint("writes", n)
		r.Callers = append(r.Callers, OnWriter{Callers: n, Durable: of(key), P50: of(key + " p50"), P99: of(key + " p99")})
	}
	r.Forwarded = Forwarded{
		CPU: of("cpu"), EchoCPU: of("echo"), Echoes: of("echoes"), Direct: of("writes1 p50"), Through: of("through p50"), Addition: of("added"),
	}
	return nil
}

// forwardedCPU is how much a node works that passes requests on, and for how many: reading what they came to is part of it.
func (b *bench) forwardedCPU(ctx context.Context, follows *child, next func(int) *said) (time.Duration, int, error) {
	before := cpuOf(follows.cmd.Process.Pid)
	m, err := single(ctx, follows.server, load{callers: crowded, d: b.For}, next)
	if err != nil {
		return 0, 0, fmt.Errorf("callers of a node that follows: %w", err)
	}
	return cpuOf(follows.cmd.Process.Pid) - before, m.events, nil
}

func total(times []time.Duration) (sum time.Duration) {
	for _, t := range times {
		sum += t
	}
	return sum
}

// newNode fills the ledger, and measures how long a node takes that has read nothing of it.
func (b *bench) newNode(ctx context.Context, r *Servers, writes *child) error {
	if left := b.Events - int(roleOf(ctx, writes).Position); left > 0 {
		b.say("pushing %d events", left)
		if _, err := pushed(ctx, writes.server, load{callers: pushStreams, most: max(left, pushStreams)}, func(stream int) func() *pb.SubmitRequest {
			return statements(fmt.Sprint("n-", stream, "-"), uint64(stream), b.Plans, b.Each).next
		}); err != nil {
			return err
		}
	}
	r.Events = roleOf(ctx, writes).Position
	b.say("starting a new node")
	joins, err := b.serve(ctx, filepath.Join(b.dir, "third"), b.ServeOn...)
	if err != nil {
		return err
	}
	r.NewNodeS = joins.took.Seconds()
	return joins.kill()
}
