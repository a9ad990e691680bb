package replica

import (
	"bytes"
	"crypto/sha256"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"milepost.dev/eventstore"
	"milepost.dev/projections"
)

// A saved fold is files that are written once, and a list of those that belong to it. The list is put in its place when all
// of them are there, so that a crash leaves the list before it, with its files.
const (
	listName   = "fold.list"
	listFormat = "milepost fold 1\n"
)

// errNotThisList: the list is damaged, or of another format.
var errNotThisList = errors.New("replica: the list of the saved fold is not one that this version wrote")

// foldList is what a saved fold consists of. It is never changed.
type foldList struct {
	Chain *eventstore.Chain // where the ledger stood
	Parts []bookPart        // of the book, each behind the one before
	Files []indexPart       // of the index, the oldest first
	Next  uint64            // number of the next file
}

type bookPart struct {
	Name     string
	From, To projections.Mark
	Digest   [sha256.Size]byte // at the end of the file
}

type indexPart struct {
	Name   string
	Rows   int
	Digest [sha256.Size]byte // at the end of the file
}

// end is how far the parts of the book reach.
func (l *foldList) end() projections.Mark {
	if len(l.Parts) == 0 {
		return projections.Mark{}
	}
	return l.Parts[len(l.Parts)-1].To
}

// name returns the name of the next file.
func (l *foldList) name(of string) string {
	l.Next++
	return fmt.Sprintf("%s-%d.fold", of, l.Next)
}

// readList reads the list in a directory. It answers fs.ErrNotExist where nothing was ever saved.
func readList(dir string) (*foldList, error) {
	if dir == "" {
		return nil, fs.ErrNotExist
	}
	data, err := os.ReadFile(filepath.Join(dir, listName))
	if err != nil {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(data, []byte(listFormat))
	if !ok || len(rest) < sha256.Size {
		return nil, errNotThisList
	}
	body, want := rest[:len(rest)-sha256.Size], rest[len(rest)-sha256.Size:]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], want) {
		return nil, errNotThisList
	}
	list := &foldList{}
	if err := gob.NewDecoder(bytes.NewReader(body)).Decode(list); err != nil {
		return nil, errors.Join(errNotThisList, err)
	}
	if list.Chain == nil || list.end().Commit != list.Chain.Commit || list.end().Position != list.Chain.Position {
		return nil, errNotThisList
	}
	return list, nil
}

// write puts the list in the place of the one before it.
func (l *foldList) write(dir string) error {
	var body bytes.Buffer
	if err := gob.NewEncoder(&body).Encode(l); err != nil {
		return err
	}
	sum := sha256.Sum256(body.Bytes())
	_, err := writeFile(dir, listName, func(file io.Writer) error {
		_, err := file.Write(slices.Concat([]byte(listFormat), body.Bytes(), sum[:]))
		return err
	})
	return err
}

// load reads what was saved: the book, and what is on disk of the index.
func (l *foldList) load(dir string, book *projections.Book) (*onDisk, error) {
	var from projections.Mark
	for _, p := range l.Parts {
		if p.From != from {
			return nil, errNotThisList
		}
		if err := loadPart(filepath.Join(dir, p.Name), p, book); err != nil {
			return nil, fmt.Errorf("read %s: %w", p.Name, err)
		}
		from = p.To
	}
	return l.loadIndex(dir)
}

func (l *foldList) loadIndex(dir string) (*onDisk, error) {
	var rows uint
	for _, p := range l.Files {
		rows += uint(p.Rows)
	}
	filter, disk := newFilter(2*rows), &onDisk{} // there will be more
	for _, p := range l.Files {
		f, err := openIndexFile(filepath.Join(dir, p.Name), p.Name, filter.add)
		if err == nil {
			disk.files = append(disk.files, f)
			err = p.is(f)
		}
		if err != nil {
			for _, f := range disk.files {
				err = errors.Join(err, f.close())
			}
			return nil, err
		}
	}
	disk.filters = filters{filter}
	return disk, nil
}

func loadPart(path string, p bookPart, book *projections.Book) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	digest, err := digestOf(file)
	if err == nil && digest != p.Digest {
		err = projections.ErrNotThisBook
	}
	if err == nil {
		err = book.Load(file, p.From, p.To)
	}
	return errors.Join(err, file.Close())
}

// is says what is wrong with a file that was opened as this part.
func (p *indexPart) is(f *indexFile) error {
	digest, err := digestOf(f.file)
	if err == nil && (digest != p.Digest || f.rows != p.Rows) {
		err = errNotThisIndex
	}
	return err
}

// digestOf returns the digest that a file ends with. Whether it is that of the file, its reader finds out.
func digestOf(file *os.File) (digest [sha256.Size]byte, err error) {
	info, err := file.Stat()
	if err == nil {
		_, err = file.ReadAt(digest[:], max(0, info.Size()-int64(len(digest))))
	}
	return digest, err
}

// writeFile makes a file whole under another name first, and returns the digest that it ends with.
func writeFile(dir, name string, write func(io.Writer) error) (digest [sha256.Size]byte, err error) {
	path := filepath.Join(dir, name)
	if err := os.Remove(path + ".part"); err != nil && !errors.Is(err, fs.ErrNotExist) { // of a run that was interrupted
		return digest, err
	}
	file, err := os.OpenFile(path+".part", os.O_CREATE|os.O_RDWR|os.O_EXCL, 0o600) // follows no link
	if err != nil {
		return digest, err
	}
	err = write(file)
	if err == nil {
		err = file.Sync()
	}
	if err == nil {
		digest, err = digestOf(file)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return digest, errors.Join(err, os.Remove(path+".part"))
	}
	return digest, os.Rename(path+".part", path)
}

// sweep removes files of folds that are not on the list: those that were merged, those of a save that ended early, and those
// of an older version. What cannot be removed is in nobody's way.
func (l *foldList) sweep(dir string) {
	listed := map[string]bool{listName: true}
	for _, p := range l.Parts {
		listed[p.Name] = true
	}
	for _, p := range l.Files {
		listed[p.Name] = true
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		ours := strings.HasSuffix(e.Name(), ".fold") || strings.HasSuffix(e.Name(), ".part") || e.Name() == "requests.index"
		if ours && !listed[e.Name()] && e.Type().IsRegular() {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}
