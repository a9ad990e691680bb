package plan

import (
	"encoding/hex"
	"fmt"
	"slices"
	"unicode/utf8"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// DocumentNoted keeps a line of a document that is neither a milestone, nor money, nor a measure, as what it is.
type DocumentNoted struct {
	Note     string // what it is known by in the plan
	Kind     string // what it is: "risk", "governance"
	Words    string
	Heading  string // that they stand under
	Document string
	Cell     milestone.DocumentCell
}

// EventName is that of the ledger's EventType.
func (DocumentNoted) EventName() string { return "DocumentNoted" }

// NoteDocument keeps a line of a document.
type NoteDocument DocumentNoted

// CommandName is the name by which reporters know it.
func (NoteDocument) CommandName() string { return "DocumentNoted" }

// Note is a line of a document as it stands.
type Note struct {
	DocumentNoted
	AsAt civil.Date // the day that it was stated for
}

// The rules that a note can break.
const (
	// RuleNoteMalformed: its name, its kind or its words are missing, or a text is too long.
	RuleNoteMalformed = "note-malformed"
	// RuleNoteTooMany: the plan would have more than MaxNotes.
	RuleNoteTooMany = "note-too-many"
)

// MaxNotes bounds the notes of a plan, and maxNoteKind the words of a kind in bytes.
const (
	MaxNotes    = 2000
	maxNoteKind = 100
)

func (c *check) note(cmd NoteDocument) {
	for _, field := range []struct {
		name, text string
		most       int
		needed     bool
	}{
		{"note", cmd.Note, MaxID, true},
		{"kind", cmd.Kind, maxNoteKind, true},
		{"words", cmd.Words, MaxReason, true},
		{"heading", cmd.Heading, MaxName, false},
		{"document", cmd.Document, MaxName, false},
		{"cell", cmd.Cell.Sheet + cmd.Cell.Text, MaxReason, false},
	} {
		switch {
		case field.needed && field.text == "":
			c.refuse(RuleNoteMalformed, field.name, "The note has no %s. State it.", field.name)
		case len(field.text) > field.most:
			c.refuse(RuleNoteMalformed, field.name, "The text is %d bytes long, and at most %d are kept. Shorten it.", len(field.text), field.most)
		case !utf8.ValidString(field.text):
			c.refuse(RuleNotUTF8, field.name, "The text is not valid UTF-8. Send it as UTF-8.")
		}
	}
}

func findNote(all []Note, name string) int {
	return slices.IndexFunc(all, func(n Note) bool { return n.Note == name })
}

func decideNote(s State, cmd NoteDocument) ([]Event, error) {
	if at := findNote(s.Notes, cmd.Note); at >= 0 {
		if is := s.Notes[at]; is.Kind == cmd.Kind && is.Words == cmd.Words && is.Heading == cmd.Heading {
			return nil, nil // where it stands may have changed: that is no other line
		}
	} else if len(s.Notes) >= MaxNotes {
		return nil, domain.Refuse(domain.Refused, RuleNoteTooMany, "note", "The plan has %d notes, which is the most that are kept.", MaxNotes)
	}
	return []Event{DocumentNoted(cmd)}, nil
}

// kept puts a note into a list of its own.
func (e DocumentNoted) kept(all []Note, asAt civil.Date) []Note {
	is := Note{e, asAt}
	if at := findNote(all, e.Note); at >= 0 {
		all = slices.Clone(all)
		all[at] = is
		return all
	}
	return append(all[:len(all):len(all)], is)
}

func (n Note) tell(told map[string]string) {
	name := "note " + n.Note
	told[name] = n.Kind + ": " + n.Words
	told[name+" under"] = n.Heading
	told[name+" stands in"] = domain.Listed(n.Document, n.Cell.Sheet, fmt.Sprintf("row %d, column %d", n.Cell.Row, n.Cell.Column), n.Cell.Text, hex.EncodeToString(n.Cell.SHA256[:]))
}
