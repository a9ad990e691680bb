package figures

// Counts are how many milestones of a plan stand how, by their figures. A cancelled milestone is in Cancelled and CancelledOwing,
// and in no other count of those that are open; its slip stays in the sums, because to give up undoes none.
type Counts struct {
	Milestones, Open, Met, Cancelled int
	// Replaced: others took its place. It is in Milestones, and in no other count (R8).
	Replaced int
	// Late, OnTime and UpTo are of those that were met and had a date: after its last due day, by it, or at some time in a period
	// that holds it (R4).
	Late, OnTime, UpTo int
	// Overdue are open, and their last due day has passed; Owed are the days since, added up. NoDate: a day was promised, and
	// none is now (R5).
	Overdue, Owed, NoDate int
	InDoubt               int // by words with several days (R9)
	CancelledOwing        int // cancelled while a date was owed or had passed (R8)
	OtherWords            int // achieved or overdue under other words than those of the promise (R7)
	StartRestated         int // (R2)
	Disagreements         int // (R11)
	// Slipped and Recovered are by the total against the oldest reference. Net adds the totals, Setting the days read by another
	// setting (R10).
	Slipped, Recovered, Net, Setting int
	// Baselined have an approved date, Rebaselined more than one; Rebaselines is how often, all told. Granted adds the days from the
	// first forecast to the current baseline, BeforeBaseline those to the original one (B5, B6). ByProposer were approved by whoever
	// proposed them (B3).
	Baselined, Rebaselined, Rebaselines, Granted, BeforeBaseline, ByProposer int
	// Exceptions are those that are beyond a tolerance (B9), CostExceptions those of them that cost too much; CancellationsPending were cancelled, and that waits for its
	// approval (B8).
	Exceptions, CostExceptions, CancellationsPending int
	// ScopesPending are under words that wait for their approval (B8), BaselineErrors have an approved date that was itself wrong (B5).
	ScopesPending, BaselineErrors int
}

// Add counts one milestone.
func (c *Counts) Add(f Figures) {
	c.Milestones++
	if f.Replaced {
		c.Replaced++
		return
	}
	c.Slipped += one(f.Slip.Days > 0)
	c.Recovered += one(f.Slip.Days < 0)
	c.Net += f.Slip.Days
	c.Setting += f.Setting
	c.Exceptions += one(f.Beyond())
	if b := f.Besides; b != nil {
		c.CostExceptions += one(b.CostException.Tier != "")
		c.ScopesPending += one(b.ScopePending)
		c.BaselineErrors += one(b.Mistaken.Number > 0)
	}
	c.CancellationsPending += one(f.CancellationPending)
	if n := f.Current.Number; n > 0 {
		c.Baselined++
		c.Rebaselined += one(n > 1)
		c.Rebaselines += n - 1
		c.Granted += f.Granted.Days
		c.BeforeBaseline += f.BeforeBaseline.Days
		c.ByProposer += one(f.Current.ByProposer)
	}
	if f.Cancelled && !f.Met {
		c.Cancelled++
		c.CancelledOwing += one(f.CancelledOwing)
		return
	}
	if f.Met {
		c.Met++
		c.met(f)
	} else {
		c.Open++
		c.Overdue += one(f.Overdue)
		c.NoDate += one(f.NoDate)
		c.Owed += f.Owed
	}
	c.InDoubt += one(f.InDoubt)
	if f.FirstInDoubt && !f.Slip.Known {
		return // words with several days, and no date yet, stand in no other count (R9)
	}
	c.OtherWords += one(f.OtherWords)
	c.StartRestated += one(f.StartRestated)
	c.Disagreements += one(f.Disagreement)
}

// met counts how a milestone was met that had a date.
func (c *Counts) met(f Figures) {
	switch f.Timing() {
	case MetOnTime:
		c.OnTime++
	case MetLate:
		c.Late++
	case MetUpTo:
		c.UpTo++
	}
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
