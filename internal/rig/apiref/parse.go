// Package apiref writes docs/api.md: the reference of the API, from the protos and the comments in them. It
// reads the protos as text, because generated code holds no comments; its test holds what was read to
// what the code knows, so that nothing is left out.
package apiref

import (
	"regexp"
	"strings"
)

// item is something that a proto declares, with the comment before it.
type item struct {
	kind    string // "message", "enum", "service", "field", "value", "rpc"
	name    string
	typ     string // of a field; of an rpc "Request -> Response"
	oneof   string // of a field, the oneof that it stands in
	comment string
	items   []*item // of a message, an enum or a service
}

var (
	opens  = regexp.MustCompile(`^(message|enum|service|oneof) (\w+) \{(\})?$`)
	field  = regexp.MustCompile(`^((?:repeated |optional )?(?:map<[\w, ]+>|[\w.]+)) (\w+) = \d+;$`)
	value  = regexp.MustCompile(`^(\w+) = \d+;$`)
	method = regexp.MustCompile(`^rpc (\w+)\((stream )?(\w+)\) returns \((stream )?(\w+)\)`)
)

// parse reads a proto as buf formats it: a declaration a line, and its comment on the lines before it.
func parse(proto string) []*item {
	root := &item{}
	stack := []*item{root}
	oneof := ""
	var comment []string
	for _, line := range strings.Split(proto, "\n") {
		line = strings.TrimSpace(line)
		if text, ok := strings.CutPrefix(line, "//"); ok {
			comment = append(comment, strings.TrimSpace(text))
			continue
		}
		top := stack[len(stack)-1]
		add := func(i *item) {
			i.comment = strings.Join(comment, "\n")
			top.items = append(top.items, i)
		}
		switch {
		case line == "}" && oneof != "":
			oneof = ""
		case line == "}":
			stack = stack[:len(stack)-1]
		default:
			if m := opens.FindStringSubmatch(line); m != nil {
				if m[1] == "oneof" {
					oneof = m[2]
					break
				}
				next := &item{kind: m[1], name: m[2]}
				add(next)
				if m[3] == "" {
					stack = append(stack, next)
				}
			} else if m := field.FindStringSubmatch(line); m != nil && top.kind == "message" {
				add(&item{kind: "field", name: m[2], typ: m[1], oneof: oneof})
			} else if m := value.FindStringSubmatch(line); m != nil && top.kind == "enum" {
				add(&item{kind: "value", name: m[1]})
			} else if m := method.FindStringSubmatch(line); m != nil {
				add(&item{kind: "rpc", name: m[1], typ: m[2] + m[3] + " -> " + m[4] + m[5]})
			}
		}
		comment = nil
	}
	return root.items
}
