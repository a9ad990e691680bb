package baseline

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"strconv"
)

// Digest is the SHA-256 over the items of a proposal in order. Each item is 16 fields, each written as its length in 8 bytes, the most
// significant first, and then its bytes: the milestone's id, the dimension, the number that it replaces, the due day, its words, the
// amount, its currency, the years, the title, the deliverable, the measure, its value, its day, the kind of reason, the reason, and the
// proposal's own id. Numbers are decimals, and days ISO days; what was not said is empty.
func Digest(proposal string, items []Proposable) [32]byte {
	sum := sha256.New()
	for i := range items {
		item := &items[i].Item
		v := &item.Value
		for _, field := range []string{
			string(item.Milestone[:]), item.Dimension.String(), strconv.Itoa(item.Replaces), v.Due.String(), v.Text,
			v.Amount.String(), v.Amount.Currency, v.Years, v.Title, v.Deliverable, v.Measure, v.Target, v.Day.String(),
			item.Kind.String(), item.Reason, proposal,
		} {
			write(sum, field)
		}
	}
	return [32]byte(sum.Sum(nil))
}

func write(sum hash.Hash, field string) {
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(field)))
	sum.Write(size[:])
	sum.Write([]byte(field))
}
