package apiref

import (
	"fmt"
	"strings"
)

// Write returns the reference: what can be called, every command in a row of its own, and every message and enum
// with each field. The protos are those of one package, in the order in which they are to be read.
func Write(protos []string) string {
	var all []*item
	for _, p := range protos {
		all = append(all, parse(p)...)
	}
	w := &writer{named: map[string]*item{}}
	for _, i := range all {
		w.named[i.name] = i
	}
	w.line("# The API")
	w.line("")
	w.line("Made from api/milepost/v1/*.proto by `go test ./internal/rig/apiref -update`; a test compares. In JSON every field")
	w.line("has the name that stands here. An absent or empty field was not said.")
	w.line("")
	w.line("## What can be called")
	for _, i := range all {
		if i.kind == "service" {
			w.service(i)
		}
	}
	w.commands()
	w.line("")
	w.line("## Messages")
	for _, i := range all {
		if i.kind == "message" {
			w.message(i)
		}
	}
	w.line("")
	w.line("## Values")
	for _, i := range all {
		if i.kind == "enum" {
			w.enum(i)
		}
	}
	return w.b.String()
}

type writer struct {
	b     strings.Builder
	named map[string]*item
}

func (w *writer) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

// told is a comment in one cell of a table.
func told(comment string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(comment), " "), "|", `\|`)
}

// linked is a type, with a link where it is one of ours.
func (w *writer) linked(typ string) string {
	prefix, name := "", typ
	for _, p := range []string{"repeated ", "optional ", "stream "} {
		if rest, ok := strings.CutPrefix(name, p); ok {
			prefix, name = p, rest
		}
	}
	if w.named[name] == nil {
		return prefix + "`" + name + "`"
	}
	return fmt.Sprintf("%s[%s](#%s)", prefix, name, strings.ToLower(name))
}

func (w *writer) service(s *item) {
	w.line("")
	w.line("### %s", s.name)
	w.line("")
	w.line("%s", s.comment)
	w.line("")
	w.line("| call | takes | answers with | |")
	w.line("|---|---|---|---|")
	for _, m := range s.items {
		takes, answers, _ := strings.Cut(m.typ, " -> ")
		w.line("| %s | %s | %s | %s |", m.name, w.linked(takes), w.linked(answers), told(m.comment))
	}
}

// commands has a row for every command: the name of its field in Command, and its message.
func (w *writer) commands() {
	w.line("")
	w.line("## The commands")
	w.line("")
	w.line("Each stands in its own field of [Command](#command), beside as_at, source and expected_revision.")
	w.line("")
	w.line("| command | message | |")
	w.line("|---|---|---|")
	for _, f := range w.named["Command"].items {
		if f.oneof != "" {
			w.line("| %s | %s | %s |", f.name, w.linked(f.typ), told(f.comment))
		}
	}
}

func (w *writer) message(m *item) {
	w.line("")
	w.line("### %s", m.name)
	w.line("")
	w.line("%s", m.comment)
	if len(m.items) == 0 {
		return
	}
	w.line("")
	w.line("| field | type | |")
	w.line("|---|---|---|")
	for _, f := range m.items {
		w.line("| %s | %s | %s |", f.name, w.linked(f.typ), told(f.comment))
	}
}

func (w *writer) enum(e *item) {
	w.line("")
	w.line("### %s", e.name)
	w.line("")
	w.line("%s", e.comment)
	w.line("")
	w.line("| value | |")
	w.line("|---|---|")
	for _, v := range e.items {
		w.line("| %s | %s |", v.name, told(v.comment))
	}
}
