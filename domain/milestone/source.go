package milestone

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"milepost.dev/domain/civil"
)

// Sourced says from which cells of a document the milestone's values were read. Its cells are shared and
// never written to.
type Sourced struct {
	SHA256          [32]byte // of the document
	Document, Sheet string   // Sheet is empty in a text
	Cells           []Cell   // as the reporter lists them
}

// Cell is one place of a document that a value was read from. A value may have several.
type Cell struct {
	Field, Heading string // the value that was read from it, and the heading of its column
	Row, Column    int    // from 1
	Text           string // what stands there, word for word
}

func (Sourced) EventName() string { return "MilestoneSourced" }

func (e Sourced) evolve(s *State, asAt civil.Date) {
	s.change(func(f *Further) { f.Sources = sourced(f.Sources, e, asAt) })
}

// StateSource states from which cells of a document the milestone's values were read.
type StateSource Sourced

func (StateSource) CommandName() string { return "MilestoneSourced" }

// Source is where in a document the milestone's values were read.
type Source struct {
	Sourced
	AsAt civil.Date
}

func (s Source) tell(told map[string]string) {
	told["source "+s.Document] = "sha256:" + hex.EncodeToString(s.SHA256[:])
	for _, c := range s.Cells {
		place := strings.TrimPrefix(s.Sheet+" row ", " ") + strconv.Itoa(c.Row) + " column " + strconv.Itoa(c.Column)
		told["source of "+c.Field+" in "+s.Document+" "+place] = strings.TrimPrefix(c.Heading+": "+c.Text, ": ")
	}
}

func (e Sourced) equal(other Sourced) bool {
	return e.SHA256 == other.SHA256 && e.Document == other.Document && e.Sheet == other.Sheet && slices.Equal(e.Cells, other.Cells)
}

// sourced returns the sources with one more, in a new slice. A document that was read again has its last reading only, but for a workbook
// that holds its own history: another of its sheets, as at another day, is another version of the plan.
func sourced(have []Source, e Sourced, asAt civil.Date) []Source {
	kept := slices.DeleteFunc(slices.Clone(have), func(s Source) bool {
		return s.SHA256 == e.SHA256 && (s.Sheet == e.Sheet || s.AsAt == asAt)
	})
	return append(kept, Source{e, asAt})
}

// sameCells says whether the next version of a workbook that holds its own history has the same sheet in it, of the same day and with the same
// cells.
func (s Source) sameCells(e Sourced, asAt civil.Date) bool {
	return e.Sheet != "" && s.Sheet == e.Sheet && s.AsAt == asAt && slices.Equal(s.Cells, e.Cells)
}

// source checks where values were read.
func (c *check) source(cmd StateSource) {
	if cmd.Document == "" {
		c.refuse(RuleSourceWithoutDocument, "document", "The document has no name. Say what it is called, such as the name of its file.")
	}
	c.text("document", cmd.Document, MaxDocument, RuleTextTooLong)
	c.text("sheet", cmd.Sheet, MaxSheet, RuleTextTooLong)
	if n := len(cmd.Cells); n == 0 || n > MaxCells {
		c.refuse(RuleSourceCellsNumber, "cells", "There are %d cells. Name 1 to %d that the milestone's values were read from.", n, MaxCells)
		return
	}
	total := 0
	for i, cell := range cmd.Cells {
		total += len(cell.Field) + len(cell.Heading) + len(cell.Text)
		at := fmt.Sprintf("cells[%d].", i)
		if cell.Field == "" || len(cell.Field) > MaxAttributeName {
			c.refuse(RuleSourceCellMalformed, at+"field", "The name of the value is %d bytes long. Give it one of 1 to %d.", len(cell.Field), MaxAttributeName)
		}
		if cell.Row < 1 || cell.Row > MaxPlace || cell.Column < 1 || cell.Column > MaxPlace {
			c.refuse(RuleSourceCellMalformed, at+"row", "No cell stands in row %d and column %d. Rows and columns are counted from 1.", cell.Row, cell.Column)
		}
		if !utf8.ValidString(cell.Field) || !utf8.ValidString(cell.Heading) || !utf8.ValidString(cell.Text) {
			c.refuse(RuleNotUTF8, at+"text", "The words of the cell are not valid UTF-8 text. Send them as UTF-8.")
		}
	}
	if total > MaxCellsAll {
		c.refuse(RuleSourceCellsNumber, "cells", "The cells are %d bytes long in all, and at most %d are kept. Leave out or shorten some.", total, MaxCellsAll)
	}
}

func decideSource(s State, c StateSource, f Facts) []Event {
	e := Sourced(c)
	if slices.ContainsFunc(s.further().Sources, func(old Source) bool { return old.equal(e) || old.sameCells(e, f.AsAt) }) {
		return nil
	}
	return []Event{e}
}
