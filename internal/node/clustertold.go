package node

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/observe/metrics"
	"milepost.dev/internal/writer"
)

// opening is the digest of the commit by which a writer took over, in hexadecimal; empty where it was not read.
func (m *member) opening(term uint64) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	if digest, ok := m.openings[term]; ok {
		return hex.EncodeToString(digest[:])
	}
	return ""
}

// compare notes where a writer took over by another commit than this process has read for its term: two histories go by one name. What
// is heard proves nothing, so it stops nothing; whoever runs the servers is told.
func (m *member) compare(b cluster.Beat) {
	if own := m.opening(b.Term); b.Opening != "" && own != "" && b.Opening != own {
		said := fmt.Sprintf("the node at %s took over with term %d by a commit of digest %s, and this node has read %s for that term", b.Address, b.Term, b.Opening, own)
		if m.fork.CompareAndSwap(nil, &said) {
			m.log.Error("two histories go by the name of this ledger", "heard", said)
		}
	}
}

// credentials is the SHA-256 of the credentials file that is in force here; empty where there is none.
func (f *forwarder) credentials() string {
	if f.who == nil {
		return ""
	}
	return f.who.Reading().Digest
}

// measureCredentials notes since when the credentials here are others than those of the node that writes.
func (m *member) measureCredentials() {
	h, own := m.heard.Load(), m.forward.credentials()
	switch {
	case h == nil || h.Over || h.Address == m.address || h.Credentials == "" || own == "" || h.Credentials == own:
		m.differ.Store(0)
	case m.differ.CompareAndSwap(0, max(1, int64(m.clock.Elapsed()))):
		m.log.Warn("the credentials here are others than those of the node that writes: after a minute it takes nothing from this one", "here", own, "there", h.Credentials, "writer", h.Address)
	}
}

// differFor is for how long they have been.
func (m *member) differFor() time.Duration {
	if since := m.differ.Load(); since > 0 {
		return m.clock.Elapsed() - time.Duration(since)
	}
	return 0
}

// proofs counts how often this process proved that it writes. It is a writer.Office.
type proofs struct {
	next   atomic.Pointer[writer.Office]
	clock  clock.Clock
	stored atomic.Uint64
	failed atomic.Uint64
	newest atomic.Int64 // by the clock's Elapsed; 0 before the first
}

// of hands over what stores the term. It is called while nothing is written.
func (p *proofs) of(next writer.Office, c clock.Clock) { p.clock = c; p.next.Store(&next) }

// Store implements writer.Office.
func (p *proofs) Store(ctx context.Context, term uint64) error {
	err := (*p.next.Load()).Store(ctx, term)
	if err != nil {
		p.failed.Add(1)
		return err
	}
	p.stored.Add(1)
	p.newest.Store(int64(p.clock.Elapsed()))
	return nil
}

// measureCluster is this node's part among several for those who measure; nil where the ledger is not shared.
func (n *Node) measureCluster(report grpcserver.Report) *metrics.Cluster {
	if n.member == nil || report.Node == nil {
		return nil
	}
	r, m := report.Node, n.member
	c := &metrics.Cluster{
		Writing: r.Role == "writing", Term: r.Term, Heard: time.Duration(r.HeardAgo * float64(time.Second)), LagPositions: r.LagPositions,
		Lag: time.Duration(r.LagSeconds * float64(time.Second)), TakeOvers: r.TakeOvers, Forwarded: r.Forwarded, Reconnects: r.Reconnects,
		Answers: r.Servers.Answer, Replicas: r.Servers.Replicas, Current: r.Servers.Current, Offline: len(r.Servers.Offline), Unsynced: r.Servers.Unsynced != "",
		CredentialsDiffer: m.differFor(), Forked: r.Heard != "", Proofs: m.proofs.stored.Load(), ProofsFailed: m.proofs.failed.Load(), ReplicaLag: m.store.Health().Lag,
	}
	if c.Writing {
		c.Heard = 0
	}
	if newest := m.proofs.newest.Load(); newest > 0 {
		c.ProofAge = m.clock.Elapsed() - time.Duration(newest)
	}
	return c
}

// anotherHistory says whether an error is that of a ledger which is not the one that this node has read: what is there may not be served
// as if it were.
func anotherHistory(err error) bool {
	return errors.As(err, new(*cluster.Forked)) || errors.As(err, new(*cluster.Behind))
}

// refuse keeps a node up that may serve nothing of its ledger, so that it says so where it is asked how it is: it takes no calls.
func (n *Node) refuse(err error, log *slog.Logger) {
	n.forked.Store(&err)
	n.grpc.Close()
	log.Error("this node serves nothing: the ledger on the NATS servers is not the one that it has read", "reason", err)
}

// Forked says why this node serves nothing of its ledger; nil where it serves it.
func (n *Node) Forked() error {
	if err := n.forked.Load(); err != nil {
		return *err
	}
	return nil
}

// why is the reason for which a role ended. A follower that reads another history meets a commit that does not follow the one before;
// what it has read says whether that is damage.
func (n *Node) why(err error) error {
	if n.member == nil || !errors.As(err, new(*eventstore.Damage)) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), reachWithin)
	defer cancel()
	if other := n.member.store.Compare(ctx); other != nil {
		return other
	}
	return err
}
