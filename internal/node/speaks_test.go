package node

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// offices is a server on which reporters speak for some and report about some: ann for her own office, feed for a second one that nobody
// was known by, everybody for all, and of the narrowed ones each about a workstream, a scheme or an owner.
func offices(t *testing.T) *people {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credentials.json")
	var entries []string
	for name, more := range map[string]string{
		"ann": `"organisation": "Estates"`, "bob": `"person": "Bob"`,
		"feed":       `"organisation": "Estates", "speaks_for": ["The CCGs"]`,
		"everybody":  `"speaks_for": ["*"]`,
		"workstream": `"person": "Somebody", "only": {"hubs": {"workstreams": ["Estates"]}}`,
		"scheme":     `"person": "Somebody", "only": {"*": {"components": ["Phase 2"]}}`,
		"owner":      `"person": "Somebody", "only": {"hubs": {"owners": ["Digital team"]}}`,
	} {
		entries = append(entries, fmt.Sprintf(`{"sha256": %q, "actor": %q, %s, "roles": {"hubs": ["reporter"]}}`, digest(name), "Actor "+name, more))
	}
	if err := os.WriteFile(file, []byte(`{"tokens": [`+strings.Join(entries, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	return &people{T: t, n: served(t, Config{Credentials: file})}
}

func (p *people) saysFor(who, behalf string) (code int, text string) {
	p.requests++
	return ask(p.T, p.n, "POST", "/v1/plans/hubs:submit", fmt.Sprintf(`{"request_id": "for%d", "on_behalf_of": %q, "commands": [{"as_at": "2017-02-0%d", "progress_reported":
		{"ref": "A", "percent": %d}}]}`, p.requests, behalf, 1+p.requests%9, p.requests), "Authorization", "Bearer "+who)
}

// Row 32 of the quiet ways, its first half: nobody speaks for another office than the credentials say.
func TestNobodySpeaksForAnotherOffice(t *testing.T) {
	p := offices(t)
	p.states("ann", registers, adds("A", "2017-03-31"))
	for _, c := range []struct {
		who, behalf string
		want        int
	}{
		{"ann", "The CCGs", http.StatusForbidden},
		{"ann", "Estates", http.StatusOK},
		{"ann", "estates ", http.StatusOK},
		{"ann", "Actor ann", http.StatusOK},
		{"ann", "Actor feed", http.StatusForbidden},
		{"bob", "Bob", http.StatusOK},
		{"bob", "Estates", http.StatusForbidden},
		{"feed", "Nobody yet", http.StatusForbidden},
		{"feed", "the ccgs", http.StatusOK}, // whose name was not known before
		{"feed", "The CCGs", http.StatusOK},
		{"everybody", "Somebody new", http.StatusOK},
	} {
		code, text := p.saysFor(c.who, c.behalf)
		if code != c.want || code == http.StatusForbidden && !strings.Contains(text, `"rule":"speaks-for-missing"`) {
			t.Errorf("%s for %s: %d %s, want %d", c.who, c.behalf, code, text, c.want)
		}
	}
	// Over gRPC it is the same.
	office := &pb.SubmitRequest{RequestId: "grpc", Plan: "hubs", OnBehalfOf: "The CCGs", Commands: []*pb.Command{{
		Command: &pb.Command_ProgressReported{ProgressReported: &pb.ProgressReported{Ref: "A", Status: "on track"}},
	}}}
	conn, err := grpc.NewClient(p.n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken("ann"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := pb.NewCommandServiceClient(conn).Submit(t.Context(), office); status.Code(err) != codes.PermissionDenied {
		t.Errorf("over gRPC: %v", err)
	}
}

// Row 32, its second half: a reporter who is narrowed takes no milestone and hands none away, by what is known before a request and after it.
func TestNobodyMovesAnotherOwnersMilestone(t *testing.T) {
	p := offices(t)
	in := func(ref, workstream, scheme, owner string) string {
		return fmt.Sprintf(`{"as_at": "2017-01-01", "milestone_added": {"ref": %[1]q, "title": "The hub opens %[1]s", "workstream": %[2]q, "attributes": {"Scheme": %[3]q}}},
			{"as_at": "2017-01-01", "delivery_date_stated": {"ref": %[1]q, "delivery_date": "2017-03-31"}}, {"as_at": "2017-01-01", "owner_changed": {"ref": %[1]q, "owner": %[4]q}}`,
			ref, workstream, scheme, owner)
	}
	p.states("ann", registers, in("OWN", "Estates", "Phase 2", "Digital team"), in("OTHER", "Digital", "Phase 1", "Board"))
	moves := func(ref string) string {
		return fmt.Sprintf(`{"as_at": "2017-02-01", "delivery_date_stated": {"ref": %q, "delivery_date": "2017-09-%02d"}}`, ref, 1+p.requests%28)
	}
	for who, amend := range map[string]string{
		"workstream": `{"as_at": "2017-02-01", "milestone_amended": {"ref": %q, "workstream": %q}}`,
		"scheme":     `{"as_at": "2017-02-01", "milestone_amended": {"ref": %q, "attributes": {"Scheme": %q}}}`,
		"owner":      `{"as_at": "2017-02-01", "owner_changed": {"ref": %q, "owner": %q}}`,
	} {
		own := map[string]string{"workstream": "Estates", "scheme": "Phase 2", "owner": "Digital team"}[who]
		p.states(who, moves("OWN"))
		for what, command := range map[string]string{
			"move another's":              moves("OTHER"),
			"take another's":              fmt.Sprintf(amend, "OTHER", own),
			"take and move":               fmt.Sprintf(amend, "OTHER", own) + "," + moves("OTHER"),
			"hand one's own away":         fmt.Sprintf(amend, "OWN", "Somebody else"),
			"cancel another's":            `{"milestone_cancelled": {"ref": "OTHER", "reason": "no money"}}`,
			"add one outside":             in("NEW", "Digital", "Phase 1", "Board"),
			"say what the plan is":        `{"plan_registered": {"name": "Ours"}}`,
			"have another's replaced":     `{"milestone_replaced": {"old": ["OTHER"], "new": ["OWN"]}}`,
			"propose a baseline of it":    `{"baseline_proposed": {"proposal": "p", "ref": "OTHER", "date": {"delivery_date": "2018-01-01"}}}`,
			"correct what was said of it": `{"statement_corrected": {"position": "6", "kind": "CORRECTION_KIND_TYPING", "reason": "mistyped", "replacement": {"delivery_date_stated": {"delivery_date": "2017-02-01"}}}}`,
		} {
			p.requests++
			code, text := ask(t, p.n, "POST", "/v1/plans/hubs:submit", fmt.Sprintf(`{"request_id": "n%d", "commands": [%s]}`, p.requests, command), "Authorization", "Bearer "+who)
			if code != http.StatusForbidden || !strings.Contains(text, `"rule":"outside-own"`) || !strings.Contains(text, `"field":"commands[`) {
				t.Errorf("%s may %s: %d %s", who, what, code, text)
			}
		}
		if code, text := ask(t, p.n, "POST", "/v1/plans/hubs:submit", fmt.Sprintf(`{"request_id": "add-%[1]s", "commands": [%[2]s]}`, who,
			in("NEW-"+who, "Estates", "Phase 2", "Digital team")), "Authorization", "Bearer "+who); code != http.StatusOK {
			t.Errorf("%s may not add a milestone of their own: %s", who, text)
		}
	}
	if _, text := ask(t, p.n, "GET", "/v1/plans/hubs/milestones/OTHER", "", "Authorization", "Bearer ann"); !strings.Contains(text, `"forecast":"2017-03-31"`) {
		t.Errorf("another's milestone moved: %s", text)
	}
}
