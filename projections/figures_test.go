package projections_test

import (
	"bytes"
	"slices"
	"testing"

	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
)

// TestFiguresGoByTheSpeaker: two offices that one program reports for are two speakers; what came in one request counts in order
// of as-at; and a book that was saved and read again answers the same.
func TestFiguresGoByTheSpeaker(t *testing.T) {
	book := projections.NewBook()
	l := newLedger(t, book.Apply)
	said := func(iso string, day int) eventstore.Draft {
		d := l.of(1, milestone.ForecastGiven{Delivery: date(iso)})
		d.AsAt = january.AddDays(day).Number()
		return d
	}
	tell := func(behalf byte, drafts ...eventstore.Draft) {
		t.Helper()
		l.n++
		for i := range drafts {
			drafts[i].Plan = "hubs"
			drafts[i].EventID[0], drafts[i].EventID[1] = byte(l.n), byte(i)
		}
		r := eventstore.Request{
			Actor: string(bytes.Repeat([]byte{7}, 32)), ID: string(rune('a' + l.n)), Content: "0123456789abcdef",
			RecordedAt: int64(l.n), Drafts: drafts,
		}
		if behalf != 0 {
			r.OnBehalfOf = string(bytes.Repeat([]byte{behalf}, 32))
		}
		c, err := l.Append(t.Context(), []eventstore.Request{r})
		if err == nil {
			err = book.Apply(c)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	registered, added := l.registered(), l.of(1, milestone.Added{Ref: "A"})
	registered.AsAt, added.AsAt = january.Number(), january.Number()
	tell(0, registered, added)
	tell(1, said("2018-06-30", 9), said("2018-03-31", 2)) // one request: the date of day 2 is the first forecast
	tell(1, said("2018-09-30", 20))
	tell(2, said("2018-12-31", 20))
	var saved bytes.Buffer
	to, err := book.Now().SaveSince(&saved, projections.Mark{}, l.Chain())
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := load(to, bytes.NewReader(saved.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*projections.Book{book, loaded} {
		v := b.Now()
		p, _ := v.Plan("hubs")
		m, _ := p.FindRef("A")
		f, rows := v.Rows(m, january.AddDays(30))
		if of := v.Figures(m, january.AddDays(30)); of != f {
			t.Errorf("%+v\n%+v", of, f)
		}
		disagrees := slices.IndexFunc(rows, func(r figures.Row) bool { return r.Event == figures.Disagrees })
		if f.First.Due.String() != "2018-03-31" || f.Slip.Days != 275 || !f.Disagreement || disagrees < 0 {
			t.Fatalf("%+v\n%+v", f, rows)
		}
		if by := v.Party(rows[disagrees].By); by[0] != 1 {
			t.Errorf("party %d disagrees", by[0])
		}
		if actor := v.Actor(v.Statements(m)[1]); actor[0] != 7 {
			t.Errorf("party %d told it", actor[0])
		}
	}
}

// TestFiguresOfReplacements: what took the place of another milestone carries on from it, by what was known at each position; what an
// approver accepted counts from the acceptance on; and a book that was saved and read again answers the same.
func TestFiguresOfReplacements(t *testing.T) {
	book := projections.NewBook()
	l := newLedger(t, book.Apply)
	at := func(day int, d eventstore.Draft) eventstore.Draft {
		d.AsAt = january.AddDays(day).Number()
		return d
	}
	tell := func(day int, drafts ...eventstore.Draft) uint64 {
		t.Helper()
		for i := range drafts {
			drafts[i] = at(day, drafts[i])
		}
		if err := book.Apply(l.append(drafts...)); err != nil {
			t.Fatal(err)
		}
		return book.Position()
	}
	id := func(n int) milestone.ID { return milestone.ID{0, byte(n), 1} }
	tell(0, l.registered(), l.of(1, milestone.Added{Ref: "A"}), l.of(1, milestone.ForecastGiven{Delivery: date("2018-03-31")}))
	tell(9, l.of(1, milestone.Slipped{Delivery: date("2018-06-30")}))
	alone := tell(20, l.of(2, milestone.Added{Ref: "B"}), l.of(2, milestone.ForecastGiven{Delivery: date("2018-09-30")}))
	tell(21, l.of(2, milestone.Replaced{Old: []milestone.ID{id(1)}}), l.of(1, milestone.Replaced{New: []milestone.ID{id(2)}}))
	late := tell(1, l.of(3, milestone.Added{Ref: "C"}))
	tell(9, l.of(3, milestone.ForecastGiven{Delivery: date("2018-03-31")}))
	tell(10, l.of(3, milestone.Reconfirmed{Delivery: date("2018-03-31")}))
	restated := tell(2, l.of(3, milestone.ForecastGiven{Delivery: date("2018-12-31")}))
	accepted := tell(30, l.draft(codec.EncodePlan(plan.HistoryAccepted{From: restated, To: restated})))
	tell(31, l.of(4, milestone.Added{Ref: "W"}), l.of(4, milestone.ForecastGiven{Delivery: date("2018-03-31")}),
		l.of(4, milestone.ReviewSettled{Item: "title:several-actions", Outcome: milestone.Split, Into: "W.1\nW.2"}),
		l.of(5, milestone.Added{Ref: "W.1"}), l.of(6, milestone.Added{Ref: "W.2", PartsOf: []milestone.ID{id(4)}}))

	var saved bytes.Buffer
	to, err := book.Now().SaveSince(&saved, projections.Mark{}, l.Chain())
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := load(to, bytes.NewReader(saved.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range []*projections.Book{book, loaded} {
		for _, c := range []struct {
			ref      string
			known    uint64
			slip     int
			replaced bool
		}{
			{"B", alone, 0, false},
			{"B", late, 183, false},
			{"A", alone, 91, false},
			{"A", late, 91, true},
			{"C", restated, 0, false},
			{"C", accepted, -275, false},
			{"W", b.Position(), 0, true},
			{"W.1", b.Position(), 0, false},
			{"W.2", b.Position(), 0, false},
		} {
			v, _ := b.KnownAt(c.known)
			p, _ := v.Plan("hubs")
			m, _ := p.FindRef(c.ref)
			f := v.Figures(m, january.AddDays(60))
			if of, rows := v.Rows(m, january.AddDays(60)); of != f || f.Slip.Days != c.slip || f.Replaced != c.replaced || !f.Slip.Known {
				t.Errorf("%s at %d: %+v\n%+v", c.ref, c.known, f, rows)
			}
		}
	}
}

// TestRenamesOfOneRequest: a request that renames a workstream for two milestones is one row.
func TestRenamesOfOneRequest(t *testing.T) {
	book := projections.NewBook()
	l := newLedger(t, book.Apply)
	estates, digital := "Estates", "Digital"
	for _, drafts := range [][]eventstore.Draft{
		{l.registered(), l.of(1, milestone.Added{Ref: "A", Workstream: "estates"}), l.of(2, milestone.Added{Ref: "B", Workstream: "estates"})},
		{l.of(1, milestone.Amended{Workstream: &estates})},
		{l.of(1, milestone.Amended{Workstream: &digital}), l.of(2, milestone.Amended{Workstream: &digital})},
	} {
		if err := book.Apply(l.append(drafts...)); err != nil {
			t.Fatal(err)
		}
	}
	p, _ := book.Now().Plan("hubs")
	rows := p.Renames(january.AddDays(500))
	if len(rows) != 1 || rows[0].Is != "Digital" || len(rows[0].Milestones) != 2 {
		t.Fatalf("%+v", rows)
	}
}
