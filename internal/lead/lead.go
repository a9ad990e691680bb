// Package lead says whether this process may write the ledger.
//
// What it says is a hint that keeps processes out of each other's way. What keeps the ledger right is the fence: a
// commit is stored after the one that its writer believes to be last, or not at all (package eventstore).
package lead

// Lead says whether this process may write. It may be asked by any goroutine.
type Lead interface {
	// May answers whether this process may write now, and is closed when the answer changes. The channel is nil
	// where the answer never changes.
	May() (write bool, changed <-chan struct{})
}

// Always is the one process on its ledger: it writes as long as it runs.
func Always() Lead { return fixed(true) }

// Never is a process that only follows.
func Never() Lead { return fixed(false) }

type fixed bool

// May implements Lead.
func (f fixed) May() (bool, <-chan struct{}) { return bool(f), nil }
