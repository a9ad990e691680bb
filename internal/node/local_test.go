package node

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/client"
)

// strangeTo connects to a server as another user of the machine does, who knows nothing but the address.
func strangeTo(t *testing.T, n *Node, options ...grpc.DialOption) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(n.GRPCAddr(), append(options, grpc.WithTransportCredentials(insecure.NewCredentials()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// Attack: another user of the machine states facts, reads the names or takes a backup as the one who runs the server.
func TestAnotherUserOfTheMachineMayReadAndNoMore(t *testing.T) {
	n := served(t, Config{})
	if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	conn := strangeTo(t, n)
	if _, err := milepostv1.NewQueryServiceClient(conn).ListStatus(t.Context(), &milepostv1.ListStatusRequest{Plan: "hubs"}); err != nil {
		t.Errorf("reading is open: %v", err)
	}
	for what, err := range map[string]error{
		"submit": func() error {
			_, err := milepostv1.NewCommandServiceClient(conn).Submit(t.Context(), &milepostv1.SubmitRequest{RequestId: "x", Plan: "hubs"})
			return err
		}(),
		"push": func() error {
			stream, err := milepostv1.NewCommandServiceClient(conn).Push(t.Context())
			if err != nil {
				return err
			}
			_ = stream.Send(&milepostv1.PushRequest{Request: &milepostv1.SubmitRequest{RequestId: "x", Plan: "hubs"}})
			answer, err := stream.Recv()
			if refusal := answer.GetRefused(); refusal != nil {
				return status.Error(codes.Code(refusal.Code), refusal.Message)
			}
			return err
		}(),
		"parties": func() error {
			_, err := milepostv1.NewAuditServiceClient(conn).ListParties(t.Context(), &milepostv1.ListPartiesRequest{})
			return err
		}(),
		"directory": func() error {
			stream, err := milepostv1.NewAuditServiceClient(conn).ReadDirectory(t.Context(), &milepostv1.ReadDirectoryRequest{})
			if err != nil {
				return err
			}
			_, err = stream.Recv()
			return err
		}(),
		"commits": func() error {
			stream, err := milepostv1.NewAuditServiceClient(conn).ReadCommits(t.Context(), &milepostv1.ReadCommitsRequest{})
			if err != nil {
				return err
			}
			_, err = stream.Recv()
			return err
		}(),
	} {
		if s := status.Convert(err); s.Code() != codes.Unauthenticated || !strings.Contains(s.Message(), "milepost token local") {
			t.Errorf("%s: %v", what, err)
		}
	}
	refused(t, n, 401, access.RuleUnknown, "POST", "/v1/plans/hubs:submit", begin, "Authorization", "Bearer milepost_guess")
	if answer := plainly(t, n, "GET", "/v1/plans/hubs/status"); answer.StatusCode != http.StatusOK {
		t.Errorf("reading over HTTP: %d", answer.StatusCode)
	}
	if answer := plainly(t, n, "GET", "/v1/parties"); answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("the names over HTTP: %d", answer.StatusCode)
	}
	if status, _ := ask(t, n, "GET", "/metrics", "", "Host", "rebound.example:7441", "Authorization", ""); status != http.StatusUnauthorized {
		t.Errorf("metrics under another's name: %d", status)
	}
	if answer := plainly(t, n, "GET", "/metrics"); answer.StatusCode != http.StatusOK {
		t.Errorf("metrics: %d", answer.StatusCode)
	}
	if answer := plainly(t, n, "GET", "/plans/hubs"); answer.StatusCode != http.StatusOK {
		t.Errorf("the page: %d", answer.StatusCode)
	}
}

// plainly asks over HTTP without a token.
func plainly(t *testing.T, n *Node, method, path string, headers ...string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, "http://"+n.HTTPAddr()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	return answer
}

// Attack: one line in a proxy's configuration makes the server answer the world.
func TestWhatAProxyPassedOnIsRefused(t *testing.T) {
	for name, local := range map[string]Local{"with a token": {}, "open": {Open: true}} {
		t.Run(name, func(t *testing.T) {
			n := served(t, Config{Local: local})
			token := "Bearer " + n.LocalToken()
			for _, header := range []string{"X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "Via", "X-Real-IP"} {
				refused(t, n, 401, access.RuleForwarded, "POST", "/v1/plans/hubs:submit", begin, header, "203.0.113.9", "Authorization", token)
				if answer := plainly(t, n, "GET", "/", header, "203.0.113.9"); answer.StatusCode != http.StatusForbidden {
					t.Errorf("the page with %s: %d", header, answer.StatusCode)
				}
				if answer := plainly(t, n, "GET", "/healthz", header, "203.0.113.9"); answer.StatusCode != http.StatusOK {
					t.Errorf("health with %s: %d", header, answer.StatusCode)
				}
				ctx := metadata.AppendToOutgoingContext(t.Context(), header, "203.0.113.9")
				_, err := milepostv1.NewQueryServiceClient(strangeTo(t, n)).ListPlans(ctx, &milepostv1.ListPlansRequest{})
				if status.Code(err) != codes.Unauthenticated {
					t.Errorf("gRPC with %s: %v", header, err)
				}
			}
		})
	}
}

func TestReadsMayNeedTheToken(t *testing.T) {
	n := served(t, Config{Local: Local{ReadsNeedToken: true}})
	if _, err := milepostv1.NewQueryServiceClient(strangeTo(t, n)).ListPlans(t.Context(), &milepostv1.ListPlansRequest{}); status.Code(err) != codes.Unauthenticated {
		t.Errorf("without the token: %v", err)
	}
	if answer := plainly(t, n, "GET", "/"); answer.StatusCode != http.StatusSeeOther || !strings.HasPrefix(answer.Header.Get("Location"), "/sign-in") {
		t.Errorf("the page: %d to %q", answer.StatusCode, answer.Header.Get("Location"))
	}
	if _, err := milepostv1.NewQueryServiceClient(strangeTo(t, n, client.WithToken(n.LocalToken()))).ListPlans(t.Context(), &milepostv1.ListPlansRequest{}); err != nil {
		t.Errorf("with the token: %v", err)
	}
}

// An open server says so in every answer, and puts nobody's name to what somebody says.
func TestAnOpenServerSaysSo(t *testing.T) {
	n := served(t, Config{Local: Local{Open: true}})
	if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin); status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	if _, text := ask(t, n, "GET", "/v1/plans/hubs/audit", ""); !strings.Contains(text, `"actor":"local:anyone"`) || strings.Contains(text, `local:ann"`) {
		t.Errorf("%s", text)
	}
	for _, path := range []string{"/v1/plans", "/v1/plans/none/status", "/", "/healthz", "/static/none"} {
		if got := plainly(t, n, "GET", path).Header.Get(access.OpenHeader); got != access.OpenSentence {
			t.Errorf("%s says %q", path, got)
		}
	}
	if _, page := ask(t, n, "GET", "/plans/hubs", ""); !strings.Contains(page, "This server asks nobody who they are.") {
		t.Error("the page does not say so")
	}
	var heard string
	c, err := client.Dial(client.Config{Server: n.GRPCAddr(), Open: func(said string) { heard = said }})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := milepostv1.NewQueryServiceClient(c.Conn()).ListPlans(t.Context(), &milepostv1.ListPlansRequest{}); err != nil || heard != access.OpenSentence {
		t.Errorf("a client hears %q, %v", heard, err)
	}
	var unary, stream metadata.MD
	conn := strangeTo(t, n)
	if _, err := milepostv1.NewQueryServiceClient(conn).ListPlans(t.Context(), &milepostv1.ListPlansRequest{}, grpc.Header(&unary)); err != nil {
		t.Fatal(err)
	}
	watch, err := milepostv1.NewWatchServiceClient(conn).Watch(t.Context(), &milepostv1.WatchRequest{Plan: "hubs"})
	if err == nil {
		stream, err = watch.Header()
	}
	if err != nil {
		t.Fatal(err)
	}
	for what, md := range map[string]metadata.MD{"a question": unary, "a watch": stream} {
		if got := md.Get(access.OpenHeader); len(got) != 1 || got[0] != access.OpenSentence {
			t.Errorf("%s says %q", what, got)
		}
	}
	if got := plainly(t, served(t, Config{}), "GET", "/v1/plans").Header.Get(access.OpenHeader); got != "" {
		t.Errorf("a server that asks for its token says %q", got)
	}
}

// The token lies in a file of the user's alone while the server runs, and is another one at each start: one that a stranger was
// shown, who had taken the address of a stopped server, is worth nothing.
func TestTheTokenIsForOneRunOfTheServer(t *testing.T) {
	state, data := filepath.Join(t.TempDir(), "state"), t.TempDir()
	run := func(listen string) (token, address string) {
		n, err := Start(t.Context(), Config{Data: data, Listen: listen, User: "ann", Local: Local{State: state}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := n.Close(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		c, err := client.Dial(client.Config{Server: n.GRPCAddr(), State: state})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := milepostv1.NewAuditServiceClient(c.Conn()).ListParties(t.Context(), &milepostv1.ListPartiesRequest{}); err != nil {
			t.Errorf("a command of the same user: %v", err)
		}
		return n.LocalToken(), n.GRPCAddr()
	}
	first, address := run("127.0.0.1:0")
	if left, err := os.ReadDir(state); err != nil || len(left) != 0 {
		t.Errorf("a server that stopped left %v, %v", left, err)
	}
	if second, _ := run(address); second == first || second == "" {
		t.Errorf("the second run has %q as the first had", second)
	}
}

func TestWaysInThatContradict(t *testing.T) {
	for _, c := range []struct {
		Config
		want string
	}{
		{Config{Local: Local{Open: true, ReadsNeedToken: true}}, "--local-reads"},
		{Config{Credentials: "none.json", Local: Local{Open: true}}, "--open"},
		{Config{Credentials: "none.json", Local: Local{ReadsNeedToken: true}}, "--local-reads"},
		{Config{Listen: "0.0.0.0:0", Local: Local{Open: true}}, "--credentials"},
	} {
		c.Data = t.TempDir()
		if c.Listen == "" {
			c.Listen = "127.0.0.1:0"
		}
		n, err := Start(t.Context(), c.Config)
		if err == nil {
			err = n.Close(t.Context())
			t.Errorf("%+v started (%v)", c.Local, err)
		} else if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %q in it", c.Local, err, c.want)
		}
	}
}
