package access_test

import (
	"context"
	"errors"
	"net"
	"testing"

	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/peer"

	"milepost.dev/internal/access"
)

// near is a call from this machine with headers.
func near(t *testing.T, headers ...string) context.Context {
	return metadata.NewIncomingContext(
		peer.NewContext(t.Context(), &peer.Peer{Addr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}}), metadata.Pairs(headers...))
}

// Without credentials the token of the server proves who is local, and everybody else may read at most.
func TestLocalAsksForTheToken(t *testing.T) {
	ruleOf := func(err error) string {
		if refused, ok := errors.AsType[*access.Unauthenticated](err); ok {
			return refused.Rule
		}
		return ""
	}
	for _, tt := range []struct {
		name     string
		way      *access.Local
		headers  []string
		who      string // or
		rule     string
		mayState string // the rule by which they may not
		mayRead  bool
	}{
		{"the token", access.NewLocal("ada", "secret", true), []string{"authorization", "Bearer secret"}, "local:ada", "", "", true},
		{"nothing", access.NewLocal("ada", "secret", true), nil, "local:anyone", "", access.RuleLocalToken, true},
		{"another token", access.NewLocal("ada", "secret", true), []string{"authorization", "Bearer secre"}, "", access.RuleUnknown, "", false},
		{"no token in the header", access.NewLocal("ada", "secret", true), []string{"authorization", "secret"}, "", access.RuleMalformed, "", false},
		{"two headers", access.NewLocal("ada", "secret", true), []string{"authorization", "Bearer secret", "authorization", "Bearer secret"}, "", access.RuleMalformed, "", false},
		{"nothing, and reads need the token", access.NewLocal("ada", "secret", false), nil, "", access.RuleLocalToken, "", false},
		{"the token through a proxy", access.NewLocal("ada", "secret", true), []string{"authorization", "Bearer secret", "x-forwarded-for", "203.0.113.9"}, "", access.RuleForwarded, "", false},
		{"a question through a proxy", access.NewLocal("ada", "secret", true), []string{"via", "1.1 nginx"}, "", access.RuleForwarded, "", false},
		{"an open server", access.NewOpen(), []string{"authorization", "Bearer whatever"}, "local:anyone", "", "", true},
		{"an open server through a proxy", access.NewOpen(), []string{"forwarded", "for=203.0.113.9"}, "", access.RuleForwarded, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			caller, err := tt.way.Authenticate(near(t, tt.headers...))
			if caller.Name != tt.who || ruleOf(err) != tt.rule {
				t.Fatalf("%q, %v; want %q, %q", caller.Name, err, tt.who, tt.rule)
			}
			if err != nil {
				return
			}
			if got := ruleOf(caller.Check(access.Reporter, "hubs")); got != tt.mayState {
				t.Errorf("stating: rule %q, want %q", got, tt.mayState)
			}
			if caller.May(access.Viewer, "hubs") != tt.mayRead {
				t.Errorf("reading: %v, want %v", !tt.mayRead, tt.mayRead)
			}
		})
	}
}
