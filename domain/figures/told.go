package figures

import (
	"cmp"
	"slices"
	"strings"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
)

// Record answers what the ledger knows of a statement beside what it says. A nil function answers as said beside it.
type Record struct {
	// Speaker returns the number of the party that a statement by a number of milestone.Statement.By was made for (R11);
	// nil: each is its own.
	Speaker func(by uint32) uint32
	// Began returns the first position of the request that a position belongs to; nil: each is a request of its own.
	Began func(position uint64) uint64
	// Under returns the due day that the words of a statement have by other settings of the plan (R10), which are numbered as
	// period.Delivery.Settings are, and false where nobody knows; nil: nobody does.
	Under func(s *milestone.Statement, settings uint64) (civil.Date, bool)
	// Accepted says whether an approver accepted the history at a position (R2, R4); nil: none was.
	Accepted func(position uint64) bool

	// Promised is what was approved of the milestone as known. PromisedOf returns that of another milestone; it is asked only for what
	// took the place of something else. Tolerances are those in force on a day, from the lowest tier (B9); nil: there are none.
	Promised   Promises
	PromisedOf func(milestone.ID) Promises
	Tolerances func(day civil.Date) []Tolerance
	// Lines are the milestone's funding lines as they stood on a day. They are asked for only where its cost is baselined; nil: it has none.
	Lines func(day civil.Date) []funding.Line

	// ID is the milestone's own, Known returns what is known of another one of the plan, in order of position, and Find the one
	// that a reference names. They are asked only for what took the place of something else (R8); nil: it has nothing from others.
	ID    milestone.ID
	Known func(milestone.ID) []milestone.Statement
	Find  func(ref string) (milestone.ID, bool)
}

// kind names what a statement says, as far as the rules tell statements apart.
type kind uint8

const (
	other    kind = iota // nothing that a figure depends on
	dated                // a day is promised
	fromDay              // a day from which on; a start meets it
	withdraw             // no date yet, or no more
	noDay                // words that name no day: "ongoing", or what nobody could read
	several              // words that name more than one
	started
	achieved
	reopened
	held
	resumed
	cancelled
	named  // the words of the milestone itself
	agreed // a reviewer settled what speakers say about its day
)

// told is one statement, read once for all rules.
type told struct {
	statement *milestone.Statement
	kind      kind
	accepted  bool
	settings  uint64 // of the plan, that its date was read by; 0 where that is not known
	order     int32  // its place in the order of telling
	speaker   uint32
	asAt      civil.Date
	due       civil.Date // of several: the earliest that may be promised; of an actual: its last day
	span      Span
	request   uint64
}

// promises says whether it states a due day.
func (t *told) promises() bool { return t.kind == dated || t.kind == fromDay }

// isWords says whether it speaks of the date, and promises no day.
func (t *told) isWords() bool { return t.kind == withdraw || t.kind == noDay || t.kind == several }

// ofLife says whether it is about the milestone's life, and not about its dates or words.
func (t *told) ofLife() bool { return t.kind >= started && t.kind <= cancelled }

// doubtful says whether it is words with several days of which the earliest may be the first forecast (R9).
func (t *told) doubtful() bool { return t.kind == several && t.due != 0 }

// said returns what it states; nothing of the zero told.
func (t *told) said() Said {
	if t.statement == nil {
		return Said{}
	}
	return Said{Due: t.due, Period: t.span, Speaker: t.speaker, Position: t.statement.Position}
}

// read adds to all what the statements say, in the order of telling (R2): requests as they came, what one request says
// in order of as-at, and of one day as written. linked: one of them ties the milestone to another (R8).
func read(all []told, statements []milestone.Statement, r Record) (_ []told, linked bool) {
	together := false // what came in one request is asked: most milestones need not know
	for i := range statements {
		t := told{statement: &statements[i], asAt: statements[i].AsAt, speaker: statements[i].By, request: statements[i].Position}
		switch e := t.statement.Event.(type) {
		case milestone.ReviewSettled:
			linked = linked || e.Outcome == milestone.Split
			if day, due, ok := e.Agreed(); ok {
				t.kind, t.asAt, t.due = agreed, day, due
				if r.Speaker != nil {
					t.speaker = r.Speaker(t.speaker)
				}
				together = together || len(all) > 0 && t.meets(&all[len(all)-1], len(all) == 1)
				all = append(all, t)
				continue
			}
			all = settle(all, e, r.request(t.statement.Position), r)
			continue
		case milestone.Replaced, milestone.ElsewhereReplaced:
			linked = true
			continue
		case milestone.Added:
			linked = linked || len(e.PartsOf) > 0
		}
		if t.read(); t.kind == other {
			continue
		}
		if r.Speaker != nil {
			t.speaker = r.Speaker(t.speaker)
		}
		t.accepted = r.Accepted != nil && r.Accepted(t.statement.Position)
		together = together || len(all) > 0 && t.meets(&all[len(all)-1], len(all) == 1)
		all = append(all, t)
	}
	if together {
		for i := range all {
			all[i].request = r.request(all[i].statement.Position)
		}
		if !slices.IsSortedFunc(all, inTelling) {
			slices.SortStableFunc(all, inTelling)
		}
	}
	for i := range all {
		all[i].order = int32(i)
	}
	return all, linked
}

// meets says whether it matters that a statement may have come in one request with the one before it: it is about an earlier
// day, or about the same and says something of another kind. What adds a milestone comes first anyway.
func (t *told) meets(before *told, adds bool) bool {
	return t.asAt < before.asAt || t.asAt == before.asAt && t.kind != before.kind && !adds
}

func (r Record) request(position uint64) uint64 {
	if r.Began == nil {
		return position
	}
	return r.Began(position)
}

func inTelling(a, b told) int {
	return cmp.Or(cmp.Compare(a.request, b.request), cmp.Compare(a.asAt, b.asAt), cmp.Compare(a.statement.Position, b.statement.Position))
}

// inTime is the order in which statements are about days, and of one day the order of telling.
func inTime(a, b told) int { return cmp.Or(cmp.Compare(a.asAt, b.asAt), cmp.Compare(a.order, b.order)) }

// read says which kind the statement is of, and which day it names.
func (t *told) read() {
	switch e := t.statement.Event.(type) {
	case milestone.Started:
		t.moment(started, e.Start)
	case milestone.Achieved:
		t.moment(achieved, e.Actual)
	case milestone.AchievementRestated:
		t.moment(achieved, e.Actual)
	case milestone.Reopened:
		t.kind = reopened
	case milestone.Held:
		t.kind = held
	case milestone.Resumed:
		t.kind = resumed
	case milestone.Cancelled:
		t.kind = cancelled
	case milestone.Added:
		t.kind = named
	case milestone.Amended:
		if e.Title != nil {
			t.kind = named
		}
	default:
		if d, ok := milestone.Stated(e); ok {
			t.date(d)
		}
	}
}

// moment reads an actual or a start: a period counts by its last day (R4).
func (t *told) moment(k kind, d period.Delivery) {
	t.kind = k
	t.span = Span{First: d.Start(), Last: d.End()}
	if t.span.Last == 0 {
		t.span.Last = t.span.First
	}
	t.due = t.span.Last
}

func (t *told) date(d period.Delivery) {
	due := d.Due()
	if t.settings = d.Settings; t.statement.Read != nil {
		t.settings = t.statement.Read.Of(d).Settings
	}
	switch {
	case due != 0 && d.MetByStart():
		t.kind, t.due, t.span = fromDay, due, spanOf(d, due)
	case due != 0:
		t.kind, t.due, t.span = dated, due, spanOf(d, due)
	case d.IsNotYetKnown():
		t.kind = withdraw
	case d.IsUnread() && !onlyUnknown(d):
		t.kind = several
		t.due = earliest(d)
		t.span = Span{First: t.due, Last: t.due} // they promise no period
	default:
		t.kind = noDay
	}
}

func onlyUnknown(d period.Delivery) bool {
	for i := range d.Readings {
		if d.Readings[i].Due != 0 {
			return false
		}
	}
	return true
}

// spanOf returns the period of the reading that has the due day: to the due day where it is open, the due day alone where
// it has none.
func spanOf(d period.Delivery, due civil.Date) Span {
	for i := range d.Readings {
		r := &d.Readings[i]
		if last := cmp.Or(r.End, due); r.Due == due && r.Start != 0 && r.Start <= last {
			return Span{First: r.Start, Last: last}
		}
	}
	return Span{First: due, Last: due}
}

// earliest returns the earliest due day of words with several that promise one: of kind in, by, during or from, and
// without a label (R9). Zero: none does.
func earliest(d period.Delivery) (due civil.Date) {
	for i := range d.Readings {
		r := &d.Readings[i]
		if r.Due == 0 || r.Label != "" || r.Kind > period.During {
			continue
		}
		if due == 0 || r.Due < due {
			due = r.Due
		}
	}
	return due
}

// settle reads a settled question about words with several days (R9). The person picked one of them: that is what the
// document said, at its as-at and position. A day that is not among them stays the statement that it came with.
func settle(all []told, e milestone.ReviewSettled, request uint64, r Record) []told {
	if e.Outcome != milestone.Corrected || !strings.HasPrefix(e.Item, milestone.FieldDelivery+":") || len(all) == 0 {
		return all
	}
	answer := &all[len(all)-1]
	d, ok := milestone.Stated(answer.statement.Event)
	if !ok || r.request(answer.statement.Position) != request || d.Text != e.Value || !answer.promises() {
		return all
	}
	for i := len(all) - 2; i >= 0; i-- {
		words, _ := milestone.Stated(all[i].statement.Event)
		if all[i].kind != several || words.Text != e.Text {
			continue
		}
		if names(words, answer.due) {
			all[i].kind, all[i].due, all[i].span = answer.kind, answer.due, spanOf(words, answer.due)
			answer.kind = other // it picks, and states nothing itself
			return all
		}
		break
	}
	return all
}

func names(d period.Delivery, due civil.Date) bool {
	return slices.ContainsFunc(d.Readings, func(r period.Reading) bool { return r.Due == due })
}
