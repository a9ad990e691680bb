package access

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc/metadata"

	"milepost.dev/internal/clock"
)

// A server of the same ledger that has had other credentials for more than a minute is refused, and believed again as soon as it has the
// same. A minute is what it takes to copy a file to all of them, and a server of an earlier version says nothing of it.
func TestAServerWithOtherCredentialsIsRefused(t *testing.T) {
	file := filepath.Join(t.TempDir(), "credentials.json")
	credential := make([]byte, 32)
	text := fmt.Sprintf(`{"tokens": [{"sha256": "%x", "actor": "Finance", "roles": {"*": ["reporter"]}}]}`, credential)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	live, err := OpenLive(file, true, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	var now time.Duration
	node := func(name string) *Nodes {
		return NewNodes(known{Name: name, By: ByCertificate, Roles: map[string][]Role{EveryPlan: {Node}}}, live, func() time.Duration { return now })
	}
	a, same := node("node a"), live.Reading().Digest
	for _, step := range []struct {
		at      time.Duration
		digest  string
		refused bool
	}{
		{0, same, false},
		{time.Second, "other", false},
		{60 * time.Second, "other", false},
		{61 * time.Second, "other", true},
		{62 * time.Second, "another", true},
		{63 * time.Second, same, false},
		{64 * time.Second, "other", false},
		{70 * time.Second, "", false},
		{129 * time.Second, "other", false},
		{188 * time.Second, "other", false},
		{189 * time.Second, "other", true},
	} {
		now = step.at
		pairs := metadata.Pairs(CallerHeader, NameFor(Caller{By: ByToken, Credential: string(credential)}))
		if step.digest != "" {
			pairs.Set(CredentialsHeader, step.digest)
		}
		caller, err := a.Authenticate(metadata.NewIncomingContext(context.Background(), pairs))
		unavailable, refused := errors.AsType[*Unavailable](err)
		if refused != step.refused || refused && unavailable.Rule != RuleCredentialsDiffer || !refused && (err != nil || caller.Name != "Finance") {
			t.Errorf("after %s with %q: %q, %v", step.at, step.digest, caller.Name, err)
		}
	}
}
