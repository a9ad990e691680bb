package access

import (
	"crypto/sha256"
	"fmt"
	"testing"

	"google.golang.org/grpc/metadata"
)

// Reporters review where no entry of the file names a reviewer, for whatever plan; and nobody else does by that.
func TestReportersReviewWhereNobodyIsNamed(t *testing.T) {
	for _, c := range []struct {
		others          string
		hubs, rail, bob bool // whether Ann may review in hubs and in rail, and Bob in hubs
	}{
		{`{"*": ["viewer", "approver"]}`, true, false, false},
		{`{"rail": ["reviewer"]}`, false, false, false},
		{`{"hubs": ["reviewer"]}`, false, false, true},
	} {
		text := fmt.Sprintf(`{"tokens": [{"sha256": "%x", "actor": "Ann", "roles": {"hubs": ["reporter"]}}, {"sha256": "%x", "actor": "Bob", "roles": %s}]}`,
			sha256.Sum256([]byte("ann")), sha256.Sum256([]byte("bob")), c.others)
		parsed, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		as := func(token string) Caller {
			caller, err := parsed.Authenticate(metadata.NewIncomingContext(t.Context(), metadata.Pairs("authorization", "Bearer "+token)))
			if err != nil {
				t.Fatal(err)
			}
			return caller
		}
		if ann, bob := as("ann"), as("bob"); ann.May(Reviewer, "hubs") != c.hubs || ann.May(Reviewer, "rail") != c.rail || bob.May(Reviewer, "hubs") != c.bob {
			t.Errorf("beside %s: Ann %v, Bob %v", c.others, ann.May(Reviewer, "hubs"), bob.May(Reviewer, "hubs"))
		}
	}
}
