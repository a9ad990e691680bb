package documents

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"milepost.dev/domain/civil"

	"milepost.dev/internal/reading/headings"
)

// Mapping overrides what the columns of a document are read as. It is a small YAML file that is kept with the
// plan.
type Mapping struct {
	// Columns says what a heading is read as: the heading as the document has it, in any case and spacing, to the
	// name of a field, or "ignore".
	Columns map[string]string `yaml:"columns"`
	// HeaderRow is the row or line of the header, where it cannot be found; 0 looks for it.
	HeaderRow int `yaml:"header_row"`
	// Start, End and Dated are the plan's period and the document's own date.
	Start string `yaml:"plan_start"`
	End   string `yaml:"plan_end"`
	Dated string `yaml:"dated"`
}

// ReadMapping reads a mapping file. Its errors are *Unreadable and name all that is wrong.
func ReadMapping(in io.Reader) (*Mapping, error) {
	d := yaml.NewDecoder(io.LimitReader(in, 1<<20))
	d.KnownFields(true)
	m := &Mapping{}
	if err := d.Decode(m); err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable("mapping", "The mapping file cannot be read: %v.", err)
	}
	var wrong []string
	for _, heading := range slices.Sorted(maps.Keys(m.Columns)) {
		field := m.Columns[heading]
		if _, ok := headings.Named(field); !ok {
			wrong = append(wrong, fmt.Sprintf("%q is read as %q, and there is no such field", heading, field))
		}
	}
	for _, day := range []string{m.Start, m.End, m.Dated} {
		if _, err := civil.Parse(day); day != "" && err != nil {
			wrong = append(wrong, err.Error())
		}
	}
	if len(wrong) > 0 {
		return nil, unreadable("mapping", "The mapping file has mistakes: %s. The fields are %s, and ignore.", strings.Join(wrong, "; "), strings.Join(fieldNames(), ", "))
	}
	return m, nil
}

func fieldNames() (names []string) {
	for _, s := range headings.Synonyms {
		names = append(names, string(s.Field))
	}
	return append(names, string(Period))
}

// apply overrides what headings are read as.
func (m *Mapping) apply(found []heading, _ string) {
	if m == nil {
		return
	}
	for i, h := range found {
		for _, wanted := range slices.Sorted(maps.Keys(m.Columns)) {
			field := m.Columns[wanted]
			if headings.Key(wanted) == headings.Key(h.text) && h.text != "" {
				found[i].as, _ = headings.Named(field)
				found[i].sure = 2 // surer than anything that was guessed
			}
		}
	}
}

func (m *Mapping) hasHeaderRow() bool { return m != nil && m.HeaderRow > 0 }

// isMappedHeader says whether a mapping names a row as the header, or most of its cells as headings.
func (r *reader) isMappedHeader(in row) bool {
	m := r.mapping
	if m == nil || in.prose {
		return false
	}
	if m.HeaderRow > 0 {
		return in.number == m.HeaderRow
	}
	known := 0
	for _, c := range in.cells {
		for wanted := range m.Columns {
			if c.text != "" && headings.Key(wanted) == headings.Key(c.text) {
				known++
			}
		}
	}
	return known > 0 && (known >= 2 || known == len(m.Columns))
}
