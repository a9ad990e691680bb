package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"milepost.dev/internal/clock"
)

const (
	// sessionLasts is how long a visitor who signed in may look.
	sessionLasts = 8 * time.Hour
	// sessionsEach is how many sessions one visitor has at once, and maxSessions how many there are in all. The oldest ends
	// for a new one.
	sessionsEach = 20
	maxSessions  = 10_000
)

// sessions are the visitors who signed in. A browser keeps the id of a session, by which they look at pages here and, with what a form has
// inside, decide on them; the token stays in the server. They end with the process. It is safe for concurrent use.
type sessions struct {
	clock   clock.Clock
	entropy io.Reader

	mu   sync.Mutex
	open map[[sha256.Size]byte]*session // guarded by mu; by the SHA-256 of the id, so that a lookup tells nothing of it
}

// session is one visitor in one browser.
type session struct {
	who   string // by which a visitor is known again
	token Token
	proof string // what the forms of this session have inside; not the id, which is in no page
	began time.Time
	ends  time.Time
	over  context.Context // done when the visitor signed out, or may not look any more
	end   context.CancelFunc
}

func newSessions(c clock.Clock, entropy io.Reader) *sessions {
	return &sessions{clock: c, entropy: entropy, open: map[[sha256.Size]byte]*session{}}
}

// begin lets a visitor look, and answers with the id that their browser is to keep.
func (s *sessions) begin(who string, token Token) (id string, err error) {
	if id, err = secret(s.entropy); err != nil {
		return "", fmt.Errorf("begin a session: %w", err)
	}
	proof, err := secret(s.entropy)
	if err != nil {
		return "", fmt.Errorf("begin a session: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.makeRoom(who)
	now := s.clock.Now()
	begun := &session{who: who, token: token, proof: proof, began: now, ends: now.Add(sessionLasts)}
	begun.over, begun.end = context.WithCancel(context.Background()) // ends with the session, and not with the request that began it
	s.open[sha256.Sum256([]byte(id))] = begun
	return id, nil
}

// secret is 256 bits that nobody guesses, as text.
func secret(entropy io.Reader) (string, error) {
	random := make([]byte, 32)
	_, err := io.ReadFull(entropy, random)
	return base64.RawURLEncoding.EncodeToString(random), err
}

// makeRoom ends the sessions whose time is over, and the oldest where there are too many. It is called with mu held.
func (s *sessions) makeRoom(who string) {
	now := s.clock.Now()
	var same, all [][sha256.Size]byte
	for key, each := range s.open {
		switch {
		case !now.Before(each.ends):
			s.drop(key)
			continue
		case each.who == who:
			same = append(same, key)
		}
		all = append(all, key)
	}
	oldest := func(a, b [sha256.Size]byte) int {
		return cmp.Or(s.open[a].began.Compare(s.open[b].began), slices.Compare(a[:], b[:]))
	}
	if len(same) >= sessionsEach {
		s.drop(slices.MinFunc(same, oldest))
	} else if len(all) >= maxSessions {
		s.drop(slices.MinFunc(all, oldest))
	}
}

// drop ends a session. It is called with mu held.
func (s *sessions) drop(key [sha256.Size]byte) {
	if gone, ok := s.open[key]; ok {
		gone.end()
		delete(s.open, key)
	}
}

// find is the session with an id, and nil where it is over.
func (s *sessions) find(id string) *session {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := sha256.Sum256([]byte(id))
	found := s.open[key]
	if found != nil && !s.clock.Now().Before(found.ends) {
		s.drop(key)
		return nil
	}
	return found
}

// end ends the session with an id, and every stream of pages that goes on under it.
func (s *sessions) end(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drop(sha256.Sum256([]byte(id)))
}

// within makes a context that ends with the session at the latest.
func (s *session) within(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithDeadline(ctx, s.ends)
	stop := context.AfterFunc(s.over, cancel)
	return ctx, func() { stop(); cancel() }
}
