package projections

import "encoding/binary"

// Blocks of an arena begin small, because a test makes many books, and grow until there is no sense in larger ones.
const (
	firstBlock   = 4 << 10
	largestBlock = 1 << 20
)

// arena keeps bytes one behind the other, in blocks that are never moved and never written to again. Whoever collects
// garbage need not look into them, and there are few of them whatever they hold. As with list, one goroutine adds and any
// number read what was published to them.
type arena struct {
	blocks list[[]byte]
	last   []byte // the rest of the last block; for the one writer
	used   int    // how much of the last block is taken
}

// address is where something lies in an arena. Nothing lies at 0.
type address uint64

// add keeps a copy of some bytes. Nothing is kept of no bytes.
func (a *arena) add(p []byte) address {
	if len(p) == 0 {
		return 0
	}
	var room [binary.MaxVarintLen64]byte
	head := binary.PutUvarint(room[:], uint64(len(p)))
	if head+len(p) > len(a.last) {
		a.grow(head + len(p))
	}
	at := address(len(a.blocks.all()))<<32 | address(a.used)
	copy(a.last, room[:head])
	copy(a.last[head:], p)
	a.last, a.used = a.last[head+len(p):], a.used+head+len(p)
	return at
}

// grow begins a block that has room for so many bytes.
func (a *arena) grow(n int) {
	size := firstBlock
	if blocks := a.blocks.all(); len(blocks) > 0 {
		size = min(2*len(blocks[len(blocks)-1]), largestBlock)
	}
	a.last, a.used = make([]byte, max(size, n)), 0
	a.blocks.append(a.last)
}

// at returns what was kept at an address. It must not be written to.
func (a *arena) at(at address) []byte {
	if at == 0 {
		return nil
	}
	rest := a.blocks.all()[at>>32-1][uint32(at):]
	n, head := binary.Uvarint(rest)
	return rest[head : head+int(n)]
}
