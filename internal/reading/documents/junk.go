package documents

import (
	"slices"
	"strings"
	"unicode"
)

// What follows is about texts taken out of a scan only: cells of a spreadsheet were typed by somebody.

// specks empties the cells that hold no word and no number worth one: what a scan makes of a line or a stain.
func (r *page) specks(in row) row {
	cells := slices.Clone(in.cells)
	for i, c := range cells {
		if c.text != "" && isSpeck(c.text) {
			cells[i].text = ""
		}
	}
	in.cells = cells
	return in
}

func isSpeck(text string) bool {
	letters, digits, foreign := 0, 0, 0
	for _, c := range text {
		switch {
		case unicode.Is(unicode.Latin, c):
			letters++
		case unicode.IsLetter(c):
			foreign++
		case unicode.IsDigit(c):
			digits++
		}
	}
	switch {
	case foreign > letters:
		return true
	case letters == 0:
		return digits == 0 && !isDitto(text) || digits > 0 && strings.Count(text, " ") >= 4 && digits <= len(strings.Fields(text))
	case letters+digits == 1:
		return letters == 1
	case letters < 3 && digits == 0 && len(strings.TrimSpace(text)) > letters+1:
		return true
	}
	return false
}

// isGarbled says whether nothing in a row can be read: hardly a word of it occurs anywhere else in the document.
func (r *reader) isGarbled(in row) bool {
	title := strings.Fields(in.at(r.layout.column(Title)).text)
	if len(r.words) < 400 || len(title) < 2 || len(title) > 8 || opensAction(title[0], title[1]) > 0 {
		return false
	}
	for _, c := range in.cells {
		if r.isDate(c) {
			return false
		}
	}
	known, strange, length := 0, 0, 0
	for _, c := range in.cells {
		length += len(c.text)
		for _, w := range words(c.text) {
			switch {
			case len(w) < 4:
			case r.words[strings.ToLower(w)] >= 2:
				known++
			default:
				strange++
			}
		}
	}
	return length > 0 && length < 140 && known <= 1 && strange >= 1
}

// isGhost says whether a row is a second, worse reading of cells that stand side by side: its action says what
// its baseline says.
func isGhost(in row, l *layout) bool {
	title := in.at(l.column(Title)).text
	if len(title) < 150 {
		return false
	}
	for _, f := range []Field{Baseline, Funding} {
		c := l.column(f)
		if c < 0 {
			continue
		}
		other := in.at(c).text
		if 2*len(other) > len(title) && len(other) < 3*len(title) && overlap(title, other) > 0.45 {
			return true
		}
	}
	return false
}

// overlap is the part of the words of a text that another has too.
func overlap(a, b string) float64 {
	if a == "" || b == "" {
		return 0
	}
	has := map[string]bool{}
	for _, w := range words(strings.ToLower(b)) {
		has[w] = true
	}
	all, both := 0, 0
	for _, w := range words(strings.ToLower(a)) {
		if len(w) > 3 {
			all++
			if has[w] {
				both++
			}
		}
	}
	if all < 5 {
		return 0
	}
	return float64(both) / float64(all)
}

// withoutEcho takes from the action of a row what a scan read twice: the words with which the row above ends.
func withoutEcho(in, above row, title int) row {
	c := in.at(title)
	begin, end := strings.Fields(c.text), strings.Fields(above.at(title).text)
	for n := min(len(begin)-1, len(end)-1); n >= 4; n-- {
		if endsSentence(begin[n-1]) && slices.Equal(begin[:n], end[len(end)-n:]) {
			in.cells = slices.Clone(in.cells)
			in.cells[title].whole = c.text
			in.cells[title].text = strings.Join(begin[n:], " ")
			return in
		}
	}
	return in
}
