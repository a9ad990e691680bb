package main

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/node"
)

var update = flag.Bool("update", false, "write what commands print into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(waiting{m}, map[string]func(){"milepost": main})
}

// waiting are tests that mostly wait, for disks and for each other: more of them run beside each other than there are processors.
type waiting struct{ *testing.M }

func (w waiting) Run() int {
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = flag.Set("test.parallel", strconv.Itoa(2*runtime.NumCPU())) // it is a number
	}
	return w.M.Run()
}

// Each script has a server of its own, with an empty ledger.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           filepath.Join("testdata", "script"),
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			n, err := node.Start(context.Background(), nodeConfig(filepath.Join(e.WorkDir, "ledger"), e.WorkDir))
			if err != nil {
				return err
			}
			e.Defer(func() {
				if err := n.Close(context.Background()); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			e.Setenv("MILEPOST_SERVER", n.GRPCAddr())
			e.Setenv("XDG_STATE_HOME", e.WorkDir)
			e.Setenv("MILEPOST_HTTP", n.HTTPAddr())
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits, "damage": damage, "workbook": workbook, "http": speak},
	})
}

// nodeConfig is a server on a free port of this machine, to which who finds its token is ann.
func nodeConfig(data, stateHome string) node.Config {
	state, err := localtoken.Dir(func(string) string { return stateHome })
	if err != nil {
		panic(err) // unreachable: it is asked for nothing but XDG_STATE_HOME
	}
	return node.Config{Local: node.Local{State: state}, Data: data, Listen: "127.0.0.1:0", HTTP: "127.0.0.1:0", User: "ann", Log: slog.New(slog.DiscardHandler)}
}

// workbook makes a workbook of CSV files, each a sheet: workbook tracker.xlsx 'Week 1=1.csv' 'Week 2=2.csv'.
func workbook(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: workbook FILE SHEET=CSV...")
	}
	f := excelize.NewFile()
	defer f.Close()
	for _, sheet := range args[1:] {
		name, file, _ := strings.Cut(sheet, "=")
		rows, err := csv.NewReader(strings.NewReader(ts.ReadFile(file))).ReadAll()
		ts.Check(err)
		_, err = f.NewSheet(name)
		ts.Check(err)
		for i, row := range rows {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			ts.Check(err)
			ts.Check(f.SetSheetRow(name, cell, &row))
		}
	}
	ts.Check(f.DeleteSheet("Sheet1"))
	ts.Check(f.SaveAs(ts.MkAbs(args[0])))
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

// speak asks over HTTP, as any program can, and prints the status and the answer: http GET PATH, http POST PATH BODY.
func speak(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || len(args) > 3 {
		ts.Fatalf("usage: http METHOD PATH [FILE]")
	}
	var body io.Reader
	if len(args) == 3 {
		body = strings.NewReader(ts.ReadFile(args[2]))
	}
	request, err := http.NewRequest(args[0], "http://"+ts.Getenv("MILEPOST_HTTP")+args[1], body)
	ts.Check(err)
	request.Header.Set("Content-Type", "application/json")
	token, _, err := localtoken.Find(filepath.Join(ts.Getenv("XDG_STATE_HOME"), "milepost", "local"), ts.Getenv("MILEPOST_SERVER"))
	ts.Check(err)
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	ts.Check(err)
	defer answer.Body.Close()
	fmt.Fprintln(ts.Stdout(), answer.StatusCode)
	_, err = io.Copy(ts.Stdout(), answer.Body)
	ts.Check(err)
}
