package logs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"milepost.dev/internal/observe/logs"
)

func logged(t *testing.T, level slog.Level, c logs.Call) map[string]any {
	t.Helper()
	var b bytes.Buffer
	c.Log(t.Context(), logs.New(&b, logs.Options{Level: level}))
	if b.Len() == 0 {
		return nil
	}
	var line map[string]any
	if err := json.Unmarshal(b.Bytes(), &line); err != nil {
		t.Fatalf("%v in %s", err, &b)
	}
	return line
}

func TestCallsAreAsLoudAsTheyMatter(t *testing.T) {
	for code, want := range map[codes.Code]string{
		codes.OK: "", codes.Canceled: "", codes.InvalidArgument: "INFO", codes.PermissionDenied: "INFO",
		codes.Unavailable: "WARN", codes.ResourceExhausted: "WARN", codes.Internal: "ERROR", codes.DataLoss: "ERROR",
	} {
		line := logged(t, slog.LevelInfo, logs.Call{Method: "/m", Code: code, Duration: time.Second})
		if want == "" && line != nil || want != "" && line["level"] != want {
			t.Errorf("%s: %v, want %q", code, line, want)
		}
	}
}

func TestNamesAreForDebuggingOnly(t *testing.T) {
	call := logs.Call{Method: "/m", Code: codes.NotFound, Actor: "Ada Lovelace", Party: "3f2a91c0", Rule: "plan-unknown", Request: "r1", Address: "192.0.2.1:4711", Path: "/v1/plans/p/status", Duration: 1500 * time.Microsecond}
	line := logged(t, slog.LevelInfo, call)
	if line["actor"] != nil || line["party"] != "3f2a91c0" || line["rule"] != "plan-unknown" || line["request_id"] != "r1" {
		t.Errorf("logged %v", line)
	}
	if line["address"] != "192.0.2.1:4711" || line["path"] != "/v1/plans/p/status" || line["duration_ms"] != 1.5 {
		t.Errorf("logged %v", line)
	}
	if line := logged(t, slog.LevelDebug, call); line["actor"] != "Ada Lovelace" {
		t.Errorf("at debug level %v", line)
	}
}

func TestTheErrorBehindAnIncidentIsInTheLog(t *testing.T) {
	line := logged(t, slog.LevelInfo, logs.Call{Code: codes.Internal, Incident: "ab12", Err: errors.New("disk on fire")})
	if line["incident"] != "ab12" || line["error"] != "disk on fire" {
		t.Errorf("logged %v", line)
	}
}

func TestSecretsAreWithheld(t *testing.T) {
	for _, text := range []bool{true, false} {
		var b bytes.Buffer
		l := logs.New(&b, logs.Options{Text: text})
		l.With("token", "s3cret").Info("x", "Authorization", "Bearer s3cret", slog.Group("g", "key", "s3cret"))
		if strings.Contains(b.String(), "s3cret") || !strings.Contains(b.String(), "withheld") {
			t.Errorf("logged %s", &b)
		}
	}
}
