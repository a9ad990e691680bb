package web

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/web/live"
	"milepost.dev/internal/web/page"
)

// Visitors says who may look at the pages.
type Visitors uint8

const (
	// Nobody: other machines can reach the address, and nothing would tell visitors apart or keep their token secret.
	Nobody Visitors = iota
	// ThisMachine: everybody who is on this machine, as its programs too may call without credentials.
	ThisMachine
	// TokenHolders: everybody who signs in with a bearer token. Each sees what that token may see.
	TokenHolders
)

// Config is what a site needs. Everything must be set but what says otherwise.
type Config struct {
	// API is the connection that every page asks over. The visitor's token goes with each call.
	API *client.Client
	// Visitors says who may look.
	Visitors Visitors
	// Issuer signs visitors in elsewhere, beside those who have a token; nil where none does.
	Issuer Issuer
	// Open says that the server asks nobody who they are, which every page tells.
	Open bool
	// Encrypted says that the pages are served over TLS, so that the cookie is never sent without it.
	Encrypted bool
	// Port is that of the pages' address. It is a part of the cookie's name.
	Port string
	// Clock tells what time a page says it was made at: the server's own.
	Clock clock.Clock
	// Wall tells the time of the world, by which a browser that does not read is given up.
	Wall clock.Clock
	Log  *slog.Logger
	// Entropy is what the ids of sessions are made of.
	Entropy io.Reader
	// Screens, Watching and Beat bound what is kept up to date, as live.Config has them; as usual where 0.
	Screens, Watching int
	Beat              time.Duration
}

// Site serves the pages. It is safe for concurrent use.
type Site struct {
	Config
	pages    *page.Pages
	sessions *sessions
	away     *away
	screens  *live.Screens
	handler  http.Handler
	patterns []string
	ownProof string // what forms have inside where visitors have no sessions
}

// New makes a site. Its error says what is missing, or which template or asset does not fit the program.
func New(c Config) (*Site, error) {
	if c.API == nil || c.Clock == nil || c.Wall == nil || c.Log == nil || c.Entropy == nil {
		return nil, errors.New("the site cannot be made: API, Clock, Wall, Log and Entropy are needed")
	}
	static, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	assets, err := readAssets(static)
	if err != nil {
		return nil, err
	}
	s := &Site{Config: c, sessions: newSessions(c.Wall, c.Entropy), away: newAway(c.Wall, c.Entropy)}
	if s.ownProof, err = secret(c.Entropy); err != nil {
		return nil, err
	}
	if s.pages, err = page.New(c.API, c.Clock, assets.URL); err != nil {
		return nil, err
	}
	s.screens = live.New(live.Config{
		Pages: s.pages, API: c.API, Wall: c.Wall, Log: c.Log, Screens: c.Screens, Watching: c.Watching, Beat: c.Beat,
	})
	s.handler = s.mux(assets)
	if c.Visitors == Nobody { // a visitor is told as much, and not how to start a server
		c.Log.Warn("pages are shown to nobody: other machines can reach the HTTP address, and there are not both TLS and credentials. " +
			"Give --tls-cert, --tls-key and --credentials, or serve HTTP on 127.0.0.1.")
	}
	return s, nil
}

// route is a pattern of addresses, as http.ServeMux has them, and what answers.
type route struct {
	pattern string
	handler http.Handler
}

func (s *Site) routes(assets assets) []route {
	all := []route{
		{"GET /", s.visit(http.HandlerFunc(s.noSuchPage))},
		{"GET /static/{name...}", assets},
		{"GET /sign-in", http.HandlerFunc(s.askToken)},
		{"POST /sign-in", http.HandlerFunc(s.signIn)},
		{"GET /sign-in/elsewhere", http.HandlerFunc(s.signInElsewhere)},
		{"GET /sign-in/back", http.HandlerFunc(s.signedInElsewhere)},
		{"POST /sign-out", http.HandlerFunc(s.signOut)},
	}
	for _, k := range page.Kinds() {
		all = append(all, route{"GET " + k.Path, s.visit(s.page(k))})
		if !k.Still {
			all = append(all, route{"GET " + live.Prefix + k.Path, s.visit(http.StripPrefix(live.Prefix, s.screens.Stream(k)))})
		}
	}
	for _, f := range page.Forms() {
		all = append(all, route{"GET " + f.Path, s.visit(s.form(f))}, route{"POST " + f.Path, s.visit(s.decide(f))})
	}
	for _, f := range page.Files() {
		for _, ending := range f.Endings {
			all = append(all, route{"GET " + f.Path + "." + ending, s.visit(s.file(f, ending))})
		}
	}
	return all
}

func (s *Site) noSuchPage(w http.ResponseWriter, r *http.Request) {
	s.fail(w, r, &page.Problem{Status: http.StatusNotFound, Title: "There is no such page", Sentence: "There is no page at this address. Start at the portfolio."})
}

// Patterns are the addresses that the site answers, as http.ServeMux has them.
func (s *Site) Patterns() []string { return s.patterns }

func (s *Site) mux(assets assets) http.Handler {
	mux := http.NewServeMux()
	for _, r := range s.routes(assets) {
		mux.Handle(r.pattern, r.handler)
		s.patterns = append(s.patterns, r.pattern)
	}
	return s.guarded(http.NewCrossOriginProtection().Handler(mux))
}

// page answers with one kind of page.
func (s *Site) page(k page.Kind) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := page.QuestionOf(r)
		made, err := s.pages.Make(r.Context(), k, q)
		if moved, ok := errors.AsType[*page.Moved](err); ok {
			http.Redirect(w, r, moved.To, http.StatusSeeOther)
			return
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		var around page.Around
		if q.Changes() && !k.Still {
			around.Live = live.Prefix + q.Address()
		}
		s.answer(w, r, http.StatusOK, made, around)
	})
}

// file answers with a list or a drawing as a file to keep.
func (s *Site) file(f page.File, ending string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		made, err := s.pages.MakeFile(r.Context(), f, ending, page.QuestionOf(r))
		if err != nil {
			s.fail(w, r, err)
			return
		}
		w.Header().Set("Content-Type", made.Type)
		w.Header().Set("Content-Disposition", `attachment; filename="`+made.Name+`"`)
		send(w, r, http.StatusOK, made.Body)
	})
}

// fail answers with why there is no page.
func (s *Site) fail(w http.ResponseWriter, r *http.Request, err error) {
	found := page.ProblemOf(err)
	if found.Status == http.StatusUnauthorized && s.signsIn() {
		s.leave(w, r)
		s.toSignIn(w, r)
		return
	}
	if found.Status == http.StatusInternalServerError {
		s.Log.Error("a page could not be made", "page", r.URL.Path, "err", err)
	}
	if found.Again {
		w.Header().Set("Retry-After", "2")
		w.Header().Set("Refresh", "2") // a browser tries again by itself
	}
	made, err := s.pages.MakeProblem(found)
	if err != nil {
		s.giveUp(w, r, err)
		return
	}
	s.answer(w, r, found.Status, made, page.Around{})
}

// answer sends a whole page, and only when all of it could be drawn.
func (s *Site) answer(w http.ResponseWriter, r *http.Request, status int, made *page.Page, around page.Around) {
	around.Open = s.Open
	switch {
	case !s.signsIn():
	case s.sessions.find(s.cookie(r)) != nil:
		around.SignOut = true
	case s.Visitors == ThisMachine && r.URL.Path != "/sign-in":
		around.SignIn = "/sign-in"
		if r.Method == http.MethodGet {
			around.SignIn += "?" + url.Values{"next": {r.URL.RequestURI()}}.Encode()
		}
	}
	body, err := made.Whole(around)
	if err != nil {
		s.giveUp(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if made.Secret() {
		w.WriteHeader(status)
		_, _ = w.Write(body) // a browser that went away is not worth a word
		return
	}
	send(w, r, status, body)
}

// giveUp answers with text where not even a page that says so can be drawn.
func (s *Site) giveUp(w http.ResponseWriter, r *http.Request, err error) {
	s.Log.Error("a page could not be drawn", "page", r.URL.Path, "err", err)
	http.Error(w, "The page could not be drawn. The people who run this server find the reason in its log.", http.StatusInternalServerError)
}

// ServeHTTP answers with a page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close ends the streams of all browsers, which come back by themselves, and waits for what made their pages,
// until ctx ends. Pages are still answered afterwards; streams are not.
func (s *Site) Close(ctx context.Context) error { return s.screens.Close(ctx) }

// guarded gives every answer the headers that keep a page to itself: nothing is loaded from elsewhere, nothing
// in a page is run or styled but from our own files, and no other site may frame or read it.
func (s *Site) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "+
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if s.Encrypted {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}
