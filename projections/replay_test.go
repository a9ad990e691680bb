package projections_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/request"
	"milepost.dev/projections"
	"milepost.dev/projections/status"
)

// TestAReplayIsTheStateOfEachView: gone through in order of position, from the first statement on or from any other, a milestone stands where
// the view until that position says, on the day of the statement and on others; whatever came late, and whatever was corrected.
func TestAReplayIsTheStateOfEachView(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			book := projections.NewBook()
			m := severalHundred(t, book, random, seed%3 > 0)
			var positions []uint64
			v := book.Now()
			for _, s := range v.Recorded(m) {
				positions = append(positions, s.Position)
			}
			for range 3 {
				// A view in the middle knows no more than it did then, and finds states that were kept for later ones.
				until := v.Until(positions[random.IntN(len(positions))])
				r, from := until.Replay(m), random.IntN(len(positions))
				for _, position := range positions[from:] {
					days := []civil.Date{january.AddDays(random.IntN(400)), civil.Last}
					if s, ok := until.StatementRecorded(m, position); ok {
						days[0] = s.AsAt
					}
					for _, at := range []uint64{position - 1, position} {
						for _, day := range days {
							if got, want := r.State(at, day), until.Until(at).State(m, day); !reflect.DeepEqual(got, want) {
								t.Fatalf("from statement %d, at position %d on %s:\n%+v\nand not\n%+v", from, at, day, got, want)
							}
						}
					}
				}
			}
		})
	}
}

// severalHundred are statements about one milestone, one in five of them late, and corrections among them.
func severalHundred(t *testing.T, book *projections.Book, random *rand.Rand, corrected bool) *projections.Milestone {
	l := newLedger(t, book.Apply)
	apply(t, book, l.append(l.registered(), l.of(1, milestone.Added{Ref: "A"})))
	day := 0
	var waits []uint64
	for range 500 {
		d := l.of(1, someEvent(random))
		if pick := random.IntN(60); corrected && pick < 2 && book.Position() > 2 {
			target := 3 + random.Uint64N(book.Position()-2)
			c := correction.Corrected{Targets: []uint64{target}, Kind: correction.Typing, Of: correction.OfStatement, Waits: random.IntN(2) == 0, Reason: "typed"}
			if random.IntN(2) == 0 {
				c.Replacement = milestone.ProgressReported{Status: "as it should have been"}
			}
			if c.Waits {
				waits = append(waits, book.Position()+1)
			}
			d = l.of(1, c)
		} else if pick == 2 && len(waits) > 0 {
			d = l.of(1, correction.Approved{Correction: waits[0]})
			waits = waits[1:]
		} else if pick == 3 {
			apply(t, book, l.append(l.decided(random, book.Position())...))
		}
		asAt := day
		if random.IntN(5) == 0 {
			asAt = random.IntN(day + 1)
		} else {
			day += random.IntN(2)
		}
		d.AsAt = january.AddDays(asAt).Number()
		apply(t, book, l.append(d))
	}
	p, _ := book.Now().Plan("hubs")
	m, ok := p.FindRef("A")
	if !ok {
		t.Fatal("there is no milestone")
	}
	return m
}

// decided is something that a plan says for the figures of its milestones.
func (l *ledger) decided(random *rand.Rand, position uint64) []eventstore.Draft {
	switch random.IntN(3) {
	case 0:
		return []eventstore.Draft{l.draft(codec.EncodePlan(plan.HistoryAccepted{From: 1 + random.Uint64N(position), To: position}))}
	case 1:
		quarters := []plan.Quarters{plan.Calendar, plan.Financial}[random.IntN(2)]
		return []eventstore.Draft{l.draft(codec.EncodePlan(plan.Revised{Quarters: &quarters, Reason: "again"}))}
	}
	name := fmt.Sprint("p", l.n)
	item := baseline.Item{Milestone: milestone.ID{0, 1, 1}, Dimension: baseline.Date, Value: baseline.Value{Due: january.AddDays(200 + random.IntN(200)), Text: "a day"}}
	return []eventstore.Draft{
		l.draft(codec.EncodePlan(baseline.Proposed{Proposal: name, Item: item})),
		l.draft(codec.EncodePlan(baseline.Closed{Proposal: name})),
		l.draft(codec.EncodePlan(baseline.Approved{Decision: baseline.Decision{Proposal: name}})),
	}
}

// TestARowAlongAReplayIsThatOfEachView: after each request, in order, from the first on or from any other, a milestone has the status that
// the view until then says, whatever was corrected or decided meanwhile, and on whichever days it is asked for.
func TestARowAlongAReplayIsThatOfEachView(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed=", seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 2))
			book := projections.NewBook(request.Reread)
			m := severalHundred(t, book, random, seed%3 > 0)
			for _, days := range [][]civil.Date{{civil.Last}, {january.AddDays(120)}, {january.AddDays(150), civil.Last}} {
				r := book.Now().Until(1).Replay(m)
				for position := uint64(random.IntN(int(book.Position()))); position <= book.Position(); position++ {
					v, _ := book.KnownAt(position)
					r.KnownTo(v)
					day := days[int(position)/100%len(days)]
					got, gotOne := status.Along(r, v, m, day)
					want, wantOne := status.Of(v, m, day)
					if gotOne != wantOne || !reflect.DeepEqual(got, want) {
						t.Fatalf("at position %d on %s:\n%+v\nand not\n%+v", position, day, got, want)
					}
				}
			}
		})
	}
}

func someEvent(random *rand.Rand) milestone.Event {
	switch random.IntN(8) {
	case 5:
		return milestone.Achieved{Actual: date(fmt.Sprintf("2018-%02d", 1+random.IntN(12)))}
	case 6:
		return milestone.Reopened{}
	case 7:
		return milestone.Reconfirmed{Delivery: date(fmt.Sprintf("2018-%02d-15", 1+random.IntN(12)))}
	case 0:
		return milestone.IssueRaised{Issue: fmt.Sprint("I", random.IntN(20)), Words: "no steel"}
	case 1:
		return milestone.OwnerChanged{To: milestone.Party(bytes.Repeat([]byte{byte(1 + random.IntN(3))}, 32))}
	case 2:
		return milestone.Slipped{Delivery: date(fmt.Sprintf("2018-%02d", 1+random.IntN(12))), From: january, Days: 31}
	case 3:
		return milestone.Held{}
	}
	return milestone.ProgressReported{Status: fmt.Sprint("status ", random.IntN(4))}
}
