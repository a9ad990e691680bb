package baseline

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

var callers = []Facts{
	{Caller: Teller{Actor: "ann", Speaker: "ann", Person: "Ann"}},
	{Caller: Teller{Actor: "ann-2", Speaker: "ann-2", Person: "Ann"}, Approver: true},
	{Caller: Teller{Actor: "bob", Speaker: "Office", Person: "Bob"}, Approver: true, Organisation: "Office"},
	{Caller: Teller{Actor: "eve", Speaker: "Office", Person: "Eve"}, Approver: true, Organisation: "Office"},
	{Caller: Teller{Actor: "feed", Speaker: "feed"}, Approver: true},
}

func ofMilestone(n int) milestone.ID { return milestone.ID{15: byte(n + 1)} }

// commands are any that the callers may think of.
func someCommand(t *rapid.T, r *Register) (Command, int) {
	id := rapid.SampledFrom([]string{"p1", "p2", "p3"}).Draw(t, "proposal")
	p, _ := r.Proposal(id, Everything)
	d := Decision{Proposal: id}
	if p.Closed != nil {
		d.SHA256 = p.Closed.SHA256
	}
	n := rapid.IntRange(0, 2).Draw(t, "milestone")
	switch rapid.IntRange(0, 7).Draw(t, "command") {
	case 0, 1, 2:
		date := civil.Date(rapid.IntRange(0, 400).Draw(t, "day")) + day("2026-06-01")
		return Propose{Proposal: id, Ref: fmt.Sprint(n), Dimension: Date, Delivery: delivery(date.String()), Kind: External, Reason: "why"}, n
	case 3:
		return Close{id, len(p.Items)}, n
	case 4, 5:
		return Approve(d), n
	case 6:
		return Refuse(d), n
	default:
		return Withdraw{id, "why"}, n
	}
}

// Whatever is proposed and decided: the original stays, numbers and days of decision rise, nobody decides about what the same person
// proposed, and what is taken back leaves no trace.
func TestWhateverIsDecided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r Register
		today := day("2026-06-01")
		originals := map[milestone.ID]Baseline{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			today = today.AddDays(rapid.IntRange(0, 2).Draw(t, "later"))
			cmd, n := someCommand(t, &r)
			f := rapid.SampledFrom(callers).Draw(t, "caller")
			f.Today, f.AsAt, f.Milestone = today, today, ofMilestone(n)
			if approve, ok := cmd.(Approve); ok {
				f.AsAt = today.AddDays(-rapid.IntRange(0, 3).Draw(t, "decided before"))
				cmd = approve
			}
			f.First, f.Ref = func(milestone.ID) civil.Date { return today }, func(milestone.ID) string { return "?" }
			events, err := Decide(&r, cmd, f)
			if err != nil {
				continue
			}
			before := uint64(len(r.Told()))
			for i, e := range events {
				r.Add(Statement{Position: before + uint64(i) + 1, AsAt: f.AsAt, By: f.Caller, Event: e})
			}
			if again, err := Decide(&r, cmd, f); err != nil || len(again) > 0 {
				t.Fatalf("said twice it comes to %v, %v", again, err)
			}
			holds(t, &r, originals)
		}
		cut := uint64(rapid.IntRange(0, len(r.Told())).Draw(t, "cut"))
		var prefix Register
		for _, s := range r.Told()[:cut] {
			prefix.Add(s)
		}
		knownThen := r.Proposals(cut)
		r.Forget(cut)
		for _, all := range [][]Proposal{knownThen, r.Proposals(Everything)} {
			if !reflect.DeepEqual(all, prefix.Proposals(Everything)) {
				t.Fatalf("after position %d was taken back or asked about, %v is known, and not %v", cut, all, prefix.Proposals(Everything))
			}
		}
	})
}

func holds(t *rapid.T, r *Register, originals map[milestone.ID]Baseline) {
	for n := range 3 {
		all := r.Approved(nil, ofMilestone(n), Date, Everything)
		for i, b := range all {
			if b.Number != i+1 || b.Proposed.Replaces != i || b.ByProposer {
				t.Fatalf("baseline %d is %+v", i+1, b)
			}
			if i > 0 && b.Decided.On.Before(all[i-1].Decided.On) {
				t.Fatalf("baseline %d was decided on %s, before the one that it replaces", i+1, b.Decided.On)
			}
			if i == 0 {
				if was, ok := originals[ofMilestone(n)]; ok && !reflect.DeepEqual(was, b) {
					t.Fatalf("the original was %+v and is %+v", was, b)
				}
				originals[ofMilestone(n)] = b
			}
		}
	}
	for _, p := range r.Proposals(Everything) {
		if p.Decided != nil && (p.Decided.By.Person == p.By.Person || p.By.Person == "" || p.Closed == nil || p.Closed.SHA256 != Digest(p.ID, p.Items)) {
			t.Fatalf("proposal %+v was decided", p)
		}
	}
}

// Row 30 of the ways that were tried: ten re-baselines, each a little under the lowest tier, add up against the original, and the one that
// goes beyond it goes up.
func TestTenStepsUnderTheLowestTier(t *testing.T) {
	var r Register
	today := day("2026-06-01")
	position := uint64(0)
	do := func(f Facts, cmd Command) error {
		f.Today, f.AsAt, f.Milestone = today, today, ofMilestone(0)
		f.First, f.Ref = func(milestone.ID) civil.Date { return day("2026-09-30") }, func(milestone.ID) string { return "A" }
		events, err := Decide(&r, cmd, f)
		for _, e := range events {
			position++
			r.Add(Statement{Position: position, AsAt: today, By: f.Caller, Event: e})
		}
		return err
	}
	ann, bob, eve := callers[0], callers[2], callers[3]
	thirty := 30
	if err := do(eve, SetTiers{Tiers: []Tier{{Name: "SRO", MostDays: &thirty, Approvers: []milestone.Party{"Bob"}}, {Name: "Board", Approvers: []milestone.Party{"Eve"}}}}); err != nil {
		t.Fatal(err)
	}
	rebaseline := func(n int, days int, approver Facts) error {
		id := fmt.Sprint("p", n)
		for _, cmd := range []Command{
			Propose{Proposal: id, Ref: "A", Dimension: Date, Delivery: delivery(day("2026-09-30").AddDays(days).String()), Kind: Estimate, Reason: "a little more"},
			Close{id, 1},
		} {
			if err := do(ann, cmd); err != nil {
				t.Fatal(err)
			}
		}
		p, _ := r.Proposal(id, Everything)
		return do(approver, Approve{Proposal: id, SHA256: p.Closed.SHA256})
	}
	for n := range 11 { // the first is the original itself
		if err := rebaseline(n, 3*n, bob); err != nil {
			t.Fatalf("re-baseline %d: %v", n, err)
		}
	}
	if err := rebaseline(11, 33, bob); err == nil {
		t.Fatal("the eleventh, 33 days after the original, is approved by the lowest tier")
	}
	p, _ := r.Proposal("p11", Everything)
	if err := do(eve, Approve{Proposal: "p11", SHA256: p.Closed.SHA256}); err != nil {
		t.Fatal(err)
	}
	all := r.Approved(nil, ofMilestone(0), Date, Everything)
	if len(all) != 12 || all[0].Proposed.Value.Due != day("2026-09-30") {
		t.Errorf("%d baselines, the original %s", len(all), all[0].Proposed.Value.Due)
	}
}
