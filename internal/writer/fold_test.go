package writer

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Names of the files of a saved fold.
const (
	bookFile  = "book.fold"
	indexFile = "requests.index"
)

// everyRequest sends the first n requests again, and finds all of them accepted before.
func (w *world) everyRequest(s *Writer, n int) {
	w.t.Helper()
	for i := range n {
		if r := w.mustSubmit(s, submission(fmt.Sprint(i), added(fmt.Sprint("B", i)))); !r.Replayed {
			w.t.Fatalf("request %d was forgotten", i)
		}
	}
}

// While the fold cannot be saved nothing is forgotten, and when it can be again, it is saved.
func TestAFoldThatCannotBeSaved(t *testing.T) {
	w := newWorld(t)
	w.every = 1
	s := w.open()
	w.mustSubmit(s, submission("begin", registered()))
	inTheWay := filepath.Join(w.folds, indexFile, "a file in a directory")
	for i := range 90 {
		switch i {
		case 30:
			// A save that is under way may put the file back in between; once the directory is there, none can.
			for tries := 0; os.MkdirAll(inTheWay, 0o700) != nil; tries++ {
				if tries == 1000 {
					t.Fatal("the directory in the way cannot be made")
				}
				_ = os.Remove(filepath.Join(w.folds, indexFile))
			}
		case 60:
			if err := os.RemoveAll(filepath.Join(w.folds, indexFile)); err != nil {
				t.Fatal(err)
			}
		}
		w.mustSubmit(s, submission(fmt.Sprint(i), added(fmt.Sprint("B", i))))
		w.everyRequest(s, i+1)
	}
	closed(t, s)
	if info, err := os.Stat(filepath.Join(w.folds, indexFile)); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the index: %v", err)
	}
	s = w.open()
	w.everyRequest(s, 90)
	closed(t, s)
}

// A power cut between its two files leaves a fold of one commit beside an index of another. Neither is
// believed.
func TestAFoldBesideAnotherIndex(t *testing.T) {
	for _, name := range []string{indexFile, bookFile} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			s := w.open()
			w.mustSubmit(s, submission("begin", registered()))
			closed(t, s)
			path := filepath.Join(w.folds, name)
			old, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s = w.open()
			for i := range 10 {
				w.mustSubmit(s, submission(fmt.Sprint(i), added(fmt.Sprint("B", i))))
			}
			closed(t, s)
			w.foldsAllAgain(path, old, 10)
		})
	}
}

// A fold that is whole by its digest, and yet cannot be read, is a mistake of this program. It costs time.
func TestAFoldThatCannotBeReadToItsEnd(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered()))
	for i := range 10 {
		w.mustSubmit(s, submission(fmt.Sprint(i), added(fmt.Sprint("B", i))))
	}
	closed(t, s)
	path := filepath.Join(w.folds, bookFile)
	saved, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	body := saved[:len(saved)-sha256.Size-20]
	sum := sha256.Sum256(body)
	w.foldsAllAgain(path, append(body, sum[:]...), 10)
}

// foldsAllAgain puts a file that is not to be believed in the place of a saved one, and finds all n requests accepted
// and all n+1 events in the book, whether or not the ledger is fed to the follower.
func (w *world) foldsAllAgain(path string, file []byte, n int) {
	w.t.Helper()
	for _, whole := range []bool{true, false} {
		if err := os.WriteFile(path, file, 0o600); err != nil {
			w.t.Fatal(err)
		}
		s, err := w.tryOpen(whole)
		if err != nil {
			w.t.Fatal(err)
		}
		w.everyRequest(s, n)
		milestones := 0
		for p := range s.book.Now().Plans() {
			milestones += len(p.Milestones())
		}
		if got := s.book.Position(); got != uint64(n+1) || milestones != n {
			w.t.Errorf("position %d, %d milestones", got, milestones)
		}
		closed(w.t, s)
	}
}
