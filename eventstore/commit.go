package eventstore

import (
	"crypto/sha256"
	"hash"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// The bounds of design section 4. A commit's own bound is the log's Limit.
const (
	MaxRecord  = 1<<16 - 1 // bytes of one stored record
	MaxRequest = 512 << 10 // bytes of one request as it is sent
)

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// Sizes of what records hold by value.
const (
	PartySize   = sha256.Size // a party id
	EventIDSize = 16          // a ULID
	ContentSize = 16          // the keyed digest of a request's content
	ImportSize  = 16          // the id of one run of push or import
)

// Commit is a checked commit, decoded.
type Commit struct {
	Number     uint64 // of the message in the log, from 1
	Term       uint64
	First      uint64 // the position of the first record, or of the next one to come
	Last       uint64 // the position of the last record; First-1 where there is none
	Entries    []Entry
	Records    []Record
	Opening    *ledgerv1.Opening // nil but for a take-over
	Durability ledgerv1.Durability
	Digest     Digest // of the bytes
	Bytes      []byte // as stored
}

// Entry is one accepted request.
type Entry struct {
	Actor      string // a party id, raw
	Request    string
	Content    string // keyed digest of what was sent, raw; empty where only ContentV2 is kept
	ContentV2  string // the same with each name replaced by its party id; empty in entries of earlier versions
	Last       uint64 // the position of its last record, or the one it was decided at
	RecordedAt int64  // microseconds since 1970
	Records    []Record
}

// Record is one stored event. Strings of ids are raw bytes.
type Record struct {
	Position   uint64
	EventID    [EventIDSize]byte
	Plan       string
	PlanNumber uint64
	AsAt       int32 // 20170331
	RecordedAt int64 // microseconds since 1970
	Actor      string
	OnBehalfOf string
	Request    string
	Source     string
	Type       ledgerv1.EventType
	Payload    []byte
	Person     string // a party id: who answers for it; empty where nobody is named
	Credential string // of a decision or a grant: SHA-256 of the credential, raw; else empty
	Import     string // the id of the run of push or import that it came with; empty for most
	Leaf       Digest // its leaf hash, which the plan's next record holds
	Bytes      []byte // as stored
}

// Request is what one accepted request adds to the next commit.
type Request struct {
	Actor      string // a party id, raw
	OnBehalfOf string // a party id, raw, or empty
	ID         string
	Content    string // keyed digest, raw
	ContentV2  string // keyed digest with party ids in place of names, raw
	Person     string // a party id, raw, or empty
	Import     string // ImportSize bytes, or empty
	RecordedAt int64  // microseconds since 1970; MUST NOT be before that of the request before it
	Drafts     []Draft
}

// Draft is an event that has no position yet.
type Draft struct {
	EventID    [EventIDSize]byte
	Plan       string
	AsAt       int32
	Source     string
	Type       ledgerv1.EventType
	Payload    []byte
	Credential string // SHA-256, raw; empty but for decisions and grants
}

// leaves makes leaf hashes of RFC 6962, so that a later tree over a plan needs no other hash.
type leaves struct {
	sha hash.Hash
	sum Digest
}

func newLeaves() *leaves { return &leaves{sha: sha256.New()} }

func (l *leaves) of(record []byte) Digest {
	l.sha.Reset()
	l.sha.Write([]byte{0})
	l.sha.Write(record)
	l.sha.Sum(l.sum[:0])
	return l.sum
}
