package web_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/node"
)

// Attack: what a browser keeps is taken out of it, or arrives at another port of the machine, and is used as a token; and it
// is used after its owner signed out.
func TestWhatABrowserKeepsIsNoToken(t *testing.T) {
	s := serve(t, node.Config{Credentials: credentials(t, map[string]string{"milepost_reporter": `{"*": ["reporter"]}`})})
	s.hubs("hubs")
	cookie := s.signIn("milepost_reporter")
	_, port, _ := strings.Cut(s.node.HTTPAddr(), ":")
	if strings.Contains(cookie.Value, "milepost_reporter") || cookie.Name != "milepost-"+port {
		t.Errorf("the browser keeps %s=%s", cookie.Name, cookie.Value)
	}
	conn, err := grpc.NewClient(s.node.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(cookie.Value))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := pb.NewCommandServiceClient(conn).Submit(t.Context(), &pb.SubmitRequest{RequestId: "x", Plan: "hubs"}); status.Code(err) != codes.Unauthenticated {
		t.Errorf("the cookie as a token: %v", err)
	}
	if status, _, _ := s.get("/v1/plans", "Authorization", "Bearer "+cookie.Value); status != http.StatusUnauthorized {
		t.Errorf("the cookie as a token over HTTP: %d", status)
	}
	if status, _, _ := s.get("/v1/plans"); status != http.StatusUnauthorized {
		t.Errorf("the cookie beside no token over HTTP: %d", status)
	}

	stream := s.stream("/live/plans/hubs?after=0")
	stream.frame()
	answer, err := s.http.PostForm(s.at+"/sign-out", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	s.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, path := range []string{"/", "/plans/hubs"} {
		if status, _, _ := s.get(path, "Cookie", cookie.Name+"="+cookie.Value); status != http.StatusSeeOther {
			t.Errorf("%s after signing out, with the cookie of before: %d", path, status)
		}
	}
	if _, err := io.Copy(io.Discard, stream.lines); err != nil { // which waits for the end
		t.Errorf("the stream of a visitor who signed out: %v", err)
	}
}
