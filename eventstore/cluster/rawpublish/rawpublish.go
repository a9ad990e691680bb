// Package rawpublish publishes to NATS servers as one usually does, a message and an acknowledgement at a time, into a stream of as many
// replicas as a ledger has. It is what milepost's own rate on those servers is measured beside, and is part of no server.
package rawpublish

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"milepost.dev/eventstore/cluster"
	"milepost.dev/eventstore/jetstream"
)

// stream is what a measurement publishes to; it is made and removed again.
const stream = "MILEPOST_BENCH"

// Run publishes messages of so many bytes, one after the other, for a while. It answers how long each took.
func Run(ctx context.Context, c cluster.Connect, replicas, bytes int, d time.Duration) (times []time.Duration, err error) {
	conn, err := c.Dial(slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	js, err := natsjs.New(conn)
	if err != nil {
		return nil, fmt.Errorf("rawpublish: %w", err)
	}
	if _, err := js.CreateOrUpdateStream(ctx, natsjs.StreamConfig{Name: stream, Subjects: []string{"milepost.bench"}, Storage: natsjs.FileStorage, Replicas: replicas}); err != nil {
		return nil, fmt.Errorf("rawpublish: %w", err)
	}
	defer func() { err = errors.Join(err, js.DeleteStream(context.WithoutCancel(ctx), stream)) }()
	data := make([]byte, bytes)
	for range 20 { // until every server knows where to send it
		if _, err = js.Publish(ctx, "milepost.bench", data); err == nil {
			break
		}
	}
	for began := time.Now(); err == nil && time.Since(began) < d; {
		sent := time.Now()
		if _, err = js.Publish(ctx, "milepost.bench", data); err == nil {
			times = append(times, time.Since(sent))
		}
	}
	return times, err
}

// Remove removes the streams of a ledger that was made to be measured, with everything in them.
func Remove(ctx context.Context, c cluster.Connect) error {
	conn, err := c.Dial(slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := natsjs.New(conn)
	if err != nil {
		return fmt.Errorf("rawpublish: %w", err)
	}
	var errs []error
	for _, name := range []string{jetstream.WriterStream, jetstream.LedgerStream, jetstream.KeptStream} {
		if err := js.DeleteStream(ctx, name); err != nil && !errors.Is(err, natsjs.ErrStreamNotFound) {
			errs = append(errs, fmt.Errorf("remove the stream %s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}
