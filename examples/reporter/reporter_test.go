package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/node"
)

// What this test's own binary is to be where one of these is set: a server, or the reporter itself.
const (
	serveOn   = "REPORTER_TEST_SERVE" // DIRECTORY|ADDRESS
	reportFor = "REPORTER_TEST_REPORT"
)

func TestMain(m *testing.M) {
	if on := os.Getenv(serveOn); on != "" {
		serve(on)
	}
	if os.Getenv(reportFor) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func serve(on string) {
	data, address, _ := strings.Cut(on, "|")
	n, err := node.Start(context.Background(), node.Config{Data: data, Listen: address, Local: node.Local{Open: true}, Software: "test"})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(n.GRPCAddr())
	_, _ = io.Copy(io.Discard, os.Stdin) // until whoever began it is gone
	os.Exit(0)
}

// process is one that is killed when its time has come, or with the test.
type process struct {
	*exec.Cmd
	lines *bufio.Scanner
}

func begin(t *testing.T, env string, args ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0], args...)}
	p.Env, p.Stderr = append(os.Environ(), env), t.Output()
	in, err := p.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(out)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill(); in.Close() })
	return p
}

func (p *process) kill() {
	_ = p.Process.Kill()
	_ = p.Wait()
}

// changes are of twelve milestones, ten each, no two of a milestone with the same date.
func changes(t *testing.T, name string) (all []Change) {
	t.Helper()
	var text bytes.Buffer
	for i := range 120 {
		c := Change{
			ID: fmt.Sprintf("PT-%d", 1000+i), Ref: fmt.Sprintf("M%d", i%12), Title: fmt.Sprintf("Milestone %d", i%12),
			AsAt: "2017-01-01", DeliveryDate: fmt.Sprintf("2018-%02d-15", 1+i/12), Reason: "The tool says so",
		}
		if i == 50 {
			c.DeliveryDate = "some day soon-ish 2017-99"
			c.AsAt = "yesterday" // which the server refuses, and the others go on
		}
		line, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		c.line = append(line, '\n')
		text.Write(c.line)
		all = append(all, c)
	}
	if err := os.WriteFile(name, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return all
}

// wire is what is between the reporter and the server. It can swallow the answers on the connections that there are.
type wire struct {
	address     string
	connections atomic.Int64 // that there were
	deaf        atomic.Int64 // the last of them that brings nothing back
}

func (w *wire) swallow() { w.deaf.Store(w.connections.Load()) }

func between(t *testing.T, server string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{address: l.Addr().String()}
	var carrying sync.WaitGroup
	carrying.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			number := w.connections.Add(1)
			carrying.Go(func() { w.carry(near, server, number) })
		}
	})
	t.Cleanup(func() { l.Close(); carrying.Wait() }) // the processes have gone by then, and their connections with them
	return w
}

// carry carries one connection until an end of it closes.
func (w *wire) carry(near net.Conn, server string, number int64) {
	defer near.Close()
	far, err := net.Dial("tcp", server)
	if err != nil {
		return // it is not back yet
	}
	defer far.Close()
	var there sync.WaitGroup
	there.Go(func() { _, _ = io.Copy(far, near); far.Close() })
	answer := make([]byte, 16<<10)
	for {
		n, err := far.Read(answer)
		if n > 0 && number > w.deaf.Load() {
			_, _ = near.Write(answer[:n])
		}
		if err != nil {
			near.Close()
			there.Wait()
			return
		}
	}
}

// The server is killed five times while the reporter sends, and the reporter itself four times, each time when a
// change is in the ledger and its answer is lost. In the end the mark of what was answered is lost as well.
func TestNothingIsLostOrDoubled(t *testing.T) {
	data, outbox := t.TempDir(), filepath.Join(t.TempDir(), "outbox.ndjson")
	all := changes(t, outbox)
	start := func(address string) (*process, string) {
		server := begin(t, serveOn+"="+data+"|"+address)
		if !server.lines.Scan() {
			t.Fatal("the server did not start")
		}
		return server, server.lines.Text()
	}
	server, address := start("127.0.0.1:0")
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	queries := pb.NewQueryServiceClient(conn)
	if _, err := pb.NewCommandServiceClient(conn).Submit(t.Context(), &pb.SubmitRequest{RequestId: "begin", Plan: "hubs", Commands: []*pb.Command{{
		AsAt: "2017-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{}},
	}}}); err != nil {
		t.Fatal(err)
	}

	wire := between(t, address)
	report := func() *process {
		return begin(t, reportFor+"=1", "-server", wire.address, "-plan", "hubs", "-outbox", outbox)
	}
	reporter, kills, begun, replayed := report(), 0, 1, 0
	for since := 0; ; {
		if !reporter.lines.Scan() {
			if err := reporter.Wait(); err != nil {
				t.Fatalf("the reporter left: %v", err)
			}
			break // at the end of the outbox
		}
		var position uint64
		if _, at, ok := strings.Cut(reporter.lines.Text(), "at position "); ok {
			if _, err := fmt.Sscan(at, &position); err != nil {
				t.Fatal(err)
			}
		}
		if strings.Contains(reporter.lines.Text(), "before") {
			replayed++
		}
		if since++; since < 11 || position == 0 || kills+begun == 10 {
			continue
		}
		// The next change becomes durable, and nobody hears of it.
		wire.swallow()
		if _, err := queries.ListPlans(t.Context(), &pb.ListPlansRequest{ReadAt: &pb.ReadAt{MinPosition: position + 1}}, grpc.WaitForReady(true)); err != nil {
			t.Fatal(err)
		}
		if since = 0; kills <= begun {
			server.kill()
			server, _ = start(address)
			kills++
		} else {
			reporter.kill()
			if begun == 4 { // the mark is lost too: everything is sent once more
				if err := os.Remove(outbox + ".sent"); err != nil {
					t.Fatal(err)
				}
			}
			reporter = report()
			begun++
		}
	}
	if kills+begun < 10 || replayed == 0 {
		t.Fatalf("%d kills of the server, %d of the reporter, and %d receipts that were given before", kills, begun-1, replayed)
	}

	refused, err := os.ReadFile(outbox + ".refused")
	if err != nil || !strings.Contains(string(refused), `"rule":"as-at-not-iso"`) || !strings.Contains(string(refused), "PT-1050") {
		t.Errorf("set aside: %s (%v)", refused, err)
	}
	trail, err := queries.ListAudit(t.Context(), &pb.ListAuditRequest{Plan: "hubs"}, grpc.WaitForReady(true))
	if err != nil {
		t.Fatal(err)
	}
	events := map[string][]string{}
	for _, e := range trail.Entries {
		if e.Event != "MilestoneAdded" && e.Event != "PlanRegistered" {
			events[e.RequestId] = append(events[e.RequestId], e.Event+" "+e.After["forecast"])
		}
	}
	stated := 0
	for i, c := range all {
		switch got := events[c.requestID()]; {
		case i == 50 && len(got) == 0:
		case len(got) != 1 || !strings.HasSuffix(got[0], c.DeliveryDate):
			t.Errorf("%s came to %q, and not to one event with %s", c.ID, got, c.DeliveryDate)
		default:
			stated++
		}
	}
	if stated != 119 || len(events) != stated {
		t.Errorf("%d changes came to %d, of %d requests", len(all), stated, len(events))
	}
}
