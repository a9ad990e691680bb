package accesslog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"

	"milepost.dev/eventstore/dirlock"
)

// maxLine is the most bytes that a line may have: names and paths are bounded.
const maxLine = 64 << 10

// tail is the last line of a log; the zero tail is that of one without lines.
type tail struct {
	number uint64
	digest []byte // in hexadecimal digits
}

// appendDigest appends what the next line says of a line, or of a span.
func appendDigest(b, line []byte) []byte {
	sum := sha256.Sum256(line)
	return hex.AppendEncode(b, sum[:])
}

// link is what a line says of its place. A line of a version that had no chain says nothing.
type link struct {
	Number  *uint64 `json:"number"`
	Before  *string `json:"before"`
	LeftOut int     `json:"left_out"`
}

// linkOf reads a line; false where it is not a whole line of JSON.
func linkOf(text []byte) (l link, ok bool) {
	return l, json.Unmarshal(text, &l) == nil
}

// endOf finds the last line of the log, whose newest file is given. Torn says that the newest file breaks off within a line.
func (l *Log) endOf(newest *os.File) (last tail, torn bool, err error) {
	end, torn, err := ending(newest)
	for i := 1; err == nil && !end.whole && i < l.o.Files; i++ {
		var before span
		before, err = l.endingOf(i)
		end = before.and(end.text)
		end.number, end.whole = before.number, before.whole
	}
	if len(end.text) == 0 {
		return tail{}, torn, err
	}
	return tail{end.number, appendDigest(nil, end.text)}, torn, err
}

// endingOf is ending of an older file; the zero span where there is none.
func (l *Log) endingOf(i int) (span, error) {
	f, err := dirlock.OpenFile(l.numbered(i), os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return span{}, nil
	}
	if err != nil {
		return span{}, err
	}
	defer f.Close()
	end, _, err := ending(f)
	return end, err
}

// span is a whole line and what broke off behind it, without the end of the last. A line that broke off does not say what was
// before it, so that the next line says it of the whole line and the rest alike.
type span struct {
	text   []byte
	number uint64 // of the whole line
	whole  bool   // there is one
}

// and is a span with a line more that broke off.
func (s span) and(text []byte) span {
	if len(s.text) > 0 && len(text) > 0 {
		s.text = append(s.text[:len(s.text):len(s.text)], '\n')
	}
	s.text = append(s.text[:len(s.text):len(s.text)], text...)
	return s
}

// ending is the last span of a file. Torn says that the file breaks off within a line.
func ending(f *os.File) (end span, torn bool, err error) {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return span{}, false, err
	}
	text := make([]byte, min(info.Size(), 2*maxLine))
	if _, err := f.ReadAt(text, info.Size()-int64(len(text))); err != nil && !errors.Is(err, io.EOF) {
		return span{}, false, err
	}
	torn = text[len(text)-1] != '\n'
	text = bytes.TrimSuffix(text, []byte{'\n'})
	for from := len(text); from > 0; {
		from = bytes.LastIndexByte(text[:from], '\n')
		line, _, _ := bytes.Cut(text[from+1:], []byte{'\n'})
		if at, ok := linkOf(line); ok {
			end.whole = true
			if at.Number != nil {
				end.number = *at.Number
			}
			end.text = text[from+1:]
			return end, torn, nil
		}
	}
	end.text = text
	return end, torn, nil
}
