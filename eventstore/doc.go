// Package eventstore keeps the ledger: what was accepted, in order, durable and provable.
//
// A [Log] stores messages and knows nothing of what they say. A [Chain] checks that a message is the
// commit that follows the one before it, and is run by every reader. A [Ledger] is the one writer: it
// appends behind a fence, and finds out what became of an append that got no clear answer. DESIGN.md
// beside this file says why it is built this way.
//
// The package knows records and requests, but no milestone: what a record's payload means is decided
// in domain, and encoded in internal/codec.
package eventstore
