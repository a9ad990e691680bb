package authority

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
)

// day0 is the first day that anything generated is about.
const day0 = civil.Date(736000)

// anyPlan generates what reporters and others may say of a few milestones. only, where given, are the kinds.
func anyPlan(only ...Kind) *rapid.Generator[[]Told] {
	if len(only) == 0 {
		only = []Kind{
			Date, Date, Date, FromDay, Withdrawn, NoDay, Several, Settled, Started, Achieved, Achieved, Reopened, OnHold,
			Resumed, Cancelled, Replaced, Split, DayAgreed, HistoryKept, Amended,
		}
	}
	return rapid.Custom(func(t *rapid.T) []Told {
		told := make([]Told, rapid.IntRange(1, 14).Draw(t, "statements"))
		for i := range told {
			told[i] = anyTold(t, i+1, only)
		}
		return told
	})
}

func anyTold(t *rapid.T, position int, kinds []Kind) Told {
	day := func(of string, most int) civil.Date { return day0 + civil.Date(10*rapid.IntRange(0, most).Draw(t, of)) }
	s := Told{
		Position: position, Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), AsAt: day("as at", 8), Recorded: day0 + 100,
		Speaker: rapid.SampledFrom([]string{"ann", "ben", "cat"}).Draw(t, "speaker"), Milestone: rapid.SampledFrom([]string{"m", "m", "n"}).Draw(t, "milestone"),
	}
	switch s.Kind {
	case Replaced, Split:
		s.Milestone, s.Old, s.New = "", []string{"m"}, []string{"n"}
	case HistoryKept:
		s.Milestone, s.Speaker = "", "board"
		s.From = rapid.IntRange(1, 14).Draw(t, "from")
		s.To = s.From
	case Settled:
		s.Speaker, s.Target, s.Due = "board", rapid.IntRange(1, 14).Draw(t, "target"), day("picked", 12)
	case DayAgreed:
		s.Speaker, s.Day, s.Due = "board", day("about", 8), day("agreed", 12)
	case Several:
		for _, n := range []string{"one", "other"} {
			due := day(n, 12)
			s.Readings = append(s.Readings, Reading{Due: due, Period: Span{due, due}, Promises: true})
		}
	case Amended:
		s.Words = rapid.SampledFrom([]string{"Hub", "hub!", "Inn"}).Draw(t, "words")
	case Date, FromDay, Achieved, Started:
		s.Due = day("due", 12)
		s.Period = Span{s.Due - civil.Date(rapid.SampledFrom([]int{0, 0, 0, 15, 30}).Draw(t, "length")), s.Due}
	}
	return s
}

// end is a day after everything generated.
const end = day0 + 90

// TestRowsSumToTheTotal: the rows in the sum add up to the total, as at every day.
func TestRowsSumToTheTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Plan{Told: anyPlan().Draw(t, "told")}
		for at := day0; at <= end; at += 10 {
			for _, m := range p.Figures(len(p.Told), at).Milestones {
				if m.Slip != nil && *m.Slip != m.Sum() {
					t.Fatalf("as at %s the rows of %s add up to %d:\n%s", at, m.Ref, m.Sum(), strings.Join(writeMilestone(m), "\n"))
				}
			}
		}
	})
}

// TestKnownThenIsWhatWasAnswered: what is told later changes no answer for a position before it.
func TestKnownThenIsWhatWasAnswered(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		told := anyPlan().Draw(t, "told")
		k := rapid.IntRange(0, len(told)).Draw(t, "known at")
		then := Plan{Told: told[:k]}.Figures(k, end)
		if now := (Plan{Told: told}).Figures(k, end); !reflect.DeepEqual(then, now) {
			t.Fatalf("then %v\nnow %v", then, now)
		}
	})
}

// TestChangesAreDifferences: the net move between two days is the difference of the rows' sums, and whatever is
// left out is the same in both answers.
func TestChangesAreDifferences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Plan{Told: anyPlan().Draw(t, "told")}
		from := day0 + civil.Date(10*rapid.IntRange(0, 8).Draw(t, "from"))
		was, now := p.Figures(len(p.Told), from), p.Figures(len(p.Told), end)
		changed := map[string]Change{}
		for _, c := range Between(was, now) {
			changed[c.Ref] = c
		}
		for _, m := range now.Milestones {
			before, _ := was.Milestone(m.Ref)
			c, listed := changed[m.Ref]
			if !listed && before.State != ReplacedNow && (before.Last != m.Last || before.Met != m.Met || before.State == GivenUp != (m.State == GivenUp)) {
				t.Fatalf("%s changed and is left out:\n%v\n%v", m.Ref, writeMilestone(before), writeMilestone(m))
			}
			if before.Slip == nil || m.Slip == nil {
				continue
			}
			if net := m.Sum() - before.Sum(); listed && (c.Days == nil || *c.Days != net) || !listed && net != 0 {
				t.Fatalf("%s moved by %d days, and changes say %v", m.Ref, net, c)
			}
		}
	})
}

// TestNoQuietWay: the total of a milestone never falls by a statement of a reporter, except in the ways that the
// figures name.
func TestNoQuietWay(t *testing.T) {
	reporters := anyPlan(
		Date, Date, Date, Date, Withdrawn, NoDay, Several, Achieved, Achieved, Reopened, Cancelled, OnHold, Resumed, Replaced, Split, Amended,
	)
	rapid.Check(t, func(t *rapid.T) {
		told := reporters.Draw(t, "told")
		p := Plan{Told: told}
		for k := 1; k < len(told); k++ {
			s := told[k]
			ref := s.Milestone
			if ref == "" { // a replacement or a split, which can make nothing better for the new one
				ref = "n"
			}
			before, _ := p.Figures(k, end).Milestone(ref)
			after, _ := p.Figures(k+1, end).Milestone(ref)
			if before.Slip == nil || after.Slip != nil && *after.Slip >= *before.Slip {
				continue
			}
			if why := named(told[:k], s, before, after); why == "" {
				t.Fatalf("%+v\nbefore:\n%s\nafter:\n%s", s, strings.Join(writeMilestone(before), "\n"), strings.Join(writeMilestone(after), "\n"))
			}
		}
	})
}

// named says in which of the named ways a statement made a total fall; empty where it was a quiet one.
func named(told []Told, s Told, before, after Milestone) string {
	inside := func(r Row) bool { return r.InSum && slices.Contains(r.Marks, OnTime) }
	recovers := func(r Row) bool { return r.Kind == Recovery && r.To.Position == s.Position }
	takesBack := func(u Told) bool {
		return u.Speaker == s.Speaker && u.AsAt == s.AsAt && u.Milestone == s.Milestone && u.Due.After(s.Due)
	}
	reopens := func(r Row) bool { return r.Kind == ReopenedRow }
	switch {
	case s.Kind == Reopened && slices.ContainsFunc(after.Rows, reopens):
		return "reopened, with a row of its own"
	case s.Kind == Achieved && s.Due.Before(before.Due):
		return "achieved before the due day"
	case slices.ContainsFunc(before.Rows, inside) && !slices.ContainsFunc(after.Rows, inside):
		return "achieved before the due day of a period, which is in force no more"
	case s.Kind == Date && slices.ContainsFunc(after.Rows, recovers):
		return "a recovery of its own as-at"
	case s.Kind == Date && slices.ContainsFunc(told, takesBack):
		return "it takes back its own later date of the same day"
	}
	return ""
}

// TestArrivalChangesNothing: where the first forecast is told first, and each speaker's statements about one day
// and all that is said of its life keep their order, the order of arrival changes no total and no move.
func TestArrivalChangesNothing(t *testing.T) {
	kinds := anyPlan(Date, Date, Date, Withdrawn, NoDay, Achieved, Reopened, OnHold, Resumed, Cancelled, Amended)
	rapid.Check(t, func(t *rapid.T) {
		told := kinds.Draw(t, "told")
		first := Told{Position: 0, AsAt: day0 - 10, Kind: Date, Milestone: "m", Speaker: "ann", Due: day0 + 50}
		for i := range told {
			told[i].Milestone = "m"
		}
		shuffled := rapid.Permutation(told).Draw(t, "shuffled")
		order := func(s Told) string {
			if isLife(s.Kind) {
				return "life"
			}
			return fmt.Sprint(s.AsAt, s.Speaker)
		}
		for i := range shuffled { // put back in order what must keep it
			for j := range i {
				if order(shuffled[i]) == order(shuffled[j]) && shuffled[i].Position < shuffled[j].Position {
					shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
				}
			}
		}
		again := []Told{first}
		for i, s := range shuffled {
			s.Position = i + 1
			again = append(again, s)
		}
		one, _ := Plan{Told: append([]Told{first}, told...)}.Figures(100, end).Milestone("m")
		two, _ := Plan{Told: again}.Figures(100, end).Milestone("m")
		if a, b := essence(one), essence(two); a != b {
			t.Fatalf("in order:\n%s\nshuffled:\n%s", a, b)
		}
	})
}

// essence is what no order of arrival may change: the total, the last date, the state, and the moves by their days.
func essence(m Milestone) string {
	var out strings.Builder
	if m.Slip != nil {
		fmt.Fprintf(&out, "slip %+d ", *m.Slip)
	}
	fmt.Fprintln(&out, m.First.Due, m.Last, m.State, m.Overdue, m.NoDate, m.Owed)
	for _, r := range m.Rows {
		if r.Kind == Slip || r.Kind == Recovery {
			fmt.Fprintln(&out, r.AsAt, r.From.Due, r.To.Due, r.Days)
		}
	}
	return out.String()
}
