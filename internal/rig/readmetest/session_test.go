package readmetest

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// within bounds every command of a page.
const within = 2 * time.Minute

// command is a line that a page tells its reader to type, and what it says will be seen.
type command struct {
	line   string
	output []string
}

// sessions returns the commands of a page's console blocks, in order.
func sessions(page string) (commands []command) {
	inside := false
	for _, line := range strings.Split(page, "\n") {
		typed, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case !inside:
		case isCommand:
			commands = append(commands, command{line: typed})
		case len(commands) > 0:
			last := &commands[len(commands)-1]
			if joined, ok := strings.CutSuffix(last.line, "\\"); ok && len(last.output) == 0 {
				last.line = joined + strings.TrimSpace(line)
				continue
			}
			last.output = append(last.output, line)
		}
	}
	return commands
}

// spaces are what keeps the columns of a table apart. How many there are depends on what else stands in them.
var spaces = regexp.MustCompile(` {2,}`)

// pattern is the output that a page shows, as an expression: "..." alone on a line is any lines, and within
// a line any text. Spaces at the end of a line are nobody's business.
func pattern(output []string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`\A`)
	for _, line := range output {
		if line == "..." {
			b.WriteString(`(?:.*\n)*?`)
			continue
		}
		quoted := regexp.QuoteMeta(strings.TrimRight(line, " "))
		quoted = spaces.ReplaceAllString(quoted, ` {2,}`)
		b.WriteString(strings.ReplaceAll(quoted, `\.\.\.`, `.*`) + ` *\n`)
	}
	b.WriteString(`\z`)
	return regexp.MustCompile(b.String())
}

// freed replaces the addresses that a page uses by ports that nobody uses on this machine.
func freed(t *testing.T, commands []command) {
	t.Helper()
	free := map[string]string{}
	for i := range commands {
		commands[i].line = address.ReplaceAllStringFunc(commands[i].line, func(usual string) string {
			if free[usual] == "" {
				listener, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				free[usual] = listener.Addr().String()
				if err := listener.Close(); err != nil {
					t.Fatal(err)
				}
			}
			return free[usual]
		})
	}
	if server := free[usualServer]; server != "" {
		t.Setenv("MILEPOST_SERVER", server)
	}
}

// usualServer is where commands look for a server when nothing else is said.
const usualServer = "127.0.0.1:7440"

var address = regexp.MustCompile(`127\.0\.0\.1:\d+`)

// TestPages does what these pages tell their readers to do.
func TestPages(t *testing.T) {
	noteInputs(t)
	for _, page := range []string{"README.md", "docs/integrating.md", "docs/export.md", "docs/operating.md"} {
		t.Run(page, func(t *testing.T) { follow(t, page, cloned(t)) })
	}
}

// follow types what a page says, and compares what is printed. What was built already, by the very same command, is not built
// again.
func follow(t *testing.T, name, clone string) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	commands := sessions(string(page))
	if len(commands) == 0 {
		t.Fatalf("%s has no session", name)
	}
	for _, program := range []string{"curl", "openssl"} {
		if _, err := exec.LookPath(program); err != nil && strings.Contains(string(page), "$ "+program+" ") {
			t.Skipf("this page is read with %s, and there is none on this machine", program)
		}
	}
	freed(t, commands)
	env := append(os.Environ(), "USER=reader", "CI=true", "XDG_STATE_HOME="+filepath.Join(clone, ".state"))
	env = append(env, withoutSymbols())
	for _, c := range commands {
		line, background := strings.CutSuffix(c.line, "&")
		if background {
			start(t, clone, env, line)
			continue
		}
		if binary := builds.FindStringSubmatch(line); binary != nil {
			line = "cp " + built(t, line) + " " + binary[1]
		}
		out := run(t, clone, env, line)
		if !pattern(c.output).MatchString(out) {
			t.Errorf("$ %s\nprints\n%s\nand %s says\n%s", c.line, out, name, strings.Join(c.output, "\n"))
		}
	}
}

// builds is a command that makes a binary.
var builds = regexp.MustCompile(`^go build -o (\S+) \S+$`)

// cloned makes a directory that holds what a fresh clone holds, and what a session adds to it stays there.
func cloned(t *testing.T) string {
	t.Helper()
	top, err := filepath.Abs(root)
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(top)
	if err != nil {
		t.Fatal(err)
	}
	clone := t.TempDir()
	for _, entry := range entries {
		if name := entry.Name(); !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "milepost") {
			if err := os.Symlink(filepath.Join(top, name), filepath.Join(clone, name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	return clone
}

func shell(ctx context.Context, dir string, env []string, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "bash", "-c", line)
	cmd.Dir, cmd.Env = dir, env
	return cmd
}

func run(t *testing.T, dir string, env []string, line string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	cmd := shell(ctx, dir, env, line)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("$ %s\n%v\n%s%s", line, err, out, stderr.Bytes())
	}
	if stderr.Len() > 0 {
		t.Logf("$ %s\nsays beside its output\n%s", line, stderr.Bytes())
	}
	return string(out)
}

// start runs a command until the test ends, and asks it to end as a person does with Ctrl-C.
func start(t *testing.T, dir string, env []string, line string) {
	t.Helper()
	cmd := shell(context.Background(), dir, env, "exec "+line)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Errorf("$ %s &\nhas ended: %v", line, err)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("$ %s &\n%v\n%s", line, err, output.Bytes())
		}
	})
}

func TestSessions(t *testing.T) {
	commands := sessions("```sh\n$ no\n```\ntext\n```console\n$ serve &\n$ a \\\n    b\none\n...\nlast: ...\n```\n```console\n$ c\n```\n")
	want := []command{{line: "serve &"}, {line: "a b", output: []string{"one", "...", "last: ..."}}, {line: "c"}}
	if len(commands) != len(want) {
		t.Fatalf("got %q", commands)
	}
	for i := range want {
		if commands[i].line != want[i].line || strings.Join(commands[i].output, "\n") != strings.Join(want[i].output, "\n") {
			t.Errorf("got %q, want %q", commands[i], want[i])
		}
	}
	p := pattern(want[1].output)
	for text, matches := range map[string]bool{
		"one  \ntwo\nthree\nlast: 7\n": true, "one\nlast: \n": true,
		"one\nlast: a    b\n":  true,
		"one\nlast: 7\nmore\n": false, "two\nlast: 7\n": false, "one\n": false, "": false,
	} {
		if p.MatchString(text) != matches {
			t.Errorf("%q: matches %t", text, !matches)
		}
	}
}
