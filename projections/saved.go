package projections

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"hash"
	"io"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/eventstore"
	"milepost.dev/internal/codec"
)

// A saved fold is the book in a file, so that a start need not decode the whole ledger. It is a cache:
// it is checked against its own digest and against the ledger's chain, and whatever is wrong with it,
// throwing it away costs nothing but time.

// savedFormat changes whenever the bytes below do; a file of another format is not read.
const savedFormat = "milepost book 4\n"

// ErrNotThisBook: the file is damaged, or of another format.
var ErrNotThisBook = errors.New("projections: the saved fold is not one that this version wrote")

// savedHead is what a saved fold begins with.
type savedHead struct {
	Chain  *eventstore.Chain
	Losses []Loss
}

// Save writes the view, which must be at the position of the chain.
func (v View) Save(w io.Writer, chain *eventstore.Chain) error {
	if v.Position != chain.Position {
		return fmt.Errorf("save a fold at position %d with a chain at %d", v.Position, chain.Position)
	}
	if applied := v.book.Commits(); applied < chain.Commit { // the last ones may hold no record, and leave the position alone
		return fmt.Errorf("save a fold of %d commits with a chain of %d", applied, chain.Commit)
	}
	e := newEncoder(w)
	e.bytes([]byte(savedFormat))
	var head bytes.Buffer
	if err := gob.NewEncoder(&head).Encode(savedHead{Chain: chain, Losses: v.Losses()}); err != nil {
		return err
	}
	e.blob(head.Bytes())

	parties := v.book.parties.all()
	e.uint(uint64(len(parties)))
	for _, p := range parties {
		e.blob([]byte(p))
	}
	tellers := v.book.tellers.all()
	e.uint(uint64(len(tellers)))
	for _, t := range tellers {
		e.uint(uint64(t.actor))
		e.uint(uint64(t.speaker))
	}
	e.uint(chain.Commit)
	var before uint64
	for _, first := range v.book.commits.all()[:chain.Commit] {
		e.uint(first - before)
		before = first
	}
	e.requestEnds(v)
	for _, entry := range v.book.inOrder.all() {
		if p, ok := v.plan(entry); ok {
			if err := e.plan(v, p); err != nil {
				return err
			}
		}
	}
	e.blob(nil) // no further plan
	return e.close()
}

func (e *encoder) requestEnds(v View) {
	ends := &v.book.requests
	n, _ := ends.search(func(end requestEnd) bool { return end.last > v.Position })
	e.uint(uint64(n))
	var before requestEnd
	for i := range n {
		end := ends.at(i)
		e.uint(end.last - before.last)
		e.uint(uint64(end.recordedAt - before.recordedAt))
		before = end
	}
}

func (e *encoder) plan(v View, p Plan) error {
	e.blob([]byte(p.ID))
	events, milestones := p.entry.events.all()[:p.countEvents()], p.entry.milestones.all()
	e.uint(uint64(len(events)))
	registered := p.entry.statements.all()
	seen := map[*Milestone]int{}
	for _, event := range events {
		if event.milestone == 0 {
			r := registered[0]
			registered = registered[1:]
			if err := e.statement(event.position(), r.AsAt, r.By, func() (ledgerv1.EventType, []byte, error) {
				return codec.EncodePlan(r.Event)
			}); err != nil {
				return err
			}
			continue
		}
		m := milestones[event.milestone-1]
		f := &m.facts.all()[seen[m]]
		seen[m]++
		if err := e.statement(f.position, f.asAt, f.by, func() (ledgerv1.EventType, []byte, error) {
			if f.date == 0 {
				return ledgerv1.EventType(f.kind), v.book.payload(m, f), nil
			}
			return codec.EncodeMilestone(m.ID, v.book.event(m, f))
		}); err != nil {
			return err
		}
	}
	return nil
}

func (e *encoder) statement(position uint64, asAt civil.Date, by uint32, encode func() (ledgerv1.EventType, []byte, error)) error {
	kind, payload, err := encode()
	if err != nil {
		return err
	}
	e.uint(position)
	e.uint(uint64(asAt.Number()))
	e.uint(uint64(by))
	e.uint(uint64(kind))
	e.blob(payload)
	return e.err
}

// Saved is a saved fold that is whole, and of which only the beginning was read.
type Saved struct {
	// Chain is where the ledger stood when it was saved.
	Chain *eventstore.Chain

	losses []Loss
	rest   *decoder
}

// OpenSaved begins to read a saved fold. A damaged file is found out before anything of it is believed.
func OpenSaved(r io.ReadSeeker) (*Saved, error) {
	if err := checkDigest(r); err != nil {
		return nil, err
	}
	d := &decoder{r: bufio.NewReaderSize(r, 1<<20)}
	format := make([]byte, len(savedFormat))
	if _, err := io.ReadFull(d.r, format); err != nil || string(format) != savedFormat {
		return nil, ErrNotThisBook
	}
	head := savedHead{Chain: &eventstore.Chain{}}
	if err := gob.NewDecoder(bytes.NewReader(d.blob())).Decode(&head); err != nil {
		return nil, errors.Join(ErrNotThisBook, err)
	}
	return &Saved{Chain: head.Chain, losses: head.Losses, rest: d}, nil
}

// Into reads the rest into a new book, once. After an error, which only a mistake in this package can lead to, the
// book is good for nothing.
func (s *Saved) Into(b *Book) error {
	d := s.rest
	for _, loss := range s.losses {
		b.losses.append(loss)
	}
	for range d.uint() {
		b.party(string(d.blob()))
	}
	for range d.uint() {
		b.indexOf(teller{actor: uint32(d.uint()), speaker: uint32(d.uint())})
	}
	var first uint64
	for range d.uint() {
		first += d.uint()
		b.commits.append(first)
	}
	var end requestEnd
	for range d.uint() {
		end.last += d.uint()
		end.recordedAt += int64(d.uint())
		b.requests.append(end)
	}
	for {
		id := string(d.blob())
		if id == "" || d.err != nil {
			break
		}
		events := d.uint()
		if events > s.Chain.Position {
			return ErrNotThisBook
		}
		b.planEntry(id).events.reserve(int(events))
		for range events {
			s, err := d.statement()
			if err == nil {
				err = b.add(id, &s)
			}
			if err != nil {
				return errors.Join(ErrNotThisBook, err)
			}
		}
	}
	if d.err != nil {
		return errors.Join(ErrNotThisBook, d.err)
	}
	b.moveTo(s.Chain.Position)
	return nil
}

func (d *decoder) statement() (stored, error) {
	s := stored{position: d.uint()}
	s.asAt, _ = civil.FromNumber(int32(d.uint()))
	s.by = uint32(d.uint())
	s.kind = ledgerv1.EventType(d.uint())
	s.payload = d.blob() // good until the next one; the book keeps a copy
	return s, d.err
}

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
	_, d.err = io.ReadFull(d.r, d.buf[:n])
	return d.buf[:n]
}
