package web_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/node"
)

// nothing of a site goes on behind its end.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served is a whole server with its pages, and a reporter's connection to it.
type served struct {
	t      testing.TB
	node   *node.Node
	server *client.Client
	http   *http.Client
	at     string
	stop   func()
}

func serve(t testing.TB, c node.Config) *served {
	t.Helper()
	c.Data, c.Listen, c.HTTP, c.User, c.Log = t.TempDir(), "127.0.0.1:0", "127.0.0.1:0", "test", slog.New(slog.DiscardHandler)
	n, err := node.Start(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	config := client.Config{Server: n.GRPCAddr(), Token: n.LocalToken(), RetryFor: 10 * time.Second}
	if c.Credentials != "" {
		config.Token = "milepost_reporter"
	}
	server, err := client.Dial(config)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	s := &served{t: t, node: n, server: server, http: &http.Client{Transport: transport, Jar: jar}, at: "http://" + n.HTTPAddr()}
	closed := false
	s.stop = func() {
		if closed {
			return
		}
		closed = true
		transport.CloseIdleConnections()
		server.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := n.Close(ctx); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(s.stop)
	return s
}

func (s *served) submit(id, plan string, commands ...*pb.Command) uint64 {
	s.t.Helper()
	answer, err := s.server.Submit(s.t.Context(), &pb.SubmitRequest{RequestId: id, Plan: plan, Commands: commands})
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.GetReceipt().GetPosition()
}

func registered(name string) *pb.Command {
	return &pb.Command{AsAt: "2026-01-01", Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: name}}}
}

func added(ref, title string) *pb.Command {
	return &pb.Command{AsAt: "2026-01-01", Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{Ref: ref, Title: title, Workstream: "Access"}}}
}

func stated(ref, asAt, date, reason string) *pb.Command {
	return &pb.Command{AsAt: asAt, Command: &pb.Command_DeliveryDateStated{
		DeliveryDateStated: &pb.DeliveryDateStated{Ref: ref, DeliveryDate: date, Reason: reason},
	}}
}

// hubs is a plan of two milestones, one of which slipped.
func (s *served) hubs(plan string) uint64 {
	s.t.Helper()
	return s.submit("begin-"+plan, plan, registered("Community hubs"), added("A/1", "Hub opens"), added("B", "Staff are trained"),
		stated("A/1", "2026-01-02", "2027-03-31", ""), stated("A/1", "2026-06-01", "2027-06-30", "No steel"), stated("B", "2026-01-02", "TBC", ""))
}

// get is the status and the text of an answer.
func (s *served) get(path string, headers ...string) (int, http.Header, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.at+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := s.http.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header, strings.ReplaceAll(string(body), "\u00a0", " ")
}

// signIn has the browser keep a session of the holder of a token, and answers with its cookie.
func (s *served) signIn(token string) *http.Cookie {
	s.t.Helper()
	answer, err := s.http.PostForm(s.at+"/sign-in", url.Values{"token": {token}})
	if err != nil {
		s.t.Fatal(err)
	}
	answer.Body.Close()
	at, err := url.Parse(s.at)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, c := range s.http.Jar.Cookies(at) {
		if strings.HasPrefix(c.Name, "milepost-") {
			return c
		}
	}
	s.t.Fatalf("%s was not let in: %s", token, answer.Status)
	return nil
}

func TestPagesSayWhatIsKnown(t *testing.T) {
	s := serve(t, node.Config{})
	position := s.hubs("hubs")
	for path, wants := range map[string][]string{
		"/":                            {"1 plan with 2 milestones: 1 later than first forecast and 1 without a date.", `<a href="/plans/hubs">Community hubs</a>`, "Slipped most:"},
		"/plans/hubs":                  {"Hub opens", "30 Jun 2027", "&#43;91", `/plans/hubs/milestones/A%2F1`, "slipped 91 days, from 31 Mar 2027 to 30 Jun 2027", "<q>No steel</q>"},
		"/plans/hubs?show=slipped":     {"1 of 2", "Hub opens"}, // where the list was once
		"/plans/hubs/milestones":       {"Hub opens", "Staff are trained", "TBC", "30 Jun 2027"},
		"/plans/hubs/changes":          {"slipped 91 days", "Staff are trained"},
		"/plans/hubs/milestones/A%2F1": {"Due on 30 Jun 2027, 91 days later than first forecast.", "Original baseline", "The date moved 1 time.", "Audit trail", "local:test"},
		"/plans/hubs/milestones/A%2F1?as_at=2026-05-31":        {"Due on 31 Mar 2027, as first forecast.", "As it stood on <strong>31 May 2026</strong>."},
		fmt.Sprintf("/plans/hubs?known_at=%d", position):       {"we knew it at <strong>position"},
		"/plans/hubs/milestones/A%2F1?known_at=4&as_at=":       {"91 days later than first forecast"}, // a request is never half known
		fmt.Sprintf("/plans/hubs/changes?before=%d", position): {"slipped 91 days", "To the newest"},
	} {
		status, header, body := s.get(path)
		if status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s does not say %q", path, want)
			}
		}
		if !strings.Contains(body, "as of position <strong") {
			t.Errorf("%s does not say what it speaks for", path)
		}
		strict(t, path, header, body)
		if live := strings.Contains(body, "data-live="); live == strings.Contains(path, "known_at=") {
			t.Errorf("%s: lives %t", path, live)
		}
	}
	for path, want := range map[string]int{
		"/plans/none": 404, "/plans/hubs/milestones/none": 404, "/nothing": 404, "/plans/hubs?as_at=tomorrow": 400,
		"/plans/hubs?known_at=999999": 400, "/static/none": 404, "/static/app.css": 200, "/healthz": 200, "/readyz": 200,
	} {
		if status, _, body := s.get(path); status != want {
			t.Errorf("%s: %d, want %d\n%s", path, status, want, body)
		}
	}
}

var (
	inline = regexp.MustCompile(`(?i)\s(style|on\w+)=|<style|<script(>|\s[^>]*>[^<])|javascript:`)
	remote = regexp.MustCompile(`(?i)(src|href|action)="(https?:)?//`)
)

// strict fails for what the content security policy would have to refuse, and for a policy that would not.
func strict(t *testing.T, path string, header http.Header, body string) {
	t.Helper()
	if found := inline.FindString(body); found != "" {
		t.Errorf("%s has %q inline", path, found)
	}
	if found := remote.FindString(body); found != "" {
		t.Errorf("%s leads elsewhere: %q", path, found)
	}
	policy := header.Get("Content-Security-Policy")
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("%s: the policy is %q", path, policy)
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if header.Get(name) != want {
			t.Errorf("%s: %s is %q", path, name, header.Get(name))
		}
	}
}

// What somebody types into a title is shown, and is never more than text: not to the page, and not to the stream.
func TestHostileWordsAreWords(t *testing.T) {
	s := serve(t, node.Config{})
	const hostile = `<script src="//evil.example/x.js"></script>"><img src=x onerror=alert(1)>'` + "\r\rdata: gone\r\nid: 7"
	s.submit("begin", "hubs", registered(hostile), added("A", hostile), stated("A", "2026-01-02", "2027-03-31", ""), stated("A", "2026-06-01", "2027-06-30", hostile),
		&pb.Command{AsAt: "2026-06-01", Command: &pb.Command_OwnerChanged{OwnerChanged: &pb.OwnerChanged{Ref: "A", Owner: `"><b onclick=x>`}}})
	for _, path := range []string{"/", "/plans/hubs", "/plans/hubs/changes", "/plans/hubs/milestones/A", `/plans/hubs?workstream="><script>alert(1)</script>`} {
		status, header, body := s.get(strings.ReplaceAll(strings.ReplaceAll(path, "<", "%3C"), ">", "%3E"))
		if status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
		if strings.Contains(body, "<script src=\"//") || strings.Contains(body, "<img src=x") || strings.Contains(body, "<b onclick") || strings.Contains(body, "<script>alert") {
			t.Errorf("%s lets words be more than words", path)
		}
		if !strings.HasPrefix(header.Get("Content-Security-Policy"), "default-src 'none';") {
			t.Errorf("%s has no policy", path)
		}
	}
	stream := s.stream("/live/plans/hubs/milestones/A?after=0")
	frame := stream.frame()
	if frame.id == 7 || strings.Contains(frame.raw, "\r") {
		t.Errorf("words of a title became part of the stream:\n%s", frame.raw)
	}
	if !strings.Contains(frame.raw, "gone") {
		t.Error("the title is not in the frame, so that nothing was shown")
	}
}

// events is a page's stream, as a browser reads it.
type events struct {
	t     testing.TB
	body  io.Closer
	lines *bufio.Reader
}

type frame struct {
	id  uint64
	raw string
}

func (s *served) stream(path string, headers ...string) *events {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	s.t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.at+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	answer, err := s.http.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != http.StatusOK || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		s.t.Fatalf("%s: %s, %s", path, answer.Status, answer.Header.Get("Content-Type"))
	}
	return &events{s.t, answer.Body, bufio.NewReader(answer.Body)}
}

// frame is the next page that the stream sends, whatever beats come before it.
func (e *events) frame() frame {
	e.t.Helper()
	for {
		var f frame
		page := false
		for {
			line, err := e.lines.ReadString('\n')
			if err != nil {
				e.t.Fatalf("the stream ended: %v", err)
			}
			if line == "\n" {
				break
			}
			f.raw += line
			page = page || line == "event: page\n"
			if _, err := fmt.Sscanf(line, "id: %d", &f.id); err != nil && !strings.HasPrefix(line, "data:") && !strings.HasPrefix(line, "event:") && !strings.HasPrefix(line, "retry:") {
				e.t.Fatalf("no line of a stream: %q", line)
			}
		}
		if page {
			f.raw = strings.ReplaceAll(f.raw, "\u00a0", " ")
			return f
		}
	}
}

// A browser is sent each position once: what it shows already is not sent, what came while it was away is, and
// then what comes.
func TestAStreamResumesWithoutAGapOrARepeat(t *testing.T) {
	s := serve(t, node.Config{})
	first := s.hubs("hubs")
	away := s.stream("/live/plans/hubs?after=0") // shows nothing yet
	if f := away.frame(); f.id != first || !strings.Contains(f.raw, "Hub opens") {
		t.Fatalf("the first frame is of position %d, want %d", f.id, first)
	}
	same := s.stream(fmt.Sprintf("/live/plans/hubs?after=%d", first)) // shows this one
	second := s.submit("second", "hubs", stated("A/1", "2026-07-01", "2027-09-30", "Still none"))
	for name, e := range map[string]*events{"the one that began anew": away, "the one that had it": same} {
		if f := e.frame(); f.id != second || !strings.Contains(f.raw, "Still none") {
			t.Errorf("%s is sent position %d next, want %d", name, f.id, second)
		}
	}
	// The same position in other words, as after a restore or with another version of the page, is sent as well.
	if f := s.stream(fmt.Sprintf("/live/plans/hubs?after=%d&made=0123456789abcdef", second)).frame(); f.id != second {
		t.Errorf("a browser that shows something else of position %d is sent %d", second, f.id)
	}
	_, _, body := s.get("/plans/hubs")
	made := regexp.MustCompile(`data-made="(\w+)"`).FindStringSubmatch(body)[1]
	shown := s.stream(fmt.Sprintf("/live/plans/hubs?after=%d&made=%s", second, made))
	away.body.Close()
	third := s.submit("third", "hubs", stated("A/1", "2026-08-01", "2027-08-31", ""))
	if f := shown.frame(); f.id != third {
		t.Errorf("a browser that shows the page as it is is sent position %d next, want %d", f.id, third)
	}
	back := s.stream("/live/plans/hubs?after=0", "Last-Event-ID", fmt.Sprint(second))
	if f := back.frame(); f.id != third {
		t.Errorf("the one that was away is sent position %d, want %d", f.id, third)
	}
	// Another plan is no news here, but it is on the portfolio.
	portfolio := s.stream(fmt.Sprintf("/live/?after=%d", third))
	other := s.hubs("others")
	last := s.submit("last", "hubs", stated("B", "2026-09-01", "2027-12-31", ""))
	if f := back.frame(); f.id != last {
		t.Errorf("next is position %d, want %d", f.id, last)
	}
	if f := portfolio.frame(); f.id < other || !strings.Contains(f.raw, "2 plans with") {
		t.Errorf("the portfolio is sent position %d, want %d or later", f.id, other)
	}
}

// A browser that does not read holds nobody up: neither those who do nor the server when it closes.
func TestABrowserThatDoesNotRead(t *testing.T) {
	s := serve(t, node.Config{})
	s.hubs("hubs")
	for i := range 10 { // a page of some hundred thousand bytes, of which few fit on the way to a browser
		var commands []*pb.Command
		for k := range 15 {
			commands = append(commands, added(fmt.Sprintf("L%d-%d", i, k), strings.Repeat("long ", 400)))
		}
		s.submit(fmt.Sprint("long", i), "hubs", commands...)
	}
	conn, err := net.Dial("tcp", s.node.HTTPAddr())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(4096); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET /live/plans/hubs/milestones?after=0 HTTP/1.1\r\nHost: %s\r\n\r\n", s.node.HTTPAddr())
	reads := s.stream("/live/plans/hubs/milestones?after=0")
	size, frames := len(reads.frame().raw), 0
	for changes := 0; size < 6<<20; changes++ { // far more than lies between two ends of a connection
		var all []*pb.Command // every row changes, so that none is left out of what is sent
		for i := range 10 {
			for k := range 15 {
				all = append(all, stated(fmt.Sprintf("L%d-%d", i, k), "2026-07-01", fmt.Sprintf("2027-%02d-%02d", 1+changes%12, 1+changes%28), ""))
			}
		}
		last := s.submit(fmt.Sprint("move", changes), "hubs", all...)
		for f := reads.frame(); ; f = reads.frame() {
			size += len(f.raw)
			frames++
			if f.id == last {
				break
			}
		}
	}
	t.Logf("%d bytes in %d frames, while the other took none", size, frames)
	begun := time.Now()
	s.stop()
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("the server took %s to close beside it", took)
	}
}

// What comes faster than anybody looks is shown at once, and not one after the other.
func TestManyChangesAreFewFrames(t *testing.T) {
	s := serve(t, node.Config{})
	s.hubs("hubs")
	stream := s.stream("/live/plans/hubs?after=0")
	stream.frame()
	const changes = 300
	var last uint64
	for i := range changes {
		last = s.submit(fmt.Sprint("move", i), "hubs", stated("A/1", "2026-07-01", fmt.Sprintf("2027-%02d-%02d", 1+i%12, 1+i%28), ""))
	}
	frames := 1
	for stream.frame().id != last {
		frames++
	}
	if frames > changes/3 {
		t.Errorf("%d changes came in %d frames", changes, frames)
	}
}

func credentials(t *testing.T, tokens map[string]string) string {
	t.Helper()
	var entries []string
	for token, roles := range tokens {
		sum := sha256.Sum256([]byte(token))
		entries = append(entries, fmt.Sprintf(`{"sha256": %q, "actor": %q, "roles": %s}`, hex.EncodeToString(sum[:]), token, roles))
	}
	path := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(path, []byte(`{"tokens": [`+strings.Join(entries, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A visitor sees what their token may see, and nothing without one.
func TestAVisitorSeesWhatTheirTokenMaySee(t *testing.T) {
	s := serve(t, node.Config{Credentials: credentials(t, map[string]string{
		"milepost_reporter": `{"*": ["reporter"]}`, "milepost_viewer": `{"hubs": ["viewer"]}`,
	})})
	s.hubs("hubs")
	s.hubs("secret")
	s.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for path, want := range map[string]int{"/": 303, "/plans/hubs": 303, "/live/plans/hubs": 401, "/sign-in": 200, "/static/app.css": 200} {
		if status, header, _ := s.get(path); status != want {
			t.Errorf("without a token %s: %d to %s, want %d", path, status, header.Get("Location"), want)
		}
	}
	enter := func(token, next string, headers ...string) *http.Response {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.at+"/sign-in", strings.NewReader(url.Values{"token": {token}, "next": {next}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for i := 0; i+1 < len(headers); i += 2 {
			request.Header.Set(headers[i], headers[i+1])
		}
		answer, err := s.http.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		return answer
	}
	if answer := enter("milepost_nobody", "/"); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("a wrong token: %s", answer.Status)
	}
	if answer := enter("two words; here", "/"); answer.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no token at all: %s", answer.Status)
	}
	if answer := enter("milepost_viewer", "/", "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); answer.StatusCode != http.StatusForbidden {
		t.Errorf("sent by another site: %s", answer.Status)
	}
	for _, next := range []string{"//evil.example/", "https://evil.example/", `/\evil.example`, "evil"} {
		if answer := enter("milepost_viewer", next); answer.Header.Get("Location") != "/" {
			t.Errorf("next %q leads to %s", next, answer.Header.Get("Location"))
		}
	}
	answer := enter("milepost_viewer", "/plans/hubs?sort=slip")
	if cookie := answer.Header.Get("Set-Cookie"); answer.Header.Get("Location") != "/plans/hubs?sort=slip" || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("let in to %s with %s", answer.Header.Get("Location"), cookie)
	}
	for path, want := range map[string]int{"/": 200, "/plans/hubs": 200, "/plans/secret": 403, "/live/plans/secret": 403, "/plans/secret/milestones/B": 403, "/plans/secret/changes": 403} {
		status, _, body := s.get(path)
		if status != want {
			t.Errorf("with a token %s: %d, want %d", path, status, want)
		}
		if path != "/plans/hubs" && strings.Contains(body, "Staff are trained") && path != "/" {
			t.Errorf("%s shows a milestone", path)
		}
	}
	if _, _, body := s.get("/"); !strings.Contains(body, "1 plan with") {
		t.Error("the portfolio shows a plan that the token may not see, or none")
	}
	stream := s.stream("/live/plans/hubs?after=0")
	stream.frame()
}

// A name that another site has lead to this machine opens no page.
func TestAPageIsShownUnderThisMachinesNamesOnly(t *testing.T) {
	s := serve(t, node.Config{})
	_, port, _ := net.SplitHostPort(s.node.HTTPAddr())
	for host, want := range map[string]int{
		"localhost:" + port: 200, "127.0.0.1:" + port: 200, "[::1]:" + port: 200, "LOCALHOST": 200, "plans.localhost": 200,
		"evil.example:" + port: 403, "127.0.0.1.evil.example": 403, "192.0.2.1": 403,
	} {
		if status, _, _ := s.get("/", "Host", host); status != want {
			t.Errorf("%s: %d, want %d", host, status, want)
		}
		if status, _, _ := s.get("/healthz", "Host", host); status != http.StatusOK {
			t.Errorf("%s: health is %d", host, status)
		}
	}
}

// Page after page, what changed is told whole: no event is left out between two pages, and none is told twice.
func TestWhatChangedIsToldWhole(t *testing.T) {
	s := serve(t, node.Config{})
	s.hubs("hubs")
	want := map[string]bool{}
	var commands []*pb.Command
	for i := range 900 { // each a move, so that each is told by itself
		commands = append(commands, stated("A/1", "2026-07-01", fmt.Sprintf("2028-%02d-%02d", 1+i%12, 1+i%28), ""))
	}
	last := s.submit("moves", "hubs", commands...)
	for position := last - 899; position <= last; position++ {
		want[fmt.Sprint(position)] = true
	}
	positions := regexp.MustCompile(`<li id="s(\d+)"`)
	earlier := regexp.MustCompile(`href="([^"]+)" rel="next"`)
	pages := 0
	for path := "/plans/hubs/changes"; path != ""; pages++ {
		_, _, body := s.get(path)
		for _, match := range positions.FindAllStringSubmatch(body, -1) {
			if position := match[1]; want[position] {
				delete(want, position)
			} else if n, _ := strconv.ParseUint(position, 10, 64); n > last-900 {
				t.Errorf("position %s is told twice", position)
			}
		}
		path = ""
		if match := earlier.FindStringSubmatch(body); match != nil {
			path = html.UnescapeString(match[1])
		}
	}
	if len(want) > 0 || pages < 3 {
		t.Errorf("%d moves are on none of %d pages", len(want), pages)
	}
}
