package datadir

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/cluster"
	"milepost.dev/eventstore/embedded"
)

// NotNew is a ledger that is there already, where one was to be restored. Nothing was changed.
type NotNew struct{ Streams []string }

func (e *NotNew) Error() string {
	return "there is a ledger in this account of the NATS servers, and nothing is ever overwritten: restore into an empty account"
}

// onCluster makes the ledger on NATS servers, and says in the old data directory that it goes on there.
func (r *restoring) onCluster(ctx context.Context) error {
	begun, err := cluster.Begun(ctx, *r.o.Cluster)
	if err != nil {
		return err
	}
	if begun {
		return &NotNew{}
	}
	if _, err := cluster.Init(ctx, *r.o.Cluster, r.o.Placing, r.fill); err != nil {
		return err
	}
	if r.o.OldData == "" {
		return nil
	}
	return embedded.MarkMoved(r.o.OldData, "NATS servers "+strings.Join(withoutUsers(r.o.Cluster.Connect.URLs), ", "))
}

// withoutUsers leaves out what lets somebody in.
func withoutUsers(urls []string) (all []string) {
	for _, u := range urls {
		if at := strings.LastIndexByte(u, '@'); at >= 0 {
			scheme, _, _ := strings.Cut(u, "//")
			u = scheme + "//" + u[at+1:]
		}
		all = append(all, u)
	}
	return all
}

// digestsIn are those of the commits that a log holds.
func digestsIn(ctx context.Context, log eventstore.Log) (all []eventstore.Digest, err error) {
	err = log.Read(ctx, 1, func(_ uint64, data []byte) error {
		all = append(all, sha256.Sum256(data))
		return nil
	})
	return all, err
}

// storeWithin is how long it may take to store one commit on servers that elect a leader meanwhile.
const storeWithin = time.Minute

// appendOne stores a commit, and finds out what became of it where there is no clear answer.
func appendOne(ctx context.Context, log eventstore.Log, c *eventstore.Commit) error {
	ctx, cancel := context.WithTimeout(ctx, storeWithin)
	defer cancel()
	for {
		err := log.Append(ctx, c.Number, c.Bytes)
		if !errors.Is(err, eventstore.ErrUnknown) && !errors.Is(err, eventstore.ErrConflict) {
			return err
		}
		switch stored, loaded := log.Load(ctx, c.Number); {
		case loaded == nil && eventstore.Digest(sha256.Sum256(stored)) == c.Digest:
			return nil
		case loaded == nil:
			return fmt.Errorf("somebody else writes into these streams: %w", eventstore.ErrFenced)
		case ctx.Err() != nil:
			return err
		}
	}
}
