package projections_test

import (
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
	"milepost.dev/projections"
)

// samples are the payloads that package codec keeps of each stored event, as drafts.
func samples(t testing.TB) (drafts []eventstore.Draft) {
	t.Helper()
	for number := range ledgerv1.EventType_name {
		kind := ledgerv1.EventType(number)
		name := codec.TypeName(kind)
		text, err := os.ReadFile(filepath.Join("..", "internal", "codec", "testdata", "v1", name+".hex"))
		if name == "" || err != nil {
			continue
		}
		payload, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
		if err != nil {
			t.Fatal(err)
		}
		drafts = append(drafts, eventstore.Draft{Type: kind, Payload: payload})
	}
	slices.SortFunc(drafts, func(a, b eventstore.Draft) int { return int(a.Type) - int(b.Type) })
	if len(drafts) < 40 {
		t.Fatalf("only %d samples were found", len(drafts))
	}
	return drafts
}

// TestTheBookGivesBackWhatWasStored: the event that is made of what the book keeps is the one that is read of the record,
// of whatever kind, and also of bytes that another version wrote in another order or with more in them.
func TestTheBookGivesBackWhatWasStored(t *testing.T) {
	book := projections.NewBook()
	l := newLedger(t, book.Apply)
	added := eventstore.Draft{}
	var rest []eventstore.Draft
	for _, s := range samples(t) {
		e, err := codec.Decode(s.Type, s.Payload)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case s.Type == ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED:
			added = s
		case e.OfMilestone != nil:
			later := s
			later.Payload = protowire.AppendVarint(protowire.AppendTag(slices.Clone(s.Payload), 1000, protowire.VarintType), 7)
			turned := s
			turned.Payload = slices.Concat(s.Payload[18:], s.Payload[:18]) // the milestone last
			rest = append(rest, s, later, turned)
		}
	}
	added.Payload = slices.Clone(added.Payload)
	for i := range 1100 { // more than the book keeps of what dates of a plan were read with
		for _, d := range []period.Delivery{read(i/3, i), read(0, i), read(i, 0)} {
			kind, payload, err := codec.EncodeMilestone([16]byte(added.Payload[2:18]), milestone.Withdrawn{Delivery: d, From: january, Reason: "no steel"})
			if err != nil {
				t.Fatal(err)
			}
			rest = append(rest, eventstore.Draft{Type: kind, Payload: payload})
		}
	}
	drafts := append([]eventstore.Draft{l.registered(), added}, rest...)
	c := l.append(drafts...)
	if err := book.Apply(c); err != nil {
		t.Fatal(err)
	}
	v := book.Now()
	p, _ := v.Plan("hubs")
	m := p.Milestones()[0]
	statements := v.Recorded(m)
	if len(statements) != len(drafts)-1 {
		t.Fatalf("%d statements of %d events", len(statements), len(drafts)-1)
	}
	for i, s := range statements {
		r := c.Records[i+1]
		want, err := codec.Decode(r.Type, r.Payload)
		if err != nil || s.Position != r.Position || s.AsAt.Number() != r.AsAt {
			t.Fatalf("%+v, %v", s, err)
		}
		if diff := cmp.Diff(want.OfMilestone, s.Event); diff != "" {
			t.Errorf("%s at position %d (-stored +book):\n%s", codec.TypeName(r.Type), r.Position, diff)
		}
	}
}

// read is a date whose words were read by a version of the reader, with settings that were stated at a position.
func read(version, settings int) period.Delivery {
	d := date("2018-06")
	d.Reader, d.Settings = uint32(version), uint64(settings)
	return d
}

// TestAnswersAreTheFoldOfTheStatements: states, figures, rows and parties follow from the statements as a whole, known at
// any position and on any day, whatever the book keeps to answer sooner.
func TestAnswersAreTheFoldOfTheStatements(t *testing.T) {
	events := samples(t)
	rapid.Check(t, func(rt *rapid.T) {
		book := projections.NewBook()
		l := newLedger(t, book.Apply)
		var of []eventstore.Draft
		drafts := []eventstore.Draft{l.registered()}
		for _, s := range events {
			e, _ := codec.Decode(s.Type, s.Payload)
			if _, adds := e.OfMilestone.(milestone.Added); adds {
				drafts = append(drafts, s)
			} else if e.OfMilestone != nil {
				of = append(of, s)
			}
		}
		at := [16]byte{}
		copy(at[:], drafts[1].Payload[2:18])
		drafts[1].AsAt = january.Number()
		day := 0
		for range rapid.IntRange(1, 200).Draw(rt, "statements") {
			day += rapid.IntRange(0, 2).Draw(rt, "days")
			asAt := day
			if rapid.IntRange(0, 5).Draw(rt, "late") == 0 {
				asAt = rapid.IntRange(0, day).Draw(rt, "day")
			}
			d := rapid.SampledFrom(of).Draw(rt, "event")
			if rapid.Bool().Draw(rt, "dated") {
				due := date(fmt.Sprintf("2018-%02d", 1+day%12))
				due.Reader, due.Settings = uint32(day%2), uint64(day%3)
				d = l.draft(codec.EncodeMilestone(at, milestone.Slipped{Delivery: due, Days: day, Reason: "steel"}))
			}
			d.AsAt = january.AddDays(asAt).Number()
			drafts = append(drafts, d)
			if rapid.IntRange(0, 20).Draw(rt, "commit") == 0 {
				apply(t, book, l.append(drafts...))
				drafts = nil
				if v := book.Now(); rapid.Bool().Draw(rt, "asked meanwhile") {
					p, _ := v.Plan("hubs")
					v.State(p.Milestones()[0], january.AddDays(3)) // and is asked for the same day again below
				}
			}
		}
		if len(drafts) > 0 {
			apply(t, book, l.append(drafts...))
		}
		p, _ := book.Now().Plan("hubs")
		m := p.Milestones()[0]
		for i := range 6 {
			v := book.Now().Until(uint64(rapid.IntRange(2, int(book.Position())).Draw(rt, "known at")))
			asAt := january.AddDays(rapid.IntRange(0, day+1).Draw(rt, "as at"))
			if i == 0 {
				v, asAt = book.Now(), january.AddDays(3)
			}
			statements := v.Statements(m)
			if got, want := v.State(m, asAt), milestone.FoldAsAt(statements, asAt); !reflect.DeepEqual(got, want) {
				rt.Fatalf("known at %d as at %s it is\n%+v\nand not\n%+v", v.Position, asAt, got, want)
			}
			if got, want := *v.Newest(m), milestone.FoldAsAt(statements, civil.Last); !reflect.DeepEqual(got, want) {
				rt.Fatalf("known at %d the newest is\n%+v\nand not\n%+v", v.Position, got, want)
			}
			record := figures.Record{Began: func(position uint64) uint64 { return l.began(position) }, Speaker: book.Speaker} // a correction may tell it for another party
			f, rows := v.Rows(m, asAt)
			if want, wantRows := figures.Rows(statements, asAt, record); f != want || !cmp.Equal(rows, wantRows, cmp.AllowUnexported(figures.Row{})) {
				rt.Fatalf("known at %d as at %s\n%+v\n%+v\nand not\n%+v\n%+v", v.Position, asAt, f, rows, want, wantRows)
			}
			var named, told []milestone.Party
			for party := range v.Parties() {
				named = append(named, party)
			}
			for _, s := range statements {
				told = append(told, milestone.Parties(s.Event)...)
			}
			if !slices.Equal(named, told) {
				rt.Fatalf("known at %d it names %q and not %q", v.Position, named, told)
			}
		}
	})
}

func apply(t testing.TB, book *projections.Book, c *eventstore.Commit) {
	t.Helper()
	if err := book.Apply(c); err != nil {
		t.Fatal(err)
	}
}

// began is the first position of the request of a position: each commit of this ledger is one request.
func (l *ledger) began(position uint64) uint64 {
	i := slices.IndexFunc(l.ends, func(end uint64) bool { return end >= position })
	if i <= 0 {
		return 1
	}
	return l.ends[i-1] + 1
}
