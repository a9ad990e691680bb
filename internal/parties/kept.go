package parties

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// Kept is where the names are kept, beside the ledger: a small set of values by key. Implementations MUST
// be safe for concurrent use.
type Kept interface {
	// Put keeps a value under a key. When it returns nil the value MUST be as durable as a record of
	// the ledger; when it returns an error the value may be kept or not.
	Put(ctx context.Context, key string, value []byte) error
	// Get returns the value under a key, and whether there is one. It MUST find every one whose Put returned
	// before, by this process or another.
	Get(ctx context.Context, key string) (value []byte, ok bool, err error)
	// All calls yield for each value, in any order, and MUST include every one whose Put returned
	// before. It stops at the first error of yield and returns it. The bytes belong to yield.
	All(ctx context.Context, yield func(key string, value []byte) error) error
	// Erase removes a value so that it cannot be read back, from history and deleted space too as
	// far as the store can. Erasing what is not there is no error.
	Erase(ctx context.Context, key string) error
}

// replacer is a Kept that replaces a value without overwriting its bytes; eventstore.Replacer says when that is enough.
type replacer interface {
	Replace(ctx context.Context, key string, value []byte) error
}

// Damage is a directory that is not what was written. It is fatal: a wrong name in an audit trail is worse
// than none.
type Damage struct {
	Key    string
	Reason string
}

// Error returns the sentence.
func (e *Damage) Error() string {
	return fmt.Sprintf("the directory of parties is damaged at %q: %s", e.Key, e.Reason)
}

// The stored values. A party is kept under its id in hexadecimal, as a version, its salt, and its name.
// The request key is kept under its own name, as a version and the key. The key does not begin with an
// id, so that the two never meet. That a party was forgotten is kept too, under its id behind a word, as
// a version alone: a name that is missing and was not forgotten is a name that was lost.
const (
	version       = 1
	saltSize      = 16
	requestKey    = "key.requests"
	requestKeyLen = 32
	forgottenKey  = "forgotten."
)

// Party is a person or an organisation whose name is still kept.
type Party struct {
	ID   string // 32 bytes, raw
	Salt [saltSize]byte
	Name string // as it was first written
}

// newParty works out the id of a name. It can be proved as long as the salt is kept, and nobody who knows
// the name alone can find it once the salt is gone.
func newParty(salt [saltSize]byte, name string) Party {
	h := sha256.New()
	h.Write([]byte("milepost party\x00"))
	h.Write(salt[:])
	h.Write([]byte(name))
	return Party{ID: string(h.Sum(nil)), Salt: salt, Name: name}
}

func (p Party) key() string { return hex.EncodeToString([]byte(p.ID)) }

func (p Party) value() []byte {
	b := make([]byte, 0, 1+saltSize+len(p.Name))
	b = append(b, version)
	b = append(b, p.Salt[:]...)
	return append(b, p.Name...)
}

// readParty reads a stored party and proves that it is the one of its key.
func readParty(key string, value []byte) (Party, error) {
	if err := checkVersion(value); err != nil {
		return Party{}, &Damage{Key: key, Reason: err.Error()}
	}
	if len(value) <= 1+saltSize {
		return Party{}, &Damage{Key: key, Reason: fmt.Sprintf("it is only %d bytes long", len(value))}
	}
	p := newParty([saltSize]byte(value[1:]), string(value[1+saltSize:]))
	if p.key() != key {
		return Party{}, &Damage{Key: key, Reason: "the name kept there is not the one that the id was made of"}
	}
	if clean, err := Clean(p.Name); err != nil || clean != p.Name {
		return Party{}, &Damage{Key: key, Reason: "the name kept there is none that could have been stored"}
	}
	return p, nil
}

func readRequestKey(value []byte) ([]byte, error) {
	if err := checkVersion(value); err != nil {
		return nil, &Damage{Key: requestKey, Reason: err.Error()}
	}
	if len(value) != 1+requestKeyLen {
		return nil, &Damage{Key: requestKey, Reason: fmt.Sprintf("it is %d bytes long, and not %d", len(value), 1+requestKeyLen)}
	}
	return value[1:], nil
}

func checkVersion(value []byte) error {
	switch {
	case len(value) == 0:
		return errors.New("it is empty")
	case value[0] != version:
		return fmt.Errorf("it is of version %d, and this milepost reads version %d", value[0], version)
	}
	return nil
}

// forgottenID is the id, raw, that a key says was forgotten.
func forgottenID(key string) (id string, ok bool) {
	text, ok := strings.CutPrefix(key, forgottenKey)
	if !ok || !isID(text) {
		return "", false
	}
	raw, err := hex.DecodeString(text)
	return string(raw), err == nil
}

// isID says whether a key is a party id in hexadecimal.
func isID(key string) bool {
	return len(key) == 2*sha256.Size && strings.Trim(key, "0123456789abcdef") == ""
}
