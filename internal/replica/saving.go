package replica

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"milepost.dev/eventstore"
	"milepost.dev/internal/request"
	"milepost.dev/projections"
)

// Save is what saving a fold came to.
type Save struct {
	list *foldList // nil where the save failed
	disk *onDisk
}

// SaveDue says whether enough came since the last save, and none is under way.
func (r *Replica) SaveDue() bool { return r.dir != "" && !r.saving && r.unsaved >= r.saveEvery }

// BeginSave saves the fold as of the last commit, which chain ends with, in a goroutine that Close waits for. What it
// came to arrives on Saved, for EndSave. It does nothing while another save is under way.
func (r *Replica) BeginSave(chain *eventstore.Chain) {
	if r.saving {
		return
	}
	r.saving, r.unsaved = true, 0
	s := r.newSaving(chain)
	r.background.Go(func() { r.saved <- r.save(s) })
}

// Saved is where a save that BeginSave began reports. Whoever owns the replica receives from it.
func (r *Replica) Saved() <-chan Save { return r.saved }

// EndSave takes over what a save came to.
func (r *Replica) EndSave(s Save) {
	r.saving = false
	if s.list != nil {
		r.list = s.list
	}
	old := r.index.thaw(s.disk)
	if len(old) == 0 {
		return
	}
	index := r.index
	r.background.Go(func() { // who reads one of them is waited for
		if err := index.closeFiles(old); err != nil {
			r.log.Warn("an old index of requests could not be closed", "reason", err)
		}
	})
}

// Close waits for a save that is under way and, where keep is set, saves what came since. The replica is not used
// afterwards, except that its book still answers.
func (r *Replica) Close(keep bool) error {
	err := r.Fed()
	r.background.Wait()
	select {
	case s := <-r.saved:
		r.EndSave(s)
	default:
	}
	if keep && err == nil && r.owed == nil && r.dir != "" && r.Book().Stopped() == nil && r.unsaved > 0 {
		r.EndSave(r.save(r.newSaving(r.chain.Clone())))
	}
	r.background.Wait()
	return errors.Join(err, r.index.close())
}

// saving is one save: what there is to write, and what is there already.
type saving struct {
	dir   string
	every uint64 // records from one save to the next
	view  projections.View
	chain *eventstore.Chain
	list  *foldList
	disk  *onDisk
	new   map[request.Key]uint64
}

func (r *Replica) newSaving(chain *eventstore.Chain) saving {
	s := saving{dir: r.dir, every: r.saveEvery, chain: chain, list: r.list}
	s.new, s.disk = r.index.freeze()
	s.view, _ = r.Book().KnownAt(chain.Position)
	return s
}

// save writes the files. A save that fails costs a slower start, and nothing more.
func (r *Replica) save(s saving) Save {
	err := r.maySave()
	var done Save
	if err == nil {
		done, err = s.write()
	}
	if err != nil {
		r.log.Warn("the fold could not be saved; the next start reads more of the ledger", "reason", err)
		return Save{}
	}
	r.log.Info("fold saved", "position", s.chain.Position)
	return done
}

// write writes a file of the book and one of the index, and then the list that has both.
func (s *saving) write() (Save, error) {
	list := &foldList{Chain: s.chain, Parts: slices.Clone(s.list.Parts), Files: slices.Clone(s.list.Files), Next: s.list.Next}
	if err := s.writeBook(list); err != nil {
		return Save{}, fmt.Errorf("save the fold: %w", err)
	}
	disk, made, err := s.writeIndex(list)
	if err == nil {
		if err = list.write(s.dir); err != nil && made != nil {
			err = errors.Join(err, made.close())
		}
	}
	if err != nil {
		return Save{}, fmt.Errorf("save the index of requests: %w", err)
	}
	list.sweep(s.dir)
	return Save{list, disk}, nil
}

// writeBook writes what came since the last part. Parts that are small and not larger than what comes after them are written
// again with it, so that a server that is stopped often does not have ever more of them, and each record is
// written a few times at most. One of as many records as come between two saves is not written again.
func (s *saving) writeBook(list *foldList) error {
	from := list.end()
	for n := len(list.Parts) - 1; n >= 0; n-- {
		last := &list.Parts[n]
		if size := last.To.Position - last.From.Position; size >= s.every || size > s.view.Position-from.Position {
			break
		}
		from, list.Parts = last.From, list.Parts[:n]
	}
	part := bookPart{Name: list.name("book"), From: from}
	var err error
	part.Digest, err = writeFile(s.dir, part.Name, func(file io.Writer) (err error) {
		part.To, err = s.view.SaveSince(file, from, s.chain)
		return err
	})
	list.Parts = append(list.Parts, part)
	return err
}

// mergeOf is how many files of the index of about one size become one.
const mergeOf = 8

// writeIndex writes the requests that came since the last save, with those of the files that are merged with them. It returns
// what is on disk then, and the file that it made.
func (s *saving) writeIndex(list *foldList) (disk *onDisk, made *indexFile, err error) {
	if len(s.new) == 0 {
		return &onDisk{s.disk.generation + 1, s.disk.files, s.disk.filters}, nil, nil
	}
	keep := len(list.Files) - s.merged(list.Files)
	part := indexPart{Name: list.name("requests")}
	if part.Digest, err = writeFile(s.dir, part.Name, func(file io.Writer) error {
		return writeIndex(file, sortedRows(s.new), s.disk.files[keep:])
	}); err != nil {
		return nil, nil, err
	}
	made, err = openIndexFile(filepath.Join(s.dir, part.Name), part.Name, func(request.Key) {})
	if err != nil {
		return nil, nil, err
	}
	part.Rows = made.rows
	if err := part.is(made); err != nil {
		return nil, nil, errors.Join(err, made.close())
	}
	list.Files = append(list.Files[:keep:keep], part)
	return &onDisk{
		generation: s.disk.generation + 1,
		files:      append(s.disk.files[:keep:keep], made),
		filters:    s.disk.filters.with(s.new),
	}, made, nil
}

// merged is how many of the last files are merged with what is new: small ones as with the book; of others eight of
// about one size, so that a row is written again once each time that the index grows eightfold.
func (s *saving) merged(files []indexPart) (merged int) {
	rows := uint64(len(s.new))
	for {
		left := files[:len(files)-merged]
		same := 0
		for same < len(left) && s.size(uint64(left[len(left)-1-same].Rows)) == s.size(rows) {
			same++
		}
		switch last := len(left) - 1; {
		case last >= 0 && uint64(left[last].Rows) < s.every && uint64(left[last].Rows) <= rows:
			same = 1
		case same < mergeOf-1:
			return merged
		}
		for range same {
			rows += uint64(files[len(files)-1-merged].Rows)
			merged++
		}
	}
}

// size is the same for files of about one size.
func (s *saving) size(rows uint64) (size int) {
	for rows /= max(1, s.every); rows >= mergeOf; rows /= mergeOf {
		size++
	}
	return size
}
