package node

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"

	"milepost.dev/internal/rig/hostile"
)

// from is where strangers of a guarded node come from.
func (g *guarded) from(address string) hostile.From {
	return hostile.From{Address: address, TLS: &tls.Config{RootCAs: g.roots, ServerName: "127.0.0.1"}}
}

// The attacks of those who have no credentials, over TLS: none of them is let in by a byte, and none holds up somebody who is
// known.
func TestStrangersOverTLS(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	t.Run("messages that never end", func(t *testing.T) {
		for i := range 8 {
			c, err := g.from(fmt.Sprintf("127.0.0.%d", 2+i)).Calls(t.Context(), g.node.GRPCAddr())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for range 20 {
				stream, err := c.Begin("/milepost.v1.CommandService/Submit")
				if err != nil {
					t.Fatal(err)
				}
				if err := c.Announce(stream, 589_000, 60_000); err != nil {
					t.Fatal(err)
				}
				if end, err := c.Next(); err != nil || end.Status != "16" {
					t.Fatalf("%+v, %v", end, err)
				}
			}
		}
	})
	t.Run("silence", func(t *testing.T) {
		for i := range 1200 {
			conn, err := hostile.From{Address: fmt.Sprintf("127.0.0.%d", 2+i%8)}.Dial(t.Context(), g.node.GRPCAddr())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
		}
		if code := g.code(g.dial(), "bob"); code != codes.OK {
			t.Errorf("bob, who comes behind 1,200 connections that say nothing, is told %s", code)
		}
	})
}

// Over HTTP nobody is asked for a body before it is known who they are.
func TestStrangersBodiesAreNotRead(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	for _, authorization := range []string{"", "Authorization: Bearer x\r\n"} {
		conn, err := net.Dial("tcp", g.node.HTTPAddr())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST /v1/plans/hubs:submit HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n%sContent-Length: 2000000\r\n\r\n{", authorization)
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal("no answer while the body is on its way:", err)
		}
		text, _ := io.ReadAll(answer.Body)
		if answer.StatusCode != http.StatusUnauthorized || !strings.Contains(string(text), `"rule":"credentials-`) || !answer.Close {
			t.Errorf("%q: %s %s", authorization, answer.Status, text)
		}
	}
	if n := g.node.metrics; n == nil {
		t.Fatal("no metrics")
	}
	text, err := io.ReadAll(g.http("/metrics", "").Body)
	if err != nil || !strings.Contains(string(text), `milepost_calls_total{code="Unauthenticated",method="http"} 2`) {
		t.Errorf("they are not counted: %v", err)
	}
}

// Bodies that a caller sends slowly are bounded in bytes, and leave room for another's.
func TestBodiesAreSharedOut(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	begin := func() (net.Conn, *bufio.Reader) {
		conn, err := net.Dial("tcp", g.node.HTTPAddr())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(conn, "POST /v1/plans/hubs:submit HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer ann-secret\r\nContent-Length: 2000000\r\n\r\n{")
		return conn, bufio.NewReader(conn)
	}
	refused := make(chan string, 40)
	for range 40 { // of 2 MB each, where one caller may have 32 MiB
		_, in := begin()
		go func() {
			answer, err := http.ReadResponse(in, nil)
			if err != nil {
				return // the test is over
			}
			text, _ := io.ReadAll(answer.Body)
			refused <- string(text)
		}()
	}
	for range 20 {
		select {
		case text := <-refused:
			if !strings.Contains(text, `"rule":"too-many-bytes"`) {
				t.Fatalf("refused with %s", text)
			}
		case <-time.After(5 * time.Second):
			t.Fatal("as many bodies are read as anybody begins")
		}
	}
	if said := g.log.String(); strings.Count(said, `"rule":"too-many-bytes"`) < 20 || !strings.Contains(said, `"path":"/v1/plans/hubs:submit"`) {
		t.Errorf("the log does not say so: %s", said)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+g.node.HTTPAddr()+"/v1/plans/hubs:submit",
		strings.NewReader(`{"request_id": "bob", "commands": [{"as_at": "2026-03-01", "milestone_added": {"ref": "B", "title": "B"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer bob-secret")
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("bob is told %s", answer.Status)
	}
}

// What is measured is for those who run the server: from its own machine under its own name, with a role for every plan,
// or at an address of its own. A page of another site reads it by no name.
func TestWhoMayReadMetrics(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	g.credentials(tokenFor("ann", `"*": ["reporter"]`, ""), tokenFor("eve", `"hubs": ["reporter"]`, ""))
	g.node.Reload(t.Context())
	ask := func(address, path, host string, headers ...string) (int, string) {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Host = host; host == "" {
			r.Host = address
		}
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	for _, tt := range []struct {
		name, host string
		headers    []string
		status     int
	}{
		{"this machine", "", nil, 200},
		{"this machine by name", "localhost:1", nil, 200},
		{"a name that leads here", "evil.example", nil, 401},
		{"a proxy", "", []string{"X-Forwarded-For", "203.0.113.9"}, 401},
		{"a name that leads here, with a token", "evil.example", []string{"Authorization", "Bearer ann-secret"}, 200},
		{"a reporter of one plan", "evil.example", []string{"Authorization", "Bearer eve-secret"}, 403},
		{"a token that is not known", "evil.example", []string{"Authorization", "Bearer x"}, 403},
	} {
		status, text := ask(g.node.HTTPAddr(), "/metrics", tt.host, tt.headers...)
		if status != tt.status || (status == 200) != strings.Contains(text, "milepost_ledger_position") {
			t.Errorf("%s: /metrics answers %d", tt.name, status)
		}
		status, text = ask(g.node.HTTPAddr(), "/readyz", tt.host, tt.headers...)
		if status != 200 || (tt.status == 200) != strings.Contains(text, "ledger_position") || !strings.Contains(text, `"accepting"`) {
			t.Errorf("%s: /readyz answers %d %s", tt.name, status, text)
		}
		if status, text = ask(g.node.HTTPAddr(), "/healthz", tt.host, tt.headers...); status != 200 || text != "ok\n" {
			t.Errorf("%s: /healthz answers %d %s", tt.name, status, text)
		}
	}
	own, err := Start(t.Context(), Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Metrics: "127.0.0.1:0", MetricsHosts: []string{"milepost.internal"}})
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close(context.Background())
	for host, want := range map[string]int{"": 200, "milepost.internal:9": 200, "10.0.0.5": 200, "evil.example": 421} {
		for _, path := range []string{"/metrics", "/readyz"} {
			if status, _ := ask(own.MetricsAddr(), path, host); status != want {
				t.Errorf("%s under %q at its own address: %d, want %d", path, host, status, want)
			}
		}
	}
	if status, _ := ask(own.MetricsAddr(), "/v1/plans", ""); status != 404 {
		t.Errorf("the API at the address for metrics: %d", status)
	}
}

// One reporter fills its own quota, and that of its plan, and nobody else's; a larger one holds without a restart.
func TestOneReporterFillsNoOthersPlan(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	write := func(limit string) {
		g.put("credentials.json", `{"quotas": {"plans": {"alpha": {"events_a_day": `+limit+`}}}, "tokens": [`+
			tokenFor("ann", `"alpha": ["reporter"]`, "")+","+tokenFor("bob", `"hubs": ["reporter"]`, "")+`]}`)
		g.node.Reload(t.Context())
	}
	write("10")
	commands := milepostv1.NewCommandServiceClient(g.dial())
	state := func(who, plan string, n int) error {
		m := &milepostv1.SubmitRequest{RequestId: fmt.Sprint(plan, n), Plan: plan}
		if n == 0 {
			m.Commands = []*milepostv1.Command{{AsAt: "2026-03-01", Command: &milepostv1.Command_PlanRegistered{PlanRegistered: &milepostv1.PlanRegistered{Name: plan}}}}
		} else {
			m.Commands = []*milepostv1.Command{{AsAt: "2026-03-01", Command: &milepostv1.Command_MilestoneAdded{MilestoneAdded: &milepostv1.MilestoneAdded{Ref: fmt.Sprint("M", n), Title: "M"}}}}
		}
		_, err := commands.Submit(g.as(who), m)
		return err
	}
	for n := range 10 {
		if err := state("ann", "alpha", n); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 20 {
		err := state("ann", "alpha", 10+n)
		if status.Code(err) != codes.ResourceExhausted || !strings.Contains(status.Convert(err).Message(), `Plan "alpha" has 10 events of today`) {
			t.Fatal(err)
		}
	}
	if err := state("ann", "alpha", 3); err != nil {
		t.Error("what was accepted, sent again:", err)
	}
	if err := state("bob", "hubs", 1); err != nil {
		t.Error("bob:", err)
	}
	write("11")
	if err := state("ann", "alpha", 10); err != nil {
		t.Error("with a larger quota:", err)
	}
	text, err := io.ReadAll(g.http("/metrics", "").Body)
	for _, want := range []string{`milepost_refusals_total{rule="quota-plan-day"} 20`, `milepost_quota_used_ratio{of="plan-day"} 1`} {
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("the metrics do not have %s: %v", want, err)
		}
	}
}

// Requests that are refused leave no name on the disk or in memory, however many they hold.
func TestRefusedRequestsLeaveNoNames(t *testing.T) {
	t.Parallel()
	g := newGuarded(t)
	before := g.node.names.Load().Size()
	commands := milepostv1.NewCommandServiceClient(g.dial())
	for i := range 20 {
		m := &milepostv1.SubmitRequest{RequestId: fmt.Sprint("r", i), Plan: "hubs"}
		for j := range 1000 {
			m.Commands = append(m.Commands, &milepostv1.Command{AsAt: "2026-03-01", Command: &milepostv1.Command_OwnerChanged{
				OwnerChanged: &milepostv1.OwnerChanged{Ref: "none", Owner: fmt.Sprintf("Person %d of %d", j, i)},
			}})
		}
		if _, err := commands.Submit(g.as("bob"), m); status.Code(err) != codes.NotFound {
			t.Fatal(err)
		}
	}
	kept := 0
	if err := g.node.store.Kept().All(t.Context(), func(string, []byte) error { kept++; return nil }); err != nil {
		t.Fatal(err)
	}
	if after := g.node.names.Load().Size(); after != before || kept != before+1 { // and the key
		t.Errorf("%d names, and %d values on the disk; before were %d names", after, kept, before)
	}
}
