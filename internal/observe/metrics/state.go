package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// State is the state of a server at a moment.
type State struct {
	Ready bool
	// States are the states that docs/runbook.md describes, by part: "commands" is "accepting".
	States map[string]string

	LedgerPosition uint64 // the last one that is known to be durable
	Losses         int    // restores that lost something
	LostPositions  uint64 // of them, as far as it is known how many
	Damaged        bool

	ReadPosition uint64    // the last one that answers take into account
	ReadSince    time.Time // when that one was accepted, while there are later ones; zero where there are none

	QueueRequests, QueueRequestsLimit int
	QueueBytes, QueueBytesLimit       int64

	CallsRunning            int
	Watchers, WatchersLimit int
	WatcherBehind           uint64    // of the watcher that is furthest back
	WatcherSince            time.Time // when the first one it was not sent was accepted; zero where nobody is behind
	BackupPosition          uint64    // up to which a backup was read since the start
	BackupAt                time.Time // zero before the first
	Now                     time.Time // by the clock of the ledger

	Places          []Places
	Strangers       int    // connections of those who have not proved who they are
	StrangersClosed uint64 // since the start

	Quotas  map[string]float64 // the greatest part of a quota that is used, by what it is of: one of a closed set
	Parties int                // names that are kept

	Space Space
	Swept Swept

	Cluster *Cluster // nil where the ledger is not shared

	Credentials File // zero without credentials
	TLS         File // zero without TLS
	TLSNotAfter time.Time
}

// Space is what the ledger takes of its disk: bytes.
type Space struct {
	Known      bool // Disk and Free are
	Disk, Free uint64
	Ledger     uint64
	Floor      uint64  // of Free, below which nothing is accepted
	Growth     float64 // bytes a day that the ledger grew by in the last week; 0 where that is not known yet
}

// Swept is what the last proof of the data directory came to that was kept there.
type Swept struct {
	Whole   time.Time // when all was last found whole; zero before the first
	Damaged bool      // the last one found damage
}

// File is what is known of files that are read again when they change.
type File struct {
	ReadAt  time.Time // when what is in force was read
	Failed  uint64    // how often the files were refused since the start
	Refused bool      // what they hold now is not in force
}

type gauge struct {
	desc  *prometheus.Desc
	kind  prometheus.ValueType
	value func(State) float64
	known func(State) bool // always where nil
}

// stateCollector asks for the state when somebody looks.
type stateCollector struct {
	state  func() State
	gauges []gauge
	states *prometheus.Desc
	places placesCollector
	among  clusterCollector
}

func newStateCollector(state func() State) *stateCollector {
	of := func(name, help string, value func(State) float64) gauge {
		return gauge{prometheus.NewDesc(name, help, nil, nil), prometheus.GaugeValue, value, nil}
	}
	count := func(name, help string, value func(State) float64) gauge {
		return gauge{prometheus.NewDesc(name, help, nil, nil), prometheus.CounterValue, value, nil}
	}
	disk := func(name, help string, value func(State) float64) gauge {
		g := of(name, help, value)
		g.known = func(s State) bool { return s.Space.Known }
		return g
	}
	return &stateCollector{
		state:  state,
		places: newPlacesCollector(),
		among:  newClusterCollector(),
		states: prometheus.NewDesc("milepost_state", "1, for the state that a part of the server is in.", []string{"part", "state"}, nil),
		gauges: []gauge{
			of("milepost_ready", "1 while the server does all that it is for, as /readyz says.", func(s State) float64 { return number(s.Ready) }),
			of("milepost_ledger_position", "The last position that is durable.", func(s State) float64 { return float64(s.LedgerPosition) }),
			of("milepost_ledger_bytes", "Bytes of the ledger's files.", func(s State) float64 { return float64(s.Space.Ledger) }),
			disk("milepost_disk_bytes", "How large the disk of the data directory is; absent where that is not known.", func(s State) float64 { return float64(s.Space.Disk) }),
			disk("milepost_disk_free_bytes", "How much of that disk the server may still fill; absent where that is not known.", func(s State) float64 { return float64(s.Space.Free) }),
			of("milepost_sweep_time_seconds", "When a sweep last proved the data directory whole, in seconds since 1970; 0 before the first.", func(s State) float64 { return seconds(s.Swept.Whole) }),
			of("milepost_sweep_damaged", "1 while the last sweep found damage.", func(s State) float64 { return number(s.Swept.Damaged) }),
			disk("milepost_disk_floor_bytes", "How much has to be free for commands to be accepted.", func(s State) float64 { return float64(s.Space.Floor) }),
			of("milepost_ledger_growth_bytes_per_day", "Bytes a day that the ledger grew by in the last seven days, or since it began; 0 in its first hour.", func(s State) float64 { return s.Space.Growth }),
			of("milepost_ledger_damaged", "1 since damage was met while the server runs.", func(s State) float64 { return number(s.Damaged) }),
			of("milepost_ledger_losses", "Restores from a backup that did not hold everything.", func(s State) float64 { return float64(s.Losses) }),
			of("milepost_ledger_lost_positions", "Positions that such restores lost, as far as it is known.", func(s State) float64 { return float64(s.LostPositions) }),
			of("milepost_read_position", "The last position that answers take into account.", func(s State) float64 { return float64(s.ReadPosition) }),
			of("milepost_read_lag_positions", "How many durable positions answers do not take into account.", func(s State) float64 { return float64(s.LedgerPosition - min(s.ReadPosition, s.LedgerPosition)) }),
			of("milepost_read_lag_seconds", "How long ago the last position was accepted that answers take into account, while they lag; 0 where they do not.", func(s State) float64 { return since(s.Now, s.ReadSince) }),
			of("milepost_queue_requests", "Requests that wait, or are being made durable.", func(s State) float64 { return float64(s.QueueRequests) }),
			of("milepost_queue_requests_limit", "How many requests may wait.", func(s State) float64 { return float64(s.QueueRequestsLimit) }),
			of("milepost_queue_bytes", "Bytes of the requests that wait, as they were sent.", func(s State) float64 { return float64(s.QueueBytes) }),
			of("milepost_queue_bytes_limit", "How many bytes of requests may wait.", func(s State) float64 { return float64(s.QueueBytesLimit) }),
			of("milepost_calls_running", "Calls that are under way; a watch is one.", func(s State) float64 { return float64(s.CallsRunning) }),
			of("milepost_watchers", "Streams that watch a plan.", func(s State) float64 { return float64(s.Watchers) }),
			of("milepost_watchers_limit", "How many streams may watch.", func(s State) float64 { return float64(s.WatchersLimit) }),
			of("milepost_watcher_lag_positions", "How many positions the watcher that is furthest back was not sent yet.", func(s State) float64 { return float64(s.WatcherBehind) }),
			of("milepost_watcher_lag_seconds", "How long ago the first position was accepted that this watcher was not sent yet; 0 where nobody is behind.", func(s State) float64 { return since(s.Now, s.WatcherSince) }),
			of("milepost_backup_position", "The position up to which a backup was last read since the start; 0 before the first.", func(s State) float64 { return float64(s.BackupPosition) }),
			of("milepost_backup_time_seconds", "When a backup was last read to its end since the start, in seconds since 1970; 0 before the first.", func(s State) float64 { return seconds(s.BackupAt) }),
			of("milepost_credentials_read_time_seconds", "When the credentials that are in force were read, in seconds since 1970; 0 without credentials.", func(s State) float64 { return seconds(s.Credentials.ReadAt) }),
			of("milepost_credentials_refused", "1 while the credentials file cannot be used, and what was read before is in force.", func(s State) float64 { return number(s.Credentials.Refused) }),
			count("milepost_credentials_failed_reads_total", "How often the credentials file could not be used.", func(s State) float64 { return float64(s.Credentials.Failed) }),
			of("milepost_tls_read_time_seconds", "When the TLS files that are in force were read, in seconds since 1970; 0 without TLS.", func(s State) float64 { return seconds(s.TLS.ReadAt) }),
			of("milepost_tls_refused", "1 while the TLS files cannot be used, and what was read before is in force.", func(s State) float64 { return number(s.TLS.Refused) }),
			count("milepost_tls_failed_reads_total", "How often the TLS files could not be used.", func(s State) float64 { return float64(s.TLS.Failed) }),
			of("milepost_tls_not_after_seconds", "When the server's certificate expires, in seconds since 1970; 0 without TLS.", func(s State) float64 { return seconds(s.TLSNotAfter) }),
		},
	}
}

// Describe implements prometheus.Collector.
func (c *stateCollector) Describe(to chan<- *prometheus.Desc) {
	to <- c.states
	c.places.describe(to)
	c.among.describe(to)
	for _, g := range c.gauges {
		to <- g.desc
	}
}

// Collect implements prometheus.Collector.
func (c *stateCollector) Collect(to chan<- prometheus.Metric) {
	s := c.state()
	c.places.collect(s, to)
	c.among.collect(s, to)
	for part, state := range s.States {
		to <- prometheus.MustNewConstMetric(c.states, prometheus.GaugeValue, 1, part, state)
	}
	for _, g := range c.gauges {
		if g.known != nil && !g.known(s) {
			continue
		}
		to <- prometheus.MustNewConstMetric(g.desc, g.kind, g.value(s))
	}
}

func number(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// seconds is a time as seconds since 1970; 0 where it is not known.
func seconds(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.UnixMilli()) / 1000
}

func since(now, then time.Time) float64 {
	if then.IsZero() {
		return 0
	}
	return max(0, now.Sub(then).Seconds())
}
