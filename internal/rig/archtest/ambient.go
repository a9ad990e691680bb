package archtest

import (
	"go/ast"
	"slices"
)

// Ambient is something that a function can reach without being handed it.
type Ambient struct {
	Package string
	Names   []string // "*" is every name
	Tests   bool     // the rule holds for tests too
	// Allowed says where it is used after all, and why.
	Allowed []Allowance
	Why     string
}

// Allowance is an exception: packages or files, and the reason.
type Allowance struct {
	In, Why string
}

const whyInjected = "Time, chance and the environment are handed in, so that a test can say what they are and a decision can be made again."

var ambient = []Ambient{
	{
		Package: "time", Names: []string{"Now", "Since", "Until"}, Why: whyInjected,
		Allowed: []Allowance{
			{"internal/clock", "It is the clock that is handed in."},
			{"internal/rig/fault", "It times what it does to other processes, and hands them their clock."},
			{"internal/rig/fault/campaign", "It dates what it records."},
			{"internal/rig/fault/clustered", "It times what it does to other processes."},
			{"internal/rig/fault/clustered/campaign", "It dates what it records."},
			{"internal/rig/fault/clustered/demo", "Every showing is another one."},
			{"cmd/milepost/check.go", "A person asks for today, and nothing that is kept comes of it."},
			{"internal/rig/bench", "It measures how long things take."},
			{"internal/rig/bench/yardstick", "It is a copy that stays as it is, and its clock is the machine's."},
			{"eventstore/embedded/rawpublish", "It measures how long things take."},
			{"eventstore/cluster/rawpublish", "It measures how long things take."},
		},
	},
	{Package: "math/rand", Names: []string{"*"}, Why: whyInjected},
	{
		Package: "math/rand/v2", Names: []string{"*"}, Why: whyInjected,
		Allowed: []Allowance{
			{"internal/clock", "It makes ids from a seed that it is handed."},
			{"examples/reporter", "It is a customer's program, and many of them wait each for a time of its own."},
			{"internal/rig/fault", "What goes wrong is drawn from a seed that is printed."},
			{"internal/rig/fault/disk", "What a fault does is drawn from a seed that it is handed."},
			{"internal/rig/fault/clustered", "What goes wrong is drawn from a seed that is printed."},
			{"internal/rig/bench", "It makes a ledger from a seed."},
		},
	},
	{
		Package: "crypto/rand", Names: []string{"*"}, Why: whyInjected,
		Allowed: []Allowance{
			{"internal/clock", "It is the source of ids that is handed in."},
			{"cmd/milepost/token.go", "A secret comes from nowhere else."},
		},
	},
	{Package: "github.com/oklog/ulid/v2", Names: []string{"Make", "Now", "DefaultEntropy"}, Why: whyInjected},
	{
		Package: "os", Names: []string{"Getenv", "LookupEnv", "Environ", "ExpandEnv"}, Why: whyInjected,
		Allowed: []Allowance{
			{"cmd/milepost/main.go", "It hands the environment to everything else."},
			{"examples/reporter", "It is a customer's program, and gets its token as a secret is handed over."},
			{"internal/rig/fault", "The processes that it starts have its environment, as a shell's have."},
			{"internal/rig/fault/clustered", "The processes that it starts have its environment, as a shell's have."},
			{"internal/rig/sharedtest", "Tests alone use it, to find the shared documents."},
		},
	},
	{
		Package: "time", Names: []string{"Sleep"}, Tests: true,
		Why: "Who sleeps guesses how long something takes, and is wrong on a slow machine: wait for a position, a channel or a context.",
	},
}

func (r Ambient) check(t *Tree) (breaches []Breach) {
	r.uses(t, func(f *File, node ast.Node, name string) {
		if !slices.ContainsFunc(r.Allowed, func(a Allowance) bool { return a.covers(f) }) {
			breaches = append(breaches, breach(t.at(node), "uses %s.%s", r.Package, name))
		}
	})
	return breaches
}

func (r Ambient) uses(t *Tree, yield func(f *File, node ast.Node, name string)) {
	for f := range t.Files {
		if f.Test && !r.Tests {
			continue
		}
		ast.Inspect(f.AST, func(node ast.Node) bool {
			imported, name := f.selected(node)
			if imported == r.Package && (r.Names[0] == "*" || slices.Contains(r.Names, name)) {
				yield(f, node, name)
			}
			return true
		})
	}
}

func (a Allowance) covers(f *File) bool {
	return matches(f.Package.Path, []string{a.In}) || f.Path == a.In
}

// stale finds the exceptions that nothing makes use of.
func stale(t *Tree, ambient []Ambient, longFiles map[string]longFile) (breaches []Breach) {
	for _, r := range ambient {
		used := map[string]bool{}
		r.uses(t, func(f *File, _ ast.Node, _ string) {
			for _, a := range r.Allowed {
				used[a.In] = used[a.In] || a.covers(f)
			}
		})
		for _, a := range r.Allowed {
			if !used[a.In] {
				breaches = append(breaches, breach(a.In, "may use %s.%s, and does not", r.Package, r.Names[0]))
			}
		}
	}
	for f := range t.Files {
		if limit, ok := longFiles[f.Path]; ok && f.Lines <= maxLines {
			breaches = append(breaches, breach(f.Path, "may have %d lines, and has %d", limit.Lines, f.Lines))
		}
	}
	return breaches
}

// longFile is an exception from the length of files.
type longFile struct {
	Lines int
	Why   string
}

// maxLines is where a file must be split; 400 is where it is looked at.
const maxLines = 450

var longFiles = map[string]longFile{}

func fileLengths(t *Tree) (breaches []Breach) {
	for f := range t.Files {
		limit := max(maxLines, longFiles[f.Path].Lines)
		if !f.Test && f.Lines > limit {
			breaches = append(breaches, breach(f.Path, "has %d lines; the limit is %d", f.Lines, limit))
		}
	}
	return breaches
}
