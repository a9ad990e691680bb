// Package correction holds what is said about statements that were made by mistake: which of them may be corrected, when a
// correction counts, and which one holds for a statement.
//
// A correction changes nothing that is stored. From the position at which it counts, its targets are read as what should have been
// said, at their own as-at day and position, or as never said. What was known before that position stays as it was.
package correction

// Event is what the ledger accepted about corrections: Corrected, Approved or Refused. The set is closed.
type Event interface {
	// EventName is the name by which people and the ledger know it.
	EventName() string
	correction()
}

// Fact is an event that is read in the place of another one: a milestone.Event.
type Fact interface{ EventName() string }

// Party is a person or an organisation, by its id in the ledger, as milestone.Party is. The empty Party is nobody.
type Party string

// Kind says what was wrong with a statement.
type Kind uint8

const (
	// Typing: it was typed wrongly.
	Typing Kind = iota + 1
	// MisreadDocument: a document was read wrongly.
	MisreadDocument
	// WrongMilestone: it was said of another milestone than was meant.
	WrongMilestone
	// SaidTwice: it was said twice.
	SaidTwice
	// WrongSpeaker: it was said in another party's name than was meant.
	WrongSpeaker
)

var kinds = [...]string{"", "typing", "misread-document", "wrong-milestone", "said-twice", "wrong-speaker"}

// String is the kind in words; empty for one that there is not.
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return ""
}

// Of says what a correction pointed at.
type Of uint8

const (
	// OfStatement: one statement.
	OfStatement Of = iota + 1
	// OfRequest: all that one request said.
	OfRequest
	// OfImport: all that one import said.
	OfImport
)

var ofs = [...]string{"", "statement", "request", "import"}

// String is what the correction pointed at in words; empty for nothing.
func (o Of) String() string {
	if int(o) < len(ofs) {
		return ofs[o]
	}
	return ""
}

// Corrected says that statements about one milestone were made by mistake.
type Corrected struct {
	Targets     []uint64 // positions, in order
	Kind        Kind
	Of          Of
	Replacement Fact   // read in the place of the only target; nil: the targets are read as never said
	Speaker     Party  // for whom the only target was said; empty: for whom it says
	Over        uint64 // the position of the correction that held before; 0 where none did
	Import      [16]byte
	Waits       bool // it counts only once another person approves it
	Reason      string
	Evidence    string
}

// Approved says that a correction that waited counts from here on.
type Approved struct {
	Correction uint64 // its position
	Reason     string
	ByProposer bool // the one who corrected approved it, on a server for one person
}

// Refused says that a correction that waited never counts.
type Refused struct {
	Correction uint64 // its position
	Reason     string
}

// EventName is that of the ledger's EventType.
func (Corrected) EventName() string { return "StatementCorrected" }

// EventName is that of the ledger's EventType.
func (Approved) EventName() string { return "CorrectionApproved" }

// EventName is that of the ledger's EventType.
func (Refused) EventName() string { return "CorrectionRefused" }

// Why is the reason that was given.
func (e Corrected) Why() string { return e.Reason }

// Why is the reason that was given.
func (e Approved) Why() string { return e.Reason }

// Why is the reason that was given.
func (e Refused) Why() string { return e.Reason }

func (Corrected) correction() {}
func (Approved) correction()  {}
func (Refused) correction()   {}

// Removes says whether the targets are read as never said.
func (e *Corrected) Removes() bool { return e.Replacement == nil && e.Speaker == "" }
