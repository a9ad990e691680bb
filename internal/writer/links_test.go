package writer

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/wire"
	"milepost.dev/projections/slippage"
)

func linked(ref, on, asAt string, lag uint32) *milepostv1.Command {
	return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_DependencyLinked{
		DependencyLinked: &milepostv1.DependencyLinked{Ref: ref, On: on, LagDays: lag},
	}}
}

func unlinked(ref, on, asAt string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_DependencyUnlinked{
		DependencyUnlinked: &milepostv1.DependencyUnlinked{Ref: ref, On: on},
	}}
}

// A circle is refused in whatever order its links come: in one request, through others, and late.
func TestNoCircleOfDependencies(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	refused := func(id string, commands ...*milepostv1.Command) {
		t.Helper()
		_, err := s.Submit(t.Context(), ann, submission(id, commands...))
		if r := refusalOf(t, err); r.Rule != milestone.RuleDependencyCircle {
			t.Errorf("%s is refused for %s: %s", id, r.Rule, r.Message)
		}
	}
	refused("all at once", registered(), added("A"), added("B"), linked("A", "B", "2017-02-01", 0), linked("B", "A", "2017-02-01", 0))
	w.mustSubmit(s, submission("begin", registered(), added("A"), added("B"), added("C")))
	w.mustSubmit(s, submission("chain", linked("A", "B", "2017-06-01", 0), linked("B", "C", "2017-02-01", 0)))
	refused("through others", linked("C", "A", "2017-06-02", 0))
	refused("for a day before, when the others hold later", linked("C", "A", "2017-03-01", 0))
	w.mustSubmit(s, submission("open it", unlinked("A", "B", "2017-07-01")))
	w.mustSubmit(s, submission("afterwards it is none", linked("C", "A", "2017-07-02", 0)))
	refused("but it would be one before", linked("C", "A", "2017-06-15", 0))
}

// Whatever is linked and unlinked, for whatever days: no day ever sees a circle.
func TestNoDayEverSeesACircle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		s := w.open()
		refs := []string{"A", "B", "C", "D"}
		w.mustSubmit(s, submission("begin", registered(), added("A"), added("B"), added("C"), added("D")))
		first, _ := civil.Parse("2017-02-01")
		pick := func(label string) string { return rapid.SampledFrom(refs).Draw(rt, label) }
		for i := range rapid.IntRange(1, 25).Draw(rt, "commands") {
			ref, on, asAt := pick("ref"), pick("on"), first.AddDays(rapid.IntRange(0, 5).Draw(rt, "day")).String()
			c := linked(ref, on, asAt, 0)
			if rapid.IntRange(0, 3).Draw(rt, "unlink") == 0 {
				c = unlinked(ref, on, asAt)
			}
			if _, err := s.Submit(t.Context(), ann, submission(fmt.Sprint(i), c)); err != nil {
				refusalOf(t, err)
			}
		}
		p, _ := s.book.Now().Plan("hubs")
		for n := range 7 {
			day := first.AddDays(n)
			var visit func(id milestone.ID, path string)
			visit = func(id milestone.ID, path string) {
				m, _ := p.FindID(id)
				if strings.Contains(path, m.Ref) {
					rt.Fatalf("on %s there is a circle: %s%s", day, path, m.Ref)
				}
				for _, l := range p.View().State(m, day).Known().DependsOn {
					visit(l.On, path+m.Ref+" ")
				}
			}
			for _, ref := range refs {
				m, _ := p.FindRef(ref)
				visit(m.ID, "")
			}
		}
	})
}

// What a slip means for those that wait is shown and proposed along the chain, and moves nobody's date.
func TestAKnockOnIsProposedAndNotApplied(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("A"), added("B"), added("C"),
		stated("A", "2017-01-01", "2017-06-30"), stated("B", "2017-01-01", "2017-07-31"), stated("C", "2017-01-01", "2017-09-30"),
		linked("B", "A", "2017-01-01", 28), linked("C", "B", "2017-01-01", 0)))
	w.mustSubmit(s, submission("slip", stated("A", "2017-03-01", "2017-09-15")))
	p, _ := s.book.Now().Plan("hubs")
	on, _ := civil.Parse("2017-03-01")
	shown := func(ref string) *milepostv1.GetMilestoneResponse {
		m, _ := p.FindRef(ref)
		answer, ok := wire.Milestone(p.View(), m, on, w.names)
		if !ok {
			t.Fatal("there is no " + ref)
		}
		return answer
	}
	b, c := shown("B"), shown("C")
	if b.Proposed != "2017-10-13" || b.GetKnockOnDays() != 74 || b.Status.Forecast != "2017-07-31" || b.Status.GetSlipDays() != 0 {
		t.Errorf("B: %v", b)
	}
	if c.Proposed != "2017-10-13" || c.GetKnockOnDays() != 13 || c.Status.Forecast != "2017-09-30" {
		t.Errorf("C: %v", c)
	}
	if len(b.DependsOn) != 1 || b.DependsOn[0].Ref != "A" || b.DependsOn[0].Expected != "2017-09-15" || b.DependsOn[0].Earliest != "2017-10-13" ||
		len(b.NeededBy) != 1 || b.NeededBy[0].Ref != "C" || b.NeededBy[0].GetKnockOnDays() != 13 {
		t.Errorf("B waits for %v, and is needed by %v", b.DependsOn, b.NeededBy)
	}
	for _, move := range slippage.List(p, on) {
		if move.Moved() && move.Milestone.Ref != "A" {
			t.Errorf("%s moved", move.Milestone.Ref)
		}
	}
	// As it was before the slip there is none.
	before, _ := civil.Parse("2017-02-28")
	m, _ := p.FindRef("B")
	if answer, _ := wire.Milestone(p.View(), m, before, w.names); answer.Proposed != "2017-07-28" || answer.KnockOnDays != nil {
		t.Errorf("before: %v", answer)
	}
}

func defined(rule, start, end, asAt string) *milepostv1.Command {
	return &milepostv1.Command{AsAt: asAt, Command: &milepostv1.Command_RecurrenceDefined{
		RecurrenceDefined: &milepostv1.RecurrenceDefined{Ref: "KPI", Rrule: rule, Start: start, End: end, Words: "as agreed"},
	}}
}

// Each occurrence is a milestone, with dates and slips of its own; defining the series again leaves them alone.
func TestOccurrencesHaveTheirOwnDates(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("KPI")))
	quarterly := defined("FREQ=MONTHLY;INTERVAL=3", "2017-01-01", "2017-12-31", "2017-01-01")
	first := w.mustSubmit(s, submission("define", quarterly))
	if n := len(first.Receipt.Events); n != 1+2*4 {
		t.Fatalf("it comes to %d events: %v", n, first.Receipt.Events)
	}
	w.mustSubmit(s, submission("slip", stated("KPI/2017-06-30", "2017-06-20", "2017-07-14")))
	again := w.mustSubmit(s, submission("define again", quarterly))
	if len(again.Receipt.Events) != 0 {
		t.Errorf("the same again comes to %v", again.Receipt.Events)
	}
	monthly := w.mustSubmit(s, submission("define otherwise", defined("FREQ=MONTHLY", "2017-01-01", "2017-12-31", "2017-06-21")))
	if n := len(monthly.Receipt.Events); n != 1+2*8 {
		t.Errorf("the eight months that are new come to %d events", n)
	}
	p, _ := s.book.Now().Plan("hubs")
	m, _ := p.FindRef("KPI")
	on, _ := civil.Parse("2018-01-01")
	answer, _ := wire.Milestone(p.View(), m, on, w.names)
	if len(answer.Occurrences) != 12 || answer.Recurrence.GetRrule() != "FREQ=MONTHLY" {
		t.Fatalf("%d occurrences, %v", len(answer.Occurrences), answer.Recurrence)
	}
	for _, o := range answer.Occurrences {
		want, slip := o.Day, int32(0)
		if o.Ref == "KPI/2017-06-30" {
			want, slip = "2017-07-14", 14
		}
		if o.Ref != "KPI/"+o.Day || o.Forecast != want || o.GetSlipDays() != slip {
			t.Errorf("%v", o)
		}
	}
	child, _ := p.FindRef("KPI/2017-06-30")
	if a, _ := wire.Milestone(p.View(), child, on, w.names); a.Status.Series != "KPI" || a.Status.Title != "KPI (2017-06-30)" {
		t.Errorf("%v", a.Status)
	}
}

// Nothing of a series is done where one occurrence cannot be.
func TestAnOccurrenceTakesNobodysReference(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered(), added("KPI"), added("KPI/2017-02-28")))
	before := s.book.Position()
	_, err := s.Submit(t.Context(), ann, submission("define", defined("FREQ=MONTHLY", "2017-01-01", "2017-12-31", "2017-01-01")))
	if r := refusalOf(t, err); r.Rule != milestone.RuleRefTaken || s.book.Position() != before {
		t.Errorf("%s at position %d and not %d", r.Rule, s.book.Position(), before)
	}
}
