package accesslog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	"milepost.dev/internal/observe/accesslog"
	"milepost.dev/internal/observe/logs"
)

func at() time.Time { return time.Unix(0, 0) }

// The newest lines are kept, whole, in so many files of such a size.
func TestTheOldestLinesGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "access.log")
	l, err := accesslog.Open(path, accesslog.Options{Size: 1000, Files: 3, Now: at, Failed: func(err error) { t.Error(err) }})
	if err != nil {
		t.Fatal(err)
	}
	const calls = 100
	for i := range calls {
		l.Ended(logs.Call{Method: "/milepost.v1.QueryService/ListStatus", Plan: fmt.Sprint("plan-", i), Actor: "Ann"})
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	next := calls
	for _, name := range []string{path, path + ".1", path + ".2"} {
		text, err := os.ReadFile(name)
		if err != nil || len(text) > 1000 {
			t.Fatalf("%s: %d bytes, %v", name, len(text), err)
		}
		lines := bytes.Split(bytes.TrimSpace(text), []byte("\n"))
		for i := len(lines) - 1; i >= 0; i-- {
			next--
			var line struct{ Plan, Actor, Code, Time string }
			if err := json.Unmarshal(lines[i], &line); err != nil || line.Plan != fmt.Sprint("plan-", next) || line.Actor != "Ann" || line.Code != "OK" || line.Time != "1970-01-01T00:00:00Z" {
				t.Fatalf("%s: %s, %v", name, lines[i], err)
			}
		}
	}
	if left, err := filepath.Glob(path + "*"); err != nil || len(left) != 3 {
		t.Errorf("there are %v, %v", left, err)
	}
}

// A log that cannot be written says so once, and goes on when it can.
func TestAFailureIsToldOnce(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "logs")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path, failures := filepath.Join(dir, "access.log"), 0
	l, err := accesslog.Open(path, accesslog.Options{Size: 1, Files: 2, Now: at, Failed: func(error) { failures++ }})
	if err != nil {
		t.Fatal(err)
	}
	call := logs.Call{Method: "/m", Code: codes.PermissionDenied, Rule: "role-missing"}
	l.Ended(call)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		l.Ended(call)
	}
	if failures != 1 {
		t.Errorf("told %d times", failures)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	l.Ended(call)
	if text, err := os.ReadFile(path); err != nil || !bytes.Contains(text, []byte(`"rule":"role-missing"`)) {
		t.Errorf("%s, %v", text, err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
