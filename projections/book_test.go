package projections_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
	"milepost.dev/projections/slippage"
	"milepost.dev/projections/status"
)

var january, _ = civil.Parse("2017-01-01")

// ledger is a writer without rules: it stores whatever events it is given.
type ledger struct {
	t     testing.TB
	store *memory.Log
	*eventstore.Ledger
	n    int
	ends []uint64 // the last position of each commit
	last *eventstore.Commit
}

func newLedger(t testing.TB, apply func(*eventstore.Commit) error) *ledger {
	t.Helper()
	store := memory.New()
	store.MaxMessage = 1 << 30
	w, err := eventstore.TakeOver(t.Context(), store, &eventstore.Chain{}, &ledgerv1.Opening{Origin: make([]byte, 16)}, apply)
	if err != nil {
		t.Fatal(err)
	}
	return &ledger{t: t, store: store, Ledger: w}
}

// append makes one commit of one request.
func (l *ledger) append(drafts ...eventstore.Draft) *eventstore.Commit {
	l.t.Helper()
	l.n++
	for i := range drafts {
		drafts[i].Plan, drafts[i].EventID[0] = "hubs", byte(l.n)
		if drafts[i].AsAt == 0 {
			drafts[i].AsAt = january.AddDays(l.n % 500).Number()
		}
	}
	c, err := l.Append(l.t.Context(), []eventstore.Request{{
		Actor: string(bytes.Repeat([]byte{7}, 32)), ID: fmt.Sprint(l.n), Content: "0123456789abcdef",
		RecordedAt: int64(l.n), Drafts: drafts,
	}})
	if err != nil {
		l.t.Fatal(err)
	}
	l.ends, l.last = append(l.ends, c.Last), c
	return c
}

func (l *ledger) draft(kind ledgerv1.EventType, payload []byte, err error) eventstore.Draft {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	return eventstore.Draft{Type: kind, Payload: payload}
}

func (l *ledger) registered() eventstore.Draft {
	return l.draft(codec.EncodePlan(plan.Registered{Name: "Hubs", TimeZone: "Europe/London"}))
}

func (l *ledger) of(m int, e milestone.Event) eventstore.Draft {
	return l.draft(codec.EncodeMilestone([16]byte{byte(m >> 8), byte(m), 1}, e))
}

func date(iso string) period.Delivery {
	d, err := period.ReadISO(iso)
	if err != nil {
		return period.Keep(iso)
	}
	return d
}

func TestReadersSeeOneStateWhileTheBookGrows(t *testing.T) {
	const milestones, rounds = 20, 150
	book := projections.NewBook()
	l := newLedger(t, book.Apply)
	apply := func(drafts ...eventstore.Draft) {
		if err := book.Apply(l.append(drafts...)); err != nil {
			t.Error(err)
		}
	}
	apply(l.registered())
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			var last uint64
			for {
				v := book.Now()
				if v.Position < last {
					t.Errorf("position %d after %d", v.Position, last)
				}
				last = v.Position
				p, ok := v.Plan("hubs")
				if !ok {
					t.Error("the plan is gone")
					return
				}
				// Every request says the same of all milestones, so in any one view they agree.
				rows := status.List(p, january.AddDays(1000))
				for _, row := range rows {
					if row.Revision != rows[0].Revision || row.State.LastDue != rows[0].State.LastDue {
						t.Errorf("at position %d %s is at revision %d and %s at %d", v.Position,
							row.Milestone.Ref, row.Revision, rows[0].Milestone.Ref, rows[0].Revision)
						return
					}
				}
				if again := status.List(p, january.AddDays(1000)); !cmp.Equal(statesOf(again), statesOf(rows)) {
					t.Error("a view changed while it was looked at")
				}
				_ = slippage.List(p, january.AddDays(100))
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for round := range rounds {
		drafts := make([]eventstore.Draft, milestones)
		for m := range drafts {
			if round == 0 {
				drafts[m] = l.of(m, milestone.Added{Ref: fmt.Sprint("M", m), Title: "Hub"})
			} else {
				drafts[m] = l.of(m, milestone.ForecastGiven{Delivery: date(fmt.Sprintf("2018-%02d", 1+round%12))})
			}
		}
		apply(drafts...)
	}
	close(done)
	readers.Wait()
	if position, _ := book.Changed(); position != 1+milestones*rounds {
		t.Errorf("position %d", position)
	}
}

func statesOf(rows []status.Row) (states []milestone.State) {
	for _, r := range rows {
		states = append(states, r.State)
	}
	return states
}

func TestCountsOfAPlan(t *testing.T) {
	book := projections.NewBook()
	l := newLedger(t, book.Apply)
	asAt := func(day string, d eventstore.Draft) eventstore.Draft {
		on, err := civil.Parse(day)
		if err != nil {
			t.Fatal(err)
		}
		d.AsAt = on.Number()
		return d
	}
	if err := book.Apply(l.append(l.registered(),
		asAt("2017-01-01", l.of(1, milestone.Added{Ref: "later"})),
		asAt("2017-01-01", l.of(1, milestone.ForecastGiven{Delivery: date("2017-06")})),
		asAt("2017-03-01", l.of(1, milestone.Slipped{Delivery: date("2017-09"), Days: 92})),
		asAt("2017-01-01", l.of(2, milestone.Added{Ref: "sooner"})),
		asAt("2017-01-01", l.of(2, milestone.ForecastGiven{Delivery: date("2017-06")})),
		asAt("2017-02-01", l.of(2, milestone.Recovered{Delivery: date("2017-04"), Days: -61})),
		asAt("2017-04-02", l.of(2, milestone.Achieved{Actual: date("2017-04-01")})),
		asAt("2017-01-01", l.of(3, milestone.Added{Ref: "undated"})),
	)); err != nil {
		t.Fatal(err)
	}
	p, _ := book.Now().Plan("hubs")
	later, _ := p.Find("later")
	worst := status.Slip{Milestone: later, Title: "later", Days: 92}
	for day, want := range map[string]status.Counts{
		"2016-12-31": {Position: 9},
		"2017-01-31": {Counts: figures.Counts{Milestones: 3, Open: 3}, Unrated: 3, Undated: 1, OnTimeToCome: 2, NextDue: 20170630, LastAsAt: 20170101, Position: 9},
		"2017-06-01": {
			Counts:  figures.Counts{Milestones: 3, Open: 2, Met: 1, OnTime: 1, Slipped: 1, Recovered: 1, Net: 31},
			Unrated: 3, Achieved: 1, Undated: 1, LateToCome: 1, NextDue: 20170930, Worst: worst, LastAsAt: 20170402, Position: 9,
		},
		"2017-10-01": {
			Counts:  figures.Counts{Milestones: 3, Open: 2, Met: 1, OnTime: 1, Slipped: 1, Recovered: 1, Net: 31, Overdue: 1, Owed: 1},
			Unrated: 3, Achieved: 1, Undated: 1, Worst: worst, LastAsAt: 20170402, Position: 9,
		},
	} {
		on, err := civil.Parse(day)
		if err != nil {
			t.Fatal(err)
		}
		want.LastAsAt, _ = civil.FromNumber(int32(want.LastAsAt)) // written as numbers above
		want.NextDue, _ = civil.FromNumber(int32(want.NextDue))
		if got := status.Count(p, on); got != want {
			t.Errorf("on %s %+v and not %+v", day, got, want)
		}
	}
	var told []string
	for _, d := range p.DaysTold() {
		told = append(told, fmt.Sprintf("%s %d %t", d.AsAt, d.Milestones, d.Whole))
	}
	if want := []string{"2017-01-01 3 true", "2017-02-01 1 true", "2017-03-01 1 true", "2017-04-02 1 true"}; !slices.Equal(told, want) {
		t.Errorf("it was spoken of on %q, want %q", told, want)
	}
}

func TestAPoisonRecordStopsTheBook(t *testing.T) {
	for name, poison := range map[string]eventstore.Draft{
		"a type from the future":       {Type: 9999, Payload: []byte{1}},
		"bytes that are no event":      {Type: ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED, Payload: []byte{0xff}},
		"a day that is none":           {Type: ledgerv1.EventType_EVENT_TYPE_PLAN_REGISTERED, AsAt: 20170230},
		"a milestone that never began": {Type: ledgerv1.EventType_EVENT_TYPE_MILESTONE_SLIPPED},
	} {
		t.Run(name, func(t *testing.T) {
			book := projections.NewBook()
			l := newLedger(t, book.Apply)
			if err := book.Apply(l.append(l.registered(), l.of(1, milestone.Added{Ref: "A"}))); err != nil {
				t.Fatal(err)
			}
			if name == "a milestone that never began" {
				poison = l.of(2, milestone.Slipped{Delivery: date("2018"), From: january, Days: 364})
			}
			c := l.append(l.of(1, milestone.Amended{}), poison, l.of(1, milestone.Amended{}))
			var stopped *projections.Poison
			if err := book.Apply(c); !errors.As(err, &stopped) || stopped.Position != 4 {
				t.Errorf("%v", err)
			}
			if book.Position() != 2 || book.Stopped() == nil {
				t.Errorf("the book answers for position %d", book.Position())
			}
			if err := book.Apply(l.append(l.of(1, milestone.Amended{}))); !errors.As(err, &stopped) {
				t.Errorf("it went on: %v", err)
			}
		})
	}
}

func TestASavedFoldIsCheckedBeforeItIsBelieved(t *testing.T) {
	book := projections.NewBook()
	l := newLedger(t, book.Apply)
	if err := book.Apply(l.append(l.registered(), l.of(1, milestone.Added{Ref: "A"}), l.of(1, milestone.ForecastGiven{Delivery: date("2018")}))); err != nil {
		t.Fatal(err)
	}
	var saved bytes.Buffer
	to, err := book.Now().SaveSince(&saved, projections.Mark{}, l.Chain())
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := load(to, bytes.NewReader(saved.Bytes()))
	if err != nil || to.Commit != 2 || loaded.Position() != 3 {
		t.Fatalf("%+v, %v", to, err)
	}
	for i := range saved.Len() {
		damaged := bytes.Clone(saved.Bytes())
		damaged[i] ^= 0x10
		if _, err := load(to, bytes.NewReader(damaged)); !errors.Is(err, projections.ErrNotThisBook) {
			t.Fatalf("byte %d was changed: %v", i, err)
		}
		if _, err := load(to, bytes.NewReader(saved.Bytes()[:i])); !errors.Is(err, projections.ErrNotThisBook) {
			t.Fatalf("cut at byte %d: %v", i, err)
		}
	}
}

// TestAFoldIsNotSavedAheadOfItsBook: a commit may hold no record, so that a chain can be further than the book at the same position.
func TestAFoldIsNotSavedAheadOfItsBook(t *testing.T) {
	book := projections.NewBook()
	l := newLedger(t, book.Apply)
	if err := book.Apply(l.append(l.registered())); err != nil {
		t.Fatal(err)
	}
	ahead := *l.Chain()
	ahead.Commit++
	if _, err := book.Now().SaveSince(io.Discard, projections.Mark{}, &ahead); err == nil {
		t.Error("the fold was saved with a commit that it does not have")
	}
}

// load reads a saved fold of one part up to a mark.
func load(to projections.Mark, r io.ReadSeeker) (*projections.Book, error) {
	book := projections.NewBook()
	return book, book.Load(r, projections.Mark{}, to)
}

// BenchmarkFold is a rebuild: events a second from stored bytes, checked, decoded and applied.
func BenchmarkFold(b *testing.B) {
	const commits, each = 200, 500
	l := newLedger(b, func(*eventstore.Commit) error { return nil })
	l.append(l.registered())
	added := make([]eventstore.Draft, 1000)
	for m := range added {
		added[m] = l.of(m, milestone.Added{Ref: fmt.Sprint("M", m), Title: "Hub"})
	}
	l.append(added...)
	for c := range commits {
		drafts := make([]eventstore.Draft, each)
		for i := range drafts {
			drafts[i] = l.of((c*each+i)%1000, milestone.Slipped{Delivery: date(fmt.Sprintf("2018-%02d", 1+i%12)), From: january, Days: 31, Reason: "late"})
		}
		l.append(drafts...)
	}
	messages := l.store.Messages()
	b.ResetTimer()
	for b.Loop() {
		book, chain := projections.NewBook(), &eventstore.Chain{}
		for _, m := range messages {
			c, err := chain.Next(m)
			if err != nil {
				b.Fatal(err)
			}
			if err := book.Apply(c); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)*(commits*each+1001)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkLoad is a start from a saved fold.
func BenchmarkLoad(b *testing.B) {
	book := projections.NewBook()
	l := newLedger(b, book.Apply)
	drafts := []eventstore.Draft{l.registered(), l.of(1, milestone.Added{Ref: "A"})}
	for i := range 100_000 {
		drafts = append(drafts, l.of(1, milestone.Reconfirmed{Delivery: date(fmt.Sprintf("2018-%02d", 1+i%12))}))
	}
	if err := book.Apply(l.append(drafts...)); err != nil {
		b.Fatal(err)
	}
	path := filepath.Join(b.TempDir(), "book.fold")
	file, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	to, err := book.Now().SaveSince(file, projections.Mark{}, l.Chain())
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for b.Loop() {
		if _, err := load(to, file); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(drafts))/b.Elapsed().Seconds(), "events/s")
}
