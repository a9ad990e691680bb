package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/grpcserver"
)

// A node that has read another history than the one on the servers serves nothing of it and says forked, at its start and while it runs;
// the others go on.
func TestANodeOfAnotherHistoryServesNothing(t *testing.T) {
	s := layOut(t, 2)
	for i := range s.configs {
		s.configs[i].HTTP = "127.0.0.1:0"
		s.start(i)
	}
	s.submit(0, registration())
	s.agree()
	writer := s.writes()
	other := 1 - writer

	// While it runs: what it remembers is not what is there.
	m := s.nodes[other].member
	last := m.store.Health()
	if !last.Answers || last.Replicas != 3 || last.Unsynced != "" {
		t.Errorf("the servers are %+v", last)
	}
	m.store.Remember(cluster.Mark{Number: 2, Digest: eventstore.Digest{1}, Term: 1, Origin: m.origin})
	waiting, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- s.nodes[other].Wait() }()
	select {
	case err := <-ended:
		if _, ok := errors.AsType[*cluster.Forked](err); !ok {
			t.Fatalf("it leaves with %v", err)
		}
	case <-waiting.Done():
		t.Fatal("a node that has read another history goes on")
	}
	s.stop(other)

	// At its start, by what it wrote down.
	path := filepath.Join(s.configs[other].Data, "ACKNOWLEDGED")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), fmt.Sprintf("%x", eventstore.Digest{1})) { // a commit may have come meanwhile
		text = regexp.MustCompile(`"digest":"[0-9a-f]{64}"`).ReplaceAll(text, []byte(`"digest":"`+strings.Repeat("01", 32)+`"`))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.start(other)
	n := s.nodes[other]
	if _, ok := errors.AsType[*cluster.Forked](n.Forked()); !ok {
		t.Fatalf("it serves, and has read another history: %v", n.Forked())
	}
	r := n.Readiness()
	if r.Ready() || r.Ledger.State != grpcserver.LedgerForked || !strings.Contains(r.Ledger.Reason, "has the digest") || r.Commands.Accepting {
		t.Errorf("it says %+v", r)
	}
	if code, text := ask(t, n, "GET", "/readyz", ""); code != http.StatusServiceUnavailable || !strings.Contains(text, `"forked"`) {
		t.Errorf("/readyz: %d %s", code, text)
	}
	asking, stop := context.WithTimeout(t.Context(), 2*time.Second)
	defer stop()
	if _, err := milepostv1.NewQueryServiceClient(connect(t, n)).ListPlans(asking, &milepostv1.ListPlansRequest{}); status.Code(err) != codes.Unavailable {
		t.Errorf("it answers: %v", err)
	}
	s.submit(writer, report(1)) // the other goes on
}

// What nodes of one ledger measure of it is what the page lists, and a node that is the only one says nothing of it.
func TestMetricsOfAClusterAreThoseOfThePage(t *testing.T) {
	s := layOut(t, 2)
	for i := range s.configs {
		s.configs[i].HTTP = "127.0.0.1:0"
		s.start(i)
	}
	s.submit(0, registration())
	s.submit(1, report(1))
	writer := s.writes()
	rows, writing := scraped(t, s.nodes[writer])
	_, following := scraped(t, s.nodes[1-writer])
	rows = slices.DeleteFunc(rows, func(row string) bool { return !strings.HasPrefix(row, "| `milepost_cluster_") })
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := regexp.MustCompile("(?m)^\\| `milepost_cluster_.*$").FindAllString(string(page), -1)
	if !slices.Equal(rows, listed) {
		t.Errorf("docs/metrics.md is to list\n%s", strings.Join(rows, "\n"))
	}
	for name, want := range map[string][2]string{
		"milepost_cluster_writing": {"1", "0"}, "milepost_cluster_forwarded_total": {"0", "1"}, "milepost_cluster_replicas": {"3", "3"},
		"milepost_cluster_unsynced": {"0", "0"}, "milepost_cluster_fork_heard": {"0", "0"}, "milepost_cluster_servers_answer": {"1", "1"},
	} {
		if got := [2]string{writing[name], following[name]}; got != want {
			t.Errorf("%s is %v at the one that writes and at the other, want %v", name, got, want)
		}
	}
}

// Two writers of one term are two histories: who hears of another one says so.
func TestAnotherHistoryIsHeard(t *testing.T) {
	m := newMember(Config{Log: slog.New(slog.DiscardHandler)})
	m.openings[3] = eventstore.Digest{1}
	for _, b := range []cluster.Beat{{Term: 3}, {Term: 3, Opening: m.opening(3)}, {Term: 4, Opening: "ff"}} {
		if m.compare(b); m.fork.Load() != nil {
			t.Fatalf("%+v is taken for another history: %s", b, *m.fork.Load())
		}
	}
	if m.compare(cluster.Beat{Term: 3, Opening: "ff", Address: "b:1"}); m.fork.Load() == nil || !strings.Contains(*m.fork.Load(), "b:1") {
		t.Error("a writer of the same term with another opening is not noticed")
	}
}
