package export

import (
	"strings"
)

// column is one column of a table. To export another value, add a line here and one in docs/export.md.
type column[T any] struct {
	name string
	kind string // of SQLite, with what must hold of it
	of   func(T) any
}

// table is what an answer's items are written to.
type table[T any] struct {
	name    string
	columns []column[T]
	key     string // PRIMARY KEY; empty where there is none
}

func (t table[T]) create() string {
	var b strings.Builder
	b.WriteString("CREATE TABLE " + t.name + " (")
	for i, c := range t.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(`"` + c.name + `" ` + c.kind)
	}
	if t.key != "" {
		b.WriteString(", PRIMARY KEY (" + t.key + ")")
	}
	b.WriteString(")")
	return b.String()
}

func (t table[T]) insert() string {
	return "INSERT INTO " + t.name + " VALUES (?" + strings.Repeat(", ?", len(t.columns)-1) + ")"
}

func (t table[T]) values(item T) []any {
	values := make([]any, len(t.columns))
	for i, c := range t.columns {
		values[i] = c.of(item)
	}
	return values
}
