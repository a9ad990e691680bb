package export_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/export"
	"milepost.dev/internal/node"
)

// hub is a server with a plan in which everything is said that can be exported.
func hub(t *testing.T) *client.Client {
	t.Helper()
	n, err := node.Start(t.Context(), node.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", User: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	c, err := client.Dial(client.Config{Server: n.GRPCAddr(), Token: n.LocalToken()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	number := 0
	say := func(asAt string, commands ...*pb.Command) {
		t.Helper()
		for _, command := range commands {
			command.AsAt = asAt
		}
		number++
		if _, err := c.Submit(t.Context(), &pb.SubmitRequest{RequestId: fmt.Sprint(number), Plan: "hub", Commands: commands}); err != nil {
			t.Fatal(err)
		}
	}
	add := func(ref string) *pb.Command {
		return &pb.Command{Command: &pb.Command_MilestoneAdded{MilestoneAdded: &pb.MilestoneAdded{
			Ref: ref, Title: "It's \"" + ref + "\"; DROP TABLE plan", Attributes: map[string]string{"risk": "high"},
		}}}
	}
	date := func(ref, date string) *pb.Command {
		return &pb.Command{Command: &pb.Command_DeliveryDateStated{DeliveryDateStated: &pb.DeliveryDateStated{Ref: ref, DeliveryDate: date}}}
	}
	owner := func(ref, owner string) *pb.Command {
		return &pb.Command{Command: &pb.Command_OwnerChanged{OwnerChanged: &pb.OwnerChanged{Ref: ref, Owner: owner}}}
	}
	say("2017-01-01", &pb.Command{Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: "Hub", Quarters: pb.Quarters_QUARTERS_FINANCIAL}}})
	say("2017-01-01", add("DATED"), add("TBC"), add("SILENT"), add("WITHHELD"), add("NONE"), add("ODD"))
	say("2017-01-01", date("DATED", "2017-06-30"), date("TBC", "2017-06-30"), owner("DATED", "Ada"), owner("TBC", "TBC"))
	say("2017-02-01", date("DATED", "2017-Q4"), date("TBC", "TBC"), date("WITHHELD", "[redacted]"), date("NONE", "n/a"), date("ODD", "when it rains"),
		&pb.Command{Command: &pb.Command_FundingConfirmed{FundingConfirmed: &pb.FundingConfirmed{Ref: "DATED", Line: "L1", Amount: "132000.10", Of: "200000"}}})
	say("2017-03-01", owner("DATED", "Grace"), date("DATED", "2018-03-31"))
	return c
}

func read(t *testing.T, file, query string, args ...any) (rows [][]string) {
	t.Helper()
	at := url.URL{Scheme: "file", Path: file}
	db, err := sql.Open("sqlite", at.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found, err := db.Query(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer found.Close()
	names, err := found.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for found.Next() {
		cells, into := make([]sql.NullString, len(names)), make([]any, len(names))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := found.Scan(into...); err != nil {
			t.Fatal(err)
		}
		row := make([]string, len(names))
		for i, c := range cells {
			if row[i] = c.String; !c.Valid {
				row[i] = "NULL"
			}
		}
		rows = append(rows, row)
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestExport(t *testing.T) {
	c := hub(t)
	file := filepath.Join(t.TempDir(), "a plan?#%.db")
	result, err := export.Write(t.Context(), c, file, export.Options{Plan: "hub", ReadAt: &pb.ReadAt{AsAt: "2017-02-28"}, Software: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if result.Milestones != 6 || result.Events < 15 || result.SpokenFor.GetAsAt() != "2017-02-28" {
		t.Errorf("%+v", result)
	}
	for query, want := range map[string]string{
		"SELECT ref, forecast, forecast_is, forecast_text, slip_days FROM milestones ORDER BY ref": `[
			[DATED 2017-12-31 dated 2017-Q4 184] [NONE NULL not applicable n/a NULL] [ODD NULL words when it rains NULL]
			[SILENT NULL not said NULL NULL] [TBC NULL not yet known TBC 0] [WITHHELD NULL withheld [redacted] NULL]]`,
		"SELECT owner, owner_is, original_baseline, original_baseline_is, actual_is FROM milestones WHERE ref IN ('DATED', 'SILENT', 'TBC') ORDER BY ref": `[
			[Ada words NULL not baselined not said] [NULL not said NULL not baselined not said] [TBC not yet known NULL not baselined not said]]`,
		"SELECT title FROM milestones WHERE ref = 'ODD'":                `[[It's "ODD"; DROP TABLE plan]]`,
		"SELECT id, quarters, time_zone, milestones, slipped FROM plan": `[[hub financial Europe/London 6 1]]`,
		"SELECT amount, asked, currency, state FROM funding":            `[[132000.10 200000.00 GBP confirmed in part]]`,
		"SELECT ref, owner, effective FROM owners ORDER BY position":    `[[DATED Ada 2017-01-01] [TBC TBC 2017-01-01]]`,
		"SELECT event, from_date, to_date, to_is, days FROM moves WHERE ref = 'TBC' ORDER BY position": `[
			[ForecastGiven NULL 2017-06-30 dated 0] [DateOwed 2017-06-30 NULL not yet known 0]]`,
		"SELECT count(*) FROM attributes WHERE name = 'risk' AND value = 'high'":                       `[[6]]`,
		"SELECT count(*) FROM audit JOIN audit_changes USING (position) WHERE value_after = '2017-Q4'": `[[1]]`,
		"SELECT count(*) FROM audit WHERE as_at > '2017-02-28' OR actor <> 'local:ann'":                `[[0]]`,
		"SELECT format, plan, as_at, software FROM export":                                             `[[1 hub 2017-02-28 test]]`,
		"SELECT count(*) FROM losses":                                                                  `[[0]]`,
		"PRAGMA integrity_check":                                                                       `[[ok]]`,
		"PRAGMA foreign_key_check":                                                                     `[]`,
	} {
		want = strings.ReplaceAll(strings.Join(strings.Fields(want), " "), "[ [", "[[")
		if got := fmt.Sprint(read(t, file, query)); got != want {
			t.Errorf("%s gives\n%s, want\n%s", query, got, want)
		}
	}
}

func TestAFileIsThereWholeOrNotAtAll(t *testing.T) {
	c := hub(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "hub.db")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	var exists *export.Exists
	if _, err := export.Write(t.Context(), c, file, export.Options{Plan: "hub"}); !errors.As(err, &exists) {
		t.Errorf("over a file: %v", err)
	}
	var refused *client.Error
	if _, err := export.Write(t.Context(), c, file, export.Options{Plan: "none", Force: true}); !errors.As(err, &refused) || refused.Rule != "plan-unknown" {
		t.Errorf("no such plan: %v", err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := export.Write(gone, c, file, export.Options{Plan: "hub", Force: true}); err == nil {
		t.Error("it was stopped, and says that it was not")
	}
	if left, err := os.ReadFile(file); err != nil || string(left) != "mine" {
		t.Errorf("what was there is %q (%v)", left, err)
	}
	if _, err := export.Write(t.Context(), c, file, export.Options{Plan: "hub", Force: true}); err != nil {
		t.Error(err)
	}
	if rows := read(t, file, "SELECT id FROM plan"); fmt.Sprint(rows) != "[[hub]]" {
		t.Errorf("%v", rows)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left beside it: %v (%v)", entries, err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v (%v)", info, err)
	}
}

// docs/export.md is what people write their questions by.
func TestThePageDescribesEveryColumn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "hub.db")
	if _, err := export.Write(t.Context(), hub(t), file, export.Options{Plan: "hub"}); err != nil {
		t.Fatal(err)
	}
	var tables []string
	for _, row := range read(t, file, "SELECT m.name, c.name, c.type FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.rowid, c.cid") {
		tables = append(tables, strings.Join(row, " "))
	}
	page, err := os.ReadFile("../../docs/export.md")
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, section := range regexp.MustCompile("(?m)^## `").Split(string(page), -1)[1:] {
		name, body, _ := strings.Cut(section, "`")
		for _, row := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\| ([A-Z]+) \\| .+ \\|$").FindAllStringSubmatch(body, -1) {
			described = append(described, name+" "+row[1]+" "+row[2])
		}
	}
	slices.Sort(tables)
	slices.Sort(described)
	if !slices.Equal(tables, described) {
		t.Errorf("the tables have\n%q\nand the page describes\n%q", tables, described)
	}
}
