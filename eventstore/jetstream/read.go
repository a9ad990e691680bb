package jetstream

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"milepost.dev/eventstore"
)

// stallAfter is how long a reader waits for the next message before it asks for it by number.
const stallAfter = 5 * time.Second

// heartbeat is how often a server says that it is there while a reader waits: a reader that hears nothing for twice as long
// asks again, of whichever server is there.
const heartbeat = 500 * time.Millisecond

const (
	// createWithin bounds making a consumer, and asking for a message: servers that elect among themselves make none.
	createWithin = time.Second
	// loadWithin bounds asking for a message that a reader needs to go on.
	loadWithin = 5 * time.Second
	// fewMessages are asked for by number. A consumer has to be agreed upon by the servers, and is for many.
	fewMessages = 32
)

// Read implements eventstore.Log.
//
// A consumer is fast and is trusted for nothing: it numbers what it delivers, not what there is, it
// passes over a record with a wrong checksum in silence, and it may stop. So each message's own number
// is checked, and where one does not come it is asked for by number. That tells a consumer that lost
// its way from a message that is gone.
func (l *Log) Read(ctx context.Context, from uint64, yield func(uint64, []byte) error) error {
	last, err := l.last(ctx)
	if err != nil {
		return err
	}
	for next := max(from, 1); next <= last; next++ {
		if last-next >= fewMessages {
			next, err = l.consume(ctx, next, last, yield)
			if err != nil || next > last {
				return err
			}
		}
		bounded, cancel := context.WithTimeout(ctx, loadWithin)
		data, err := l.Load(bounded, next)
		cancel()
		if errors.Is(err, eventstore.ErrNotYet) {
			err = &eventstore.Damage{Commit: next, Reason: fmt.Sprintf("the log ended there, and had reached to %d", last)}
		}
		if err != nil {
			return err
		}
		if err := yield(next, data); err != nil {
			return err
		}
	}
	return nil
}

// tailAgain is the pause before a tail asks again for what did not come.
const tailAgain = 50 * time.Millisecond

// Tail implements eventstore.Log. A consumer that waits is trusted for no more than one that reads: where it brings
// nothing for a while, Read looks whether there is something.
func (l *Log) Tail(ctx context.Context, from uint64, yield func(uint64, []byte) error) error {
	for next := max(from, 1); ; {
		err := l.Read(ctx, next, func(number uint64, data []byte) error {
			next = number + 1
			return yield(number, data)
		})
		if err != nil {
			return err
		}
		before := next
		if next, err = l.consume(ctx, next, math.MaxUint64, yield); err != nil {
			return err
		}
		if next > before {
			continue
		}
		select {
		case <-time.After(tailAgain):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// consume hands on messages from next to last for as long as they come one after the other. It returns
// the number of the first that did not come, and an error of yield or of ctx, or a *Damage.
func (l *Log) consume(ctx context.Context, next, last uint64, yield func(uint64, []byte) error) (uint64, error) {
	creating, cancel := context.WithTimeout(ctx, createWithin)
	consumer, err := l.stream.CreateConsumer(creating, natsjs.ConsumerConfig{
		DeliverPolicy: natsjs.DeliverByStartSequencePolicy, OptStartSeq: next,
		AckPolicy: natsjs.AckNonePolicy, MemoryStorage: true, Replicas: 1, InactiveThreshold: time.Minute,
	})
	cancel()
	if err != nil {
		return next, ctx.Err()
	}
	defer func() {
		if next > last || ctx.Err() != nil { // else its server may be gone, and would be waited for
			l.forget(ctx, consumer)
		}
	}()
	messages, err := consumer.Messages(l.pull...)
	if err != nil {
		return next, ctx.Err()
	}
	defer messages.Stop()

	waiting := l.wait(ctx)
	defer func() { waiting.end() }()
	for passedOver := 0; next <= last; {
		waiting.watchdog.Reset(l.stall)
		m, err := messages.Next(natsjs.NextContext(waiting.ctx))
		switch {
		case err == nil:
		case last == math.MaxUint64 && waiting.ctx.Err() != nil && ctx.Err() == nil: // it stalls, or somebody is in a hurry
			waiting.end()
			waiting = l.wait(ctx)
			before := next
			if next, err = l.loadMissed(ctx, next, yield); err != nil {
				return next, err
			}
			if next > before {
				passedOver++
			}
			if passedOver > 1 { // another consumer may bring what this one does not
				return next, nil
			}
			continue
		default:
			return next, ctx.Err()
		}
		waiting.watchdog.Stop()
		meta, err := m.Metadata()
		switch {
		case err != nil || meta.Sequence.Stream > next:
			return next, ctx.Err()
		case meta.Sequence.Stream < next:
			continue // it was loaded meanwhile
		}
		passedOver = 0
		if err := yield(next, m.Data()); err != nil {
			return next, err
		}
		next++
	}
	return next, nil
}

// waiting is the patience of one reader.
type waiting struct {
	ctx      context.Context // ends when the reader stalls, or is hurried
	watchdog *time.Timer
	end      func()
}

func (l *Log) wait(ctx context.Context) waiting {
	waits, cancel := context.WithCancel(ctx)
	watchdog := time.AfterFunc(l.stall, cancel)
	l.mu.Lock()
	stop := context.AfterFunc(l.calm, cancel)
	l.mu.Unlock()
	return waiting{waits, watchdog, func() { stop(); watchdog.Stop(); cancel() }}
}

// Hurry has every Tail look at once whether its consumer keeps something back: the server that it lives on may be gone, and it takes a
// second to find out.
func (l *Log) Hurry() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hurry()
	l.calm, l.hurry = context.WithCancel(context.Background())
}

// loadMissed hands on what a consumer did not bring, asked for by number, and not too much of it. It returns the number of the first that
// is not there, and an error as consume does.
func (l *Log) loadMissed(ctx context.Context, next uint64, yield func(uint64, []byte) error) (uint64, error) {
	for range fewMessages {
		bounded, cancel := context.WithTimeout(ctx, createWithin)
		data, err := l.Load(bounded, next)
		cancel()
		switch {
		case errors.Is(err, eventstore.ErrNotYet), errors.Is(err, eventstore.ErrUnknown):
			return next, ctx.Err()
		case err != nil:
			return next, err
		}
		if err := yield(next, data); err != nil {
			return next, err
		}
		next++
	}
	return next, nil
}

// forget removes a consumer, also when the reader was cancelled. Where that fails the server forgets it
// by itself.
func (l *Log) forget(ctx context.Context, consumer natsjs.Consumer) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = l.stream.DeleteConsumer(ctx, consumer.CachedInfo().Name)
}
