package projections_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/request"
	"milepost.dev/projections"
)

// Figures that are kept are those that would be worked out, at whatever position they are asked about and whatever is stated in between, of
// the milestone, of another one and of the plan.
func TestFiguresAreKeptWhileTheyHold(t *testing.T) {
	a, b := [16]byte{1}, [16]byte{2}
	rapid.Check(t, func(rt *rapid.T) {
		book := projections.NewBook(request.Reread)
		l := newLedger(t, book.Apply)
		of := func(id [16]byte, e milestone.Event) eventstore.Draft { return l.draft(codec.EncodeMilestone(id, e)) }
		ofPlan := func(e plan.Event) eventstore.Draft { return l.draft(codec.EncodePlan(e)) }
		apply(t, book, l.append(l.registered(), of(a, milestone.Added{Ref: "A", Title: "A"}), of(b, milestone.Added{Ref: "B", Title: "B"})))
		asked := func() {
			p, _ := book.Now().Plan("hubs")
			v := book.Now().Until(uint64(rapid.IntRange(int(l.ends[0]), int(book.Position())).Draw(rt, "known at")))
			for _, m := range p.Milestones() {
				for range 2 {
					day := rapid.SampledFrom([]civil.Date{january.AddDays(150), january.AddDays(400)}).Draw(rt, "as at")
					for _, v := range []projections.View{v, book.Now(), v} {
						if got, want := v.Figures(m, day), v.FiguresAnew(m, day); got != want {
							rt.Fatalf("%s known at %d as at %s\n%+v\nand not\n%+v", m.Ref, v.Position, day, got, want)
						}
					}
				}
			}
		}
		proposals := 0
		for i := range rapid.IntRange(1, 30).Draw(rt, "statements") {
			id, to := a, b
			if rapid.Bool().Draw(rt, "of B") {
				id, to = b, a
			}
			due := date(fmt.Sprintf("2018-%02d", 1+rapid.IntRange(0, 11).Draw(rt, "month")))
			var drafts []eventstore.Draft
			switch rapid.IntRange(0, 8).Draw(rt, "what") {
			case 0:
				drafts = append(drafts, ofPlan(plan.HistoryAccepted{From: 1, To: uint64(rapid.IntRange(1, int(book.Position())).Draw(rt, "to"))}))
			case 1:
				quarters := rapid.SampledFrom([]plan.Quarters{plan.Calendar, plan.Financial}).Draw(rt, "quarters")
				drafts = append(drafts, ofPlan(plan.Revised{Quarters: &quarters, Reason: "again"}))
			case 2:
				proposals++
				name := fmt.Sprint("p", proposals)
				drafts = append(
					drafts,
					ofPlan(baseline.Proposed{Proposal: name, Item: baseline.Item{Milestone: milestone.ID(id), Dimension: baseline.Date, Value: baseline.Value{Due: due.Due(), Text: due.Text}}}),
					ofPlan(baseline.Closed{Proposal: name}), ofPlan(baseline.Approved{Decision: baseline.Decision{Proposal: name}}),
				)
			case 3:
				drafts = append(drafts, of(id, milestone.Replaced{Old: []milestone.ID{milestone.ID(id)}, New: []milestone.ID{milestone.ID(to)}}))
			case 4:
				drafts = append(drafts, of(id, milestone.Achieved{Actual: due}))
			default:
				drafts = append(drafts, of(id, milestone.Slipped{Delivery: due, Days: i, Reason: "steel"}))
			}
			for j := range drafts {
				drafts[j].AsAt = january.AddDays(rapid.IntRange(0, 300).Draw(rt, "day")).Number()
			}
			apply(t, book, l.append(drafts...))
			asked()
		}
	})
}

// What is asked again is not worked out again.
func BenchmarkFiguresAgain(b *testing.B) {
	book := projections.NewBook()
	l := newLedger(b, book.Apply)
	id := [16]byte{1}
	drafts := []eventstore.Draft{l.registered(), l.draft(codec.EncodeMilestone(id, milestone.Added{Ref: "A"}))}
	for i := range 100 {
		drafts = append(drafts, l.draft(codec.EncodeMilestone(id, milestone.Slipped{Delivery: date(fmt.Sprintf("20%02d-06", 20+i%70)), Days: 1})))
	}
	apply(b, book, l.append(drafts...))
	v := book.Now()
	p, _ := v.Plan("hubs")
	m := p.Milestones()[0]
	for name, ask := range map[string]func() figures.Figures{
		"again": func() figures.Figures { return v.Figures(m, civil.Last) },
		"anew":  func() figures.Figures { return v.FiguresAnew(m, civil.Last) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				ask()
			}
		})
	}
}
