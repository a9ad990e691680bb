package disk

import (
	"path"
	"strings"
	"sync"
	"syscall"
	"time"

	"milepost.dev/internal/clock"
)

// Mode says when the entry of a file in its directory is durable.
type Mode int

const (
	// POSIX promises as little as the standard does: an entry is durable when its directory was synced.
	// A cut keeps any of the changes since, if they make sense together: changes of one name happen in
	// their order, a file that moves to another directory takes all earlier changes with it, and a
	// directory that goes takes those that emptied it.
	POSIX Mode = iota
	// Journalled is like ext4: changes of entries become durable in the order in which they were made,
	// and the sync of a file takes those with it that it was created, linked or renamed by.
	Journalled
)

func (m Mode) String() string {
	if m == Journalled {
		return "journalled"
	}
	return "posix"
}

const (
	// SectorSize is what the disk writes whole or not at all, in bytes.
	SectorSize = 512
	// PageSize is what the kernel keeps dirty or clean as a whole, in bytes.
	PageSize = 4096
)

// Disk is what is stored, and what seems to be. It is safe for concurrent use. Paths that it is given and
// gives are relative to its root and written with slashes, as in fs.FS; the root is ".".
type Disk struct {
	mode   Mode
	clock  clock.Clock
	faults faults

	mu       sync.Mutex
	root     *node        // guarded by mu, as all below
	era      *era         // that of all nodes that can be reached
	lastNode uint64       // the number of the youngest node
	changes  []change     // of entries, not durable yet, oldest first
	made     uint64       // how many changes there ever were
	used     int64        // bytes of all files that have a name, in whole pages
	capacity int64        // bytes; 0 is without limit
	counters Counters     // what was done
	onSync   func(string) // nil is nobody
}

// New makes an empty disk. The clock stamps files.
func New(mode Mode, c clock.Clock) *Disk {
	d := &Disk{mode: mode, clock: c, era: newEra()}
	d.root = d.newNode(true, 0o755)
	return d
}

// Counters say what a program did with a disk since it was made. What failed counts too.
type Counters struct {
	Syncs    int // of files; a write to a file that was opened with O_SYNC is a write and a sync
	DirSyncs int // of directories
	Failed   int // syncs of either that failed
	Writes   int
	Bytes    int64 // written
	Renames  int
	Creates  int // of files and directories
	Cuts     int
}

// Counters answers what was done so far.
func (d *Disk) Counters() Counters {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.counters
}

// OnSync has a function called after each sync that succeeded, of a file or a directory, and before the
// program that asked for it learns so. It runs beside the program and may call the disk. nil ends it.
func (d *Disk) OnSync(f func(path string)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.onSync = f
}

// SetCapacity bounds what all files may hold together, in bytes, counted in whole pages: beyond it a
// write stores what still fits, and then fails with ENOSPC. 0 is without limit.
func (d *Disk) SetCapacity(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.capacity = bytes
}

// Used is what all files hold together, in bytes, counted in whole pages.
func (d *Disk) Used() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.used
}

// era is the time from one cut to the next. Who holds a node of one that is over gets EIO for it.
type era struct{ over bool }

func newEra() *era { return &era{} }

// node is a file or a directory. The lock of the disk guards all of it.
type node struct {
	number uint64
	dir    bool
	era    *era
	// parent and name are where it was last seen; a file with several names has one of them here.
	parent *node
	name   string
	links  int // names, as the program sees it
	// changed is the number of the last change of entries that this node was part of.
	changed uint64

	mode, uid, gid      uint32
	atime, mtime, ctime time.Time

	content                           // of a file
	entries, durable map[string]*node // of a directory: as the program sees it, and as it is stored
}

func (d *Disk) newNode(dir bool, mode uint32) *node {
	d.lastNode++
	now := d.clock.Now()
	n := &node{number: d.lastNode, era: d.era, dir: dir, mode: mode & 0o7777, atime: now, mtime: now, ctime: now}
	if dir {
		n.entries, n.durable = map[string]*node{}, map[string]*node{}
	}
	return n
}

// path is where a node is, or was last.
func (n *node) path() string {
	p := "."
	for ; n.parent != nil; n = n.parent {
		p = path.Join(n.name, p)
	}
	return p
}

// find answers the node that a path names.
func (d *Disk) find(name string) (*node, syscall.Errno) {
	n := d.root
	for element := range strings.SplitSeq(path.Clean(name), "/") {
		if element == "." {
			continue
		}
		if !n.dir {
			return nil, syscall.ENOTDIR
		}
		if n = n.entries[element]; n == nil {
			return nil, syscall.ENOENT
		}
	}
	return n, 0
}

// pages is how many bytes a file of some size takes up.
func pages(size int) int64 {
	return (int64(size) + PageSize - 1) / PageSize * PageSize
}
