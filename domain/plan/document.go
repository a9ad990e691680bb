package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
)

// DocumentImported says that a document was read into the plan, all of it, and how.
type DocumentImported struct {
	SHA256   [32]byte
	Document string // what it is called
	Mapping  string // how its columns were read, where the reporter said otherwise than was guessed
	// Columns are those of its tables, in the order of the document; none where nobody said.
	Columns []DocumentColumn
}

// DocumentColumn is a column of a table that was read.
type DocumentColumn struct {
	Sheet   string
	Column  uint32 // from 1
	Heading string // as written
	ReadAs  string // the field; empty where none is known for it
}

// Same says whether two say the same.
func (e DocumentImported) Same(as DocumentImported) bool {
	return e.SHA256 == as.SHA256 && e.Document == as.Document && e.Mapping == as.Mapping && slices.Equal(e.Columns, as.Columns)
}

// told is its columns in words.
func (e DocumentImported) told() string {
	all := make([]string, len(e.Columns))
	for i, c := range e.Columns {
		all[i] = domain.Listed(c.Sheet, fmt.Sprintf("column %d %q", c.Column, c.Heading), c.ReadAs)
	}
	return strings.Join(all, "; ")
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

// RuleColumnsTooMany: more columns than MaxColumns, or more text in them than MaxColumnText.
const RuleColumnsTooMany = "document-columns-too-many"

// Bounds of a document: its mapping in bytes, its columns, and their text in bytes. All of it has to fit into one record.
const (
	MaxMapping    = 32_000
	MaxColumns    = 300
	MaxColumnText = 10_000
)

func (c *check) document(cmd ImportDocument) {
	if cmd.Document == "" || len(cmd.Document) > MaxName {
		c.refuse(RuleDocumentWithoutName, "document", "The name of the document is %d bytes long. Say what it is called, in 1 to %d.", len(cmd.Document), MaxName)
	}
	if len(cmd.Mapping) > MaxMapping {
		c.refuse(RuleReasonTooLong, "mapping", "The mapping is %d bytes long, and at most %d are kept. Leave out what it does not change.", len(cmd.Mapping), MaxMapping)
	}
	c.columns(cmd.Columns)
	if !utf8.ValidString(cmd.Document) || !utf8.ValidString(cmd.Mapping) {
		c.refuse(RuleNotUTF8, "document", "The name of the document or its mapping is not valid UTF-8 text. Send it as UTF-8.")
	}
}

func (c *check) columns(all []DocumentColumn) {
	text, valid := 0, true
	for _, column := range all {
		text += len(column.Sheet) + len(column.Heading) + len(column.ReadAs)
		valid = valid && utf8.ValidString(column.Sheet) && utf8.ValidString(column.Heading) && utf8.ValidString(column.ReadAs)
	}
	if len(all) > MaxColumns || text > MaxColumnText {
		c.refuse(RuleColumnsTooMany, "columns", "The document has %d columns with %d bytes of text, and at most %d with %d bytes are kept. Leave out those that were not read.", len(all), text, MaxColumns, MaxColumnText)
	}
	if !valid {
		c.refuse(RuleNotUTF8, "columns", "The text of a column is not valid UTF-8. Send it as UTF-8.")
	}
}

func decideDocument(s State, cmd ImportDocument) []Event {
	e := DocumentImported(cmd)
	if slices.ContainsFunc(s.Documents, func(d Document) bool { return d.Same(e) }) {
		return nil
	}
	return []Event{e}
}

// imported returns the documents after one was read, in a new slice. One that was read again has its last reading only, but for a workbook
// that holds its own history: other sheets of it, as at another day, are another version of the plan.
func (e DocumentImported) imported(all []Document, asAt civil.Date) []Document {
	kept := slices.DeleteFunc(slices.Clone(all), func(d Document) bool {
		return d.SHA256 == e.SHA256 && (d.AsAt == asAt || !d.apartFrom(e))
	})
	return append(kept, Document{e, asAt})
}

// apartFrom says whether two readings are known to be of different sheets of a document. Where a reading names no
// sheet, they are not.
func (e DocumentImported) apartFrom(other DocumentImported) bool {
	if len(e.Columns) == 0 || len(other.Columns) == 0 {
		return false
	}
	return !slices.ContainsFunc(e.Columns, func(c DocumentColumn) bool {
		return c.Sheet == "" || slices.ContainsFunc(other.Columns, func(o DocumentColumn) bool { return o.Sheet == c.Sheet })
	})
}
