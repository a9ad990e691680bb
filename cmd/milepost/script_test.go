package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"milepost.dev/internal/node"
)

var update = flag.Bool("update", false, "write what commands print into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"milepost": main})
}

// Each script has a server of its own, with an empty ledger.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			n, err := node.Start(context.Background(), nodeConfig(filepath.Join(e.WorkDir, "ledger")))
			if err != nil {
				return err
			}
			e.Defer(func() {
				if err := n.Close(context.Background()); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			e.Setenv("MILEPOST_SERVER", n.GRPCAddr())
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits, "damage": damage},
	})
}

// nodeConfig is a server on a free port of this machine, to which everybody is ann.
func nodeConfig(data string) node.Config {
	return node.Config{Data: data, Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", User: "ann", Log: slog.New(slog.DiscardHandler)}
}

// damage changes a byte in the first file of commits of a backup.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage DIR")
	}
	names, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), "commits-*"))
	if err != nil || len(names) == 0 {
		ts.Fatalf("no commits in %s: %v", args[0], err)
	}
	data, err := os.ReadFile(names[0])
	ts.Check(err)
	data[len(data)/2] ^= 1
	ts.Check(os.WriteFile(names[0], data, 0o600))
}

// exits runs a command that must end with a status: exits 3 milepost push ...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		status = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}
