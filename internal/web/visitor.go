package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/web/live"
	"milepost.dev/internal/web/page"
)

// visit lets in visitors who may look, and sends the others to sign in, or tells them why not.
func (s *Site) visit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch s.Visitors {
		case ThisMachine:
			if !nameOfThisMachine(r.Host) {
				http.Error(w, "This page is shown on this machine only, and under its own names. Open it as http://127.0.0.1.", http.StatusForbidden)
				return
			}
			if visiting := s.sessions.find(s.cookie(r)); visiting != nil { // who signed in may do more than look
				s.visitAs(visiting, next, w, r)
				return
			}
			next.ServeHTTP(w, r.WithContext(page.As(r.Context(), "")))
		case TokenHolders:
			visiting := s.sessions.find(s.cookie(r))
			if visiting == nil {
				s.toSignIn(w, r)
				return
			}
			s.visitAs(visiting, next, w, r)
		default:
			http.Error(w, "No pages are shown at this address: it does not protect them from other machines. The people who run this server can change that.", http.StatusForbidden)
		}
	})
}

// visitAs lets in a visitor who signed in, for as long as the session lasts.
func (s *Site) visitAs(visiting *session, next http.Handler, w http.ResponseWriter, r *http.Request) {
	ctx, leave := visiting.within(r.Context())
	defer leave()
	token, err := visiting.token(ctx)
	if err != nil { // the issuer does not renew it
		s.Log.InfoContext(ctx, "a visitor has to sign in again", "reason", err.Error())
		s.leave(w, r)
		s.toSignIn(w, r)
		return
	}
	next.ServeHTTP(w, r.WithContext(page.As(ctx, token)))
}

// signsIn says whether visitors can sign in: where they have to, and where everybody on this machine may look, but only who holds a token may
// decide. Where nobody is asked who they are a token says nothing.
func (s *Site) signsIn() bool {
	return s.Visitors == TokenHolders || s.Visitors == ThisMachine && !s.Open
}

// mayAsk says whether a request for the page of signing in, or one that it sends, is answered. Others are sent to the portfolio, or told why not.
func (s *Site) mayAsk(w http.ResponseWriter, r *http.Request) bool {
	if !s.signsIn() || s.Visitors == ThisMachine && !nameOfThisMachine(r.Host) {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return false
	}
	return true
}

// nameOfThisMachine says whether a page was asked for under a name that always means the machine that asks. A
// page of another site can have its own name lead here (DNS rebinding), and must not get to read the plans.
func nameOfThisMachine(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	name = strings.ToLower(strings.Trim(name, "[]"))
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(name)
	return err == nil && ip.IsLoopback()
}

// cookieName is another one for each port, because a browser does not tell the ports of a host apart. With the prefix
// __Host- it sends the cookie over TLS and to this very host only.
func (s *Site) cookieName() string {
	name := "milepost-" + s.Port
	if s.Encrypted {
		return "__Host-" + name
	}
	return name
}

// cookie is the id of a visitor's session.
func (s *Site) cookie(r *http.Request) string {
	c, err := r.Cookie(s.cookieName())
	if err != nil {
		return ""
	}
	return c.Value
}

// setCookie has a browser keep the id of a session; an empty one has it forget the id.
func (s *Site) setCookie(w http.ResponseWriter, id string) {
	c := &http.Cookie{
		Name: s.cookieName(), Value: id, Path: "/", Secure: s.Encrypted, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	}
	if id == "" {
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}

// toSignIn sends a visitor to sign in, and keeps where they wanted to go.
func (s *Site) toSignIn(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, live.Prefix+"/") {
		http.Error(w, "Sign in first.", http.StatusUnauthorized)
		return
	}
	http.Redirect(w, r, "/sign-in?"+url.Values{"next": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther)
}

// askToken shows the page on which a visitor signs in.
func (s *Site) askToken(w http.ResponseWriter, r *http.Request) {
	if !s.mayAsk(w, r) {
		return
	}
	s.showSignIn(w, r, http.StatusOK, page.SignIn{Next: onThisSite(r.URL.Query().Get("next"))})
}

func (s *Site) showSignIn(w http.ResponseWriter, r *http.Request, status int, view page.SignIn) {
	view.Elsewhere, view.MayLook = s.Issuer != nil, s.Visitors == ThisMachine
	made, err := s.pages.MakeSignIn(view)
	if err != nil {
		s.giveUp(w, r, err)
		return
	}
	s.answer(w, r, status, made, page.Around{})
}

// maxForm bounds a form: bytes.
const maxForm = 64 << 10

// signIn begins a session for a token that the API knows.
func (s *Site) signIn(w http.ResponseWriter, r *http.Request) {
	if !s.mayAsk(w, r) {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	token, view := strings.TrimSpace(r.PostFormValue("token")), page.SignIn{Next: onThisSite(r.PostFormValue("next"))}
	switch err := s.knows(r.Context(), token); {
	case token == "" || strings.ContainsFunc(token, notOfAToken):
		view.Problem = "This is not a token. Paste all of it, and nothing else."
		s.showSignIn(w, r, http.StatusUnprocessableEntity, view)
	case denied(err):
		view.Problem = "This server does not know this token. Ask the people who run it for another."
		s.showSignIn(w, r, http.StatusUnauthorized, view)
	case err != nil:
		view.Problem = "The server cannot check the token at the moment. Try again."
		s.showSignIn(w, r, http.StatusServiceUnavailable, view)
	default:
		s.enter(w, r, token, func(context.Context) (string, error) { return token, nil }, view.Next)
	}
}

// enter begins a session in place of the one that the browser had, and leads on.
func (s *Site) enter(w http.ResponseWriter, r *http.Request, who string, token Token, next string) {
	s.sessions.end(s.cookie(r))
	id, err := s.sessions.begin(who, token)
	if err != nil {
		s.giveUp(w, r, err)
		return
	}
	s.setCookie(w, id)
	http.Redirect(w, r, next, http.StatusSeeOther)
}

// leave ends the session of a browser.
func (s *Site) leave(w http.ResponseWriter, r *http.Request) {
	s.sessions.end(s.cookie(r))
	s.setCookie(w, "")
}

func (s *Site) signOut(w http.ResponseWriter, r *http.Request) {
	s.leave(w, r)
	if s.Visitors == ThisMachine { // where one may go on looking
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, "/sign-in", http.StatusSeeOther)
}

// knows asks the API the smallest question that needs a token.
func (s *Site) knows(ctx context.Context, token string) error {
	for _, err := range s.API.Plans(page.As(ctx, token), &pb.ListPlansRequest{PageSize: 1}).Items {
		return err
	}
	return nil
}

func denied(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && e.Code == "UNAUTHENTICATED"
}

// notOfAToken says whether a character can be neither in a token nor in a cookie.
func notOfAToken(c rune) bool {
	return c <= ' ' || c > '~' || strings.ContainsRune(`",;\`, c)
}

// onThisSite is an address below our own root, or the root. Anything that a browser could take for another
// host is not followed.
func onThisSite(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") ||
		strings.ContainsAny(next, "\\\r\n\t") {
		return "/"
	}
	return next
}
