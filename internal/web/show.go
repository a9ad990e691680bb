package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"milepost.dev/internal/client"
)

// heading is what a page says about itself to the layout around it.
type heading struct {
	Title  string
	Crumbs []crumb
	// Timeless says that the page cannot be asked for another day: it has no such form.
	Timeless bool
	// follows is the plan whose changes change the page, or everyPlan.
	follows string
}

// everyPlan is said of a page that the changes of all plans change which its visitor may see, and of new ones.
const everyPlan = ""

type crumb struct{ Name, Href string }

// layoutView is what the layout shows around a page.
type layoutView struct {
	heading
	Times   *timesView // nil on a page of no time
	Live    string     // the address of the page's stream; empty where it cannot change
	SignOut bool
	View    any
	Frame   *frame // the living part of the page, drawn from the rest
	Digest  string // of that part's main content, by which a browser says what it shows
}

// Living is the part of the page that a stream sends again.
func (l layoutView) Living() template.HTML {
	return template.HTML(l.Frame.html) // it came out of a template, which escaped what had to be
}

// timesView is from which knowledge a page was made, and the form that asks for another.
type timesView struct {
	Action         string
	Keep           []param // what else stands in the address
	AsAt, KnownAt  string  // as they stand in the address
	Position       uint64
	Day            string // that the page is about
	Made           string // when
	Clock          string // what the clock is called where it is not the world's
	Past           bool   // another day than today, or what was known then
	Now            string // the same page without either
	KnownDay       string // KnownAt where it is a day
	KnownOtherwise string // in words where it is no day
	Losses         []string
}

type param struct{ Name, Value string }

func (s *Site) times(a *asking) *timesView {
	if a.spoken == nil {
		return nil
	}
	t := &timesView{
		Action: a.path, AsAt: a.asAt(), KnownAt: a.knownAt(), Position: a.spoken.GetPosition(), Day: a.spoken.GetAsAt(),
		Made: s.Clock.Now().UTC().Format("15:04:05\u00a0UTC on 2\u00a0Jan\u00a02006"), Clock: a.spoken.GetClock(),
		Past: a.asAt() != "" || a.knownAt() != "", Now: a.with(paramAsAt, "", paramKnownAt, ""),
	}
	for _, l := range a.spoken.GetLosses() {
		lost := fmt.Sprintf("positions %d to %d", l.GetPosition()+1, l.GetLastKnown())
		if l.GetLastKnown() <= l.GetPosition() {
			lost = fmt.Sprintf("nobody knows how much after position %d", l.GetPosition())
		}
		t.Losses = append(t.Losses, fmt.Sprintf("This ledger lost %s when a backup was restored on %s. Receipts from before are void for them.", lost, shownTime(l.GetRestoredAt())))
	}
	for name, values := range a.query {
		if name != paramAsAt && name != paramKnownAt && name != "page" {
			t.Keep = append(t.Keep, param{name, values[0]})
		}
	}
	switch _, err := time.Parse(time.DateOnly, t.KnownAt); {
	case t.KnownAt == "":
	case err == nil:
		t.KnownDay = t.KnownAt
	default:
		t.KnownOtherwise = shownTime(t.KnownAt)
		if _, err := strconv.ParseUint(t.KnownAt, 10, 64); err == nil {
			t.KnownOtherwise = "position " + t.KnownAt
		}
	}
	return t
}

// problem is why there is no page, as the visitor reads it.
type problem struct {
	status          int
	Title, Sentence string
	Again           bool // it may be there in a moment
}

// Error returns the sentence.
func (p *problem) Error() string { return p.Sentence }

// problemOf is what an error of the API means to somebody who looks at a page.
func problemOf(err error) *problem {
	if p, ok := errors.AsType[*problem](err); ok {
		return p
	}
	e, ok := errors.AsType[*client.Error](err)
	switch {
	case !ok:
		return &problem{status: http.StatusInternalServerError, Title: "The page could not be made", Sentence: "Something is wrong with this server. Whoever runs it finds the reason in its log."}
	case e.Code == "UNAUTHENTICATED":
		return &problem{status: http.StatusUnauthorized, Title: "Sign in again", Sentence: "The token that you signed in with is not known any more."}
	case e.Kind == client.Denied:
		return &problem{status: http.StatusForbidden, Title: "You may not see this", Sentence: e.Message}
	case e.Code == "NOT_FOUND":
		return &problem{status: http.StatusNotFound, Title: "There is nothing here", Sentence: e.Message}
	case e.Kind == client.Refused:
		return &problem{status: http.StatusBadRequest, Title: "This cannot be answered", Sentence: e.Message}
	case e.Kind == client.Unanswered:
		return &problem{status: http.StatusServiceUnavailable, Title: "No answer at the moment", Sentence: "The server is starting, closing, or very busy. This page tries again by itself.", Again: true}
	default:
		return &problem{status: http.StatusInternalServerError, Title: "The page could not be made", Sentence: "Something is wrong with this server. Whoever runs it finds the reason in its log."}
	}
}

// shown answers with one kind of page.
type shown struct {
	*Site
	page
	template *templateSet
	problems *templateSet
}

// madeWithin bounds how long a page may take to be made.
const madeWithin = 20 * time.Second

func (p *shown) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), madeWithin)
	defer cancel()
	a := p.ask(ctx, questionOf(r))
	h, view, err := p.view(a)
	if err != nil {
		p.fail(w, r, err)
		return
	}
	respond(w, r, p.Site, http.StatusOK, p.template, h, a, view)
}

// fail answers with why there is no page.
func (p *shown) fail(w http.ResponseWriter, r *http.Request, err error) {
	found := problemOf(err)
	if found.status == http.StatusUnauthorized && p.Visitors == TokenHolders {
		p.setCookie(w, "")
		p.toTheDoor(w, r)
		return
	}
	if found.status == http.StatusInternalServerError {
		p.Log.Error("a page could not be made", "page", r.URL.Path, "err", err)
	}
	if found.Again {
		w.Header().Set("Retry-After", "2")
		w.Header().Set("Refresh", "2")
	}
	respond(w, r, p.Site, found.status, p.problems, heading{Title: found.Title}, nil, found)
}

// respond draws a whole page, and sends it only when all of it could be drawn. a is nil for a page of no time.
func respond(w http.ResponseWriter, r *http.Request, s *Site, status int, t *templateSet, h heading, a *asking, view any) {
	layout := layoutView{heading: h, View: view, SignOut: s.Visitors == TokenHolders && s.cookie(r) != ""}
	if a != nil {
		layout.Times = s.times(a)
		if a.knownAt() == "" {
			layout.Live = livePrefix + a.with()
		}
	}
	var body bytes.Buffer
	err := layout.draw(t)
	if err == nil {
		err = t.whole.Execute(&body, layout)
	}
	if err != nil {
		s.Log.Error("a page could not be drawn", "page", r.URL.Path, "err", err)
		http.Error(w, "The page could not be drawn. Whoever runs this server finds the reason in its log.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // a browser that went away is no news
}

// draw makes the living part of the page.
func (l *layoutView) draw(t *templateSet) error {
	var body, foot bytes.Buffer
	if err := t.body.Execute(&body, l); err != nil {
		return err
	}
	sum := sha256.Sum256(body.Bytes())
	l.Digest = hex.EncodeToString(sum[:8])
	if err := t.foot.Execute(&foot, l); err != nil {
		return err
	}
	l.Frame = &frame{html: oneLineEnd(append(body.Bytes(), foot.Bytes()...)), same: l.Digest}
	if l.Times != nil {
		l.Frame.position = l.Times.Position
		l.Frame.same += " " + l.Times.Day
	}
	return nil
}

// templateSet is one page's templates: the whole, and the two parts of it that live.
type templateSet struct {
	whole, body, foot *template.Template
}

// parseTemplates reads all pages, by file name.
func parseTemplates(a assets) (map[string]*templateSet, error) {
	shared := template.New("layout.html").Option("missingkey=error").Funcs(template.FuncMap{
		"asset": a.URL, "day": shownDay, "time": shownTime, "signed": signed, "many": many,
	})
	shared, err := shared.ParseFS(templateFiles, "templates/layout.html", "templates/parts.html")
	if err != nil {
		return nil, err
	}
	sets := map[string]*templateSet{}
	names := []string{"signin.html", "problem.html"}
	for _, p := range pages {
		names = append(names, p.template)
	}
	for _, name := range names {
		one, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if one, err = one.ParseFS(templateFiles, "templates/"+name); err != nil {
			return nil, err
		}
		sets[name] = &templateSet{whole: one, body: one.Lookup("body"), foot: one.Lookup("foot")}
	}
	return sets, nil
}
