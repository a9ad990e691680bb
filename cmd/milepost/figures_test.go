package main

import (
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"
)

// figuresPlan has a milestone for each way to have a date, or none, and for each way to be late.
var figuresPlan = []struct{ ref, said string }{
	{"dated", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"2027-03"}}`},
	{"silent", ``},
	{"awaited", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"TBC"}}`},
	{"ongoing", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"ongoing"}}`},
	{"unread", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"June 2027 or July 2028"}}`},
	{"dated-then-unread", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"2027-03"}},
		{"as_at":"2026-02-02","delivery_date_stated":{"ref":"%","delivery_date":"when the builder is back"}}`},
	{"withdrawn", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"2027-03"}},
		{"as_at":"2026-02-02","delivery_date_stated":{"ref":"%","delivery_date":"2027-06"}},
		{"as_at":"2026-03-02","delivery_date_stated":{"ref":"%","delivery_date":"TBC"}}`},
	{"slipped-then-ongoing", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"2027-03"}},
		{"as_at":"2026-02-02","delivery_date_stated":{"ref":"%","delivery_date":"2027-06"}},
		{"as_at":"2026-03-02","delivery_date_stated":{"ref":"%","delivery_date":"ongoing"}}`},
	{"on-hold", `{"as_at":"2026-01-02","milestone_put_on_hold":{"ref":"%","reason":"no money"}}`},
	{"achieved", `{"as_at":"2026-01-02","milestone_achieved":{"ref":"%","actual_date":"2026-01-02"}}`},
	{"cancelled", `{"as_at":"2026-01-02","milestone_cancelled":{"ref":"%","reason":"no money"}}`},
	{"overdue", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"2026-02"}}`},
	{"late", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"2027-03"}},
		{"as_at":"2026-02-02","delivery_date_stated":{"ref":"%","delivery_date":"2027-06"}}`},
	{"late-and-overdue", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"2026-02"}},
		{"as_at":"2026-02-02","delivery_date_stated":{"ref":"%","delivery_date":"2026-03"}}`},
	{"forward", `{"as_at":"2026-01-02","delivery_date_stated":{"ref":"%","delivery_date":"2027-06"}},
		{"as_at":"2026-02-02","delivery_date_stated":{"ref":"%","delivery_date":"2027-03"}}`},
}

// A figure of a plan is the same wherever it is told, and is how many milestones are listed for it.
func TestAFigureIsTheSameEverywhere(t *testing.T) {
	n := startNodeAt(t)
	var commands []string
	for _, m := range figuresPlan {
		commands = append(commands, `{"as_at":"2026-01-01","milestone_added":{"ref":"`+m.ref+`"}}`)
		if m.said != "" {
			commands = append(commands, strings.Join(strings.Fields(strings.ReplaceAll(m.said, "%", m.ref)), " "))
		}
	}
	runMain(t, n.GRPCAddr(), statusOK, []byte(`{"request_id":"1","plan":"hubs","commands":[{"as_at":"2026-01-01","plan_registered":{}},`+strings.Join(commands, ",")+`]}`), "submit", "-")
	want := map[string]int{"overdue": 2, "later": 4, "without a date": 7, "earlier": 1}

	page := func(path string) string { return getPage(t, "http://"+n.HTTPAddr()+path) }
	for _, path := range []string{"/?as_at=2026-06-30", "/plans/hubs?as_at=2026-06-30"} {
		told := map[string]int{}
		for _, match := range figureShown.FindAllStringSubmatch(page(path), -1) {
			name, _, _ := strings.Cut(match[2], " than first ") // promised or forecast
			if _, ok := want[name]; ok {
				told[name], _ = strconv.Atoi(match[1])
			}
		}
		if diff := cmp.Diff(want, told); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	listed := map[string]int{}
	for name, show := range map[string]string{"overdue": "overdue", "later": "slipped", "without a date": "undated", "earlier": "recovered"} {
		listed[name] = strings.Count(page("/plans/hubs?as_at=2026-06-30&show="+show), `<tr role="row" id="m`)
	}
	if diff := cmp.Diff(want, listed); diff != "" {
		t.Errorf("the lists behind the figures: %s", diff)
	}

	var plans []struct{ Overdue, Slipped, Undated, Recovered int }
	readJSON(t, runMain(t, n.GRPCAddr(), statusOK, nil, "plans", "-o", "json", "--as-at", "2026-06-30"), &plans)
	if diff := cmp.Diff(want, map[string]int{"overdue": plans[0].Overdue, "later": plans[0].Slipped, "without a date": plans[0].Undated, "earlier": plans[0].Recovered}); diff != "" {
		t.Errorf("milepost plans: %s", diff)
	}

	var rows []struct {
		Slip             *int `json:"slip_days"`
		Overdue, Undated bool
	}
	readJSON(t, runMain(t, n.GRPCAddr(), statusOK, nil, "status", "--plan", "hubs", "-o", "json", "--as-at", "2026-06-30"), &rows)
	counted := map[string]int{}
	for _, r := range rows {
		for name, is := range map[string]bool{
			"overdue": r.Overdue, "later": r.Slip != nil && *r.Slip > 0, "earlier": r.Slip != nil && *r.Slip < 0,
			"without a date": r.Undated,
		} {
			if is {
				counted[name]++
			}
		}
	}
	if diff := cmp.Diff(want, counted); diff != "" {
		t.Errorf("milepost status: %s", diff)
	}

	file := filepath.Join(t.TempDir(), "hubs.db")
	runMain(t, n.GRPCAddr(), statusOK, nil, "export", "--plan", "hubs", "--sqlite", file, "--as-at", "2026-06-30")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for where, query := range map[string]string{
		"plan":       `SELECT overdue, slipped, undated, recovered FROM plan`,
		"milestones": `SELECT sum(overdue), sum(slip_days > 0), sum(undated), sum(slip_days < 0) FROM milestones`,
	} {
		var overdue, slipped, undated, recovered int
		if err := db.QueryRow(query).Scan(&overdue, &slipped, &undated, &recovered); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, map[string]int{"overdue": overdue, "later": slipped, "without a date": undated, "earlier": recovered}); diff != "" {
			t.Errorf("the table %s of an export: %s", where, diff)
		}
	}
}

// A slip, a recovery or a withdrawal without a reason is told as such wherever it is told, and nothing else is.
func TestNoReasonIsToldEverywhere(t *testing.T) {
	n := startNodeAt(t)
	runMain(t, n.GRPCAddr(), statusOK, []byte(`{"request_id":"1","plan":"hubs","commands":[{"as_at":"2026-01-01","plan_registered":{}},`+
		`{"as_at":"2026-01-01","milestone_added":{"ref":"A"}},`+
		`{"as_at":"2026-01-02","delivery_date_stated":{"ref":"A","delivery_date":"2027-03"}},`+
		`{"as_at":"2026-01-03","delivery_date_stated":{"ref":"A","delivery_date":"2027-06"}},`+
		`{"as_at":"2026-01-04","delivery_date_stated":{"ref":"A","delivery_date":"2027-09","reason":"no steel"}},`+
		`{"as_at":"2026-01-05","delivery_date_stated":{"ref":"A","delivery_date":"2027-08"}},`+
		`{"as_at":"2026-01-06","delivery_date_stated":{"ref":"A","delivery_date":"TBC"}},`+
		`{"as_at":"2026-01-07","delivery_date_stated":{"ref":"A","delivery_date":"soon"}}]}`), "submit", "-")
	for where, text := range map[string]string{
		"milepost slippage --all":  string(runMain(t, n.GRPCAddr(), statusOK, nil, "slippage", "--plan", "hubs", "--all")),
		"the page of a milestone":  getPage(t, "http://"+n.HTTPAddr()+"/plans/hubs/milestones/A"),
		"the page of what changed": getPage(t, "http://"+n.HTTPAddr()+"/plans/hubs/changes"),
	} {
		if got := strings.Count(strings.ToLower(text), "no reason given"); got != 3 {
			t.Errorf("%s: %d changes without a reason, want 3", where, got)
		}
	}
}

// figureShown is a figure as the pages show it.
var figureShown = regexp.MustCompile(`<strong class="num">(\d+)</strong> <span>(?:<svg.*?</svg>)?([^<]+)</span>`)

func getPage(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v", address, answer.Status, err)
	}
	return string(text)
}

func readJSON(t *testing.T, text []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
