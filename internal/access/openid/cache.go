package openid

import (
	"crypto/sha256"
	"sync"
)

// maxVerified is how many tokens are remembered to have been verified.
const maxVerified = 10_000

// cache remembers whose tokens were, by their SHA-256: the callers of open streams are looked at every second.
type cache struct {
	mu    *sync.Mutex
	known map[[sha256.Size]byte]Known // guarded by mu
}

func newCache() cache { return cache{new(sync.Mutex), map[[sha256.Size]byte]Known{}} }

func (c cache) find(token string) (Known, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	known, ok := c.known[sha256.Sum256([]byte(token))]
	return known, ok
}

func (c cache) add(token string, known Known) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxVerified {
		clear(c.known) // they are verified again
	}
	c.known[sha256.Sum256([]byte(token))] = known
}
