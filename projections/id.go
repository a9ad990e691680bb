package projections

import "github.com/oklog/ulid/v2"

// parseID reads a milestone's own id as people write it.
func parseID(text string) (id [16]byte, ok bool) {
	u, err := ulid.ParseStrict(text)
	return u, err == nil
}

// FormatID writes a milestone's own id, or an event's, as people read it.
func FormatID(id [16]byte) string { return ulid.ULID(id).String() }
