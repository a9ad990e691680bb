package planload_test

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/planimport"
	"milepost.dev/internal/planload"
)

// failing is a service that is gone after so many requests.
type failing struct {
	*client.Client
	left atomic.Int32
}

var errGone = errors.New("the line is cut")

func (f *failing) Submit(ctx context.Context, request *pb.SubmitRequest) (*pb.SubmitResponse, error) {
	if f.left.Add(-1) < 0 {
		return nil, errGone
	}
	return f.Client.Submit(ctx, request)
}

const table = `Workstream,Scheme,Action,Owner,Delivery date,RAG,% complete,Next steps
Archive,Digital,Buy the digital archive,Records office,June 2024,Amber,40%,Ask three suppliers
Archive,Digital,Appoint a supplier for the scanning,Records office,March 2o24,Green,0%,
Reading,Rooms,Open the reading room to the public,Estates office,Sept 2024,,,
Reading,Rooms,Teach the staff how to search,Training office,Q3 24/25,,,
`

// An import that is cut off at any request is made whole by running it again, and nothing is made twice.
func TestWhatWasCutOffGoesOn(t *testing.T) {
	whole := server(t)
	want := load(t, planload.Load{Service: whole, Plan: "records"}, "plan.csv", []byte(table), "2024-01-31").Events
	if want["MilestoneAdded"] != 4 || want["ConfidenceAssessed"] != 2 || want["ForecastGiven"] != 4 || want["DocumentImported"] != 1 {
		t.Fatalf("it came to %v", want)
	}
	for cut := range int32(7) {
		c := server(t)
		f := &failing{Client: c}
		f.left.Store(cut)
		l := planload.Load{Service: f, Plan: "records", Workers: 2}
		if _, err := l.Run(t.Context(), bytes.NewReader([]byte(table)), planimport.Options{Name: "plan.csv"}); cut < 7 && !errors.Is(err, errGone) {
			t.Fatalf("cut off after %d requests: %v", cut, err)
		}
		l.Service = c
		load(t, l, "plan.csv", []byte(table), "2024-01-31")
		if all := standing(t, c, "records"); len(all) != 4 {
			t.Errorf("cut off after %d requests it has %d milestones", cut, len(all))
		}
		if again := load(t, l, "plan.csv", []byte(table), "2024-01-31"); !again.Before {
			t.Errorf("cut off after %d requests it was not whole: %v", cut, again.Events)
		}
	}
}

// A row that the service refuses is told with its row, the others are kept, and the document is not said to be whole.
func TestARowThatIsRefused(t *testing.T) {
	c := server(t)
	l := planload.Load{Service: c, Plan: "records"}
	if _, err := c.Submit(t.Context(), &pb.SubmitRequest{RequestId: "rated", Plan: "records", Commands: []*pb.Command{{
		AsAt: "2024-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{RatingSchemes: []*pb.RatingScheme{{
			Name: "RAG", Values: []*pb.RatingValue{{Value: "Green"}},
		}}}},
	}}}); err != nil {
		t.Fatal(err)
	}
	result, err := l.Run(t.Context(), bytes.NewReader([]byte(table)), planimport.Options{Name: "plan.csv"})
	if err != nil || result.RefusedRows() != 1 || result.Refused[0].Row != 2 || result.Refused[0].Rule != "rating-unknown" || result.Events["DocumentImported"] > 0 {
		t.Errorf("%+v, %v", result, err)
	}
	if all := standing(t, c, "records"); len(all) != 3 {
		t.Errorf("%d milestones were kept", len(all))
	}
}

// A document that cannot be read leaves nothing behind, not even a plan.
func TestWhatCannotBeReadLeavesNothing(t *testing.T) {
	c := server(t)
	for name, document := range map[string]string{"scan.pdf": "%PDF-1.4", "cut.xlsx": "PK\x03\x04cut", "empty.csv": ""} {
		_, err := planload.Load{Service: c, Plan: "records"}.Run(t.Context(), bytes.NewReader([]byte(document)), planimport.Options{Name: name})
		if _, ok := errors.AsType[*planimport.Unreadable](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: "records"}); err == nil {
		t.Error("there is a plan")
	}
}
