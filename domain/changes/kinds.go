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
	Slipped       Kind = "slipped"              // the total grew
	Recovered     Kind = "recovered"            // the total fell
	ThereAndBack  Kind = "there and back"       // the date moved, and the total is what it was
	Moved         Kind = "moved"                // the date is another one, or came about otherwise, and no total says so
	DateLost      Kind = "date lost"            // a date was promised, and none is now
	DateGiven     Kind = "date given"           // no date was promised, and one is now
	FirstForecast Kind = "first forecast"       // slip is measured against another first forecast
	StartRestated Kind = "start restated"       // a later date was told afterwards about a day before the first forecast's own
	Setting       Kind = "read by setting"      // another setting of the plan reads the same words otherwise
	InDoubt       Kind = "in doubt"             // the date was given in words that name several days
	Disagreement  Kind = "disagreement"         // two speakers state different days
	DatedAfter    Kind = "dated after achieved" // another date was stated after it was met, and changes no figure
	Overdue       Kind = "overdue"              // its last promised day has passed
	Added         Kind = "added"                // it was not there
	Started       Kind = "started"              // it was begun
	Achieved      Kind = "achieved"             // it was achieved
	Reopened      Kind = "reopened"             // it was closed, and is open
	OnHold        Kind = "on hold"              // it was put off
	Resumed       Kind = "resumed"              // it is on hold no more
	Cancelled     Kind = "cancelled"            // it was given up
	Replaced      Kind = "replaced"             // others took its place
	State         Kind = "state"                // it is in another state otherwise
	Renamed       Kind = "renamed"              // its words are others, in more than case, spacing and punctuation
	Reference     Kind = "reference"            // it goes by another reference
	Workstream    Kind = "workstream"           // it is in another workstream
	Owner         Kind = "owner"                // another is accountable
	Rated         Kind = "rating"               // its worst rating is another
	Funding       Kind = "funding"              // a funding line of it is not as it was
)

// kinds says what changed. What others took the place of is in no count but that one (R8): what became of its date is told by
// those.
func (c *Change) kinds() []Kind {
	var n noted
	if !c.Is.Figures.Replaced {
		c.dates(&n)
		c.life(&n)
	}
	n.note(Replaced, c.Is.Figures.Replaced && !c.Was.Figures.Replaced)
	if was, is := &c.Was, &c.Is; was.Exists {
		n.note(State, was.Phase != is.Phase && !hasAny(n.kinds, Started, Achieved, Reopened, OnHold, Resumed, Cancelled, Replaced))
		n.note(Renamed, !figures.SameWords(was.Title, is.Title))
		n.note(Reference, was.Ref != is.Ref)
		n.note(Workstream, was.Workstream != is.Workstream)
		n.note(Owner, was.Owner != is.Owner)
		n.note(Rated, was.Rated != is.Rated || was.Rating != is.Rating)
	}
	n.note(Funding, len(c.Money) > 0)
	return n.kinds
}

// noted are kinds, one after the other.
type noted struct{ kinds []Kind }

func (n *noted) note(k Kind, is bool) {
	if is {
		n.kinds = append(n.kinds, k)
	}
}

// dates notes what became of the date.
func (c *Change) dates(n *noted) {
	was, is := &c.Was, &c.Is
	w, f := &was.Figures, &is.Figures
	undone := slices.ContainsFunc(c.Undone, func(i int) bool { return moved(&was.Rows[i]) })
	given, still := is.promised() && !was.promised(), c.Net.Days == 0
	back := still && c.Net.Known && c.Moves > 1 && !undone
	n.note(Slipped, c.Net.Days > 0)
	n.note(Recovered, c.Net.Days < 0)
	n.note(ThereAndBack, back)
	n.note(Moved, still && !back && !given && was.Exists && (c.Moves > 0 || undone || was.Day() != is.Day()))
	n.note(DateLost, was.promised() && !is.promised())
	n.note(DateGiven, given)
	n.note(FirstForecast, w.First.Due != 0 && f.First.Due != 0 && w.First.Due != f.First.Due)
	n.note(StartRestated, f.StartRestated && !w.StartRestated)
	n.note(Setting, c.Setting != 0)
	n.note(InDoubt, f.InDoubt && !w.InDoubt)
	n.note(Disagreement, f.Disagreement && !w.Disagreement)
	n.note(DatedAfter, slices.ContainsFunc(c.Between, func(i int) bool {
		r := &is.Rows[i]
		return r.Marks&figures.DatedAfterAchieved != 0 && r.Days != 0 // reports go on stating the same date
	}))
	n.note(Overdue, f.Overdue && !w.Overdue)
}

// life notes where it is in its life, and was not.
func (c *Change) life(n *noted) {
	was, is := &c.Was, &c.Is
	w, f, entered := &was.Figures, &is.Figures, was.Phase != is.Phase
	n.note(Added, !was.Exists)
	n.note(Started, is.Phase == milestone.PhaseStarted && entered || f.Met && !w.Met && !f.Finished)
	n.note(Achieved, f.Finished && !w.Finished)
	n.note(Reopened, was.closed() && !is.closed())
	n.note(OnHold, is.Phase == milestone.PhaseOnHold && entered)
	n.note(Resumed, was.Phase == milestone.PhaseOnHold && entered && !is.closed())
	n.note(Cancelled, is.Phase == milestone.PhaseCancelled && entered)
}

func hasAny(kinds []Kind, of ...Kind) bool {
	return slices.ContainsFunc(of, func(k Kind) bool { return slices.Contains(kinds, k) })
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
		DatedAfter, Overdue, Added, Started, Achieved, Reopened, OnHold, Resumed, Cancelled, Replaced, State, Renamed, Reference, Workstream, Owner,
		Rated, Funding,
	}
}
