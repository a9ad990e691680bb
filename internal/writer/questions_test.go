package writer

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/access"
)

func cancelled(ref, asAt string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_MilestoneCancelled{MilestoneCancelled: &milepostv1.MilestoneCancelled{Ref: ref}}}
}

func addedOn(ref, title, asAt string) *milepostv1.Command {
	c := titled(ref, title)
	c.AsAt = asAt
	return c
}

// said is what a caller's request comes to: "B ReviewRaised".
func (w *world) said(s *Writer, caller access.Caller, m *milepostv1.SubmitRequest) (events []string) {
	w.t.Helper()
	answer, err := s.Submit(w.t.Context(), caller, m)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, e := range answer.Receipt.Events {
		events = append(events, e.Ref+" "+e.Type)
	}
	return events
}

var (
	estates = access.Caller{Name: "estates", Organisation: "Estates"}
	digital = access.Caller{Name: "digital", Organisation: "Digital"}
	office  = access.Caller{Name: "office", Organisation: "Programme office"}
)

// TestPairsArePutToAPerson: whichever comes first, in one request or several, before and after a restart.
func TestPairsArePutToAPerson(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.said(s, estates, submission("begin", registered(), addedOn("A", "The health hub opens", "2017-02-01"), addedOn("P", "Phones ring", "2017-02-01")))
	w.said(s, estates, submission("cancel", cancelled("A", "2017-05-01")))
	for _, c := range []struct {
		id   string
		m    []*milepostv1.Command
		want []string
	}{
		{"after", []*milepostv1.Command{addedOn("B", "Health hub opens to patients", "2017-06-01")}, []string{"B MilestoneAdded", "B ReviewRaised"}},
		{"told then, about long after", []*milepostv1.Command{addedOn("C", "Health hub opens", "2017-12-01")}, []string{"C MilestoneAdded", "C ReviewRaised"}},
		{"other words", []*milepostv1.Command{addedOn("D", "Staff are trained", "2017-06-01")}, []string{"D MilestoneAdded"}},
		{"before", []*milepostv1.Command{addedOn("E", "The phones ring", "2017-07-01"), cancelled("P", "2017-07-02")}, []string{"E MilestoneAdded", "P MilestoneCancelled", "E ReviewRaised"}},
	} {
		if got := w.said(s, digital, submission(c.id, c.m...)); !slices.Equal(got, c.want) {
			t.Errorf("%s came to %v", c.id, got)
		}
	}
	closed(t, s)
	w.clock.Advance(200 * 24 * time.Hour)
	s = w.open()
	if got := w.said(s, digital, submission("later", addedOn("F", "The health hub opens", "2018-07-01"))); !slices.Equal(got, []string{"F MilestoneAdded"}) {
		t.Errorf("long after it came to %v", got)
	}
	if got := w.said(s, digital, submission("late", addedOn("G", "The health hub opens", "2017-05-30"))); !slices.Equal(got, []string{"G MilestoneAdded", "G ReviewRaised"}) {
		t.Errorf("about then, after a restart, it came to %v", got)
	}
	answer := func(outcome milepostv1.ReviewOutcome, ref string) *milepostv1.Command {
		c := settle(&milepostv1.ReviewSettled{Ref: ref, Item: "replaces:A", Outcome: outcome})
		c.AsAt = "2017-12-01"
		return c
	}
	if got := w.said(s, office, submission("same", answer(milepostv1.ReviewOutcome_REVIEW_OUTCOME_ACCEPTED, "B"))); !slices.Equal(got, []string{"B ReviewSettled", "B MilestoneReplaced", "A MilestoneReplaced"}) {
		t.Errorf("the same came to %v", got)
	}
	_, err := s.Submit(t.Context(), estates, submission("not by who added it", answer(milepostv1.ReviewOutcome_REVIEW_OUTCOME_REJECTED, "C")))
	var refused *domain.Refusal
	if !errors.As(err, &refused) || refused.Rule != milestone.RuleReviewOwn {
		t.Errorf("rejected by who added the one: %v", err)
	}
	if got := w.said(s, office, submission("not the same", answer(milepostv1.ReviewOutcome_REVIEW_OUTCOME_REJECTED, "C"))); !slices.Equal(got, []string{"C ReviewSettled"}) {
		t.Errorf("rejected it came to %v", got)
	}
	closed(t, s)
}

// TestDisagreementsArePutToAPerson: also in what is not durable yet; and only who is none of the speakers settles it.
func TestDisagreementsArePutToAPerson(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.said(s, estates, submission("begin", registered(), added("A"), stated("A", "2017-02-01", "2017-06")))
	if got := w.said(s, estates, submission("again", stated("A", "2017-02-01", "2017-07"))); !slices.Equal(got, []string{"A MilestoneSlipped"}) {
		t.Errorf("one speaker came to %v", got)
	}
	if got := w.said(s, digital, submission("other", stated("A", "2017-02-01", "2017-09"))); !slices.Equal(got, []string{"A MilestoneSlipped", "A ReviewRaised"}) {
		t.Errorf("another came to %v", got)
	}
	answer := settle(&milepostv1.ReviewSettled{
		Ref: "A", Item: "delivery_date:disagreement-2017-02-01", Outcome: milepostv1.ReviewOutcome_REVIEW_OUTCOME_CORRECTED, DeliveryDate: "2017-07",
	})
	_, err := s.Submit(t.Context(), access.Caller{Name: "another", Organisation: "Digital"}, submission("own", answer))
	var refused *domain.Refusal
	if !errors.As(err, &refused) || refused.Rule != milestone.RuleReviewOwn {
		t.Errorf("settled for the same party: %v", err)
	}
	if got := w.said(s, office, submission("settled", answer)); !slices.Equal(got, []string{"A ReviewSettled"}) {
		t.Errorf("settled it came to %v", got)
	}
	v := s.book.Now()
	p, _ := v.Plan("hubs")
	m, _ := p.FindRef("A")
	if f := v.Figures(m, milestone.FoldAsAt(v.Statements(m), 1<<20).LastAsAt); f.Due.String() != "2017-07-31" || f.Disagreement {
		t.Errorf("%+v", f)
	}
	closed(t, s)
}

// TestARestatedStartIsAskedOnceForARequest: a document that begins the history of many milestones earlier asks one question.
func TestARestatedStartIsAskedOnceForARequest(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	begin, late := []*milepostv1.Command{registered()}, []*milepostv1.Command{}
	for i := range 3 {
		ref := fmt.Sprint("M", i)
		begin = append(begin, added(ref), stated(ref, "2017-03-01", "2017-06"))
		late = append(late, stated(ref, "2017-02-01", "2017-12"))
	}
	w.said(s, estates, submission("begin", begin...))
	if got := w.said(s, digital, submission("late", late...)); !slices.Equal(got, []string{"M0 ForecastGiven", "M0 ReviewRaised", "M1 ForecastGiven", "M2 ForecastGiven"}) {
		t.Errorf("it came to %v", got)
	}
	closed(t, s)
}

// TestManyPairsCostLittle: in a plan of which all milestones are alike, and half are cancelled, no command takes long.
func TestManyPairsCostLittle(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.said(s, estates, submission("begin", registered()))
	for n := range 6 {
		var add, cancel []*milepostv1.Command
		for i := range 200 {
			ref := fmt.Sprint("M", n, "-", i)
			add = append(add, addedOn(ref, fmt.Sprint("The health hub number ", n, " opens ", i), "2017-02-01"))
			cancel = append(cancel, cancelled(ref, "2017-03-01"))
		}
		w.said(s, estates, submission(fmt.Sprint("add", n), add...))
		if n%2 == 0 {
			before := time.Now()
			w.said(s, estates, submission(fmt.Sprint("cancel", n), cancel...))
			t.Logf("200 cancellations took %s", time.Since(before))
		}
	}
	closed(t, s)
}

// TestSettingsChangeNoFigure: after a date was read, the plan's quarters are changed by an approver alone. The same words then mean
// another day, which is no slip; the first other date is compared with the old words as the new quarters read them.
func TestSettingsChangeNoFigure(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	quarters := func(q milepostv1.Quarters) *milepostv1.Command {
		return &milepostv1.Command{AsAt: "2017-03-01", Command: &milepostv1.Command_PlanRevised{PlanRevised: &milepostv1.PlanRevised{Quarters: q.Enum()}}}
	}
	w.said(s, estates, submission("begin", registered(), added("A")))
	w.said(s, estates, submission("before any date", quarters(milepostv1.Quarters_QUARTERS_CALENDAR)))
	w.said(s, estates, submission("date", stated("A", "2017-03-01", "Q4")))
	change := submission("change", quarters(milepostv1.Quarters_QUARTERS_FINANCIAL))
	_, err := s.Submit(t.Context(), estates, change)
	var refused *domain.Refusal
	if !errors.As(err, &refused) || refused.Class != domain.Denied {
		t.Fatalf("a reporter changed the quarters: %v", err)
	}
	w.said(s, ann, change)
	if got := w.said(s, estates, submission("the same words", stated("A", "2017-04-01", "Q4"))); !slices.Equal(got, []string{"A ForecastRestated"}) {
		t.Errorf("the same words came to %v", got)
	}
	come := func() (slip, setting int) {
		v := s.book.Now()
		p, _ := v.Plan("hubs")
		m, _ := p.FindRef("A")
		f, rows := v.Rows(m, civil.Last)
		if f.Last.String() != "2017-03-31" && f.Last.String() != "2017-04-30" {
			t.Errorf("%+v\n%+v", f, rows)
		}
		return f.Slip.Days, f.Setting
	}
	if slip, setting := come(); slip != 0 || setting != 90 {
		t.Errorf("slip %d, setting %d", slip, setting)
	}
	w.said(s, estates, submission("a slip", stated("A", "2017-05-01", "2017-04")))
	if slip, setting := come(); slip != 30 || setting != 90 {
		t.Errorf("slip %d, setting %d", slip, setting)
	}
	closed(t, s)
}

// TestWhatCarriesOnHasTheTrueDays: cancelled and added anew, the day before or after; and split into parts with later dates.
func TestWhatCarriesOnHasTheTrueDays(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	replace := func(asAt, old, by string) *milepostv1.Command {
		return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_MilestoneReplaced{
			MilestoneReplaced: &milepostv1.MilestoneReplaced{Old: []string{old}, New: []string{by}},
		}}
	}
	parts := []*milepostv1.ReviewPart{{Ref: "C", Title: "Buy the land", DeliveryDate: "2017-12-29"}, {Ref: "C.2", Title: "Open the doors", DeliveryDate: "2018-03-31"}}
	split := settle(&milepostv1.ReviewSettled{Ref: "C", Item: "title:several-actions", Outcome: milepostv1.ReviewOutcome_REVIEW_OUTCOME_SPLIT, Parts: parts})
	w.said(s, estates, submission("begin", registered(),
		added("A"), stated("A", "2017-01-10", "2017-06-30"), added("B"), stated("B", "2017-01-10", "2017-06-30"),
		added("C"), stated("C", "2017-01-10", "2017-06-30"), raised("C", "several-actions", "title", "Buy the land and open the doors")))
	w.said(s, estates, submission("after", cancelled("A", "2017-05-01"), addedOn("A2", "A", "2017-05-02"), stated("A2", "2017-05-02", "2017-12-29"), replace("2017-05-02", "A", "A2")))
	w.said(s, estates, submission("before", addedOn("B2", "B", "2017-04-30"), stated("B2", "2017-04-30", "2017-12-29"), cancelled("B", "2017-05-01"), replace("2017-05-02", "B", "B2")))
	w.said(s, digital, submission("split", split))
	jan, _ := civil.Parse("2018-01-10")
	v := s.book.Now()
	p, _ := v.Plan("hubs")
	var counts figures.Counts
	for ref, want := range map[string]int{"A2": 182, "B2": 182, "C": 182, "C.2": 274} {
		m, _ := p.FindRef(ref)
		if f := v.Figures(m, jan); f.Slip.Days != want || f.Replaced {
			t.Errorf("%s: %+v", ref, f)
		}
	}
	for _, m := range p.Milestones() {
		counts.Add(v.Figures(m, jan))
	}
	if counts.Replaced != 2 || counts.Slipped != 4 || counts.Cancelled != 0 {
		t.Errorf("%+v", counts)
	}
	closed(t, s)
}

// TestAnAcceptedHistoryCounts: a restated start counts once an approver who told none of it accepts it, and not before. Who told it, or
// speaks for the same party, cannot accept it, whatever the role.
func TestAnAcceptedHistoryCounts(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.said(s, estates, submission("begin", registered(), added("A"), stated("A", "2017-03-01", "2017-06-30")))
	w.said(s, estates, submission("slip", stated("A", "2017-05-01", "2017-12-29")))
	w.said(s, digital, submission("late", stated("A", "2017-02-01", "2018-03-31")))
	late := s.book.Position() - 1 // the question stands behind it
	accept := func(id string) *milepostv1.SubmitRequest {
		return submission(id, &milepostv1.Command{Command: &milepostv1.Command_HistoryAccepted{
			HistoryAccepted: &milepostv1.HistoryAccepted{FromPosition: late, ToPosition: late, Reason: "the paper has it"},
		}})
	}
	approver := func(c access.Caller) access.Caller {
		c.Roles = map[string][]access.Role{"hubs": {access.Approver}}
		return c
	}
	slip := func() int {
		v := s.book.Now()
		p, _ := v.Plan("hubs")
		m, _ := p.FindRef("A")
		return v.Figures(m, civil.Last).Slip.Days
	}
	for name, caller := range map[string]access.Caller{
		"who told it": approver(digital), "another of the same office": approver(access.Caller{Name: "eve", Organisation: "Digital"}), "without the role": office,
	} {
		if _, err := s.Submit(t.Context(), caller, accept(name)); err == nil || slip() != 182 {
			t.Errorf("%s: %v, slip %d", name, err, slip())
		}
	}
	if got := w.said(s, approver(office), accept("accepted")); !slices.Equal(got, []string{" HistoryAccepted"}) || slip() != -92 {
		t.Errorf("accepted it came to %v, slip %d", got, slip())
	}
	if got := w.said(s, approver(office), accept("again")); len(got) > 0 {
		t.Errorf("again it came to %v", got)
	}
	closed(t, s)
}
