package grpcserver

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// Report is how the server is. Its JSON is what /readyz answers.
type Report struct {
	Commands   CommandsReport   `json:"commands"`
	ReadModels ReadModelsReport `json:"read_models"`
	Ledger     LedgerReport     `json:"ledger"`
	// Credentials and TLS are the files that say who may connect; nil where there are none. They change nothing of
	// whether the server is ready: what was read before is in force.
	Credentials *FileReport `json:"credentials,omitempty"`
	TLS         *FileReport `json:"tls,omitempty"`
	// Node is this server's part among several of one ledger; nil of a server that is the only one.
	Node *NodeReport `json:"node,omitempty"`
}

// NodeReport says what this server does among several of one ledger.
type NodeReport struct {
	Role         string  `json:"role"` // "writing" or "following"
	Term         uint64  `json:"term"` // of the newest take-over that it has read
	Position     uint64  `json:"position"`
	Writer       string  `json:"writer,omitempty"` // address of the server that was heard to write
	HeardAgo     float64 `json:"heard_seconds_ago"`
	LagPositions uint64  `json:"lag_positions"` // behind what the writer said last
	LagSeconds   float64 `json:"lag_seconds"`   // for how long it has been behind
	Durability   string  `json:"durability"`
	TakeOvers    uint64  `json:"take_overs"` // of this server, since it started
	Forwarded    uint64  `json:"forwarded"`  // requests that it passed on
	Reconnects   uint64  `json:"reconnects"` // to the NATS servers
	// Servers is how the NATS servers stood to the ledger when they were last asked.
	Servers ServersReport `json:"servers"`
	// CredentialsDiffer is for how long the credentials in force here have been others than those of the server that writes; 0 where
	// they are the same.
	CredentialsDiffer float64 `json:"credentials_differ_seconds"`
	// Heard says what was heard of another history of this ledger; empty where nothing was.
	Heard string `json:"heard_of_a_fork,omitempty"`
}

// ServersReport says how the NATS servers stand to the ledger.
type ServersReport struct {
	Answer   bool     `json:"answer"`             // the one that leads the stream answered
	Leader   string   `json:"leader,omitempty"`   // its name
	Replicas int      `json:"replicas"`           // on how many each commit is stored
	Current  int      `json:"current"`            // of them, how many have everything
	Offline  []string `json:"offline,omitempty"`  // those that the leader does not reach
	Unsynced string   `json:"unsynced,omitempty"` // why they are not known to sync every write; empty where they are
}

// FileReport says what is in force of files that are read again when they change.
type FileReport struct {
	SHA256 string `json:"sha256"`
	ReadAt string `json:"read_at"`
	// Reason says that the files hold something else now, which cannot be used, and RefusedSHA256 what; that is
	// empty where they cannot be read.
	Reason        string `json:"reason,omitempty"`
	RefusedSHA256 string `json:"refused_sha256,omitempty"`
}

// CommandsReport says whether facts are taken.
type CommandsReport struct {
	State     string `json:"state"`
	Accepting bool   `json:"accepting"`
	Reason    string `json:"reason,omitempty"` // why not
	// Waiting is how many requests are in the server at the moment, and Room how many it takes. A server
	// that is full answers RESOURCE_EXHAUSTED and is ready all the same.
	Waiting int `json:"waiting"`
	Room    int `json:"room"`
}

// ReadModelsReport says what answers know.
type ReadModelsReport struct {
	State          string `json:"state"`
	CaughtUp       bool   `json:"caught_up"`
	Position       uint64 `json:"position"`        // the last one that answers take into account
	LedgerPosition uint64 `json:"ledger_position"` // the last one there is; 0 while that is not known
	Reason         string `json:"reason,omitempty"`
}

// LedgerReport says whether the ledger is what was written.
type LedgerReport struct {
	State      string       `json:"state"`
	FirstWrong uint64       `json:"first_wrong,omitempty"` // the first position that cannot be trusted
	Reason     string       `json:"reason,omitempty"`
	Losses     []LossReport `json:"losses,omitempty"` // restores from a backup that did not hold everything
}

// LossReport is what a ledger is known to have lost.
type LossReport struct {
	Position   uint64 `json:"position"`   // the last one that was restored
	LastKnown  uint64 `json:"last_known"` // the last one that is known to have been committed before
	RestoredAt string `json:"restored_at"`
}

// The states that a server tells apart. Each has a section in docs/runbook.md that says what to do.
const (
	Alive = "alive" // of the process

	CommandsAccepting = "accepting"       // of commands
	CommandsFollowing = "following"       // none is taken: this server follows the ledger and answers
	CommandsStarting  = "starting"        // the ledger is being read
	CommandsClock     = "clock-unsteady"  // the wall clock was moved
	CommandsNoRoom    = "disk-full"       // so little of the disk is free that a commit could fail half way
	CommandsUnknown   = "outcome-unknown" // it is being found out what became of an append
	CommandsStopped   = "ledger-stopped"  // for good
	CommandsClosing   = "closing"         // the server was told to stop

	ReadModelsCaughtUp   = "caught-up" // of read models
	ReadModelsBehind     = "behind"
	ReadModelsUnreadable = "record-unreadable" // by this version

	LedgerOK      = "ok"      // of the ledger
	LedgerProving = "proving" // it is being read for the first time
	LedgerDamaged = "damaged"
	LedgerForked  = "forked"             // it is not the one that this server has read before, and nothing of it is served
	LedgerLoss    = "restored-with-loss" // of a ledger that is ok: there are losses
)

// States are all of them.
func States() []string {
	return []string{
		Alive, CommandsAccepting, CommandsFollowing, CommandsStarting, CommandsClock, CommandsNoRoom, CommandsUnknown, CommandsStopped, CommandsClosing,
		ReadModelsCaughtUp, ReadModelsBehind, ReadModelsUnreadable, LedgerOK, LedgerProving, LedgerDamaged, LedgerForked, LedgerLoss,
	}
}

// Set changes the state to one in which no command is taken, and says why.
func (r *CommandsReport) Set(state, reason string) {
	r.State, r.Reason, r.Accepting = state, reason, false
}

// Ready says whether the server does all that it is for. One that follows is there to answer.
func (r Report) Ready() bool {
	return (r.Commands.Accepting || r.Commands.State == CommandsFollowing) && r.ReadModels.CaughtUp && (r.Ledger.State == LedgerOK || r.Ledger.State == LedgerLoss)
}

// states are what everybody may know of a report.
func (r Report) states() any {
	type state struct {
		State string `json:"state"`
	}
	return struct {
		Commands   state `json:"commands"`
		ReadModels state `json:"read_models"`
		Ledger     state `json:"ledger"`
	}{state{r.Commands.State}, state{r.ReadModels.State}, state{r.Ledger.State}}
}

// Readiness knows how the server is. It MUST answer at once, and be safe for concurrent use.
type Readiness interface{ Readiness() Report }

// HealthHandler serves /healthz, which answers 200 while the process lives, and /readyz, which answers 200
// when the server does all that it is for and otherwise 503; its body is the Report either way. Those of whom all says that
// they may not see it are told the states alone, without positions, reasons and digests; nil: everybody may.
func HealthHandler(r Readiness, all func(*http.Request) bool) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, asked *http.Request) {
		report := r.Readiness()
		var told any = report
		if all != nil && !all(asked) {
			told = report.states()
		}
		body, err := json.MarshalIndent(told, "", "  ")
		if err != nil { // of a struct of strings and numbers
			http.Error(w, "the report cannot be written", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		if !report.Ready() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_, _ = w.Write(append(body, '\n'))
	})
	return mux
}

// healthEvery is how often those who watch the health over gRPC are told. Who asks gets the answer of the
// moment.
const healthEvery = time.Second

// healthServer is gRPC's health service, asking how things are when it is asked.
type healthServer struct {
	*health.Server
	readiness Readiness
}

func newHealthServer(r Readiness) *healthServer {
	h := &healthServer{Server: health.NewServer(), readiness: r}
	h.SetServingStatus("", healthv1.HealthCheckResponse_SERVING)
	h.refresh()
	return h
}

func (h *healthServer) refresh() {
	r := h.readiness.Readiness()
	h.SetServingStatus(milepostv1.CommandService_ServiceDesc.ServiceName, serving(r.Commands.Accepting))
	reads := serving(r.ReadModels.CaughtUp)
	h.SetServingStatus(milepostv1.QueryService_ServiceDesc.ServiceName, reads)
	h.SetServingStatus(milepostv1.WatchService_ServiceDesc.ServiceName, reads)
	h.SetServingStatus(milepostv1.AuditService_ServiceDesc.ServiceName, serving(r.Ledger.State != LedgerDamaged))
}

func serving(ok bool) healthv1.HealthCheckResponse_ServingStatus {
	if ok {
		return healthv1.HealthCheckResponse_SERVING
	}
	return healthv1.HealthCheckResponse_NOT_SERVING
}

// Check answers for a service, or for the process as a whole under "".
func (h *healthServer) Check(ctx context.Context, m *healthv1.HealthCheckRequest) (*healthv1.HealthCheckResponse, error) {
	h.refresh()
	return h.Server.Check(ctx, m)
}

// List answers for all services.
func (h *healthServer) List(ctx context.Context, m *healthv1.HealthListRequest) (*healthv1.HealthListResponse, error) {
	h.refresh()
	return h.Server.List(ctx, m)
}

// run tells those who watch, until stop is closed.
func (h *healthServer) run(stop <-chan struct{}) {
	tick := time.NewTicker(healthEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			h.refresh()
		case <-stop:
			return
		}
	}
}
