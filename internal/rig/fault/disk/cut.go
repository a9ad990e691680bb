package disk

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
)

// Loss is what a cut took.
type Loss struct {
	Files   int   // that had something unsynced, of those that are still there
	Bytes   int64 // that are not what the program last saw, in those files
	Entries int   // changes of directories that were undone
	Gone    int   // files that the program saw and that are not there any more
}

func (l Loss) String() string {
	return fmt.Sprintf("%d files with unsynced writes lost %d bytes, %d changes of directories undone, %d files gone",
		l.Files, l.Bytes, l.Entries, l.Gone)
}

// Cut takes the power away and brings it back: what was synced is there, and of everything else what
// chance says. From then on all that is there is durable. Whoever had the disk mounted gets EIO for
// everything, and a new mount shows what is left; kill the program first, as the power would have.
func (d *Disk) Cut(random *rand.Rand) Loss {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.surviving(random)
	d.store(func(i int) bool { return kept[i] })
	loss := Loss{Entries: len(d.changes)}

	before := files(d.root)
	d.era.over, d.era = true, newEra()
	survivors := map[*node]*node{}
	d.root = d.rebuild(d.root, random, survivors, &loss)
	d.settle()
	for n := range before {
		if survivors[n] == nil {
			loss.Gone++
		}
	}
	d.counters.Cuts++
	return loss
}

// surviving says which changes of entries happen to be stored.
func (d *Disk) surviving(random *rand.Rand) []bool {
	kept := make([]bool, len(d.changes))
	if d.mode == Journalled {
		for i := range []int{0, len(kept), random.IntN(len(kept) + 1)}[random.IntN(3)] {
			kept[i] = true
		}
		return kept
	}
	// Few, about half and nearly all are as likely as each other.
	chance := []float64{0, 0.1, 0.5, 0.9, 1}[random.IntN(5)]
	for i := range kept {
		kept[i] = random.Float64() < chance
	}
	d.complete(kept)
	return kept
}

// files answers all files that the program sees below a directory.
func files(dir *node) map[*node]bool {
	all := map[*node]bool{}
	for _, n := range dir.entries {
		if n.dir {
			maps.Copy(all, files(n))
		} else {
			all[n] = true
		}
	}
	return all
}

// rebuild makes anew what is stored of a file or of a directory and all below it.
func (d *Disk) rebuild(n *node, random *rand.Rand, built map[*node]*node, loss *Loss) *node {
	if built[n] != nil {
		return built[n]
	}
	again := d.newNode(n.dir, n.mode)
	again.uid, again.gid, again.atime, again.mtime, again.ctime = n.uid, n.gid, n.atime, n.mtime, n.ctime
	built[n] = again
	if !n.dir {
		again.visible = slices.Clone(n.cut(random))
		if len(n.edits) > 0 || len(n.lost) > 0 {
			loss.Files++
			loss.Bytes += differing(n.visible, again.visible)
		}
		again.stored = slices.Clone(again.visible)
		return again
	}
	for _, name := range slices.Sorted(maps.Keys(n.durable)) {
		again.durable[name] = d.rebuild(n.durable[name], random, built, loss)
	}
	return again
}

// settle takes what is stored for what there is.
func (d *Disk) settle() {
	d.changes, d.used = nil, 0
	var settle func(dir *node)
	settle = func(dir *node) {
		dir.entries = maps.Clone(dir.durable)
		for name, n := range dir.entries {
			n.parent, n.name = dir, name
			if n.links++; n.dir {
				settle(n)
			} else if n.links == 1 {
				d.used += pages(len(n.visible))
			}
		}
	}
	settle(d.root)
}

// differing counts the bytes of what was seen that are not there.
func differing(seen, left []byte) (n int64) {
	n = int64(max(0, len(seen)-len(left)))
	common := min(len(seen), len(left))
	if bytes.Equal(seen[:common], left[:common]) {
		return n
	}
	for i := range common {
		if seen[i] != left[i] {
			n++
		}
	}
	return n
}
