package authority

import "milepost.dev/domain/civil"

// Change is how one milestone differs between two answers.
type Change struct {
	Ref      string
	Was, Now civil.Date // the last date of each; zero where there was none
	// Days is the net move: the total of the later answer less that of the earlier; nil where either has none.
	Days *int
	// Moves counts the moves of dates between the two. ThereAndBack says that there were some and the net is 0.
	Moves        int
	ThereAndBack bool
	// DateGiven and DateLost say that a date came to be promised, or is promised no more.
	DateGiven, DateLost bool
	// Added, Achieved, Cancelled, Replaced and Reworded are what it came to in between.
	Added, Achieved, Reopened, Cancelled, Replaced, Reworded bool
}

// Between compares two answers of one plan: of two days known now, or of one day known then and now. What is
// the same in both is left out.
func Between(was, now Figures) (changes []Change) {
	for _, m := range now.Milestones {
		before, listed := was.Milestone(m.Ref)
		c := compare(before, m)
		c.Added = !listed
		if c != (Change{Ref: m.Ref, Was: c.Was, Now: c.Now, Days: c.Days}) || c.Was != c.Now || c.Days != nil && *c.Days != 0 {
			changes = append(changes, c)
		}
	}
	return changes
}

// compare compares two answers about one milestone. From a day before the first forecast's own the date was
// given since, and nothing was recovered (R2).
func compare(was, now Milestone) Change {
	c := Change{
		Ref: now.Ref, Was: was.Last, Now: now.Last,
		Achieved: now.Met && !was.Met, Reopened: closed(was) && !closed(now),
		Cancelled: now.State == GivenUp && was.State != GivenUp,
		Replaced:  now.State == ReplacedNow && was.State != ReplacedNow,
		Reworded:  was.Title != "" && folded(was.Title) != folded(now.Title),
	}
	promised := func(m Milestone) bool { return m.Slip != nil && !m.NoDate }
	c.DateGiven = promised(now) && !promised(was)
	c.DateLost = promised(was) && !promised(now)
	if was.Slip != nil && now.Slip != nil {
		c.Days = ptrInt(*now.Slip - *was.Slip)
	}
	c.Moves = max(0, moves(now)-moves(was))
	c.ThereAndBack = c.Moves > 1 && c.Days != nil && *c.Days == 0
	return c
}

func closed(m Milestone) bool { return m.Met || m.State == GivenUp || m.State == ReplacedNow }

// moves counts the rows that moved a date.
func moves(m Milestone) (n int) {
	for _, r := range m.Rows {
		if r.InSum && r.Days != 0 && r.Kind != Given {
			n++
		}
	}
	return n
}
