// Package output writes an answer as a table for people, or as JSON, one JSON object a line, or CSV for
// programs. The columns of an answer are said once; all four follow from them.
package output

import (
	"fmt"
	"io"
	"iter"
	"strings"
)

// Format is how an answer is written.
type Format string

// The formats.
const (
	Table  Format = "table"
	JSON   Format = "json"
	NDJSON Format = "ndjson"
	CSV    Format = "csv"
)

// Column is one value of an item.
type Column[T any] struct {
	// Name is the JSON field and the CSV heading.
	Name string
	// Value is a string, a number, a bool, a []string, a map[string]string or a []json.RawMessage of
	// objects; nil where it is absent.
	Value func(T) any
	// Heading is the heading in a table; the column is left out of tables where it is empty.
	Heading string
	// Show is the value in a table; as Value says where nil.
	Show func(T) string
	// Right puts numbers under each other.
	Right bool
	// Gives makes the column narrower first where a table is wider than the terminal.
	Gives bool
	// Seldom leaves the column out of a table in which no item has a value.
	Seldom bool
}

// Write writes the items as they come; a table waits for the last, to know how wide it is. Width is
// that of the terminal, 0 where there is none. An error among the items ends the answer and is returned.
func Write[T any](w io.Writer, format Format, width int, columns []Column[T], items iter.Seq2[T, error]) error {
	switch format {
	case Table:
		return writeTable(w, width, columns, items)
	case JSON:
		return writeJSON(w, columns, items)
	case NDJSON:
		return writeNDJSON(w, columns, items)
	case CSV:
		return writeCSV(w, columns, items)
	default:
		return fmt.Errorf("%q is no format; there are table, json, ndjson and csv", format)
	}
}

// Text is a string that is absent where it is empty.
func Text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// All are items that are all there.
func All[T any](items []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// One is a single item, as an answer.
func One[T any](item T) iter.Seq2[T, error] {
	return All([]T{item})
}

// Of makes columns of a part of an item.
func Of[T, Part any](columns []Column[Part], part func(T) Part) []Column[T] {
	var whole []Column[T]
	for _, c := range columns {
		w := Column[T]{Name: c.Name, Heading: c.Heading, Right: c.Right, Gives: c.Gives}
		w.Value = func(item T) any { return c.Value(part(item)) }
		if c.Show != nil {
			w.Show = func(item T) string { return c.Show(part(item)) }
		}
		whole = append(whole, w)
	}
	return whole
}

// Card writes one item for people, a line for each value that is there.
func Card[T any](w io.Writer, columns []Column[T], item T) error {
	widest := 0
	for _, c := range columns {
		widest = max(widest, len(c.Name))
	}
	for _, c := range columns {
		if text := shown(c, item); text != "" {
			if _, err := fmt.Fprintf(w, "%-*s%s%s\n", widest, strings.ReplaceAll(c.Name, "_", " "), gap, text); err != nil {
				return err
			}
		}
	}
	return nil
}
