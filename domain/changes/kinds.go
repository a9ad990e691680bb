package changes

import (
	"cmp"
	"slices"

	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
)

// Kind is one thing that changed. Its words are part of the API.
type Kind string

// The kinds, in the order in which a change lists them.
const (
	Slipped       Kind = "slipped"         // the total grew
	Recovered     Kind = "recovered"       // the total fell
	ThereAndBack  Kind = "there and back"  // the date moved, and the total is what it was
	Moved         Kind = "moved"           // the date is another one, or came about otherwise, and no total says so
	DateLost      Kind = "date lost"       // a date was promised, and none is now
	DateGiven     Kind = "date given"      // no date was promised, and one is now
	FirstForecast Kind = "first forecast"  // slip is measured against another first forecast
	StartRestated Kind = "start restated"  // a later date was told afterwards about a day before the first forecast's own
	Setting       Kind = "read by setting" // another setting of the plan reads the same words otherwise
	InDoubt       Kind = "in doubt"        // the date was given in words that name several days
	Disagreement  Kind = "disagreement"    // two speakers state different days
	Overdue       Kind = "overdue"         // its last promised day has passed
	Added         Kind = "added"           // it was not there
	Started       Kind = "started"         // it was begun
	Achieved      Kind = "achieved"        // it was achieved
	Reopened      Kind = "reopened"        // it was closed, and is open
	OnHold        Kind = "on hold"         // it was put off
	Resumed       Kind = "resumed"         // it is on hold no more
	Cancelled     Kind = "cancelled"       // it was given up
	Replaced      Kind = "replaced"        // others took its place
	State         Kind = "state"           // it is in another state otherwise
	Renamed       Kind = "renamed"         // its words are others, in more than case, spacing and punctuation
	Reference     Kind = "reference"       // it goes by another reference
	Workstream    Kind = "workstream"      // it is in another workstream
	Owner         Kind = "owner"           // another is accountable
	Rated         Kind = "rating"          // its worst rating is another
	Funding       Kind = "funding"         // a funding line of it is not as it was
)

// kinds says what changed.
func (c *Change) kinds() (kinds []Kind) {
	note := func(k Kind, is bool) {
		if is {
			kinds = append(kinds, k)
		}
	}
	was, is := &c.Was, &c.Is
	w, f := &was.Figures, &is.Figures
	given, lost := is.promised() && !was.promised(), was.promised() && !is.promised()
	back := c.Net.Known && c.Net.Days == 0 && c.Moves > 1 && len(c.undoneMoves()) == 0
	note(Slipped, c.Net.Days > 0)
	note(Recovered, c.Net.Days < 0)
	note(ThereAndBack, back)
	note(Moved, c.Net.Days == 0 && !back && !given && was.Exists && (c.Moves > 0 || len(c.undoneMoves()) > 0 || was.Day() != is.Day()))
	note(DateLost, lost)
	note(DateGiven, given)
	note(FirstForecast, w.First.Due != 0 && f.First.Due != 0 && w.First.Due != f.First.Due)
	note(StartRestated, f.StartRestated && !w.StartRestated)
	note(Setting, c.Setting != 0)
	note(InDoubt, f.InDoubt && !w.InDoubt)
	note(Disagreement, f.Disagreement && !w.Disagreement)
	note(Overdue, f.Overdue && !w.Overdue)
	note(Added, !was.Exists)
	note(Started, is.Phase == milestone.PhaseStarted && was.Phase != is.Phase || f.Met && !w.Met && !f.Finished)
	note(Achieved, f.Finished && !w.Finished)
	note(Reopened, was.closed() && !is.closed())
	note(OnHold, is.Phase == milestone.PhaseOnHold && was.Phase != is.Phase)
	note(Resumed, was.Phase == milestone.PhaseOnHold && !is.closed() && was.Phase != is.Phase)
	note(Cancelled, is.Phase == milestone.PhaseCancelled && was.Phase != is.Phase)
	note(Replaced, f.Replaced && !w.Replaced)
	if was.Exists {
		note(State, was.Phase != is.Phase && !hasAny(kinds, Started, Achieved, Reopened, OnHold, Resumed, Cancelled, Replaced))
		note(Renamed, !figures.SameWords(was.Title, is.Title))
		note(Reference, was.Ref != is.Ref)
		note(Workstream, was.Workstream != is.Workstream)
		note(Owner, was.Owner != is.Owner)
		note(Rated, was.Rated != is.Rated || was.Rating != is.Rating)
	}
	note(Funding, len(c.Money) > 0)
	return kinds
}

func hasAny(kinds []Kind, of ...Kind) bool {
	return slices.ContainsFunc(of, func(k Kind) bool { return slices.Contains(kinds, k) })
}

// undoneMoves are those of Undone that moved the date.
func (c *Change) undoneMoves() (numbers []int) {
	for _, i := range c.Undone {
		if moved(&c.Was.Rows[i]) {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// rank is the place of a change among others: slips, then lost dates, then recoveries, then dates that came back to where they
// were, then dates given, and then all others.
func (c *Change) rank() int {
	for i, k := range []Kind{Slipped, DateLost, Recovered, ThereAndBack, Moved, DateGiven} {
		if c.Has(k) {
			return i
		}
	}
	return int(^uint(0) >> 1)
}

// Order compares two changes by the order in which they are shown: slips first, the largest before the others, then dates that
// were lost, the one owed longest first, then recoveries, the largest first. Changes that compare as equal are in order of
// reference.
func Order(a, b *Change) int {
	return cmp.Or(
		cmp.Compare(a.rank(), b.rank()),
		-cmp.Compare(abs(a.Net.Days), abs(b.Net.Days)),
		-cmp.Compare(a.Is.Figures.Owed, b.Is.Figures.Owed),
		-cmp.Compare(a.Moves, b.Moves),
		cmp.Compare(a.Is.Ref, b.Is.Ref),
	)
}

func abs(n int) int { return max(n, -n) }

// Kinds are all of them, in order.
func Kinds() []Kind {
	return []Kind{
		Slipped, Recovered, ThereAndBack, Moved, DateLost, DateGiven, FirstForecast, StartRestated, Setting, InDoubt, Disagreement,
		Overdue, Added, Started, Achieved, Reopened, OnHold, Resumed, Cancelled, Replaced, State, Renamed, Reference, Workstream, Owner,
		Rated, Funding,
	}
}
