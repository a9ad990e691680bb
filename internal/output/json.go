package output

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"
)

// Object is an item as a JSON object, its fields in the order of the columns.
func Object[T any](columns []Column[T], item T) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	put := func(v any) error {
		err := e.Encode(v)
		b.Truncate(b.Len() - 1) // the encoder ends each value with a line
		return err
	}
	b.WriteByte('{')
	for i, c := range columns {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := put(c.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := put(c.Value(item)); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return Escaped(b.Bytes()), nil
}

// writeJSON writes an array with an item a line.
func writeJSON[T any](w io.Writer, columns []Column[T], items iter.Seq2[T, error]) error {
	before := "[\n "
	for item, err := range items {
		if err != nil {
			return err
		}
		object, err := Object(columns, item)
		if err != nil {
			return err
		}
		if _, err := w.Write(append([]byte(before), object...)); err != nil {
			return err
		}
		before = ",\n "
	}
	end := "\n]\n"
	if before[0] == '[' {
		end = "[]\n"
	}
	_, err := io.WriteString(w, end)
	return err
}

func writeNDJSON[T any](w io.Writer, columns []Column[T], items iter.Seq2[T, error]) error {
	for item, err := range items {
		if err != nil {
			return err
		}
		object, err := Object(columns, item)
		if err != nil {
			return err
		}
		if _, err := w.Write(append(object, '\n')); err != nil {
			return err
		}
	}
	return nil
}
