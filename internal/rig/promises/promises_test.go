package promises

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"milepost.dev/internal/rig/patch"
)

const root = "../../.."

var (
	breaks = flag.Bool("breaks", false, "break each promise and see its test fail; takes an hour (make promises)")
	note   = flag.Bool("note", false, "with -breaks: write down in docs/promises.txt on which day each test was seen to fail")
)

// file holds the breaks.
func file() string { return filepath.Join(root, "docs", "promises.txt") }

func readAll(t *testing.T) (rows []Row, made []Break) {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	if rows, err = Rows(string(readme)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file())
	if err != nil {
		t.Fatal(err)
	}
	if made, err = Read(string(text)); err != nil {
		t.Fatalf("docs/promises.txt: %v", err)
	}
	return rows, made
}

// Every row of README.md names a test that was seen to fail when the promise was broken.
func TestEveryPromiseWasBroken(t *testing.T) {
	rows, made := readAll(t)
	if len(rows) < 50 {
		t.Errorf("README.md has %d promises", len(rows))
	}
	for _, r := range rows {
		if !slices.ContainsFunc(made, func(b Break) bool { return b.Promise == r.Promise }) {
			t.Errorf("no break of this promise is in docs/promises.txt: %q", r.Promise)
		}
	}
	for _, b := range made {
		i := slices.IndexFunc(rows, func(r Row) bool { return r.Promise == b.Promise })
		if i < 0 {
			t.Errorf("docs/promises.txt breaks what README.md does not promise: %q", b.Promise)
			continue
		}
		test, _, _ := strings.Cut(b.Name(), "/")
		if test = b.Package() + "." + test; !slices.Contains(rows[i].Tests, test) {
			t.Errorf("%q: README.md does not name %s", b.Promise, test)
		}
		if _, err := time.Parse(time.DateOnly, b.Seen); err != nil || b.How == "" {
			t.Errorf("%q: say how it was broken, and when the test was seen to fail (make promises)", b.Promise)
		}
	}
}

// Every test that fails by a break exists, and every break fits the code that it changes.
func TestEveryBreakStillFits(t *testing.T) {
	_, made := readAll(t)
	for _, b := range made {
		if _, err := patch.Overlay(root, t.TempDir(), b.Patches...); err != nil || len(b.Patches) == 0 {
			t.Errorf("%q has %d changes: %v", b.Promise, len(b.Patches), err)
		}
		tests, err := filepath.Glob(filepath.Join(root, b.Package(), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(b.Name(), "/")
		declared := regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(name) + `\(`)
		if !slices.ContainsFunc(tests, func(path string) bool {
			text, err := os.ReadFile(path)
			return err == nil && declared.Match(text)
		}) {
			t.Errorf("%q: there is no test %s", b.Promise, b.Test)
		}
	}
}

// TestBreaks breaks each promise, and wants the test that holds it to fail.
func TestBreaks(t *testing.T) {
	if !*breaks {
		t.Skip("NOT TESTED here: `make promises` breaks each promise and sees its test fail")
	}
	_, made := readAll(t)
	module, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range made {
		t.Run(fmt.Sprintf("%02d %s", i+1, b.Test), func(t *testing.T) {
			said, err := b.Make(t.Context(), module, t.TempDir(), os.Environ())
			if err != nil {
				t.Fatalf("%s: %v\n%s", b.How, err, said)
			}
			t.Logf("%s: %.600s", b.How, said)
			if *note {
				noteSeen(t, b)
			}
		})
	}
}

// noteSeen writes down the day on which a test was seen to fail, after the line that says how.
func noteSeen(t *testing.T, b Break) {
	t.Helper()
	text, err := os.ReadFile(file())
	if err != nil {
		t.Fatal(err)
	}
	lines, in, done := strings.Split(string(text), "\n"), false, false
	var noted []string
	for _, line := range lines {
		if strings.HasPrefix(line, "== ") {
			in = line == "== "+b.Promise
		}
		if in && line == "test "+b.Test {
			noted, done = append(noted, line, "seen "+time.Now().UTC().Format(time.DateOnly)), true
			continue
		}
		if in && done && strings.HasPrefix(line, "seen ") {
			done = false
			continue
		}
		noted = append(noted, line)
	}
	if err := os.WriteFile(file(), []byte(strings.Join(noted, "\n")), 0o644); err != nil {
		t.Fatal(err)
	}
}
