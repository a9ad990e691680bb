package node

import (
	"context"
	"errors"
	"fmt"
	"io"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
)

// InitCluster makes the streams of a ledger on NATS servers and begins it, with an identity of its own and the key by which requests
// are recognised. Where it was interrupted it goes on, and what is there already stays as it is.
func InitCluster(ctx context.Context, o cluster.Options, p cluster.Placing, software string, now clock.Clock, entropy io.Reader) (cluster.Made, error) {
	return cluster.Init(ctx, o, p, func(ctx context.Context, log eventstore.Log, kept eventstore.Kept) error {
		if _, err := parties.Open(ctx, kept, entropy); err != nil {
			return err
		}
		_, err := log.Load(ctx, 1)
		if err == nil || !errors.Is(err, eventstore.ErrNotYet) {
			return err
		}
		opening := &ledgerv1.Opening{OpenedAt: now.Now().UnixMicro(), Software: software, Origin: make([]byte, 16)}
		if _, err := io.ReadFull(entropy, opening.Origin); err != nil {
			return fmt.Errorf("make the identity of a new ledger: %w", err)
		}
		_, err = eventstore.TakeOver(ctx, log, &eventstore.Chain{}, opening, func(*eventstore.Commit) error { return nil })
		return err
	})
}

// Listed are the data directories that have had a key of names. Where remove is not empty, the one of that id is taken off the list first.
func Listed(ctx context.Context, o cluster.Options, remove string) (all []parties.Process, err error) {
	err = cluster.OnKept(ctx, o, func(ctx context.Context, kept eventstore.Kept) error {
		if remove != "" {
			if err := parties.Unlist(ctx, kept, remove); err != nil {
				return err
			}
		}
		all, err = parties.Processes(ctx, kept)
		return err
	})
	return all, err
}
