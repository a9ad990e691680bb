// Package service is the write side: it decides what is accepted, and makes it durable.
//
// Submit checks a request and puts it in the queue of the writer loop (loop.go), the one goroutine that
// decides. The loop decides each waiting request on the book and on what is pending (working.go),
// gathers what is accepted, and hands it to the appender, which makes it durable in one commit. Only
// then does anybody get an answer that rests on it.
//
// A start reads the ledger through a Follower (follower.go) into the book and the index of request ids
// (index.go). The read side is package projections; nothing here waits for it.
package service
