package projections_test

import (
	"bytes"
	"slices"
	"testing"

	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/eventstore"
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
