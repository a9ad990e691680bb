package eventstore

import (
	"crypto/sha256"
	"math"
)

// Examiner looks at commits as far as each can be looked at alone: it reads the bytes and takes their hashes, which is most of what proving
// a ledger costs, and may be done for many commits at once. Whether they fit one behind the other, a Chain says. The zero value is
// ready; it belongs to one goroutine.
type Examiner struct {
	// seen holds names of plans, parties and imports that records said before: there are few of them, and each
	// record says them again. It is a cache.
	seen names
	// spare is a commit that is read into again, and previous a list that is.
	spare    *Commit
	previous [][]byte
	// leaves takes the hashes of records.
	leaves *leaves
}

// Examined is a commit that was looked at alone. What was found wrong with it is told by the Chain, which knows where it stands.
type Examined struct {
	stored   storedCommit
	unread   bool // its bytes are no commit
	commit   *Commit
	previous [][]byte // of each record: the leaf of the plan's record before it
	broken   int      // the first record that is wrong by itself; -1 where none is
	why      string   // it is
	entryAt  uint64   // the position at which the entries are wrong, and why; empty where they are not
	entryWhy string
}

// Examine looks at the bytes of a commit, which keeps them. What it answered before must not be used any more where it is asked for the
// next commit, unless Fresh was called in between.
func (x *Examiner) Examine(data []byte) *Examined {
	e := &Examined{broken: -1}
	var err error
	if e.stored, err = readCommit(data); err != nil {
		e.unread = true
		return e
	}
	stored := &e.stored
	commit := x.spare
	if commit == nil {
		commit = &Commit{}
	}
	x.spare = nil
	*commit = Commit{
		Term: stored.term, First: stored.first, Last: stored.first + uint64(len(stored.records)) - 1,
		Opening: stored.opening, Durability: stored.durability, Digest: sha256.Sum256(data), Bytes: data,
		Records: resized(commit.Records, len(stored.records)), Entries: resized(commit.Entries, len(stored.entries)),
	}
	if x.seen == nil {
		x.seen, x.leaves = names{}, newLeaves()
	}
	e.commit, x.previous = commit, resized(x.previous, len(stored.records))
	e.previous = x.previous
	for i, raw := range stored.records {
		if e.previous[i], e.why = commit.Records[i].decode(raw, x.seen); e.why != "" {
			e.broken = i
			return e
		}
		commit.Records[i].Leaf = x.leaves.of(raw)
	}
	if stored.first == 0 || stored.first > math.MaxUint64-uint64(len(stored.records)) {
		return e // nowhere in a ledger, as the chain will say: its entries cannot be told apart
	}
	e.entryAt, e.entryWhy = decodeEntries(stored, commit)
	return e
}

// Fresh lets what was examined last be used beside what is examined next.
func (x *Examiner) Fresh() { x.previous = nil }
