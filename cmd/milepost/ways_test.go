package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"milepost.dev/domain/civil"
	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/node"
	"milepost.dev/internal/oracle"
)

// Every way that was tried to make a slip smaller, or to keep it out of sight, is a file in testdata/ways. It is played on a
// server of its own, and every surface is asked what it came to: the command line, REST, the file for SQL, and the page. All of them
// must say what stands in the file. With -update what the command line says is written into it; read the difference then.
//
// What a file holds:
//
//	What is tried, and what it must come to, in words.
//
//	-- told --
//	2017-04-01 office HUB-1 added "The health hub opens"
//	2017-04-01 office HUB-1 date 2017-09-30
//	[later] 2018-01-10 rival HUB-1 date 2018-12-31 as_at=2017-03-01
//	2018-01-11 board plan accepts [later] reason="It is in the minutes"
//	2018-01-12 office $ import --plan hub --dated 2017-12-01 second.csv
//	-- second.csv --
//	...
//	-- asked 2018-01-12 known [later] --
//	...
//
// A line of "told" is the day on which it is told, who tells it, and a fact about a milestone or the plan; waystold_test.go
// has the verbs. An indented line belongs to the request of the line above. After "$" stands a command as it is typed, with the exit
// status before it where that is not 0 ("3$ push ..."). A line may have a name in brackets, by which it is known to others and to
// "known"; a command names the position behind it as {name}. "-- credentials --" has lines of a name and JSON. A line "# not baselined: WHY" says why a way is not played
// a second time, baselined (waysbaselined_test.go). "-- asked DAY --" is what is to be known as at that day; "-- changes DAY DAY --" is what moved between the two.
func TestWays(t *testing.T) {
	files, err := filepath.Glob("testdata/ways/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no ways: %v", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			wayOf(t, archive).play(name)
			if !underRace { // the second play is of the same goroutines
				t.Run("baselined", func(t *testing.T) { wayOf(t, archive).playBaselined(name) })
			}
		})
	}
}

// way is one file while it is played.
type way struct {
	*testing.T
	archive *txtar.Archive
	dir     string // with the documents of the file
	server  *node.Node
	clock   *clock.Manual
	today   civil.Date
	said    int               // requests so far
	told    map[string]uint64 // the position after each line that has a name
	before  map[string]uint64 // and before it
	last    uint64            // the position after the last line

	browsers map[string]*http.Client // by who has signed in

	endOfFirstDay func() // nil: nothing happens then
	baselined     bool
}

// ourPlan is the plan that a line is about unless it says otherwise.
const ourPlan = "hub"

func wayOf(t *testing.T, archive *txtar.Archive) *way {
	w := &way{T: t, archive: archive, dir: t.TempDir(), told: map[string]uint64{}, before: map[string]uint64{}, browsers: map[string]*http.Client{}}
	lines := strings.Split(w.file("told"), "\n")
	w.today = mustDay(t, strings.Fields(named.ReplaceAllString(lines[0], ""))[0])
	w.clock = clock.NewManual(noonOf(w.today))
	for _, f := range archive.Files {
		if err := os.WriteFile(filepath.Join(w.dir, filepath.Base(f.Name)), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := nodeConfig(filepath.Join(w.dir, "ledger"), w.dir)
	config.Clock, config.Credentials = w.clock, w.credentials(lines)
	n, err := node.Start(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	w.server = n
	return w
}

// credentials lets in all who speak in the file. The board may approve, and the auditor reads. Who is called somebody@plan may do nothing in
// another plan. A line of the file's "credentials", if it has
// any, is a name and what its entry says more, or otherwise. Who speaks for somebody in a line, and is not named there, may speak for all.
func (w *way) credentials(lines []string) string {
	entries := map[string]map[string]any{}
	entry := func(who string, roles ...string) map[string]any {
		if entries[who] == nil {
			digest, plan := sha256.Sum256([]byte(tokenOf(who))), "*"
			if _, only, narrow := strings.Cut(who, "@"); narrow {
				plan = only
			}
			entries[who] = map[string]any{"sha256": hex.EncodeToString(digest[:]), "actor": who, "roles": map[string][]string{plan: roles}}
		}
		return entries[who]
	}
	entry("auditor", "auditor", "viewer")
	entry("board", "reporter", "approver")
	entry("office", "reporter")
	entry(proposer, "reporter")["person"] = proposer
	entry(approver, "approver")["person"] = approver
	for _, line := range lines {
		if f := strings.Fields(named.ReplaceAllString(line, "")); len(f) > 2 && !strings.HasPrefix(line, " ") {
			if e := entry(f[1], "reporter"); strings.Contains(line, " for=") {
				e["speaks_for"] = []string{"*"}
			}
		}
	}
	for _, f := range w.archive.Files {
		if _, who, asks := strings.Cut(f.Name, " by "); asks {
			entry(who, "reporter")
		}
	}
	if slices.ContainsFunc(w.archive.Files, func(f txtar.File) bool { return f.Name == "credentials" }) {
		for line := range strings.SplitSeq(w.file("credentials"), "\n") {
			who, more, _ := strings.Cut(line, " ")
			e := entry(who, "reporter")
			delete(e, "speaks_for")
			if err := json.Unmarshal([]byte(more), &e); err != nil {
				w.Fatalf("credentials of %s: %v", who, err)
			}
		}
	}
	text, err := json.Marshal(map[string]any{"tokens": slices.Collect(maps.Values(entries))})
	if err != nil {
		w.Fatal(err)
	}
	name := filepath.Join(w.dir, "credentials.json")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		w.Fatal(err)
	}
	return name
}

func tokenOf(who string) string { return "token-of-" + who }

// file is a part of the way's file.
func (w *way) file(name string) string {
	for _, f := range w.archive.Files {
		if f.Name == name {
			return strings.TrimRight(string(f.Data), "\n")
		}
	}
	w.Fatalf("the file has no %q", name)
	return ""
}

func (w *way) play(name string) {
	w.tellAll()
	for i, f := range w.archive.Files {
		ask := strings.Fields(f.Name)
		switch ask[0] {
		case "asked":
			w.archive.Files[i].Data = []byte(w.asked(ask[1:], string(f.Data)))
		case "changes":
			w.archive.Files[i].Data = []byte(w.changes(ask[1:], string(f.Data)))
		}
	}
	w.follows()
	w.write(name)
}

// follows compares every answer with what follows from the ledger, as `milepost check` does, on the last day that was told of.
func (w *way) follows() {
	server, err := client.Dial(client.Config{Server: w.server.GRPCAddr(), Token: tokenOf("auditor")})
	if err != nil {
		w.Fatal(err)
	}
	defer server.Close()
	report, err := oracle.NewServer(server.Conn()).Check(w.Context(), w.clock.Now(), nil)
	if err != nil {
		w.Fatal(err)
	}
	if report.Different > 0 || report.Compared == 0 {
		w.Errorf("of %d answers %d differ from what follows from the ledger: %v", report.Compared, report.Different, report.Differences)
	}
}

// asked compares what each surface says with what it must, and returns what the command line says.
func (w *way) asked(ask []string, want string) string {
	q := w.question(ask)
	said := w.commandLine(q).text()
	if !*update {
		w.same("milepost status, slippage, plans and review", q, want, said)
		want = said // so that one difference is not said five times
	}
	if q.rest {
		w.same("REST", q, said, w.rest(q).text())
	}
	w.same("export --sqlite", q, withoutQuestions(said), withoutQuestions(w.sql(q).text()))
	w.page(q)
	w.namesNothing(q)
	return said
}

func (w *way) same(surface string, q when, want, got string) {
	w.Helper()
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(got, "\n")); diff != "" {
		w.Errorf("%s, as at %s %s\nwant:\n%s\ngot:\n%s\n%s", surface, q.asAt, q.known, want, got, diff)
	}
}

// when is what a part of the file asks.
type when struct {
	who, plan, asAt, known string
	rest                   bool
}

// question reads "2018-01-12", "2018-01-12 known [later]", "2018-01-12 of other" and "2018-01-12 by clerk@other".
func (w *way) question(ask []string) when {
	q := when{who: "auditor", plan: ourPlan, asAt: ask[0], rest: true}
	for i := 1; i+1 < len(ask); i += 2 {
		switch value := ask[i+1]; ask[i] {
		case "of":
			q.plan = value
		case "by":
			q.who = value
		case "known":
			q.known = value
			if name, is := strings.CutPrefix(value, "["); is {
				q.known = fmt.Sprint(w.told[strings.TrimSuffix(name, "]")])
			}
		default:
			w.Fatalf("asked %v", ask)
		}
	}
	return q
}

// readAt are the flags of the question.
func (q when) readAt() []string {
	flags := []string{"--as-at", q.asAt}
	if q.known != "" {
		flags = append(flags, "--known-at", q.known)
	}
	return flags
}

var named = regexp.MustCompile(`^\[([a-z0-9 ]+)\] `)

func mustDay(t *testing.T, text string) civil.Date {
	t.Helper()
	d, err := civil.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func noonOf(d civil.Date) time.Time {
	at, err := time.Parse(time.DateOnly, d.String())
	if err != nil {
		return time.Time{}
	}
	return at.Add(12 * time.Hour)
}
