package baseline

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
)

// Dimension is what of a milestone is baselined. The values are stored: they never change.
type Dimension uint8

// The dimensions.
const (
	Date Dimension = iota + 1
	Cost
	Scope
	Benefit
	Existence // whether the milestone is to be at all
)

var dimensions = [...]string{Date: "date", Cost: "cost", Scope: "scope", Benefit: "benefit", Existence: "existence"}

// String returns "date", "cost", "scope", "benefit" or "existence", and "" for all else.
func (d Dimension) String() string {
	if int(d) < len(dimensions) {
		return dimensions[d]
	}
	return ""
}

// Valid says whether it is one of the dimensions.
func (d Dimension) Valid() bool { return d >= Date && d <= Existence }

// Kind is the kind of reason for a baseline. The values are stored: they never change.
type Kind uint8

// The kinds. NoKind: not said, which will do for a first baseline.
const (
	NoKind   Kind = iota
	ByScope       // more or less is to be done
	Funding       // there is more or less money
	External      // somebody outside the plan caused it
	Estimate      // the estimate was wrong
	Error         // the approved figure itself was wrong (B5)
)

var kinds = [...]string{ByScope: "scope", Funding: "funding", External: "external", Estimate: "estimate", Error: "error"}

// String returns "scope", "funding", "external", "estimate" or "error", and "" where no kind was said.
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return ""
}

// Valid says whether it is one of the kinds, or NoKind.
func (k Kind) Valid() bool { return k <= Error }

// Value is what is promised. Each dimension has fields of its own.
type Value struct {
	// Date: the due day of the words, which for a period is its last day, and the words.
	Due  civil.Date
	Text string
	// Cost: the amount, and the years that it is for.
	Amount money.Amount
	Years  string
	// Scope: the milestone's title, and what is delivered.
	Title, Deliverable string
	// Benefit: the measure by reference, its value, and the day by which it is reached; zero where no day is promised.
	Measure, Target string
	Day             civil.Date
}

// Told returns the value in words.
func (v Value) Told(d Dimension) string {
	switch d {
	case Date:
		return said(v.Due.String(), v.Text)
	case Cost:
		return said(v.Amount.String()+" "+v.Amount.Currency, v.Years)
	case Scope:
		return said(v.Title, v.Deliverable)
	case Benefit:
		return said(v.Measure+" "+v.Target, v.Day.String())
	case Existence:
		return "cancelled"
	}
	return ""
}

func said(value, words string) string {
	if words == "" || words == value {
		return value
	}
	return value + " (" + words + ")"
}

// Item is one value that a proposal would give a milestone.
type Item struct {
	Milestone milestone.ID
	Dimension Dimension
	Value     Value
	// Replaces is the number of the baseline that it would replace; 0: the milestone has none in this dimension.
	Replaces int
	Kind     Kind
	Reason   string
}

// same says whether two items propose the same, whatever the reason.
func (i Item) same(other Item) bool {
	return i.Milestone == other.Milestone && i.Dimension == other.Dimension && i.Value == other.Value
}
