package projections

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"

	"milepost.dev/eventstore"
)

// checkDigest compares the file with the SHA-256 at its end, and goes back to its beginning.
func checkDigest(r io.ReadSeeker) error {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if size < sha256.Size {
		return ErrNotThisBook
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.CopyN(h, r, size-sha256.Size); err != nil {
		return err
	}
	want := make([]byte, sha256.Size)
	if _, err := io.ReadFull(r, want); err != nil {
		return err
	}
	if !bytes.Equal(h.Sum(nil), want) {
		return ErrNotThisBook
	}
	_, err = r.Seek(0, io.SeekStart)
	return err
}

// encoder writes numbers and blobs, and keeps the first error.
type encoder struct {
	file io.Writer
	w    *bufio.Writer // to file and to sum
	sum  hash.Hash
	buf  [binary.MaxVarintLen64]byte
	err  error
}

func newEncoder(file io.Writer) *encoder {
	sum := sha256.New()
	return &encoder{file: file, sum: sum, w: bufio.NewWriterSize(io.MultiWriter(file, sum), 1<<20)}
}

func (e *encoder) bytes(p []byte) {
	if e.err == nil {
		_, e.err = e.w.Write(p)
	}
}

func (e *encoder) uint(v uint64) { e.bytes(e.buf[:binary.PutUvarint(e.buf[:], v)]) }

func (e *encoder) blob(p []byte) {
	e.uint(uint64(len(p)))
	e.bytes(p)
}

func (e *encoder) close() error {
	if e.err != nil {
		return e.err
	}
	if err := e.w.Flush(); err != nil {
		return err
	}
	_, err := e.file.Write(e.sum.Sum(nil))
	return err
}

// decoder reads what encoder wrote, and keeps the first error.
type decoder struct {
	r   *bufio.Reader
	buf []byte // of the last blob
	err error
}

func newDecoder(r io.Reader) *decoder { return &decoder{r: bufio.NewReaderSize(r, 1<<20)} }

func (d *decoder) fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

func (d *decoder) read(p []byte) {
	if d.err == nil {
		_, d.err = io.ReadFull(d.r, p)
	}
}

func (d *decoder) uint() uint64 {
	if d.err != nil {
		return 0
	}
	v, err := binary.ReadUvarint(d.r)
	d.err = err
	return v
}

// blob is good until the next one.
func (d *decoder) blob() []byte {
	n := d.uint()
	if d.err != nil {
		return nil
	}
	if n > eventstore.MaxRequest*64 { // the digest was right, so only a bug can come here
		d.err = ErrNotThisBook
		return nil
	}
	if uint64(cap(d.buf)) < n {
		d.buf = make([]byte, n)
	}
	d.read(d.buf[:n])
	return d.buf[:n]
}
