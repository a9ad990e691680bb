package writer

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/request"
)

// A receipt names what is stored: the commit with the digest that the next commit holds, and the leaf hash of each record,
// which the plan's next record holds. All who are told of it are told the same, when they ask with it, while it is
// pending, and years later.
func TestAReceiptNamesWhatIsStored(t *testing.T) {
	w := newWorld(t)
	s, g := w.gated()
	m := submission("slip", stated("A1", "2017-02-01", "2017-06"), stated("A1", "2017-03-01", "2017-09"))
	first := w.queued(s, m)
	<-g.arrived
	joined := w.queued(s, m)
	w.taken(s)
	g.outcome <- memory.Deliver
	var receipts []*milepostv1.Receipt
	for _, reply := range []<-chan answer{first, joined} {
		response, err := s.answer(t.Context(), &waiter{request: &request.Request{ID: "slip"}}, <-reply)
		if err != nil {
			t.Fatal(err)
		}
		receipts = append(receipts, response.Receipt)
	}
	receipts = append(receipts, w.mustSubmit(s, m).Receipt)
	closed(t, s)

	data := w.log.Messages()[2]
	digest := sha256.Sum256(data)
	var commit ledgerv1.Commit
	if err := proto.Unmarshal(data, &commit); err != nil {
		t.Fatal(err)
	}
	for i, r := range receipts {
		if r.Commit != 3 || r.CommitDigest != hex.EncodeToString(digest[:]) || len(r.Events) != 2 {
			t.Errorf("receipt %d names commit %d, %s: %v", i, r.Commit, r.CommitDigest, r)
		}
		for j, e := range r.Events {
			leaf := sha256.Sum256(append([]byte{0}, commit.Records[j]...))
			if e.LeafHash != hex.EncodeToString(leaf[:]) {
				t.Errorf("receipt %d has leaf %s for event %d", i, e.LeafHash, j)
			}
		}
		if !proto.Equal(r, receipts[0]) {
			t.Errorf("receipt %d is %v, and the first was %v", i, r, receipts[0])
		}
	}
}

// A request that changes nothing has a commit of its own too, and no record.
func TestAReceiptOfNothingNamesItsCommit(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, beginning())
	nothing := submission("nothing", added("A1"))
	first := w.mustSubmit(s, nothing)
	digest := sha256.Sum256(w.log.Messages()[2])
	if r := first.Receipt; len(r.Events) != 0 || r.Commit != 3 || r.CommitDigest != hex.EncodeToString(digest[:]) {
		t.Errorf("the receipt is %v", r)
	}
	if again := w.mustSubmit(s, nothing); !again.Replayed || !proto.Equal(again.Receipt, first.Receipt) {
		t.Errorf("%v and not %v", again, first)
	}
	closed(t, s)
}

// statedDates are the dates of the records from a position on, as they are stored.
func (w *world) statedDates(from uint64) (found []period.Delivery) {
	w.t.Helper()
	for number, data := range w.log.Messages() {
		commit, err := eventstore.Decode(uint64(number+1), data)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, r := range commit.Records {
			if r.Position < from {
				continue
			}
			event, err := codec.Decode(r.Type, r.Payload)
			if err != nil {
				w.t.Fatal(err)
			}
			switch e := event.OfMilestone.(type) {
			case milestone.ForecastGiven:
				found = append(found, e.Delivery)
			case milestone.Slipped:
				found = append(found, e.Delivery)
			case milestone.Recovered:
				found = append(found, e.Delivery)
			case milestone.Reconfirmed:
				found = append(found, e.Delivery)
			case milestone.Restated:
				found = append(found, e.Delivery)
			case milestone.Achieved:
				found = append(found, e.Actual)
			}
		}
	}
	return found
}

// What is stored of a date says by which reader it was read, and which statement of the plan's settings was in force for
// its day: one that was made in the same request, or one of an earlier
// day than the newest.
func TestADateNamesItsReaderAndItsSettings(t *testing.T) {
	quarters := func(asAt string, q milepostv1.Quarters) *milepostv1.Command {
		return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_PlanRevised{PlanRevised: &milepostv1.PlanRevised{Quarters: q.Enum()}}}
	}
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A1"), stated("A1", "2017-02-01", "Q2 2017")))
	w.mustSubmit(s, submission("revise",
		quarters("2017-03-01", milepostv1.Quarters_QUARTERS_CALENDAR), // at position 4
		stated("A1", "2017-03-02", "Q2 2017")))
	w.mustSubmit(s, submission("late", stated("A1", "2017-02-28", "Q2 2017")))
	name := "Hubs"
	w.mustSubmit(s, submission("rename", &milepostv1.Command{Command: &milepostv1.Command_PlanRevised{PlanRevised: &milepostv1.PlanRevised{Name: &name}}}))
	w.mustSubmit(s, submission("achieve", &milepostv1.Command{AsAt: "2017-07-01", Command: &milepostv1.Command_MilestoneAchieved{
		MilestoneAchieved: &milepostv1.MilestoneAchieved{Ref: "A1", ActualDate: "2017-06-28"},
	}}))
	closed(t, s)
	var got []string
	for _, d := range w.statedDates(1) {
		got = append(got, fmt.Sprintf("%s due %s by reader %d with %d", d.Text, d.Due(), d.Reader, d.Settings))
	}
	want := []string{
		"Q2 2017 due 2017-06-30 by reader 1 with 1",
		"Q2 2017 due 2017-06-30 by reader 1 with 4",
		"Q2 2017 due 2017-06-30 by reader 1 with 1",
		"2017-06-28 due 2017-06-28 by reader 1 with 4",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) || dates.Version != 1 {
		t.Errorf("the dates are\n%q\nand not\n%q", got, want)
	}
}

// An entry of a request that names somebody holds the digest alone in which party ids stand for names, so that nobody can test a
// guess at a name that is forgotten. A retry is known in whatever spelling of its names, and another request is not taken for it.
func TestARetryIsKnownByTheSecondDigest(t *testing.T) {
	owner := func(name string) *milepostv1.SubmitRequest {
		return submission("owner", &milepostv1.Command{AsAt: "2017-02-01", Command: &milepostv1.Command_OwnerChanged{
			OwnerChanged: &milepostv1.OwnerChanged{Ref: "A1", Owner: name},
		}})
	}
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, beginning())
	first := w.mustSubmit(s, owner("Estates"))
	if again := w.mustSubmit(s, owner("ESTATES")); !again.Replayed {
		t.Errorf("the same owner in other letters is answered %v", again)
	}
	read, err := s.read(&ann, owner("Estates"), 0)
	if err != nil {
		t.Fatal(err)
	}
	r := read.request
	closed(t, s)
	entry := w.entries(3)[0]
	if entry.Content != "" || entry.ContentV2 != r.Content.V2 || r.Content.V1 == r.Content.V2 {
		t.Errorf("the entry holds %x and %x, and its content is %x", entry.Content, entry.ContentV2, r.Content)
	}
	if begin := w.entries(2)[0]; begin.ContentV2 != begin.Content || begin.Content == "" {
		t.Errorf("the entry of a request that names nobody holds %x and %x", begin.Content, begin.ContentV2)
	}

	// The same request in another ledger, where its first digest is not kept.
	v := newWorld(t)
	v.names = w.names
	s = v.open()
	v.mustSubmit(s, beginning())
	closed(t, s)
	later, err := eventstore.TakeOver(t.Context(), v.log, &eventstore.Chain{}, &ledgerv1.Opening{Software: "later"}, func(*eventstore.Commit) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := later.Append(t.Context(), []eventstore.Request{{
		Actor: r.Actor, ID: "owner", ContentV2: r.Content.V2, RecordedAt: later.RecordedAt(),
	}}); err != nil {
		t.Fatal(err)
	}
	s = v.open()
	for _, name := range []string{"Estates", "ESTATES"} {
		if again := v.mustSubmit(s, owner(name)); !again.Replayed || again.Receipt.RequestId != first.Receipt.RequestId {
			t.Errorf("%q is answered %v", name, again)
		}
	}
	if _, err := s.Submit(t.Context(), ann, owner("Treasury")); refusalOf(t, err).Rule != RuleRequestIDReused {
		t.Errorf("another owner under the same id: %v", err)
	}
	closed(t, s)
}

// entries are those of one commit.
func (w *world) entries(number uint64) []eventstore.Entry {
	w.t.Helper()
	commit, err := eventstore.Decode(number, w.log.Messages()[number-1])
	if err != nil {
		w.t.Fatal(err)
	}
	return commit.Entries
}

// An opening says what the ledger is kept in.
func TestAnOpeningNamesItsStore(t *testing.T) {
	w := newWorld(t)
	closed(t, w.open())
	commit, err := eventstore.Decode(1, w.log.Messages()[0])
	if err != nil || commit.Opening.Store != ledgerv1.StoreKind_STORE_KIND_MEMORY || commit.Opening.Node != "" {
		t.Errorf("the opening says %v, %v", commit.Opening, err)
	}
}
