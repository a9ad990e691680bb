package embedded

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/minio/highwayhash"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
)

// Summary is what an inspection saw.
type Summary struct {
	Commits uint64 // the number of the last one
	Last    []byte // its bytes; nil where there is none
	Blocks  int    // files
	Bytes   int64  // in them
	File    string // the last of them; empty where there is none
	Torn    *Torn  // nil where the last file ends with a whole record
	// Unmarked says why nothing shows how far the ledger was acknowledged, so that an end that was cut off would not be
	// noticed; empty where it is shown.
	Unmarked string
}

// Torn is the beginning of a record at the very end of the log: the machine stopped while it was being
// written. It was never acknowledged, and the server cuts it off when it opens the store.
type Torn struct {
	File          string
	Offset, Bytes int64
}

// Inspect reads the ledger of a data directory, or of a copy of one, from the files in which the server
// keeps it, and changes nothing. The server has to be down: opening a damaged store repairs it, and so
// destroys the evidence. It calls yield for each commit in order, whose bytes then belong to yield, and
// stops at its first error.
//
// What it finds wrong is an *eventstore.Damage that names the commit and no position, which only a
// Chain knows; Verify runs one. A directory without a ledger, and without a trace of one, has no commits.
//
// Several files are read at once, each on a processor of its own; yield is called by the caller's goroutine alone.
func Inspect(dir string, yield func(number uint64, data []byte) error) (Summary, error) {
	return inspect(dir, false, func(number uint64, r *prepared) error { return yield(number, r.body) })
}

// InspectExamined is Inspect, but that each commit comes with all that can be known of it alone. Hashes are most of what
// proving a ledger costs, and they are taken while the files are read.
func InspectExamined(dir string, yield func(number uint64, commit *eventstore.Examined) error) (Summary, error) {
	return inspect(dir, true, func(number uint64, r *prepared) error { return yield(number, r.examined) })
}

func inspect(dir string, examine bool, yield func(number uint64, r *prepared) error) (Summary, error) {
	if _, err := os.Stat(dir); err != nil {
		return Summary{}, fmt.Errorf("inspect the ledger: %w", err)
	}
	w := walk{stream: streamDir(dir), examine: examine, yield: yield}
	var err error
	if w.mark, w.summary.Unmarked, err = readMark(dir); err != nil {
		return w.summary, err
	}
	names, err := w.blocks()
	if err != nil {
		return w.summary, err
	}
	if err := w.traces(dir, names); err != nil {
		return w.summary, err
	}
	return w.records(names)
}

// records reads the records of all files.
func (w *walk) records(names []string) (Summary, error) {
	indexed, err := w.indexed() // before the records: the server may be writing both
	if err != nil {
		return w.summary, err
	}
	if err := w.allBlocks(names); err != nil {
		return w.summary, err
	}
	if len(names) > 0 {
		w.summary.File = filepath.Join(w.stream, "msgs", names[len(names)-1])
	}
	if indexed > w.summary.Commits {
		return w.summary, w.damaged("the log ends at commit %d, and had reached commit %d", w.summary.Commits, indexed)
	}
	if w.summary.Commits < w.mark.number {
		return w.summary, w.damaged("the log ends at commit %d, and commit %d was acknowledged", w.summary.Commits, w.mark.number)
	}
	return w.summary, nil
}

// Verify is Inspect with a Chain over it: every promise of the ledger is checked, and damage is named by
// its position. It answers the chain as far as it is whole. A directory that Open refuses for its format, or because a
// restore into it was interrupted, is refused here too.
func Verify(dir string, apply func(*eventstore.Commit) error) (*eventstore.Chain, Summary, error) {
	chain, summary := &eventstore.Chain{}, Summary{}
	if err := errors.Join(checkBuilt(dir), checkFormat(dir)); err != nil {
		return chain, summary, err
	}
	err := eventstore.FollowExamined(chain, func(yield func(uint64, *eventstore.Examined) error) (err error) {
		summary, err = InspectExamined(dir, yield)
		return err
	}, apply)
	return chain, summary, err
}

// Where the server keeps a stream of its one account.
func streamsDir(dir string) string { return filepath.Join(dir, "ledger", "jetstream", "$G", "streams") }
func streamDir(dir string) string  { return filepath.Join(streamsDir(dir), jetstream.LedgerStream) }
func keptDir(dir string) string    { return filepath.Join(streamsDir(dir), jetstream.KeptStream) }

// The record format of the server's file store, version 2.15:
//
//	length(4) sequence(8) time(8) subject length(2) subject [header length(4) header] body checksum(8)
//
// with the top bit of the length saying that there is a header. The checksum is of all but the lengths,
// keyed with the stream's name and the number of the file.
const (
	recordHead  = 4 + 8 + 8 + 2
	recordSum   = 8
	recordLimit = 32 << 20
	hasHeader   = 1 << 31
	erasedMark  = 1 << 63
	lostMark    = 1 << 62

	// blockLimit is more than a file can have: it is closed when 8 MiB are passed.
	blockLimit = 8<<20 + recordLimit
)

var (
	subjectBytes = []byte(jetstream.LedgerSubject)
	headerEnd    = []byte("\r\n\r\n")
)

type walk struct {
	stream  string
	examine bool
	yield   func(uint64, *prepared) error
	mark    mark // how far it was acknowledged
	summary Summary
}

func (w *walk) damaged(format string, args ...any) error {
	return &eventstore.Damage{Commit: w.summary.Commits + 1, Reason: fmt.Sprintf(format, args...)}
}

// blocks lists the files in the order in which they were written.
func (w *walk) blocks() ([]string, error) {
	names, stray, err := blocksOf(w.stream)
	if err != nil {
		return nil, fmt.Errorf("inspect the ledger: %w", err)
	}
	if stray != "" {
		return nil, w.damaged("a file %s that no server writes is among its own", stray)
	}
	return names, nil
}

// blocksOf lists the files of a stream in the order of their numbers, and one that no server has named.
func blocksOf(stream string) (names []string, stray string, err error) {
	entries, err := os.ReadDir(filepath.Join(stream, "msgs"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".blk") {
			if _, ok := blockNumber(e.Name()); !ok {
				stray = e.Name()
				continue
			}
			names = append(names, e.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		m, _ := blockNumber(a)
		n, _ := blockNumber(b)
		return cmp.Compare(m, n)
	})
	return names, stray, nil
}

func blockNumber(name string) (uint32, bool) {
	number := strings.TrimSuffix(name, ".blk")
	n, err := strconv.ParseUint(number, 10, 32)
	return uint32(n), err == nil && strconv.FormatUint(n, 10) == number
}

// block walks the records of one file, which were read.
func (w *walk) block(name string, last bool, b *readAhead) error {
	if b.err != nil {
		return fmt.Errorf("inspect the ledger: %w", b.err)
	}
	if b.why != "" {
		return w.damaged("%s", b.why)
	}
	w.summary.Blocks++
	w.summary.Bytes += int64(len(b.data))

	var body []byte
	offset := 0
	for i := range b.records {
		r := &b.records[i]
		why := r.why
		if why == "" {
			why = w.misplaced(r.sequence)
		}
		if why != "" {
			rest := b.data[offset:]
			if last && w.summary.Commits >= w.mark.number && w.isTorn(rest, offset, b.sum) {
				w.summary.Torn = &Torn{File: filepath.Join(w.stream, "msgs", name), Offset: int64(offset), Bytes: int64(len(rest))}
				break
			}
			return w.damaged("%s, in %s at byte %d", why, name, offset)
		}
		if r.sequence == w.mark.number && sha256.Sum256(r.body) != w.mark.digest {
			return w.damaged("it is not the commit that was acknowledged here, in %s at byte %d", name, offset)
		}
		body = r.body
		if err := w.yield(r.sequence, r); err != nil {
			return err
		}
		w.summary.Commits = r.sequence
		offset += r.size
	}
	if body != nil {
		w.summary.Last = bytes.Clone(body)
	}
	return nil
}

// readBlock reads a file of a stream, with the checksum that the server puts on its records, or says why no server made it.
func readBlock(stream, path string) (data []byte, sum hash.Hash64, why string, err error) {
	name := filepath.Base(path)
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, "", err
	}
	if info.Size() > blockLimit {
		return nil, nil, fmt.Sprintf("%s is larger than a server makes it: %d bytes", name, info.Size()), nil
	}
	if data, err = os.ReadFile(path); err != nil {
		return nil, nil, "", err
	}
	index, _ := blockNumber(name)
	key := sha256.Sum256(fmt.Appendf(nil, "%s-%d", stream, index))
	sum, err = highwayhash.New64(key[:])
	return data, sum, "", err
}

// misplaced says what is wrong with a sequence number where the next one is expected.
func (w *walk) misplaced(sequence uint64) (why string) {
	switch want := w.summary.Commits + 1; {
	case sequence == want:
		return ""
	case sequence&erasedMark != 0:
		return "a record was erased"
	case sequence&lostMark != 0:
		return "the server wrote down a loss"
	default:
		return fmt.Sprintf("commit %d stands where commit %d was expected", sequence, want)
	}
}

type record struct {
	size          int
	sequence      uint64
	subject, body []byte
}

// readCommit reads the record of a commit at the beginning of data.
func readCommit(data []byte, h hash.Hash64) (r record, why string) {
	r, why = readRecord(data, h)
	if why == "" && !r.gone() && !bytes.Equal(r.subject, subjectBytes) {
		why = fmt.Sprintf("a record has the subject %q", r.subject)
	}
	return r, why
}

// gone says whether the record was erased, or is the server's note that one was lost or deleted.
func (r record) gone() bool { return r.sequence&(erasedMark|lostMark) != 0 }

// readRecord reads the record at the beginning of data, of whatever stream h is the checksum.
func readRecord(data []byte, h hash.Hash64) (r record, why string) {
	if len(data) < recordHead+recordSum {
		return r, "a record is cut off"
	}
	length := binary.LittleEndian.Uint32(data)
	size, subject := int(length&^hasHeader), int(binary.LittleEndian.Uint16(data[20:]))
	if size > recordLimit || size < recordHead+subject+recordSum {
		return r, "a record has an impossible length"
	}
	if size > len(data) {
		return r, "a record is cut off"
	}
	r.size, r.sequence = size, binary.LittleEndian.Uint64(data[4:])
	rest, sum := data[recordHead:size-recordSum], data[size-recordSum:size]

	header := []byte(nil)
	body := rest[subject:]
	if length&hasHeader != 0 {
		if len(body) < 4 {
			return r, "a record has no header where it says so"
		}
		n := binary.LittleEndian.Uint32(body)
		body = body[4:]
		if uint64(n) > uint64(len(body)) {
			return r, "a record's header is longer than the record"
		}
		header, body = body[:n], body[n:]
	}
	h.Reset()
	h.Write(data[4:20])
	h.Write(rest[:subject])
	h.Write(header)
	h.Write(body)
	if h.Sum64() != binary.LittleEndian.Uint64(sum) {
		return r, "a record's checksum is wrong"
	}
	// An erased record and the note of a loss have neither subject nor header to check.
	if r.gone() {
		return r, ""
	}
	// The checksum does not cover the lengths, so where one part ends and the next begins is
	// checked by what they hold.
	if header != nil && bytes.Index(header, headerEnd) != len(header)-len(headerEnd) {
		return r, "a record's header does not end where it says"
	}
	r.subject, r.body = rest[:subject], body
	return r, ""
}
