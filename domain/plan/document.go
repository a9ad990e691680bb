package plan

import (
	"slices"
	"unicode/utf8"

	"milepost.dev/domain/civil"
)

// DocumentImported says that a document was read into the plan, all of it, and how.
type DocumentImported struct {
	SHA256   [32]byte
	Document string // what it is called
	Mapping  string // how its columns were read, where the reporter said otherwise than was guessed
}

// EventName is that of the ledger's EventType.
func (DocumentImported) EventName() string { return "DocumentImported" }

// ImportDocument states that a document was read into the plan.
type ImportDocument DocumentImported

// CommandName is the name by which reporters know it.
func (ImportDocument) CommandName() string { return "DocumentImported" }

// Document is one that was read into the plan.
type Document struct {
	DocumentImported
	AsAt civil.Date
}

// RuleDocumentWithoutName: it is not said what a document is called.
const RuleDocumentWithoutName = "document-without-name"

// MaxMapping bounds a mapping in bytes.
const MaxMapping = 32_000

func (c *check) document(cmd ImportDocument) {
	if cmd.Document == "" || len(cmd.Document) > MaxName {
		c.refuse(RuleDocumentWithoutName, "document", "The name of the document is %d bytes long. Say what it is called, in 1 to %d.", len(cmd.Document), MaxName)
	}
	if len(cmd.Mapping) > MaxMapping {
		c.refuse(RuleReasonTooLong, "mapping", "The mapping is %d bytes long, and at most %d are kept. Leave out what it does not change.", len(cmd.Mapping), MaxMapping)
	}
	if !utf8.ValidString(cmd.Document) || !utf8.ValidString(cmd.Mapping) {
		c.refuse(RuleNotUTF8, "document", "The name of the document or its mapping is not valid UTF-8 text. Send it as UTF-8.")
	}
}

func decideDocument(s State, cmd ImportDocument) []Event {
	e := DocumentImported(cmd)
	if slices.ContainsFunc(s.Documents, func(d Document) bool { return d.DocumentImported == e }) {
		return nil
	}
	return []Event{e}
}

// imported returns the documents after one was read, in a new slice: one that was read again has its last
// reading only.
func (e DocumentImported) imported(all []Document, asAt civil.Date) []Document {
	kept := slices.DeleteFunc(slices.Clone(all), func(d Document) bool { return d.SHA256 == e.SHA256 })
	return append(kept, Document{e, asAt})
}
