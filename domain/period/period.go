// Package period holds delivery dates as values: the words as written, the dates and periods that they were read as, and
// why a person should look. A stored event holds such a value, and the rules about slips compare them.
//
// Only ISO forms are read here. The service reads dates in words before it asks the domain, so that a better reader
// changes no rule and no old answer.
package period

import (
	"slices"

	"milepost.dev/domain/civil"
)

// Kind says what a delivery date promises.
type Kind uint8

const (
	// In: within the period, due on its last day.
	In Kind = iota + 1
	// By: not later than the period's last day.
	By
	// From: from the period on; a start meets it.
	From
	// During: from the first period to the last.
	During
	// Ongoing: going on, without a date.
	Ongoing
	// Recurring: again and again.
	Recurring
	// Done: told as past.
	Done
	// Unknown: said to be not yet known, or not readable.
	Unknown
)

var kinds = [...]string{
	In: "in", By: "by", From: "from", During: "during",
	Ongoing: "ongoing", Recurring: "recurring", Done: "done", Unknown: "unknown",
}

// String returns the kind in lower case: "in", "by". It is empty for a Kind other than the constants.
func (k Kind) String() string {
	if int(k) < len(kinds) {
		return kinds[k]
	}
	return ""
}

// Reading is one date or period that words were read as.
type Reading struct {
	Kind Kind
	// Start and End are the first and the last day of the period; zero where open or not known.
	Start, End civil.Date
	// Due is the day after which the milestone is late; zero where there is none.
	Due civil.Date
	// Approx: the words say about, early, mid, late, expected. Uncertain: they carry a question mark.
	Approx, Uncertain bool
	// RRule is an RFC 5545 recurrence, for Recurring only.
	RRule string
	// Label is the words beside the date that say what it is the date of.
	Label string
}

// Delivery is a delivery date as it was written and as it was read. The zero Delivery says nothing.
// Its slices are shared: nobody writes to them.
type Delivery struct {
	// Text holds the words, exactly as written.
	Text string
	// Readings are what they were read as, in the order written.
	Readings []Reading
	// Review gives the reasons why a person should look; empty where nobody needs to.
	Review []string
	// Reader is the version of the reader that read the words; 0 where it is not known, or nothing was read.
	Reader uint32
	// Settings is the position of the statement of the plan's settings that the words were read with; 0 where it is not known.
	Settings uint64
}

// IsZero says whether nothing was said. Reader and Settings are not looked at.
func (d Delivery) IsZero() bool {
	return d.Text == "" && len(d.Readings) == 0 && len(d.Review) == 0
}

// Due returns the due date that is in force: the one that the readings with a due date agree on. It is
// zero where none has one, and where nobody can say which is meant.
func (d Delivery) Due() civil.Date {
	due, _ := d.agreed()
	return due
}

// agreed returns the due date that the readings agree on, and false where nobody can say which is meant: where
// two differ, and where a period ends before it begins.
func (d Delivery) agreed() (due civil.Date, ok bool) {
	for _, r := range d.Readings {
		switch {
		case r.Due == 0:
		case due != 0 && r.Due != due, r.End.Before(r.Start):
			return 0, false
		default:
			due = r.Due
		}
	}
	return due, true
}

// Start returns the earliest first day among the readings; zero where none has one.
func (d Delivery) Start() civil.Date {
	var start civil.Date
	for _, r := range d.Readings {
		if start == 0 || r.Start.Before(start) {
			start = r.Start
		}
	}
	return start
}

// End returns the latest last day among the readings; zero where none has one.
func (d Delivery) End() civil.Date {
	var end civil.Date
	for _, r := range d.Readings {
		end = max(end, r.End)
	}
	return end
}

// IsNotYetKnown says whether the words say that there is no date yet: "TBC".
func (d Delivery) IsNotYetKnown() bool {
	return len(d.Readings) > 0 && len(d.Review) == 0 && d.onlyUnknown()
}

// IsUnread says whether something was written that puts no date in force: none was found in it, or several that
// differ. A person is asked, and until then what was stated before holds.
func (d Delivery) IsUnread() bool {
	if d.IsZero() || d.IsNotYetKnown() {
		return false
	}
	_, agreed := d.agreed()
	return !agreed || d.onlyUnknown()
}

// Moment returns the one reading that says when something was met: a day or a period that has an end. It is
// false where there is none, or more than one.
func (d Delivery) Moment() (Reading, bool) {
	if len(d.Readings) != 1 {
		return Reading{}, false
	}
	r := d.Readings[0]
	dated := r.Start != 0 && r.End != 0 && !r.End.Before(r.Start)
	return r, dated && (r.Kind == In || r.Kind == During || r.Kind == Done)
}

func (d Delivery) onlyUnknown() bool {
	return !slices.ContainsFunc(d.Readings, func(r Reading) bool { return r.Kind != Unknown })
}

// SameReading says whether both were read as the same, whatever their words. Words that were not read
// are the same as the same words only.
func (d Delivery) SameReading(other Delivery) bool {
	if d.IsUnread() || other.IsUnread() {
		return d.IsUnread() == other.IsUnread() && d.Text == other.Text
	}
	return slices.Equal(d.Readings, other.Readings)
}

// MetByStart says whether a start meets the date: whether the readings that say when something is due,
// all of them, say from when on. The others are met by an achievement.
func (d Delivery) MetByStart() bool {
	starts := false
	for _, r := range d.Readings {
		if r.Kind == From {
			starts = true
		} else if r.Due != 0 {
			return false
		}
	}
	return starts
}
