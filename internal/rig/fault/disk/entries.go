package disk

import (
	"maps"
	"slices"
	"syscall"
)

// change is something that happened to the entries of directories and is stored whole or not at all.
type change struct {
	number uint64
	slots  []slot
	// removed is a directory that lost its name by it; what emptied that directory comes first.
	removed *node
	// after says that everything before it comes first.
	after bool
}

// slot is an entry, and what it becomes: nil is nothing.
type slot struct {
	dir  *node
	name string
	node *node
}

// place is the entry that a slot is about.
type place struct {
	dir  *node
	name string
}

// waiting bounds the changes that wait for a sync. Beyond it the oldest are stored, as a kernel does
// after some seconds.
const waiting = 1 << 16

// record makes a change as the program sees it, and lets it wait to be stored.
func (d *Disk) record(c change, concerned ...*node) {
	d.made++
	c.number = d.made
	now := d.clock.Now()
	for _, s := range c.slots {
		if s.node == nil {
			delete(s.dir.entries, s.name)
		} else {
			s.dir.entries[s.name] = s.node
			s.node.parent, s.node.name = s.dir, s.name
		}
		s.dir.changed, s.dir.mtime, s.dir.ctime = c.number, now, now
	}
	for _, n := range concerned {
		n.changed, n.ctime = c.number, now
	}
	d.changes = append(d.changes, c)
	if len(d.changes) > waiting {
		d.store(func(i int) bool { return i == 0 })
	}
}

// store makes the changes durable that are wanted.
func (d *Disk) store(wanted func(i int) bool) {
	var rest []change
	for i, c := range d.changes {
		if !wanted(i) {
			rest = append(rest, c)
			continue
		}
		for _, s := range c.slots {
			if s.node == nil {
				delete(s.dir.durable, s.name)
			} else {
				s.dir.durable[s.name] = s.node
			}
		}
	}
	d.changes = rest
}

// complete adds to some wanted changes those that must come before them.
func (d *Disk) complete(wanted []bool) {
	places, emptied, all := map[place]bool{}, map[*node]bool{}, false
	for i, c := range slices.Backward(d.changes) {
		for _, s := range c.slots {
			wanted[i] = wanted[i] || all || places[place{s.dir, s.name}] || emptied[s.dir]
		}
		if !wanted[i] {
			continue
		}
		for _, s := range c.slots {
			places[place{s.dir, s.name}] = true
		}
		emptied[c.removed] = true
		all = all || c.after
	}
}

// syncEntries stores what the sync of a file or a directory takes with it.
func (d *Disk) syncEntries(n *node) {
	if d.mode == Journalled {
		d.store(func(i int) bool { return d.changes[i].number <= n.changed })
		return
	}
	if !n.dir {
		return
	}
	wanted := make([]bool, len(d.changes))
	for i, c := range d.changes {
		wanted[i] = slices.ContainsFunc(c.slots, func(s slot) bool { return s.dir == n })
	}
	d.complete(wanted)
	d.store(func(i int) bool { return wanted[i] })
}

// child answers an entry of a directory.
func (d *Disk) child(dir *node, name string) (*node, syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return dir.child(name)
}

func (n *node) child(name string) (*node, syscall.Errno) {
	switch found := n.entries[name]; {
	case n.era.over:
		return nil, syscall.EIO
	case !n.dir:
		return nil, syscall.ENOTDIR
	case found == nil:
		return nil, syscall.ENOENT
	default:
		return found, 0
	}
}

// make creates a file or a directory that is not there.
func (d *Disk) make(dir *node, name string, isDir bool, mode, uid, gid uint32) (*node, syscall.Errno) {
	if v := d.admit(OpCreate, dir, name); v.err != 0 {
		return nil, v.err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := dir.child(name); err != syscall.ENOENT {
		if err == 0 {
			err = syscall.EEXIST
		}
		return nil, err
	}
	if dir.links == 0 && dir != d.root {
		return nil, syscall.ENOENT // the directory was removed, and somebody still holds it
	}
	n := d.newNode(isDir, mode)
	n.uid, n.gid, n.links = uid, gid, 1
	d.counters.Creates++
	d.record(change{slots: []slot{{dir, name, n}}}, n)
	return n, 0
}

// link gives a file one more name.
func (d *Disk) link(n, dir *node, name string) syscall.Errno {
	if v := d.admit(OpCreate, dir, name); v.err != 0 {
		return v.err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, err := dir.child(name); err != syscall.ENOENT {
		if err == 0 {
			err = syscall.EEXIST
		}
		return err
	}
	if n.dir || n.links == 0 {
		return syscall.EPERM
	}
	n.links++
	d.record(change{slots: []slot{{dir, name, n}}}, n)
	return 0
}

// remove takes a name away: of an empty directory, or of a file.
func (d *Disk) remove(dir *node, name string, isDir bool) syscall.Errno {
	if v := d.admit(OpRemove, dir, name); v.err != 0 {
		return v.err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := dir.child(name)
	if err != 0 {
		return err
	}
	if err := n.replaceable(isDir); err != 0 {
		return err
	}
	d.drop(n)
	d.record(change{slots: []slot{{dir, name, nil}}, removed: n.directory()}, n)
	return 0
}

// replaceable says whether a name can be taken from a node, by or for something that is a directory or not.
func (n *node) replaceable(isDir bool) syscall.Errno {
	switch {
	case n.dir && !isDir:
		return syscall.EISDIR
	case !n.dir && isDir:
		return syscall.ENOTDIR
	case len(n.entries) > 0:
		return syscall.ENOTEMPTY
	}
	return 0
}

// directory is the node if it is one.
func (n *node) directory() *node {
	if n.dir {
		return n
	}
	return nil
}

// drop counts one name less.
func (d *Disk) drop(n *node) {
	if n.links--; n.links == 0 {
		d.used -= pages(len(n.visible))
	}
}

// rename moves a name, over another one if there is one and replace allows it.
func (d *Disk) rename(from *node, name string, to *node, as string, replace bool) syscall.Errno {
	if v := d.admit(OpRename, from, name); v.err != 0 {
		return v.err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	n, err := from.child(name)
	if err != 0 {
		return err
	}
	old, err := to.child(as)
	if err != 0 && err != syscall.ENOENT {
		return err
	}
	if old == n {
		return 0
	}
	for above := to; above != nil; above = above.parent {
		if above == n {
			return syscall.EINVAL // a directory cannot move below itself
		}
	}
	if to.links == 0 && to != d.root {
		return syscall.ENOENT
	}
	c := change{slots: []slot{{from, name, nil}, {to, as, n}}, after: from != to}
	concerned := []*node{n}
	if old != nil {
		if !replace {
			return syscall.EEXIST
		}
		if err := old.replaceable(n.dir); err != 0 {
			return err
		}
		d.drop(old)
		c.removed = old.directory()
		concerned = append(concerned, old)
	}
	d.counters.Renames++
	d.record(c, concerned...)
	return 0
}

// entry is what a listing has of a file or directory.
type entry struct {
	name   string
	number uint64
	dir    bool
}

// list answers the entries of a directory, by name.
func (d *Disk) list(dir *node) ([]entry, syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if dir.era.over {
		return nil, syscall.EIO
	}
	all := make([]entry, 0, len(dir.entries))
	for _, name := range slices.Sorted(maps.Keys(dir.entries)) {
		n := dir.entries[name]
		all = append(all, entry{name, n.number, n.dir})
	}
	return all, 0
}
