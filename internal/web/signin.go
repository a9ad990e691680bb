package web

import (
	"context"
	"crypto/subtle"
	"io"
	"net/http"
	"sync"
	"time"

	"milepost.dev/internal/clock"
	"milepost.dev/internal/web/page"
)

// Token is what a visitor's questions are asked with. It may be another one each time.
type Token func(ctx context.Context) (string, error)

// Issuer signs visitors in elsewhere. It must be safe for concurrent use.
type Issuer interface {
	// Begin answers with the address at which a visitor signs in, and with what makes a visitor of the code that they come
	// back with: a name by which they are known again, and their token. The state comes back with the code.
	Begin(ctx context.Context, state string) (address string, finish func(ctx context.Context, code string) (who string, token func(context.Context) (string, error), err error), err error)
}

const (
	// awayFor is how long a visitor may take to sign in elsewhere, and maxAway how many do so at once.
	awayFor = 10 * time.Minute
	maxAway = 1000
)

// away are the visitors who sign in elsewhere. It is safe for concurrent use.
type away struct {
	clock   clock.Clock
	entropy io.Reader

	mu      sync.Mutex
	waiting map[string]leaving // guarded by mu; by the state
}

// leaving is a visitor who is to come back.
type leaving struct {
	finish func(context.Context, string) (string, func(context.Context) (string, error), error)
	next   string
	until  time.Time
}

func newAway(c clock.Clock, entropy io.Reader) *away {
	return &away{clock: c, entropy: entropy, waiting: map[string]leaving{}}
}

func (a *away) state() (string, error) {
	return secret(a.entropy)
}

func (a *away) leave(state string, l leaving) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.clock.Now()
	l.until = now.Add(awayFor)
	first := ""
	for each, waiting := range a.waiting {
		if !now.Before(waiting.until) {
			delete(a.waiting, each)
		} else if first == "" || waiting.until.Before(a.waiting[first].until) {
			first = each
		}
	}
	if len(a.waiting) >= maxAway {
		delete(a.waiting, first)
	}
	a.waiting[state] = l
}

// back is the visitor who left with a state. They come back once.
func (a *away) back(state string) (leaving, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	l, ok := a.waiting[state]
	delete(a.waiting, state)
	return l, ok && a.clock.Now().Before(l.until)
}

// signInElsewhere sends a visitor to the issuer. The browser keeps the state as well: who is sent a link to the way back, and
// did not leave from here, is not signed in as somebody else.
func (s *Site) signInElsewhere(w http.ResponseWriter, r *http.Request) {
	if !s.signsIn() || s.Issuer == nil {
		http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
		return
	}
	next := onThisSite(r.URL.Query().Get("next"))
	state, err := s.away.state()
	if err != nil {
		s.giveUp(w, r, err)
		return
	}
	address, finish, err := s.Issuer.Begin(r.Context(), state)
	if err != nil {
		s.Log.WarnContext(r.Context(), "a visitor cannot sign in at the issuer", "reason", err.Error())
		s.askAgain(w, r, next, http.StatusServiceUnavailable, "Your organisation's sign-in cannot be reached at the moment. Try again.")
		return
	}
	s.away.leave(state, leaving{finish: finish, next: next})
	http.SetCookie(w, &http.Cookie{
		Name: s.cookieName() + "-away", Value: state, Path: "/", MaxAge: int(awayFor.Seconds()), Secure: s.Encrypted, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// signedInElsewhere lets in a visitor whom the issuer sent back.
func (s *Site) signedInElsewhere(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	kept, err := r.Cookie(s.cookieName() + "-away")
	l, known := leaving{}, false
	if err == nil && q.Get("state") != "" && subtle.ConstantTimeCompare([]byte(kept.Value), []byte(q.Get("state"))) == 1 {
		l, known = s.away.back(q.Get("state"))
	}
	if !known || s.Issuer == nil {
		s.askAgain(w, r, "/", http.StatusForbidden, "This browser did not begin to sign in here, or took too long. Begin again.")
		return
	}
	if q.Get("code") == "" {
		s.askAgain(w, r, l.next, http.StatusUnauthorized, "Your organisation did not sign you in.")
		return
	}
	who, token, err := l.finish(r.Context(), q.Get("code"))
	if err != nil {
		s.Log.WarnContext(r.Context(), "a visitor was not signed in at the issuer", "reason", err.Error())
		s.askAgain(w, r, l.next, http.StatusUnauthorized, "Your organisation did not sign you in. The people who run this server find the reason in its log.")
		return
	}
	s.enter(w, r, who, token, l.next)
}

// askAgain shows the page on which a visitor signs in, with why they are not.
func (s *Site) askAgain(w http.ResponseWriter, r *http.Request, next string, status int, problem string) {
	if !s.mayAsk(w, r) {
		return
	}
	s.showSignIn(w, r, status, page.SignIn{Next: next, Problem: problem})
}
