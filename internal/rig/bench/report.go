package bench

import (
	"runtime"
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

	Growth *Growth `json:"growth,omitempty"`

	Document *Document `json:"document,omitempty"`
	Pages    *Pages    `json:"pages,omitempty"`
	Servers  *Servers  `json:"on_servers,omitempty"`

	// Targets are the figures that the product is held to, as far as this run has them.
	Targets []Budget `json:"targets"`
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
	EchoP99         float64 `json:"echo_p99_ms"`
	P99Ratio        float64 `json:"p99_ratio"`
	Work
}

// Work is what the processors did for one event, in microseconds of callers and server together, beside the frozen echo (EchoCPU), which
// is package yardstick, and the bare one.
type Work struct {
	CPU      float64 `json:"cpu_us"`
	EchoCPU  float64 `json:"echo_cpu_us"`
	BareCPU  float64 `json:"bare_echo_cpu_us"`
	CPURatio float64 `json:"cpu_ratio"` // over the frozen echo
	// Of the server alone, which is a process of its own. All are 0 where it is not.
	ServerCPU     float64 `json:"server_cpu_us"`
	EchoServerCPU float64 `json:"echo_server_cpu_us"`
	ServerObjects float64 `json:"server_allocs"` // objects that it allocated for an event
	EchoObjects   float64 `json:"echo_server_allocs"`
	ServerBytes   float64 `json:"server_alloc_bytes"`
}

// Push is requests on two-way streams.
type Push struct {
	Streams         int     `json:"streams"`
	Durable         float64 `json:"durable_per_s"`
	Echo            float64 `json:"echo_per_s"`
	Ratio           float64 `json:"ratio"`
	FlushesPerEvent float64 `json:"flushes_per_event"`
	Together        int     `json:"requests_per_message"`
	Work
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
	ProvePerS        float64 `json:"prove_per_s"`         // without folding, on all processors
	ProveOnePerS     float64 `json:"prove_one_cpu_per_s"` // on one
	FoldOverProof    float64 `json:"fold_over_proof"`     // on one
	FoldCPU          float64 `json:"fold_cpu_us_per_event"`
	ReadyS           float64 `json:"ready_s"`
	ReadyAfterKillS  float64 `json:"ready_after_kill_s"`
	ReadyWithoutFold float64 `json:"ready_without_saved_fold_s"`
	BytesPerEvent    float64 `json:"bytes_per_event"`
	FoldBytes        float64 `json:"saved_fold_bytes_per_event"`

	// What the book adds to a collection of garbage: of the processors, in milliseconds.
	CollectionMS float64 `json:"collection_ms"`
	LiveBytes    float64 `json:"live_bytes_per_event"` // that the book takes, once garbage is collected

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
		RequestBytes: requestBytes, ReadModels: !o.NoReadModels, Unary: []Unary{}, Push: []Push{}, Targets: []Budget{},
	}
}

// Growth is what commands cost on ledgers of different sizes, measured in turns in one run.
type Growth struct {
	Ledgers []Grown `json:"ledgers"`
	// What a command costs on the largest ledger over what it costs on the smallest.
	UnaryRise float64 `json:"unary_rise"`
	PushRise  float64 `json:"push_rise"`
	Late      *Late   `json:"late"`
}

// Grown is a ledger of so many events.
type Grown struct {
	Events int  `json:"events"`
	Unary  Work `json:"unary"` // with most callers
	Push   Work `json:"push"`  // over most streams
	// While it was made from the ledger before it: bytes that the server wrote to disks for an event, and events a second.
	BytesWritten float64 `json:"bytes_written_per_event"`
	PushedPerS   float64 `json:"pushed_per_s"`
	RSSMB        float64 `json:"rss_mb"` // at rest
}

// Late is what statements cost on one milestone that has very many, pushed over one stream: about its last day, about any
// day of the year before, and about its last day by all streams at once, beside statements spread over all milestones.
type Late struct {
	Statements int     `json:"statements"`
	InOrder    float64 `json:"in_order_cpu_us"`
	Late       float64 `json:"late_cpu_us"`
	Ratio      float64 `json:"ratio"`
	Spread     float64 `json:"spread_cpu_us"`
	Hot        float64 `json:"hot_cpu_us"`
	HotRatio   float64 `json:"hot_ratio"`
}
