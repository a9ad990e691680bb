package eventstore

import "context"

// Kept holds small values beside the ledger which, unlike the ledger, can be erased: the names behind
// party ids, with their salts. One process writes it.
//
// An implementation MUST be safe for concurrent use. A key has 1 to MaxKey bytes, any bytes.
type Kept interface {
	// Put stores a value under a key in place of the one before, which MUST be erased as by Erase.
	// When it returns nil the value MUST be as durable as a commit of the ledger beside it. After
	// an error either value, or for a moment both, may be there; All gives the later.
	Put(ctx context.Context, key string, value []byte) error

	// Get returns the value under a key, and whether there is one. The answer comes from the authority: a Put
	// that returned before is found, also by another process.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)

	// All calls yield once for each key, in no order, and stops at its first error. The bytes
	// belong to yield. A value that is there and cannot be read is an error, never passed over.
	All(ctx context.Context, yield func(key string, value []byte) error) error

	// Erase removes a key and its value so that the store's files no longer hold the bytes. A key
	// that is not there is no error. What a file system or a disk keeps of overwritten blocks is
	// out of its reach, as are the logs by which several copies of a store agree: so whoever keeps
	// names keeps them under a key of their own.
	Erase(ctx context.Context, key string) error
}

// Replacer is a Kept that can replace a value whose bytes say nothing any more, because the key that they were sealed under is about
// to be destroyed: many times faster than overwriting each.
type Replacer interface {
	// Replace is Put, but that the value before is removed and its bytes may stay in the store's files.
	Replace(ctx context.Context, key string, value []byte) error
}

// MaxKey is the most bytes a key of Kept may have.
const MaxKey = 128
