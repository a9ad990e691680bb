package cluster

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	natsjs "github.com/nats-io/nats.go/jetstream"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
)

// Placing says where the servers are to keep the streams.
type Placing struct {
	Replicas int      // 3 where 0
	Cluster  string   // name of the NATS cluster; empty where there is only one
	Tags     []string // that a server has to have
}

// Made is what Init came to: how much of it was there before.
type Made struct {
	Streams []string // that were made now
	Synced  bool
}

// Fill is called by Init when the streams are there, to begin the ledger and the values beside it.
type Fill func(ctx context.Context, log eventstore.Log, kept eventstore.Kept) error

// Init makes the streams of a ledger, where they are not, and lets fill begin it. Run again after it was interrupted it goes on; a
// stream that is there and set up otherwise is a *jetstream.Drift. It answers *Unsynced as Open does.
func Init(ctx context.Context, o Options, p Placing, fill Fill) (made Made, err error) {
	if p.Replicas == 0 {
		p.Replicas = 3
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	conn, err := o.Connect.open(o.Logger)
	if err != nil {
		return made, err
	}
	defer conn.Close()
	if err := conn.patiently(ctx, func(ctx context.Context) error {
		made.Synced, err = o.synced(ctx)
		if err != nil && o.AcceptUnsynced {
			return nil
		}
		return err
	}); err != nil {
		return made, err
	}
	ledger, names, writer := jetstream.LedgerConfig(p.Replicas), jetstream.KeptConfig(p.Replicas), jetstream.WriterConfig(p.Replicas)
	if err := made.make(ctx, conn, p, ledger, names); err != nil {
		return made, err
	}
	if err := begin(ctx, conn, p.Replicas, made.Synced, fill); err != nil {
		return made, err
	}
	return made, made.make(ctx, conn, p, writer) // last: no node starts without it, so none starts on half a ledger
}

// make makes the streams that are not there.
func (m *Made) make(ctx context.Context, conn *connection, p Placing, wanted ...natsjs.StreamConfig) error {
	for _, want := range wanted {
		want.Placement = p.placement()
		var created bool
		if err := conn.patiently(ctx, func(ctx context.Context) (err error) {
			created, err = ensure(ctx, conn, want)
			return err
		}); err != nil {
			return err
		}
		if created {
			m.Streams = append(m.Streams, want.Name)
		}
	}
	return nil
}

// begin hands the new streams over. A stream is there before all servers know where to send what is published to it.
func begin(ctx context.Context, conn *connection, replicas int, synced bool, fill Fill) error {
	streams := jetstream.Options{Replicas: replicas, Synced: synced, AcceptUnsynced: true, Outside: true}
	var ledger *jetstream.Log
	var names *jetstream.Kept
	if err := conn.patiently(ctx, func(ctx context.Context) (err error) {
		if ledger, err = jetstream.Open(ctx, conn.Conn, streams); err != nil {
			return err
		}
		if names, err = jetstream.OpenKept(ctx, conn.Conn, streams); err != nil {
			return err
		}
		// A number that is not the next stores nothing, and its refusal says that the stream can be written.
		if err := ledger.Append(ctx, 1<<62, nil); !errors.Is(err, eventstore.ErrConflict) {
			return fmt.Errorf("the stream %s takes nothing yet: %w", jetstream.LedgerStream, err)
		}
		return nil
	}); err != nil {
		return err
	}
	return fill(ctx, &log{Log: ledger, conn: conn, durability: set{replicas, synced}.durability()}, &kept{Kept: names, conn: conn})
}

func (p Placing) placement() *natsjs.Placement {
	if p.Cluster == "" && len(p.Tags) == 0 {
		return nil
	}
	return &natsjs.Placement{Cluster: p.Cluster, Tags: p.Tags}
}

// ensure makes a stream where there is none, and answers whether it did.
func ensure(ctx context.Context, conn *connection, want natsjs.StreamConfig) (created bool, err error) {
	js, err := natsjs.New(conn.Conn)
	if err != nil {
		return false, fmt.Errorf("jetstream: %w", err)
	}
	stream, err := js.Stream(ctx, want.Name)
	if err == nil {
		return false, jetstream.CheckOutside(want, stream.CachedInfo().Config)
	}
	if !errors.Is(err, natsjs.ErrStreamNotFound) {
		return false, fmt.Errorf("look for the stream %s: %w", want.Name, err)
	}
	if _, err := js.CreateStream(ctx, want); err != nil {
		return false, fmt.Errorf("make the stream %s: %w", want.Name, err)
	}
	return true, nil
}

// OnKept lets somebody work with what is kept beside a ledger, without a node. It answers *Empty where there is none.
func OnKept(ctx context.Context, o Options, do func(ctx context.Context, kept eventstore.Kept) error) error {
	begun, err := Begun(ctx, o)
	if err != nil {
		return err
	}
	if !begun {
		return &Empty{Stream: jetstream.WriterStream}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	conn, err := o.Connect.open(o.Logger)
	if err != nil {
		return err
	}
	defer conn.Close()
	var names *jetstream.Kept
	if err := conn.patiently(ctx, func(ctx context.Context) error {
		found, err := look(ctx, conn.Conn, Options{AcceptUnsynced: true})
		if err != nil {
			return err
		}
		names, err = jetstream.OpenKept(ctx, conn.Conn, jetstream.Options{Replicas: found.replicas, AcceptUnsynced: true, Outside: true})
		return err
	}); err != nil {
		return err
	}
	return do(ctx, &kept{Kept: names, conn: conn})
}

// Begun says whether there is a whole ledger: what Init makes last is there.
func Begun(ctx context.Context, o Options) (begun bool, err error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	conn, err := o.Connect.open(o.Logger)
	if err != nil {
		return false, err
	}
	defer conn.Close()
	err = conn.patiently(ctx, func(ctx context.Context) error {
		js, err := natsjs.New(conn.Conn)
		if err != nil {
			return fmt.Errorf("jetstream: %w", err)
		}
		_, err = js.Stream(ctx, jetstream.WriterStream)
		if errors.Is(err, natsjs.ErrStreamNotFound) {
			return nil
		}
		begun = err == nil
		return err
	})
	return begun, err
}
