package archtest

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
)

const dependencyList = "docs/dependencies.md"

var (
	// required is one line of a go.mod.
	required = regexp.MustCompile(`(?m)^(?:require )?\s*([\w.~/-]+) (v[\w.+-]+)`)
	// listed is one row of docs/dependencies.md.
	listed = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (v\\S+) \\|")
)

// dependencies compares what the module imports with what docs/dependencies.md explains.
func dependencies(t *Tree) (breaches []Breach) {
	explained := versions(t, listed, dependencyList)
	modules := versions(t, required, "go.mod")
	tools := versions(t, required, "tools/go.mod")
	direct := map[string]bool{}
	for _, p := range t.Packages {
		for _, f := range p.Files {
			for _, imported := range f.Imports {
				if module := moduleOf(imported, modules); module != "" {
					direct[module] = true
				}
			}
		}
	}
	for module := range direct {
		if explained[module] == "" {
			breaches = append(breaches, breach(dependencyList, "has no row for %s %s", module, modules[module]))
		}
	}
	for module, version := range explained {
		if modules[module] != version && tools[module] != version {
			breaches = append(breaches, breach(dependencyList, "explains %s %s, which no go.mod asks for", module, version))
		}
	}
	slices.SortFunc(breaches, func(a, b Breach) int { return strings.Compare(a.String(), b.String()) })
	return breaches
}

// versions answers the version of each module that a file names.
func versions(t *Tree, line *regexp.Regexp, name string) map[string]string {
	found := map[string]string{}
	data, err := fs.ReadFile(t.Root, name)
	if err != nil {
		return found // what is missing explains nothing, and that shows
	}
	for _, match := range line.FindAllStringSubmatch(string(data), -1) {
		found[match[1]] = match[2]
	}
	return found
}

// moduleOf is the module that an imported package belongs to: the longest that is a parent of it.
func moduleOf(imported string, modules map[string]string) (longest string) {
	for module := range modules {
		if matches(imported, []string{module + "/..."}) && len(module) > len(longest) {
			longest = module
		}
	}
	return longest
}
