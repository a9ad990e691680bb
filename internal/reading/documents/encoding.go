package documents

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// sniffed is how much of a text is looked at to tell UTF-8 from Windows-1252 when the text is a stream. A text
// that is UTF-8 so far and is not later has its bad bytes replaced, and is noted.
const sniffed = 4 << 20

// decoded reads a text as UTF-8, whatever it was written in, and names what that was: by its mark where it
// has one, else UTF-8 where it is valid UTF-8, else Windows-1252, in which every byte is a character. What is looked at
// only to tell is no progress.
func decoded(in *tracked, size int64) (io.Reader, string, error) {
	look := int(min(size+1, sniffed))
	raw := bufio.NewReaderSize(in.in, look)
	in.in = raw
	head, err := raw.Peek(look)
	if err != nil && err != io.EOF && err != bufio.ErrBufferFull {
		return nil, "", err
	}
	whole := err == io.EOF
	switch {
	case bytes.HasPrefix(head, []byte{0xEF, 0xBB, 0xBF}):
		_, err = raw.Discard(3)
		return in, "UTF-8", err
	case bytes.HasPrefix(head, []byte{0xFF, 0xFE}), bytes.HasPrefix(head, []byte{0xFE, 0xFF}):
		return transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), "UTF-16", nil
	case looksUTF16(head, 1):
		return transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()), "UTF-16", nil
	case looksUTF16(head, 0):
		return transform.NewReader(in, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder()), "UTF-16", nil
	}
	if !whole { // the last character may be cut
		for n := 1; n <= utf8.UTFMax && n < len(head); n++ {
			if utf8.RuneStart(head[len(head)-n]) {
				head = head[:len(head)-n]
				break
			}
		}
	}
	if utf8.Valid(head) {
		return in, "UTF-8", nil
	}
	return transform.NewReader(in, charmap.Windows1252.NewDecoder()), "Windows-1252", nil
}

// looksUTF16 says whether every other byte of a text is zero, as in UTF-16 without a mark.
func looksUTF16(head []byte, zeroAt int) bool {
	head = head[:min(len(head), 4096)]
	if len(head) < 4 {
		return false
	}
	zeros, others := 0, 0
	for i, b := range head {
		switch {
		case b == 0 && i%2 == zeroAt:
			zeros++
		case b == 0:
			others++
		}
	}
	return others == 0 && zeros*3 > len(head)
}

// isBinary says whether a file is no text in any encoding that is read: more than a few of its bytes are control
// characters, which no text has.
func isBinary(head []byte) bool {
	if bytes.HasPrefix(head, []byte{0xFF, 0xFE}) || bytes.HasPrefix(head, []byte{0xFE, 0xFF}) || looksUTF16(head, 0) || looksUTF16(head, 1) {
		return false
	}
	control := 0
	for _, b := range head {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' {
			control++
		}
	}
	return control > 2 && 50*control > len(head)
}
