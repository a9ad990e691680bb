// Package backup keeps a copy of a ledger, and of what has to be kept beside it, in a directory of plain
// files. A copy is taken of a running server, goes on where it was, and can be proved without the server.
//
//	MANIFEST         what the backup holds; a file that it does not name is no part of it
//	commits-1-412    the stored bytes of these commits, in order
//	names-5f2c…      everything that is kept beside the ledger: names with their salts, and the request key
//	LOCK             held by whoever works on the backup
//
// No file is ever changed. Each is written under another name, synced, and renamed; the manifest comes last,
// and replaces the one before. So at any instant there is one manifest, and all that it names is whole: what
// ends the process, or the power, costs the work since the last manifest and nothing else.
//
// The commits prove themselves: each holds the digest of the one before, and the manifest holds the digest of
// the last in each file. Names are read after the commits that name them, because a server makes a name
// durable before the first commit that holds it.
//
// The files are secret. They hold names that may have to be forgotten, and with the request key whoever
// guesses what was in a request can test the guess. They are made for their owner alone.
package backup
