package rows

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// The encodings of a return.
const (
	UTF8        = "UTF-8"
	UTF16       = "UTF-16"
	Windows1252 = "Windows-1252"
)

// sniffed is how many bytes of a return are looked at together.
const sniffed = 64 << 10

// text is a return as UTF-8, whatever it was written in. A return is read as a stream, so what it was written in shows where the
// first letter stands that is not in ASCII: UTF-8 where it is one there, else Windows-1252, in which every byte is a letter.
type text struct {
	in       *bufio.Reader
	encoding string // empty while all was ASCII
	decoded  io.Reader
}

func newText(file io.Reader) *text {
	t := &text{in: bufio.NewReaderSize(file, sniffed)}
	head, _ := t.in.Peek(2) // what cannot be read is said by the first row
	if bytes.Equal(head, []byte{0xFF, 0xFE}) || bytes.Equal(head, []byte{0xFE, 0xFF}) {
		t.encoding, t.decoded = UTF16, transform.NewReader(t.in, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	}
	return t
}

// Read reads on.
func (t *text) Read(p []byte) (int, error) {
	switch {
	case t.decoded != nil:
		return t.decoded.Read(p)
	case t.encoding != "":
		return t.in.Read(p)
	}
	if _, err := t.in.Peek(1); err != nil {
		return 0, err
	}
	ahead, _ := t.in.Peek(t.in.Buffered())
	at := bytes.IndexFunc(ahead, func(c rune) bool { return c >= utf8.RuneSelf })
	if at > 0 || at < 0 {
		if at < 0 {
			at = len(ahead)
		}
		return t.in.Read(p[:min(len(p), at)])
	}
	ahead, err := t.in.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) && len(ahead) == 0 {
		return 0, err
	}
	if t.encoding = UTF8; !anyUTF8(ahead) {
		t.encoding, t.decoded = Windows1252, transform.NewReader(t.in, charmap.Windows1252.NewDecoder())
	}
	return t.Read(p)
}

// anyUTF8 says whether a text has letters of UTF-8 that are not in ASCII. One of which a few bytes are damaged has others.
func anyUTF8(ahead []byte) bool {
	for len(ahead) > 0 {
		c, size := utf8.DecodeRune(ahead)
		if size > 1 && c != utf8.RuneError {
			return true
		}
		ahead = ahead[size:]
	}
	return false
}
