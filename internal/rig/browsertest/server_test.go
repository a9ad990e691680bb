package browsertest

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/load/returns"
	"milepost.dev/internal/node"
	"milepost.dev/internal/rig/demo"
)

// serveFor is set where this test's own binary is to be a server, to be killed: data directory, gRPC and HTTP
// address, apart by commas.
const serveFor = "MILEPOST_TEST_SERVE"

func TestMain(m *testing.M) {
	if what := os.Getenv(serveFor); what != "" {
		serveUntilKilled(strings.Split(what, ","))
	}
	os.Exit(m.Run())
}

// serveUntilKilled prints the addresses and serves until standard input ends, which it does when the test that
// began it is gone.
func serveUntilKilled(what []string) {
	n, err := node.Start(context.Background(), node.Config{Data: what[0], Listen: what[1], HTTP: what[2], User: "test", Software: "test", Local: node.Local{State: what[0] + "-state"}})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(n.GRPCAddr(), n.HTTPAddr())
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// child is a server in a process of its own.
type child struct {
	cmd        *exec.Cmd
	in         io.Closer
	grpc, http string
}

func spawn(t *testing.T, data, grpc, http string) *child {
	t.Helper()
	c := &child{cmd: exec.Command(os.Args[0])}
	c.cmd.Env = append(os.Environ(), serveFor+"="+data+","+grpc+","+http)
	c.cmd.Stderr = os.Stderr
	in, err := c.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.in = in
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	c.grpc, c.http, _ = strings.Cut(strings.TrimSpace(line), " ")
	return c
}

// kill ends the process at once, as a crash does.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	c.in.Close()
}

// start runs a server within the test until it ends.
func start(t *testing.T, c node.Config) *node.Node {
	t.Helper()
	c.Data, c.Listen, c.HTTP, c.User = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0", "test"
	c.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	n, err := node.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := n.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return n
}

func dial(t *testing.T, n *node.Node) *client.Client {
	t.Helper()
	return dialTo(t, client.Config{Server: n.GRPCAddr(), Token: n.LocalToken()})
}

func dialTo(t *testing.T, config client.Config) *client.Client {
	t.Helper()
	config.RetryFor = patience
	c, err := client.Dial(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// district is a server on which part of the demonstration's year has gone by.
func district(t *testing.T, beats int) *node.Node {
	t.Helper()
	played := clock.NewPlayed(clock.System(), demo.Begins())
	n := start(t, node.Config{Clock: played, ClockOf: "demonstration"})
	server := dial(t, n)
	for _, beat := range demo.Year(demo.Seed)[:beats] {
		played.Reach(beat.At)
		push := returns.Push{Service: server, Plan: beat.Plan.ID, Name: beat.Plan.Name}
		if _, err := push.Run(t.Context(), bytes.NewReader(beat.Return.CSV)); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// submit states facts about plan hubs, and answers with the position that they led to.
func submit(t *testing.T, server *client.Client, id string, commands ...*pb.Command) uint64 {
	t.Helper()
	return submitTo(t, server, "hubs", id, commands...)
}

func submitTo(t *testing.T, server *client.Client, plan, id string, commands ...*pb.Command) uint64 {
	t.Helper()
	answer, err := server.Submit(t.Context(), &pb.SubmitRequest{RequestId: plan + "-" + id, Plan: plan, Commands: commands})
	if err != nil {
		t.Fatal(err)
	}
	return answer.GetReceipt().GetPosition()
}

func registered(name string) *pb.Command {
	return &pb.Command{AsAt: "2026-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: name}}}
}

func added(ref, title string) *pb.Command {
	return &pb.Command{AsAt: "2026-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: ref, Title: title, Workstream: "Access"}}}
}

func stated(ref, asAt, date, reason string) *pb.Command {
	return &pb.Command{AsAt: asAt, Command: &pb.Command_DeliveryDateStated{
		DeliveryDateStated: &pb.DeliveryDateStated{Ref: ref, DeliveryDate: date, Reason: reason},
	}}
}

// hubs is a plan of so many milestones, long enough to scroll.
func hubs(t *testing.T, server *client.Client, milestones int) {
	t.Helper()
	commands := []*pb.Command{registered("Community hubs")}
	for i := range milestones {
		ref := fmt.Sprintf("M%02d", i+1)
		commands = append(commands, added(ref, "Hub "+ref+" opens"), stated(ref, "2026-01-02", "2027-03-31", ""))
	}
	submit(t, server, "begin", commands...)
}
