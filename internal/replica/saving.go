package replica

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"milepost.dev/eventstore"
	"milepost.dev/internal/request"
	"milepost.dev/projections"
)

// Names of the files of a saved fold. Both are of the same commit, or neither is used.
const (
	bookFile  = "book.fold"
	indexName = "requests.index"
)

// Save is what saving a fold came to.
type Save struct{ disk *indexFile } // the new index; nil where the save failed

// SaveDue says whether enough came since the last save, and none is under way.
func (r *Replica) SaveDue() bool { return r.dir != "" && !r.saving && r.unsaved >= r.saveEvery }

// BeginSave saves the fold as of the last commit, which chain ends with, in a goroutine that Close waits for. What it
// came to arrives on Saved, for EndSave. It does nothing while another save is under way.
func (r *Replica) BeginSave(chain *eventstore.Chain) {
	if r.saving {
		return
	}
	r.saving, r.unsaved = true, 0
	frozen, disk := r.index.freeze()
	view, _ := r.Book().KnownAt(chain.Position)
	r.background.Go(func() { r.saved <- r.save(view, chain, disk, frozen) })
}

// Saved is where a save that BeginSave began reports. Whoever owns the replica receives from it.
func (r *Replica) Saved() <-chan Save { return r.saved }

// EndSave takes over what a save came to.
func (r *Replica) EndSave(s Save) {
	r.saving = false
	if err := r.index.thaw(s.disk); err != nil {
		r.log.Warn("an old index of requests could not be closed", "reason", err)
	}
}

// save writes the files. A save that fails costs a slower start, and nothing more.
func (r *Replica) save(view projections.View, chain *eventstore.Chain, disk *indexFile, frozen map[request.Key]uint64) Save {
	var saved *indexFile
	err := r.maySave()
	if err == nil {
		saved, err = saveFold(r.dir, view, chain, disk, frozen)
	}
	if err != nil {
		r.log.Warn("the fold could not be saved; the next start reads more of the ledger", "reason", err)
		return Save{}
	}
	r.log.Info("fold saved", "position", chain.Position)
	return Save{saved}
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
	if keep && err == nil && r.dir != "" && r.Book().Stopped() == nil && r.unsaved > 0 {
		frozen, disk := r.index.freeze()
		err = r.index.thaw(r.save(r.Book().Now(), r.chain.Clone(), disk, frozen).disk)
	}
	return errors.Join(err, r.index.close())
}

// openFold opens what was saved, and makes sure that it is whole and of one commit.
func openFold(dir string) (_ *projections.Saved, file *os.File, disk *indexFile, err error) {
	if dir == "" {
		return nil, nil, nil, fs.ErrNotExist
	}
	if file, err = os.Open(filepath.Join(dir, bookFile)); err != nil {
		return nil, nil, nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, file.Close())
		}
	}()
	saved, err := projections.OpenSaved(file)
	if err != nil {
		return nil, nil, nil, err
	}
	if disk, err = openIndexFile(filepath.Join(dir, indexName)); err != nil {
		return nil, nil, nil, fmt.Errorf("beside a saved fold: %v", err)
	}
	if disk.commit != saved.Chain.Commit {
		return nil, nil, nil, errors.Join(
			fmt.Errorf("the fold is of commit %d and the index of commit %d", saved.Chain.Commit, disk.commit), disk.close())
	}
	return saved, file, disk, nil
}

// saveFold writes the book and the index as of one commit. Each file is made whole under another name
// first. The index goes last: until both are of one commit neither is read.
func saveFold(dir string, view projections.View, chain *eventstore.Chain, disk *indexFile, frozen map[request.Key]uint64) (*indexFile, error) {
	if err := writeFile(filepath.Join(dir, bookFile), func(file *os.File) error { return view.Save(file, chain) }); err != nil {
		return nil, fmt.Errorf("save the fold: %w", err)
	}
	path := filepath.Join(dir, indexName)
	if err := writeFile(path, func(file *os.File) error { return writeIndex(file, disk, frozen, chain.Commit) }); err != nil {
		return nil, fmt.Errorf("save the index of requests: %w", err)
	}
	return openIndexFile(path)
}

func writeFile(path string, write func(*os.File) error) (err error) {
	if err := os.Remove(path + ".part"); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a run that was interrupted
		return err
	}
	file, err := os.OpenFile(path+".part", os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600) // follows no link
	if err != nil {
		return err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return errors.Join(err, os.Remove(path+".part"))
	}
	return os.Rename(path+".part", path)
}
