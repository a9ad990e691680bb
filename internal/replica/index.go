package replica

import "milepost.dev/internal/request"

// index knows in which commit each request was accepted: for ever, on disk up to a saved commit and in
// memory after it. The receipt itself is read back from the ledger. It belongs to the owner of the replica; only
// freeze's result is used by another goroutine.
type index struct {
	recent map[request.Key]uint64 // since the last freeze
	frozen map[request.Key]uint64 // being written to disk; nil when none is
	disk   *indexFile             // nil when nothing was saved yet
}

func newIndex() *index { return &index{recent: map[request.Key]uint64{}} }

func (x *index) add(k request.Key, commit uint64) { x.recent[k] = commit }

// find returns the number of the commit in which the request was accepted.
func (x *index) find(k request.Key) (commit uint64, ok bool, err error) {
	if commit, ok = x.recent[k]; ok {
		return commit, true, nil
	}
	if commit, ok = x.frozen[k]; ok {
		return commit, true, nil
	}
	if x.disk == nil {
		return 0, false, nil
	}
	return x.disk.find(k)
}

// freeze sets aside what is in memory to be saved, and what is on disk to be merged with it.
func (x *index) freeze() (frozen map[request.Key]uint64, disk *indexFile) {
	x.frozen, x.recent = x.recent, map[request.Key]uint64{}
	return x.frozen, x.disk
}

// thaw ends a save: with the new file, or with nil where it failed and all goes on as before.
func (x *index) thaw(saved *indexFile) error {
	if saved == nil {
		for k, commit := range x.frozen {
			x.recent[k] = commit
		}
		x.frozen = nil
		return nil
	}
	old := x.disk
	x.disk, x.frozen = saved, nil
	if old != nil {
		return old.close()
	}
	return nil
}

func (x *index) close() error {
	if x.disk == nil {
		return nil
	}
	return x.disk.close()
}
