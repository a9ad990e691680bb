package documents

import (
	"regexp"
	"slices"
	"strings"
)

// places are where cells stand.
func (r *page) places(cells []cell) (places []Place) {
	for _, c := range cells {
		if c.text != "" {
			places = append(places, Place{r.sheet, c.row, c.column, c.verbatim()})
		}
	}
	return places
}

// value is the cells of one field, read as one value.
func (r *page) value(cells ...cell) Value {
	v := Value{From: r.places(cells)}
	var texts []string
	last := ""
	for _, c := range cells {
		if c.text != "" && c.text != last { // said twice, across the end of a page
			texts = append(texts, oneLine(c.text))
		}
		if c.text != "" {
			last = c.text
		}
	}
	v.Text = mendHyphen(strings.Join(texts, " "))
	return v
}

var cutHyphen = regexp.MustCompile(`(\pL)- (\pL)`)

// mendHyphen closes the gap that the end of a line left after a hyphen: "Self- Management".
func mendHyphen(text string) string {
	if !strings.Contains(text, "- ") {
		return text
	}
	return cutHyphen.ReplaceAllString(text, "$1-$2")
}

func joinLines(cells []cell) string {
	var texts []string
	for _, c := range cells {
		texts = append(texts, c.text)
	}
	return mendHyphen(strings.Join(texts, " "))
}

// titleValue is the text of one action, with the cells that it stands in.
func (r *reader) titleValue(rec *record, text string) Value {
	cells := rec.cells[Title]
	if len(cells) == 0 {
		if cells = r.block.deliverable; len(cells) == 0 {
			cells = r.block.scheme
		}
	}
	return Value{Text: text, From: r.places(cells)}
}

// lineOf is the line where an action begins.
func (r *page) lineOf(rec *record, paragraphs [][]cell, text string, i int) int {
	for _, lines := range paragraphs {
		if strings.HasPrefix(text, firstWords(lines[0].text)) {
			return lines[0].row
		}
	}
	begin := firstWords(text)
	for _, c := range rec.cells[Title] {
		if strings.Contains(mendHyphen(oneLine(c.text)), begin) {
			return c.row
		}
	}
	return rec.rows[0].number
}

func firstWords(text string) string {
	fields := strings.Fields(text)
	return strings.Join(fields[:min(3, len(fields))], " ")
}

// field is a value of a record; a ditto mark is what stands above it.
func (r *reader) field(rec *record, f Field) Value {
	cells := slices.Clone(rec.cells[f])
	for i, c := range cells {
		if isDitto(c.text) && f != Title {
			if above, ok := r.above[f]; ok {
				cells[i].text = above.text
			}
			continue
		}
		r.above[f] = c
	}
	return r.value(cells...)
}

// rag is a rating. A cell that is only coloured says nothing that a reader of text can see: it is not stated.
func (r *reader) rag(rec *record) Value { return r.field(rec, RAG) }

// workstream is the column's value, else that of the banner or chapter above.
func (r *reader) workstream(rec *record) Value {
	if c := rec.cells[Workstream]; len(c) > 0 && rec.has(Workstream) {
		r.above[Workstream] = c[0]
		return r.value(c...)
	}
	if c := rec.cells[Chapter]; len(c) > 0 && c[0].text != "" {
		v := r.value(c...)
		if name, ok := r.chapters[chapterNumber(v.Text)]; ok {
			v.Text = name
		}
		return v
	}
	if c, ok := r.above[Workstream]; ok && r.layout.has(Workstream) && !r.layout.has(Ref) {
		return r.value(c)
	}
	return r.under
}

// owner is the one who is accountable. A row that begins nothing of its own belongs to the owner above.
func (r *reader) owner(rec *record) Value {
	if rec.has(Owner) {
		v := r.field(rec, Owner)
		if r.scanned {
			v.Text = saidOnce(v.Text)
		}
		if c := rec.cells[Owner]; !isDitto(c[0].text) {
			r.ownerUp = v
		}
		return v
	}
	if rec.opensBlock {
		r.ownerUp = Value{}
		return Value{}
	}
	return r.ownerUp
}

// saidOnce is a name that stands twice in its cell, once for each of two actions.
func saidOnce(text string) string {
	if half := len(text) / 2; len(text)%2 == 1 && text[half] == ' ' && text[:half] == text[half+1:] {
		return text[:half]
	}
	return text
}

// others are the values of columns that are no field, by heading.
func (r table) others(rec *record) map[string]Value {
	var others map[string]Value
	for _, in := range rec.rows {
		for i, c := range in.cells {
			if c.text == "" || i >= len(r.layout.headings) || r.layout.headings[i].as != Unread || r.layout.headings[i].text == "" {
				continue
			}
			others = withOther(others, r.layout.headings[i].text, r.value(c))
		}
	}
	return others
}

// withOther is the values with one more; a second value below the same heading follows the first.
func withOther(others map[string]Value, heading string, v Value) map[string]Value {
	if others == nil {
		others = map[string]Value{}
	}
	if before, ok := others[heading]; ok {
		v = Value{Text: before.Text + " " + v.Text, From: append(slices.Clone(before.From), v.From...)}
	}
	others[heading] = v
	return others
}

// lose counts a value that nothing was made of.
func (r table) lose(column int) {
	if column < len(r.layout.columns) && r.layout.columns[column] != nil && r.layout.columns[column].As != Unread {
		r.layout.columns[column].Unread++
	}
}
