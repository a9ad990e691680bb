package writer

import (
	"fmt"
	"time"
)

// Rules of the writer itself, in the words of domain.Refusal's Rule.
const (
	RuleRequestIDReused = "request-id-reused"
	RulePlanAlone       = "plan-with-milestones"
	RuleAsAtInFuture    = "as-at-in-future"
	RuleRevisionStale   = "revision-stale"
	RuleRequestTooLarge = "request-too-large"
	RuleUnknown         = "outcome-unknown"
	RuleClosing         = "closing"
	RuleClockUnsteady   = "clock-unsteady"
	RuleTooManyWaiting  = "too-many-waiting"
	RuleNameNotKept     = "name-not-kept"
	RuleReceiptNotRead  = "receipt-not-read"
	RuleLedgerStopped   = "ledger-stopped"
	RuleDiskFull        = "disk-full"
	RuleNotWriting      = "not-writing"
)

// Unavailable is an answer that cannot be given now. The same request may be sent again.
type Unavailable struct {
	Rule       string
	Sentence   string
	RetryAfter time.Duration
	// Overloaded: nothing was lost and nothing is wrong; there is too much waiting.
	Overloaded bool
}

func (e *Unavailable) Error() string { return e.Sentence }

var (
	errUnknownOutcome = &Unavailable{
		Rule: RuleUnknown, RetryAfter: time.Second,
		Sentence: "It is not known yet whether this is in the ledger. Send the very same request again, with the same request id: it makes no second event.",
	}
	errLedgerStopped = &Unavailable{
		Rule: RuleLedgerStopped, RetryAfter: 5 * time.Second,
		Sentence: "The ledger has stopped, and the server must be started again. Whether this was kept is not known: send the very same request again then.",
	}
	errReplaced = &Unavailable{
		Rule: RuleNotWriting, RetryAfter: time.Second,
		Sentence: "This server stopped writing the ledger, and another one takes over. Whether this was kept is not known: send the very same request again, with the same request id.",
	}
	errNotProved = &Unavailable{
		Rule: RuleNotWriting, RetryAfter: time.Second,
		Sentence: "This server could not prove that it still writes the ledger, so it gives no answer. Send the very same request again, with the same request id.",
	}
	errClosing = &Unavailable{
		Rule: RuleClosing, RetryAfter: 2 * time.Second,
		Sentence: "The server is closing. Send the same request again when it is back.",
	}
	errUnansweredBefore = &Unavailable{
		Rule: RuleUnknown, RetryAfter: time.Second,
		Sentence: "A request that was sent before this one on the same stream has no answer, so this one was not looked at. Send both again in the same order, with the same request ids.",
	}
	errClockUnsteady = &Unavailable{
		Rule: RuleClockUnsteady, RetryAfter: 5 * time.Second,
		Sentence: "The server's clock has jumped, and nothing is accepted until it is right again. Send the same request again later.",
	}
	errNameNotKept = &Unavailable{
		Rule: RuleNameNotKept, RetryAfter: time.Second,
		Sentence: "A name in this could not be stored, and so nothing was decided. Send the very same request again, with the same request id.",
	}
	errReceiptNotRead = &Unavailable{
		Rule: RuleReceiptNotRead, RetryAfter: time.Second,
		Sentence: "This was accepted before, and its receipt cannot be read just now. Send the very same request again, with the same request id.",
	}
	errTooManyWaiting = &Unavailable{
		Rule: RuleTooManyWaiting, RetryAfter: 250 * time.Millisecond, Overloaded: true,
		Sentence: "Too many requests are waiting, and this one was not looked at. Send the very same request again in a moment, with the same request id.",
	}
)

// NoRoom is why nothing is accepted: so few bytes of the ledger's disk are free that a commit could fail half way. It passes when
// there is room again.
type NoRoom struct{ Free, Floor uint64 } // bytes

func (e *NoRoom) Error() string {
	return fmt.Sprintf("the disk of the ledger has %s left, and nothing is accepted while it is less than %s: make room on it", megabytes(e.Free), megabytes(e.Floor))
}

func megabytes(n uint64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }

// unavailable is what a caller is told.
func (e *NoRoom) unavailable() *Unavailable {
	return &Unavailable{
		Rule: RuleDiskFull, RetryAfter: 5 * time.Second, Overloaded: true,
		Sentence: "Nothing was decided, because " + e.Error() + ". Send the very same request again then, with the same request id.",
	}
}

// Stopped is what a caller is told whose request came to a ledger that has stopped for good.
func Stopped() error { return errLedgerStopped }

// Decided is a refusal with the position that it was decided at: a later one may be decided otherwise.
type Decided struct {
	Err      error // a *domain.Refusal, or domain.Refusals
	Position uint64
}

func (e *Decided) Error() string { return e.Err.Error() }

// Unwrap returns the refusal.
func (e *Decided) Unwrap() error { return e.Err }
