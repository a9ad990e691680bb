package disk

import (
	"io/fs"
	"maps"
	"slices"
	"syscall"
)

// File is one that a program sees.
type File struct {
	Path string
	Size int64
}

// Files answers all files that a program sees, by path.
func (d *Disk) Files() []File {
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []File
	var add func(dir *node, below string)
	add = func(dir *node, below string) {
		for _, name := range slices.Sorted(maps.Keys(dir.entries)) {
			if n := dir.entries[name]; n.dir {
				add(n, below+name+"/")
			} else {
				all = append(all, File{below + name, int64(len(n.visible))})
			}
		}
	}
	add(d.root, "")
	return all
}

// Flip turns a bit of a file over, of what is stored as of what the program sees. Bit 0 is the lowest of
// the first byte. It answers an *fs.PathError where there is no such file or bit.
func (d *Disk) Flip(path string, bit int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.file("flip", path)
	if err != nil {
		return err
	}
	at, mask := int(bit/8), byte(1)<<(bit%8)
	if bit < 0 || at >= len(n.visible) {
		return &fs.PathError{Op: "flip", Path: path, Err: syscall.ERANGE}
	}
	n.visible[at] ^= mask
	if at < len(n.stored) {
		n.stored[at] ^= mask
	}
	for i, e := range n.edits {
		if e.data != nil && e.off <= at && at < e.end() {
			data := slices.Clone(e.data)
			data[at-e.off] ^= mask
			n.edits[i].data = data
		}
	}
	return nil
}

// Truncate cuts a file off after some bytes, or adds zeros up to there, behind the program's back. What is
// left of it is durable. It answers an *fs.PathError where there is no such file.
func (d *Disk) Truncate(path string, size int64) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := d.file("truncate", path)
	if err != nil {
		return err
	}
	if size < 0 || size > maxFile {
		return &fs.PathError{Op: "truncate", Path: path, Err: syscall.EFBIG}
	}
	before := len(n.visible)
	n.visible = resized(n.visible, int(size))
	n.content = content{visible: n.visible, stored: slices.Clone(n.visible)}
	d.resize(n, before)
	return nil
}

func (d *Disk) file(op, path string) (*node, error) {
	n, err := d.find(path)
	if err == 0 && n.dir {
		err = syscall.EISDIR
	}
	if err != 0 {
		return nil, &fs.PathError{Op: op, Path: path, Err: err}
	}
	return n, nil
}
