// Package web is the site that people keep open: the portfolio, a plan's milestones with their four dates, how one
// milestone's date moved, and what changed lately, in sentences.
//
// It is a client of the API with no privilege that a customer's program lacks: it asks over a connection as its
// visitor, and is refused what the visitor would be refused.
//
// This package lets visitors in and gives each address to what answers it (server.go, visitor.go, decide.go, assets.go). Package
// page makes the pages and forms, chart the drawings in them, words writes their days and numbers, and live keeps a page up to
// date while somebody looks at it. Imports go one way: web, live, page, chart, words. DESIGN.md describes how they work
// together, and where a page, a chart or a word is added; docs/adr/0010-the-page.md says why it is so.
package web
