package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Cluster is what one of several servers of a ledger knows of itself, of the others, and of the NATS servers under them.
type Cluster struct {
	Writing      bool
	Term         uint64        // of the newest take-over that was read
	Heard        time.Duration // since the server that writes was heard; 0 of that one itself
	LagPositions uint64        // behind what that one said
	Lag          time.Duration // for how long it has been behind
	TakeOvers    uint64        // of this server
	Forwarded    uint64
	Reconnects   uint64
	Proofs       uint64        // that this server writes
	ProofsFailed uint64        // those that were not given
	ProofAge     time.Duration // since the newest; 0 before the first

	Answers    bool // the leader of the ledger's stream answered when it was last asked
	Replicas   int  // on how many NATS servers each commit is stored
	Current    int  // of them, how many have everything
	Offline    int  // how many the leader does not reach
	ReplicaLag uint64
	Unsynced   bool // they are not known to sync every write

	CredentialsDiffer time.Duration // for how long they have been others than those of the server that writes
	Forked            bool          // another history of this ledger was heard of
}

type clusterGauge struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(*Cluster) float64
}

// clusterCollector is silent of a server that is the only one of its ledger.
type clusterCollector struct{ gauges []clusterGauge }

func newClusterCollector() clusterCollector {
	of := func(name, help string, value func(*Cluster) float64) clusterGauge {
		return clusterGauge{prometheus.NewDesc(name, help, nil, nil), prometheus.GaugeValue, value}
	}
	count := func(name, help string, value func(*Cluster) float64) clusterGauge {
		return clusterGauge{prometheus.NewDesc(name, help, nil, nil), prometheus.CounterValue, value}
	}
	return clusterCollector{[]clusterGauge{
		of("milepost_cluster_writing", "1 while this node writes the ledger.", func(c *Cluster) float64 { return number(c.Writing) }),
		of("milepost_cluster_term", "The term of the newest take-over that this node has read.", func(c *Cluster) float64 { return float64(c.Term) }),
		of("milepost_cluster_writer_heard_seconds", "How long ago the node that writes was heard; 0 of that one itself.", func(c *Cluster) float64 { return c.Heard.Seconds() }),
		of("milepost_cluster_lag_positions", "How many positions this node is behind what the one that writes said last.", func(c *Cluster) float64 { return float64(c.LagPositions) }),
		of("milepost_cluster_lag_seconds", "For how long this node has been behind what the one that writes said.", func(c *Cluster) float64 { return c.Lag.Seconds() }),
		count("milepost_cluster_takeovers_total", "How often this node took over.", func(c *Cluster) float64 { return float64(c.TakeOvers) }),
		count("milepost_cluster_forwarded_total", "Requests that this node passed on to the one that writes.", func(c *Cluster) float64 { return float64(c.Forwarded) }),
		count("milepost_cluster_reconnects_total", "How often the connection to the NATS servers was lost or given up.", func(c *Cluster) float64 { return float64(c.Reconnects) }),
		count("milepost_cluster_proofs_total", "How often this node proved that it writes, for a refusal or a current read.", func(c *Cluster) float64 { return float64(c.Proofs) }),
		count("milepost_cluster_proofs_failed_total", "How often this node could not prove that it writes; whoever asked is told to ask again.", func(c *Cluster) float64 { return float64(c.ProofsFailed) }),
		of("milepost_cluster_proof_age_seconds", "How long ago this node last proved that it writes; 0 before the first. It does so only when it is asked.", func(c *Cluster) float64 { return c.ProofAge.Seconds() }),
		of("milepost_cluster_servers_answer", "1 while the NATS server that leads the ledger's stream answers this node.", func(c *Cluster) float64 { return number(c.Answers) }),
		of("milepost_cluster_replicas", "On how many NATS servers each commit is stored.", func(c *Cluster) float64 { return float64(c.Replicas) }),
		of("milepost_cluster_replicas_current", "How many of these servers have everything, the leader among them.", func(c *Cluster) float64 { return float64(c.Current) }),
		of("milepost_cluster_replicas_offline", "How many of these servers the leader does not reach.", func(c *Cluster) float64 { return float64(c.Offline) }),
		of("milepost_cluster_replica_lag_commits", "How many commits the server lacks that is furthest back.", func(c *Cluster) float64 { return float64(c.ReplicaLag) }),
		of("milepost_cluster_unsynced", "1 while the NATS servers are not known to sync every write.", func(c *Cluster) float64 { return number(c.Unsynced) }),
		of("milepost_cluster_credentials_differ_seconds", "For how long the credentials of this node have been others than those of the one that writes.", func(c *Cluster) float64 { return c.CredentialsDiffer.Seconds() }),
		of("milepost_cluster_fork_heard", "1 since another node was heard that has another history of this ledger.", func(c *Cluster) float64 { return number(c.Forked) }),
	}}
}

func (c clusterCollector) describe(to chan<- *prometheus.Desc) {
	for _, g := range c.gauges {
		to <- g.desc
	}
}

func (c clusterCollector) collect(s State, to chan<- prometheus.Metric) {
	if s.Cluster == nil {
		return
	}
	for _, g := range c.gauges {
		to <- prometheus.MustNewConstMetric(g.desc, g.kind, g.value(s.Cluster))
	}
}
