package fault

import (
	"fmt"
	"sync"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
)

// Kind is what a caller asked for.
type Kind int

// The kinds of operation.
const (
	// State states a delivery date, whatever it was before.
	State Kind = iota
	// Slip states a later one, and is refused where it is not later.
	Slip
	// Read asks where a milestone stands.
	Read
	// Ballast says much about a milestone of its own, so that the store begins another file. Nobody reads it. It and the kinds
	// below have no part in the order of a milestone.
	Ballast
	// Together states one date of two milestones in one request, which is kept whole or not at all.
	Together
	// Pushed is a request of a stream.
	Pushed
	// Other is a fact that no reader waits for: an owner, money, a late report, a correction.
	Other
	// Forbidden is what its caller has no right to.
	Forbidden
)

// Outcome is what a caller knows of an operation.
type Outcome int

// The outcomes. What is Unknown may have happened, or may yet: the same request is sent again until it is
// one of the others.
const (
	Unknown Outcome = iota
	Accepted
	Declined
)

// Operation is one call as its caller saw it. Times are from the beginning of the world.
type Operation struct {
	Caller   int
	Kind     Kind
	Plan     string
	Ref      string
	Date     string  // stated, or read
	Expected *uint64 // revision that the caller demanded
	Request  *milepostv1.SubmitRequest

	Called, Returned time.Duration
	Outcome          Outcome
	Receipt          *milepostv1.Receipt
	Revision         uint64 // after it, or read; of a refusal nothing
	Doubted          bool   // it got no answer at first
	repeats          bool   // its office may have stated the same date before; set by CheckOrder

	then func(*Operation) // what its caller does with the answer; nil for most
}

// History is every operation of a world. It is safe for concurrent use.
type History struct {
	mu       sync.Mutex
	all      []Operation
	answered int
	waiting  map[chan struct{}]int // closed when so many have been answered
}

func newHistory() *History { return &History{waiting: map[chan struct{}]int{}} }

// begin keeps an operation that is about to be called, and returns where it is kept.
func (h *History) begin(o Operation) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all = append(h.all, o)
	return len(h.all) - 1
}

// end keeps what came of an operation, and wakes those who wait for that many.
func (h *History) end(at int, o Operation) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.all[at] = o
	h.answered++
	for reached, n := range h.waiting {
		if h.answered >= n {
			close(reached)
			delete(h.waiting, reached)
		}
	}
}

// After returns a channel that is closed when so many more operations have been answered.
func (h *History) After(more int) <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	reached := make(chan struct{})
	h.waiting[reached] = h.answered + max(1, more)
	return reached
}

// Operations returns all that there are, as they are known now, in the order in which they were begun.
func (h *History) Operations() []*Operation {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make([]*Operation, len(h.all))
	for i := range h.all {
		o := h.all[i]
		all[i] = &o
	}
	return all
}

func (o *Operation) String() string {
	return fmt.Sprintf("%s of %s in %s by caller %d", o.Request.GetRequestId(), o.Ref, o.Plan, o.Caller)
}

// storedSince is the first position in a receipt of what was asked for after a time, or 0. A receipt that only arrived after it may be of
// what was stored before.
func (h *History) storedSince(t time.Duration) (first uint64) {
	for _, o := range h.Operations() {
		for _, e := range o.Receipt.GetEvents() {
			if o.Called > t && (first == 0 || e.Position < first) {
				first = e.Position
			}
		}
	}
	return first
}
