package documents

import (
	"bufio"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"strings"
)

// MaxLine is how many bytes a line of a text may have.
const MaxLine = 1 << 20

// textRows reads the lines of a tab-separated text that was taken out of a PDF. Quotes are letters there, and no
// line ends inside a cell.
func textRows(r io.Reader) func(yield func(row, error) bool) {
	return func(yield func(row, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(make([]byte, 0, 64<<10), MaxLine)
		n := 0
		for lines.Scan() {
			n++
			if !yield(textRow(n, lines.Text()), nil) {
				return
			}
		}
		if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(row{}, unreadable("too-long", "Line %d is longer than %d bytes: this is no text with a table in it.", n+1, MaxLine))
		} else if err != nil {
			yield(row{}, err)
		}
	}
}

// textRow cuts a line at its tabs. A tab at its very end ends no cell.
func textRow(number int, line string) row {
	r := row{number: number, prose: !strings.Contains(line, "\t")}
	line = strings.TrimRight(line, "\t\r")
	for i, text := range strings.Split(line, "\t") {
		r.cells = append(r.cells, cell{text: tidy(withoutTags(text)), row: number, column: i + 1})
	}
	return r
}

var (
	listItem = regexp.MustCompile(`(?i)<li[^>]*>`)
	tag      = regexp.MustCompile(`(?i)</?(p|ul|ol|li|br|b|i|u|em|strong|span|div|sup|sub|td|tr|th|table)(\s[^<>]*)?/?>`)
)

// withoutTags drops the marks of a web page that some readers of PDF leave in a cell. An item of a list keeps
// a bullet.
func withoutTags(text string) string {
	if !strings.Contains(text, "<") && !strings.Contains(text, "&") {
		return text
	}
	return html.UnescapeString(tag.ReplaceAllString(listItem.ReplaceAllString(text, " • "), " "))
}

// Unreadable is a file that cannot be read as a plan. Nothing was made of it.
type Unreadable struct {
	// Rule is what it breaks, for programs: "encrypted", "truncated", "formula", "too-large".
	Rule string
	// Sentence says what is wrong and what to do.
	Sentence string
}

func (u *Unreadable) Error() string { return u.Sentence }

func unreadable(rule, format string, args ...any) error {
	return &Unreadable{Rule: rule, Sentence: fmt.Sprintf(format, args...)}
}
