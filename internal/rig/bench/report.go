package bench

import (
	"runtime"
	"slices"
	"time"
)

// Report is what was measured. Rates are a second, times in milliseconds unless their name says otherwise,
// and of rounds the median.
type Report struct {
	Software     string  `json:"software"`
	Go           string  `json:"go"`
	CPUs         int     `json:"cpus"`
	Rounds       int     `json:"rounds"`
	RoundS       float64 `json:"round_s"`
	RequestBytes int     `json:"request_bytes"`
	ReadModels   bool    `json:"read_models"`

	Unary     []Unary    `json:"unary"`
	Push      []Push     `json:"push"`
	Publish   *Publish   `json:"publish,omitempty"`
	OneCaller *OneCaller `json:"one_caller,omitempty"`
	// PushOverUnary is the most that was pushed, over the most that single calls came to.
	PushOverUnary float64 `json:"push_over_unary,omitempty"`

	*Ledger

	Document *Document `json:"document,omitempty"`
	Pages    *Pages    `json:"pages,omitempty"`
	Servers  *Servers  `json:"on_servers,omitempty"`
}

// Document is what it takes to read a spreadsheet into milestones, beside cutting it into cells.
type Document struct {
	Rows   int     `json:"rows"`
	ReadS  float64 `json:"read_s"`
	CellsS float64 `json:"cells_s"`
	Ratio  float64 `json:"ratio"`
	// HeapMB is the most that reading held, above what was there before.
	HeapMB float64 `json:"heap_mb"`
	// Each of these is a process: one that reads and sends nothing, one that brings the document into a new plan, and
	// one that brings it there again.
	DryRun *Import `json:"dry_run"`
	Load   *Import `json:"load"`
	Again  *Import `json:"again"`
}

// Import is a run of `milepost import`.
type Import struct {
	S     float64 `json:"s"`
	CPUS  float64 `json:"cpu_s"`  // its own processors' time, without that of the server
	MaxMB float64 `json:"max_mb"` // the most memory that it took, the program's own pages among it; 0 where the system does not tell
}

// Unary is single calls, each of which waits for its answer.
type Unary struct {
	Callers         int     `json:"callers"`
	Durable         float64 `json:"durable_per_s"`
	Echo            float64 `json:"echo_per_s"`
	Ratio           float64 `json:"ratio"`
	P50             float64 `json:"p50_ms"`
	P99             float64 `json:"p99_ms"`
	EchoP50         float64 `json:"echo_p50_ms"`
	FlushesPerEvent float64 `json:"flushes_per_event"`
	// What the processors worked for one event, callers and server together, beside an echo.
	CPU     float64 `json:"cpu_us"`
	EchoCPU float64 `json:"echo_cpu_us"`
}

// Push is requests on two-way streams.
type Push struct {
	Streams         int     `json:"streams"`
	Durable         float64 `json:"durable_per_s"`
	Echo            float64 `json:"echo_per_s"`
	Ratio           float64 `json:"ratio"`
	FlushesPerEvent float64 `json:"flushes_per_event"`
	// What the processors worked for one event, callers and server together, beside an echo.
	CPU     float64 `json:"cpu_us"`
	EchoCPU float64 `json:"echo_cpu_us"`
}

// Publish is messages to JetStream with a flush each, without milepost.
type Publish struct {
	PerS       float64 `json:"per_s"` // by one publisher
	P50        float64 `json:"p50_ms"`
	P99        float64 `json:"p99_ms"`
	Publishers int     `json:"publishers"` // of the next
	AllPerS    float64 `json:"publishers_per_s"`
}

// OneCaller is what a single caller waits, beside the least it could be: a publish and an echo.
type OneCaller struct {
	P50            float64 `json:"p50_ms"`
	PublishAndEcho float64 `json:"publish_and_echo_ms"`
	Ratio          float64 `json:"ratio"`
}

// Ledger is a large ledger and the server on it.
type Ledger struct {
	Events     int     `json:"events"`
	Milestones int     `json:"milestones"`
	Plans      int     `json:"plans"`
	PushedPerS float64 `json:"pushed_per_s"` // while it was made, over 8 streams

	FoldPerS         float64 `json:"fold_per_s"`
	FoldCPU          float64 `json:"fold_cpu_us_per_event"`
	ReadyS           float64 `json:"ready_s"`
	ReadyAfterKillS  float64 `json:"ready_after_kill_s"`
	ReadyWithoutFold float64 `json:"ready_without_saved_fold_s"`
	BytesPerEvent    float64 `json:"bytes_per_event"`
	FoldBytes        float64 `json:"saved_fold_bytes_per_event"`

	RSS             []RSS   `json:"rss"`
	BytesPerFurther float64 `json:"rss_bytes_per_further_event"`

	Queries  []Query   `json:"queries"`
	Watchers *Watching `json:"watchers"`
}

// RSS is the memory that a server's process takes with so many events, some seconds after the last of them.
type RSS struct {
	Events int     `json:"events"`
	MB     float64 `json:"mb"` // of 1,000,000 bytes
}

// Query is one question, asked again and again by one caller.
type Query struct {
	Name string  `json:"name"`
	AsAt string  `json:"as_at"` // "now" or "past"
	P50  float64 `json:"p50_ms"`
	P99  float64 `json:"p99_ms"`
}

// Watching is a plan that changes while many watch it, and one that never reads.
type Watching struct {
	Watchers   int     `json:"watchers"`
	ChangesS   float64 `json:"changes_per_s"`
	Deliveries float64 `json:"deliveries_per_s"`
	P50        float64 `json:"p50_ms"` // from the moment of sending to the watcher
	P99        float64 `json:"p99_ms"`
	SubmitP50  float64 `json:"submit_p50_ms"` // of those who state the changes, meanwhile
	Before     float64 `json:"rss_before_mb"`
	After      float64 `json:"rss_after_mb"`
}

func newReport(o Options) *Report {
	return &Report{
		Software: o.Software, Go: runtime.Version(), CPUs: runtime.NumCPU(), Rounds: o.Rounds, RoundS: o.For.Seconds(),
		RequestBytes: requestBytes, ReadModels: !o.NoReadModels, Unary: []Unary{}, Push: []Push{},
	}
}

// median is the middle of an odd number of values, and the lower of the two middle ones of an even number.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

// quantile is the time that so much of all was not longer than, in milliseconds. It sorts them.
func quantile(times []time.Duration, q float64) float64 {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return ms(times[int(q*float64(len(times)-1))])
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
