package writer

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// listFile names the files of a saved fold.
const listFile = "fold.list"

// foldFile is the last file of a kind in a saved fold.
func (w *world) foldFile(kind string) string {
	w.t.Helper()
	files, err := filepath.Glob(filepath.Join(w.folds, kind+"-*.fold"))
	if err != nil || len(files) == 0 {
		w.t.Fatalf("no file of %s, %v", kind, err)
	}
	return files[len(files)-1]
}

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
	inTheWay := filepath.Join(w.folds, listFile, "a file in a directory")
	for i := range 90 {
		switch i {
		case 30:
			// A save that is under way may put the file back in between; once the directory is there, none can.
			for tries := 0; os.MkdirAll(inTheWay, 0o700) != nil; tries++ {
				if tries == 1000 {
					t.Fatal("the directory in the way cannot be made")
				}
				_ = os.Remove(filepath.Join(w.folds, listFile))
			}
		case 60:
			if err := os.RemoveAll(filepath.Join(w.folds, listFile)); err != nil {
				t.Fatal(err)
			}
		}
		w.mustSubmit(s, submission(fmt.Sprint(i), added(fmt.Sprint("B", i))))
		w.everyRequest(s, i+1)
	}
	closed(t, s)
	if info, err := os.Stat(filepath.Join(w.folds, listFile)); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the list: %v", err)
	}
	s = w.open()
	w.everyRequest(s, 90)
	closed(t, s)
}

// A directory with files of two folds: neither is believed.
func TestAFoldWithAFileOfAnother(t *testing.T) {
	for _, kind := range []string{"book", "requests"} {
		t.Run(kind, func(t *testing.T) {
			w, other := newWorld(t), newWorld(t)
			for i, of := range []*world{w, other} {
				s := of.open()
				of.mustSubmit(s, submission("begin", registered()))
				for k := range 10 {
					of.mustSubmit(s, submission(fmt.Sprint(k+100*i), added(fmt.Sprint("B", k))))
				}
				closed(t, s)
			}
			s := w.open()
			for i := range 10 {
				w.mustSubmit(s, submission(fmt.Sprint(i), added(fmt.Sprint("B", i))))
			}
			closed(t, s)
			file, err := os.ReadFile(other.foldFile(kind))
			if err != nil {
				t.Fatal(err)
			}
			w.foldsAllAgain(func() string { return w.foldFile(kind) }, file, 10)
		})
	}
}

// A file of a fold that cannot be read to its end costs time.
func TestAFoldThatCannotBeReadToItsEnd(t *testing.T) {
	w := newWorld(t)
	s := w.open()
	w.mustSubmit(s, submission("begin", registered()))
	for i := range 10 {
		w.mustSubmit(s, submission(fmt.Sprint(i), added(fmt.Sprint("B", i))))
	}
	closed(t, s)
	saved, err := os.ReadFile(w.foldFile("book"))
	if err != nil {
		t.Fatal(err)
	}
	body := saved[:len(saved)-sha256.Size-20]
	sum := sha256.Sum256(body)
	w.foldsAllAgain(func() string { return w.foldFile("book") }, append(body, sum[:]...), 10)
}

// foldsAllAgain puts a file that is not to be believed in the place of a saved one, and finds all n requests accepted
// and all n+1 events in the book, whether or not the ledger is fed to the follower.
func (w *world) foldsAllAgain(path func() string, file []byte, n int) {
	w.t.Helper()
	for _, whole := range []bool{true, false} {
		if err := os.WriteFile(path(), file, 0o600); err != nil {
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
