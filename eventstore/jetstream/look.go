package jetstream

import (
	"context"
	"errors"
	"time"

	natsjs "github.com/nats-io/nats.go/jetstream"
)

// Replication is how the servers of a cluster stand to the ledger, as the leader of its stream sees them.
type Replication struct {
	Leader   string // name of the server; empty where there is only one
	Replicas int    // on how many servers each commit is to be stored
	Current  int    // of them, how many have everything, the leader among them
	Lag      uint64 // commits that the one lacks which is furthest back
	Unheard  time.Duration
	Offline  []string // names of those that the leader does not reach
}

// Inspect answers what is wrong with the stream: *Missing, *Drift, or ErrUnknown where its leader gives no answer.
func (l *Log) Inspect(ctx context.Context) error {
	_, err := l.Look(ctx)
	return err
}

// Look is Inspect, and answers how the servers stand to it.
func (l *Log) Look(ctx context.Context) (Replication, error) {
	info, err := l.stream.Info(ctx)
	if errors.Is(err, natsjs.ErrStreamNotFound) {
		return Replication{}, &Missing{Stream: LedgerStream}
	}
	if err != nil {
		return Replication{}, unknown(err)
	}
	return replicationOf(info), CheckOutside(LedgerConfig(info.Config.Replicas), info.Config)
}

func replicationOf(info *natsjs.StreamInfo) Replication {
	r := Replication{Replicas: info.Config.Replicas, Current: 1}
	if info.Cluster == nil {
		return r
	}
	r.Leader = info.Cluster.Leader
	for _, peer := range info.Cluster.Replicas {
		switch {
		case peer.Offline:
			r.Offline = append(r.Offline, peer.Name)
		case peer.Current:
			r.Current++
		}
		r.Lag, r.Unheard = max(r.Lag, peer.Lag), max(r.Unheard, peer.Active)
	}
	return r
}
