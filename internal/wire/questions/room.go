package questions

import (
	"google.golang.org/protobuf/proto"

	"milepost.dev/domain"
)

// Sizes of pages, in items.
const (
	itemsPage, maxItemsPage = 1000, 10_000
	// pageBytes ends a page early: most clients take no answer above 4 MiB.
	pageBytes = 2 << 20
)

// Room is how much more a page takes.
type Room struct{ items, bytes int }

// NewRoom is the room of a page of so many items, of otherwise where size is 0, and of most at the most. It refuses a
// size below 0.
func NewRoom(size int32, otherwise, most int) (Room, error) {
	switch {
	case size < 0:
		return Room{}, refuse(domain.Invalid, RulePageSize, "page_size",
			"A page cannot have %d items. Ask for 1 to %d, or leave it out for %d.", size, most, otherwise)
	case size == 0:
		return Room{otherwise, pageBytes}, nil
	}
	return Room{min(int(size), most), pageBytes}, nil
}

// Takes says whether one item more fits; one always does on an empty page, so that every page moves on.
func (r *Room) Takes(m proto.Message, empty bool) bool {
	r.items--
	r.bytes -= proto.Size(m)
	return empty || r.items >= 0 && r.bytes >= 0
}
