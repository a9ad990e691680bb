package node

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/lead"
	"milepost.dev/internal/parties"
	"milepost.dev/projections"
)

// Bounds of a node among several.
const (
	// beatEvery is how often a writer says that it is there.
	beatEvery = 500 * time.Millisecond
	// resolveWithin is how long a writer tries to find out about a commit before it stops writing.
	resolveWithin = time.Minute
	// reachWithin bounds the question whether the stream's leader answers.
	reachWithin = time.Second
)

// member is what a node has that shares its ledger with others.
type member struct {
	store    *cluster.Store
	log      *slog.Logger
	clock    clock.Clock
	election *lead.Election
	address  string // at which the others reach this node
	forward  *forwarder
	id       parties.EpochID    // of the data directory; set by openNamesAmong
	names    *parties.Directory // set there too
	lacks    chan struct{}      // has room for one: a key that is in use is not here
	settling atomic.Uint64      // the term with which this node has taken over and brings the names in order; 0 where it does not

	stop    context.CancelFunc
	running sync.WaitGroup

	origin  []byte // of the ledger; set by join
	term    atomic.Uint64
	heard   atomic.Pointer[heard]  // nil before a writer was heard
	fork    atomic.Pointer[string] // what was heard of another history; nil before anything was
	differ  atomic.Int64           // by the clock's Elapsed: since when the credentials are others than the writer's; 0 where they are not
	hurried atomic.Int64           // by the clock's Elapsed: when commits were looked for last
	behind  atomic.Int64           // by the clock's Elapsed: since when less was read than the writer said; 0 where all is

	proofs proofs

	mu       sync.Mutex
	openings map[uint64]eventstore.Digest // of each term that was read; guarded by mu
	named    map[string]bool              // parties that sent a request or for whom one was sent; guarded by mu
}

// heard is what the writer said last, and when.
type heard struct {
	cluster.Beat
	at time.Duration
}

// openCluster opens the ledger on the NATS servers.
func (n *Node) openCluster(ctx context.Context, c Config, feed func(number uint64, data []byte) error) (Store, error) {
	o := *c.Cluster
	o.Logger, o.Check = c.Log, feed
	store, err := cluster.Open(ctx, c.Data, o)
	if err != nil {
		return nil, err
	}
	n.member.store = store
	return store, nil
}

// newMember is told of commits from the first one on.
func newMember(c Config) *member {
	return &member{log: c.Log, clock: clock.System(), named: map[string]bool{}, openings: map[uint64]eventstore.Digest{}, lacks: make(chan struct{}, 1)}
}

// read is told of every commit that is read or written, in their order.
func (m *member) read(c *eventstore.Commit) {
	if c.Opening != nil {
		m.origin = c.Opening.Origin
		m.term.Store(c.Term)
		if m.election != nil {
			m.election.Read(c.Term)
		}
	}
	if m.store != nil {
		m.store.Remember(cluster.Mark{Number: c.Number, Digest: c.Digest, Term: c.Term, Origin: m.origin})
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if c.Opening != nil {
		m.openings[c.Term] = c.Digest
	}
	for i := range c.Entries {
		m.named[c.Entries[i].Actor] = true
	}
	for i := range c.Records {
		for _, party := range [...]string{c.Records[i].OnBehalfOf, c.Records[i].Person} {
			if party != "" {
				m.named[party] = true
			}
		}
	}
}

// join begins to listen to the writer, when the ledger was read.
func (m *member) join(ctx context.Context, c Config, n *Node) error {
	m.election = lead.NewElection(lead.ElectionConfig{
		Elapsed: m.clock.Elapsed, Chance: chanceFrom(c.Entropy), Answers: m.answers, Reaches: m.reaches,
	})
	m.election.Read(m.term.Load())
	if err := m.store.Hear(m.origin, m.hear); err != nil {
		return err
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	m.stop = stop
	if !c.Follow {
		m.running.Go(func() { m.election.Run(running) })
	}
	m.running.Go(func() { m.beat(running, n) })
	m.running.Go(func() { m.keepKeys(running) })
	return nil
}

// chanceFrom draws durations from entropy.
func chanceFrom(entropy io.Reader) func(most time.Duration) time.Duration {
	return func(most time.Duration) time.Duration {
		var b [8]byte
		if _, err := io.ReadFull(entropy, b[:]); err != nil {
			return most / 2
		}
		return time.Duration(binary.BigEndian.Uint64(b[:]) % uint64(most))
	}
}

// hear is told what a writer says.
func (m *member) hear(b cluster.Beat) {
	m.compare(b)
	if b.Term < m.term.Load() {
		return
	}
	if before := m.heard.Swap(&heard{b, m.clock.Elapsed()}); before != nil && before.Address != b.Address {
		m.forward.leave(before.Address) // what waits there for an answer is sent again
	}
	m.election.Heard(b.Term, b.Over)
	m.hearOfKey(b.Key)
}

// say tells the others that this node writes. What it comes to is not known here: they notice when they hear nothing.
func (m *member) say(term, position uint64) {
	_ = m.store.Say(m.origin, cluster.Beat{
		Term: term, Position: position, Address: m.address, Opening: m.opening(term), Credentials: m.forward.credentials(), Key: m.usedKey(),
	})
}

// beat tells the others twice a second that this node writes, while it does, and how far they are ahead.
func (m *member) beat(ctx context.Context, n *Node) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		m.measureLag(n.replica.Position())
		m.measureCredentials()
		if term := m.settling.Load(); term > 0 {
			m.say(term, n.replica.Position())
		}
		if r := n.ready.Load(); r != nil {
			if w := r.writer.Load(); w != nil && w.Failure() == nil {
				m.say(w.Term(), n.replica.Position())
			}
		}
	}
}

// measureLag notes since when less was read than the writer said.
func (m *member) measureLag(position uint64) {
	h := m.heard.Load()
	switch {
	case h == nil || position >= h.Position:
		m.behind.Store(0)
	case m.behind.Load() == 0:
		m.behind.Store(int64(m.clock.Elapsed()))
	default:
		m.hurry()
	}
}

// hurry has this node look for commits that it has not read: not more often than it would find anything.
func (m *member) hurry() {
	now, before := int64(m.clock.Elapsed()), m.hurried.Load()
	if now-before >= int64(hurryAfter/2) && m.hurried.CompareAndSwap(before, now) {
		m.store.Hurry()
	}
}

// leave tells the others that this node does not write any more, with the term that it wrote with.
func (m *member) leave(term, position uint64) {
	_ = m.store.Say(m.origin, cluster.Beat{Term: term, Position: position, Address: m.address, Over: true})
}

// answers says whether the writer that was heard last answers over gRPC.
func (m *member) answers(ctx context.Context) bool {
	h := m.heard.Load()
	if h == nil || h.Over || h.Address == m.address {
		return false
	}
	answer, err := m.forward.prove(ctx, h.Address, false)
	return err == nil && answer.Term >= m.term.Load()
}

// reaches says whether the leader of the ledger's stream answers this node.
func (m *member) reaches(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	return m.store.Reaches(ctx) == nil
}

// recount drops the names that no commit names, while nothing is decided.
func (m *member) recount(d *parties.Directory, book *projections.Book) {
	of := map[string]bool{}
	for party := range book.Now().Parties() {
		of[string(party)] = true
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	d.Recount(func(id string) bool { return m.named[id] || of[id] })
}

// close ends what join began.
func (m *member) close() {
	if m.stop == nil {
		return
	}
	m.stop()
	m.running.Wait()
	m.forward.close()
}

// checkCluster refuses a node among several that could not talk to the others.
func (c Config) checkCluster() error {
	switch {
	case c.Cluster == nil:
		return nil
	case c.Credentials == "" && c.Local.Open:
		return nil
	case c.Credentials != "" && (c.TLS.IsZero() || c.TLS.ClientCA == ""):
		return fmt.Errorf("nodes of one ledger pass requests on to each other, and know each other by certificates: give --tls-cert, --tls-key and --tls-client-ca, and an entry with the role node in the credentials file for each")
	}
	return nil
}
