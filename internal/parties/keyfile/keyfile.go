// Package keyfile keeps the keys that names are kept under, in a directory of files for their owner alone: a file a key, so that
// one can be overwritten where it lies and no other with it.
package keyfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"milepost.dev/eventstore/dirlock"
	"milepost.dev/internal/parties"
)

// Folder is what the directory of keys is called in a data directory.
const Folder = "keys"

// A file holds the format, the key's id, its number and the key, and the first bytes of the SHA-256 of all that.
const (
	format  = "milepost names key 1\n"
	sumSize = 8
	size    = len(format) + len(parties.EpochID{}) + 8 + 32 + sumSize
	suffix  = ".key"
	part    = ".part" // of a file that is not whole yet: nothing is kept under the key in it
)

// Dir is the keys in a directory. It is safe for concurrent use by one process.
type Dir struct {
	path string
	mu   sync.Mutex
}

var _ parties.Keys = (*Dir)(nil)

// In is the keys of a data directory. Nothing is made before the first key is added.
func In(data string) *Dir { return &Dir{path: filepath.Join(data, Folder)} }

// All implements parties.Keys.
func (d *Dir) All() (keys []parties.Key, err error) {
	entries, err := os.ReadDir(d.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), part) {
			continue
		}
		k, err := read(filepath.Join(d.path, e.Name()))
		if errors.Is(err, errDestroyed) {
			continue
		}
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b parties.Key) int {
		if a.Number != b.Number {
			return int(a.Number) - int(b.Number)
		}
		return bytes.Compare(a.ID[:], b.ID[:])
	})
	return keys, nil
}

// errDestroyed: the file is overwritten, and whoever did it was ended before it was removed.
var errDestroyed = errors.New("keyfile: the key was destroyed")

func read(path string) (k parties.Key, err error) {
	damaged := func(reason string) (parties.Key, error) {
		return parties.Key{}, &parties.Damage{Key: filepath.Join(Folder, filepath.Base(path)), Reason: reason + ". Names are kept under it: restore the whole data directory, or a backup"}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return k, err
	}
	if len(data) == size && bytes.Equal(data, make([]byte, size)) {
		return k, errDestroyed
	}
	if len(data) != size || !bytes.HasPrefix(data, []byte(format)) {
		return damaged("it is not a key as it was written")
	}
	body, sum := data[:size-sumSize], data[size-sumSize:]
	if want := sha256.Sum256(body); !bytes.Equal(want[:sumSize], sum) {
		return damaged("its checksum is wrong")
	}
	body = body[copy(body, format):]
	body = body[copy(k.ID[:], body):]
	k.Number = binary.BigEndian.Uint64(body)
	copy(k.Secret[:], body[8:])
	if filepath.Base(path) != k.ID.String()+suffix {
		return damaged("its name is not that of the key in it")
	}
	return k, nil
}

func write(k parties.Key) []byte {
	b := append(make([]byte, 0, size), format...)
	b = append(b, k.ID[:]...)
	b = binary.BigEndian.AppendUint64(b, k.Number)
	b = append(b, k.Secret[:]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:sumSize]...)
}

// Add implements parties.Keys. The file has its name once all of it is on the disk.
func (d *Dir) Add(k parties.Key) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.makeDir(); err != nil {
		return err
	}
	if err := d.tidy(); err != nil {
		return err
	}
	path := d.of(k.ID)
	f, err := dirlock.OpenFile(path+part, os.O_CREATE|os.O_EXCL|os.O_WRONLY)
	if err != nil {
		return err
	}
	_, err = f.Write(write(k))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(path+part, path); err != nil {
		return err
	}
	return syncDir(d.path)
}

// makeDir makes the directory, and its name durable.
func (d *Dir) makeDir() error {
	if _, err := os.Stat(d.path); err == nil {
		return nil
	}
	if err := os.Mkdir(d.path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(d.path))
}

// tidy destroys what an Add or a Destroy that was interrupted left.
func (d *Dir) tidy() error {
	left, err := filepath.Glob(filepath.Join(d.path, "*"+part))
	if err != nil {
		return err
	}
	whole, err := filepath.Glob(filepath.Join(d.path, "*"+suffix))
	if err != nil {
		return err
	}
	for _, path := range whole {
		if _, err := read(path); errors.Is(err, errDestroyed) {
			left = append(left, path)
		}
	}
	for _, path := range left {
		if err := overwrite(path); err != nil {
			return err
		}
	}
	return nil
}

// Destroy implements parties.Keys. The key is overwritten in the file that it lies in, not in another one that takes its name. What a
// file system or a disk keeps of overwritten blocks is out of its reach.
func (d *Dir) Destroy(id parties.EpochID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.tidy(); err != nil {
		return err
	}
	return overwrite(d.of(id))
}

func overwrite(path string) error {
	f, err := dirlock.OpenFile(path, os.O_WRONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil {
		_, err = f.WriteAt(make([]byte, info.Size()), 0)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func (d *Dir) of(id parties.EpochID) string { return filepath.Join(d.path, id.String()+suffix) }

func syncDir(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
