package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
)

// site is one whose API answers nothing.
func site(t *testing.T, c Config) *Site {
	t.Helper()
	conn, err := grpc.NewClient("127.0.0.1:1", grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	c.API = client.Over(conn, client.Config{})
	c.Clock, c.Wall, c.Log = clock.NewManual(time.Unix(0, 0)), clock.System(), slog.New(slog.DiscardHandler)
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// An address that others can reach shows no page where nothing would tell visitors apart, and says what to do.
func TestNobodyIsShownAnything(t *testing.T) {
	s := site(t, Config{})
	for _, path := range []string{"/", "/plans/p", "/live/plans/p"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "--credentials") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// Over TLS the cookie goes nowhere without it.
func TestTheCookieOverTLS(t *testing.T) {
	s := site(t, Config{Visitors: TokenHolders, Encrypted: true})
	w := httptest.NewRecorder()
	s.setCookie(w, "milepost_x")
	if cookie := w.Header().Get("Set-Cookie"); cookie != "__Host-milepost=milepost_x; Path=/; HttpOnly; Secure; SameSite=Lax" {
		t.Errorf("the cookie is %q", cookie)
	}
}

// A server that gives no answer is told as such, and the page tries again by itself.
func TestAPageWithoutAnAnswer(t *testing.T) {
	s := site(t, Config{Visitors: ThisMachine})
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "http://localhost/", nil)
	s.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Refresh") == "" || !strings.Contains(w.Body.String(), "tries again by itself") {
		t.Errorf("%d, %v\n%s", w.Code, w.Header(), w.Body)
	}
}

// A ledger that lost something says so beside every page.
func TestAPageSaysWhatTheLedgerLost(t *testing.T) {
	s := site(t, Config{Visitors: ThisMachine})
	a := s.ask(t.Context(), question{path: "/", query: url.Values{}})
	a.spoken = &pb.SpokenFor{Position: 9, AsAt: "2026-01-01", Losses: []*pb.Loss{
		{Position: 5, LastKnown: 8, RestoredAt: "2026-01-01T10:00:00Z"}, {Position: 6, LastKnown: 6, RestoredAt: "2026-01-02T10:00:00Z"},
	}}
	templates, err := parseTemplates(s.assets)
	if err != nil {
		t.Fatal(err)
	}
	layout := layoutView{Times: s.times(a), View: portfolioView{Empty: true}}
	if err := layout.draw(templates["portfolio.html"]); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"lost positions 6 to 8 when a backup was restored on 1 Jan 2026, 10:00 UTC", "lost nobody knows how much after position 6",
	} {
		if !strings.Contains(plainly(string(layout.Frame.html)), want) {
			t.Errorf("the page does not say that the ledger %s:\n%s", want, layout.Frame.html)
		}
	}
}
