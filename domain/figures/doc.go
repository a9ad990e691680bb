// Package figures works out what a milestone's dates come to: what slip is measured against, which day is the last, what
// is owed, and how each move is told. It is the one account that answers, lists, counts and exports go by.
//
// It reads statements, and decides nothing: package milestone says which events a command comes to, and their own
// figures stay as they were recorded. What is read here depends on more than a command may: who spoke for whom, which
// statements came in one request, and what was told later. That is why it is a package of its own.
//
// [Of] and [Rows] take the statements known at a position, and a day. The rules are those of docs/adr, number 20; their
// numbers (R1 to R12) stand beside the code: the order of telling in told.go, the first forecast in first.go (R2, R9), the
// walk through the days in walk.go (R1, R3, R5, R6, R12), several speakers in day.go (R11), actuals and cancellations in
// actual.go (R4, R8), a settled disagreement in agreed.go (R11), what a milestone has from others whose place it took in lineage.go
// (R8), words in words.go and workstreams in renamed.go (R7). shown.go adds a row for each date that moves nothing.
package figures

// Rules is the number of the rules that figures go by. Answers, exports and `check` name it: figures of one number agree
// with each other.
const Rules = 2
