package figures_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/internal/rig/spectext"
)

// TestMovesSumToSlip: the rows that are part of the total add up to it, whatever was told, by whom and in what order.
func TestMovesSumToSlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histories(12).Draw(t, "history")
		at := firstDay.AddDays(rapid.IntRange(0, 400).Draw(t, "at"))
		f, rows := Rows(h.statements, at, h.record())
		sum := 0
		for _, r := range rows {
			if r.Counts {
				sum += r.Days
			}
			if r.Counts && r.Marks&(OnTime|UpTo) == 0 && r.Event != "MilestoneReopened" && // less the days read by another setting
				r.From.Due.DaysUntil(r.To.Due) != r.Days {
				t.Fatalf("%+v does not lead from one day to the other", r)
			}
		}
		if f.Slip.Known && f.Slip.Days != sum {
			t.Fatalf("as at %s\n%s\nthe slip is %d, and the rows add up to %d:\n%s", at, h, f.Slip.Days, sum, rowsOf(rows))
		}
	})
}

// TestEveryDateIsShown: each statement of a date has a row of its own, with its words, whatever it came to.
func TestEveryDateIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histories(12).Draw(t, "history")
		_, rows := Rows(h.statements, civil.Last, h.record())
		for _, s := range h.statements {
			d, ok := milestone.Stated(s.Event)
			if ok && !slices.ContainsFunc(rows, func(r Row) bool { return r.To.Position == s.Position && r.Text == d.Text }) {
				t.Fatalf("no row for %q, as at %s\n%s\n%s", d.Text, s.AsAt, h, rowsOf(rows))
			}
		}
		if !slices.IsSortedFunc(rows, func(a, b Row) int { return int(a.AsAt) - int(b.AsAt) }) {
			t.Fatal("not in order of as-at day")
		}
	})
}

// statement is one that a speaker makes about a day.
type statement struct {
	day   int
	by    uint32
	words period.Delivery
}

// TestMovesDoNotDependOnArrival: which statement is a restated start depends on the order of telling, and one speaker's
// statements about one day stand in the order told. Apart from these the order in which dates arrive changes no move and no
// total (R2).
func TestMovesDoNotDependOnArrival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) statement {
			return statement{
				day: rapid.IntRange(1, 30).Draw(t, "day"), by: uint32(rapid.IntRange(1, 3).Draw(t, "by")),
				words: spectext.Reading(rapid.SampledFrom(slices.Concat(days, froms, noDays, []string{"TBC"})).Draw(t, "words")),
			}
		}), 1, 8, func(s statement) string { return fmt.Sprint(s.day, s.by) }).Draw(t, "statements")
		first := statement{day: 0, by: 1, words: spectext.Reading(rapid.SampledFrom(days).Draw(t, "first"))}
		late := rapid.Permutation(said).Draw(t, "arrival")
		at := firstDay.AddDays(rapid.IntRange(0, 300).Draw(t, "at"))
		inOrder, rows := arrived(first, said, at)
		otherwise, others := arrived(first, late, at)
		if inOrder.Slip != otherwise.Slip || inOrder.Owed != otherwise.Owed || inOrder.NoDate != otherwise.NoDate || inOrder.Disagreement != otherwise.Disagreement {
			t.Fatalf("in order %+v\nlate     %+v", inOrder, otherwise)
		}
		if want, got := moves(rows), moves(others); want != got {
			t.Fatalf("in order\n%s\nlate\n%s", want, got)
		}
	})
}

func arrived(first statement, said []statement, at civil.Date) (Figures, []Row) {
	h := &history{}
	h.tell(0, firstDay, 1, milestone.Added{Ref: "A", Title: "The hub opens"})
	for _, s := range append([]statement{first}, said...) {
		h.tell(0, firstDay.AddDays(s.day), s.by, milestone.ForecastGiven{Delivery: s.words})
	}
	return Rows(h.statements, at, h.record())
}

func moves(rows []Row) string {
	var all []string
	for _, r := range rows {
		if beside(r) { // of two who take a date back, the first to say so has the row of what is owed
			continue
		}
		all = append(all, fmt.Sprintf("%s %s %s %s %d %t", r.AsAt, r.Event, r.From.Due, r.To.Due, r.Days, r.Counts))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}
