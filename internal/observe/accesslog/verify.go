package accesslog

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
)

// Proof is what a log came to that was proved.
type Proof struct {
	Files int    `json:"files"`
	Lines int    `json:"lines"`
	First uint64 `json:"first"` // the number of the oldest line with a place in the chain; 0: there is none
	Last  uint64 `json:"last"`
	// Digest is that of the newest line. Kept elsewhere, with its number, it stands for all lines up to it.
	Digest string `json:"digest"`
	// Unchained are the lines before the first, of a version that had no chain; nothing proves them but what follows.
	Unchained int `json:"unchained,omitempty"`
	// BrokenOff are lines that broke off when the server was cut off. What is left of them is in the chain.
	BrokenOff int `json:"broken_off,omitempty"`
	// LeftOut are the refused calls of strangers that have no line of their own.
	LeftOut int `json:"left_out,omitempty"`
	// Kept is how many digests that were kept elsewhere agree.
	Kept int `json:"kept,omitempty"`
}

// Damage is where a log is not what was written.
type Damage struct {
	File   string
	Line   int // within the file, from 1; 0 for all of it
	Reason string
}

func (d *Damage) Error() string {
	if d.Line == 0 {
		return fmt.Sprintf("%s: %s", d.File, d.Reason)
	}
	return fmt.Sprintf("%s, line %d: %s", d.File, d.Line, d.Reason)
}

// Verify proves the log at a path with its older files, while its server runs or not. Expect are digests that were kept elsewhere,
// by the number of the line. It answers *Damage where the log is not what was written, and fs.ErrNotExist where there is none.
func Verify(path string, expect map[uint64]string) (Proof, error) {
	files, err := openAll(path)
	if err != nil {
		return Proof{}, err
	}
	v := verifier{expect: expect}
	for _, f := range files {
		if err == nil {
			err = v.file(f)
		}
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return v.proof, err
	}
	return v.proof, v.met(path)
}

// openAll opens the files of a log, the oldest first. The server may begin a new one meanwhile: then it looks again.
func openAll(path string) (files []*os.File, err error) {
	l := Log{path: path}
	for range 10 {
		files = files[:0]
		turned := false
		for i := 0; ; i++ {
			f, err := os.Open(l.numbered(i))
			if errors.Is(err, fs.ErrNotExist) && i > 0 {
				break
			}
			if err != nil {
				return nil, errors.Join(err, closeAll(files))
			}
			files = append(files, f)
			if i > 0 && same(files[i-1], f) {
				turned = true
				break
			}
		}
		if !turned {
			slices.Reverse(files)
			return files, nil
		}
		if err := closeAll(files); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s is turned faster than it can be read: copy its files and verify the copy", path)
}

func same(a, b *os.File) bool {
	x, wrong := a.Stat()
	y, err := b.Stat()
	return wrong == nil && err == nil && os.SameFile(x, y)
}

func closeAll(files []*os.File) (err error) {
	for _, f := range files {
		err = errors.Join(err, f.Close())
	}
	return err
}

// verifier follows the lines of a log.
type verifier struct {
	proof  Proof
	expect map[uint64]string
	span   span
}

// file reads one file of the log to its end.
func (v *verifier) file(f *os.File) error {
	v.proof.Files++
	lines := bufio.NewReaderSize(f, maxLine)
	for n := 1; ; n++ {
		text, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) && len(text) == 0 {
			return nil
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			return &Damage{f.Name(), n, "it is longer than any line that a server writes"}
		}
		whole := err == nil
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if whole {
			text = text[:len(text)-1]
		}
		if reason := v.line(text); reason != "" {
			return &Damage{f.Name(), n, reason}
		}
	}
}

// line follows one line, and says what is wrong with it; nothing where all is well.
func (v *verifier) line(text []byte) string {
	p := &v.proof
	p.Lines++
	at, whole := linkOf(text)
	switch {
	case !whole:
		p.BrokenOff++
	case at.Number == nil || at.Before == nil:
		if p.First > 0 {
			return "it has no place in the chain, and lines before it have"
		}
		p.Unchained++
	case p.Lines > 1 && *at.Before != p.Digest:
		return fmt.Sprintf("the line before it is not the one that was written before line %d: a line was changed, put in or taken out", *at.Number)
	case p.First > 0 && *at.Number != p.Last+1:
		return fmt.Sprintf("it is number %d, and number %d is due", *at.Number, p.Last+1)
	case p.Lines == 1 && *at.Number == 1 && *at.Before != "":
		return "it is number 1, and says that there was a line before it"
	default:
		if p.First == 0 {
			p.First = *at.Number
		}
		p.Last = *at.Number
	}
	if whole {
		v.span = span{text: append([]byte(nil), text...)}
	} else {
		v.span = v.span.and(text)
	}
	p.Digest = string(appendDigest(nil, v.span.text))
	p.LeftOut += at.LeftOut
	if want, ok := v.expect[p.Last]; ok && whole && p.First > 0 {
		if want != p.Digest {
			return fmt.Sprintf("line %d is not the one whose digest was kept", p.Last)
		}
		p.Kept++
	}
	return ""
}

// met says whether every digest that was kept could be compared.
func (v *verifier) met(path string) error {
	for number := range v.expect {
		switch {
		case number > v.proof.Last:
			return &Damage{path, 0, fmt.Sprintf("the log ends at line %d, and a digest was kept of line %d", v.proof.Last, number)}
		case number < v.proof.First:
			return fmt.Errorf("%s begins at line %d, and line %d is gone: the oldest file goes when a new one is begun", path, v.proof.First, number)
		}
	}
	return nil
}
