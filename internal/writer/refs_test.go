package writer

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/decide"
	"milepost.dev/domain/lookalike"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore/memory"
)

func renamed(ref, to string) *milepostv1.Command {
	return &milepostv1.Command{Command: &milepostv1.Command_ReferenceChanged{ReferenceChanged: &milepostv1.ReferenceChanged{Ref: ref, NewRef: to}}}
}

// Whatever is given which reference, in one request, in requests that are pending or that are durable: a milestone is found by
// each reference that it ever went by, and none is ever given to another.
func TestAReferenceIsOfOneMilestoneForEver(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		s := w.open()
		w.mustSubmit(s, submission("begin", registered()))
		owner, goesBy := map[string]int{}, map[int]string{}          // the milestone of a reference, and the reference of a milestone
		refs := rapid.SampledFrom([]string{"A", "B", "C", "D", "E"}) // so few that they meet
		for i := range rapid.IntRange(1, 25).Draw(rt, "requests") {
			var commands []*milepostv1.Command
			next, by := map[string]int{}, map[int]string{}
			for ref, m := range owner {
				next[ref] = m
			}
			for m, ref := range goesBy {
				by[m] = ref
			}
			refused := ""
			for range rapid.IntRange(1, 3).Draw(rt, "commands") {
				ref, to := refs.Draw(rt, "ref"), refs.Draw(rt, "to")
				m, known := next[ref]
				other, taken := next[to]
				switch rapid.IntRange(0, 2).Draw(rt, "kind") {
				case 0:
					commands = append(commands, &milepostv1.Command{Command: &milepostv1.Command_MilestoneAmended{
						MilestoneAmended: &milepostv1.MilestoneAmended{Ref: ref, AllowMissing: true},
					}})
					if !known {
						next[ref] = len(by) + 1
						by[len(by)+1] = ref
					}
					continue
				case 1:
					commands = append(commands, stated(ref, "2017-06-01", fmt.Sprintf("2018-01-%02d", 1+i)))
				default:
					commands = append(commands, renamed(ref, to))
					if known && taken && other != m {
						refused = milestone.RuleRefTaken
						break
					}
					if known {
						next[to], by[m] = m, to
					}
				}
				if !known {
					refused = milestone.RuleUnknown
				}
				if refused != "" {
					break
				}
			}
			receipt, err := s.Submit(t.Context(), ann, submission(fmt.Sprint(i), commands...))
			if refused != "" {
				if r := refusalOf(t, err); r.Rule != refused {
					rt.Fatalf("%v came to %v, and not %s", commands, r, refused)
				}
				continue
			}
			if err != nil {
				rt.Fatalf("%v: %v", commands, err)
			}
			again, err := s.Submit(t.Context(), ann, submission(fmt.Sprint(i), commands...))
			if err != nil || !again.Replayed || fmt.Sprint(again.Receipt) != fmt.Sprint(receipt.Receipt) || again.Notices != nil {
				rt.Fatalf("again it came to %v, %v, and first to %v", again, err, receipt)
			}
			owner, goesBy = next, by
		}
		p, _ := s.book.Now().Plan("hubs")
		ids := map[int]milestone.ID{}
		for ref, m := range owner {
			found, ok := p.FindRef(ref)
			if !ok || found.Ref != goesBy[m] {
				rt.Fatalf("%s is %v, and goes by %s", ref, found, goesBy[m])
			}
			if id, seen := ids[m]; seen && id != found.ID {
				rt.Fatalf("%s is another milestone", ref)
			}
			ids[m] = found.ID
		}
		if len(p.Milestones()) != len(goesBy) {
			rt.Fatalf("%d milestones, and not %d", len(p.Milestones()), len(goesBy))
		}
		closed(t, s)
	})
}

// A milestone whose other reference is pending is found by it, and by the former one; where nobody knows what became of the
// change, it is as if nothing had been said.
func TestAPendingReferenceIsFound(t *testing.T) {
	for _, outcome := range []memory.Outcome{memory.Deliver, memory.LoseRequest} {
		w := newWorld(t)
		s, g := w.gated()
		changed := w.queued(s, submission("change", renamed("A1", "B1")))
		<-g.arrived
		byNew := w.queued(s, submission("new", stated("B1", "2017-02-01", "2017-06")))
		byOld := w.queued(s, submission("old", stated("A1", "2017-03-01", "2017-09")))
		taken := w.queued(s, submission("taken", titled("B1", "Another")))
		w.taken(s)
		g.outcome <- outcome
		if outcome == memory.LoseRequest {
			for _, reply := range []<-chan answer{changed, byNew, byOld, taken} {
				if a := <-reply; !isUnknown(a) {
					t.Errorf("%v, when nobody knew", a.err)
				}
			}
			<-g.arrived // sent again
			g.outcome <- memory.Deliver
			closed(t, s)
			continue
		}
		<-g.arrived
		g.outcome <- memory.Deliver
		for i, reply := range []<-chan answer{changed, byNew, byOld} {
			a := <-reply
			if a.err != nil {
				t.Fatal(a.err)
			}
			if e := a.outcome.response("r", "memory").Receipt.Events[0]; e.Ref != "B1" || e.Revision != uint64(i+2) {
				t.Errorf("%v", e)
			}
		}
		if r := refusalOf(t, (<-taken).err); r.Rule != milestone.RuleRefTaken {
			t.Errorf("the reference was given again: %v", r)
		}
		closed(t, s)
	}
}

// Whether the other reference is durable, pending or of the same request: one that looks like it is put to a person, and with strict
// references refused; and no other one is.
func TestASimilarReferenceIsPutToAPerson(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		s, g := w.gated()
		refs := []string{"A1"}
		looks := func(ref string) bool {
			return slices.ContainsFunc(refs, func(other string) bool { return other != ref && lookalike.Same(other, ref) })
		}
		given := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A-1", "a 1", "B2", "b-2", "1.1", "11", "В2", "C", "c", "C-3"}), 2, 8, rapid.ID[string])
		var replies []<-chan answer
		var wanted []int
		strict := ""
		for i, ref := range given.Draw(rt, "refs") {
			commands := []*milepostv1.Command{added(ref)}
			if rapid.IntRange(0, 3).Draw(rt, "changes") == 0 {
				commands = []*milepostv1.Command{added(fmt.Sprintf("x%d", 100*i)), renamed(fmt.Sprintf("x%d", 100*i), ref)}
				refs = append(refs, fmt.Sprintf("x%d", 100*i))
			}
			m := submission(fmt.Sprint(i), commands...)
			if strict == "" && looks(ref) && rapid.Bool().Draw(rt, "strict") {
				m.StrictRefs, strict = true, ref
				wanted = append(wanted, -1)
			} else if looks(ref) {
				wanted, refs = append(wanted, 1), append(refs, ref)
			} else {
				wanted, refs = append(wanted, 0), append(refs, ref)
			}
			replies = append(replies, w.queued(s, m))
			w.taken(s)
			if rapid.Bool().Draw(rt, "durable") {
				select { // what is on its way to the disk gets there, if anything is
				case <-g.arrived:
					g.outcome <- memory.Deliver
				default:
				}
			}
		}
		for i, reply := range replies {
			a := g.until(reply)
			switch {
			case wanted[i] < 0:
				if r := refusalOf(t, a.err); r.Rule != decide.RuleRefSimilar {
					rt.Fatalf("request %d came to %v", i, r)
				}
			case a.err != nil:
				rt.Fatalf("request %d came to %v", i, a.err)
			case len(a.outcome.notices) != wanted[i]:
				rt.Fatalf("request %d came to %v, and %d was wanted of %q", i, a.outcome.notices, wanted[i], refs)
			}
		}
		closed(t, s)
	})
}

// until lets what waits for the disk get there, until there is an answer.
func (g *gate) until(reply <-chan answer) answer {
	for {
		select {
		case a := <-reply:
			return a
		case <-g.arrived:
			g.outcome <- memory.Deliver
		}
	}
}
