package rows

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// A return says the same in whatever it is written, and a UTF-8 file with a damaged byte stays one.
func TestEncodings(t *testing.T) {
	text := "as_at,ref,title\n2025-01-31,M1," + strings.Repeat("long ", 900) + "\n2025-01-31,M2,Café “Zoë” opens – £3\n"
	in1252, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	in16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ text, encoding, title string }{
		{text, UTF8, "Café “Zoë” opens – £3"},
		{in1252, Windows1252, "Café “Zoë” opens – £3"},
		{in16, UTF16, "Café “Zoë” opens – £3"},
		{strings.Replace(text, "opens", "\xff", 1), UTF8, ""}, // refused, as a cell that is damaged
		{strings.Replace(text, "é", "e", 1)[:30] + "plain\n", UTF8, "plain"},
	} {
		for name, in := range map[string]io.Reader{"whole": strings.NewReader(c.text), "byte by byte": iotest.OneByteReader(strings.NewReader(c.text))} {
			r, err := Open(in, false)
			if err != nil {
				t.Fatalf("%s, %s: %v", c.encoding, name, err)
			}
			title, refused := "", 0
			for {
				row, faults, err := r.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if title = row.Value(Title); len(faults) > 0 {
					title = ""
					refused++
				}
			}
			if title != c.title || r.Encoding() != c.encoding || (c.title == "") != (refused > 0) {
				t.Errorf("%s, %s: the title is %q, written in %s, %d refused", c.encoding, name, title, r.Encoding(), refused)
			}
		}
	}
}
