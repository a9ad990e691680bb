package rows

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
	"milepost.dev/internal/reading/dates"
)

// Refused is a cell, or a whole row, that was not accepted, and why.
type Refused struct {
	// Row is the row as a spreadsheet numbers it: the header is row 1.
	Row int `json:"row"`
	// Column is the column's name; nil where it is not about a single one.
	Column *string `json:"column"`
	// Rule names what was broken, the same for ever: "ragged-row".
	Rule string `json:"rule"`
	// Message is a sentence that says what to do.
	Message string `json:"message"`
}

// Row is a row of a return: its cells that say something.
type Row struct {
	// Number is the row as a spreadsheet numbers it: the header is row 1.
	Number int
	// Cells are in order of column, without the empty ones.
	Cells []Cell
}

// Cell is a cell that says something, without the spaces around it.
type Cell struct {
	Column, Value string
	written       string // what was read as Value; empty where that is what was written
}

// Value returns the cell of a column; empty where the row says nothing in it.
func (r Row) Value(column string) string {
	i, there := slices.BinarySearchFunc(r.Cells, column, func(c Cell, name string) int {
		return strings.Compare(c.Column, name)
	})
	if !there {
		return ""
	}
	return r.Cells[i].Value
}

// Ref returns the reference of the milestone that the row is about; empty where the row does not say.
func (r Row) Ref() string { return r.Value(Ref) }

// Day returns the ISO day that the row is about, and false where it names none.
func (r Row) Day() (iso string, ok bool) {
	iso = r.Value(AsAt)
	return iso, isDay(iso)
}

// Percent returns the percentage, from 0 to 100, and false where the row states none.
func (r Row) Percent() (percent uint32, ok bool) { return percentage(r.Value(Percent)) }

// Refuse returns a refusal of a cell, or of the whole row where column is empty.
func Refuse(row int, column, rule, message string) Refused {
	r := Refused{Row: row, Rule: rule, Message: message}
	if column != "" {
		r.Column = &column
	}
	return r
}

// row makes a Row of a record, or says all that is wrong with it. isoDates refuses dates in words.
func (c *columns) row(rec record, isoDates bool) (Row, []Refused) {
	check := checks{row: rec.row}
	for _, f := range rec.faults {
		check.refuse(c.called(f.cell), f.rule, f.message)
	}
	if len(check.refused) == 0 && rec.count != len(c.names) {
		check.refuse("", "ragged-row", fmt.Sprintf(
			"This row has %d cells and the header has %d. Give it as many, and put a cell with a comma in quotes.", rec.count, len(c.names)))
	}
	if len(check.refused) > 0 {
		return Row{}, check.refused
	}
	row := Row{Number: rec.row}
	for _, place := range c.sorted {
		value := strings.TrimSpace(rec.cells[place])
		switch {
		case value == "":
		case c.names[place] == "":
			check.refuse("", "column-unnamed", fmt.Sprintf("Column %d has no name in row 1, and holds %s here. Name the column.", place+1, excerpt(value)))
		default:
			cell := Cell{Column: c.names[place], Value: value}
			if iso := inISO(value); cell.Column == AsAt && !isoDates && iso != value {
				cell.Value, cell.written = iso, value
			}
			row.Cells = append(row.Cells, cell)
		}
	}
	check.cells(row, isoDates)
	return row, check.refused
}

// checks collects what is wrong with one row.
type checks struct {
	row     int
	refused []Refused
}

func (k *checks) refuse(column, rule, message string) {
	k.refused = append(k.refused, Refuse(k.row, column, rule, message))
}

func (k *checks) cells(row Row, isoDates bool) {
	if row.Ref() == "" {
		k.refuse(Ref, "ref-missing", "This row has no ref, so it is not known which milestone it is about. Fill it in.")
	}
	if day, ok := row.Day(); !ok {
		k.refuse(AsAt, "as-at-not-iso", fmt.Sprintf("%s is not a day. Write the day that the row is about as 2017-03-31.", excerpt(day)))
	}
	if text := row.Value(Percent); text != "" {
		if _, ok := row.Percent(); !ok {
			k.refuse(Percent, "percent-not-a-number", fmt.Sprintf("%s is not a percentage. Write a whole number from 0 to 100.", excerpt(text)))
		}
	}
	if !isoDates {
		return // the server reads dates as people write them, by what it knows of the plan
	}
	if text := row.Value(DeliveryDate); text != "" {
		k.date(DeliveryDate, text)
	}
	if text := row.Value(ActualDate); text != "" && k.date(ActualDate, text).IsNotYetKnown() {
		k.refuse(ActualDate, civil.RuleNotISO, fmt.Sprintf("%s is no actual date. Leave the cell empty until the milestone is met.", excerpt(text)))
	}
}

func (k *checks) date(column, text string) period.Delivery {
	delivery, err := period.ReadISO(text)
	if refusal, ok := errors.AsType[*domain.Refusal](err); ok {
		k.refuse(column, refusal.Rule, refusal.Message)
	}
	return delivery
}

// inISO is a day as people write it, in ISO; the text itself where it is in doubt or none.
func inISO(text string) string {
	if isDay(text) {
		return text
	}
	order, _ := dates.Proves(text)
	d := dates.ReadWords(text, dates.Settings{Order: order})
	if len(d.Readings) != 1 || len(d.Review) > 0 || d.Readings[0].Start == 0 || d.Readings[0].Start != d.Readings[0].End {
		return text
	}
	return d.Readings[0].Start.String()
}

// isDay says whether a text is an ISO day such as "2017-03-31".
func isDay(text string) bool {
	_, err := time.Parse(time.DateOnly, text)
	return err == nil
}

// percentage reads "50" and "50%".
func percentage(text string) (uint32, bool) {
	digits := strings.TrimSpace(strings.TrimSuffix(text, "%"))
	n, err := strconv.ParseUint(digits, 10, 32)
	return uint32(n), err == nil && n <= 100
}
