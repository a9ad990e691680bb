package bench

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
)

// requestBytes is how long a request is that is measured.
const requestBytes = 256

// said makes requests that state something new each, the same for the same seed.
type said struct {
	random  *rand.Rand
	prefix  string // of request ids
	n       int
	plans   int
	each    int // milestones of a plan
	asAt    func(n int) time.Time
	padding string
	words   bool // reasons as people give them: none, or a few words
}

// reason is what somebody gives as a reason: nothing, two times in five, and otherwise three to ten words.
func (s *said) reason() string {
	if s.random.IntN(5) < 2 {
		return ""
	}
	words := strings.Fields("the builder lease tender board approval waits for steel capital region staff " +
		"contract signed late was put back until funding planning permission network ready supplier moved")
	var b strings.Builder
	for range 3 + s.random.IntN(8) {
		b.WriteString(words[s.random.IntN(len(words))])
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

// statements are requests to plans of so many milestones, whose ids begin with a prefix.
func statements(prefix string, seed uint64, plans, each int) *said {
	return &said{
		random: rand.New(rand.NewPCG(seed, 1)), prefix: prefix, plans: plans, each: each,
		padding: strings.Repeat("The builder has no steel before the summer, and waits. ", 6),
	}
}

func planID(i int) string { return fmt.Sprintf("plan-%02d", i) }

func ref(i int) string { return fmt.Sprintf("M-%04d", i) }

// begin registers the plans and adds their milestones, in as few requests as may be.
func (s *said) begin(day string) []*pb.SubmitRequest {
	var requests []*pb.SubmitRequest
	for p := range s.plans {
		requests = append(requests, &pb.SubmitRequest{
			RequestId: fmt.Sprint("begin-", p), Plan: planID(p), Commands: []*pb.Command{{
				AsAt: day, Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: fmt.Sprint("Programme ", p)}},
			}},
		})
		for from := 0; from < s.each; from += 500 {
			add := &pb.SubmitRequest{RequestId: fmt.Sprint("add-", p, "-", from), Plan: planID(p)}
			for m := from; m < min(from+500, s.each); m++ {
				add.Commands = append(add.Commands, &pb.Command{
					AsAt: day, Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{
						Ref: ref(m), Title: fmt.Sprint("The hub of district ", m, " opens"), Workstream: fmt.Sprint("Workstream ", m%12),
					}},
				})
			}
			requests = append(requests, add)
		}
	}
	return requests
}

// next is a request of requestBytes that states a delivery date.
func (s *said) next() *pb.SubmitRequest {
	s.n++
	date := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, s.random.IntN(3000))
	stated := &pb.DeliveryDateStated{Ref: ref(s.random.IntN(s.each)), DeliveryDate: date.Format(time.DateOnly)}
	m := &pb.SubmitRequest{
		RequestId: fmt.Sprint(s.prefix, s.n), Plan: planID(s.random.IntN(s.plans)),
		Commands: []*pb.Command{{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: stated}}},
	}
	if s.asAt != nil {
		m.Commands[0].AsAt = s.asAt(s.n).Format(time.DateOnly)
	}
	if s.words {
		stated.Reason = s.reason()
		return m
	}
	if short := requestBytes - proto.Size(m) - 5; short > 0 {
		stated.Reason = s.padding[:short]
	}
	return m
}

// mixed is next, but that some requests state what else programmes report.
func (s *said) mixed() *pb.SubmitRequest {
	m := s.next()
	c, about := m.Commands[0], m.Commands[0].GetDeliveryDateStated()
	switch s.random.IntN(20) {
	case 0, 1, 2:
		percent := uint32(s.n % 101)
		c.Command = &pb.Command_ProgressReported{ProgressReported: &pb.ProgressReported{
			Ref: about.Ref, Percent: &percent, Status: []string{"Red", "Amber", "Green"}[s.n%3], Words: about.Reason,
		}}
	case 3:
		c.Command = &pb.Command_OwnerChanged{OwnerChanged: &pb.OwnerChanged{
			Ref: about.Ref, Owner: fmt.Sprint("Office ", s.random.IntN(200)), Reason: about.Reason,
		}}
	case 4:
		c.Command = &pb.Command_FundingConfirmed{FundingConfirmed: &pb.FundingConfirmed{
			Ref: about.Ref, Line: fmt.Sprint("L", s.random.IntN(3)), Amount: fmt.Sprint(1000+s.n, ".00"), Fund: "Transformation fund", Reason: about.Reason,
		}}
	}
	return m
}
