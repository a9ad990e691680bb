package projections

import (
	"iter"
	"slices"
	"sort"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
)

// facts are what the view knows of a milestone, in order of position and as they are read.
func (v View) facts(m *Milestone) []fact {
	if r := v.asRead(m); r != nil {
		return r.facts
	}
	return v.recorded(m)
}

// recorded are what the view knows of a milestone, in order of position and as it was recorded.
func (v View) recorded(m *Milestone) []fact {
	all := m.original().facts.all()
	n := len(all)
	if n > 0 && all[n-1].position > v.Position {
		n = sort.Search(n, func(i int) bool { return all[i].position > v.Position })
	}
	return all[:n:n]
}

// Revision is how many statements about a milestone the view knows, whatever their day and however they are read, and the position of the last of them.
func (v View) Revision(m *Milestone) (revision int, position uint64) {
	facts := v.recorded(m)
	if len(facts) == 0 {
		return 0, 0
	}
	return len(facts), facts[len(facts)-1].position
}

// Until is the view of everything up to a position that this view knows, in the middle of a request too.
func (v View) Until(position uint64) View {
	return View{book: v.book, Position: min(position, v.Position)}
}

// Statements are what the view knows of a milestone, in order of position and as they are read. The list and its events are made for the
// caller: who needs few of them asks for those.
func (v View) Statements(m *Milestone) []milestone.Statement { return v.statements(m, v.facts(m)) }

func (v View) statements(m *Milestone, facts []fact) []milestone.Statement {
	list := make([]milestone.Statement, len(facts))
	for i := range facts {
		list[i] = v.book.statement(m, &facts[i])
	}
	return list
}

// StatementsOf are those of one kind.
func (v View) StatementsOf(m *Milestone, kind ledgerv1.EventType) (list []milestone.Statement) {
	facts := v.facts(m)
	for i := range facts {
		if facts[i].eventType() == kind {
			list = append(list, v.book.statement(m, &facts[i]))
		}
	}
	return list
}

// SpokenOf says whether the view knows a statement about a milestone for a day after one up to another.
func (v View) SpokenOf(m *Milestone, after, upTo civil.Date) bool {
	return slices.ContainsFunc(v.facts(m), func(f fact) bool { return f.asAt > after && f.asAt <= upTo })
}

// Linked says whether what the view knows of a milestone may tie its figures to those of others: it took their place, or came of
// them.
func (v View) Linked(m *Milestone) bool {
	added, _ := m.original().added.(milestone.Added)
	return len(added.PartsOf) > 0 || slices.ContainsFunc(v.facts(m), func(f fact) bool {
		kind := f.eventType()
		return kind == ledgerv1.EventType_EVENT_TYPE_MILESTONE_REPLACED || kind == ledgerv1.EventType_EVENT_TYPE_ELSEWHERE_REPLACED ||
			kind == ledgerv1.EventType_EVENT_TYPE_REVIEW_SETTLED
	})
}

// StatementAt is the one at a position; false where the milestone has none there, or the view does not know it.
func (v View) StatementAt(m *Milestone, position uint64) (milestone.Statement, bool) {
	facts := v.facts(m)
	i := sort.Search(len(facts), func(i int) bool { return facts[i].position >= position })
	if i == len(facts) || facts[i].position != position {
		return milestone.Statement{}, false
	}
	return v.book.statement(m, &facts[i]), true
}

func (b *Book) statement(m *Milestone, f *fact) milestone.Statement {
	return milestone.Statement{Position: f.position, AsAt: f.asAt, By: f.by, Event: b.event(m, f)}
}

// Parties are those that the statements about milestones name, each as often as it is named.
func (v View) Parties() iter.Seq[milestone.Party] {
	return func(yield func(milestone.Party) bool) {
		for p := range v.Plans() {
			for _, m := range p.Milestones() {
				facts := v.recorded(m)
				for i := range facts {
					if !facts[i].marked(parties) {
						continue
					}
					for _, party := range milestone.Parties(v.book.event(m, &facts[i])) {
						if !yield(party) {
							return
						}
					}
				}
			}
		}
	}
}

// mostRoom is the longest list of statements that is kept for the next question.
const mostRoom = 4096

// told gives the statements of some facts up to a day to a function, each with its bare event, and without those that it has no
// use for. The list is used again afterwards.
func (b *Book) told(m *Milestone, facts []fact, day civil.Date, without kind, use func([]milestone.Statement)) {
	room, _ := b.rooms.Get().(*[]milestone.Statement)
	if room == nil {
		room = new([]milestone.Statement)
	}
	list := (*room)[:0]
	for i := range facts {
		if f := &facts[i]; !f.marked(without) && !f.asAt.After(day) {
			list = append(list, b.bareStatement(m, f))
		}
	}
	use(list)
	if cap(list) <= mostRoom {
		clear(list)
		*room = list
		b.rooms.Put(room)
	}
}

// Rows are its figures, and a row for each of its moves and what stands beside them.
func (v View) Rows(m *Milestone, asAt civil.Date) (f figures.Figures, rows []figures.Row) {
	v.book.told(m, v.facts(m), civil.Last, unread, func(told []milestone.Statement) { f, rows = figures.Rows(told, asAt, v.record(m)) })
	return f, rows
}

// State is the milestone as it stood on a day, as this view knows it.
func (v View) State(m *Milestone, asAt civil.Date) (state milestone.State) {
	m = m.original()
	if r := v.asRead(m); r != nil {
		newest := v.book.newestOf(m, r)
		if newest.LastAsAt.After(asAt) {
			v.book.told(m, r.facts, asAt, 0, func(told []milestone.Statement) { state = milestone.FoldAsAt(told, asAt) })
			return state
		}
		return *newest
	}
	facts := v.facts(m)
	if last := m.folded.Load(); last == nil || last.count <= len(facts) {
		if newest := v.book.newest(m, facts); !newest.LastAsAt.After(asAt) {
			return *newest
		}
		return v.book.past(m, facts, asAt)
	}
	v.book.told(m, facts, asAt, 0, func(told []milestone.Statement) { state = milestone.FoldAsAt(told, asAt) })
	return state
}

// past is the state of facts on a day before the last of them, which is asked for again and again.
func (b *Book) past(m *Milestone, facts []fact, day civil.Date) milestone.State {
	last := m.onDay.Load()
	if last != nil && last.day == day && last.count <= len(facts) && !tells(facts[last.count:], day) {
		return last.state
	}
	next := &onDay{count: len(facts), day: day}
	var h *milestone.History
	if len(facts) > many || m.history.Load() != nil {
		h = b.history(m, facts)
	}
	if h != nil {
		next.state = h.At(day, told{b, m, facts})
	} else {
		b.told(m, facts, day, 0, func(told []milestone.Statement) { next.state = milestone.FoldAsAt(told, day) })
	}
	m.onDay.Store(next)
	return next.state
}

// tells says whether one of some facts is about a day or an earlier one.
func tells(facts []fact, day civil.Date) bool {
	return slices.ContainsFunc(facts, func(f fact) bool { return !f.asAt.After(day) })
}

// Newest is the milestone as it stands by everything that this view knows, whatever the day. It must not be
// changed.
func (v View) Newest(m *Milestone) *milestone.State {
	if r := v.asRead(m); r != nil {
		return v.book.newestOf(m.original(), r)
	}
	return v.book.newest(m, v.recorded(m))
}

const (
	// few is how many statements are folded from the first one where one of them comes late, sooner than states along the
	// way are kept of them.
	few = 48
	// many is the same where a question is asked about a past day: the same milestones are not asked for every day.
	many = 256
	// WorthReplaying is from how many statements on a Replay is sooner than a view of each position.
	WorthReplaying = many + 1
)

// newest folds facts, which are the first so many of the milestone's. It begins with what was folded last, where that
// is a part of them and nothing came late.
func (b *Book) newest(m *Milestone, facts []fact) *milestone.State {
	m = m.original()
	last := m.folded.Load()
	if last != nil && last.count == len(facts) {
		return &last.state
	}
	next, ok := &folded{count: len(facts)}, false
	if last != nil && last.count < len(facts) {
		b.told(m, facts[last.count:], civil.Last, 0, func(told []milestone.Statement) { next.state, ok = last.state.With(told) })
	}
	if !ok && last != nil && len(facts) > few {
		if h := b.history(m, facts); h != nil {
			next.state, ok = *h.Newest(), true
		}
	}
	if !ok {
		b.told(m, facts, civil.Last, 0, func(told []milestone.Statement) { next.state = milestone.FoldAsAt(told, civil.Last) })
	}
	if last == nil || last.count < len(facts) {
		// Another reader may be doing the same: whoever comes first is as right.
		m.folded.CompareAndSwap(last, next)
	}
	return &next.state
}

// Told is what this view knows of a milestone for a State, event by event as it is asked for.
func (v View) Told(m *Milestone) milestone.Told { return told{v.book, m, v.facts(m)} }

// History is Told with states along the way. It is for who asks for many days, or adds statements about earlier ones.
func (v View) History(m *Milestone) *milestone.History {
	facts := v.facts(m)
	if v.asRead(m) == nil {
		if h := v.book.history(m, facts); h != nil {
			return h
		}
	}
	return (&milestone.History{}).Extend(len(facts), told{v.book, m, facts})
}

// history is the history of facts, which are the first so many of the milestone's; nil where more is known by now.
// It is kept with the milestone, and goes on from what it was when somebody asked last.
func (b *Book) history(m *Milestone, facts []fact) *milestone.History {
	m = m.original()
	last := m.history.Load()
	before := last
	switch {
	case last == nil:
		before = &milestone.History{}
	case last.Len() == len(facts):
		return last
	case last.Len() > len(facts):
		return nil
	}
	next := before.Extend(len(facts), told{b, m, facts})
	m.history.CompareAndSwap(last, next)
	return next
}

// told is a milestone's facts as statements for a State.
type told struct {
	book  *Book
	of    *Milestone
	facts []fact
}

func (t told) AsAt(i int) civil.Date { return t.facts[i].asAt }

func (t told) By(i int) uint32 { return t.facts[i].by }

func (t told) Statement(i int) milestone.Statement {
	return t.book.bareStatement(t.of, &t.facts[i])
}

func (b *Book) bareStatement(m *Milestone, f *fact) milestone.Statement {
	return milestone.Statement{Position: f.position, AsAt: f.asAt, By: f.by, Event: b.bare(m, f), Read: m.entry.read(f)}
}
