package output

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// steers says whether a rune steers a terminal or turns the direction of a line: a control character that has no place in a text, or
// a mark of direction. The words of an answer come from strangers.
func steers(r rune) bool {
	switch r {
	case '\n', '\t':
		return false
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

// Escaped is JSON in which what steers a terminal is written as \u and its number. It means the same.
func Escaped(text []byte) []byte {
	i := 0
	for i < len(text) && text[i] >= ' ' && text[i] < 0x7f || i < len(text) && text[i] == '\n' {
		i++
	}
	if i == len(text) {
		return text
	}
	out := append(make([]byte, 0, len(text)+16), text[:i]...)
	for i < len(text) {
		r, size := utf8.DecodeRune(text[i:])
		if steers(r) && r > ' ' { // JSON escapes the others itself, and they stand between its parts
			out = fmt.Appendf(out, `\u%04x`, r)
		} else {
			out = append(out, text[i:i+size]...)
		}
		i += size
	}
	return out
}

// NewEncoder writes JSON that steers no terminal, a value a line.
func NewEncoder(w io.Writer) *json.Encoder { return json.NewEncoder(escaping{w}) }

// escaping escapes what is written in whole values, as json.Encoder does.
type escaping struct{ w io.Writer }

func (e escaping) Write(text []byte) (int, error) {
	if _, err := e.w.Write(Escaped(text)); err != nil {
		return 0, err
	}
	return len(text), nil
}

// pictured is a text of several lines for a format that has no escapes: what steers a terminal is shown as its picture, or as the
// replacement character where it has none.
func pictured(text string) string {
	if !strings.ContainsFunc(text, steers) {
		return text
	}
	return strings.Map(func(r rune) rune {
		switch {
		case !steers(r):
			return r
		case r < ' ':
			return 0x2400 + r // ␛ and the like
		case r == 0x7f:
			return 0x2421
		}
		return unicode.ReplacementChar
	}, strings.ReplaceAll(text, "\r\n", "\n"))
}
