package readmetest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// step is an instruction of a Containerfile.
type step struct{ name, rest string }

// stages reads a Containerfile: the steps of each stage, the first of which is its FROM.
func stages(t *testing.T) (all [][]step) {
	t.Helper()
	text, err := os.ReadFile(root + "/packaging/container/Containerfile")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			lines = append(lines, line)
		}
	}
	for line := range strings.Lines(strings.ReplaceAll(strings.Join(lines, ""), "\\\n", " ")) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case name == "":
		case name == "FROM":
			all = append(all, []step{{name, rest}})
		default:
			all[len(all)-1] = append(all[len(all)-1], step{name, rest})
		}
	}
	return all
}

// The steps of the container file come to an image: what they copy is there, what they compile needs nothing
// beside it, and the directory of the ledger is for the user of the image alone. A step that nobody thought of here fails.
func TestTheStepsOfTheContainerFile(t *testing.T) {
	noteInputs(t)
	all := stages(t)
	if len(all) != 2 || !strings.HasSuffix(all[0][0].rest, " AS build") || all[1][0].rest != "scratch" {
		t.Fatalf("it has the stages %q", all)
	}
	built, source := t.TempDir(), cloned(t) // the file system of the first stage, and /src in it
	compiles := ""
	for _, s := range all[0][1:] {
		switch s.name {
		case "WORKDIR":
			if s.rest != "/src" {
				t.Errorf("it works in %s", s.rest)
			}
		case "COPY":
			for _, name := range strings.Fields(s.rest)[:len(strings.Fields(s.rest))-1] {
				if _, err := os.Stat(filepath.Join(source, name)); err != nil {
					t.Errorf("COPY %s: %v", s.rest, err)
				}
			}
		case "RUN":
			if s.rest == "go mod download" {
				continue // its modules are on this machine, or the step below fails
			}
			for _, line := range strings.Split(s.rest, "&&") {
				if line = strings.TrimSpace(line); strings.Contains(line, "go build ") {
					compiles = line // which takes minutes with these settings; newHost builds the same package
					continue
				}
				run(t, source, os.Environ(), strings.ReplaceAll(line, " /state/", " "+built+"/state/"))
			}
		default:
			t.Errorf("nobody tested what %s %s does", s.name, s.rest)
		}
	}
	image := map[string]string{} // what is copied, by where it is in the image
	for _, s := range all[1][1:] {
		switch s.name {
		case "COPY":
			words := strings.Fields(s.rest)
			from, to := words[len(words)-2], words[len(words)-1]
			if words[0] != "--from=build" {
				t.Errorf("COPY %s is not of the stage before", s.rest)
			}
			image[to] = from
			if strings.HasPrefix(from, "/etc/") || from == "/milepost" {
				continue // of the image that it is built with, or compiled
			}
			if _, err := os.Stat(filepath.Join(built, from)); err != nil {
				t.Errorf("COPY %s: %v", s.rest, err)
			}
		case "USER":
			if s.rest != "65532:65532" {
				t.Errorf("its user is %s, and docs/operating.md says 65532", s.rest)
			}
		case "VOLUME", "EXPOSE", "STOPSIGNAL", "ENTRYPOINT", "CMD": // TestTheContainerRuns
		default:
			t.Errorf("nobody tested what %s %s does", s.name, s.rest)
		}
	}
	// A directory that COPY makes itself is open to all; one that is copied with what it is in keeps its mode.
	if image["/var/lib/"] != "/state/" {
		t.Errorf("the directory of the ledger does not keep its mode: %v", image)
	} else if info, err := os.Stat(filepath.Join(built, "state/milepost")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory of the ledger: %v, %v", info.Mode(), err)
	}
	if image["/usr/local/bin/"] != "" || image["/usr/local/bin/milepost"] != "/milepost" {
		t.Errorf("the binary is not where ENTRYPOINT looks: %v", image)
	}
	// Without C the binary needs no library, and the image has none.
	if !strings.HasPrefix(compiles, "CGO_ENABLED=0 go build ") || !strings.HasSuffix(compiles, " -o /milepost ./cmd/milepost") {
		t.Errorf("it compiles with %q", compiles)
	}
}
