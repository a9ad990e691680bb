package grpcserver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"google.golang.org/grpc/codes"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"milepost.dev/internal/grpcserver"
)

func TestHealthSaysWhatWorks(t *testing.T) {
	const up, down = healthv1.HealthCheckResponse_SERVING, healthv1.HealthCheckResponse_NOT_SERVING
	for _, tt := range []struct {
		name                     string
		report                   grpcserver.Report
		commands, queries, audit healthv1.HealthCheckResponse_ServingStatus
		ready                    int
	}{
		{"all well", grpcserver.Report{
			Commands: grpcserver.CommandsReport{Accepting: true}, ReadModels: grpcserver.ReadModelsReport{CaughtUp: true, Position: 7, LedgerPosition: 7},
			Ledger: grpcserver.LedgerReport{State: grpcserver.LedgerOK},
		}, up, up, up, http.StatusOK},
		{"restored with a loss", grpcserver.Report{
			Commands: grpcserver.CommandsReport{Accepting: true}, ReadModels: grpcserver.ReadModelsReport{CaughtUp: true, Position: 7, LedgerPosition: 7},
			Ledger: grpcserver.LedgerReport{State: grpcserver.LedgerLoss, Losses: []grpcserver.LossReport{{Position: 5, LastKnown: 9, RestoredAt: "2026-11-24T09:00:00Z"}}},
		}, up, up, up, http.StatusOK},
		{"starting", grpcserver.Report{
			Commands: grpcserver.CommandsReport{Reason: "the ledger is being read"}, ReadModels: grpcserver.ReadModelsReport{Position: 3, LedgerPosition: 7},
			Ledger: grpcserver.LedgerReport{State: grpcserver.LedgerOK},
		}, down, down, up, http.StatusServiceUnavailable},
		{"clock unsteady", grpcserver.Report{
			Commands: grpcserver.CommandsReport{Reason: "the clock was moved"}, ReadModels: grpcserver.ReadModelsReport{CaughtUp: true},
			Ledger: grpcserver.LedgerReport{State: grpcserver.LedgerOK},
		}, down, up, up, http.StatusServiceUnavailable},
		{"damaged", grpcserver.Report{
			Ledger: grpcserver.LedgerReport{State: grpcserver.LedgerDamaged, FirstWrong: 4, Reason: "a hole"},
		}, down, down, down, http.StatusServiceUnavailable},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.report = tt.report
			w.start()
			client := healthv1.NewHealthClient(w.dial())
			for service, want := range map[string]healthv1.HealthCheckResponse_ServingStatus{
				"": up, "milepost.v1.CommandService": tt.commands, "milepost.v1.QueryService": tt.queries,
				"milepost.v1.WatchService": tt.queries, "milepost.v1.AuditService": tt.audit,
			} {
				answer, err := client.Check(t.Context(), &healthv1.HealthCheckRequest{Service: service})
				if err != nil || answer.Status != want {
					t.Errorf("%q: %v, %v, want %s", service, answer, err, want)
				}
			}
			if _, err := client.Check(t.Context(), &healthv1.HealthCheckRequest{Service: "none"}); status.Code(err) != codes.NotFound {
				t.Errorf("a service that is not there: %v", err)
			}

			h := grpcserver.HealthHandler(w, nil)
			alive := httptest.NewRecorder()
			h.ServeHTTP(alive, httptest.NewRequest(http.MethodGet, "/healthz", nil))
			if alive.Code != http.StatusOK || alive.Body.String() != "ok\n" {
				t.Errorf("/healthz: %d %s", alive.Code, alive.Body)
			}
			ready := httptest.NewRecorder()
			h.ServeHTTP(ready, httptest.NewRequest(http.MethodGet, "/readyz", nil))
			var report grpcserver.Report
			if err := json.Unmarshal(ready.Body.Bytes(), &report); err != nil || !reflect.DeepEqual(report, tt.report) || ready.Code != tt.ready {
				t.Errorf("/readyz: %d %s, want %d %+v", ready.Code, ready.Body, tt.ready, tt.report)
			}
		})
	}
}

func TestReadyzInWords(t *testing.T) {
	w := newWorld(t)
	w.report.Commands.State, w.report.Commands.Room, w.report.ReadModels.State = grpcserver.CommandsAccepting, 4096, grpcserver.ReadModelsCaughtUp
	w.report.ReadModels.Position, w.report.ReadModels.LedgerPosition = 7, 9
	w.report.Ledger = grpcserver.LedgerReport{State: grpcserver.LedgerDamaged, FirstWrong: 8, Reason: "a hole"}
	r := httptest.NewRecorder()
	grpcserver.HealthHandler(w, nil).ServeHTTP(r, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	const want = `{
  "commands": {
    "state": "accepting",
    "accepting": true,
    "waiting": 0,
    "room": 4096
  },
  "read_models": {
    "state": "caught-up",
    "caught_up": true,
    "position": 7,
    "ledger_position": 9
  },
  "ledger": {
    "state": "damaged",
    "first_wrong": 8,
    "reason": "a hole"
  }
}
`
	if r.Body.String() != want {
		t.Errorf("/readyz is\n%s\nwant\n%s", r.Body, want)
	}
}
