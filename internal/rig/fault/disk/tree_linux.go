package disk

import (
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fuse"
)

// tree answers the kernel's questions about a disk. Nothing is cached by the kernel, neither entries nor
// attributes nor bytes, so that what happens behind a program's back is seen at once.
//
// What it does not know, such as locks and reserving space, the kernel does by itself or says that it
// is not supported.
type tree struct {
	fuse.RawFileSystem
	disk *Disk

	mu      sync.Mutex
	known   map[uint64]*known  // guarded by mu; what the kernel may ask about
	opened  uint64             // guarded by mu; the youngest handle of a directory
	listing map[uint64][]entry // guarded by mu; what a handle lists
}

// known is a node that the kernel was told of, so many times more than it has forgotten it.
type known struct {
	node  *node
	times uint64
}

func newTree(d *Disk, root *node) *tree {
	return &tree{
		RawFileSystem: fuse.NewDefaultRawFileSystem(), disk: d,
		known: map[uint64]*known{fuse.FUSE_ROOT_ID: {root, 1}}, listing: map[uint64][]entry{},
	}
}

func (t *tree) String() string { return "milepost-disk" }

func (t *tree) node(id uint64) *node {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.known[id].node
}

// tell hands a node to the kernel, which forgets it some day.
func (t *tree) tell(n *node, out *fuse.EntryOut) fuse.Status {
	a, err := t.disk.attributes(n)
	if err != 0 {
		return fuse.Status(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	// FUSE keeps the first id for the root of the mount, and the root that a cut leaves is another node than the first.
	id := n.number + fuse.FUSE_ROOT_ID
	if t.known[id] == nil {
		t.known[id] = &known{node: n}
	}
	t.known[id].times++
	out.NodeId, out.Generation = id, 1
	fill(a, &out.Attr)
	return fuse.OK
}

func fill(a attributes, out *fuse.Attr) {
	kind := uint32(syscall.S_IFREG)
	if a.dir {
		kind = syscall.S_IFDIR
	}
	*out = fuse.Attr{
		Ino: a.number, Size: uint64(a.size), Blocks: uint64(pages(a.size) / 512), Blksize: PageSize,
		Mode: kind | a.mode, Nlink: uint32(a.links), Owner: fuse.Owner{Uid: a.uid, Gid: a.gid},
	}
	out.SetTimes(&a.atime, &a.mtime, &a.ctime)
}

func (t *tree) Lookup(_ <-chan struct{}, in *fuse.InHeader, name string, out *fuse.EntryOut) fuse.Status {
	n, err := t.disk.child(t.node(in.NodeId), name)
	if err != 0 {
		return fuse.Status(err)
	}
	return t.tell(n, out)
}

func (t *tree) Forget(id, times uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	k := t.known[id]
	if k == nil || id == fuse.FUSE_ROOT_ID {
		return
	}
	if k.times -= min(times, k.times); k.times == 0 {
		delete(t.known, id)
	}
}

func (t *tree) GetAttr(_ <-chan struct{}, in *fuse.GetAttrIn, out *fuse.AttrOut) fuse.Status {
	a, err := t.disk.attributes(t.node(in.NodeId))
	fill(a, &out.Attr)
	return fuse.Status(err)
}

func (t *tree) SetAttr(_ <-chan struct{}, in *fuse.SetAttrIn, out *fuse.AttrOut) fuse.Status {
	n := t.node(in.NodeId)
	if size, ok := in.GetSize(); ok {
		if err := t.disk.truncate(n, int64(size)); err != 0 {
			return fuse.Status(err)
		}
	}
	err := t.disk.set(n, func(n *node) {
		set(&n.mode, in.GetMode)
		set(&n.uid, in.GetUID)
		set(&n.gid, in.GetGID)
		set(&n.atime, in.GetATime)
		set(&n.mtime, in.GetMTime)
	})
	if err != 0 {
		return fuse.Status(err)
	}
	return t.GetAttr(nil, &fuse.GetAttrIn{InHeader: in.InHeader}, out)
}

func set[T uint32 | time.Time](field *T, value func() (T, bool)) {
	if v, ok := value(); ok {
		*field = v
	}
}

func (t *tree) made(in *fuse.InHeader, name string, isDir bool, mode uint32, out *fuse.EntryOut) fuse.Status {
	n, err := t.disk.make(t.node(in.NodeId), name, isDir, mode, in.Uid, in.Gid)
	if err != 0 {
		return fuse.Status(err)
	}
	return t.tell(n, out)
}

func (t *tree) Mkdir(_ <-chan struct{}, in *fuse.MkdirIn, name string, out *fuse.EntryOut) fuse.Status {
	return t.made(&in.InHeader, name, true, in.Mode, out)
}

func (t *tree) Mknod(_ <-chan struct{}, in *fuse.MknodIn, name string, out *fuse.EntryOut) fuse.Status {
	if in.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return fuse.EPERM
	}
	return t.made(&in.InHeader, name, false, in.Mode, out)
}

func (t *tree) Create(_ <-chan struct{}, in *fuse.CreateIn, name string, out *fuse.CreateOut) fuse.Status {
	out.OpenFlags = fuse.FOPEN_DIRECT_IO
	return t.made(&in.InHeader, name, false, in.Mode, &out.EntryOut)
}

func (t *tree) Link(_ <-chan struct{}, in *fuse.LinkIn, name string, out *fuse.EntryOut) fuse.Status {
	n := t.node(in.Oldnodeid)
	if err := t.disk.link(n, t.node(in.NodeId), name); err != 0 {
		return fuse.Status(err)
	}
	return t.tell(n, out)
}

func (t *tree) Unlink(_ <-chan struct{}, in *fuse.InHeader, name string) fuse.Status {
	return fuse.Status(t.disk.remove(t.node(in.NodeId), name, false))
}

func (t *tree) Rmdir(_ <-chan struct{}, in *fuse.InHeader, name string) fuse.Status {
	return fuse.Status(t.disk.remove(t.node(in.NodeId), name, true))
}

// noReplace is renameat2's RENAME_NOREPLACE.
const noReplace = 1

func (t *tree) Rename(_ <-chan struct{}, in *fuse.RenameIn, name, as string) fuse.Status {
	if in.Flags&^noReplace != 0 {
		return fuse.EINVAL
	}
	return fuse.Status(t.disk.rename(t.node(in.NodeId), name, t.node(in.Newdir), as, in.Flags&noReplace == 0))
}

func (t *tree) Open(_ <-chan struct{}, in *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	out.OpenFlags = fuse.FOPEN_DIRECT_IO
	return fuse.Status(t.disk.open(t.node(in.NodeId)))
}

func (t *tree) Read(_ <-chan struct{}, in *fuse.ReadIn, into []byte) (fuse.ReadResult, fuse.Status) {
	n, err := t.disk.read(t.node(in.NodeId), int64(in.Offset), into)
	return fuse.ReadResultData(into[:n]), fuse.Status(err)
}

func (t *tree) Writev(_ <-chan struct{}, in *fuse.WriteIn, data [][]byte) (uint32, fuse.Status) {
	n, off := t.node(in.NodeId), int64(in.Offset)
	if in.Flags&syscall.O_APPEND != 0 {
		off = atEnd // the kernel's idea of the size is not asked
	}
	written, err := t.disk.write(n, off, slices.Concat(data...))
	if err == 0 && in.Flags&(syscall.O_SYNC|syscall.O_DSYNC) != 0 {
		err = t.disk.sync(n)
	}
	return uint32(written), fuse.Status(err)
}

// Flush is called when a handle is closed, which stores nothing.
func (t *tree) Flush(<-chan struct{}, *fuse.FlushIn) fuse.Status { return fuse.OK }

func (t *tree) Fsync(_ <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	return fuse.Status(t.disk.sync(t.node(in.NodeId)))
}

func (t *tree) FsyncDir(cancel <-chan struct{}, in *fuse.FsyncIn) fuse.Status {
	return t.Fsync(cancel, in)
}

func (t *tree) OpenDir(_ <-chan struct{}, in *fuse.OpenIn, out *fuse.OpenOut) fuse.Status {
	if err := t.disk.open(t.node(in.NodeId)); err != 0 {
		return fuse.Status(err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.opened++
	out.Fh = t.opened
	return fuse.OK
}

// ReadDir lists what was there when the reading of the handle began, or began again.
func (t *tree) ReadDir(_ <-chan struct{}, in *fuse.ReadIn, out *fuse.DirEntryList) fuse.Status {
	if in.Offset == 0 {
		all, err := t.disk.list(t.node(in.NodeId))
		if err != 0 {
			return fuse.Status(err)
		}
		t.mu.Lock()
		t.listing[in.Fh] = all
		t.mu.Unlock()
	}
	t.mu.Lock()
	all := t.listing[in.Fh]
	t.mu.Unlock()
	for i := int(in.Offset); i < len(all); i++ {
		kind := uint32(syscall.S_IFREG)
		if all[i].dir {
			kind = syscall.S_IFDIR
		}
		if !out.AddDirEntry(fuse.DirEntry{Name: all[i].name, Ino: all[i].number, Mode: kind, Off: uint64(i + 1)}) {
			break
		}
	}
	return fuse.OK
}

func (t *tree) ReleaseDir(in *fuse.ReleaseIn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.listing, in.Fh)
}

// unbounded is the size of a disk without a capacity, in bytes.
const unbounded = 1 << 40

func (t *tree) StatFs(_ <-chan struct{}, _ *fuse.InHeader, out *fuse.StatfsOut) fuse.Status {
	t.disk.mu.Lock()
	defer t.disk.mu.Unlock()
	size := t.disk.capacity
	if size == 0 {
		size = unbounded
	}
	*out = fuse.StatfsOut{Bsize: PageSize, Frsize: PageSize, NameLen: 255, Files: 1 << 20, Ffree: 1 << 20}
	out.Blocks = uint64(size / PageSize)
	out.Bfree = uint64(max(0, size-t.disk.used) / PageSize)
	out.Bavail = out.Bfree
	return fuse.OK
}
