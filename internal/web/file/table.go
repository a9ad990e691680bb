package file

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"

	"milepost.dev/internal/output"
)

// Day is an ISO day in a cell; empty where there is none.
type Day string

// Table is rows of cells, and what they speak for.
type Table struct {
	Title   string
	Columns []string // as programs call them: slip_days
	// Rows have a cell for each column: a string, an int, a bool, a Day, or nil where there is nothing.
	Rows [][]any
	// Bare leaves out of CSV what the table speaks for: of one that is to be read by columns that have a meaning.
	Bare bool
	Speaks
}

// Speaks says which knowledge a file was made from.
type Speaks struct {
	AsAt, KnownAt string // KnownAt as the address has it; empty for all that was known
	Position      uint64
	Filter        string // in words; empty where all rows are there
	Clock         string // what the clock is called where it does not show the time of the world
}

// said are the names and values of what a file says about itself.
func (s Speaks) said() [][2]string {
	all := [][2]string{{"as_at", s.AsAt}, {"known_at", s.KnownAt}, {"position", strconv.FormatUint(s.Position, 10)}, {"filter", s.Filter}}
	if s.Clock != "" {
		all = append(all, [2]string{"clock", s.Clock})
	}
	return all
}

// CSV is the table as RFC 4180 has it, in UTF-8. What it speaks for stands in columns of its own at the end of each row. Text
// that a spreadsheet would take for a formula has an apostrophe before it.
func (t *Table) CSV() ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	said := t.said()
	if t.Bare {
		said = nil
	}
	head := append([]string(nil), t.Columns...)
	for _, s := range said {
		head = append(head, "spoken_"+s[0])
	}
	if err := w.Write(head); err != nil {
		return nil, err
	}
	for _, row := range t.Rows {
		cells := make([]string, 0, len(head))
		for _, value := range row {
			cells = append(cells, text(value))
		}
		for _, s := range said {
			cells = append(cells, output.Unarmed(s[1]))
		}
		if err := w.Write(cells); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// Safe says whether text stands in CSV as it is: a spreadsheet would not take it for a formula.
func Safe(text string) bool { return output.Unarmed(text) == text }

// text is a cell as CSV has it.
func text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return output.Unarmed(v)
	default:
		return fmt.Sprint(v)
	}
}

// JSON is an object with what the table speaks for, and its rows as objects.
func (t *Table) JSON() ([]byte, error) {
	rows := make([]json.RawMessage, 0, len(t.Rows))
	for _, row := range t.Rows {
		var object bytes.Buffer
		for i, value := range row {
			name, err := json.Marshal(t.Columns[i])
			if err != nil {
				return nil, err
			}
			if day, ok := value.(Day); ok && day == "" {
				value = nil
			}
			cell, err := json.Marshal(value)
			if err != nil {
				return nil, err
			}
			object.WriteByte(",{"[b2i(i == 0)])
			object.Write(name)
			object.WriteByte(':')
			object.Write(cell)
		}
		rows = append(rows, append(object.Bytes(), '}'))
	}
	whole := map[string]any{"title": t.Title, "as_at": t.AsAt, "known_at": t.KnownAt, "position": t.Position, "filter": t.Filter, "rows": rows}
	if t.Clock != "" {
		whole["clock"] = t.Clock
	}
	text, err := json.MarshalIndent(whole, "", " ")
	return append(text, '\n'), err
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
