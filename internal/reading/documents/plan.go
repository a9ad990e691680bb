package documents

import (
	"errors"
	"fmt"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/sums"
)

// Place is where a part of a value stands in the document.
type Place struct {
	Sheet  string // empty in a text
	Row    int    // the line of a text, the row of a sheet, from 1
	Column int    // from 1
	Text   string // verbatim
}

// Cell names the place as a spreadsheet program does: "Status 2024-03!C5"; the row and the column of a text: "line 5, column 3".
func (p Place) Cell() string {
	if p.Sheet == "" {
		return fmt.Sprintf("line %d, column %d", p.Row, p.Column)
	}
	letters := ""
	for n := p.Column; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return fmt.Sprintf("%s!%s%d", p.Sheet, letters, p.Row)
}

// Value is one value of a milestone, with every cell that it was read from.
type Value struct {
	Text string
	From []Place
}

// Doubt is a reason why a person should look at a milestone.
type Doubt struct {
	Reason string // "several-dates", "ambiguous": one of package period, of package sums, or of the list below
	Field  Field  // the field that it is about
	Text   string // the words that raised it
	Says   string // a sentence for the person who looks
}

// The reasons beside those of packages period and sums.
const (
	// NoAction: the cell of the action is empty, and the deliverable was taken in its place.
	NoAction = "no-action"
	// DateInWords: a date stands in running words, and not in a column of dates.
	DateInWords = "date-in-words"
	// Hidden: the row, or the column of its date, is hidden in the spreadsheet.
	Hidden = "hidden-row"
	// Candidate: the milestone was found in running text, not in a table.
	Candidate = "candidate"
	// Repeated: another row says the same, or has the same reference.
	Repeated = "repeated-row"
	// Formula: a formula made the date.
	Formula = "formula"
	// Damaged: the text is cut off, or the scan garbled it.
	Damaged = "damaged"
)

// Milestone is one action of the document, with all that the document says of it. What the document leaves out is empty.
type Milestone struct {
	// Ref is the document's own reference, or one made of the place where the action stands: "L12", "L12.2".
	Ref      string
	RefGiven bool // Ref stands in the document
	Sheet    string
	Line     int // where the action's text begins; from 1

	Workstream, Scheme, Deliverable Value
	Title, Owner                    Value
	Date                            Value // the words of the delivery date
	Dates                           []period.Reading
	// DateAsAt is the day of an older column from which the date was taken, because the newer ones are empty; 0 for the
	// document's own day.
	DateAsAt civil.Date
	// Earlier are the dates that the document tells of days before its own.
	Earlier                []Earlier
	Actual                 Value            // when it was met
	ActualDates            []period.Reading // one that is due, or none
	Reason                 Value            // why the date moved
	Status, RAG, Percent   Value
	NextSteps, Issues      Value
	Success, KPI, Baseline Value
	Targets                []Target // what the indicator is to come to by when, where its words say so
	Funding                []FundingLine
	Other                  map[string]Value // columns that are not a known field, by their heading
	Review                 []Doubt

	inNoOrder bool   // its date can be read day first or month first
	rows      [2]int // the first and the last row of its record
}

// doubt adds a reason, once for each field.
func (m *Milestone) doubt(reason string, about Field, text, says string) {
	for _, d := range m.Review {
		if d.Reason == reason && d.Field == about {
			return
		}
	}
	m.Review = append(m.Review, Doubt{reason, about, text, says})
}

// inWords labels a date that stands in the words of an action.
const inWords = "in the words of the action"

// OfDate returns the readings of the milestone's own date, without those of other columns and of the words of the action.
func (m Milestone) OfDate() []period.Reading {
	return slices.DeleteFunc(slices.Clone(m.Dates), func(d period.Reading) bool {
		_, beside := m.Other[d.Label]
		return beside && d.Label != "" || d.Label == inWords
	})
}

// FundingLine is a sum, or a promise of money, that belongs to a milestone, a scheme or the plan.
type FundingLine struct {
	Sheet       string
	Line        int
	Scheme      string
	Deliverable string
	Text        string
	sums.Reading
	Review []string
	From   []Place // the cells that it was read from
}

// Fact is something that the document states beside milestones and money: a score, a head count.
type Fact struct {
	Sheet string
	Line  int
	Kind  string // "readiness_score", "figure", "headcount", "trajectory", "key", "total", "no_action", "dated_note", "pointer", "garbled", or the kind of a note
	Says  string
	// Measure holds the parts of a fact that is a measure; nil for any other.
	Measure *Measure
	// Noted holds the parts of a fact that is kept as a note of the plan; nil for any other.
	Noted *Noted
	From  []Place
}

// Column is what one column of the document was read as, and how many of its values were not read.
type Column struct {
	Header string
	As     Field
	Sheet  string
	Line   int // of the header
	Number int // which column of the table it is, from 1
	Rows   int // how many values it has
	Unread int // how many of them were not read as anything

	byColour int // how many of its cells were read by their colour
	coloured int // how many of its cells have a colour and no word
}

// Plan is what the document says about itself.
type Plan struct {
	Title  string
	File   string
	SHA256 string // of the whole file, in hexadecimal
	Sheets []string
	// Encoding says how the text was written: "UTF-8", "UTF-16", "Windows-1252"; empty for a spreadsheet.
	Encoding string
	// Start, End and Dated are what undated and relative dates were read by; zero where neither the document nor
	// the caller says.
	Start, End, Dated civil.Date
	// Ratings are what the document's key says that its ratings mean, in its order.
	Ratings []Rated
	// Notes are what a person should know about the reading as a whole, as sentences.
	Notes []string
}

// Sink takes what is read, in the document's order. An error of a sink ends the reading and is returned.
type Sink interface {
	Milestone(Milestone) error
	// Candidate takes a sentence beside the tables that says when. It is no milestone until a person accepts it. What was read as a row
	// of a plan and is in doubt as a whole goes to Milestone, with the reason Candidate.
	Candidate(Milestone) error
	Funding(FundingLine) error
	Fact(Fact) error
}

// Discard is a sink that keeps nothing, for those who want the report alone.
type Discard struct{}

// Milestone keeps nothing.
func (Discard) Milestone(Milestone) error { return nil }

// Candidate keeps nothing.
func (Discard) Candidate(Milestone) error { return nil }

// Funding keeps nothing.
func (Discard) Funding(FundingLine) error { return nil }

// Fact keeps nothing.
func (Discard) Fact(Fact) error { return nil }

// Both is a sink that gives everything to two.
func Both(a, b Sink) Sink { return both{a, b} }

type both struct{ a, b Sink }

func (s both) Milestone(m Milestone) error { return errors.Join(s.a.Milestone(m), s.b.Milestone(m)) }

func (s both) Candidate(m Milestone) error { return errors.Join(s.a.Candidate(m), s.b.Candidate(m)) }
func (s both) Funding(f FundingLine) error { return errors.Join(s.a.Funding(f), s.b.Funding(f)) }
func (s both) Fact(f Fact) error           { return errors.Join(s.a.Fact(f), s.b.Fact(f)) }

// Collected is a sink that keeps everything in memory.
type Collected struct {
	Milestones []Milestone
	Candidates []Milestone
	Fundings   []FundingLine
	Facts      []Fact
}

// Milestone keeps a milestone.
func (c *Collected) Milestone(m Milestone) error { c.Milestones = append(c.Milestones, m); return nil }

// Candidate keeps a sentence that says when.
func (c *Collected) Candidate(m Milestone) error { c.Candidates = append(c.Candidates, m); return nil }

// Funding keeps a funding line.
func (c *Collected) Funding(f FundingLine) error { c.Fundings = append(c.Fundings, f); return nil }

// Fact keeps a fact.
func (c *Collected) Fact(f Fact) error { c.Facts = append(c.Facts, f); return nil }
