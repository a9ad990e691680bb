// Package page makes pages: the portfolio, a plan, a milestone, what changed in a plan, and the two that are about no
// plan (a problem, and signing in).
//
// A page is a function of its address and of a position in the ledger. Its address is a Question. An asking puts the
// page's questions to the API as the page's visitor; the first answer names its position, and every later question is
// asked for what was known at that one, so that a page never mixes two moments. From the answers a function makes a
// struct of what the page shows, as it shows it, and a template draws it: plan.go and templates/plan.html are the model.
//
// It knows the messages of the API and the words for them. Drawings come from package chart, days and numbers are
// written by package words. It knows neither who may look, nor that a page is kept up to date: it only says what would
// change it (Page.Follows), and sets apart the part that changes (Page.Frame).
//
// Where to look: address.go has the addresses, asking.go the questions, plan.go, portfolio.go, milestone.go and
// changes.go a kind of page each, row.go a milestone in a list, list.go how a list is narrowed, sorted and paged,
// counts.go what is counted, sentence.go what happened in sentences, problem.go what errors mean to a visitor,
// layout.go what stands around every page.
package page
