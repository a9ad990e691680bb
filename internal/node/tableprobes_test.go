package node

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

// overGRPC makes a call about the plan hubs where it is about one.
func overGRPC(service string, m protoreflect.MethodDescriptor) probe {
	return func(t *testing.T, w way) string {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		request := dynamicpb.NewMessage(m.Input())
		if field := m.Input().Fields().ByName("plan"); field != nil && m.Name() != "Watch" && m.Name() != "ListPlans" {
			request.Set(field, protoreflect.ValueOfString("hubs"))
		}
		switch m.Name() {
		case "Push":
			if err := protojson.Unmarshal([]byte(`{"request": {"request_id": "x", "plan": "hubs"}}`), request); err != nil {
				t.Fatal(err)
			}
		case "ServerReflectionInfo":
			if err := protojson.Unmarshal([]byte(`{"list_services": ""}`), request); err != nil {
				t.Fatal(err)
			}
		}
		conn := connectAs(t, w)
		defer conn.Close()
		desc := &grpc.StreamDesc{ServerStreams: m.IsStreamingServer(), ClientStreams: m.IsStreamingClient()}
		stream, err := conn.NewStream(ctx, desc, fmt.Sprintf("/%s/%s", service, m.Name()))
		if err != nil {
			return cellOf(err)
		}
		if err := stream.SendMsg(request); err != nil && err != io.EOF {
			t.Fatal(err)
		}
		if !m.IsStreamingClient() {
			if err := stream.CloseSend(); err != nil {
				t.Fatal(err)
			}
		}
		var seen bytes.Buffer
		for {
			answer := dynamicpb.NewMessage(m.Output())
			if err := stream.RecvMsg(answer); err == io.EOF {
				break
			} else if err != nil {
				return cellOf(err)
			}
			if refused := m.Output().Fields().ByName("refused"); refused != nil && answer.Has(refused) {
				code := answer.Get(refused).Message().Get(refused.Message().Fields().ByName("code")).Int()
				return cellOf(status.Error(codes.Code(code), ""))
			}
			text, err := protojson.Marshal(answer)
			if err != nil {
				t.Fatal(err)
			}
			seen.Write(text)
			if caught := m.Output().Fields().ByName("caught_up"); m.IsStreamingServer() && (caught == nil || answer.Has(caught)) {
				break
			}
		}
		if about := m.Name(); about == "Watch" && service != "grpc.health.v1.Health" || about == "ListPlans" {
			return plansIn(seen.String())
		}
		return cellYes
	}
}

func cellOf(err error) string {
	switch status.Code(err) {
	case codes.Unauthenticated:
		return cellProve
	case codes.PermissionDenied:
		return cellNo
	}
	return cellYes
}

// plansIn says of which plans an answer is: each of two is in it by its id.
func plansIn(text string) string {
	if strings.Contains(text, "hubs") && strings.Contains(text, "rail") {
		return cellAll
	}
	return cellOwn
}

var placeholder = regexp.MustCompile(`\{(\w+)[^}]*\}`)

// filled is an address of a pattern.
func filled(pattern string) string {
	return strings.ReplaceAll(placeholder.ReplaceAllStringFunc(pattern, func(p string) string {
		return map[string]string{"plan": "hubs", "milestone": "A%2F1", "ref": "A%2F1", "name": "app.css", "event": "1", "item": "7"}[placeholder.FindStringSubmatch(p)[1]]
	}), "{$}", "")
}

// bodyOf is what can be posted to a pattern.
func bodyOf(pattern string) string {
	if strings.HasPrefix(pattern, "/v1/parties:") {
		return "{}"
	}
	return `{"request_id": "x", "commands": [{}]}`
}

// overHTTP asks with a bearer token.
func overHTTP(method, pattern string) probe {
	return func(t *testing.T, w way) string {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+w.node.HTTPAddr()+filled(pattern), strings.NewReader(bodyOf(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if w.token != "" {
			r.Header.Set("Authorization", "Bearer "+w.token)
		}
		return answerTo(t, r, pattern == "/v1/plans" || pattern == "/v1/plans:watch")
	}
}

// asPage asks as a browser does, in a session where the caller can begin one.
func asPage(method, pattern string) probe {
	return func(t *testing.T, w way) string {
		r, err := http.NewRequestWithContext(t.Context(), method, "http://"+w.node.HTTPAddr()+filled(pattern), nil)
		if err != nil {
			t.Fatal(err)
		}
		signIn(t, w, r)
		if method == http.MethodPost && strings.HasPrefix(pattern, "/plans/") { // a form, which is sent with what it has inside
			fill(t, w, r, map[bool]string{true: "approve", false: "accept"}[strings.Contains(pattern, "decisions")])
		}
		return answerTo(t, r, slices.Contains([]string{"/{$}", "/live/{$}", "/portfolio.csv", "/portfolio.json"}, pattern))
	}
}

// signIn puts a request into a session of the caller, where one can begin.
func signIn(t *testing.T, w way, r *http.Request) {
	t.Helper()
	if w.token == "" {
		return
	}
	in, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+w.node.HTTPAddr()+"/sign-in", strings.NewReader(url.Values{"token": {w.token}}.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	in.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(in)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	for _, c := range answer.Cookies() {
		r.AddCookie(c)
	}
}

var proof = regexp.MustCompile(`name="proof" value="([^"]*)"`)

// proofFor is what the forms of a visitor have inside: that of the form that every plan has, that of a proposal, or that of a review item. It is empty for who is
// shown neither.
func proofFor(t *testing.T, w way, as *http.Request) string {
	t.Helper()
	for _, path := range []string{"/plans/hubs/decisions/propose", "/plans/hubs/decisions/baselines/7", "/plans/hubs/milestones/A%2F1/review/asked"} {
		if found := proofOn(t, w, as, path); found != "" {
			return found
		}
	}
	return ""
}

// proofOn is what the form on a page has inside, as a visitor sees it; empty where there is no such page, or no form.
func proofOn(t *testing.T, w way, as *http.Request, path string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+w.node.HTTPAddr()+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = as.Header.Clone()
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	found := proof.FindSubmatch(body)
	if found == nil || answer.StatusCode != http.StatusOK {
		return ""
	}
	return string(found[1])
}

// answerTo sends a request and says what came of it.
func answerTo(t *testing.T, r *http.Request, ofPlans bool) string {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	switch location := answer.Header.Get("Location"); {
	case answer.StatusCode == http.StatusUnauthorized, strings.HasPrefix(location, "/sign-in?"):
		return cellProve
	case answer.StatusCode == http.StatusForbidden:
		return cellNo
	case answer.StatusCode == http.StatusNotFound && !strings.HasSuffix(r.URL.Path, "/") && !strings.HasSuffix(r.URL.Path, "/7"): // where nothing waits to be decided
		t.Errorf("%s %s is not there", r.Method, r.URL)
	}
	if !ofPlans {
		return cellYes
	}
	var seen strings.Builder
	for lines := bufio.NewReader(answer.Body); ; {
		line, err := lines.ReadString('\n')
		seen.WriteString(line)
		if err != nil || strings.Contains(line, "caught_up") || strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") && line == "\n" && strings.Contains(seen.String(), "event: page") {
			return plansIn(seen.String())
		}
	}
}
