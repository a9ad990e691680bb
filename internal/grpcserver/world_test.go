package grpcserver_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/access"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/replica"
	"milepost.dev/internal/writer"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
)

var day = time.Date(2018, 1, 15, 9, 0, 0, 0, time.UTC)

// world is a whole server on a ledger in memory.
type world struct {
	t      *testing.T
	log    *memory.Log
	names  *parties.Directory
	clock  *clock.Manual
	book   *projections.Book
	writer *writer.Writer
	logged *strings.Builder
	config grpcserver.Config
	report grpcserver.Report

	server *grpcserver.Server
	addr   string
}

func (w *world) Readiness() grpcserver.Report { return w.report }

// newWorld opens a writer. start serves it.
func newWorld(t *testing.T) *world {
	t.Helper()
	names, err := parties.Open(t.Context(), parties.NewMemory(), clock.Seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, log: memory.New(), names: names, clock: clock.NewManual(day), logged: &strings.Builder{}}
	quiet := slog.New(slog.DiscardHandler)
	follows := replica.New(replica.Config{})
	w.book = follows.Book()
	w.writer, err = writer.Open(t.Context(), writer.Config{
		Store: w.log, Replica: follows, Parties: names,
		Clock: clock.NewGuard(w.clock, clock.Tolerance), IDs: clock.NewIDs(clock.Seeded(2)), Entropy: clock.Seeded(3),
		Log: quiet, Software: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		w.writer.Close()
		if err := errors.Join(w.writer.Wait(), follows.Close(true)); err != nil {
			t.Error(err)
		}
	})
	w.report = grpcserver.Report{
		Commands:   grpcserver.CommandsReport{Accepting: true},
		ReadModels: grpcserver.ReadModelsReport{CaughtUp: true},
		Ledger:     grpcserver.LedgerReport{State: grpcserver.LedgerOK},
	}
	w.config = grpcserver.Config{
		Submitter: w.writer, Book: w.book, Records: audit.NewRecords(w.log, w.book), Commits: w.log, Parties: names,
		Readiness: w, Access: access.NewLocal("test", localToken, true), Clock: w.clock, Entropy: clock.Seeded(4), Log: quiet,
	}
	return w
}

// localToken is that of a server without credentials.
const localToken = "milepost_local"

// start serves on a port of its own until the test ends.
func (w *world) start() *world {
	w.t.Helper()
	var err error
	if w.server, err = grpcserver.New(w.config); err != nil {
		w.t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	w.addr = l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- w.server.Serve(l) }()
	w.t.Cleanup(func() {
		w.stop()
		if err := <-served; err != nil {
			w.t.Error("serve:", err)
		}
	})
	return w
}

func (w *world) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	w.server.Stop(ctx)
	if ctx.Err() != nil {
		w.t.Error("the server did not stop")
	}
}

func (w *world) dial(options ...grpc.DialOption) *grpc.ClientConn {
	w.t.Helper()
	if len(options) == 0 {
		options = []grpc.DialOption{grpc.WithTransportCredentials(insecure.NewCredentials())}
		if _, local := w.config.Access.(*access.Local); local {
			options = append(options, client.WithToken(localToken))
		}
	}
	conn, err := grpc.NewClient(w.addr, options...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func (w *world) commands() milepostv1.CommandServiceClient {
	return milepostv1.NewCommandServiceClient(w.dial())
}

func (w *world) queries() milepostv1.QueryServiceClient {
	return milepostv1.NewQueryServiceClient(w.dial())
}

// submit states facts about plan hubs, in a request of its own, a minute after the one before.
func (w *world) submit(commands ...*milepostv1.Command) uint64 {
	w.t.Helper()
	w.clock.Advance(time.Minute)
	answer, err := w.writer.Submit(w.t.Context(), access.Caller{Name: "ann", Organisation: "Programme Office"},
		&milepostv1.SubmitRequest{RequestId: fmt.Sprint("r", w.clock.Now().UnixNano()), Plan: "hubs", Commands: commands})
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.Receipt.Position
}

func registered() *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-01-01", Command: &milepostv1.Command_PlanRegistered{
		PlanRegistered: &milepostv1.PlanRegistered{Name: "Community hubs"},
	}}
}

func added(ref string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: "2017-01-02", Command: &milepostv1.Command_MilestoneAdded{
		MilestoneAdded: &milepostv1.MilestoneAdded{Ref: ref, Title: "Milestone " + ref, Workstream: "Access"},
	}}
}

func stated(ref, asAt, date string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_DeliveryDateStated{
		DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: ref, DeliveryDate: date},
	}}
}

func owned(ref, asAt, owner string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_OwnerChanged{
		OwnerChanged: &milepostv1.OwnerChanged{Ref: ref, Owner: owner},
	}}
}

// hubs is a plan of five milestones that slipped a little.
func (w *world) hubs() {
	w.t.Helper()
	w.submit(registered())
	for i := range 5 {
		ref := fmt.Sprintf("M%d", i+1)
		w.submit(added(ref), stated(ref, "2017-01-10", "2017-06-30"))
	}
	w.submit(stated("M1", "2017-03-01", "2017-09-30"), stated("M2", "2017-03-01", "2017-05-31"))
	w.submit(stated("M1", "2017-04-01", "2017-12-31"), owned("M1", "2017-04-01", "Ada Lovelace"))
}

func withToken(t *testing.T, token string) context.Context {
	return metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+token)
}

func sum(token string) string {
	s := sha256.Sum256([]byte(token))
	return hex.EncodeToString(s[:])
}

// info is the ErrorInfo of a status that is expected to be of a code and to break a rule.
func info(t *testing.T, err error, code codes.Code, rule string) *errdetails.ErrorInfo {
	t.Helper()
	if status.Code(err) != code {
		t.Fatalf("error %v, want %s %s", err, code, rule)
	}
	for _, d := range status.Convert(err).Details() {
		if i, ok := d.(*errdetails.ErrorInfo); ok {
			if i.Reason != rule || i.Domain != "milepost.dev" {
				t.Fatalf("reason %s of %s, want %s: %v", i.Reason, i.Domain, rule, err)
			}
			return i
		}
	}
	t.Fatalf("%v has no ErrorInfo", err)
	return nil
}
