// Package chart draws: how a milestone's date moved (Ladder), how a whole is made up (Bar), how far one value lies
// from zero (DivergingBar), and the marks that stand beside words so that colour alone tells nothing.
//
// A chart is a struct, which says where everything lies, and an SVG template that has its name. What lies across is
// in per cent of the width and what lies down in pixels, so that a drawing fits a phone and its words stay
// readable there. There is no script and no style attribute, which the pages' policy forbids: colours are classes
// in static/app.css. Every chart says in words what it shows, and the page has its numbers in a table.
//
// It knows numbers, days, and words about them. It knows neither the API nor a page: what a milestone is, what a link
// leads to, and which of several milestones are drawn, is decided by the page that asks for the chart.
//
// A day is text as ISO 8601 has it, as in the answers of the API. Text that is not a day has no place in a drawing.
package chart

import (
	"embed"
	"html/template"
)

//go:embed templates
var templates embed.FS

// Parse adds the templates of all charts to a set: "ladder", "bar", "diverging-bar" and "mark". The first three
// draw what NewLadder, NewBar and NewDivergingBar return; "mark" draws the shape of a tone, which is text.
func Parse(set *template.Template) (*template.Template, error) {
	return set.ParseFS(templates, "templates/*.html")
}
