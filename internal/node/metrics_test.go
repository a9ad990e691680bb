package node

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/client"
)

// busied is a node that has done something of everything that is measured.
func busied(t *testing.T) *Node {
	t.Helper()
	n := served(t, Config{Version: "v0.0.0", Commit: "0123abcd"})
	for range 2 { // which is one commit
		if status, text := ask(t, n, "POST", "/v1/plans/hubs:submit", begin); status != http.StatusOK {
			t.Fatalf("%d %s", status, text)
		}
	}
	refused(t, n, 404, "plan-unknown", "GET", "/v1/plans/none/status", "")
	conn, err := grpc.NewClient(n.GRPCAddr(), grpc.WithTransportCredentials(insecure.NewCredentials()), client.WithToken(n.LocalToken()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	watch, err := milepostv1.NewWatchServiceClient(conn).Watch(ctx, &milepostv1.WatchRequest{Plan: "hubs"})
	if err != nil {
		t.Fatal(err)
	}
	for {
		m, err := watch.Recv()
		if err != nil {
			t.Fatal(err)
		}
		if m.GetCaughtUp() != nil {
			break
		}
	}
	if _, err := backup.Take(t.Context(), t.TempDir(), backup.NewServer(conn), backup.Options{}); err != nil {
		t.Fatal(err)
	}
	return n
}

// scraped is what a node says of itself, as rows of docs/metrics.md.
func scraped(t *testing.T, n *Node) (rows []string, values map[string]string) {
	t.Helper()
	status, text := ask(t, n, "GET", "/metrics", "")
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	help, kind, labels := map[string]string{}, map[string]string{}, map[string][]string{}
	values = map[string]string{}
	sample := regexp.MustCompile(`^([a-z_]+)(?:\{(.*)\})? (\S+)$`)
	label := regexp.MustCompile(`(\w+)="`)
	var names []string // in order
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "# HELP "); ok {
			name, words, _ := strings.Cut(name, " ")
			names, help[name] = append(names, name), words
			continue
		}
		if name, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, words, _ := strings.Cut(name, " ")
			kind[name] = words
			continue
		}
		match := sample.FindStringSubmatch(line)
		if match == nil {
			t.Fatalf("a line reads %q", line)
		}
		values[strings.TrimSuffix(match[1]+"{"+match[2]+"}", "{}")] = match[3]
		last := names[len(names)-1]
		for _, l := range label.FindAllStringSubmatch(match[2], -1) {
			if l[1] != "le" && !slices.Contains(labels[last], l[1]) {
				labels[last] = append(labels[last], l[1])
			}
		}
	}
	for _, name := range names {
		if strings.HasPrefix(name, "milepost_") {
			rows = append(rows, fmt.Sprintf("| `%s` | %s | %s | %s |", name, kind[name], strings.Join(labels[name], ", "), help[name]))
		}
	}
	return rows, values
}

func TestMetricsAreThoseOfThePage(t *testing.T) {
	rows, values := scraped(t, busied(t))
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := regexp.MustCompile("(?m)^\\| `milepost_.*$").FindAllString(string(page), -1)
	listed = slices.DeleteFunc(listed, func(row string) bool { return strings.HasPrefix(row, "| `milepost_cluster_") }) // which a node among several says
	if !slices.Equal(rows, listed) {
		t.Errorf("docs/metrics.md is to list\n%s", strings.Join(rows, "\n"))
	}
	for name, want := range map[string]string{
		"milepost_ready": "1", "milepost_ledger_position": "3", "milepost_read_lag_positions": "0", "milepost_watchers": "1",
		"milepost_watcher_lag_positions": "0", "milepost_backup_position": "3", "milepost_ledger_losses": "0",
		"milepost_commit_records_sum": "3", "milepost_commit_requests_count": "1", "milepost_commit_seconds_count": "1",
		`milepost_refusals_total{rule="plan-unknown"}`:                               "1",
		`milepost_calls_total{code="OK",method="milepost.v1.CommandService/Submit"}`: "2",
		`milepost_call_seconds_count{method="milepost.v1.CommandService/Submit"}`:    "2",
		`milepost_state{part="commands",state="accepting"}`:                          "1",
	} {
		if values[name] != want {
			t.Errorf("%s is %s, want %s", name, values[name], want)
		}
	}
	for _, name := range []string{"milepost_ledger_bytes", "milepost_disk_bytes", "milepost_disk_free_bytes"} {
		if n, err := strconv.ParseFloat(values[name], 64); err != nil || n < 100 {
			t.Errorf("%s is %s", name, values[name])
		}
	}
	if values["milepost_append_seconds_count"] < "2" || values["milepost_backup_time_seconds"] == "0" {
		t.Errorf("appends %s, backup at %s", values["milepost_append_seconds_count"], values["milepost_backup_time_seconds"])
	}
}

// An alarm that names a metric that is not there never rings, and one without a section helps nobody at night.
func TestAlarmsNameWhatThereIs(t *testing.T) {
	rows, _ := scraped(t, busied(t))
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	// What nodes among several say TestMetricsOfAClusterAreThoseOfThePage compares with the page.
	metrics := strings.Join(append(rows, regexp.MustCompile("(?m)^\\| `milepost_cluster_.*$").FindAllString(string(page), -1)...), "\n")
	alarms, err := os.ReadFile("../../docs/alarms.yml")
	if err != nil {
		t.Fatal(err)
	}
	runbook, err := os.ReadFile("../../docs/runbook.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]string{}
	for _, section := range regexp.MustCompile(`(?m)^#{2,3} `).Split(string(runbook), -1)[1:] {
		heading, body, _ := strings.Cut(section, "\n")
		sections[heading] = body
	}
	named := map[string]bool{}
	metric := regexp.MustCompile(`\bmilepost_[a-z_]+`)
	for _, alarm := range regexp.MustCompile(`(?m)^ +- alert: `).Split(string(alarms), -1)[1:] {
		name, rule, _ := strings.Cut(alarm, "\n")
		named[name] = true
		expr := regexp.MustCompile(`(?m)^ +expr: (.*)$`).FindStringSubmatch(rule)
		if expr == nil {
			t.Fatalf("%s has no expr", name)
		}
		for _, m := range metric.FindAllString(expr[1], -1) {
			if !strings.Contains(metrics, "`"+strings.TrimSuffix(m, "_bucket")+"`") {
				t.Errorf("%s asks for %s, which there is not", name, m)
			}
		}
		if !strings.Contains(rule, "runbook: docs/runbook.md#"+strings.ToLower(name)+"\n") {
			t.Errorf("%s does not say where its section is", name)
		}
		for _, part := range []string{"**It means**", "**Look**", "**Do**", "over**"} {
			if !strings.Contains(sections[name], part) {
				t.Errorf("the section on %s has no %s", name, part)
			}
		}
	}
	for heading := range sections {
		if strings.HasPrefix(heading, "Milepost") && !named[heading] {
			t.Errorf("the runbook has a section on %s, which is no alarm", heading)
		}
	}
	if len(named) < 10 {
		t.Errorf("%d alarms", len(named))
	}
}
