// Package load brings a plan document that package documents reads into a plan, over the API that everybody
// has: each row becomes a request, and the next version of a document becomes slips, recoveries, changes of owner
// and additions, as at the document's date.
//
// The document is read twice (load.go): once to see what it holds, so that its rows can be matched with the
// milestones that the plan has (targets.go, package rowmatch), and once to send (send.go), over one stream that holds so
// many requests without an answer and no more. In between nothing is kept of a row but digests of what it is matched by,
// and of a document for a new plan no more than a digest of each reference, so that a document of any length is read in
// little memory. What a row states is in row.go, and what the document states beside its rows in parts.go and measures.go. The id of a
// request is a digest of the document, the row and what it states, so that a second run, or one that goes on where another
// was stopped, changes nothing.
package load
