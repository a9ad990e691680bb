package datadir_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/backup/datadir"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/node"
	"milepost.dev/internal/oracle"
)

// server is a real one on a data directory.
type server struct {
	t    testing.TB
	data string
	node *node.Node
	conn *grpc.ClientConn
}

func start(t testing.TB, data string) *server {
	t.Helper()
	n, err := node.Start(context.Background(), node.Config{
		Data: data, Listen: "127.0.0.1:0", User: "test", Software: "test", Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, data: data, node: n}
	t.Cleanup(s.stop)
	if s.conn, err = grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken())); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *server) stop() {
	if s.conn != nil {
		s.conn.Close()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := s.node.Close(ctx); err != nil {
		s.t.Errorf("close: %v", err)
	}
}

// requestOf is a request that a reporter may send again.
func requestOf(id string, i int) *milepostv1.SubmitRequest {
	ref := fmt.Sprint("M", i%9)
	return &milepostv1.SubmitRequest{RequestId: fmt.Sprint(id, "-", i), Plan: "hubs", Commands: []*milepostv1.Command{
		{AsAt: "2017-01-01", Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}},
		{AsAt: "2017-01-01", Command: &milepostv1.Command_MilestoneAmended{MilestoneAmended: &milepostv1.MilestoneAmended{
			Ref: ref, Title: proto.String(fmt.Sprintf("Hub %s %d", id, i)), AllowMissing: true,
		}}},
		{AsAt: "2017-02-01", Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{
			Ref: ref, DeliveryDate: fmt.Sprintf("2018-%02d-%02d", 1+i%12, 1+i%28),
		}}},
		{AsAt: "2017-02-01", Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{
			Ref: ref, Owner: fmt.Sprint("Owner ", i),
		}}},
	}}
}

func (s *server) submit(m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return milepostv1.NewCommandServiceClient(s.conn).Submit(ctx, m)
}

// grow sends requests one after the other, and returns the receipts.
func (s *server) grow(id string, requests int) []*milepostv1.Receipt {
	s.t.Helper()
	receipts := make([]*milepostv1.Receipt, requests)
	for i := range receipts {
		answer, err := s.submit(requestOf(id, i))
		if err != nil {
			s.t.Fatal(err)
		}
		receipts[i] = answer.Receipt
	}
	return receipts
}

func (s *server) backup(dir string) *backup.Result {
	s.t.Helper()
	r, err := backup.Take(s.t.Context(), dir, backup.NewServer(s.conn), backup.Options{Now: time.Unix(1, 0)})
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// proved runs verify and check.
func (s *server) proved() oracle.Proof {
	s.t.Helper()
	return s.provedBut(0)
}

// provedBut is proved of a ledger of which so many parties are forgotten.
func (s *server) provedBut(forgotten int) oracle.Proof {
	s.t.Helper()
	report, err := oracle.NewServer(s.conn).Check(s.t.Context(), time.Now(), nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if report.Different > 0 || report.Proof.Named == nil || int(*report.Proof.Named)+forgotten != int(report.Proof.Parties) {
		s.t.Fatalf("check: %d of %d answers differ, %d of %d parties are named: %v",
			report.Different, report.Compared, *report.Proof.Named, report.Proof.Parties, report.Differences)
	}
	return report.Proof
}

// answersAt are what the server answers as known at a position.
func (s *server) answersAt(position uint64) []proto.Message {
	s.t.Helper()
	return s.answersOf("hubs", "2017-12-31", position)
}

// answersOf are what it answers about a plan as it stood on a day.
func (s *server) answersOf(plan, asAt string, position uint64) []proto.Message {
	s.t.Helper()
	queries := milepostv1.NewQueryServiceClient(s.conn)
	at := &milepostv1.ReadAt{AsAt: asAt, KnownAt: fmt.Sprint(position)}
	status, err := queries.ListStatus(s.t.Context(), &milepostv1.ListStatusRequest{Plan: plan, ReadAt: at, PageSize: 1000})
	if err != nil {
		s.t.Fatal(err)
	}
	slippage, err := queries.ListSlippage(s.t.Context(), &milepostv1.ListSlippageRequest{Plan: plan, ReadAt: at, All: true, PageSize: 1000})
	if err != nil {
		s.t.Fatal(err)
	}
	audit, err := queries.ListAudit(s.t.Context(), &milepostv1.ListAuditRequest{Plan: plan, ReadAt: &milepostv1.ReadAt{KnownAt: at.KnownAt}, PageSize: 1000})
	if err != nil {
		s.t.Fatal(err)
	}
	answers := []proto.Message{status, slippage, audit}
	for _, m := range answers { // the tokens of pages are a server's own
		fields := m.ProtoReflect().Descriptor().Fields()
		m.ProtoReflect().Clear(fields.ByName("next_page_token"))
		m.ProtoReflect().Clear(fields.ByName("spoken_for"))
	}
	return answers
}

func same(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("%s: %s", what, diff)
	}
}

// options of a restore into a new directory.
func into(data string) datadir.Options {
	return datadir.Options{Data: data, Software: "test", Clock: clock.System(), Entropy: clock.Entropy()}
}

// isAbsent holds that nothing lies at a path, nor anything beside it that is named after it.
func isAbsent(t testing.TB, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), filepath.Base(path)) {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}
