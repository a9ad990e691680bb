package writer

import (
	"encoding/hex"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/access"
	"milepost.dev/internal/codec"
)

// sent is a request and who sends it.
type sent struct {
	by access.Caller
	m  *milepostv1.SubmitRequest
}

// proposedDates begins a plan with tiers, a few dates of which some came late, and proposals that wait; it returns the digests of the
// proposals, by id, and the position of each late date.
func (w *world) proposedDates(s *Writer) (digests map[string]string, late map[string]uint64) {
	w.t.Helper()
	w.mustSubmit(s, beginning())
	w.mustSubmit(s, submission("others", added("B1"), added("C1")))
	days := uint32(40)
	w.mustSubmitAs(s, withPerson(bob, "Bob Example"), submission("tiers", &milepostv1.Command{Command: &milepostv1.Command_TiersSet{TiersSet: &milepostv1.TiersSet{Tiers: []*milepostv1.Tier{
		{Name: "office", MostDays: &days}, {Name: "board", Approvers: []string{"Bob Example"}},
	}, Reason: "as the board says"}}}))
	late = map[string]uint64{}
	for _, ref := range []string{"A1", "B1", "C1"} {
		if ref != "C1" { // which has no date yet
			w.mustSubmit(s, submission("date of "+ref, stated(ref, "2017-02-01", "2017-06-30")))
			receipt := w.mustSubmitAs(s, cleo, submission("late of "+ref, stated(ref, "2017-01-10", "2017-07-31"))).Receipt
			late[ref] = receipt.Position + 1 - uint64(len(receipt.Events)) // the last asks a person about it
		}
		for i, due := range []string{"2017-08-31", "2017-07-15"} {
			id := fmt.Sprint("p", ref, i)
			w.mustSubmitAs(s, withPerson(ann, "Ann Example"), submission(
				id,
				&milepostv1.Command{Command: &milepostv1.Command_BaselineProposed{BaselineProposed: &milepostv1.BaselineProposed{
					Proposal: id, Ref: ref, ReasonKind: "external", Reason: "the supplier", Value: &milepostv1.BaselineProposed_Date{Date: &milepostv1.BaselineDate{DeliveryDate: due}},
				}}},
				&milepostv1.Command{Command: &milepostv1.Command_BaselineProposalClosed{BaselineProposalClosed: &milepostv1.BaselineProposalClosed{Proposal: id, Count: 1}}},
			))
		}
	}
	digests = map[string]string{}
	p, _ := s.book.Now().Plan("hubs")
	for _, of := range p.Proposals() {
		digests[of.ID] = hex.EncodeToString(of.Closed.SHA256[:])
	}
	return digests, late
}

func withPerson(c access.Caller, person string) access.Caller {
	c.Person = person
	return c
}

// draw is what is sent once that is durable, in groups that begin and end with what is always accepted.
func draw(t *rapid.T, digests map[string]string, late map[string]uint64) (groups [][]sent) {
	n := 0
	send := func(by access.Caller, commands ...*milepostv1.Command) sent {
		n++
		return sent{by, submission(fmt.Sprint("r", n), commands...)}
	}
	ref := func() string { return rapid.SampledFrom([]string{"A1", "B1"}).Draw(t, "ref") }
	reporter := func() access.Caller { return rapid.SampledFrom([]access.Caller{ann, cleo}).Draw(t, "reporter") }
	date := func(ref string) *milepostv1.Command {
		return stated(ref, rapid.SampledFrom([]string{"2017-01-05", "2017-01-10", "2017-01-20", "2017-02-01", "2017-05-01"}).Draw(t, "as at"),
			rapid.SampledFrom([]string{"2017-06-15", "2017-06-30", "2017-07-31", "2017-08-31"}).Draw(t, "date"))
	}
	accept := func(ref string) sent {
		at := late[ref]
		return send(bob, &milepostv1.Command{Command: &milepostv1.Command_HistoryAccepted{
			HistoryAccepted: &milepostv1.HistoryAccepted{FromPosition: at, ToPosition: at, Reason: "the paper has it"},
		}})
	}
	approve := func(id string) sent {
		return send(withPerson(carl, "Carl Example"), &milepostv1.Command{Command: &milepostv1.Command_BaselineApproved{
			BaselineApproved: &milepostv1.BaselineDecided{Proposal: id, Sha256: digests[id]},
		}})
	}
	for range rapid.IntRange(1, 3).Draw(t, "groups") {
		group := []sent{send(ann, added(fmt.Sprint("G", n)))} // what follows waits for it
		for range rapid.IntRange(1, 6).Draw(t, "requests") {
			of := ref()
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0, 1, 2:
				group = append(group, accept(of))
				if rapid.Bool().Draw(t, "and says more") {
					group = append(group, send(reporter(), stated(of, "2017-05-01", "2017-08-31")))
				}
				group = append(group, approve("p"+of+"0"))
			case 3:
				group = append(group, accept(of))
			case 4:
				group = append(group, approve("p"+of+"1"))
			case 5, 6:
				group = append(group, send(reporter(), date(of), date(of)))
				if rapid.Bool().Draw(t, "of one without a date") { // the earlier of the two is the first forecast, because one request says both
					group = append(group, send(reporter(), stated("C1", "2017-02-01", "2017-06-30"), stated("C1", "2017-01-10", "2017-07-31")), approve("pC10"))
				}
				group = append(group, approve("p"+of+"0"))
			case 7:
				group = append(group, send(reporter(), &milepostv1.Command{AsAt: "2017-03-01", Command: &milepostv1.Command_MilestoneReplaced{
					MilestoneReplaced: &milepostv1.MilestoneReplaced{Old: []string{"A1"}, New: []string{"B1"}},
				}}))
			default:
				group = append(group, send(reporter(), date(of)))
			}
		}
		groups = append(groups, append(group, send(ann, added(fmt.Sprint("G", n)))))
	}
	return groups
}

var carl = access.Caller{Name: "carl", Roles: map[string][]access.Role{access.EveryPlan: {access.Approver}}}

// TestAnswersDoNotDependOnBatches: requests that wait for each other are answered as those are that come one by one, also where an
// approval goes by the first forecast and that by what is pending: a late date, one that an approver accepted, or two of one request.
func TestAnswersDoNotDependOnBatches(t *testing.T) {
	approved, denied := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		one, several := newWorld(t), newWorld(t)
		tokens, holds := make(chan struct{}, 100), atomic.Bool{}
		several.log.OnAppend = func(uint64, []byte) memory.Outcome {
			if holds.Load() {
				<-tokens
			}
			return memory.Deliver
		}
		alone, batched := one.open(), several.open()
		digests, late := one.proposedDates(alone)
		several.proposedDates(batched)
		holds.Store(true)
		var replies []<-chan answer
		var want []string
		for _, group := range draw(rt, digests, late) {
			for _, r := range group {
				answer := <-one.queuedBy(alone, r)
				want = append(want, said(answer))
				if r.m.Commands[0].GetBaselineApproved() != nil {
					if answer.err == nil {
						approved++
					} else if strings.Contains(said(answer), "has to be approved by tier") {
						denied++
					}
				}
				replies = append(replies, several.queuedBy(batched, r))
			}
			several.taken(batched)
			tokens <- struct{}{} // what is in flight becomes durable, and what waits for it goes
		}
		close(tokens)
		for i, reply := range replies {
			if got := said(<-reply); got != want[i] {
				rt.Fatalf("request %d is answered\n%s\nand not\n%s", i, got, want[i])
			}
		}
		a, b := everything(rt, alone, one.names, alone.book.Now(), civil.Last), everything(rt, batched, several.names, batched.book.Now(), civil.Last)
		if len(a) != len(b) {
			rt.Fatalf("%d answers, and not %d", len(b), len(a))
		}
		for i := range a {
			if !proto.Equal(a[i], b[i]) {
				rt.Fatalf("%v\nand not\n%v", b[i], a[i])
			}
		}
		closed(t, alone)
		closed(t, batched)
	})
	if approved == 0 || denied == 0 {
		t.Errorf("%d approvals, and %d denied by their tier", approved, denied)
	}
}

// queuedBy puts a request of somebody into the queue.
func (w *world) queuedBy(s *Writer, r sent) <-chan answer {
	w.t.Helper()
	by := r.by
	waiting, err := s.read(&by, r.m, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	s.queue <- waiting
	return waiting.reply
}

// said is an answer, but for the commit that it came with.
func said(a answer) string {
	if a.err != nil {
		return a.err.Error()
	}
	var b strings.Builder
	fmt.Fprint(&b, a.outcome.position)
	for _, e := range a.outcome.events {
		fmt.Fprintf(&b, " %s %s %d", codec.TypeName(e.kind), e.ref, e.revision)
	}
	return b.String()
}
