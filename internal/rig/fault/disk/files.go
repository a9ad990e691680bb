package disk

import (
	"syscall"
	"time"
)

// attributes are what can be asked about a file or directory, and set.
type attributes struct {
	number              uint64
	dir                 bool
	size                int
	links               int
	mode, uid, gid      uint32
	atime, mtime, ctime time.Time
}

func (d *Disk) attributes(n *node) (attributes, syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n.era.over {
		return attributes{}, syscall.EIO
	}
	links := n.links
	if n.dir {
		links = 2
	}
	return attributes{n.number, n.dir, len(n.visible), links, n.mode, n.uid, n.gid, n.atime, n.mtime, n.ctime}, 0
}

// set changes attributes other than the size.
func (d *Disk) set(n *node, f func(n *node)) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n.era.over {
		return syscall.EIO
	}
	f(n)
	n.ctime = d.clock.Now()
	return 0
}

// open is asked before a file or directory that is there is opened.
func (d *Disk) open(n *node) syscall.Errno {
	return d.admit(OpOpen, n, "").err
}

func (d *Disk) read(n *node, off int64, into []byte) (int, syscall.Errno) {
	if v := d.admit(OpRead, n, ""); v.err != 0 {
		return 0, v.err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if n.era.over {
		return 0, syscall.EIO
	}
	if off >= int64(len(n.visible)) {
		return 0, 0
	}
	return copy(into, n.visible[off:]), 0
}

// atEnd is an offset: a write goes to where the file ends then.
const atEnd = -1

// maxFile bounds a file, in bytes, so that a sparse one does not take the machine's memory.
const maxFile = 1 << 32

// write answers how much was written: less than all of it where a fault says so, or where the disk is full.
func (d *Disk) write(n *node, off int64, data []byte) (int, syscall.Errno) {
	v := d.admit(OpWrite, n, "")
	if v.err != 0 {
		return 0, v.err
	}
	data = data[:v.portion(len(data))]
	d.mu.Lock()
	defer d.mu.Unlock()
	if n.era.over {
		return 0, syscall.EIO
	}
	if off == atEnd {
		off = int64(len(n.visible))
	}
	if off+int64(len(data)) > maxFile {
		return 0, syscall.EFBIG
	}
	if room := d.room(n); off+int64(len(data)) > room {
		data = data[:max(0, room-off)]
		if len(data) == 0 {
			return 0, syscall.ENOSPC
		}
	}
	before := len(n.visible)
	n.content.write(int(off), data)
	d.resize(n, before)
	d.counters.Writes++
	d.counters.Bytes += int64(len(data))
	return len(data), 0
}

// room is how large a file may become.
func (d *Disk) room(n *node) int64 {
	if d.capacity == 0 {
		return maxFile
	}
	had := pages(len(n.visible))
	return max(int64(len(n.visible)), had+(d.capacity-d.used)/PageSize*PageSize)
}

// resize is called after the size of a file changed.
func (d *Disk) resize(n *node, before int) {
	if n.links > 0 {
		d.used += pages(len(n.visible)) - pages(before)
	}
	now := d.clock.Now()
	n.mtime, n.ctime = now, now
}

func (d *Disk) truncate(n *node, size int64) syscall.Errno {
	if v := d.admit(OpTruncate, n, ""); v.err != 0 {
		return v.err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case n.era.over:
		return syscall.EIO
	case n.dir:
		return syscall.EISDIR
	case size > maxFile:
		return syscall.EFBIG
	case size > d.room(n):
		return syscall.ENOSPC
	}
	before := len(n.visible)
	n.content.truncate(int(size))
	d.resize(n, before)
	return 0
}

// sync makes a file or the entries of a directory durable.
func (d *Disk) sync(n *node) syscall.Errno {
	v := d.admit(OpSync, n, "")
	tell, err := d.settled(n, v.err)
	if tell != nil {
		tell()
	}
	return err
}

// settled does a sync, or has it fail as a fault says, and answers whom to tell of it.
func (d *Disk) settled(n *node, fault syscall.Errno) (tell func(), err syscall.Errno) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if n.era.over {
		return nil, syscall.EIO
	}
	if fault != 0 {
		d.counters.Failed++
		n.failSync()
		return nil, fault
	}
	n.content.sync()
	d.syncEntries(n)
	if n.dir {
		d.counters.DirSyncs++
	} else {
		d.counters.Syncs++
	}
	if f, name := d.onSync, n.path(); f != nil {
		return func() { f(name) }, 0
	}
	return nil, 0
}
