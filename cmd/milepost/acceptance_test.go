package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"milepost.dev/internal/load/returns"
	"milepost.dev/internal/node"
	"milepost.dev/internal/rig/sharedtest"
)

// schedule is what NAME.expected.json says of NAME.csv.
type schedule struct {
	Totals struct {
		Rows        int `json:"rows"`
		Later       int `json:"later"`
		Earlier     int `json:"earlier"`
		LaterDays   int `json:"later_days"`
		EarlierDays int `json:"earlier_days"`
	} `json:"totals"`
	Refs map[string]struct {
		SlipDays *int        `json:"slip_days"`
		Moves    []datedMove `json:"moves"`
	} `json:"refs"`
}

// datedMove is one move, as it is expected and as slippage -o json prints it.
type datedMove struct {
	Ref  string `json:"ref"`
	AsAt string `json:"as_at"`
	From string `json:"from"`
	To   string `json:"to"`
	Days int    `json:"days"`
}

// The slippage of two real schedules is what was worked out from the files by themselves: move by move,
// after the same file again, and from a file whose rows are in any order.
func TestPublicSchedules(t *testing.T) {
	for _, name := range []string{"nodejs-releases", "python-releases"} {
		t.Run(name, func(t *testing.T) {
			file, expected := readSchedule(t, name)
			server := startNode(t)
			inWords := rowsInWords(t, file)

			first := pushJSON(t, server, "plan", file, len(inWords) > 0)
			if first.Rows != expected.Totals.Rows || first.RefusedRows() != len(inWords) {
				t.Errorf("%d rows, %d refused; want %d and %d", first.Rows, first.RefusedRows(), expected.Totals.Rows, len(inWords))
			}
			want := expected.moves()
			got := slippageOf(t, server, "plan")
			if diff := cmp.Diff(want, byRef(got)); diff != "" {
				t.Error(diff)
			}
			if !slices.IsSortedFunc(got, func(a, b datedMove) int { return strings.Compare(a.AsAt, b.AsAt) }) {
				t.Error("the moves are not in order of as-at day")
			}
			later, earlier, laterDays, earlierDays := 0, 0, 0, 0
			for _, m := range got {
				if m.Days > 0 {
					later, laterDays = later+1, laterDays+m.Days
				} else {
					earlier, earlierDays = earlier+1, earlierDays+m.Days
				}
			}
			totals := []int{later, earlier, laterDays, earlierDays}
			wanted := []int{expected.Totals.Later, expected.Totals.Earlier, expected.Totals.LaterDays, expected.Totals.EarlierDays}
			if diff := cmp.Diff(wanted, totals); diff != "" {
				t.Errorf("later, earlier, days later, days earlier: %s", diff)
			}

			expected.sameSlips(t, slips(t, server, "plan"))

			again := pushJSON(t, server, "plan", file, len(inWords) > 0)
			if len(again.Events) > 0 || again.Unchanged != again.Rows-len(inWords) {
				t.Errorf("the same file again: %v, %d of %d rows unchanged", again.Events, again.Unchanged, again.Rows)
			}

			pushJSON(t, server, "shuffled", shuffled(t, file), len(inWords) > 0)
			if diff := cmp.Diff(want, byRef(slippageOf(t, server, "shuffled"))); diff != "" {
				t.Errorf("shuffled: %s", diff)
			}
			expected.sameSlips(t, slips(t, server, "shuffled"))
		})
	}
}

func readSchedule(t *testing.T, name string) ([]byte, *schedule) {
	t.Helper()
	file := sharedtest.Read(t, "data/"+name+".csv")
	var expected schedule
	if err := json.Unmarshal(sharedtest.Read(t, "data/"+name+".expected.json"), &expected); err != nil {
		t.Fatal(err)
	}
	return file, &expected
}

// moves are those of each ref, with months and years as their last days.
func (s *schedule) moves() map[string][]datedMove {
	moves := map[string][]datedMove{}
	for ref, r := range s.Refs {
		for _, m := range r.Moves {
			m.Ref, m.From, m.To = ref, lastDay(m.From), lastDay(m.To)
			moves[ref] = append(moves[ref], m)
		}
	}
	return moves
}

// sameSlips compares the slip of the milestones that are open.
func (s *schedule) sameSlips(t *testing.T, slips map[string]int) {
	t.Helper()
	if len(slips) == 0 {
		t.Error("no milestone is open")
	}
	for ref, days := range slips {
		if want := s.Refs[ref].SlipDays; want == nil || *want != days {
			t.Errorf("%s: slip %d, want %v", ref, days, want)
		}
	}
}

// lastDay is written without the domain's reader, which is what is on trial.
func lastDay(date string) string {
	for layout, next := range map[string][2]int{"2006": {1, 0}, "2006-01": {0, 1}} {
		if first, err := time.Parse(layout, date); err == nil {
			return first.AddDate(next[0], next[1], -1).Format(time.DateOnly)
		}
	}
	return date
}

func byRef(moves []datedMove) map[string][]datedMove {
	refs := map[string][]datedMove{}
	for _, m := range moves {
		refs[m.Ref] = append(refs[m.Ref], m)
	}
	return refs
}

// rowsInWords are the delivery dates that --dates iso refuses.
func rowsInWords(t *testing.T, file []byte) (words []string) {
	t.Helper()
	rows := readCSV(t, file)
	column := slices.Index(rows[0], "delivery_date")
	for _, row := range rows[1:] {
		text := row[column]
		if _, err := time.Parse(time.DateOnly, lastDay(text)); err != nil && text != "" && text != "TBC" && text != "TBD" {
			words = append(words, text)
		}
	}
	return words
}

func readCSV(t *testing.T, file []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func shuffled(t *testing.T, file []byte) []byte {
	t.Helper()
	rows := readCSV(t, file)
	chance := rand.New(rand.NewPCG(2026, 11))
	chance.Shuffle(len(rows)-1, func(i, j int) { rows[i+1], rows[j+1] = rows[j+1], rows[i+1] })
	var out bytes.Buffer
	if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// startNode starts a server with an empty ledger and returns its address.
func startNode(t *testing.T) string {
	t.Helper()
	return startNodeAt(t).GRPCAddr()
}

// startNodeAt starts a server with an empty ledger.
func startNodeAt(t *testing.T) *node.Node {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", t.TempDir())
	n, err := node.Start(t.Context(), nodeConfig(t.TempDir(), os.Getenv("XDG_STATE_HOME")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return n
}

// runMain runs the program against a server and returns what it prints. It must end with a status.
func runMain(t *testing.T, server string, status int, stdin []byte, args ...string) []byte {
	t.Helper()
	var stdout, stderr bytes.Buffer
	env := func(name string) string {
		return map[string]string{"MILEPOST_SERVER": server, "XDG_STATE_HOME": os.Getenv("XDG_STATE_HOME")}[name]
	}
	if got := Main(t.Context(), args, bytes.NewReader(stdin), &stdout, &stderr, env); got != status {
		t.Fatalf("milepost %q: status %d, want %d\n%s", args, got, status, &stderr)
	}
	return stdout.Bytes()
}

func pushJSON(t *testing.T, server, plan string, file []byte, refuses bool) *returns.Result {
	t.Helper()
	status := statusOK
	if refuses {
		status = statusRefused
	}
	var result returns.Result
	text := runMain(t, server, status, file, "push", "--new", "--plan", plan, "--dates", "iso", "-o", "json", "-")
	if err := json.Unmarshal(text, &result); err != nil {
		t.Fatal(err)
	}
	return &result
}

func slippageOf(t *testing.T, server, plan string) (moves []datedMove) {
	t.Helper()
	var all []struct {
		Event string
		datedMove
	}
	readJSON(t, runMain(t, server, statusOK, nil, "slippage", "--plan", plan, "-o", "json"), &all)
	for _, m := range all {
		if m.Event == "MilestoneSlipped" || m.Event == "MilestoneRecovered" {
			moves = append(moves, m.datedMove)
		}
	}
	return moves
}

// slips are the slip of each milestone for which no actual was told before its last date.
func slips(t *testing.T, server, plan string) map[string]int {
	t.Helper()
	var all []struct {
		Ref    string
		Actual *string
		Days   *int `json:"slip_days"`
	}
	readJSON(t, runMain(t, server, statusOK, nil, "status", "--plan", plan, "-o", "json"), &all)
	days := map[string]int{}
	for _, m := range all {
		if m.Days != nil && m.Actual == nil {
			days[m.Ref] = *m.Days
		}
	}
	return days
}
