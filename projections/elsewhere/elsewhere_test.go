package elsewhere_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
	"milepost.dev/projections/elsewhere"
)

var (
	plans       = []string{"clinics", "hub", "wards"}
	titles      = []string{"The health hub opens", "A new health hub opens", "Staff are trained"}
	firstDay, _ = civil.FromNumber(20170101)
)

// said is one statement, as a second account of the rule reads it.
type said struct {
	plan, ref, title string
	event            milestone.Event // nil: the plan is closed
	asAt, told       civil.Date
}

// history tells random statements about milestones of three plans to a book.
type history struct {
	t      *rapid.T
	book   *projections.Book
	ledger *eventstore.Ledger
	all    []said
	today  civil.Date
}

func newHistory(t *rapid.T) *history {
	h := &history{t: t, book: projections.NewBook(), today: firstDay}
	var err error
	h.ledger, err = eventstore.TakeOver(t.Context(), memory.New(), &eventstore.Chain{}, &ledgerv1.Opening{Origin: make([]byte, 16)}, h.book.Apply)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range plans {
		h.tell(said{plan: id, asAt: h.today, told: h.today}, plan.Registered{Name: id, TimeZone: "UTC"})
	}
	return h
}

func (h *history) tell(s said, ofPlan plan.Event) {
	draft := eventstore.Draft{Plan: s.plan, AsAt: s.asAt.Number(), EventID: [16]byte{1, byte(len(h.all)), byte(h.book.Position())}}
	var err error
	if ofPlan != nil {
		draft.Type, draft.Payload, err = codec.EncodePlan(ofPlan)
	} else {
		draft.Type, draft.Payload, err = codec.EncodeMilestone(idOf(s.plan, s.ref), s.event)
	}
	var commit *eventstore.Commit
	if err == nil {
		commit, err = h.ledger.Append(h.t.Context(), []eventstore.Request{{
			Actor: strings.Repeat("a", 32), ID: fmt.Sprint(h.book.Position()), Content: "0123456789abcdef",
			RecordedAt: int64(s.told) * 86400e6, Drafts: []eventstore.Draft{draft},
		}})
	}
	if err == nil {
		err = h.book.Apply(commit)
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

func idOf(plan, ref string) (id milestone.ID) {
	copy(id[:], plan+ref)
	return id
}

// step tells one statement more.
func (h *history) step() {
	day := func(label string) int { return rapid.SampledFrom([]int{0, 1, 30, 89, 90, 91}).Draw(h.t, label) }
	h.today = h.today.AddDays(day("later"))
	s := said{
		plan: rapid.SampledFrom(plans).Draw(h.t, "plan"), ref: rapid.SampledFrom([]string{"A", "B"}).Draw(h.t, "ref"),
		asAt: max(firstDay, h.today.AddDays(-day("about before"))), told: h.today,
	}
	if !slices.ContainsFunc(h.all, func(a said) bool { return a.plan == s.plan && a.ref == s.ref && a.event != nil }) {
		s.title = rapid.SampledFrom(titles).Draw(h.t, "title")
		s.event = milestone.Added{Ref: s.ref, Title: s.title}
	} else {
		switch rapid.IntRange(0, 5).Draw(h.t, "kind") {
		case 0, 1:
			s.event = milestone.Cancelled{}
		case 2:
			s.event = milestone.NotReported{Return: "June"}
		case 3:
			s.event = milestone.ForecastGiven{Delivery: period.Keep("ongoing")}
		case 4:
			s.title = rapid.SampledFrom(titles).Draw(h.t, "title")
			s.event = milestone.Amended{Title: &s.title}
		default:
			h.all = append(h.all, said{plan: s.plan, asAt: s.asAt, told: s.told})
			h.tell(s, plan.Closed{Reason: "it ended"})
			return
		}
	}
	h.all = append(h.all, s)
	h.tell(s, nil)
}

// of are the statements about a milestone up to an as-at day, in order of that.
func (h *history) of(plan, ref string, asAt civil.Date) (all []said) {
	for _, s := range h.all {
		if s.plan == plan && (s.ref == ref || s.event == nil) && s.asAt <= asAt {
			all = append(all, s)
		}
	}
	slices.SortStableFunc(all, func(a, b said) int { return cmp.Compare(a.asAt, b.asAt) })
	return all
}

// want is the rule told a second time, without an index: every milestone of a plan against every one of the others.
func (h *history) want(of string, asAt civil.Date, may elsewhere.May) (pairs []string) {
	alike := func(a, b string) bool { return a == b || a != titles[2] && b != titles[2] }
	for _, ref := range []string{"A", "B"} {
		title, added := "", []said(nil)
		for _, s := range h.of(of, ref, asAt) {
			if title = cmp.Or(s.title, title); s.event != nil && s.event.EventName() == "MilestoneAdded" {
				added = append(added, s)
			}
		}
		for _, other := range plans {
			for _, old := range []string{"A", "B"} {
				was, gone, _ := h.letGo(h.of(other, old, asAt))
				near := slices.ContainsFunc(gone, func(g said) bool {
					return slices.ContainsFunc(added, func(a said) bool {
						return max(a.asAt-g.asAt, g.asAt-a.asAt) <= 90 || max(a.told-g.told, g.told-a.told) <= 90
					})
				})
				if other != of && may(other) && near && alike(title, was) && title != "" && was != "" {
					pairs = append(pairs, fmt.Sprintf("%s took the place of %s/%s %q", ref, other, old, was))
				}
			}
		}
	}
	return pairs
}

// letGo are the statements by which a milestone was let go, if it is.
func (h *history) letGo(all []said) (title string, gone []said, added bool) {
	var cancelled, leftOut, closed []said
	unheard := false
	for _, s := range all {
		title = cmp.Or(s.title, title)
		switch s.event.(type) {
		case nil:
			closed = append(closed, s)
		case milestone.Cancelled:
			cancelled, unheard = append(cancelled, s), false
		case milestone.NotReported:
			leftOut, unheard = append(leftOut, s), true
		default:
			added, unheard = true, false
		}
	}
	switch {
	case len(cancelled) > 0:
		return title, cancelled, added
	case unheard:
		return title, leftOut, added
	}
	return title, closed, added
}

func (h *history) got(v projections.View, of string, asAt civil.Date, may elsewhere.May) (pairs []string) {
	p, ok := v.Plan(of)
	if !ok {
		return nil
	}
	for _, pair := range elsewhere.List(p, asAt, may) {
		pairs = append(pairs, fmt.Sprintf("%s took the place of %s/%s %q", pair.Added.Ref, pair.LetGo.Plan, pair.LetGo.Ref, pair.Title))
	}
	slices.Sort(pairs)
	return pairs
}

// TestPairsAcrossPlans: whoever may read a plan is asked about each milestone of it that was let go about when one with words alike was added
// elsewhere, and about no other; and what was answered live is answered again when it is asked for as known then.
func TestPairsAcrossPlans(t *testing.T) {
	asked := 0
	rapid.Check(t, func(t *rapid.T) {
		h := newHistory(t)
		live := map[string][]string{}
		question := func(of string, asAt civil.Date, only string) string { return fmt.Sprint(of, " ", asAt, " ", only) }
		for range rapid.IntRange(2, 14).Draw(t, "statements") {
			h.step()
			asAt := []civil.Date{h.today, max(firstDay, h.today.AddDays(-45))}
			for _, of := range plans {
				for _, day := range asAt {
					for _, only := range []string{"", "hub"} {
						may := func(id string) bool { return only == "" || id == only }
						got, want := h.got(h.book.Now(), of, day, may), slices.Sorted(slices.Values(h.want(of, day, may)))
						if !slices.Equal(got, want) {
							t.Fatalf("plan %s as at %s, asked by one who may read %q of the others:\n%q\nand not\n%q\n%+v", of, day, only, got, want, h.all)
						}
						asked += len(got)
						live[fmt.Sprint(h.book.Position(), " ", question(of, day, only))] = got
					}
				}
			}
		}
		for _, key := range slices.Sorted(maps.Keys(live)) {
			var position uint64
			var of, day, only string
			fmt.Sscan(key, &position, &of, &day, &only)
			v, _ := h.book.KnownAt(position)
			asAt, err := civil.Parse(day)
			if err != nil {
				t.Fatal(err)
			}
			if got := h.got(v, of, asAt, func(id string) bool { return only == "" || id == only }); !slices.Equal(got, live[key]) {
				t.Fatalf("known at %s: %q, and live it was %q", key, got, live[key])
			}
		}
	})
	if asked == 0 {
		t.Error("nobody was ever asked")
	}
}
