package clock

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"
)

// Entropy returns the machine's source of randomness. It is safe for concurrent use and never fails.
func Entropy() io.Reader { return rand.Reader }

// Seeded returns bytes that look random and are the same for the same seed. It is meant for tests, and
// is safe for concurrent use.
func Seeded(seed uint64) io.Reader {
	var s [32]byte
	for i := range 8 {
		s[i] = byte(seed >> (8 * i))
	}
	return &seeded{source: mathrand.NewChaCha8(s)}
}

type seeded struct {
	mu     sync.Mutex
	source *mathrand.ChaCha8 // guarded by mu
}

func (s *seeded) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.source.Read(p)
}

// IDs makes ULIDs, each greater than the one before it. It belongs to one goroutine.
type IDs struct {
	entropy *ulid.MonotonicEntropy
	last    uint64    // the milliseconds of the last id
	id      ulid.ULID // it is read into; in one place, so that each id does not take an object
}

// NewIDs takes its randomness from entropy.
func NewIDs(entropy io.Reader) *IDs { return &IDs{entropy: ulid.Monotonic(entropy, 0)} }

// New returns the next id for something that happens at t. Where t is before the id made last, that
// one's time is kept: ids are compared more often than they are read as times.
//
// It panics where the entropy fails, as crypto/rand itself does: nothing that needs an id can go on.
func (s *IDs) New(t time.Time) [16]byte {
	s.last = max(s.last, uint64(max(0, t.UnixMilli())))
	for {
		err := s.id.SetTime(s.last)
		if err == nil {
			err = s.entropy.MonotonicRead(s.last, s.id[6:])
		}
		if err == nil {
			return s.id
		}
		if !errors.Is(err, ulid.ErrMonotonicOverflow) {
			// panics: the machine has no randomness left, which crypto/rand answers in the same way
			panic(fmt.Sprintf("clock: no id can be made: %v", err))
		}
		s.last++ // this millisecond has no greater id left
	}
}
