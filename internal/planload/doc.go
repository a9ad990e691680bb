// Package planload brings a plan document that package planimport reads into a plan, over the API that everybody
// has: each row becomes a request, and the next version of a document becomes slips, recoveries, changes of owner
// and additions, as at the document's date.
//
// The document is read twice (load.go): once to see what it holds, so that its rows can be matched with the
// milestones that the plan has (targets.go, package rowmatch), and once to send (send.go). So a document of any
// length is read in bounded memory, but for the words that rows are matched by. What a row states is in row.go; its
// request id is a digest of the document, the row and what it states, so that a second run, or one that goes on where
// another was stopped, changes nothing.
package planload
