package disk

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// CopyFrom replaces all that is on the disk by the files and directories of a real one, and makes them
// durable. Whoever had the disk mounted gets EIO for everything. Where it fails the disk is as it was.
func (d *Disk) CopyFrom(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	era, root := d.era, d.root
	d.era, d.root = newEra(), nil
	loaded, err := d.load(dir)
	if err != nil {
		d.era, d.root = era, root
		return fmt.Errorf("loading a disk: %w", err)
	}
	era.over, d.root = true, loaded
	d.settle()
	return nil
}

func (d *Disk) load(dir string) (*node, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	n := d.newNode(true, uint32(info.Mode().Perm()))
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		child, err := d.loadEntry(path, e)
		if err != nil {
			return nil, err
		}
		n.durable[e.Name()] = child
	}
	return n, nil
}

func (d *Disk) loadEntry(path string, e fs.DirEntry) (*node, error) {
	info, err := e.Info()
	switch {
	case err != nil:
		return nil, err
	case e.IsDir():
		return d.load(path)
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "copy", Path: path, Err: fs.ErrInvalid}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n := d.newNode(false, uint32(info.Mode().Perm()))
	n.mtime = info.ModTime()
	n.visible, n.stored = data, slices.Clone(data)
	return n, nil
}

// CopyTo writes what the program sees into a real directory, which is made and must be empty.
func (d *Disk) CopyTo(dir string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing a disk out: %w", err)
	}
	there, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("writing a disk out: %w", err)
	}
	if len(there) > 0 {
		return &fs.PathError{Op: "writing a disk out", Path: dir, Err: fs.ErrExist}
	}
	if err := unload(d.root, dir); err != nil {
		return fmt.Errorf("writing a disk out: %w", err)
	}
	return nil
}

func unload(n *node, dir string) error {
	for name, child := range n.entries {
		path := filepath.Join(dir, name)
		if child.dir {
			if err := os.Mkdir(path, fs.FileMode(child.mode).Perm()); err != nil {
				return err
			}
			if err := unload(child, path); err != nil {
				return err
			}
			continue
		}
		if err := os.WriteFile(path, child.visible, fs.FileMode(child.mode).Perm()); err != nil {
			return err
		}
		if err := os.Chtimes(path, child.atime, child.mtime); err != nil {
			return err
		}
	}
	return nil
}

// Clone makes another disk that is as this one, with all that is not synced, so that what one program left can lose
// its power in many ways. Faults, counters and OnSync are not cloned.
func (d *Disk) Clone() *Disk {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := &Disk{mode: d.mode, clock: d.clock, era: newEra(), lastNode: d.lastNode, made: d.made, used: d.used, capacity: d.capacity}
	nodes := map[*node]*node{nil: nil}
	c.root = c.copied(d.root, nodes)
	for _, was := range d.changes {
		again := was
		again.removed, again.slots = c.copied(was.removed, nodes), slices.Clone(was.slots)
		for i, s := range was.slots {
			again.slots[i] = slot{c.copied(s.dir, nodes), s.name, c.copied(s.node, nodes)}
		}
		c.changes = append(c.changes, again)
	}
	return c
}

// copied is the copy of a node and of everything below it, made once.
func (d *Disk) copied(n *node, nodes map[*node]*node) *node {
	if again, ok := nodes[n]; ok {
		return again
	}
	again := &node{}
	nodes[n] = again
	*again = *n
	again.era, again.content = d.era, n.content.clone()
	again.parent = d.copied(n.parent, nodes)
	again.entries, again.durable = maps.Clone(n.entries), maps.Clone(n.durable)
	for _, entries := range []map[string]*node{again.entries, again.durable} {
		for name, child := range entries {
			entries[name] = d.copied(child, nodes)
		}
	}
	return again
}
