package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"milepost.dev/internal/web/words"
)

// heading is what a page says about itself to the layout around it.
type heading struct {
	Title  string
	Crumbs []crumb
	// follows is the plan whose changes change the page, or everyPlan.
	follows string
	// Skip leads past all that stands before what a reader came for; nil where nothing does.
	Skip *crumb
}

// everyPlan is said of a page that the changes of all plans change which its visitor may see, and of new ones.
const everyPlan = ""

type crumb struct{ Name, Href string }

// Page is a page that was made, from what was known at one position.
type Page struct {
	templates *templateSet
	layout    layout
}

// Frame is the living part of a page: a stream sends it again when it has changed. It is not changed once it is made.
type Frame struct {
	Position uint64 // that it was made from; 0 for a page that asked for nothing
	HTML     []byte // with no carriage return, which an event stream would take for the end of a line
	Digest   string // of its main content, by which a browser says what it shows
	Day      string // that it is about
}

// Shows says whether two frames show the same, of the same position. They may have been made at different times.
func (f *Frame) Shows(g *Frame) bool {
	return f.Position == g.Position && f.Digest == g.Digest && f.Day == g.Day
}

// Frame is the living part of the page.
func (p *Page) Frame() *Frame { return p.layout.frame }

// Follows is the plan whose changes change the page; empty for every plan that its visitor may see.
func (p *Page) Follows() string { return p.layout.follows }

// Secret says that the page has something inside that nobody but its visitor may know: what a form has.
func (p *Page) Secret() bool { return p.layout.secret }

// Around is what stands around a page, and is not of its own making.
type Around struct {
	Live    string // the address of the page's stream; empty where it has none
	SignOut bool   // there is a visitor who can sign out
	SignIn  string // the address at which a visitor can sign in who may look without; else empty
	Open    bool   // the server asks nobody who they are
}

// Whole is the page as it is sent to a browser that asks for it.
func (p *Page) Whole(a Around) ([]byte, error) {
	whole := p.layout
	whole.Around = a
	var body bytes.Buffer
	body.Grow(len(whole.frame.HTML) + 8<<10)
	err := p.templates.whole.Execute(&body, whole)
	return visible(body.Bytes()), err
}

// layout is what layout.html shows around a page.
type layout struct {
	heading
	Around
	Times  *timesView // nil on a page that asked for nothing
	View   any
	Digest string
	frame  *Frame // the living part of the page, drawn from the rest
	secret bool
}

// Living is the part of the page that a stream sends again.
func (l layout) Living() template.HTML {
	return template.HTML(l.frame.HTML) // it came out of a template, which escaped what had to be
}

// draw makes the living part of a page. The digest is of its body alone: the foot says when it was made.
func (p *Pages) draw(file string, l layout) (*Page, error) {
	templates := p.templates[file]
	living, ok := p.buffers.Get().(*bytes.Buffer)
	if !ok {
		living = new(bytes.Buffer)
	}
	defer p.buffers.Put(living)
	living.Reset()
	if err := templates.body.Execute(living, l); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(living.Bytes())
	l.Digest = hex.EncodeToString(sum[:8])
	if err := templates.foot.Execute(living, l); err != nil {
		return nil, err
	}
	l.frame = &Frame{HTML: visible(oneLineEnd(bytes.Clone(living.Bytes()))), Digest: l.Digest}
	if l.Times != nil {
		l.frame.Position, l.frame.Day = l.Times.Position, l.Times.Day
	}
	return &Page{templates: templates, layout: l}, nil
}

// oneLineEnd is HTML in which nothing but a line feed ends a line. In an event stream a carriage return does
// too, and what stands behind it in somebody's title would be taken for a message of ours.
func oneLineEnd(html []byte) []byte {
	if bytes.IndexByte(html, '\r') < 0 {
		return html
	}
	return bytes.ReplaceAll(html, []byte("\r"), []byte("&#13;"))
}

// visible shows in a page what its reader could not see: control characters, and marks that turn the direction of what
// stands behind them, so that a title cannot change how the words beside it read. No template has any of its own.
func visible(html []byte) []byte {
	if !hides(html) {
		return html
	}
	return bytes.Map(func(r rune) rune {
		if turns := unicode.Is(unicode.Bidi_Control, r); turns || unicode.IsControl(r) && r != '\n' && r != '\t' {
			return unicode.ReplacementChar
		}
		return r
	}, html)
}

// hides says whether a text may have something that visible shows. It looks at bytes: pages are long, and hardly any has anything of the kind.
func hides(html []byte) bool {
	if !utf8.Valid(html) {
		return true
	}
	for i, b := range html {
		switch {
		case b >= ' ' && b < 0x7f || b == '\n' || b == '\t':
		case b < ' ' || b == 0x7f:
			return true
		case b == 0xc2: // U+0080 to U+009F are controls
			if html[i+1] < 0xa0 {
				return true
			}
		case b == 0xd8, b == 0xe2: // U+061C, and U+200E to U+2069
			if r, _ := utf8.DecodeRune(html[i:]); unicode.Is(unicode.Bidi_Control, r) {
				return true
			}
		}
	}
	return false
}

// timesView says what was known when a page was made, and has the form that asks for another day.
type timesView struct {
	Action         string
	Keep           []param // the other parameters of the address
	AsAt, KnownAt  string  // as they stand in the address
	Position       uint64
	Day            string // that the page is about
	Made           string // when
	Clock          string // what the clock is called where it does not show the time of the world
	Past           bool   // the address asks for another day, or for what was known then
	Now            string // the address of the same page without either
	KnownDay       string // KnownAt where it is a day
	KnownOtherwise string // KnownAt in words where it is not
	Losses         []string
}

type param struct{ Name, Value string }

func (p *Pages) times(a *asking) *timesView {
	if a.spoken == nil {
		return nil
	}
	t := &timesView{
		Action: a.path, AsAt: a.asAt(), KnownAt: a.knownAt(), Position: a.spoken.GetPosition(), Day: a.spoken.GetAsAt(),
		Made: p.clock.Now().UTC().Format("15:04:05\u00a0UTC on 2\u00a0Jan\u00a02006"), Clock: a.spoken.GetClock(),
		Past: a.asAt() != "" || a.knownAt() != "", Now: a.with(paramAsAt, "", paramKnownAt, ""),
	}
	for _, l := range a.spoken.GetLosses() {
		lost := fmt.Sprintf("positions %d to %d", l.GetPosition()+1, l.GetLastKnown())
		if l.GetLastKnown() <= l.GetPosition() {
			lost = fmt.Sprintf("nobody knows how much after position %d", l.GetPosition())
		}
		t.Losses = append(t.Losses, fmt.Sprintf("This ledger lost %s when a backup was restored on %s. Receipts from before are void for them.", lost, words.Time(l.GetRestoredAt())))
	}
	for _, name := range slices.Sorted(maps.Keys(a.query)) {
		if name != paramAsAt && name != paramKnownAt && name != paramPage && name != paramDone {
			t.Keep = append(t.Keep, param{name, a.query[name][0]})
		}
	}
	switch _, err := time.Parse(time.DateOnly, t.KnownAt); {
	case t.KnownAt == "":
	case err == nil:
		t.KnownDay = t.KnownAt
	default:
		t.KnownOtherwise = words.Time(t.KnownAt)
		if _, err := strconv.ParseUint(t.KnownAt, 10, 64); err == nil {
			t.KnownOtherwise = "position " + t.KnownAt
		}
	}
	return t
}
