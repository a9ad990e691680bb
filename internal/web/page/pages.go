package page

import (
	"context"
	"embed"
	"html/template"
	"slices"
	"sync"
	"time"

	"milepost.dev/internal/client"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/words"
)

// Kind is one kind of page.
type Kind struct {
	Path     string // the pattern of its address, as http.ServeMux has it, without the method
	template string // the file of its template, which defines "main"
	// view answers with what the page shows. All that it asks through the asking speaks for one position.
	view func(*asking) (heading, any, error)
	// Still is a page that asks for nothing, and does not change.
	Still bool
}

var kinds = []Kind{
	{"/{$}", "portfolio.html", portfolio, false},
	{"/plans/{plan}", "board.html", board, false},
	{"/plans/{plan}/milestones", "milestones.html", milestones, false},
	{"/plans/{plan}/trend", "trend.html", trend, false},
	{"/plans/{plan}/timeline", "timeline.html", timeline, false},
	{"/plans/{plan}/funding", "funding.html", funding, false},
	{"/plans/{plan}/measures", "measures.html", measures, false},
	{"/plans/{plan}/owners", "owners.html", owners, false},
	{"/plans/{plan}/review", "review.html", reviewed, false},
	{"/plans/{plan}/decisions", "decisions.html", decisions, false},
	{"/plans/{plan}/events/{event}", "event.html", event, false},
	{"/plans/{plan}/changes", "changes.html", changes, false},
	{"/plans/{plan}/milestones/{milestone}", "milestone.html", milestone, false},
	{"/words", "words.html", explained, true},
	{"/accessibility", "accessibility.html", accessible, true},
}

// Kinds are all kinds of page.
func Kinds() []Kind { return slices.Clone(kinds) }

// Pages makes pages. It is safe for concurrent use.
type Pages struct {
	api       *client.Client
	clock     clock.Clock
	templates map[string]*templateSet // by file name
	drawings  *template.Template
	memo      memo
	newest    newest
	buffers   sync.Pool // in which pages are drawn, which a page is copied out of
}

// New makes Pages that ask an API. The clock tells what time a page says it was made at, and asset the address of
// a file that pages load. Its error says which template does not fit the program.
func New(api *client.Client, c clock.Clock, asset func(name string) (string, error)) (*Pages, error) {
	templates, err := parseTemplates(asset)
	if err != nil {
		return nil, err
	}
	drawings, err := chart.Parse(template.New("drawings"))
	if err != nil {
		return nil, err
	}
	return &Pages{api: api, clock: c, templates: templates, drawings: drawings}, nil
}

// madeWithin bounds how long a page may take to be made.
const madeWithin = 20 * time.Second

// Make makes a page from what is known now, or at the time that the question asks for, as the visitor of the
// context (As). ProblemOf says what its error means to the visitor.
func (p *Pages) Make(ctx context.Context, k Kind, q Question) (*Page, error) {
	ctx, cancel := context.WithTimeout(ctx, madeWithin)
	defer cancel()
	a := &asking{Context: ctx, Pages: p, Question: q}
	h, view, err := k.view(a)
	if err != nil {
		return nil, err
	}
	return p.draw(k.template, layout{heading: h, Times: p.times(a), View: view})
}

// MakeProblem makes the page that says why there is none.
func (p *Pages) MakeProblem(found *Problem) (*Page, error) {
	return p.draw("problem.html", layout{heading: heading{Title: found.Title}, View: found})
}

// SignIn is what the page shows on which a visitor signs in.
type SignIn struct {
	Next    string // the address to go on to
	Problem string // why the last try failed; empty where there was none
	// Elsewhere offers to sign in at an issuer.
	Elsewhere bool
	// MayLook says that everybody on this machine may look without it.
	MayLook bool
}

// MakeSignIn makes the page on which a visitor signs in.
func (p *Pages) MakeSignIn(s SignIn) (*Page, error) {
	return p.draw("signin.html", layout{heading: heading{Title: "Sign in"}, View: s})
}

//go:embed templates
var templateFiles embed.FS

// templateSet is one page's templates: the whole, and the two parts of it that live.
type templateSet struct {
	whole, body, foot *template.Template
}

// parseTemplates reads all pages, by file name.
func parseTemplates(asset func(string) (string, error)) (map[string]*templateSet, error) {
	shared := template.New("layout.html").Option("missingkey=error").Funcs(template.FuncMap{
		"asset": asset, "day": words.Day, "shortday": words.ShortDay, "time": words.Time, "signed": words.Signed, "made": isMade, "plainly": plainly, "many": words.Many,
		isolateName: isolate,
	})
	shared, err := shared.ParseFS(templateFiles, "templates/layout.html", "templates/parts.html", "templates/planhead.html", "templates/charts.html", "templates/compared.html", "templates/form.html")
	if err != nil {
		return nil, err
	}
	if shared, err = chart.Parse(shared); err != nil {
		return nil, err
	}
	isolateAll(shared)
	names := []string{"signin.html", "problem.html"}
	for _, k := range kinds {
		names = append(names, k.template)
	}
	for _, f := range forms {
		names = append(names, f.template)
	}
	sets := map[string]*templateSet{}
	for _, name := range names {
		one, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		if one, err = one.ParseFS(templateFiles, "templates/"+name); err != nil {
			return nil, err
		}
		isolateThose(one, func(file string) bool { return file == name }) // what is shared came with the clone
		sets[name] = &templateSet{whole: one, body: one.Lookup("body"), foot: one.Lookup("foot")}
	}
	return sets, nil
}
