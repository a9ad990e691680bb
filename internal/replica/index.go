package replica

import (
	"errors"
	"sync"
	"sync/atomic"

	"milepost.dev/internal/request"
)

// index knows in which commit each request was accepted: for ever, on disk up to a saved commit and in
// memory after it. The receipt itself is read back from the ledger. It belongs to the owner of the replica; only
// look may be called by any goroutine, so that the owner need not read a disk.
type index struct {
	recent map[request.Key]uint64 // since the last freeze
	frozen map[request.Key]uint64 // being written to disk; nil when none is
	disk   atomic.Pointer[onDisk] // never nil
	open   sync.RWMutex           // held for reading by who reads a file, for writing by who closes one
}

// onDisk is the part of the index that is in files. It is never changed, but another one takes its place.
type onDisk struct {
	generation uint64       // counts them
	files      []*indexFile // the oldest first; they have no key in common
	filters    filters      // of all their keys
}

// Looked is what was found on disk of a request, and when.
type Looked struct {
	generation uint64
	commit     uint64 // 0 where it was not there
}

func newIndex() *index {
	x := &index{recent: map[request.Key]uint64{}}
	x.disk.Store(&onDisk{})
	return x
}

func (x *index) add(k request.Key, commit uint64) { x.recent[k] = commit }

// look looks for a request on disk. It reads a file for one that is there, and hardly ever for another.
func (x *index) look(k request.Key) (Looked, error) {
	if disk := x.disk.Load(); !disk.filters.mayHold(k) {
		return Looked{generation: disk.generation}, nil
	}
	x.open.RLock()
	defer x.open.RUnlock()
	disk := x.disk.Load() // whose files nobody closes meanwhile
	for i := len(disk.files) - 1; i >= 0; i-- {
		if commit, ok, err := disk.files[i].find(k); ok || err != nil {
			return Looked{disk.generation, commit}, err
		}
	}
	return Looked{generation: disk.generation}, nil
}

// find returns the number of the commit in which the request was accepted. It is told what was looked up on disk before. Only
// where a save has ended since does it look again.
func (x *index) find(k request.Key, looked Looked) (commit uint64, ok bool, err error) {
	if commit, ok = x.recent[k]; ok {
		return commit, true, nil
	}
	if commit, ok = x.frozen[k]; ok {
		return commit, true, nil
	}
	if looked.commit == 0 && looked.generation != x.disk.Load().generation {
		if looked, err = x.look(k); err != nil {
			return 0, false, err
		}
	}
	return looked.commit, looked.commit > 0, nil
}

// freeze sets aside what is in memory to be saved, and returns it with what is on disk.
func (x *index) freeze() (frozen map[request.Key]uint64, disk *onDisk) {
	x.frozen, x.recent = x.recent, map[request.Key]uint64{}
	return x.frozen, x.disk.Load()
}

// thaw ends a save: with what is on disk now, or with nil where it failed and all goes on as before. It returns the files
// that are not part of it any more.
func (x *index) thaw(saved *onDisk) (old []*indexFile) {
	if saved == nil {
		for k, commit := range x.frozen {
			x.recent[k] = commit
		}
		x.frozen = nil
		return nil
	}
	before := x.disk.Load()
	x.disk.Store(saved)
	x.frozen = nil
	kept := map[*indexFile]bool{}
	for _, f := range saved.files {
		kept[f] = true
	}
	for _, f := range before.files {
		if !kept[f] {
			old = append(old, f)
		}
	}
	return old
}

// closeFiles closes files that look does not find any more. It waits for who is reading one.
func (x *index) closeFiles(files []*indexFile) error {
	x.open.Lock()
	defer x.open.Unlock()
	var errs []error
	for _, f := range files {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}

func (x *index) close() error { return x.closeFiles(x.disk.Load().files) }
