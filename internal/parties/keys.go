package parties

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/hex"
	"fmt"
)

// EpochID is the random id of a key. It says nothing of the key.
type EpochID [16]byte

// String is the id in hexadecimal.
func (id EpochID) String() string { return hex.EncodeToString(id[:]) }

// Key is what names are kept under until somebody is forgotten, which begins an epoch with another one. Whoever has no copy of it
// cannot read what was kept under it, wherever that lies: so a name is forgotten in every copy of the store at once.
type Key struct {
	ID     EpochID
	Number uint64 // one above that of the key before
	Secret [32]byte
}

// Keys are the keys of epochs, as this process holds them: apart from the store, so that a copy of that says nothing.
// Implementations MUST be safe for concurrent use.
type Keys interface {
	// All returns those that there are, in order of number. One that is not what was written is a *Damage.
	All() ([]Key, error)
	// Add keeps a key. When it returns nil the key MUST be as durable as a record of the ledger.
	Add(Key) error
	// Destroy overwrites a key where it lies, so that it cannot be read back, and removes it. One that is not there is no error.
	Destroy(EpochID) error
}

// newKey makes a key of chance.
func newKey(random func([]byte) error, number uint64) (k Key, err error) {
	k.Number = number
	for _, part := range [][]byte{k.ID[:], k.Secret[:]} {
		if err := random(part); err != nil {
			return Key{}, fmt.Errorf("make a key for names: %w", err)
		}
	}
	return k, nil
}

// A value that is kept under a key begins with sealedVersion, the id of the key, and a random nonce. What follows is the value as
// it is kept without a key, under AES-256-GCM with what it is kept as for additional data: so that no value can be put in the
// place of another.
const (
	sealedVersion = 2
	nonceSize     = 12
	sealedHead    = 1 + len(EpochID{}) + nonceSize
)

func (k Key) aead() (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.Secret[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// sealedUnder is the id of the key that a value is kept under; false for a value that is kept without one.
func sealedUnder(value []byte) (id EpochID, sealed bool) {
	if len(value) < sealedHead || value[0] != sealedVersion {
		return EpochID{}, false
	}
	return EpochID(value[1:]), true
}
