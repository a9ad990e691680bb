package eventstore

import "context"

// Revised is a Kept that several processes may write: a value is put in the place of the one that was read, or not at all.
type Revised interface {
	Kept
	// GetRevised is Get, with the revision of the value; 0 where there is none.
	GetRevised(ctx context.Context, key string) (value []byte, revision uint64, err error)
	// AllRevised is All, with the revision of each value.
	AllRevised(ctx context.Context, yield func(key string, value []byte, revision uint64) error) error
	// Revise puts a value in the place of the one of a revision, 0 where there must be none, and removes that; with erase its bytes are
	// overwritten, as Put does. It answers false where another value is there, and true where this very one is: an attempt to which
	// there was no clear answer may be repeated.
	Revise(ctx context.Context, key string, value []byte, revision uint64, erase bool) (kept bool, err error)
}
