// Package replica holds everything that follows from the ledger in this process: the book that questions are answered
// from, the index of request ids, and both as they are saved so that the next start need not fold the whole ledger.
//
// A Replica runs for as long as the process does, whether or not the process may write. While somebody else writes,
// Follow reads what is appended; while this process writes, package writer hands over each commit with Add. DESIGN.md
// beside this file says who owns it when.
package replica
