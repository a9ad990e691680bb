// Package projections folds the ledger into the book that answers are given from.
//
// A [Book] follows the ledger: Apply takes each commit in order and adds what it says to lists that
// only grow. A [View] is the book as known at one position: it reads the same lists and leaves out what
// came later, so that every answer is consistent without a lock and a past answer costs the same code
// as today's. status, slippage and audit beside this package are the answers. DESIGN.md says why.
package projections
