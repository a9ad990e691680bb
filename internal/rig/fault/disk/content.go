package disk

import (
	"math/rand/v2"
	"slices"
)

// content is what a file holds. What it shows is what is durable with all edits made to it, except in
// pages that are lost.
type content struct {
	visible []byte
	stored  []byte
	edits   []edit // since the last sync, oldest first
	unsaved int    // bytes of all edits
	// lost has the pages that a sync failed for and that were not written since.
	lost map[int]bool
}

// edit is one write, or with no data the setting of the size to off.
type edit struct {
	off  int
	data []byte
}

// writeBack is how many bytes may wait for a sync, in a file, before the kernel begins to store the
// oldest by itself.
const writeBack = 64 << 20

func (e edit) end() int { return e.off + len(e.data) }

// size is that of a file after the edit.
func (e edit) size(before int) int {
	if e.data == nil {
		return e.off
	}
	return max(before, e.end())
}

// grown answers b with at least size bytes: zeros follow what it had.
func grown(b []byte, size int) []byte {
	if size <= len(b) {
		return b
	}
	had := len(b)
	b = slices.Grow(b, size-had)[:size]
	clear(b[had:])
	return b
}

// resized answers b with exactly size bytes.
func resized(b []byte, size int) []byte {
	if size < len(b) {
		return b[:size]
	}
	return grown(b, size)
}

func (e edit) apply(b []byte) []byte {
	if e.data == nil {
		return resized(b, e.off)
	}
	b = grown(b, e.end())
	copy(b[e.off:], e.data)
	return b
}

func (c *content) write(off int, data []byte) {
	if len(data) == 0 {
		return
	}
	c.visible = edit{off, data}.apply(c.visible)
	// Whole pages are written, so this is when what was lost is on its way again.
	first, last := off/PageSize, (off+len(data)-1)/PageSize
	from, to := off, off+len(data)
	if c.lost[first] {
		from = first * PageSize
	}
	if c.lost[last] {
		to = min((last+1)*PageSize, len(c.visible))
	}
	for page := first; page <= last && len(c.lost) > 0; page++ {
		delete(c.lost, page)
	}
	c.edits = append(c.edits, edit{from, slices.Clone(c.visible[from:to])})
	c.unsaved += to - from
	for c.unsaved > writeBack {
		c.unsaved -= len(c.edits[0].data)
		c.stored = c.edits[0].apply(c.stored)
		c.edits = c.edits[1:]
	}
}

func (c *content) truncate(size int) {
	c.visible = resized(c.visible, size)
	c.edits = append(c.edits, edit{off: size})
	for page := range c.lost {
		if page*PageSize >= size {
			delete(c.lost, page)
		}
	}
	if rest := size % PageSize; c.lost[size/PageSize] && rest > 0 {
		c.write(size-rest, c.visible[size-rest:size]) // cutting a page clears its end, which writes it
	}
}

func (c *content) sync() {
	for _, e := range c.edits {
		c.stored = e.apply(c.stored)
	}
	c.edits, c.unsaved = nil, 0
}

// failSync is a sync that the disk refused: what was written is clean all the same. Sizes that were set are not data,
// and go on waiting.
func (c *content) failSync() {
	if c.lost == nil {
		c.lost = map[int]bool{}
	}
	for _, e := range c.edits {
		for page := e.off / PageSize; e.data != nil && page*PageSize < min(e.end(), len(c.visible)); page++ {
			c.lost[page] = true
		}
	}
	c.edits = slices.DeleteFunc(c.edits, func(e edit) bool { return e.data != nil })
	c.unsaved = 0
}

// cut is what a loss of power leaves of the file.
func (c *content) cut(random *rand.Rand) []byte {
	n := len(c.edits)
	if n == 0 {
		return c.stored
	}
	instant := func() int { return []int{0, n, random.IntN(n + 1)}[random.IntN(3)] }
	switch random.IntN(6) {
	case 0: // nothing of it
		return c.stored
	case 1: // all of it
		return c.at(n, func(int) int { return n })
	case 2: // a prefix
		k := random.IntN(n + 1)
		return c.at(k, func(int) int { return k })
	case 3: // each sector as it was at an instant of its own, and the size at another
		return c.at(instant(), func(int) int { return instant() })
	case 4: // the size, and zeros for what was appended
		return c.at(instant(), func(int) int { return 0 })
	default: // one write torn, and nothing after it
		k := n - 1
		if random.IntN(2) == 0 {
			k = random.IntN(n)
		}
		e := c.edits[k]
		first, last := e.off/SectorSize, max(e.off, e.end()-1)/SectorSize
		torn := first + random.IntN(last-first+1)
		return c.at(k+random.IntN(2), func(sector int) int {
			if sector < torn {
				return k + 1
			}
			return k
		})
	}
}

// at is the file with the size that it had after some edits, and with each sector as it was after others.
func (c *content) at(sized int, edits func(sector int) int) []byte {
	after := map[int]int{} // asked once for a sector, so that it is of one instant
	made := func(i, sector int) bool {
		k, ok := after[sector]
		if !ok {
			k = edits(sector)
			after[sector] = k
		}
		return i < k
	}
	b, size := slices.Clone(c.stored), len(c.stored)
	for i, e := range c.edits {
		if i < sized {
			size = e.size(size)
		}
		to := e.end()
		if e.data == nil {
			to = len(b)
		}
		b = grown(b, e.end())
		for from := e.off; from < to; {
			sector := from / SectorSize
			end := min((sector+1)*SectorSize, to)
			switch {
			case !made(i, sector):
			case e.data == nil:
				clear(b[from:end])
			default:
				copy(b[from:end], e.data[from-e.off:])
			}
			from = end
		}
	}
	return resized(b, size)
}

// clone is a copy that shares nothing that changes.
func (c *content) clone() content {
	lost := map[int]bool{}
	for page := range c.lost {
		lost[page] = true
	}
	return content{slices.Clone(c.visible), slices.Clone(c.stored), slices.Clone(c.edits), c.unsaved, lost}
}
