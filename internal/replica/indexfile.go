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

// The file: a line that names the format, the number of the last commit it covers, the number of rows,
// rows of key and commit in order of key, and the SHA-256 of all that. One key in sparseEvery stays in
// memory, so that a look-up reads one block.
const (
	indexFormat = "milepost requests 1\n"
	indexHead   = int64(len(indexFormat) + 16)
	indexRow    = 24
	sparseEvery = 128
)

// errNotThisIndex: the file is damaged, or of another format. It is a cache, and made again.
var errNotThisIndex = errors.New("replica: the saved index of requests is not one that this version wrote")

type indexFile struct {
	file   *os.File
	commit uint64 // the last one it covers
	rows   int
	sparse []request.Key // the key of every sparseEvery-th row
}

func openIndexFile(path string) (*indexFile, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	x := &indexFile{file: file}
	if err := x.read(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return x, nil
}

func (x *indexFile) read() error {
	r := bufio.NewReaderSize(x.file, 1<<16)
	info, err := x.file.Stat()
	if err != nil {
		return err
	}
	head := make([]byte, indexHead)
	if _, err := io.ReadFull(r, head); err != nil || string(head[:len(indexFormat)]) != indexFormat {
		return errNotThisIndex
	}
	x.commit = binary.BigEndian.Uint64(head[len(indexFormat):])
	rows := binary.BigEndian.Uint64(head[len(indexFormat)+8:])
	if uint64(info.Size()) != uint64(indexHead)+rows*indexRow+sha256.Size {
		return errNotThisIndex
	}
	x.rows = int(rows)
	hashed := sha256.New()
	hashed.Write(head)
	var row [indexRow]byte
	for i := range x.rows {
		if _, err := io.ReadFull(r, row[:]); err != nil {
			return err
		}
		hashed.Write(row[:])
		if i%sparseEvery == 0 {
			x.sparse = append(x.sparse, request.Key(row[:16]))
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

// writeIndex merges what is on disk with what was frozen, in order of key.
func writeIndex(w io.Writer, disk *indexFile, frozen map[request.Key]uint64, commit uint64) error {
	keys := make([]request.Key, 0, len(frozen))
	for k := range frozen {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b request.Key) int { return bytes.Compare(a[:], b[:]) })

	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(w, sum), 1<<16)
	old, oldRows := io.Reader(bytes.NewReader(nil)), 0
	if disk != nil {
		old, oldRows = bufio.NewReaderSize(io.NewSectionReader(disk.file, indexHead, int64(disk.rows)*indexRow), 1<<16), disk.rows
	}
	head := append([]byte(indexFormat), make([]byte, 16)...)
	binary.BigEndian.PutUint64(head[len(indexFormat):], commit)
	binary.BigEndian.PutUint64(head[len(indexFormat)+8:], uint64(oldRows+len(keys)))
	out.Write(head) // a bufio.Writer keeps its first error for Flush

	var row [indexRow]byte
	write := func(k request.Key) {
		copy(row[:], k[:])
		binary.BigEndian.PutUint64(row[16:], frozen[k])
		out.Write(row[:])
	}
	var oldRow [indexRow]byte
	for range oldRows {
		if _, err := io.ReadFull(old, oldRow[:]); err != nil {
			return fmt.Errorf("read the index of requests: %w", err)
		}
		for len(keys) > 0 && bytes.Compare(keys[0][:], oldRow[:16]) < 0 {
			write(keys[0])
			keys = keys[1:]
		}
		out.Write(oldRow[:])
	}
	for _, k := range keys {
		write(k)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	_, err := w.Write(sum.Sum(nil))
	return err
}
