package load_test

import (
	"bytes"
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/load/returns"
	"milepost.dev/internal/node"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
	"milepost.dev/internal/rig/sharedtest"
)

// server is one of its own, and a client of it.
func server(t testing.TB) *client.Client {
	t.Helper()
	return serverOf(t, false)
}

// serverOf is a server on which one person answers for everything, or not.
func serverOf(t testing.TB, singleUser bool) *client.Client {
	t.Helper()
	n, err := node.Start(t.Context(), node.Config{
		Data: filepath.Join(t.TempDir(), "ledger"), Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", User: "ann", SingleUser: singleUser, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	c, err := client.Dial(client.Config{Server: n.GRPCAddr(), Token: n.LocalToken(), RetryFor: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func importPlan(t *testing.T, l load.Load, name string, document []byte, dated string) *load.Result {
	t.Helper()
	day, err := civil.Parse(dated)
	if err != nil {
		t.Fatal(err)
	}
	if l.Stream == nil {
		stream := l.Service.(*client.Client).Push(t.Context())
		defer stream.Close()
		l.Stream = stream
	}
	result, err := l.Run(t.Context(), bytes.NewReader(document), documents.Options{Name: name, Settings: dates.Settings{Dated: day}})
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, r := range result.Refused {
		t.Errorf("%s, row %d: %s %s (%s)", name, r.Row, r.Field, r.Message, r.Rule)
	}
	return result
}

func standing(t *testing.T, c *client.Client, plan string) map[string]*pb.MilestoneStatus {
	t.Helper()
	all := map[string]*pb.MilestoneStatus{}
	for m, err := range c.Status(t.Context(), &pb.ListStatusRequest{Plan: plan, PageSize: 1000}).Items {
		if err != nil {
			t.Fatal(err)
		}
		all[m.GetRef()] = m
	}
	return all
}

// A published plan is imported, a later version over it, and a return pushed on top: what moved and who owned it is
// told in order, and every value leads to its cell.
func TestThreeVersionsTellTheStory(t *testing.T) {
	t.Parallel()
	text := sharedtest.Read(t, "plans/worcestershire.txt")
	const before, after = "By31st march 2017", "By 30th June 2017" // the one row that the next version changes
	if bytes.Count(text, []byte(before)) != 1 {
		t.Fatalf("%q stands %d times in the document", before, bytes.Count(text, []byte(before)))
	}
	c := server(t)
	l := load.Load{Service: c, Plan: "worcs", Name: "Worcestershire", Mapping: "dated: 2017-02-24\n"}
	first := importPlan(t, l, "plan.txt", text, "2017-02-24")
	all := standing(t, c, "worcs")
	if first.Rows < 70 || first.New != first.Rows || len(all) != first.Rows {
		t.Fatalf("%d rows, %d new, and the plan has %d milestones", first.Rows, first.New, len(all))
	}
	if again := importPlan(t, l, "plan.txt", text, "2017-02-24"); !again.Before || len(again.Events) > 0 {
		t.Errorf("the same document again: %+v", again)
	}
	l.Again = true
	if again := importPlan(t, l, "plan.txt", text, "2017-02-24"); len(again.Events) > 0 || again.New > 0 {
		t.Errorf("the same document sent again: %d new, %v", again.New, again.Events)
	}

	ref := ""
	for _, m := range all {
		if m.GetForecastText() == before {
			ref = m.GetRef()
		}
	}
	next := bytes.Replace(text, []byte(before), []byte(after), 1)
	next = append([]byte("As the board saw it in May\n"), next...) // every row stands a line lower
	second := importPlan(t, l, "plan-2.txt", next, "2017-05-31")
	if second.New > 0 || second.Rows != first.Rows || second.Events["MilestoneSlipped"] != 1 || second.Events["OwnerChanged"] > 0 {
		t.Errorf("the next version: %d of %d rows are new, and it came to %v", second.New, second.Rows, second.Events)
	}
	push := returns.Push{Service: c, Plan: "worcs", ISODates: true}
	if _, err := push.Run(t.Context(), strings.NewReader("as_at,ref,owner,delivery_date,reason\n2017-07-31,"+ref+",Programme office,2017-09-30,Not yet agreed\n")); err != nil {
		t.Fatal(err)
	}

	m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: "worcs", Milestone: ref})
	if err != nil {
		t.Fatal(err)
	}
	var story []string
	for _, move := range m.GetMoves() {
		if move.GetEvent() != "ForecastReconfirmed" {
			story = append(story, move.GetAsAt()+" "+move.GetEvent()+" "+move.GetTo())
		}
	}
	want := []string{"2017-02-24 ForecastGiven 2017-03-31", "2017-05-31 MilestoneSlipped 2017-06-30", "2017-07-31 MilestoneSlipped 2017-09-30"}
	if !slices.Equal(story, want) {
		t.Errorf("%s moved so: %q, and not so: %q", ref, story, want)
	}
	if owners := m.GetOwners(); len(owners) != 2 || owners[0].GetOwner() != all[ref].GetOwner() || owners[1].GetOwner() != "Programme office" {
		t.Errorf("its owners: %v", owners)
	}
	if len(m.GetSources()) != 2 {
		t.Fatalf("it was read from %d documents", len(m.GetSources()))
	}
	cells := func(document int, field string) (texts []string) {
		for _, cell := range m.GetSources()[document].GetCells() {
			if cell.GetField() == field {
				texts = append(texts, cell.GetText())
			}
		}
		return texts
	}
	if a, b := cells(0, "delivery_date"), cells(1, "delivery_date"); !slices.Equal(a, []string{before}) || !slices.Equal(b, []string{after}) {
		t.Errorf("its date stands in the cells %q and then %q", a, b)
	}
	p, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: "worcs"})
	if err != nil || len(p.GetDocuments()) != 2 || p.GetDocuments()[0].GetMapping() != l.Mapping || len(p.GetComponents()) < 10 {
		t.Errorf("the plan itself: %v, %v", p, err)
	}
}

// Every value of every milestone leads to a place of the document where its words stand.
func TestEveryValueLeadsToItsCell(t *testing.T) {
	t.Parallel()
	text := sharedtest.Read(t, "plans/worcestershire.txt")
	lines := strings.Split(string(text), "\n")
	c := server(t)
	importPlan(t, load.Load{Service: c, Plan: "worcs"}, "plan.txt", text, "2017-02-24")
	cells := 0
	for ref := range standing(t, c, "worcs") {
		m, err := c.Milestone(t.Context(), &pb.GetMilestoneRequest{Plan: "worcs", Milestone: ref})
		if err != nil {
			t.Fatal(err)
		}
		from := map[string]bool{}
		for _, cell := range m.GetSources()[0].GetCells() {
			from[cell.GetField()] = true
			if line := lines[cell.GetRow()-1]; !strings.Contains(line, cell.GetText()) {
				t.Errorf("%s: %q does not stand in line %d", ref, cell.GetText(), cell.GetRow())
			}
			if cell.GetField() == "owner" && cell.GetText() != "" {
				t.Errorf("%s: the words of the owner's cell are kept, and cannot be forgotten", ref)
			}
			cells++
		}
		for field, said := range map[string]string{
			"title": m.GetStatus().GetTitle(), "owner": m.GetStatus().GetOwner(), "delivery_date": m.GetStatus().GetForecastText(), "workstream": m.GetStatus().GetWorkstream(),
			"scheme": m.GetAttributes()["scheme"], "deliverable": m.GetAttributes()["deliverable"], "baseline": m.GetAttributes()["baseline position"],
		} {
			if said != "" && !from[field] {
				t.Errorf("%s: nothing says where its %s stands: %q", ref, field, said)
			}
		}
	}
	if cells < 500 {
		t.Errorf("only %d cells", cells)
	}
}

// What the other published plans hold is taken by the service whole.
func TestPublishedPlansAreTakenWhole(t *testing.T) {
	for _, name := range []string{"dorset.txt", "leicestershire.txt", "wolverhampton.txt", "buckinghamshire-register.csv", "buckinghamshire-funding.csv"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits for its own disk
			document := sharedtest.Read(t, "plans/"+name)
			c := server(t)
			l := load.Load{Service: c, Plan: "plan", Again: true}
			result := importPlan(t, l, name, document, "2017-02-24")
			if all := standing(t, c, "plan"); len(all) != result.Rows || result.Rows+result.Events["FundingIdentified"] < 15 {
				t.Errorf("%d rows, and %d milestones in the plan; %v", result.Rows, len(all), result.Events)
			}
			if scores := result.Events["MeasureTaken"]; name == "wolverhampton.txt" && scores < 40 {
				t.Errorf("%d readiness scores", scores)
			}
			if again := importPlan(t, l, name, document, "2017-02-24"); len(again.Events) > 0 || again.New > 0 {
				t.Errorf("sent again: %d new, %d unsure, %v", again.New, again.Unsure, again.Events)
			}
		})
	}
}

// A document without tables yields what names a date, each for a person to decide on, and says why it can do no more.
func TestRunningTextIsOfferedToAPerson(t *testing.T) {
	t.Parallel()
	text := sharedtest.Read(t, "plans/buckinghamshire.txt")
	c := server(t)
	result := importPlan(t, load.Load{Service: c, Plan: "bucks"}, "buckinghamshire.txt", text, "2017-02-24")
	if result.Candidates < 40 || result.Rows > 0 || !slices.ContainsFunc(result.Notes, func(note string) bool { return strings.HasPrefix(note, "No table was found") }) {
		t.Errorf("%d candidates, %d rows; %q", result.Candidates, result.Rows, result.Notes)
	}
	if n := len(candidatesOf(t, c, "bucks")); n != result.Candidates || len(standing(t, c, "bucks")) > 0 {
		t.Errorf("%d candidates are there, and the milestones %v", n, standing(t, c, "bucks"))
	}
	if again := importPlan(t, load.Load{Service: c, Plan: "bucks"}, "buckinghamshire.txt", append([]byte("\n"), text...), "2017-05-31"); again.Events["CandidateOffered"] > 0 {
		t.Errorf("a line further down they were offered again: %v", again.Events)
	}
}
