package web

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
)

// Visitors says who may look at the pages.
type Visitors uint8

const (
	// Nobody: the address can be reached by others, and nothing would tell them apart or keep their token secret.
	Nobody Visitors = iota
	// ThisMachine: everybody who is on this machine, as its programs may call without credentials too.
	ThisMachine
	// TokenHolders: whoever signs in with a bearer token, and each sees what that token may see.
	TokenHolders
)

// Config is what a site is made of. Everything is needed but what says otherwise.
type Config struct {
	// API is the connection that every page asks over. The visitor's token goes with each call.
	API *client.Client
	// Visitors says who may look.
	Visitors Visitors
	// Encrypted says that the pages are served over TLS, so that the cookie is never sent without it.
	Encrypted bool
	// Clock tells what time pages say it is: the server's own.
	Clock clock.Clock
	// Wall tells the time of the world, by which a browser that does not read is given up.
	Wall clock.Clock
	Log  *slog.Logger
	// Screens is how many different pages are kept up to date at once, Watching how many browsers look at them;
	// 256 and 1,000 where 0.
	Screens, Watching int
	// Beat is how often a page that nothing happened to is looked at again; 15 s where 0.
	Beat time.Duration
}

// Site serves the pages. It is safe for concurrent use.
type Site struct {
	Config
	assets  assets
	screens *screens
	handler http.Handler
}

// New makes a site. Its error says what is missing or, of a template or an asset, does not fit the program.
func New(c Config) (*Site, error) {
	if c.API == nil || c.Clock == nil || c.Wall == nil || c.Log == nil {
		return nil, errors.New("the site cannot be made: API, Clock, Wall and Log are needed")
	}
	if c.Screens == 0 {
		c.Screens = 256
	}
	if c.Watching == 0 {
		c.Watching = 1000
	}
	if c.Beat == 0 {
		c.Beat = 15 * time.Second
	}
	s := &Site{Config: c}
	static, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	if s.assets, err = readAssets(static); err != nil {
		return nil, err
	}
	s.screens = newScreens(c.Screens, c.Watching)
	if s.handler, err = s.routes(); err != nil {
		return nil, err
	}
	return s, nil
}

// page is one kind of page.
type page struct {
	path     string // the pattern of its address, below "GET "
	template string // the file of its template, which defines "main"
	// view says what the page shows. What it asks through the asking speaks for one position.
	view func(*asking) (heading, any, error)
}

// pages are all there are.
var pages = []page{
	{"/{$}", "portfolio.html", portfolio},
	{"/plans/{plan}", "plan.html", plan},
	{"/plans/{plan}/changes", "changes.html", changes},
	{"/plans/{plan}/milestones/{milestone}", "milestone.html", milestone},
}

func (s *Site) routes() (http.Handler, error) {
	templates, err := parseTemplates(s.assets)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, p := range pages {
		shown := &shown{Site: s, page: p, template: templates[p.template], problems: templates["problem.html"]}
		mux.Handle("GET "+p.path, s.visit(shown))
		mux.Handle("GET "+livePrefix+p.path, s.visit(http.HandlerFunc(shown.stream)))
	}
	problems := &shown{Site: s, problems: templates["problem.html"]}
	mux.Handle("GET /", s.visit(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		problems.fail(w, r, &problem{status: http.StatusNotFound, Title: "There is no such page", Sentence: "The address leads nowhere. Begin at the portfolio."})
	})))
	mux.Handle("GET /static/{name...}", s.assets)
	door := &door{Site: s, template: templates["signin.html"]}
	mux.HandleFunc("GET /sign-in", door.show)
	mux.HandleFunc("POST /sign-in", door.enter)
	mux.HandleFunc("POST /sign-out", door.leave)
	return guarded(http.NewCrossOriginProtection().Handler(mux)), nil
}

// ServeHTTP answers with a page.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close ends the streams of all browsers, which come back by themselves, and waits for what made their pages,
// until ctx ends. Pages are still answered afterwards; streams are not.
func (s *Site) Close(ctx context.Context) error { return s.screens.close(ctx) }

// guarded gives every answer the headers that keep a page to itself: nothing is loaded from elsewhere, nothing
// in a page is run or styled but from our own files, and no other site may frame or read it.
func guarded(next http.Handler) http.Handler {
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
		next.ServeHTTP(w, r)
	})
}
