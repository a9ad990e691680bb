// Package web is the page that people keep open: the portfolio, a plan's milestones with their four dates,
// how one milestone's date moved, and what changed lately, in sentences.
//
// It is a client of the API with no privilege that a customer's program lacks: it asks over a connection
// as its visitor, and is refused what the visitor would be refused.
//
// A page is a function of its address and of a position in the ledger. Everything follows from that: pages are
// whole without script; a past day is the same address with two more words in it; and a page lives by being
// made again at a later position and laid over the one that is there (live.go). docs/adr/0010-the-page.md says
// why.
//
// To add a page: a struct of what it shows and a function that makes one of an asking (plan.go is the model),
// a template of the same name, and a line in pages.
package web
