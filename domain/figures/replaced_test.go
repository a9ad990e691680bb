package figures_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/authority"
	"milepost.dev/internal/rig/spectext"
)

// TestBothAccountsAgreeOnReplacements: milestones that take each other's place, one after the other, several at once, split and in
// circles, have the same figures by both accounts (R8).
func TestBothAccountsAgreeOnReplacements(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := plans().Draw(t, "plan")
		at := firstDay.AddDays(rapid.IntRange(0, 120).Draw(t, "at"))
		if h.circular() {
			t.Skip("R8: TestMilestonesInACircle")
		}
		want := authority.Plan{Told: h.told}.Figures(1<<30, at)
		var counts Counts
		for _, m := range want.Milestones {
			got, rows := h.rowsOf(m.Ref, at)
			counts.Add(got)
			r := h.record()
			r.ID = idOf(m.Ref)
			if of := Of(h.of(m.Ref), at, r); of != got {
				t.Fatalf("Of and Rows differ:\n%+v\n%+v", of, got)
			}
			if got.Replaced != (m.State == authority.ReplacedNow) {
				t.Fatalf("as at %s\n%s\n%s: replaced %t", at, h, m.Ref, got.Replaced)
			}
			if got.Replaced {
				m.NoDateSince = 0
			}
			h.reconcile(got, &m)
			if g, w := figuresOf(got), authorityOf(m); g != w {
				t.Fatalf("as at %s\n%s\n%s\ngot\n%s\nwant\n%s\nrows\n%s\nwant rows\n%s", at, h, m.Ref, g, w, rowsOf(rows), authorityRows(m.Rows))
			}
			rows = slices.DeleteFunc(rows, beside)
			for i := range rows { // the second account names the old one's first date where this names its last
				rows[i].From.Position = 0
				if rows[i].Event == "MilestoneReopened" {
					rows[i].To.Position = 0
				}
			}
			for i := range m.Rows {
				m.Rows[i].From.Position = 0
				if m.Rows[i].Kind == authority.ReopenedRow {
					m.Rows[i].To.Position = 0
				}
			}
			if h.has(authority.Reopened) {
				rows = slices.DeleteFunc(rows, func(r Row) bool { return r.Event == DateOwed })
				m.Rows = slices.DeleteFunc(m.Rows, func(r authority.Row) bool { return r.Kind == authority.OwedRow })
			}
			if g, w := rowsOf(rows), authorityRows(m.Rows); g != w {
				t.Fatalf("as at %s\n%s\n%s\ngot rows\n%s\nwant rows\n%s", at, h, m.Ref, g, w)
			}
		}
		w := want.Counts
		if counts.Replaced != w.Replaced || counts.Milestones != w.Milestones || counts.Net != w.Net || counts.Overdue != w.Overdue ||
			counts.Open != w.Open || counts.Cancelled != w.Cancelled {
			t.Fatalf("as at %s\n%s\n%+v\n%+v", at, h, counts, w)
		}
	})
}

// TestMilestonesInACircle: of milestones that take each other's place, directly or through others, none is replaced. Each is asked
// once, so that it is measured against the earliest first forecast of all; the second account, which goes every way there is, may
// find an earlier last due day.
func TestMilestonesInACircle(t *testing.T) {
	h := &history{others: map[string][]milestone.Statement{}}
	due := map[string]string{"A": "2017-03-20", "B": "2017-06-30", "C": "2017-04-10"}
	for i, ref := range []string{"A", "B", "C"} {
		h.about = ref
		h.tell(0, firstDay, 1, milestone.Added{Ref: ref, Title: "The hub opens"})
		h.tell(0, firstDay.AddDays(i), 1, milestone.ForecastGiven{Delivery: spectext.Reading(due[ref])})
	}
	h.replace(firstDay.AddDays(5), 1, []string{"A"}, []string{"B"})
	h.replace(firstDay.AddDays(6), 1, []string{"B"}, []string{"C"})
	replaced := func(at int) (refs string) {
		for _, ref := range []string{"A", "B", "C"} {
			f, _ := h.rowsOf(ref, firstDay.AddDays(at))
			if f.Replaced {
				refs += ref
			}
			if f.First.Due.String() != due["A"] && (ref != "C" || at > 5) && (ref != "B" || at > 4) {
				t.Errorf("%s as at day %d is measured against %s", ref, at, f.First.Due)
			}
		}
		return refs
	}
	if got := replaced(5) + " " + replaced(6); got != "A AB" {
		t.Errorf("replaced: %s", got)
	}
	h.replace(firstDay.AddDays(7), 1, []string{"C"}, []string{"A"})
	if got := replaced(6) + " " + replaced(7); got != "AB " {
		t.Errorf("in a circle: %s", got)
	}
}

// circular says whether milestones took each other's place, directly or through others.
func (h *history) circular() bool {
	next := map[string][]string{}
	for _, t := range h.told {
		for _, old := range t.Old {
			next[old] = append(next[old], t.New...)
		}
	}
	var leads func(from, to string, passed map[string]bool) bool
	leads = func(from, to string, passed map[string]bool) bool {
		return slices.ContainsFunc(next[from], func(n string) bool {
			if n == to {
				return true
			}
			if passed[n] {
				return false
			}
			passed[n] = true
			return leads(n, to, passed)
		})
	}
	for ref := range next {
		if leads(ref, ref, map[string]bool{}) {
			return true
		}
	}
	return false
}

// rowsOf returns the figures and rows of a milestone of the plan.
func (h *history) rowsOf(ref string, at civil.Date) (Figures, []Row) {
	r := h.record()
	r.ID = idOf(ref)
	return Rows(h.of(ref), at, r)
}

// plans are sequences of statements about a few milestones that take each other's place.
func plans() *rapid.Generator[*history] {
	return rapid.Custom(func(t *rapid.T) *history {
		h := &history{accepted: map[uint64]bool{}, others: map[string][]milestone.Statement{}}
		refs := []string{"A", "B", "C", "D"}[:rapid.IntRange(2, 4).Draw(t, "milestones")]
		for _, ref := range refs {
			h.about = ref
			h.tell(0, firstDay, 0, milestone.Added{Ref: ref, Title: "The hub opens"})
		}
		h.speakers = rapid.IntRange(1, 2).Draw(t, "speakers")
		day := 0
		for range rapid.IntRange(2, 10).Draw(t, "statements") {
			if rapid.Bool().Draw(t, "in order") {
				day += rapid.IntRange(0, 6).Draw(t, "later")
			} else {
				day = rapid.IntRange(0, 60).Draw(t, "day")
			}
			asAt, by := firstDay.AddDays(day), uint32(rapid.IntRange(1, h.speakers).Draw(t, "speaker"))
			switch rapid.IntRange(0, 9).Draw(t, "kind of statement") {
			case 0, 1:
				old := rapid.SliceOfNDistinct(rapid.SampledFrom(refs), 1, 2, rapid.ID[string]).Draw(t, "old")
				taking := rapid.SliceOfNDistinct(rapid.SampledFrom(refs), 1, 2, rapid.ID[string]).Draw(t, "new")
				taking = slices.DeleteFunc(taking, func(ref string) bool { return slices.Contains(old, ref) })
				if len(taking) > 0 {
					h.replace(asAt, by, old, taking)
				}
			case 2:
				h.about = rapid.SampledFrom(refs).Draw(t, "about")
				h.elsewhere(asAt, by, rapid.SampledFrom(days).Draw(t, "first elsewhere"), rapid.SampledFrom(days).Draw(t, "last elsewhere"))
			case 3:
				h.split(asAt, by, rapid.SampledFrom(refs).Draw(t, "whole"))
			default:
				h.about = rapid.SampledFrom(refs).Draw(t, "about")
				h.plain(t, asAt, by)
			}
		}
		h.about = ""
		return h
	})
}

// plain tells something of a milestone's dates or life.
func (h *history) plain(t *rapid.T, asAt civil.Date, by uint32) {
	switch kind := rapid.IntRange(0, 11).Draw(t, "kind"); kind {
	case 0:
		h.tell(0, asAt, by, milestone.Withdrawn{Delivery: spectext.Reading("TBC")})
	case 1:
		h.tell(0, asAt, by, milestone.ForecastGiven{Delivery: spectext.Reading(rapid.SampledFrom(froms).Draw(t, "from"))})
	case 2:
		h.tell(0, asAt, by, milestone.Cancelled{})
	case 3:
		h.tell(0, asAt, by, milestone.Reopened{})
	case 4, 5:
		actual := rapid.SampledFrom([]string{"2017-03-12", "2017-03", "2017-04-05", "2017-06-30"}).Draw(t, "actual")
		h.tell(0, asAt, by, milestone.Achieved{Actual: spectext.Reading(actual)})
	default:
		h.tell(0, asAt, by, milestone.ForecastGiven{Delivery: spectext.Reading(rapid.SampledFrom(days).Draw(t, "words"))})
	}
}

// replace tells that milestones took the place of others: an event in the history of each.
func (h *history) replace(asAt civil.Date, by uint32, old, taking []string) {
	first := uint64(len(h.requests) + 1)
	ids := func(refs []string) (ids []milestone.ID) {
		for _, ref := range refs {
			ids = append(ids, idOf(ref))
		}
		return ids
	}
	for _, h.about = range taking {
		h.state(first, asAt, by, milestone.Replaced{Old: ids(old)})
	}
	for _, h.about = range old {
		h.state(first, asAt, by, milestone.Replaced{New: ids(taking)})
	}
	h.told = append(h.told, authority.Told{
		Position: int(first), AsAt: asAt, Speaker: speaker(by), Kind: authority.Replaced, Old: old, New: taking,
	})
}

// elsewhere tells that a milestone took the place of one of another plan.
func (h *history) elsewhere(asAt civil.Date, by uint32, first, last string) {
	e := milestone.ElsewhereReplaced{Old: idOf("@"), First: spectext.Reading(first).Due(), Due: spectext.Reading(last).Due()}
	position := uint64(len(h.requests) + 1)
	h.state(position, asAt, by, e)
	h.told = append(h.told, authority.Told{
		Position: int(position), AsAt: asAt, Speaker: speaker(by), Milestone: h.about, Kind: authority.Elsewhere, First: e.First, Due: e.Due,
	})
}

// split tells that a milestone was several, and adds the parts.
func (h *history) split(asAt civil.Date, by uint32, whole string) {
	first := uint64(len(h.requests) + 1)
	parts := []string{whole + "1", whole + "2"}
	if h.of(parts[0]) != nil {
		return
	}
	h.about = whole
	h.state(first, asAt, by, milestone.ReviewSettled{
		Item: "title:several-actions", Outcome: milestone.Split, Text: "The hub opens", Into: strings.Join(parts, "\n"),
	})
	h.told = append(h.told, authority.Told{
		Position: int(first), AsAt: asAt, Speaker: speaker(by), Kind: authority.Split, Old: []string{whole}, New: parts,
	})
	for _, h.about = range parts {
		h.tell(first, asAt, by, milestone.Added{Ref: h.about, Title: "A part opens", PartsOf: []milestone.ID{idOf(whole)}})
	}
	h.about = parts[0]
	h.tell(0, asAt.AddDays(3), by, milestone.ForecastGiven{Delivery: spectext.Reading("2017-09-15")})
}
