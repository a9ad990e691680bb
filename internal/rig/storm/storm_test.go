package storm

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"

	milepostv1 "milepost.dev/api/milepost/v1"
)

var long = flag.Bool("storm", false, "the long form: 20,000 connections within a minute, and figures that are held to")

// known are the callers of a server who have credentials, and those who look after it, and how long they waited.
type known struct {
	t      *testing.T
	server *server
	stamp  string // before ids

	mu     sync.Mutex
	took   []time.Duration // of calls on a connection that is there; guarded by mu
	anew   []time.Duration // of those on one that was made for them; guarded by mu
	health []time.Duration // guarded by mu
	failed []string        // guarded by mu
	n      int             // of requests; guarded by mu
}

// every does something again and again until ctx ends, and notes how long it took.
func (k *known) every(ctx context.Context, pause time.Duration, to *[]time.Duration, what string, do func(context.Context, int) error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		k.mu.Lock()
		k.n++
		n := k.n
		k.mu.Unlock()
		began := time.Now()
		within, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		err := do(within, n)
		cancel()
		k.mu.Lock()
		*to = append(*to, time.Since(began))
		if err != nil {
			k.failed = append(k.failed, fmt.Sprintf("%s: %v", what, err))
		}
		k.mu.Unlock()
	}
}

func as(ctx context.Context, name string) context.Context {
	return metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+name)
}

func (k *known) dial() *grpc.ClientConn {
	conn, err := grpc.NewClient(k.server.GRPC, grpc.WithTransportCredentials(credentials.NewTLS(k.server.tls())))
	if err != nil {
		k.t.Fatal(err)
	}
	return conn
}

// work is all that those who are known do until ctx ends.
func (k *known) work(ctx context.Context) {
	var all sync.WaitGroup
	var conns []*grpc.ClientConn
	defer func() {
		all.Wait()
		for _, conn := range conns {
			conn.Close()
		}
	}()
	for _, name := range []string{"ann", "bob"} {
		conn := k.dial()
		conns = append(conns, conn)
		commands, queries := milepostv1.NewCommandServiceClient(conn), milepostv1.NewQueryServiceClient(conn)
		all.Go(func() {
			k.every(ctx, 20*time.Millisecond, &k.took, name+" states", func(ctx context.Context, n int) error {
				_, err := commands.Submit(as(ctx, name), stated(fmt.Sprint(name, k.stamp, n), n))
				return err
			})
		})
		all.Go(func() {
			k.every(ctx, 20*time.Millisecond, &k.took, name+" asks", func(ctx context.Context, n int) error {
				_, err := queries.GetMilestone(as(ctx, name), &milepostv1.GetMilestoneRequest{Plan: "hubs", Milestone: ref(n)})
				return err
			})
		})
		all.Go(func() {
			k.every(ctx, 500*time.Millisecond, &k.anew, name+" comes anew", func(ctx context.Context, _ int) error {
				conn := k.dial()
				defer conn.Close()
				_, err := milepostv1.NewQueryServiceClient(conn).ListPlans(as(ctx, name), &milepostv1.ListPlansRequest{})
				return err
			})
		})
	}
	all.Go(func() {
		k.every(ctx, 100*time.Millisecond, &k.took, "bob over HTTP", func(ctx context.Context, _ int) error { return k.get(ctx, http.DefaultClient, "/v1/plans", "bob") })
	})
	all.Go(func() {
		k.every(ctx, 500*time.Millisecond, &k.health, "health over gRPC", func(ctx context.Context, _ int) error {
			conn := k.dial()
			defer conn.Close()
			_, err := healthv1.NewHealthClient(conn).Check(ctx, &healthv1.HealthCheckRequest{})
			return err
		})
	})
	all.Go(func() {
		anew := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		k.every(ctx, 250*time.Millisecond, &k.health, "health over HTTP", func(ctx context.Context, n int) error {
			return k.get(ctx, anew, []string{"/healthz", "/readyz", "/metrics"}[n%3], "")
		})
	})
}

func (k *known) get(ctx context.Context, client *http.Client, path, name string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+k.server.HTTP+path, nil)
	if err != nil {
		return err
	}
	if name != "" {
		r.Header.Set("Authorization", "Bearer "+name)
	}
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, answer.Status)
	}
	return nil
}

// milestones is how many the plan has. Those who are known state dates of these and add none: a plan that grows takes longer
// and longer to answer, and it is the storm that is measured.
const milestones = 250

func ref(n int) string { return fmt.Sprint("M-", n%milestones) }

// stated is the nth statement of a date.
func stated(id string, n int) *milepostv1.SubmitRequest {
	day := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, n).Format(time.DateOnly)
	return &milepostv1.SubmitRequest{RequestId: id, Plan: "hubs", Commands: []*milepostv1.Command{
		{AsAt: "2020-01-01", Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: ref(n), DeliveryDate: day}}},
	}}
}

// part is the quantile of some times.
func part(of []time.Duration, q float64) time.Duration {
	if len(of) == 0 {
		return 0
	}
	of = slices.Sorted(slices.Values(of))
	return of[min(len(of)-1, int(q*float64(len(of))))].Round(100 * time.Microsecond)
}

// during has the known work for as long as do takes, and says how long they waited.
func (s *server) during(t *testing.T, what string, do func()) *known {
	t.Helper()
	k := &known{t: t, server: s, stamp: what}
	s.began(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); k.work(ctx) }()
	do()
	cancel()
	<-done
	t.Logf("%-10s %5d calls: p50 %s, p99 %s, worst %s; %d on a new connection: p99 %s; %d for health: worst %s; %d failed",
		what, len(k.took), part(k.took, 0.5), part(k.took, 0.99), part(k.took, 1), len(k.anew), part(k.anew, 0.99), len(k.health), part(k.health, 1), len(k.failed))
	return k
}

// began begins the plan.
func (s *server) began(t *testing.T) {
	t.Helper()
	k := &known{t: t, server: s}
	conn := k.dial()
	defer conn.Close()
	begin := &milepostv1.SubmitRequest{RequestId: "begin", Plan: "hubs", Commands: []*milepostv1.Command{
		{AsAt: "2020-01-01", Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{Name: "Hubs"}}},
	}}
	for n := range milestones {
		begin.Commands = append(begin.Commands, &milepostv1.Command{AsAt: "2020-01-01", Command: &milepostv1.Command_MilestoneAdded{
			MilestoneAdded: &milepostv1.MilestoneAdded{Ref: ref(n), Title: ref(n)},
		}})
	}
	_, err := milepostv1.NewCommandServiceClient(conn).Submit(as(t.Context(), "ann"), begin)
	if err != nil {
		t.Fatal(err)
	}
}

// did is what the strangers say that they did.
type did struct {
	Connections, Requests int
	NotConnected          int `json:"not_connected"`
}

// storm has strangers attack the server from a process of their own, and answers the most memory that it took meanwhile.
func (s *server) storm(t *testing.T, connections int, within time.Duration) (most float64, what did) {
	t.Helper()
	c := exec.Command(os.Args[0], fmt.Sprint(connections), within.String(), s.GRPC, s.HTTP)
	c.Env, c.Stderr = append(os.Environ(), role+"=strangers", "GOMAXPROCS=1"), os.Stderr // it is not to take the cores of who is measured
	ended := make(chan struct{})
	var told []byte
	var err error
	go func() { defer close(ended); told, err = c.Output() }()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for going := true; going; {
		select {
		case <-tick.C:
			most = max(most, s.memory(t))
		case <-ended:
			going = false
		}
	}
	if err != nil || json.Unmarshal(told, &what) != nil {
		t.Fatalf("the storm: %v %s", err, told)
	}
	t.Logf("%-10s %d connections, %d requests, %d that did not connect", "strangers", what.Connections, what.Requests, what.NotConnected)
	return most, what
}

// Those who are known, and those who look after the server, hardly notice a storm, and the memory that it takes comes back.
//
// Strangers who attack from this machine take its processors, whatever they attack. So the long form measures beside the quiet
// what is left to those who are known while another server is attacked, and holds the storm to twice that.
func TestStorm(t *testing.T) {
	connections, within, quiet := 1000, 4*time.Second, 2*time.Second
	if *long {
		connections, within, quiet = 20_000, 60*time.Second, 15*time.Second
	}
	s := start(t)
	calm := s.during(t, "quiet", func() { wait(t, quiet) })
	if *long {
		other := start(t)
		calm = s.during(t, "elsewhere", func() { other.storm(t, connections/3, within/3) })
	}
	before, most := s.memory(t), 0.0
	var what did
	storm := s.during(t, "storm", func() { most, what = s.storm(t, connections, within) })
	if what.Connections < connections*9/10 && *long {
		t.Errorf("%d connections were opened of %d", what.Connections, connections)
	}
	after := s.comesBack(t, before)
	t.Logf("%-10s %.0f MB before, %.0f at the most, %.0f after", "memory", before, most, after)
	for _, failed := range storm.failed[:min(5, len(storm.failed))] {
		t.Error(failed)
	}
	if most > before+200 {
		t.Errorf("the memory grew by %.0f MB", most-before)
	}
	bound := 2 * part(calm.took, 0.99)
	if !*long {
		bound = max(bound, 500*time.Millisecond) // of too few, beside other tests
	}
	if got := part(storm.took, 0.99); got > bound {
		t.Errorf("one call in a hundred took longer than %s, and without the storm %s", got, part(calm.took, 0.99))
	}
	for line := range strings.Lines(s.metrics(t)) {
		for _, name := range []string{"milepost_strangers", "milepost_places_refused_total", `milepost_calls_total{code="Unauth`} {
			if strings.HasPrefix(line, name) && *long {
				t.Log(strings.TrimSpace(line))
			}
		}
	}
}

// comesBack waits until the memory is about what it was, and says how much it is.
func (s *server) comesBack(t *testing.T, before float64) float64 {
	t.Helper()
	deadline := time.After(time.Minute)
	for {
		after := s.memory(t)
		if after < before+60 {
			return after
		}
		select {
		case <-deadline:
			t.Errorf("the memory does not come back: %.0f MB, and %.0f before", after, before)
			return after
		default:
			wait(t, 100*time.Millisecond)
		}
	}
}

func (s *server) metrics(t *testing.T) string {
	t.Helper()
	answer, err := http.Get("http://" + s.HTTP + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wait lets time pass, as the storm does.
func wait(t *testing.T, d time.Duration) {
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}
