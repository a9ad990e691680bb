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
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	if err := conn.patiently(ctx, func(ctx context.Context) error {
		made.Synced, err = o.synced(ctx)
		if err != nil && o.AcceptUnsynced {
			return nil
		}
		return err
	}); err != nil {
		return made, err
	}
	for _, want := range []natsjs.StreamConfig{jetstream.LedgerConfig(p.Replicas), jetstream.KeptConfig(p.Replicas), jetstream.WriterConfig(p.Replicas)} {
		want.Placement = p.placement()
		var created bool
		if err := conn.patiently(ctx, func(ctx context.Context) (err error) {
			created, err = ensure(ctx, conn, want)
			return err
		}); err != nil {
			return made, err
		}
		if created {
			made.Streams = append(made.Streams, want.Name)
		}
	}
	return made, begin(ctx, conn, p.Replicas, made.Synced, fill)
}

// begin hands the new streams over. A stream is there before all servers know where to send what is published to it.
func begin(ctx context.Context, conn *connection, replicas int, synced bool, fill Fill) error {
	streams := jetstream.Options{Replicas: replicas, Synced: synced, AcceptUnsynced: true, Outside: true}
	return conn.patiently(ctx, func(ctx context.Context) error {
		ledger, err := jetstream.Open(ctx, conn.Conn, streams)
		if err != nil {
			return err
		}
		names, err := jetstream.OpenKept(ctx, conn.Conn, streams)
		if err != nil {
			return err
		}
		return fill(ctx, &log{Log: ledger, conn: conn, durability: set{replicas, synced}.durability()}, &kept{Kept: names, conn: conn})
	})
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
