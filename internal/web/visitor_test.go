package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

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
	c.Clock, c.Wall, c.Entropy = clock.NewManual(time.Unix(0, 0)), clock.System(), clock.Seeded(1)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// An address that others can reach shows no page where nothing would tell visitors apart. The log, and not the visitor,
// is told which flags would change that.
func TestNobodyIsShownAnything(t *testing.T) {
	var log strings.Builder
	s := site(t, Config{Log: slog.New(slog.NewTextHandler(&log, nil))})
	if !strings.Contains(log.String(), "--credentials") {
		t.Errorf("the log does not say what is missing: %s", &log)
	}
	for _, path := range []string{"/", "/plans/p", "/live/plans/p"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "No pages are shown") || strings.Contains(w.Body.String(), "--") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// Over TLS the cookie goes nowhere without it.
func TestTheCookieOverTLS(t *testing.T) {
	s := site(t, Config{Visitors: TokenHolders, Encrypted: true, Port: "7441"})
	w := httptest.NewRecorder()
	s.setCookie(w, "x")
	if cookie := w.Header().Get("Set-Cookie"); cookie != "__Host-milepost-7441=x; Path=/; HttpOnly; Secure; SameSite=Lax" {
		t.Errorf("the cookie is %q", cookie)
	}
	w = httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/sign-in", nil))
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("a browser is not told to come over TLS from now on")
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
