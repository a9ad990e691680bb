package oracle_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/node"
	"milepost.dev/internal/oracle"
	"milepost.dev/internal/parties"
)

// serve runs a server with a plan of three milestones, one of which slipped.
func serve(t *testing.T) *grpc.ClientConn {
	t.Helper()
	n, err := node.Start(t.Context(), node.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", User: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	commands := []*milepostv1.Command{
		{AsAt: "2017-01-10", Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}},
	}
	for i := range 3 {
		ref := fmt.Sprint("M", i)
		commands = append(commands,
			&milepostv1.Command{AsAt: "2017-01-10", Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: ref}}},
			&milepostv1.Command{AsAt: "2017-01-10", Command: &milepostv1.Command_DeliveryDateStated{DeliveryDateStated: &milepostv1.DeliveryDateStated{Ref: ref, DeliveryDate: "2017-06"}}},
			&milepostv1.Command{AsAt: "2017-02-10", Command: &milepostv1.Command_OwnerChanged{OwnerChanged: &milepostv1.OwnerChanged{Ref: ref, Owner: "Estates lead"}}})
	}
	slip := []*milepostv1.Command{{AsAt: "2017-03-10", Command: &milepostv1.Command_MilestoneSlipped{MilestoneSlipped: &milepostv1.MilestoneSlipped{Ref: "M1", DeliveryDate: "2017-09"}}}}
	client := milepostv1.NewCommandServiceClient(conn)
	for i, commands := range [][]*milepostv1.Command{commands, slip} {
		if _, err := client.Submit(t.Context(), &milepostv1.SubmitRequest{RequestId: fmt.Sprint(i), Plan: "hubs", Commands: commands}); err != nil {
			t.Fatal(err)
		}
	}
	return conn
}

// liar is a server whose answers are not those of its ledger.
type liar struct {
	milepostv1.QueryServiceClient
	plans  func(*milepostv1.ListPlansResponse)
	status func(*milepostv1.ListStatusResponse)
	trail  func(*milepostv1.ListAuditResponse)
	owners func(*milepostv1.ListOwnersResponse)
	money  func(*milepostv1.ListFundingResponse)
	roles  func(*milepostv1.ListRolesResponse)
}

func (l liar) ListRoles(ctx context.Context, m *milepostv1.ListRolesRequest, o ...grpc.CallOption) (*milepostv1.ListRolesResponse, error) {
	answer, err := l.QueryServiceClient.ListRoles(ctx, m, o...)
	if err == nil && l.roles != nil {
		l.roles(answer)
	}
	return answer, err
}

func (l liar) ListOwners(ctx context.Context, m *milepostv1.ListOwnersRequest, o ...grpc.CallOption) (*milepostv1.ListOwnersResponse, error) {
	answer, err := l.QueryServiceClient.ListOwners(ctx, m, o...)
	if err == nil && l.owners != nil {
		l.owners(answer)
	}
	return answer, err
}

func (l liar) ListFunding(ctx context.Context, m *milepostv1.ListFundingRequest, o ...grpc.CallOption) (*milepostv1.ListFundingResponse, error) {
	answer, err := l.QueryServiceClient.ListFunding(ctx, m, o...)
	if err == nil && l.money != nil {
		l.money(answer)
	}
	return answer, err
}

func (l liar) ListPlans(ctx context.Context, m *milepostv1.ListPlansRequest, o ...grpc.CallOption) (*milepostv1.ListPlansResponse, error) {
	answer, err := l.QueryServiceClient.ListPlans(ctx, m, o...)
	if err == nil && l.plans != nil {
		l.plans(answer)
	}
	return answer, err
}

func (l liar) ListStatus(ctx context.Context, m *milepostv1.ListStatusRequest, o ...grpc.CallOption) (*milepostv1.ListStatusResponse, error) {
	answer, err := l.QueryServiceClient.ListStatus(ctx, m, o...)
	if err == nil && l.status != nil {
		l.status(answer)
	}
	return answer, err
}

func (l liar) ListAudit(ctx context.Context, m *milepostv1.ListAuditRequest, o ...grpc.CallOption) (*milepostv1.ListAuditResponse, error) {
	answer, err := l.QueryServiceClient.ListAudit(ctx, m, o...)
	if err == nil && l.trail != nil {
		l.trail(answer)
	}
	return answer, err
}

func TestCheckFindsALie(t *testing.T) {
	conn := serve(t)
	honest := oracle.NewServer(conn)
	for name, c := range map[string]struct {
		lie  liar
		lies bool
	}{
		"none": {},
		"a date moved quietly": {lies: true, lie: liar{status: func(m *milepostv1.ListStatusResponse) {
			for _, s := range m.Milestones {
				if s.Ref == "M1" {
					s.Forecast = "2017-06-30"
				}
			}
		}}},
		"a plan that looks better than it is": {lies: true, lie: liar{plans: func(m *milepostv1.ListPlansResponse) {
			for _, p := range m.Plans {
				p.Slipped = 0
			}
		}}},
		"a milestone left out": {lies: true, lie: liar{status: func(m *milepostv1.ListStatusResponse) {
			if len(m.Milestones) > 0 {
				m.Milestones = m.Milestones[1:]
			}
		}}},
		"an owner who never was": {lies: true, lie: liar{owners: func(m *milepostv1.ListOwnersResponse) {
			for _, o := range m.Owners {
				o.Owner = "somebody else"
			}
		}}},
		"a role that nobody granted": {lies: true, lie: liar{roles: func(m *milepostv1.ListRolesResponse) {
			m.Roles = append(m.Roles, &milepostv1.RoleHeld{Holder: "Mallory", Plan: "*", Role: "admin", Source: "grant"})
		}}},
		"money that nobody stated": {lies: true, lie: liar{money: func(m *milepostv1.ListFundingResponse) {
			m.Lines = append(m.Lines, &milepostv1.FundingLine{Line: "ETTF-7", State: "confirmed", Amount: "132000.00"})
		}}},
		"somebody else said it": {lies: true, lie: liar{trail: func(m *milepostv1.ListAuditResponse) {
			for _, e := range m.Entries {
				e.Actor = "somebody else"
			}
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			c.lie.QueryServiceClient = honest.Query
			report, err := oracle.Server{Audit: honest.Audit, Query: c.lie}.Check(t.Context(), time.Now(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if (report.Different > 0) != c.lies || (len(report.Differences) > 0) != c.lies || report.Compared < 10 {
				t.Errorf("%d of %d answers differ: %v", report.Different, report.Compared, report.Differences)
			}
			if p := report.Proof; p.Position != 11 || p.Parties != 2 || *p.Named != 2 {
				t.Errorf("the proof is %+v", p)
			}
		})
	}
}

// editor is a server whose ledger was edited on its way.
type editor struct {
	milepostv1.AuditServiceClient
	party func(*milepostv1.Party)
}

func (e editor) ListParties(ctx context.Context, m *milepostv1.ListPartiesRequest, o ...grpc.CallOption) (*milepostv1.ListPartiesResponse, error) {
	answer, err := e.AuditServiceClient.ListParties(ctx, m, o...)
	if err == nil {
		e.party(answer.Parties[0])
	}
	return answer, err
}

// A name that was forgotten is shown alike by whoever serves and whoever checks, or every answer that names
// it would be taken for a lie.
func TestAForgottenPartyIsShownAsTheServerShowsIt(t *testing.T) {
	directory, err := parties.Open(t.Context(), parties.NewMemory(), clock.Seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	id, err := directory.Resolve(t.Context(), "Ada Lovelace")
	if err == nil {
		err = directory.Forget(t.Context(), id)
	}
	if err != nil {
		t.Fatal(err)
	}
	names, err := oracle.ProveNames(nil)
	if err != nil {
		t.Fatal(err)
	}
	if served, checked := directory.Display(id), names.Display(id); served != checked || served == "" {
		t.Errorf("served as %q, and checked as %q", served, checked)
	}
}

func TestVerifyTrustsNobody(t *testing.T) {
	honest := oracle.NewServer(serve(t))
	_, _, commits, err := honest.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	renamed := honest
	renamed.Audit = editor{honest.Audit, func(p *milepostv1.Party) { p.Name = "Somebody else" }}
	if _, _, _, err := renamed.Verify(t.Context(), nil); err == nil {
		t.Error("another name was put behind a party id, and verified")
	}
	v := oracle.NewVerifier()
	var damage *eventstore.Damage
	for i, data := range commits {
		if i == 1 {
			data[len(data)/2] ^= 1
		}
		if err = v.Next(data); err != nil {
			break
		}
	}
	if !errors.As(err, &damage) || damage.Position > 11 || damage.Position == 0 {
		t.Errorf("a changed byte: %v", err)
	}
}
