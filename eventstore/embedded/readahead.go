package embedded

import (
	"hash"
	"path/filepath"
	"runtime"
	"sync"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/jetstream"
)

// prepared is a record of a file with what can be known of it alone.
type prepared struct {
	record
	why      string               // it is wrong; empty where it is not. Nothing behind it was read then
	examined *eventstore.Examined // nil where nobody asked for it
}

// readAhead is a file that was read before its turn: all that can be known of its records alone, so that several files
// can be read at once. What is wrong with them is told when their turn comes.
type readAhead struct {
	data    []byte
	sum     hash.Hash64
	records []prepared
	why     string // no server made the file
	err     error  // the file could not be read
}

// allBlocks walks the records of all files in order. As many goroutines read the next files as there are processors, each one file at a
// time, and all of them have ended when it returns. So there are at most that many files in memory, and the one that is walked.
func (w *walk) allBlocks(names []string) error {
	workers := min(runtime.GOMAXPROCS(0), len(names))
	next := make(chan int)                   // the number of the file to read
	read := make([]chan *readAhead, workers) // by that number modulo workers
	for i := range read {
		read[i] = make(chan *readAhead, 1)
	}
	var running sync.WaitGroup
	defer running.Wait()
	defer close(next)
	for range workers {
		running.Go(func() {
			for i := range next {
				read[i%workers] <- w.read(names[i])
			}
		})
	}
	for i := range workers {
		next <- i
	}
	for i, name := range names {
		b := <-read[i%workers]
		if ahead := i + workers; ahead < len(names) {
			next <- ahead
		}
		if err := w.block(name, i == len(names)-1, b); err != nil {
			return err
		}
	}
	return nil
}

// read reads one file, up to the first record that is wrong by itself.
func (w *walk) read(name string) *readAhead {
	b := &readAhead{}
	b.data, b.sum, b.why, b.err = readBlock(jetstream.LedgerStream, filepath.Join(w.stream, "msgs", name))
	if b.err != nil || b.why != "" {
		return b
	}
	var examiner eventstore.Examiner
	for offset := 0; offset < len(b.data); {
		p := prepared{}
		p.record, p.why = readCommit(b.data[offset:], b.sum)
		if p.why == "" && w.examine && !p.gone() {
			p.examined = examiner.Examine(p.body)
			examiner.Fresh()
		}
		b.records = append(b.records, p)
		if p.why != "" {
			break
		}
		offset += p.size
	}
	return b
}
