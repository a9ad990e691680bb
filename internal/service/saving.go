package service

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"milepost.dev/eventstore"
	"milepost.dev/projections"
)

// save begins to save the fold where a save was due.
func (l *loop) save(r appendResult) {
	if r.chain == nil || l.saving {
		return
	}
	l.saving, l.unsaved = true, 0
	frozen, disk := l.index.freeze()
	view, _ := l.s.book.KnownAt(r.chain.Position)
	l.s.background.Go(func() { l.s.saved <- l.s.saveFold(view, r.chain, disk, frozen) })
}

// saveFold returns the new index, or nil where the save failed: that costs a slower start, no more.
func (s *Service) saveFold(view projections.View, chain *eventstore.Chain, disk *indexFile, frozen map[requestKey]uint64) *indexFile {
	var saved *indexFile
	err := s.maySave()
	if err == nil {
		saved, err = saveFold(s.folds, view, chain, disk, frozen)
	}
	if err != nil {
		s.log.Warn("the fold could not be saved; the next start reads more of the ledger", "reason", err)
		return nil
	}
	s.log.Info("fold saved", "position", chain.Position)
	return saved
}

// saveFold writes the book and the index as of one commit. Each file is made whole under another name
// first. The index goes last: until both are of one commit neither is read.
func saveFold(dir string, view projections.View, chain *eventstore.Chain, disk *indexFile, frozen map[requestKey]uint64) (*indexFile, error) {
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
	file, err := os.OpenFile(path+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
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
