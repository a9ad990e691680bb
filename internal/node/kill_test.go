package node

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/client"
	"milepost.dev/internal/oracle"
)

// serveFor is set where this test's own binary is to be a server on a data directory, to be killed.
const serveFor = "MILEPOST_TEST_SERVE"

func TestMain(m *testing.M) {
	if data := os.Getenv(serveFor); data != "" {
		serveUntilKilled(data)
	}
	if err := flag.Set("test.parallel", strconv.Itoa(clustersAtOnce)); err != nil { // unless the command line says another number
		panic(err)
	}
	os.Exit(m.Run())
}

// clustersAtOnce is how many tests with three NATS servers run beside each other, on however few processors.
const clustersAtOnce = 4

// serveUntilKilled prints the address and serves until standard input ends, which it does when the test
// that began it is gone, or until it cannot go on.
func serveUntilKilled(data string) {
	n, err := Start(context.Background(), Config{
		Data: data, Listen: "127.0.0.1:0", User: "test", Software: "test", SaveEvery: 500, Local: Local{State: stateFor(data)},
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(n.GRPCAddr())
	go func() { // ends with the process
		if err := n.Wait(); err != nil {
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			defer cancel()
			fmt.Fprintln(os.Stderr, errors.Join(err, n.Close(ctx)))
			os.Exit(1)
		}
	}()
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

// child is a server in a process of its own.
type child struct {
	cmd  *exec.Cmd
	conn *grpc.ClientConn
	in   io.Closer
	said *bytes.Buffer // on standard error; to be read when the process has ended
}

// stateFor is where the server on a data directory leaves its token.
func stateFor(data string) string { return data + "-state" }

func spawn(t *testing.T, data string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serveFor+"="+data)
	said := &bytes.Buffer{}
	cmd.Stderr = io.MultiWriter(os.Stderr, said)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	address = strings.TrimSpace(address)
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithLocalToken(stateFor(data), address))
	if err != nil {
		t.Fatal(err)
	}
	return &child{cmd: cmd, conn: conn, in: in, said: said}
}

// kill ends the process at once, as a crash does.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	c.conn.Close()
	c.in.Close()
}

// reporters send requests of one and of several commands from several goroutines, and remember every
// receipt they were given.
type reporters struct {
	mu       sync.Mutex
	receipts map[string]*milepostv1.Receipt
	unknown  map[string]*milepostv1.SubmitRequest // sent, and never answered
	answered int
	enough   int           // how many answers the next kill waits for
	reached  chan struct{} // closed when there are as many
}

// until returns a channel that is closed when so many more answers have come.
func (r *reporters) until(more int) <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.enough, r.reached = r.answered+more, make(chan struct{})
	return r.reached
}

func (r *reporters) request(round, worker, i int) *milepostv1.SubmitRequest {
	ref := fmt.Sprintf("W%d-%d", worker, i%7)
	commands := []*milepostv1.Command{{
		AsAt: "2017-01-01",
		Command: &milepostv1.Command_MilestoneAmended{MilestoneAmended: &milepostv1.MilestoneAmended{
			Ref: ref, Title: proto.String("Round " + fmt.Sprint(round)), AllowMissing: true,
		}},
	}, {
		AsAt: "2017-02-01",
		Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{
			Ref: ref, DeliveryDate: fmt.Sprintf("2018-%02d-%02d", 1+i%12, 1+i%28),
		}},
	}}
	return &milepostv1.SubmitRequest{
		RequestId: fmt.Sprintf("%d-%d-%d", round, worker, i), Plan: "hubs", Commands: commands[i%2:],
	}
}

// send sends one request. It says whether the server is still there.
func (r *reporters) send(commands milepostv1.CommandServiceClient, m *milepostv1.SubmitRequest) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	response, err := commands.Submit(ctx, m)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch status.Code(err) {
	case codes.OK:
		if before, ok := r.receipts[m.RequestId]; ok && !proto.Equal(before, response.Receipt) {
			panic(fmt.Sprintf("two receipts for %s: %v and %v", m.RequestId, before, response.Receipt))
		}
		r.receipts[m.RequestId] = response.Receipt
		delete(r.unknown, m.RequestId)
		if r.answered++; r.answered == r.enough {
			close(r.reached)
		}
		return true
	case codes.NotFound: // the milestone was not there yet: refused, and nothing is to be found
		return true
	default:
		r.unknown[m.RequestId] = m
		return false
	}
}

func TestKilledUnderLoad(t *testing.T) {
	const kills, workers = 20, 8
	data := t.TempDir()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	r := &reporters{receipts: map[string]*milepostv1.Receipt{}, unknown: map[string]*milepostv1.SubmitRequest{}}

	for round := range kills {
		server := spawn(t, data)
		commands := milepostv1.NewCommandServiceClient(server.conn)
		if round == 0 {
			r.send(commands, &milepostv1.SubmitRequest{RequestId: "begin", Plan: "hubs", Commands: []*milepostv1.Command{{
				AsAt: "2017-01-01", Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}},
			}}})
		}
		again := r.unknown
		r.unknown = map[string]*milepostv1.SubmitRequest{}
		for _, m := range again { // a reporter in doubt sends the very same again
			if !r.send(commands, m) {
				t.Fatalf("round %d: a request in doubt got no answer", round)
			}
		}
		reached := r.until(1 + random.IntN(400))
		var sending sync.WaitGroup
		for worker := range workers {
			sending.Go(func() {
				for i := 0; r.send(commands, r.request(round, worker, i)); i++ {
				}
			})
		}
		<-reached // the position at which it dies; a server that goes by itself runs into the test's deadline
		server.kill()
		sending.Wait()
	}

	server := spawn(t, data)
	defer server.kill()
	commands := milepostv1.NewCommandServiceClient(server.conn)
	for _, m := range r.unknown {
		if !r.send(commands, m) {
			t.Fatal("a request in doubt got no answer")
		}
	}
	byPosition := map[uint64]string{}
	for id, receipt := range r.receipts {
		for _, e := range receipt.Events {
			if other, ok := byPosition[e.Position]; ok {
				t.Errorf("position %d was given to %s and to %s", e.Position, id, other)
			}
			byPosition[e.Position] = id
		}
	}
	v, _, stored, err := oracle.NewServer(server.conn).Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	found := findEvents(t, stored)
	for position, id := range byPosition {
		if found[position] != id {
			t.Errorf("position %d holds request %q, and the receipt for it was given to %q", position, found[position], id)
		}
	}
	for position, id := range found {
		if byPosition[position] != id {
			t.Errorf("position %d holds request %q, which nobody has a receipt for", position, id)
		}
	}
	report, err := oracle.NewServer(server.conn).Check(t.Context(), time.Now(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.Different > 0 {
		t.Errorf("check: %v", report.Differences)
	}
	server.kill()
	if _, _, err := embedded.Verify(data, func(*eventstore.Commit) error { return nil }); err != nil {
		t.Errorf("verify of the directory: %v", err)
	}
	summary, _ := json.Marshal(v.Proof(nil))
	t.Logf("%d kills, %d receipts, %d positions: %s", kills, len(r.receipts), len(byPosition), summary)
}
