package projections_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
)

// TestAFoldInPartsIsTheBook: a book that was saved in any number of parts, with the ledger growing between them, answers as the
// one that was saved, and goes on from there as that one does.
func TestAFoldInPartsIsTheBook(t *testing.T) {
	events := samples(t)
	rapid.Check(t, func(rt *rapid.T) {
		book := projections.NewBook()
		l := newLedger(t, book.Apply)
		apply(t, book, l.append(l.registered()))
		loaded, mark := projections.NewBook(), projections.Mark{}
		save := func() {
			var part bytes.Buffer
			to, err := book.Now().SaveSince(&part, mark, l.Chain())
			if err != nil {
				t.Fatal(err)
			}
			if err := loaded.Load(bytes.NewReader(part.Bytes()), mark, to); err != nil {
				t.Fatal(err)
			}
			if err := projections.NewBook().Load(bytes.NewReader(part.Bytes()), mark, to); mark.Commit > 0 && err == nil {
				t.Fatal("a part was read without the one before it")
			}
			mark = to
		}
		milestones := 0
		for range rapid.IntRange(1, 20).Draw(rt, "commits") {
			var drafts []eventstore.Draft
			for range rapid.IntRange(0, 9).Draw(rt, "events") {
				switch kind := rapid.IntRange(0, 5).Draw(rt, "kind"); {
				case kind == 0 || milestones == 0:
					milestones++
					drafts = append(drafts, l.of(milestones, milestone.Added{Ref: fmt.Sprint("M", milestones)}))
				case kind == 1:
					s := rapid.SampledFrom(events).Draw(rt, "sample")
					e, err := codec.Decode(s.Type, s.Payload)
					if err != nil {
						t.Fatal(err)
					}
					if e.OfPlan != nil {
						drafts = append(drafts, l.draft(codec.EncodePlan(e.OfPlan)))
					} else if _, adds := e.OfMilestone.(milestone.Added); !adds {
						drafts = append(drafts, l.of(rapid.IntRange(1, milestones).Draw(rt, "of"), e.OfMilestone))
					}
				default:
					drafts = append(drafts, l.of(rapid.IntRange(1, milestones).Draw(rt, "of"), milestone.Slipped{
						Delivery: read(rapid.IntRange(0, 2).Draw(rt, "reader"), rapid.IntRange(0, 9).Draw(rt, "settings")), From: january, Days: 9,
						Reason: rapid.SampledFrom([]string{"", "steel"}).Draw(rt, "reason"),
					}))
				}
			}
			if len(drafts) == 0 {
				continue
			}
			apply(t, book, l.append(drafts...))
			if rapid.Bool().Draw(rt, "save") {
				save()
			}
		}
		save()
		apply(t, book, l.append(l.of(1, milestone.Added{Ref: "M1"})))
		apply(t, loaded, l.last)
		if diff := cmp.Diff(everything(book), everything(loaded), cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
			rt.Fatalf("the loaded book differs (-saved +loaded):\n%s", diff)
		}
	})
}

// everything is what a book says of each of its positions.
func everything(book *projections.Book) (all []any) {
	v := book.Now()
	for p := range v.Plans() {
		all = append(all, p.ID, p.Registered)
		for _, s := range p.Statements() {
			all = append(all, s)
		}
		for _, e := range p.Events(0) {
			of := ""
			if e.Milestone != nil {
				of = e.Milestone.Ref
			}
			all = append(all, fmt.Sprintf("event %d of %s at %d in commit %d", e.Position, of, v.RecordedAt(e.Position), book.CommitOf(e.Position)))
		}
		for _, m := range p.Milestones() {
			all = append(all, fmt.Sprintf("milestone %s %x waits %v", m.Ref, m.ID, len(p.Waiting(m.ID))))
			for _, s := range v.Statements(m) {
				all = append(all, s, v.Actor(s))
			}
		}
	}
	return append(all, book.Commits(), book.Position(), v.Losses())
}
