package readmetest

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../../.."

// pages are all texts that a person wrote about the code.
func pages(t *testing.T) map[string]string {
	t.Helper()
	read := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md", "eventstore/*.md", "projections/*.md", "internal/*/*.md"} {
		names, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			read[strings.TrimPrefix(name, root+"/")] = string(data)
		}
	}
	return read
}

var (
	// named is a test as pages name it: "eventstore/embedded.TestKill" or, somewhere below the page, "TestKill".
	named = regexp.MustCompile(`\b(?:([\w/]+)\.)?((?:Test|Fuzz|Benchmark)[A-Z]\w*)`)
	// mentioned is a file or a folder of the repository.
	mentioned = regexp.MustCompile(`(?:^|[\s("\x60\[])((?:\.ci|api|cmd|docs|domain|eventstore|examples|internal|packaging|projections|tools)/[\w.*/-]+)`)
	// linked is the target of a link.
	linked = regexp.MustCompile(`\]\(([^)#:]+)\)`)
)

// TestNamedTestsExist finds the function behind every test that a page names.
func TestNamedTestsExist(t *testing.T) {
	declared := functions(t)
	for page, text := range pages(t) {
		here := filepath.Dir(page)
		for _, match := range named.FindAllStringSubmatch(text, -1) {
			dir, name := match[1], match[2]
			found := slices.ContainsFunc(declared[name], func(at string) bool {
				if dir == "" {
					return here == "." || strings.HasPrefix(at+"/", here+"/")
				}
				return at == dir || at == filepath.Join(here, dir)
			})
			if !found {
				t.Errorf("%s names %s, and there is no such test there", page, match[0])
			}
		}
	}
}

// functions answers where each test function of the repository is.
func functions(t *testing.T) map[string][]string {
	t.Helper()
	declaration := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	found := map[string][]string{}
	walkGo(t, func(path string) error {
		data, err := os.ReadFile(path)
		for _, match := range declaration.FindAllSubmatch(data, -1) {
			name := string(match[1])
			found[name] = append(found[name], filepath.Dir(strings.TrimPrefix(path, root+"/")))
		}
		return err
	})
	return found
}

// TestMentionedFilesExist finds the file or folder behind every path that a page mentions.
func TestMentionedFilesExist(t *testing.T) {
	for page, text := range pages(t) {
		for _, match := range mentioned.FindAllStringSubmatch(text, -1) {
			name := strings.TrimRight(match[1], ".")
			name, _, _ = strings.Cut(name, ".Test") // looked for above
			found, err := filepath.Glob(filepath.Join(root, name))
			if err != nil || len(found) == 0 {
				t.Errorf("%s mentions %s, which is not there", page, name)
			}
		}
		for _, match := range linked.FindAllStringSubmatch(text, -1) {
			target := filepath.Join(root, filepath.Dir(page), match[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", page, match[1])
			}
		}
	}
}

// noteInputs looks at every Go file, so that the go command runs this test again when one has changed:
// what a command reads that a test started, it does not see.
func noteInputs(t *testing.T) {
	t.Helper()
	walkGo(t, func(path string) error {
		_, err := os.Stat(path)
		return err
	})
}

func walkGo(t *testing.T, visit func(path string) error) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch name := entry.Name(); {
		case err != nil:
			return err
		case entry.IsDir() && len(name) > 2 && strings.HasPrefix(name, "."):
			return fs.SkipDir
		case filepath.Ext(path) != ".go":
			return nil
		}
		return visit(path)
	})
	if err != nil {
		t.Fatal(err)
	}
}
