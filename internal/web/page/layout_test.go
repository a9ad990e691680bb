package page

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/clock"
)

// made is a page of one kind with a view of its own, which asks the API nothing.
func made(t *testing.T, template string, view any, spoken *pb.SpokenFor, query url.Values) *Page {
	t.Helper()
	pages, err := New(nil, clock.NewManual(time.Unix(0, 0)), func(name string) (string, error) { return "/static/" + name, nil })
	if err != nil {
		t.Fatal(err)
	}
	p, err := pages.Make(t.Context(), Kind{template: template, view: func(a *asking) (heading, any, error) {
		a.answered(spoken)
		return heading{Title: "A page"}, view, nil
	}}, Question{path: "/", query: query})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// A ledger that lost something says so beside every page.
func TestAPageSaysWhatTheLedgerLost(t *testing.T) {
	p := made(t, "portfolio.html", portfolioView{Empty: true}, &pb.SpokenFor{Position: 9, AsAt: "2026-01-01", Losses: []*pb.Loss{
		{Position: 5, LastKnown: 8, RestoredAt: "2026-01-01T10:00:00Z"}, {Position: 6, LastKnown: 6, RestoredAt: "2026-01-02T10:00:00Z"},
	}}, nil)
	for _, want := range []string{
		"lost positions 6 to 8 when a backup was restored on 1 Jan 2026, 10:00 UTC", "lost nobody knows how much after position 6",
	} {
		if !strings.Contains(spaced(string(p.Frame().HTML)), want) {
			t.Errorf("the page does not say that the ledger %s:\n%s", want, p.Frame().HTML)
		}
	}
}

// A page is a function of its address and a position: it is the same, byte for byte, whenever it is made.
func TestAPageIsTheSameAgain(t *testing.T) {
	query := url.Values{}
	for i := range 20 {
		query.Set(fmt.Sprint("kept", i), "x")
	}
	whole := func() []byte {
		p, err := made(t, "portfolio.html", portfolioView{Empty: true}, &pb.SpokenFor{Position: 9, AsAt: "2026-01-01"}, query).Whole(Around{Live: "/live/"})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := whole()
	for range 5 {
		if again := whole(); !bytes.Equal(first, again) {
			t.Fatalf("first\n%s\nand then\n%s", first, again)
		}
	}
}
