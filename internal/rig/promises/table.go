package promises

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"milepost.dev/internal/rig/patch"
)

// Break is one way in which a promise was broken on purpose, and the test that failed by it.
type Break struct {
	Page    string // that makes the promise, one of Pages
	Promise string // as the page's table words it
	Test    string // as pages name it: "eventstore/embedded.TestFsyncPerCommit", a subtest after a slash
	Args    string // flags of the test, where it needs some
	How     string // in a sentence
	Seen    string // the day on which the test was last seen to fail; empty where nobody saw it
	Later   string // why nobody has broken it yet; empty where somebody has
	Patches []patch.Patch
}

// Read parses docs/promises.txt. A line "page FILE" says which page makes the promises that follow. A break begins with a line "== PROMISE"; "test", "args", "how" and "seen" lines follow ("later" alone, with a reason, where nobody has broken it yet), and
// then "file" lines, each with the lines that are taken out of it ("- ") and put in ("+ "). Lines that begin with # are notes.
func Read(text string) (all []Break, err error) {
	number, page := 0, ""
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSuffix(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if name, turns := strings.CutPrefix(line, "page "); turns {
			page = name
			continue
		}
		if promise, begins := strings.CutPrefix(line, "== "); begins {
			all = append(all, Break{Page: page, Promise: promise})
			continue
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("line %d stands before the first promise", number)
		}
		if err := all[len(all)-1].add(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	return all, nil
}

func (b *Break) add(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "test":
		b.Test = rest
	case "args":
		b.Args = rest
	case "how":
		b.How = strings.TrimSpace(b.How + " " + rest)
	case "later":
		b.Later = rest
	case "seen":
		b.Seen = rest
	case "file":
		b.Patches = append(b.Patches, patch.Patch{Name: b.How, File: rest})
	case "-", "+":
		if len(b.Patches) == 0 {
			return errors.New("a change stands before its file")
		}
		p := &b.Patches[len(b.Patches)-1]
		if word == "-" {
			p.Old = join(p.Old, rest)
		} else {
			p.New = join(p.New, rest)
		}
	default:
		return fmt.Errorf("%q is neither a test, how, seen nor a file", word)
	}
	return nil
}

func join(text, line string) string {
	if text == "" {
		return line
	}
	return text + "\n" + line
}

// Name is the function of the test, and Package its directory below the module.
func (b Break) Name() string {
	_, name, _ := strings.Cut(b.Test, ".")
	return name
}

// Package is the directory of the test, below the module.
func (b Break) Package() string {
	dir, _, _ := strings.Cut(b.Test, ".")
	return dir
}

// Pages are those with a table of promises.
func Pages() []string { return []string{"README.md", "docs/promises.md", "eventstore/DESIGN.md"} }

// Row is a promise of a page, and the tests that hold it.
type Row struct {
	Page, Promise string
	Tests         []string // as the page names them: the function alone, or behind its package
}

// Names says whether the row names a test, which is given with its package.
func (r Row) Names(test string) bool {
	dir, name, _ := strings.Cut(test, ".")
	for _, t := range r.Tests {
		within, function, packaged := strings.Cut(t, ".")
		if !packaged {
			within, function = path.Dir(r.Page), t
		}
		if function == name && (dir == within || !packaged && strings.HasPrefix(dir, within) || dir == path.Join(path.Dir(r.Page), within)) {
			return true
		}
	}
	return false
}

var (
	row   = regexp.MustCompile(`(?m)^\| (.+?) \| (.*) \|$`)
	named = regexp.MustCompile("`((?:[\\w/]+\\.)?(?:Test|Fuzz)\\w+)`")
)

// Rows are the promises of a page: its tables under the head "promise | held by".
func Rows(page, text string) (rows []Row, err error) {
	tables := strings.Split(text, "\n| promise | held by |\n|---|---|\n")[1:]
	if len(tables) == 0 {
		return nil, fmt.Errorf("%s has no table of promises", page)
	}
	for _, table := range tables {
		table, _, _ = strings.Cut(table, "\n\n")
		for _, match := range row.FindAllStringSubmatch(table, -1) {
			r := Row{Page: page, Promise: match[1]}
			for _, test := range named.FindAllStringSubmatch(match[2], -1) {
				r.Tests = append(r.Tests, test[1])
			}
			rows = append(rows, r)
		}
	}
	return rows, nil
}
