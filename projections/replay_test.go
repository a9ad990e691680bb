package projections_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
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
		if pick := random.IntN(60); corrected && pick < 2 {
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

func someEvent(random *rand.Rand) milestone.Event {
	switch random.IntN(5) {
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
