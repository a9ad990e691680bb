package load_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
)

// failing is a stream that is gone after so many requests.
type failing struct {
	*client.Pushing
	left int
}

var errGone = errors.New("the line is cut")

func (f *failing) Send(ctx context.Context, request *pb.SubmitRequest) (*client.Pushed, error) {
	if f.left--; f.left < 0 {
		return nil, errGone
	}
	return f.Pushing.Send(ctx, request)
}

func push(t *testing.T, c *client.Client) *client.Pushing {
	stream := c.Push(t.Context())
	t.Cleanup(stream.Close)
	return stream
}

// of2024 is the day of the documents.
var of2024 = func() dates.Settings { day, _ := civil.Of(2024, 1, 31); return dates.Settings{Dated: day} }()

const table = `Workstream,Scheme,Action,Owner,Delivery date,RAG,% complete,Next steps
Archive,Digital,Buy the digital archive,Records office,June 2024,Amber,40%,Ask three suppliers
Archive,Digital,Appoint a supplier for the scanning,Records office,March 2o24,Green,0%,
Reading,Rooms,Open the reading room to the public,Estates office,Sept 2024,,,
Reading,Rooms,Teach the staff how to search,Training office,Q3 24/25,,,
`

// An import that is cut off at any request is made whole by running it again, and nothing is made twice.
func TestWhatWasCutOffGoesOn(t *testing.T) {
	whole := server(t)
	want := importPlan(t, load.Load{Service: whole, Plan: "records"}, "plan.csv", []byte(table), "2024-01-31").Events
	if want["MilestoneAdded"] != 4 || want["ConfidenceAssessed"] != 2 || want["ForecastGiven"] != 4 || want["DocumentImported"] != 1 {
		t.Fatalf("it came to %v", want)
	}
	for cut := range 7 {
		c := server(t)
		l := load.Load{Service: c, Stream: &failing{push(t, c), cut}, Plan: "records"}
		if _, err := l.Run(t.Context(), bytes.NewReader([]byte(table)), documents.Options{Name: "plan.csv", Settings: of2024}); !errors.Is(err, errGone) {
			t.Fatalf("cut off after %d requests: %v", cut, err)
		}
		l.Stream = nil
		importPlan(t, l, "plan.csv", []byte(table), "2024-01-31")
		if all := standing(t, c, "records"); len(all) != 4 {
			t.Errorf("cut off after %d requests it has %d milestones", cut, len(all))
		}
		if again := importPlan(t, l, "plan.csv", []byte(table), "2024-01-31"); !again.Before {
			t.Errorf("cut off after %d requests it was not whole: %v", cut, again.Events)
		}
	}
}

// A row that the service refuses is told with its row, the others are kept, and the document is not said to be whole.
func TestARowThatIsRefused(t *testing.T) {
	c := server(t)
	l := load.Load{Service: c, Stream: push(t, c), Plan: "records"}
	if _, err := c.Submit(t.Context(), &pb.SubmitRequest{RequestId: "rated", Plan: "records", Commands: []*pb.Command{{
		AsAt: "2024-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{RatingSchemes: []*pb.RatingScheme{{
			Name: "RAG", Values: []*pb.RatingValue{{Value: "Green"}},
		}}}},
	}}}); err != nil {
		t.Fatal(err)
	}
	result, err := l.Run(t.Context(), bytes.NewReader([]byte(table)), documents.Options{Name: "plan.csv", Settings: of2024})
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
		_, err := load.Load{Service: c, Stream: push(t, c), Plan: "records"}.Run(t.Context(), bytes.NewReader([]byte(document)), documents.Options{Name: name})
		if _, ok := errors.AsType[*documents.Unreadable](err); !ok {
			t.Errorf("%s: %v", name, err)
		}
	}
	for rule, document := range map[string]string{
		"undated":      "Milestone,Owner,Due\nOpen the hub,Asha,2025-03-31\n",
		"nothing-read": "Owner,Due,Status\nAsha,2025-03-31,Open\n",
		"no-date-read": "Dated 31 January 2024\n\nMilestone,Owner,Due\nOpen the hub,Asha,shortly\nClose it,Ben,soon\n",
	} {
		_, err := load.Load{Service: c, Stream: push(t, c), Plan: "records"}.Run(t.Context(), bytes.NewReader([]byte(document)), documents.Options{Name: "plan.csv"})
		if bad, ok := errors.AsType[*documents.Unreadable](err); !ok || bad.Rule != rule {
			t.Errorf("%s: %v", rule, err)
		}
	}
	if _, err := c.Plan(t.Context(), &pb.GetPlanRequest{Plan: "records"}); err == nil {
		t.Error("there is a plan")
	}
}

// A long document whose rows are much alike is made whole after a cut, with nothing to ask anybody; and sent once more it
// says nothing new. Whether its rows have references of their own makes no difference.
func TestALongDocumentGoesOn(t *testing.T) {
	t.Parallel()
	const rows, cut = 1500, 700
	for _, ref := range []string{"", "R"} {
		var document bytes.Buffer
		document.WriteString("Ref,Workstream,Milestone,Owner,Delivery date\n")
		for i := range rows {
			name := ref
			if ref != "" {
				name = fmt.Sprint(ref, i)
			}
			fmt.Fprintf(&document, "%s,Estates,Room %d is handed over to the readers,Estates office %d,June 2024\n", name, i, i%7)
		}
		c := server(t)
		var told []int
		l := load.Load{Service: c, Stream: &failing{push(t, c), cut}, Plan: "rooms", Again: true, Sent: func(done, of int) {
			if told = append(told, done); of != rows {
				t.Errorf("%d of %d", done, of)
			}
		}}
		if _, err := l.Run(t.Context(), bytes.NewReader(document.Bytes()), documents.Options{Name: "rooms.csv", Settings: of2024}); !errors.Is(err, errGone) {
			t.Fatalf("cut off: %v", err)
		}
		before := len(standing(t, c, "rooms"))
		l.Stream, told = nil, nil
		rest := importPlan(t, l, "rooms.csv", document.Bytes(), "2024-01-31")
		if before == 0 || before >= rows || rest.New != rows-before || rest.Unsure > 0 || rest.Events["MilestoneAdded"] != rows-before {
			t.Errorf("of %d rows %d were there: then %+v", rows, before, rest)
		}
		if len(told) != rows || !slices.IsSorted(told) || told[rows-1] != rows {
			t.Errorf("it was told %d times how far it is, at last %v", len(told), told[len(told)-1:])
		}
		if again := importPlan(t, l, "rooms.csv", document.Bytes(), "2024-01-31"); len(again.Events) > 0 || again.New+again.Unsure > 0 || again.Rows != rows {
			t.Errorf("sent once more: %+v", again)
		}
		if all := standing(t, c, "rooms"); len(all) != rows {
			t.Errorf("it has %d milestones", len(all))
		}
	}
}
