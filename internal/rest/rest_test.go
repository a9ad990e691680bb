package rest

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/clock"
)

// Whoever adds a method decides where it is over HTTP.
func TestEveryMethodWithoutAStreamHasAPath(t *testing.T) {
	rules, err := os.ReadFile("../../api/milepost/v1/rest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]struct {
			OperationID string `json:"operationId"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(openAPI, &document); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for _, methods := range document.Paths {
		for _, operation := range methods {
			described[strings.TrimRight(operation.OperationID, "23")] = true // a method's second path
		}
	}
	_ = milepostv1.File_milepost_v1_query_proto // so that the protos are registered
	unary := 0
	protoregistry.GlobalFiles.RangeFilesByPackage("milepost.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			methods := file.Services().Get(i).Methods()
			for j := range methods.Len() {
				m := methods.Get(j)
				if m.IsStreamingClient() || m.IsStreamingServer() && m.Name() != "Watch" {
					continue
				}
				unary++
				if !strings.Contains(string(rules), "selector: "+string(m.FullName())+"\n") {
					t.Errorf("rest.yaml has no path for %s", m.FullName())
				}
				if !described[string(m.Name())] {
					t.Errorf("the OpenAPI document does not have %s", m.Name())
				}
			}
		}
		return true
	})
	if unary < 8 || len(described) != unary {
		t.Errorf("%d methods, and %d described", unary, len(described))
	}
}

// The page for integrators has a row for each rule of HTTP itself.
func TestRulesOfHTTPAreInThePage(t *testing.T) {
	source, err := os.ReadFile("problem.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/integrating.md")
	if err != nil {
		t.Fatal(err)
	}
	rules := regexp.MustCompile(`(?m)^\trule\w+\s+= "([a-z-]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(rules) < 10 {
		t.Fatalf("%d rules", len(rules))
	}
	for _, rule := range rules {
		if !strings.Contains(string(page), "`"+rule[1]+"`") {
			t.Errorf("docs/integrating.md does not say what to do about %s", rule[1])
		}
	}
}

// Beyond this machine a token must not cross the network in the clear, and nobody may call without one.
func TestBeyondThisMachineTLSAndCredentialsAreNeeded(t *testing.T) {
	for _, c := range []struct {
		local            string
		tls, credentials bool
		rule             string
	}{
		{"127.0.0.1:7441", false, false, ""},
		{"[::1]:7441", false, true, ""},
		{"192.0.2.1:7441", false, true, ruleNotProtected},
		{"192.0.2.1:7441", true, false, ruleNotProtected},
		{"192.0.2.1:7441", true, true, ""},
	} {
		h, err := New(t.Context(), Config{Credentials: c.credentials, Clock: clock.System()})
		if err != nil {
			t.Fatal(err)
		}
		address, err := net.ResolveTCPAddr("tcp", c.local)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequestWithContext(context.WithValue(t.Context(), http.LocalAddrContextKey, net.Addr(address)), "GET", "http://localhost/v1/openapi.json", nil)
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		answer := httptest.NewRecorder()
		h.ServeHTTP(answer, r)
		want := c.rule
		if want == "" {
			want = `"openapi": "3.1.0"`
		}
		if !strings.Contains(answer.Body.String(), want) || (c.rule == "") != (answer.Code == http.StatusOK) {
			t.Errorf("%+v: %d %.100s", c, answer.Code, answer.Body)
		}
	}
}
