package returns

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/reading/rows"
)

// receipts is a service that gives each request an event for every fact, and its first receipt for ever.
type receipts struct {
	mu     sync.Mutex // owns all below
	plans  map[string]string
	first  map[string]*pb.SubmitResponse
	known  map[string]bool // the facts that were stated
	last   uint64
	order  []string // the refs and as-at days, as they came
	refuse func(*pb.SubmitRequest) error
}

func newReceipts() *receipts {
	return &receipts{plans: map[string]string{}, first: map[string]*pb.SubmitResponse{}, known: map[string]bool{}}
}

func (s *receipts) Submit(_ context.Context, request *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if again, ok := s.first[request.GetRequestId()]; ok {
		again = proto.CloneOf(again)
		again.Replayed = true
		return again, nil
	}
	first := request.GetCommands()[0]
	registers := first.GetPlanRegistered()
	if _, there := s.plans[request.GetPlan()]; !there && registers == nil {
		return nil, &client.Error{Kind: client.Refused, Code: "NOT_FOUND", Rule: client.RulePlanUnknown, Message: "no such plan"}
	}
	if s.refuse != nil {
		if err := s.refuse(request); err != nil {
			return nil, err
		}
	}
	response := &pb.SubmitResponse{Receipt: &pb.Receipt{RequestId: request.GetRequestId()}}
	for _, c := range request.GetCommands() {
		if s.known[c.String()] {
			continue
		}
		s.known[c.String()] = true
		s.last++
		kind := strings.TrimPrefix(fmt.Sprintf("%T", c.GetCommand()), "*milepostv1.Command_")
		response.Receipt.Events = append(response.Receipt.Events, &pb.EventReceipt{Type: kind, Position: s.last})
	}
	response.Receipt.Position = s.last
	if registers != nil {
		s.plans[request.GetPlan()] = registers.GetName()
		first = request.GetCommands()[1]
	}
	if len(response.Receipt.Events) > 0 {
		s.order = append(s.order, first.GetMilestoneAmended().GetRef()+" "+first.GetAsAt())
	}
	s.first[request.GetRequestId()] = response
	return response, nil
}

const threeRows = "as_at,ref,delivery_date\n2017-01-31,A,2017-03\n2017-01-31,B,2017-04\n2017-02-28,A,2017-05\n"

func TestPush(t *testing.T) {
	service := newReceipts()
	push := Push{Service: service, Plan: "p", Name: "Hubs"}
	for _, test := range []struct {
		name, file string
		want       Result
	}{
		{"the first time it registers the plan", threeRows, Result{
			Rows: 3, Position: new(uint64(7)),
			Events: map[string]int{"PlanRegistered": 1, "MilestoneAmended": 3, "DeliveryDateStated": 3},
		}},
		{"the same again makes nothing", threeRows, Result{Rows: 3, Unchanged: 3, Position: new(uint64(7))}},
		{"a row more", threeRows + "2017-02-28,B,2017-04\n\n,,\n", Result{
			Rows: 4, Unchanged: 3, Position: new(uint64(9)),
			Events: map[string]int{"MilestoneAmended": 1, "DeliveryDateStated": 1},
		}},
		{"a bad row leaves its neighbours alone", "as_at,ref,delivery_date\n,C,2017\n2017-03-31,A\n2017-03-31,A,2017\n", Result{
			Rows: 3, Position: new(uint64(11)),
			Events: map[string]int{"MilestoneAmended": 1, "DeliveryDateStated": 1},
			Refused: []rows.Refused{
				rows.Refuse(2, "as_at", "as-at-not-iso", `"" is not a day. Write the day that the row is about as 2017-03-31.`),
				rows.Refuse(3, "", "ragged-row", "This row has 2 cells and the header has 3. Give it as many, and put a cell with a comma in quotes."),
			},
		}},
	} {
		got, err := push.Run(t.Context(), strings.NewReader(test.file))
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		want := test.want
		want.Plan = "p"
		if want.Events == nil {
			want.Events = map[string]int{}
		}
		if want.Refused == nil {
			want.Refused = []rows.Refused{}
		}
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	if service.plans["p"] != "Hubs" {
		t.Errorf("the plan is called %q", service.plans["p"])
	}
}

func TestRefusalsOfTheServer(t *testing.T) {
	service := newReceipts()
	service.refuse = func(r *pb.SubmitRequest) error {
		if r.GetCommands()[0].GetMilestoneAmended().GetRef() != "A" {
			return nil
		}
		return &client.Error{Kind: client.Refused, Code: "INVALID_ARGUMENT", Rule: "bad", Message: "Two things.", Violations: []client.Violation{
			{Field: "commands[1].delivery_date_stated.delivery_date", Rule: "date-too-long", Message: "Too long."},
			{Field: "commands[0].as_at", Rule: "as-at-in-future", Message: "Too late."},
		}}
	}
	got, err := Push{Service: service, Plan: "p"}.Run(t.Context(), strings.NewReader(threeRows))
	if err != nil {
		t.Fatal(err)
	}
	want := []rows.Refused{
		rows.Refuse(2, "delivery_date", "date-too-long", "Too long."),
		rows.Refuse(2, "as_at", "as-at-in-future", "Too late."),
		rows.Refuse(4, "delivery_date", "date-too-long", "Too long."),
		rows.Refuse(4, "as_at", "as-at-in-future", "Too late."),
	}
	if diff := cmp.Diff(want, got.Refused); diff != "" {
		t.Error(diff)
	}
	if got.RefusedRows() != 2 || got.Events["DeliveryDateStated"] != 1 {
		t.Errorf("%d rows were refused and there are the events %v, want 2, and those of B", got.RefusedRows(), got.Events)
	}
}

func TestRowsOfAMilestoneKeepTheirOrder(t *testing.T) {
	var file strings.Builder
	file.WriteString("as_at,ref\n")
	for day := 1; day <= 28; day++ {
		for m := range 100 {
			fmt.Fprintf(&file, "2017-01-%02d,M%d\n", day, m)
		}
	}
	service := newReceipts()
	if _, err := (Push{Service: service, Plan: "p"}).Run(t.Context(), strings.NewReader(file.String())); err != nil {
		t.Fatal(err)
	}
	if len(service.order) != 2800 {
		t.Errorf("%d rows came, want 2800", len(service.order))
	}
	last := map[string]string{}
	for _, came := range service.order {
		milestone, day, _ := strings.Cut(came, " ")
		if day <= last[milestone] {
			t.Fatalf("%s came after %s", came, last[milestone])
		}
		last[milestone] = day
	}
}

func TestWhatEndsAPush(t *testing.T) {
	for name, e := range map[string]*client.Error{
		"no answer":  {Kind: client.Unanswered, Message: "the server is away"},
		"no rights":  {Kind: client.Denied, Message: "you are no reporter"},
		"a mishap":   {Kind: client.Failed, Message: "not here"},
		"a bad plan": {Kind: client.Refused, Code: "INVALID_ARGUMENT", Rule: "plan-id", Message: "no id of a plan"},
	} {
		service := newReceipts()
		service.refuse = func(*pb.SubmitRequest) error { return e }
		file := io.MultiReader(strings.NewReader(threeRows), strings.NewReader(strings.Repeat("2017-03-31,C,2017\n", 10_000)))
		_, err := Push{Service: service, Plan: "p"}.Run(t.Context(), file)
		if err == nil || !strings.Contains(err.Error(), e.Message) {
			t.Errorf("%s: the push ends with %v, want %v", name, err, e)
		}
	}
}
