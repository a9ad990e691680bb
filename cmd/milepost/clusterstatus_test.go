package main

import (
	"errors"
	"strings"
	"testing"

	"milepost.dev/internal/grpcserver"
)

// What an operator is told of the nodes of a ledger: nothing where all is well, and otherwise what is wrong, of which node.
func TestWhatIsWrongWithACluster(t *testing.T) {
	servers := grpcserver.ServersReport{Answer: true, Leader: "n1", Replicas: 3, Current: 3}
	node := func(url, role string, change ...func(*grpcserver.Report)) nodeStatus {
		r := grpcserver.Report{Credentials: &grpcserver.FileReport{SHA256: "aabb"}, Node: &grpcserver.NodeReport{Role: role, Term: 4, Servers: servers}}
		for _, c := range change {
			c(&r)
		}
		return nodeStatus{URL: url, Report: r}
	}
	writer := node("a", "writing")
	for name, tt := range map[string]struct {
		all  []nodeStatus
		want []string
	}{
		"all is well":       {[]nodeStatus{writer, node("b", "following")}, nil},
		"nobody writes":     {[]nodeStatus{node("a", "following"), node("b", "following")}, []string{"0 of these nodes write"}},
		"two write":         {[]nodeStatus{writer, node("b", "writing")}, []string{"2 of these nodes write"}},
		"one is down":       {[]nodeStatus{writer, {URL: "b", Err: errors.New("connection refused")}}, []string{"b does not answer: connection refused"}},
		"other credentials": {[]nodeStatus{writer, node("b", "following", func(r *grpcserver.Report) { r.Credentials.SHA256 = "cc" })}, []string{"b has other credentials"}},
		"an old term":       {[]nodeStatus{writer, node("b", "following", func(r *grpcserver.Report) { r.Node.Term = 3 })}, []string{"b has read term 3"}},
		"far behind":        {[]nodeStatus{writer, node("b", "following", func(r *grpcserver.Report) { r.Node.LagSeconds = 11 })}, []string{"b has been behind for 11 s"}},
		"a server is gone":  {[]nodeStatus{node("a", "writing", func(r *grpcserver.Report) { r.Node.Servers.Current, r.Node.Servers.Offline = 2, []string{"n3"} })}, []string{"whole on 2 of 3 NATS servers; offline: n3"}},
		"another history":   {[]nodeStatus{writer, node("b", "following", func(r *grpcserver.Report) { r.Node.Heard = "term 4" })}, []string{"b heard of another history"}},
		"forked": {[]nodeStatus{writer, node("b", "", func(r *grpcserver.Report) {
			r.Node, r.Ledger = nil, grpcserver.LedgerReport{State: grpcserver.LedgerForked, Reason: "commit 7"}
		})}, []string{"b serves nothing: commit 7"}},
		"a server of its own": {[]nodeStatus{writer, node("b", "", func(r *grpcserver.Report) { r.Node = nil })}, []string{"b says nothing of a cluster"}},
	} {
		got := wrongWith(tt.all)
		if len(got) != len(tt.want) {
			t.Errorf("%s: %q", name, got)
			continue
		}
		for i, want := range tt.want {
			if !strings.Contains(got[i], want) {
				t.Errorf("%s: %q, want %q", name, got[i], want)
			}
		}
	}
}
