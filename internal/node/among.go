package node

import (
	"context"
	"errors"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/writer"
)

// followWithin is how long a caller whose request was passed on waits until this node has read what it came to: so that reading one's
// own write holds at every node.
const followWithin = 2 * time.Second

// hurryAfter is how long a commit that is known to be stored may take until it is asked for.
const hurryAfter = 100 * time.Millisecond

// among is a node as one of several: it knows who writes, and passes on what is another's to decide.
type among struct{ *Node }

var _ others = among{}

var errOvertaken = errors.New("another node took over first")

// whoWrites is for the server; nil where nobody else may write.
func (n *Node) whoWrites() grpcserver.Writer {
	if n.member == nil {
		return nil
	}
	return among{n}
}

// openAmong takes over as the writer of a ledger that others may write too. What was named and never stored means nobody.
func (n *Node) openAmong(ctx context.Context, c writer.Config, directory *parties.Directory) (*writer.Writer, error) {
	m := n.member
	m.proofs.of(m.store.Claim(), m.clock)
	c.Office, c.ResolveWithin = &m.proofs, resolveWithin
	if err := n.replica.CatchUp(ctx, c.Store); err != nil {
		return nil, err
	}
	if err := directory.Ready(ctx, n.toldOfNames()); err != nil { // before the ledger grows by a writer that has to give up
		return nil, err
	}
	// That may have taken a while, in which the servers elected, and another node waited for them as well.
	if err := n.replica.CatchUp(ctx, c.Store); err != nil {
		return nil, err
	}
	if m.election.Overtaken() {
		return nil, errOvertaken
	}
	left := parties.Nothing
	defer m.settling.Store(0)
	c.TookOver = func(ctx context.Context, term uint64) (err error) {
		m.settling.Store(term) // so that the others know, however long it takes
		m.recount(directory, n.replica.Book())
		if left, err = directory.Settle(ctx, n.toldOfNames()); err != nil {
			return err
		}
		return directory.EnsureRequestKey(ctx)
	}
	w, err := writer.Open(ctx, c)
	if err != nil {
		return nil, err
	}
	if err := w.GoOn(ctx, left); err != nil {
		w.Close()
		return nil, err
	}
	n.member.election.Took()
	n.member.say(w.Term(), n.replica.Position())
	return w, nil
}

// stopped implements others.
func (n among) stopped(term uint64) {
	n.member.leave(term, n.replica.Position())
	n.member.recount(n.names.Load(), n.replica.Book())
}

// writerAddress is where the node is that writes.
func (n among) writerAddress() (string, error) {
	h := n.member.heard.Load()
	if h == nil || h.Over || h.Address == n.member.address || n.member.clock.Elapsed()-h.at > staleAfter {
		return "", &writer.Unavailable{
			Rule: writer.RuleNotWriting, RetryAfter: time.Second,
			Sentence: "No server is known to write the ledger at the moment: one of them takes over within seconds. Send the very same request again, with the same request id.",
		}
	}
	return h.Address, nil
}

// staleAfter is how long what the writer said last is believed: it says something twice a second, and one that is paused takes requests
// and answers none.
const staleAfter = 3 * time.Second

// submit implements others.
func (n among) submit(ctx context.Context, caller access.Caller, m *milepostv1.SubmitRequest) (*milepostv1.SubmitResponse, error) {
	address, err := n.writerAddress()
	if err != nil {
		return nil, err
	}
	answer, err := n.member.forward.submit(ctx, address, caller, m)
	if err != nil {
		return nil, err
	}
	return n.followed(ctx, answer)
}

// push implements others.
func (n among) push(caller access.Caller) writer.Take {
	return (&lane{of: n, caller: caller}).take
}

// followed is an answer of the node that writes, once this one has read what it came to.
func (n among) followed(ctx context.Context, answer *milepostv1.SubmitResponse) (*milepostv1.SubmitResponse, error) {
	if err := n.read(ctx, answer.GetReceipt().GetPosition()); err != nil {
		return nil, err
	}
	return answer, nil
}

// read waits until this node has read a position.
func (n among) read(ctx context.Context, position uint64) error {
	book := n.replica.Book()
	if book.Position() >= position {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, followWithin)
	defer cancel()
	for ctx.Err() == nil {
		soon, cancel := context.WithTimeout(ctx, hurryAfter)
		err := book.Wait(soon, position)
		cancel()
		if err == nil {
			return nil
		}
		n.member.hurry()
	}
	return &writer.Unavailable{
		Rule: grpcserver.RuleNotReadYet, RetryAfter: time.Second,
		Sentence: "This was decided, and this server has not read it yet. Send the very same request again, with the same request id, and the answer is the same.",
	}
}

// Current implements grpcserver.Writer.
func (n among) Current(ctx context.Context) (uint64, error) {
	if w := n.roles.writer.Load(); w != nil {
		if err := w.Prove(ctx); err != nil {
			return 0, err
		}
		return n.replica.Book().Position(), nil
	}
	address, err := n.writerAddress()
	if err != nil {
		return 0, err
	}
	answer, err := n.member.forward.prove(ctx, address, true)
	if err != nil {
		return 0, passedOn(err)
	}
	return answer.Position, n.read(ctx, answer.Position)
}

// Writes implements grpcserver.Writer.
func (n among) Writes(ctx context.Context, prove bool) (term, position uint64, err error) {
	w := n.roles.writer.Load()
	if w == nil || w.Failure() != nil || !n.member.store.Connected() {
		return 0, 0, &writer.Unavailable{Rule: writer.RuleNotWriting, RetryAfter: time.Second, Sentence: "This server does not write the ledger."}
	}
	if prove {
		if err := w.Prove(ctx); err != nil {
			return 0, 0, err
		}
	}
	return w.Term(), n.replica.Book().Position(), nil
}

// nodeReport is this node's part, for /readyz.
func (n *Node) nodeReport() *grpcserver.NodeReport {
	m := n.member
	if m == nil || m.election == nil {
		return nil
	}
	report := &grpcserver.NodeReport{
		Role: "following", Term: m.term.Load(), Position: n.replica.Position(), Durability: n.store.Log().Durability().String(),
		Forwarded: m.forward.count.Load(), Reconnects: m.store.Reconnects(),
	}
	report.TakeOvers, _ = m.election.Takeovers()
	now := m.clock.Elapsed()
	if h := m.heard.Load(); h != nil {
		report.Writer, report.HeardAgo = h.Address, (now - h.at).Seconds()
		report.LagPositions = h.Position - min(h.Position, report.Position)
	}
	if since := m.behind.Load(); since > 0 {
		report.LagSeconds = (now - time.Duration(since)).Seconds()
	}
	h := m.store.Health()
	report.Servers = grpcserver.ServersReport{Answer: h.Answers, Leader: h.Leader, Replicas: h.Replicas, Current: h.Current, Offline: h.Offline, Unsynced: h.Unsynced}
	report.CredentialsDiffer = m.differFor().Seconds()
	if fork := m.fork.Load(); fork != nil {
		report.Heard = *fork
	}
	if n.roles.writer.Load() != nil {
		report.Role, report.Writer, report.LagPositions, report.LagSeconds = "writing", m.address, 0, 0
	}
	return report
}
