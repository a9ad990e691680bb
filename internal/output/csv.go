package output

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
)

// writeCSV writes a heading and a row an item. What is absent is an empty cell; a list or a map is JSON
// in its cell.
func writeCSV[T any](w io.Writer, columns []Column[T], items iter.Seq2[T, error]) error {
	out := csv.NewWriter(w)
	row := make([]string, len(columns))
	for i, c := range columns {
		row[i] = c.Name
	}
	if err := out.Write(row); err != nil {
		return err
	}
	for item, err := range items {
		if err != nil {
			out.Flush()
			return err
		}
		for i, c := range columns {
			cell, err := csvCell(c.Value(item))
			if err != nil {
				return err
			}
			row[i] = cell
		}
		if err := out.Write(row); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func csvCell(value any) (string, error) {
	switch v := value.(type) {
	case nil:
		return "", nil
	case string:
		return Unarmed(v), nil
	case []string, map[string]string, []json.RawMessage:
		text, err := json.Marshal(v)
		return string(Escaped(text)), err
	default:
		return fmt.Sprint(v), nil
	}
}

// Unarmed puts an apostrophe before a text that a spreadsheet would take for a formula: a title of
// "=HYPERLINK(...)" came from a stranger, and would run on the desk of whoever opens the file.
// What steers a terminal is shown as a picture: ␛.
func Unarmed(text string) string {
	text = pictured(text)
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
