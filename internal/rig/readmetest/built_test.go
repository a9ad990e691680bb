package readmetest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// programs are what commands of pages built, each once: linking takes longer than most of what is done with them.
var programs struct {
	dir string // until all tests have ended
	mu  sync.Mutex
	by  map[string]string // where it is, by the command; guarded by mu
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "readmetest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	programs.dir, programs.by = dir, map[string]string{}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// built is what a command that builds a binary made, in a clone.
func built(t *testing.T, line string) (binary string) {
	t.Helper()
	programs.mu.Lock()
	defer programs.mu.Unlock()
	if binary := programs.by[line]; binary != "" {
		return binary
	}
	clone := cloned(t)
	run(t, clone, append(os.Environ(), withoutSymbols()), line)
	binary = filepath.Join(programs.dir, fmt.Sprint(len(programs.by)))
	if err := os.Rename(filepath.Join(clone, builds.FindStringSubmatch(line)[1]), binary); err != nil {
		t.Fatal(err)
	}
	programs.by[line] = binary
	return binary
}

// withoutSymbols is for the environment: nobody debugs what is built here.
func withoutSymbols() string {
	return "GOFLAGS=" + strings.TrimSpace(os.Getenv("GOFLAGS")+" -ldflags=-w")
}
