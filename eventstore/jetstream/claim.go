package jetstream

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"

	"milepost.dev/eventstore"
)

// Bounds of proving.
const (
	// firstClaim is how long the first attempt may take: the answer may be lost with the leader that would have given it. The next ones
	// may take as long as nextClaim, and after shortClaims claimWithin, for servers that are slow.
	firstClaim  = 500 * time.Millisecond
	nextClaim   = time.Second
	claimWithin = 2 * time.Second
	shortClaims = 6
	// claimAgain is the pause between two attempts.
	claimAgain = 20 * time.Millisecond
)

// Claim is the term of the one writer that may answer, in a stream of one message. A refusal, and an answer that is asked to be
// current, are true only of whoever still writes; and that a writer still writes is proved by storing its term again. Only an
// acknowledged store proves it: a look or a refusal may come from a leader that was cut off from the others.
type Claim struct {
	js      natsjs.JetStream
	stream  natsjs.Stream
	servers Servers

	mu   sync.Mutex // held while a store is under way
	last uint64     // sequence of the newest message, as far as it is known; guarded by mu
	term uint64     // highest that is known to be there; guarded by mu
}

// Servers are those that a claim is stored on.
type Servers interface {
	// Attempt bounds one question: it ends after a while, or with the connection that it was asked over.
	Attempt(ctx context.Context, within time.Duration) (context.Context, context.CancelFunc)
	// Reconnect is told that the server of now has given no answer for a second.
	Reconnect()
}

// OpenClaim opens the stream.
func OpenClaim(ctx context.Context, conn *nats.Conn, o Options, servers Servers) (*Claim, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	js, err := natsjs.New(conn)
	if err != nil {
		return nil, fmt.Errorf("jetstream: %w", err)
	}
	stream, err := openStream(ctx, js, o, WriterConfig(o.Replicas), func() error { return nil })
	if err != nil {
		return nil, err
	}
	return &Claim{js: js, stream: stream, servers: servers}, nil
}

// Store stores a term in place of the newest one, unless a higher one is there: then it answers eventstore.ErrFenced, and nothing
// was stored. It tries until ctx ends, and then answers eventstore.ErrUnresolved.
//
// When it returns nil, no writer of a higher term had stored it at some moment since the call.
func (c *Claim) Store(ctx context.Context, term uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	silent := time.NewTicker(time.Second)
	defer silent.Stop()
	for tries, within := 1, firstClaim; ; tries, within = tries+1, nextClaim {
		if tries > shortClaims {
			within = claimWithin
		}
		if term < c.term {
			return eventstore.ErrFenced
		}
		stored, err := c.store(ctx, term, within)
		if stored {
			c.term = term
			return nil
		}
		if err == nil {
			err = c.look(ctx, term, within)
		}
		if errors.Is(err, eventstore.ErrFenced) {
			return err
		}
		select {
		case <-ctx.Done():
			return eventstore.ErrUnresolved
		case <-time.After(claimAgain):
		}
		select {
		case <-silent.C:
			c.servers.Reconnect()
		default:
		}
	}
}

// store answers true when the term was stored, and an error where there was no answer.
func (c *Claim) store(ctx context.Context, term uint64, within time.Duration) (stored bool, err error) {
	attempt, cancel := c.servers.Attempt(ctx, within)
	defer cancel()
	ack, err := c.js.PublishMsg(attempt, &nats.Msg{Subject: WriterSubject, Data: binary.BigEndian.AppendUint64(nil, term)},
		natsjs.WithExpectStream(WriterStream), natsjs.WithExpectLastSequence(c.last), natsjs.WithRetryAttempts(0))
	switch {
	case err == nil:
		c.last = ack.Sequence
		return true, nil
	case isWrongSequence(err):
		return false, nil
	}
	return false, err
}

// look finds the newest message. It answers eventstore.ErrFenced where that is of a higher term.
func (c *Claim) look(ctx context.Context, term uint64, within time.Duration) error {
	attempt, cancel := c.servers.Attempt(ctx, within)
	defer cancel()
	m, err := c.stream.GetLastMsgForSubject(attempt, WriterSubject)
	if errors.Is(err, natsjs.ErrMsgNotFound) {
		c.last = 0
		return nil
	}
	if err != nil {
		return err
	}
	if len(m.Data) != 8 {
		return fmt.Errorf("the stream %s holds %d bytes that are no term", WriterStream, len(m.Data))
	}
	c.last, c.term = m.Sequence, max(c.term, binary.BigEndian.Uint64(m.Data))
	if c.term > term {
		return eventstore.ErrFenced
	}
	return nil
}
