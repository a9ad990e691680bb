package node

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// line is one connection, over which requests are sent one after the other.
type line struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func (n *Node) line(t *testing.T) *line {
	t.Helper()
	conn, err := net.Dial("tcp", n.HTTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &line{t, conn, bufio.NewReader(conn)}
}

// get asks for a path. The body of an answer that is no stream is read; ended says that the connection is over.
func (l *line) get(path string) (answer *http.Response, body string, ended bool) {
	l.t.Helper()
	if _, err := io.WriteString(l, "GET "+path+" HTTP/1.1\r\nHost: localhost\r\n\r\n"); err != nil {
		l.t.Fatal(err)
	}
	answer, err := http.ReadResponse(l.in, nil)
	if err != nil {
		l.t.Fatalf("%s: %v", path, err)
	}
	if strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		return answer, "", false
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	if answer.Close {
		_, err := l.in.ReadByte()
		return answer, string(text), err == io.EOF
	}
	return answer, string(text), false
}

// Whoever comes over a connection too many is told so at once, and when to come again; those who look after the server
// are answered; and a connection that is given up is another's.
func TestConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	n := served(t, Config{Connections: 4}) // of which one caller may have two
	first, second := n.line(t), n.line(t)
	for _, l := range []*line{first, second} {
		if answer, _, _ := l.get("/"); answer.StatusCode != http.StatusOK || answer.Close {
			t.Fatalf("a connection within the bound: %s", answer.Status)
		}
	}
	for path, want := range map[string]struct {
		status int
		says   string
	}{
		"/": {503, "This page comes by itself"}, "/live/": {503, "This page comes by itself"}, "/healthz": {200, ""}, "/readyz": {200, ""}, "/metrics": {200, "milepost_"},
	} {
		answer, body, ended := n.line(t).get(path)
		if answer.StatusCode != want.status || !strings.Contains(body, want.says) || !ended {
			t.Errorf("%s over one too many: %s, ended %t: %s", path, answer.Status, ended, body)
		}
		if want.status == 503 && answer.Header.Get("Retry-After") != "5" {
			t.Errorf("%s: it is not said when to come again: %q", path, answer.Header.Get("Retry-After"))
		}
	}
	if answer, _, _ := first.get("/"); answer.StatusCode != http.StatusOK {
		t.Errorf("who was there before: %s", answer.Status)
	}
	// Another caller has a share of its own. What takes a place for a moment is nobody's.
	third := n.line(t)
	if answer, _, _ := third.get("/v1/plans"); answer.StatusCode != http.StatusOK || answer.Close {
		t.Errorf("another caller: %s", answer.Status)
	}
	answer, body, ended := n.line(t).get("/v1/plans")
	if answer.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, `"rule":"too-many-requests"`) || !ended || answer.Header.Get("Retry-After") != "5" {
		t.Errorf("one too many of another caller: %s, ended %t: %s", answer.Status, ended, body)
	}
	if answer, _, _ := n.line(t).get("/static/app.css"); answer.StatusCode != http.StatusOK {
		t.Errorf("what everybody may have: %s", answer.Status)
	}
	third.Close()
	second.Close()
	for deadline := time.Now().Add(10 * time.Second); ; { // the server notices when it notices
		answer, _, _ := n.line(t).get("/")
		if answer.StatusCode == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("a connection that was given up is not given to another: %s", answer.Status)
		}
	}
}

// Connections that say nothing shut nobody out: the oldest of them make room, and those that are left are closed when their
// time is over.
func TestConnectionsThatSayNothing(t *testing.T) {
	t.Parallel()
	n := served(t, Config{Connections: 2})
	var silent []*line
	for range strangersHTTP + 20 {
		silent = append(silent, n.line(t))
	}
	for _, path := range []string{"/healthz", "/", "/v1/plans"} {
		if answer, _, _ := n.line(t).get(path); answer.StatusCode != http.StatusOK {
			t.Errorf("%s while %d connections say nothing: %s", path, len(silent), answer.Status)
		}
	}
	if count := n.crowd.Count(); count.Strangers > strangersHTTP {
		t.Errorf("%d strangers are connected, and at most %d may be", count.Strangers, strangersHTTP)
	}
	if _, err := silent[0].in.ReadByte(); err == nil {
		t.Error("the oldest connection that says nothing is still open")
	}
}

// A page that is one too many to be kept up to date is told so, and when to come again; the page itself is whole.
func TestOpenPagesAreBounded(t *testing.T) {
	t.Parallel()
	n := served(t, Config{Browsers: 1})
	first := n.line(t)
	if answer, _, _ := first.get("/live/"); answer.StatusCode != http.StatusOK {
		t.Fatalf("the first stream: %s", answer.Status)
	}
	answer, body, _ := n.line(t).get("/live/")
	if answer.StatusCode != http.StatusServiceUnavailable || answer.Header.Get("Retry-After") == "" || !strings.Contains(body, "More pages are open") {
		t.Errorf("the second stream: %s, %s", answer.Status, body)
	}
	if answer, _, _ := n.line(t).get("/"); answer.StatusCode != http.StatusOK {
		t.Errorf("the page itself: %s", answer.Status)
	}
	first.Close()
	for deadline := time.Now().Add(10 * time.Second); ; {
		answer, _, _ := n.line(t).get("/live/")
		if answer.StatusCode == http.StatusOK {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("a place that was given up is not given to another: %s", answer.Status)
		}
	}
}
