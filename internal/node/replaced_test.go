package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore/dirlock"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/client"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/oracle"
)

// state submits one statement, and answers the position of its receipt.
func state(ctx context.Context, conn *grpc.ClientConn, id string) (uint64, error) {
	answer, err := milepostv1.NewCommandServiceClient(conn).Submit(ctx, &milepostv1.SubmitRequest{
		RequestId: id, Plan: "hubs", Commands: []*milepostv1.Command{
			{Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}},
			{Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: id}}},
		},
	})
	events := answer.GetReceipt().GetEvents()
	if err != nil {
		return 0, err
	}
	return events[len(events)-1].Position, nil
}

func (c *child) state(t *testing.T, id string) uint64 {
	t.Helper()
	position, err := state(t.Context(), c.conn, id)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return position
}

// stops wants the process to end by itself with status 1, and answers what it said.
func (c *child) stops(t *testing.T) string {
	t.Helper()
	ended := time.AfterFunc(time.Minute, func() { _ = c.cmd.Process.Kill() })
	defer ended.Stop()
	err := c.cmd.Wait()
	c.conn.Close()
	c.in.Close()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("the server ended with %v", err)
	}
	return c.said.String()
}

// refusedOn wants a second server not to start, and to name who is in the way.
func refusedOn(t *testing.T, data string, pid int) {
	t.Helper()
	second := exec.Command(os.Args[0])
	second.Env = append(os.Environ(), serveFor+"="+data)
	said, err := second.CombinedOutput()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("a second server on %s: %v: %s", data, err, said)
	}
	if want := fmt.Sprintf("the data directory %s is in use by process %d: ", data, pid); !strings.Contains(string(said), want) {
		t.Errorf("a second server says %q, want %q in it", said, want)
	}
}

// Removing LOCK, or moving the directory, lets no second server in while the first is there.
func TestASecondServerIsRefusedWithoutLock(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first := spawn(t, data)
	defer first.kill()
	pid := first.cmd.Process.Pid
	first.state(t, "A")
	if err := os.Remove(filepath.Join(data, dirlock.File)); err != nil {
		t.Fatal(err)
	}
	refusedOn(t, data, pid)
	first.state(t, "B")
	refusedOn(t, data, pid) // and LOCK is back
	moved := data + "-moved"
	if err := errors.Join(os.Remove(filepath.Join(data, dirlock.File)), os.Rename(data, moved)); err != nil {
		t.Fatal(err)
	}
	refusedOn(t, moved, pid)
	if said := first.stops(t); !strings.Contains(said, "the data directory "+data+" was moved or removed while this server ran") {
		t.Errorf("the first says %q", said)
	}
	if entries, err := os.ReadDir(data); err == nil {
		t.Errorf("it has made another directory: %v", entries)
	}

	second := spawn(t, moved)
	defer second.kill()
	if position := second.state(t, "C"); position != 4 { // the plan, A and B come before
		t.Errorf("position %d", position)
	}
}

// With another directory at its path a server acknowledges nothing more and leaves, and what is at the path now is
// left as it was.
func TestAServerWhoseDirectoryWasReplacedLeaves(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	first := spawn(t, data)
	defer first.kill()
	first.state(t, "A")
	if err := errors.Join(os.CopyFS(data+"-copy", os.DirFS(data)), os.Rename(data, data+"-moved"), os.Rename(data+"-copy", data)); err != nil {
		t.Fatal(err)
	}
	before := contents(t, data)
	if _, err := state(t.Context(), first.conn, "B"); status.Code(err) != codes.Unavailable {
		t.Errorf("after that: %v", err)
	}
	if said := first.stops(t); !strings.Contains(said, "the data directory "+data+" was replaced by another directory while this server ran") {
		t.Errorf("it says %q", said)
	}
	if after := contents(t, data); !bytes.Equal(before, after) {
		t.Error("it has written into what took its place")
	}

	second := spawn(t, data)
	defer second.kill()
	_, _, commits, err := oracle.NewServer(second.conn).Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if events := findEvents(t, commits); len(events) != 2 || events[2] != "A" {
		t.Errorf("the ledger holds %v", events)
	}
	if position := second.state(t, "B"); position != 3 {
		t.Errorf("position %d", position)
	}
}

// contents is every file below a directory, by its path.
func contents(t *testing.T, dir string) []byte {
	t.Helper()
	var all bytes.Buffer
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			fmt.Fprintf(&all, "%s\n", path)
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(&all, "%s %x\n", path, data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.Bytes()
}

// A server that is asked for nothing but how it is says that its directory was replaced, and why it cannot go on.
// Closing it saves no fold into what took its place.
func TestReadinessTellsThatTheDirectoryWasReplaced(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	var said bytes.Buffer
	n, err := Start(t.Context(), Config{
		Data: data, Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", User: "test", Log: slog.New(slog.NewTextHandler(&said, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := state(t.Context(), conn, "A"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.CopyFS(data+"-copy", os.DirFS(data)), os.Rename(data, data+"-moved"), os.Rename(data+"-copy", data)); err != nil {
		t.Fatal(err)
	}
	before := contents(t, data)
	var replaced *embedded.Replaced
	if err := n.Wait(); !errors.As(err, &replaced) {
		t.Fatalf("it cannot go on: %v", err)
	}
	code, r := readyz(t, n)
	if code != http.StatusServiceUnavailable || r.Commands.State != grpcserver.CommandsStopped || r.Commands.Reason != replaced.Error() {
		t.Errorf("%d %+v", code, r.Commands)
	}
	if _, _, _, err := oracle.NewServer(conn).Verify(t.Context(), nil); status.Code(err) != codes.Unavailable {
		t.Errorf("a reader is told %v", err)
	}
	if err := n.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if after := contents(t, data); !bytes.Equal(before, after) {
		t.Error("it has written into what took its place")
	}
	if !strings.Contains(said.String(), "the data directory is not this server's any more") {
		t.Errorf("the log says %q", said.String())
	}
}
