package fault

import (
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/node"
)

// told asks a server, and is what a caller knows of it.
type told struct {
	t    *testing.T
	conn *grpc.ClientConn
	now  time.Duration
	all  []*Operation
}

func (a *told) submit(id, office string, command *milepostv1.Command, kind Kind, date string) *Operation {
	a.t.Helper()
	o := &Operation{Kind: kind, Plan: "hubs", Ref: "M", Date: date, Called: a.now, Returned: a.now + 1, Request: &milepostv1.SubmitRequest{
		RequestId: id, Plan: "hubs", OnBehalfOf: office, Commands: []*milepostv1.Command{command},
	}}
	a.now += 2
	answer, err := milepostv1.NewCommandServiceClient(a.conn).Submit(a.t.Context(), o.Request)
	switch {
	case err == nil:
		o.Outcome, o.Receipt = Accepted, answer.Receipt
		for _, e := range answer.Receipt.Events {
			o.Revision = e.Revision
		}
	case status.Code(err) == codes.FailedPrecondition:
		o.Outcome = Declined
	default:
		a.t.Fatal(err)
	}
	a.all = append(a.all, o)
	return o
}

func (a *told) state(id, office, date string) *Operation {
	return a.submit(id, office, dateStated(asAt, "M", date), State, date)
}

func (a *told) slip(id, office, date string) *Operation {
	return a.submit(id, office, &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_MilestoneSlipped{
		MilestoneSlipped: &milepostv1.MilestoneSlipped{Ref: "M", DeliveryDate: date, Reason: reason},
	}}, Slip, date)
}

// What a server answers, one request after the other, has an order: whatever offices repeat of themselves and of each other. And answers
// that contradict each other have none.
func TestAnOrderExplainsWhatOfficesRepeat(t *testing.T) {
	n, err := node.Start(t.Context(), node.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Local: node.Local{Open: true}, Software: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close(t.Context())
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	a := &told{t: t, conn: conn}
	a.submit("begin", "Office 0", &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{}}}, Ballast, "")
	a.submit("add", "Office 0", added("M"), Ballast, "")

	a.state("1", "Office 1", "2030-01-01")
	a.state("2", "Office 2", "2030-01-01")  // said by another, and so an event
	a.state("3", "Office 1", "2030-01-01")  // said again: none
	a.slip("4", "Office 2", "2031-01-01")   // a person is asked which of the two is right
	a.state("5", "Office 1", "2030-01-01")  // what it said last, although another date is in force since: none
	a.slip("6", "Office 1", "2031-01-01")   // what another said and is in force: an event
	a.slip("7", "Office 1", "2031-01-01")   // again: none
	a.slip("8", "Office 3", "2030-06-01")   // no slip
	a.state("9", "Office 3", "2030-06-01")  // moves it back
	a.state("10", "Office 1", "2031-01-01") // what it said last: none
	a.slip("11", "Office 1", "2031-01-01")  // a slip from what is in force
	if err := CheckOrder(a.all, a.now); err != nil {
		t.Error(err)
	}

	stale := *a.all[len(a.all)-1]
	stale.Kind, stale.Request, stale.Receipt, stale.Revision, stale.Date, stale.Called, stale.Returned = Read, nil, nil, 2, "2030-01-01", a.now, a.now+1
	err = CheckOrder(append(a.all, &stale), a.now)
	if err == nil || !strings.Contains(err.Error(), "was told of revision 2") {
		t.Errorf("an answer that is older than one that was given before has an order: %v", err)
	}
	next := *a.state("12", "Office 1", "2035-01-01")
	before := a.all[:len(a.all)-2]
	if err := CheckOrder(append(slices.Clone(before), &next), a.now); err == nil {
		t.Error("an answer that rests on what nobody stated has an order")
	}
	nothing := next
	nothing.Receipt, nothing.Revision = &milepostv1.Receipt{}, 0
	if err := CheckOrder(append(slices.Clone(a.all[:len(a.all)-1]), &nothing), a.now); err == nil {
		t.Error("a new date that came to no event has an order")
	}
}
