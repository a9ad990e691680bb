package embedded

import (
	"bytes"
	"encoding/binary"
	"hash"
)

// sectorSize is the least that a disk writes as one.
const sectorSize = 512

// isTorn tells a record that was being written when the machine stopped from damage: what it leaves is the
// beginning of the next record, or any of its sectors with zeros in the place of the others, and nothing whole
// behind it. rest is what follows the last whole record, and begins at offset of its file.
func (w *walk) isTorn(rest []byte, offset int, sum hash.Hash64) bool {
	if w.wholeFollows(rest, sum) {
		return false
	}
	return w.isBeginning(rest, sum) || missesSector(rest, offset)
}

// isBeginning says whether rest is the head of the next record as far as it goes, with nothing or only zeros
// after it, and its checksum never reached the disk.
func (w *walk) isBeginning(rest []byte, sum hash.Hash64) bool {
	written := bytes.TrimRight(rest, "\x00") // a file may be longer than what reached the disk
	if len(written) == 0 {
		return true
	}
	head := make([]byte, recordHead, recordHead+len(subjectBytes))
	binary.LittleEndian.PutUint64(head[4:], w.summary.Commits+1)
	binary.LittleEndian.PutUint16(head[20:], uint16(len(subjectBytes)))
	head = append(head, subjectBytes...)
	for i := 4; i < min(len(head), len(written)); i++ {
		if isTime := i >= 12 && i < 20; !isTime && head[i] != written[i] {
			return false
		}
	}
	if len(written) >= 4 {
		size := int(binary.LittleEndian.Uint32(written) &^ hasHeader)
		if size > recordLimit || size < len(head)+recordSum {
			return false
		}
		if size <= len(rest) {
			// All of its length is there: torn only if its checksum never was.
			return len(written) <= size-recordSum
		}
	}
	// A whole record of which only the length was changed is not torn.
	whole := bytes.Clone(rest)
	if len(whole) >= recordHead+recordSum {
		for _, flag := range []uint32{0, hasHeader} {
			binary.LittleEndian.PutUint32(whole, uint32(len(whole))|flag)
			if _, why := readCommit(whole, sum); why == "" {
				return false
			}
		}
	}
	return true
}

// missesSector says whether what rest has of some sector is zeros: no record that was written whole has
// that, as it begins with its length, ends with a checksum, and holds a message that protobuf encoded.
func missesSector(rest []byte, offset int) bool {
	if len(rest) >= recordHead {
		if size := int(binary.LittleEndian.Uint32(rest) &^ hasHeader); size > recordHead && size < len(rest) {
			rest = rest[:size] // what is behind it may be a file that was made longer than what was written
		}
	}
	for begin := 0; begin < len(rest); {
		end := min(len(rest), begin+sectorSize-(offset+begin)%sectorSize)
		if len(bytes.Trim(rest[begin:end], "\x00")) == 0 {
			return true
		}
		begin = end
	}
	return false
}

// wholeFollows looks for a record that comes after the next one, whole: then the next one was whole once.
func (w *walk) wholeFollows(rest []byte, sum hash.Hash64) bool {
	mark := binary.LittleEndian.AppendUint16(nil, uint16(len(subjectBytes)))
	mark = append(mark, subjectBytes...)
	for {
		i := bytes.Index(rest[1:], mark)
		if i < 0 {
			return false
		}
		if i+1 >= 20 {
			if r, why := readCommit(rest[i+1-20:], sum); why == "" && r.sequence > w.summary.Commits {
				return true
			}
		}
		rest = rest[i+1:]
	}
}
