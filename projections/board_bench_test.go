package projections_test

import (
	"fmt"
	"testing"

	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
	"milepost.dev/projections/status"
)

// BenchmarkBoard counts plans of a thousand milestones, which is what a board asks first, in turns in one run: of a plan without corrections and
// baselines, of one that is all baselined, and of one in which every tenth milestone was corrected. bare is what the figures of the first cost
// folded from lists of statements by a record that knows of neither; plain-times-bare says what it costs a plan that there could be either.
func BenchmarkBoard(b *testing.B) {
	const milestones = 1000
	plain, baselined, corrected := boardOf(b, milestones, nil), boardOf(b, milestones, approveAll), boardOf(b, milestones, correctSome)
	lists := listsOf(plain)
	for _, book := range []*projections.Book{baselined, corrected} {
		if p, _ := book.Now().Plan("hubs"); status.Count(p, civil.Last).Milestones != milestones {
			b.Fatal("the plan is not whole")
		}
	}
	if m := firstOf(corrected); !corrected.Now().Corrected(m) {
		b.Fatal("nothing is corrected")
	}
	if p, _ := baselined.Now().Plan("hubs"); status.Count(p, civil.Last).Baselined != milestones {
		b.Fatal("the plan is not baselined")
	}
	var bare, figured, counted, approved, read []float64
	for b.Loop() {
		for range 10 {
			bare = append(bare, took(func() {
				for _, l := range lists {
					figures.Of(l, civil.Last, figures.Record{})
				}
			}))
			figured = append(figured, took(func() {
				v := plain.Now()
				for p := range v.Plans() {
					for _, m := range p.Milestones() {
						v.Figures(m, civil.Last)
					}
				}
			}))
			for into, book := range map[*[]float64]*projections.Book{&counted: plain, &approved: baselined, &read: corrected} {
				p, _ := book.Now().Plan("hubs")
				*into = append(*into, took(func() { status.Count(p, civil.Last) }))
			}
		}
	}
	b.ReportMetric(median(counted)/milestones, "plain-cpu-ns")
	b.ReportMetric(median(figured)/median(bare), "plain-times-bare")
	b.ReportMetric(median(approved)/median(counted), "baselined-times-plain")
	b.ReportMetric(median(read)/median(counted), "corrected-times-plain")
	b.ReportMetric(0, "ns/op")
}

// took is the processor's time that something takes, in nanoseconds.
func took(do func()) float64 {
	before := cpu()
	do()
	return float64((cpu() - before).Nanoseconds())
}

// boardOf is a plan of which every milestone slipped, and what else is told of it.
func boardOf(b *testing.B, milestones int, more func(*ledger, int) []eventstore.Draft) *projections.Book {
	b.Helper()
	book := projections.NewBook()
	l := newLedger(b, book.Apply)
	drafts := []eventstore.Draft{l.registered()}
	for k := range milestones {
		for _, e := range []milestone.Event{
			milestone.Added{Ref: fmt.Sprint("M", k), Title: "The hub opens"},
			milestone.ForecastGiven{Delivery: date("2027-03-31")},
			milestone.Slipped{Delivery: date("2027-06-30"), Days: 91},
		} {
			drafts = append(drafts, l.of(k, e))
		}
	}
	commits := []*eventstore.Commit{l.append(drafts...)}
	if more != nil {
		commits = append(commits, l.append(more(l, milestones)...))
	}
	for _, c := range commits {
		if err := book.Apply(c); err != nil {
			b.Fatal(err)
		}
	}
	return book
}

func milestoneOf(k int) milestone.ID { return milestone.ID{byte(k >> 8), byte(k), 1} }

// approveAll proposes and approves the date of every milestone.
func approveAll(l *ledger, milestones int) (drafts []eventstore.Draft) {
	for k := range milestones {
		drafts = append(drafts, l.draft(codec.EncodePlan(baseline.Proposed{Proposal: "all", Item: baseline.Item{
			Milestone: milestoneOf(k), Dimension: baseline.Date, Value: baseline.Value{Due: date("2027-03-31").Due(), Text: "2027-03-31"},
		}})))
	}
	return append(drafts, l.draft(codec.EncodePlan(baseline.Closed{Proposal: "all", Count: milestones})),
		l.draft(codec.EncodePlan(baseline.Approved{Decision: baseline.Decision{Proposal: "all"}})))
}

// correctSome reads the slip of every tenth milestone as another one.
func correctSome(l *ledger, milestones int) (drafts []eventstore.Draft) {
	for k := 0; k < milestones; k += 10 {
		drafts = append(drafts, l.of(k, correction.Corrected{
			Targets: []uint64{uint64(3*k) + 4}, Kind: correction.Typing, Of: correction.OfStatement, Reason: "mistyped", Replacement: milestone.Slipped{Delivery: date("2027-05-31"), Days: 61},
		}))
	}
	return drafts
}

func firstOf(book *projections.Book) *projections.Milestone {
	p, _ := book.Now().Plan("hubs")
	return p.Milestones()[0]
}
