package access

import (
	"sync"
	"time"
)

// CredentialsHeader is in the metadata of a call that another server of the same ledger passes on: the SHA-256 of the credentials file
// that is in force there, in hexadecimal. It is empty of a server of a version that does not say.
const CredentialsHeader = "milepost-credentials"

// RuleCredentialsDiffer refuses what a server passes on that has had other credentials for too long.
const RuleCredentialsDiffer = "credentials-differ"

// differFor is how long two servers of a ledger may have different credentials: it takes a while to copy a file to all of them.
const differFor = time.Minute

// agreement knows since when other servers have had other credentials. It is safe for concurrent use.
type agreement struct {
	mu    sync.Mutex
	since map[string]time.Duration // by the name of the server: when it was first seen to differ; guarded by mu
}

// check refuses a server that has had other credentials than these for too long: it would answer people whom this one refuses, and
// refuse whom this one answers.
func (a *agreement) check(server, theirs, ours string, elapsed time.Duration) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if theirs == "" || theirs == ours {
		delete(a.since, server)
		return nil
	}
	first, differs := a.since[server]
	if !differs {
		if a.since == nil {
			a.since = map[string]time.Duration{}
		}
		a.since[server], first = elapsed, elapsed
	}
	if elapsed-first < differFor {
		return nil
	}
	return &Unavailable{
		Rule: RuleCredentialsDiffer, RetryAfter: 10 * time.Second,
		Sentence: "The server that this came to has had other credentials than the one that writes for more than a minute, so nothing is taken from it. " +
			"Ask whoever runs the servers to give all of them the same credentials file; then send the very same request again.",
	}
}
