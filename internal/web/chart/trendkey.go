package chart

import (
	"slices"

	"milepost.dev/internal/web/words"
)

// KeyEntry is one meaning of a line or a mark, and a sample of it: a line is drawn as it goes in the trend, so that the sample tells its
// direction without a colour.
type KeyEntry struct {
	Tone, Class, Path string // of a line, in a box of 44 by 14; Path is empty where it is a mark alone
	Thick             string // the part of the sample that is thick
	Mark, Name        string
	Says              string
}

// Key explains the lines and marks that the trend has, and no others.
func (t *Trend) Key() []KeyEntry {
	line := func(tone string) func() bool {
		return func() bool {
			return slices.ContainsFunc(t.Drawn, func(d DrawnLine) bool { return d.Tone == tone && d.Path+d.Fresh != "" })
		}
	}
	has := func(what func(DrawnLine) string) func() bool {
		return func() bool { return slices.ContainsFunc(t.Drawn, func(d DrawnLine) bool { return what(d) != "" }) }
	}
	marked := func(kind string) func() bool {
		return has(func(d DrawnLine) string {
			for _, m := range d.Marks {
				if m.Kind == kind {
					return kind
				}
			}
			return ""
		})
	}
	late := has(func(d DrawnLine) string {
		if len(d.Late) > 0 {
			return "late"
		}
		return ""
	})
	var list []KeyEntry
	for _, of := range []struct {
		there func() bool
		entry KeyEntry
	}{
		{line("late"), KeyEntry{Tone: "late", Class: "said", Path: "M2 11H20V3H42", Says: "later than first promised"}},
		{line("early"), KeyEntry{Tone: "early", Class: "said", Path: "M2 3H20V11H42", Says: "earlier than first promised"}},
		{line("held"), KeyEntry{Tone: "held", Class: "said", Path: "M2 7H42", Says: "as first promised"}},
		{func() bool { return t.Compared != "" }, KeyEntry{Tone: "held", Class: "plain", Path: "M2 7H22", Thick: "M22 7H42", Says: "thick: since " + t.ComparedName}},
		{has(func(d DrawnLine) string { return d.Waiting }), KeyEntry{Tone: "held", Class: "waiting", Path: "M8 7H42", Mark: "withdrawn", Says: "date taken back, none since"}},
		{has(func(d DrawnLine) string { return d.Overdue }), KeyEntry{Tone: "held", Class: "over", Path: "M2 7H42", Says: "overdue"}},
		{marked("achieved"), KeyEntry{Tone: "met", Mark: "achieved", Says: "achieved: the line ends"}},
		{marked("cancelled"), KeyEntry{Tone: "held", Mark: "cancelled", Says: "cancelled: the line ends"}},
		{late, KeyEntry{Tone: "late", Mark: "late", Says: "told over " + words.Many(toldLate, "day", "days") + " late"}},
		{marked("first"), KeyEntry{Tone: "held", Mark: "first", Says: "promised at the start"}},
		{marked("baseline"), KeyEntry{Tone: "held", Mark: "baseline", Name: "B2", Says: "baseline approved, with its number"}},
		{marked("beyond"), KeyEntry{Tone: "held", Mark: "beyond", Says: "beyond the drawing, on the day named"}},
	} {
		if of.there() {
			list = append(list, of.entry)
		}
	}
	return list
}

// toldLate is after how many days a statement counts as told late, as the page decides it.
const toldLate = 31
