package replica

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"

	"milepost.dev/internal/request"
)

// The file: a line that names the format, the number of rows, rows of key and commit in order of key, and the SHA-256 of all
// that. One key in sparseEvery stays in memory, so that a look-up reads one block.
const (
	indexFormat = "milepost requests 2\n"
	indexHead   = int64(len(indexFormat) + 8)
	indexRow    = 24
	sparseEvery = 128
)

// errNotThisIndex: the file is damaged, or of another format. It is a cache, and made again.
var errNotThisIndex = errors.New("replica: the saved index of requests is not one that this version wrote")

// indexFile is a part of the index: the requests of some commits that follow each other.
type indexFile struct {
	name   string // in the directory of the fold
	file   *os.File
	rows   int
	sparse []request.Key // the key of every sparseEvery-th row
}

// row is a request, and the commit in which it was accepted.
type row struct {
	key    request.Key
	commit uint64
}

// openIndexFile opens a file and reads all of it, and tells each key to whoever wants them.
func openIndexFile(path, name string, each func(request.Key)) (*indexFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	x := &indexFile{name: name, file: file}
	if err := x.read(each); err != nil {
		return nil, errors.Join(fmt.Errorf("read %s: %w", name, err), file.Close())
	}
	return x, nil
}

func (x *indexFile) read(each func(request.Key)) error {
	r := bufio.NewReaderSize(x.file, 1<<16)
	info, err := x.file.Stat()
	if err != nil {
		return err
	}
	head := make([]byte, indexHead)
	if _, err := io.ReadFull(r, head); err != nil || string(head[:len(indexFormat)]) != indexFormat {
		return errNotThisIndex
	}
	rows := binary.BigEndian.Uint64(head[len(indexFormat):])
	if uint64(info.Size()) != uint64(indexHead)+rows*indexRow+sha256.Size {
		return errNotThisIndex
	}
	x.rows = int(rows)
	hashed := sha256.New()
	hashed.Write(head)
	block := make([]byte, sparseEvery*indexRow)
	for left := x.rows; left > 0; left -= sparseEvery {
		block = block[:min(left, sparseEvery)*indexRow]
		if _, err := io.ReadFull(r, block); err != nil {
			return err
		}
		hashed.Write(block)
		x.sparse = append(x.sparse, request.Key(block[:16]))
		for at := 0; at < len(block); at += indexRow {
			each(request.Key(block[at : at+16]))
		}
	}
	var want [sha256.Size]byte
	if _, err := io.ReadFull(r, want[:]); err != nil {
		return err
	}
	if !bytes.Equal(hashed.Sum(nil), want[:]) {
		return errNotThisIndex
	}
	return nil
}

func (x *indexFile) find(k request.Key) (uint64, bool, error) {
	block := sort.Search(len(x.sparse), func(i int) bool { return bytes.Compare(x.sparse[i][:], k[:]) > 0 }) - 1
	if block < 0 {
		return 0, false, nil
	}
	first := block * sparseEvery
	buf := make([]byte, min(sparseEvery, x.rows-first)*indexRow)
	if _, err := x.file.ReadAt(buf, indexHead+int64(first)*indexRow); err != nil {
		return 0, false, fmt.Errorf("read the index of requests: %w", err)
	}
	i := sort.Search(len(buf)/indexRow, func(i int) bool { return bytes.Compare(buf[i*indexRow:][:16], k[:]) >= 0 })
	if i*indexRow == len(buf) || !bytes.Equal(buf[i*indexRow:][:16], k[:]) {
		return 0, false, nil
	}
	return binary.BigEndian.Uint64(buf[i*indexRow+16:]), true, nil
}

func (x *indexFile) close() error { return x.file.Close() }

// sortedRows returns what was frozen in order of key.
func sortedRows(frozen map[request.Key]uint64) []row {
	rows := make([]row, 0, len(frozen))
	for k, commit := range frozen {
		rows = append(rows, row{k, commit})
	}
	slices.SortFunc(rows, func(a, b row) int { return bytes.Compare(a.key[:], b.key[:]) })
	return rows
}

// source hands out rows in order of key.
type source struct {
	next row
	more func() (row, bool, error)
}

// writeIndex writes rows, merged with those of files, in order of key.
func writeIndex(w io.Writer, rows []row, files []*indexFile) error {
	count, sources := len(rows), []*source{}
	begin := func(more func() (row, bool, error)) error {
		first, ok, err := more()
		if ok {
			sources = append(sources, &source{first, more})
		}
		return err
	}
	if err := begin(func() (r row, ok bool, _ error) {
		if len(rows) > 0 {
			r, rows, ok = rows[0], rows[1:], true
		}
		return r, ok, nil
	}); err != nil {
		return err
	}
	for _, f := range files {
		count += f.rows
		if err := begin(f.all()); err != nil {
			return err
		}
	}
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16) // which keeps its first error for Flush
	out.Write(binary.BigEndian.AppendUint64([]byte(indexFormat), uint64(count)))
	var buf [indexRow]byte
	for len(sources) > 0 {
		s := slices.MinFunc(sources, func(a, b *source) int { return bytes.Compare(a.next.key[:], b.next.key[:]) })
		copy(buf[:], s.next.key[:])
		binary.BigEndian.PutUint64(buf[16:], s.next.commit)
		out.Write(buf[:])
		next, ok, err := s.more()
		if err != nil {
			return err
		}
		if s.next = next; !ok {
			sources = slices.DeleteFunc(sources, func(of *source) bool { return of == s })
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := w.Write(sum.Sum(nil))
	return err
}

// all hands out the rows of a file, one after the other.
func (x *indexFile) all() func() (row, bool, error) {
	r := bufio.NewReaderSize(io.NewSectionReader(x.file, indexHead, int64(x.rows)*indexRow), 1<<16)
	var buf [indexRow]byte
	return func() (row, bool, error) {
		if _, err := io.ReadFull(r, buf[:]); err != nil {
			if errors.Is(err, io.EOF) {
				return row{}, false, nil
			}
			return row{}, false, fmt.Errorf("read the index of requests: %w", err)
		}
		return row{request.Key(buf[:16]), binary.BigEndian.Uint64(buf[16:])}, true, nil
	}
}
