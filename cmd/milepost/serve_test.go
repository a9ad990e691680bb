package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"milepost.dev/internal/access"
	"milepost.dev/internal/clock"
)

// A server that is told to stop says on standard error what became of the calls under way.
func TestServeSaysWhatBecameOfTheCalls(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	var errs bytes.Buffer
	stderr := writer(func(p []byte) (int, error) {
		if bytes.Contains(p, []byte(`"msg":"serving"`)) {
			stop()
		}
		return errs.Write(p)
	})
	status := Main(ctx, []string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"}, nil, &bytes.Buffer{}, stderr, stateIn(t.TempDir()))
	lines := strings.Split(strings.TrimSpace(errs.String()), "\n")
	last := lines[len(lines)-1]
	for _, want := range []string{`"msg":"stopped"`, `"calls_under_way":0`, `"answered":0`, `"cut_off":0`} {
		if status != statusOK || !strings.Contains(last, want) {
			t.Errorf("status %d, and the last line is %s; want %s in it", status, last, want)
		}
	}
}

// SIGHUP reads the credentials again, where there are some, and never ends the server.
func TestSIGHUPReadsAgainAndEndsNothing(t *testing.T) {
	entry := filepath.Join(t.TempDir(), "credentials.json")
	_, digest, err := access.NewToken(clock.Seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(entry, []byte(`{"tokens": [{"sha256": "`+digest+`", "actor": "Ada", "roles": {"*": ["viewer"]}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, more := range [][]string{nil, {"--credentials", entry}} {
		ctx, stop := context.WithCancel(t.Context())
		var errs bytes.Buffer
		stderr := writer(func(p []byte) (int, error) {
			last := []byte(`"msg":"reading the credentials`)
			if more != nil {
				last = []byte(`"msg":"the credentials were read again`)
			}
			switch {
			case bytes.Contains(p, []byte(`"msg":"serving"`)):
				if err := syscall.Kill(os.Getpid(), syscall.SIGHUP); err != nil {
					t.Error(err)
					stop()
				}
			case bytes.Contains(p, last):
				stop()
			}
			return errs.Write(p)
		})
		args := append([]string{"serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"}, more...)
		if status := Main(ctx, args, nil, &bytes.Buffer{}, stderr, stateIn(t.TempDir())); status != statusOK || !strings.Contains(errs.String(), `"msg":"stopped"`) {
			t.Errorf("status %d: %s", status, &errs)
		}
	}
}

// stateIn is the environment of a user with a home directory.
func stateIn(home string) func(string) string {
	return func(name string) string { return map[string]string{"HOME": home}[name] }
}
