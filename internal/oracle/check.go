package oracle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/wire"
	"milepost.dev/internal/wire/questions"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
	"milepost.dev/projections/status"
)

// Report is what came of comparing every answer with the ledger.
type Report struct {
	Proof       Proof    `json:"proof"`
	Compared    int      `json:"compared"`    // answers
	Differences []string `json:"differences"` // the first of them, a sentence each
	Different   int      `json:"different"`   // how many in all
	Rules       int      `json:"rules"`       // the number of the rules that figures go by
}

// mostDifferences are put into words; the rest is counted.
const mostDifferences = 20

// Server is what a check reads from: the API, with no privilege a customer lacks.
type Server struct {
	Audit pb.AuditServiceClient
	Query pb.QueryServiceClient
	// Evidence is what the ledger is held against, beside its own chain; nil where nothing was kept.
	Evidence *Evidence
}

// NewServer speaks to a server over a connection.
func NewServer(conn grpc.ClientConnInterface) Server {
	return Server{Audit: pb.NewAuditServiceClient(conn), Query: pb.NewQueryServiceClient(conn)}
}

// Verify proves the ledger that the server hands out, and the names. It returns the commits too, so
// that a check needs to ask for them once. progress, where not nil, is told how many have been proved.
func (s Server) Verify(ctx context.Context, progress func(commits uint64)) (*Verifier, *Names, [][]byte, error) {
	stream, err := s.Audit.ReadCommits(ctx, &pb.ReadCommitsRequest{})
	if err != nil {
		return nil, nil, nil, err
	}
	v := NewVerifier()
	v.Evidence = s.Evidence
	var commits [][]byte
	for {
		m, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, nil, err
		}
		if err := v.Next(m.Commit); err != nil {
			return nil, nil, nil, err
		}
		commits = append(commits, m.Commit)
		if progress != nil {
			progress(uint64(len(commits)))
		}
	}
	all, err := s.parties(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	names, err := ProveNames(all)
	return v, names, commits, err
}

// parties asks for all the names there are, page by page.
func (s Server) parties(ctx context.Context) (all []*pb.Party, err error) {
	for m := (&pb.ListPartiesRequest{}); ; {
		list, err := s.Audit.ListParties(ctx, m)
		if err != nil {
			return nil, err
		}
		all = append(all, list.Parties...)
		if m.PageToken = list.NextPageToken; m.PageToken == "" {
			return all, nil
		}
	}
}

// Display shows a party as the server does.
func (n *Names) Display(id string) string {
	if name, ok := n.byID[id]; ok {
		return name
	}
	return parties.Forgotten(id)
}

// Check proves the ledger, folds it anew, and compares every answer with what the server gives: as known
// now and as known half way back, for today and for other days.
func (s Server) Check(ctx context.Context, now time.Time, progress func(commits uint64)) (*Report, error) {
	v, names, commits, err := s.Verify(ctx, progress)
	if err != nil {
		return nil, err
	}
	c := &comparison{
		Server: s, names: names, report: &Report{Proof: v.Proof(nil), Differences: []string{}, Rules: figures.Rules},
		records: audit.NewRecords(memory.Of(commits), v.Book),
	}
	c.report.Proof.Named = new(names.NamedIn(v))
	views := []projections.View{v.Book.Now()}
	if half, ok := v.Book.KnownAt(v.Book.Position() / 2); ok && half.Position > 0 && half.Position < views[0].Position {
		views = append(views, half)
	}
	for _, view := range views {
		if err := c.plans(ctx, view, civil.OfTime(now, time.UTC)); err != nil {
			return nil, err
		}
		if err := c.granted(ctx, view, civil.OfTime(now, time.UTC)); err != nil {
			return nil, err
		}
		for plan := range view.Plans() {
			asAt := days(plan, civil.OfTime(now, plan.Location))
			for _, day := range asAt {
				if err := c.plan(ctx, plan, day); err != nil {
					return nil, err
				}
			}
			if err := c.changes(ctx, v.Book, plan, asAt); err != nil {
				return nil, err
			}
			if err := c.trail(ctx, plan); err != nil {
				return nil, err
			}
		}
		if ledger, ok := view.Ledger(); ok {
			if err := c.trail(ctx, ledger); err != nil {
				return nil, err
			}
		}
	}
	return c.report, nil
}

// days are today, and up to six days for which something was stated, spread over the plan's life.
func days(p projections.Plan, today civil.Date) []civil.Date {
	seen, list := map[civil.Date]bool{today: true}, []civil.Date{today}
	events := p.Events(0)
	for i := range 6 {
		if len(events) == 0 {
			break
		}
		e := events[i*(len(events)-1)/5]
		if e.Milestone == nil {
			continue
		}
		statements := p.View().Recorded(e.Milestone)
		if day := statements[len(statements)-1].AsAt; !seen[day] {
			seen[day] = true
			list = append(list, day)
		}
	}
	return list
}

type comparison struct {
	Server
	names   *Names
	records *audit.Records
	report  *Report
}

func readAt(view projections.View, asAt civil.Date) *pb.ReadAt {
	return &pb.ReadAt{KnownAt: strconv.FormatUint(view.Position, 10), AsAt: asAt.String()}
}

func (c *comparison) plans(ctx context.Context, view projections.View, asAt civil.Date) error {
	var folded, lost, admitted []proto.Message
	served, err := questions.Served(ctx, c.Query, pb.QueryServiceClient.ListPlans, func(page *pb.ListPlansResponse) []*pb.Plan {
		admitted = nil // each page says all of it
		for _, m := range page.SpokenFor.GetLosses() {
			admitted = append(admitted, m)
		}
		return page.Plans
	}, &pb.ListPlansRequest{ReadAt: readAt(view, asAt)})
	if err != nil {
		return err
	}
	inOrder := slices.SortedFunc(view.Plans(), func(a, b projections.Plan) int { return cmp.Compare(a.ID, b.ID) })
	for _, p := range inOrder {
		folded = append(folded, wire.Plan(p, asAt, c.names, status.Count))
	}
	for _, m := range wire.Losses(view) {
		lost = append(lost, m)
	}
	c.compare(fmt.Sprintf("what was lost, known at %d", view.Position), lost, admitted)
	c.compare(fmt.Sprintf("the plans as at %s, known at %d", asAt, view.Position), folded, served)
	return nil
}

// granted compares the roles that the ledger gives. Those of the credentials are in no ledger.
func (c *comparison) granted(ctx context.Context, view projections.View, on civil.Date) error {
	served, err := questions.Served(ctx, c.Query, pb.QueryServiceClient.ListRoles, (*pb.ListRolesResponse).GetRoles, &pb.ListRolesRequest{ReadAt: readAt(view, on)})
	if err != nil {
		return err
	}
	var folded []proto.Message
	for _, m := range wire.RolesGranted(view, on, c.names) {
		folded = append(folded, m)
	}
	c.compare(fmt.Sprintf("the roles granted on %s, known at %d", on, view.Position), folded, served)
	return nil
}

func (c *comparison) plan(ctx context.Context, p projections.Plan, asAt civil.Date) error {
	where := fmt.Sprintf("plan %s as at %s, known at %d", p.ID, asAt, p.View().Position)
	for _, row := range status.List(p, asAt) {
		if err := c.milestone(ctx, p, row.Milestone, asAt, where); err != nil {
			return err
		}
	}
	itself, err := c.Query.GetPlan(ctx, &pb.GetPlanRequest{Plan: p.ID, ReadAt: readAt(p.View(), asAt)})
	if err != nil {
		return err
	}
	itself.SpokenFor = nil
	c.compare(where+" itself", []proto.Message{wire.PlanItself(p, asAt, c.names, status.Count)}, []proto.Message{itself})
	for _, l := range questions.Lists() {
		served, err := l.Served(ctx, c.Query, p.ID, readAt(p.View(), asAt))
		if err != nil {
			return err
		}
		c.compare(l.Name+" of "+where, l.Made(p, asAt, c.names), served)
	}
	return nil
}

func (c *comparison) milestone(ctx context.Context, p projections.Plan, m *projections.Milestone, asAt civil.Date, where string) error {
	folded, ok := wire.Milestone(p.View(), m, asAt, c.names)
	if !ok {
		return nil
	}
	served, err := c.Query.GetMilestone(ctx, &pb.GetMilestoneRequest{
		Plan: p.ID, Milestone: projections.FormatID(m.ID), ReadAt: readAt(p.View(), asAt),
	})
	if err != nil {
		return err
	}
	served.SpokenFor = nil
	c.compare(fmt.Sprintf("milestone %s of %s", m.Ref, where), []proto.Message{folded}, []proto.Message{served})
	return nil
}

func (c *comparison) trail(ctx context.Context, p projections.Plan) error {
	served, err := questions.Served(ctx, c.Query, pb.QueryServiceClient.ListAudit, (*pb.ListAuditResponse).GetEntries,
		&pb.ListAuditRequest{Plan: p.ID, ReadAt: &pb.ReadAt{KnownAt: strconv.FormatUint(p.View().Position, 10)}})
	if err != nil {
		return err
	}
	var folded []proto.Message
	trail := &audit.Trail{Plan: p, Ledger: c.records, Names: c.names}
	for _, e := range p.Events(0) {
		entry, err := wire.AuditEntry(ctx, trail, e)
		if err != nil {
			return err
		}
		folded = append(folded, entry)
	}
	c.compare(fmt.Sprintf("audit of plan %s, known at %d", p.ID, p.View().Position), folded, served)
	return nil
}

// compare counts, and puts the first differences into words.
func (c *comparison) compare(what string, folded, served []proto.Message) {
	for i := range max(len(folded), len(served)) {
		c.report.Compared++
		switch {
		case i >= len(folded):
			c.differs("%s: answer %d is served, and the ledger does not hold it", what, i+1)
		case i >= len(served):
			c.differs("%s: answer %d follows from the ledger, and is not served", what, i+1)
		case !proto.Equal(folded[i], served[i]):
			c.differs("%s: answer %d is served as {%v}, and the ledger says {%v}", what, i+1, served[i], folded[i])
		}
	}
}

func (c *comparison) differs(format string, args ...any) {
	c.report.Different++
	if len(c.report.Differences) < mostDifferences {
		c.report.Differences = append(c.report.Differences, fmt.Sprintf(format, args...))
	}
}
