package changes

import (
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/rating"
)

// End is how a milestone stands in one of the two answers. The zero End is of a milestone that was not there yet.
type End struct {
	Exists  bool
	Figures figures.Figures
	// Rows are its moves. They may be left out of both ends where nothing was said in between.
	Rows  []figures.Row
	Phase milestone.Phase

	Ref, Title, Workstream string
	Owner                  milestone.Party
	Rating                 rating.Grade // the worst, where Rated
	Rated                  bool
	Funding                []funding.Line // in order of line
}

// Change is how a milestone differs between two answers.
type Change struct {
	Was, Is End
	// Kinds are what changed, in the order of the constants. None: nothing did.
	Kinds []Kind
	// Net are the days of the later total less those of the earlier; unknown where either has none.
	Net figures.Days
	// Setting are the days by which the date moved in between because another setting of the plan reads the same words
	// otherwise. They are not in Net.
	Setting int
	// Between are the rows of Is that Was has not, and Undone those of Was that Is has not, by their numbers: a late report may
	// divide a move, or take its place. The days of Between that count, less those of Undone, are Net.
	Between, Undone []int
	// Moves is how many of Between moved the date.
	Moves int
	Money []Money
}

// Money is a funding line that is not as it was. A line that was not there yet is zero in Was.
type Money struct{ Was, Is funding.Line }

// Between compares two answers about one milestone, of which is gives the later day or the later knowledge. False: they are the
// same in all that a change is made of.
func Between(was, is End) (Change, bool) {
	c := Change{Was: was, Is: is}
	if !is.Exists {
		return c, false
	}
	if w, i := was.Figures.Slip, is.Figures.Slip; w.Known && i.Known {
		c.Net = figures.Days{Known: true, Days: i.Days - w.Days}
	}
	c.Setting = is.Figures.Setting - was.Figures.Setting
	c.Between, c.Undone = missing(is.Rows, was.Rows), missing(was.Rows, is.Rows)
	for _, i := range c.Between {
		if moved(&is.Rows[i]) {
			c.Moves++
		}
	}
	c.Money = money(was.Funding, is.Funding)
	c.Kinds = c.kinds()
	return c, len(c.Kinds) > 0
}

// Day returns the last date of an end, or its actual; zero where there is none. Of a date that was withdrawn it is the day owed.
func (e *End) Day() civil.Date { return e.Figures.Last }

// promised says whether a date is promised that slip is measured by.
func (e *End) promised() bool { return e.Figures.Slip.Known && !e.Figures.NoDate }

// closed says whether nobody waits for it.
func (e *End) closed() bool { return e.Figures.Met || e.Figures.Closed() }

// Has says whether a kind is among those that changed.
func (c *Change) Has(k Kind) bool { return slices.Contains(c.Kinds, k) }

// LateDays are the calendar days by which what was achieved in between was late, by the last day that was promised; 0 where it
// was not late.
func (c *Change) LateDays() int {
	if !c.Has(Achieved) || !c.Is.Figures.Late {
		return 0
	}
	return c.Is.Figures.Previous.Days
}

// moved says whether a row moved a date.
func moved(r *figures.Row) bool { return r.Counts && r.Days != 0 }

// row tells a row of one answer from those of another. What stands beside the moves is told apart without its days: those of a
// date that is owed grow by themselves.
type row struct {
	event  string
	asAt   civil.Date
	about  uint64
	from   civil.Date
	to     civil.Date
	days   int
	counts bool
}

func rowOf(r *figures.Row) row {
	k := row{event: r.Event, asAt: r.AsAt, about: r.About(), from: r.From.Due, to: r.To.Due, counts: r.Counts}
	if r.Counts {
		k.days = r.Days
	}
	return k
}

// missing returns the numbers of the rows that others have not, in order.
func missing(rows, others []figures.Row) (numbers []int) {
	if len(rows) == 0 {
		return nil
	}
	there := make(map[row]int, len(others))
	for i := range others {
		there[rowOf(&others[i])]++
	}
	for i := range rows {
		if k := rowOf(&rows[i]); there[k] > 0 {
			there[k]--
		} else {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// money returns the lines that are not as they were; that a line was only spoken of again is no change.
func money(was, is []funding.Line) (changed []Money) {
	for _, l := range is {
		before := line(was, l)
		if differ(before, l) {
			changed = append(changed, Money{before, l})
		}
	}
	return changed
}

// line finds the line of a name; the zero Line where there is none.
func line(lines []funding.Line, like funding.Line) funding.Line {
	if i, ok := funding.Find(lines, like.Scheme, like.Line); ok {
		return lines[i]
	}
	return funding.Line{}
}

func differ(a, b funding.Line) bool {
	a.AsAt, b.AsAt = 0, 0
	return a != b
}

// OfPlan compares the funding lines of a plan itself and of its schemes.
func OfPlan(was, is []funding.Line) []Money { return money(was, is) }
