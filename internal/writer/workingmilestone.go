package writer

import (
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
)

// workingMilestone is a milestone with its pending statements.
type workingMilestone struct {
	id      [16]byte
	ref     string // that it goes by now
	world   *planWorld
	view    projections.View       // of the book, as it was when this was made or settled last
	stored  *projections.Milestone // in the view; nil where it has none
	known   int                    // statements in the view, as they are read
	count   int                    // statements in the view, as they were recorded
	pending []milestone.Statement
	state   *milestone.State // with all that is stored, and with folded of those that are pending; never written to
	folded  int
	history *milestone.History // of some of the first of all statements; nil until somebody needed an earlier day
	batch   uint64             // the last batch that added to it
	of      *decision          // which may still change it; nil once it is kept
	changed bool               // by that decision
	// corrects: what is pending corrects statements, so that all of them are read anew; read is what that came to last.
	corrects bool
	read     []milestone.Statement
	all      withPending // what told answered last; its Told is nil where the view has changed since
}

// ID is the zero ID before the milestone's first event is drafted.
func (m *workingMilestone) ID() milestone.ID { return m.id }

// AddedAs is the reference that it was added with; empty before that.
func (m *workingMilestone) AddedAs() string {
	if m.stored != nil {
		return m.stored.AddedAs()
	}
	if len(m.pending) > 0 {
		return m.pending[0].Event.(milestone.Added).Ref // no milestone begins otherwise
	}
	return ""
}

// Exists says whether anything is known or pending of it.
func (m *workingMilestone) Exists() bool { return m.revision() > 0 }

func (m *workingMilestone) revision() uint64 { return uint64(m.count + len(m.pending)) }

// Gone says whether it was corrected away.
func (m *workingMilestone) Gone() bool {
	switch {
	case m.corrects:
		return len(m.asRead()) == 0
	case m.stored == nil:
		return false
	}
	return !m.view.WasOne(m.stored)
}

// Corrected says whether anything known or pending is about corrections.
func (m *workingMilestone) Corrected() bool {
	return m.corrects || m.stored != nil && m.view.Corrected(m.stored)
}

// Recorded are the statements as they were recorded, known and pending.
func (m *workingMilestone) Recorded() []milestone.Statement {
	if m.stored == nil {
		return slices.Clone(m.pending)
	}
	return append(m.view.Recorded(m.stored), m.pending...)
}

// asRead are all statements by the corrections among what is pending, and all others. Few milestones are corrected, and those
// for a moment: until what corrects them is durable, and the book reads them so.
func (m *workingMilestone) asRead() []milestone.Statement {
	if m.read == nil {
		m.read = milestone.AsRead(m.Recorded(), m.world.on)
		if m.read == nil {
			m.read = []milestone.Statement{}
		}
	}
	return m.read
}

// Statements are those known and pending, in order of position, as they are read, and in a list of their own.
func (m *workingMilestone) Statements() []milestone.Statement {
	if m.corrects {
		return slices.Clone(m.asRead())
	}
	if m.stored == nil {
		return slices.Clone(m.pending)
	}
	return append(m.view.Statements(m.stored), m.pending...)
}

// Told is Statements by number.
func (m *workingMilestone) Told() (int, milestone.Told) {
	if m.corrects {
		all := milestone.List(m.asRead())
		return len(all), all
	}
	all := m.told()
	return all.known + len(all.pending), all
}

// Newest is the milestone by everything known and pending, whatever the day. What is pending is folded only
// when somebody asks: nobody does, where each request is about another milestone.
func (m *workingMilestone) Newest() *milestone.State {
	if m.folded == len(m.pending) {
		return m.state
	}
	if m.corrects {
		state := milestone.FoldAsAt(m.asRead(), civil.Last)
		m.state, m.folded = &state, len(m.pending)
		return m.state
	}
	if state, ok := m.state.With(m.pending[m.folded:]); ok {
		m.state = &state
	} else if m.areFew() {
		state := m.fold(civil.Last)
		m.state = &state
	} else {
		h, _ := m.allStatements()
		m.state = h.Newest()
	}
	m.folded = len(m.pending)
	return m.state
}

// few is how many statements are folded from the first one sooner than states along the way are kept of them: those would stay as long as the
// book does, and most milestones are talked about now and then.
const few = 48

func (m *workingMilestone) areFew() bool { return m.history == nil && m.known+len(m.pending) <= few }

// fold is a state of few statements.
func (m *workingMilestone) fold(day civil.Date) milestone.State {
	all := m.told()
	d := m.world.of
	list := d.folding[:0]
	for i := range m.known + len(m.pending) {
		list = append(list, all.Statement(i))
	}
	state := milestone.FoldAsAt(list, day)
	clear(list)
	d.folding = list[:0]
	return state
}

// At is the milestone as it stood on a day, by everything known and pending.
func (m *workingMilestone) At(asAt civil.Date) *milestone.State {
	newest := m.Newest()
	if !newest.LastAsAt.After(asAt) {
		return newest
	}
	var state milestone.State
	if m.corrects {
		state = milestone.FoldAsAt(m.asRead(), asAt)
	} else if len(m.pending) == 0 && m.known <= few {
		state = m.view.State(m.stored, asAt)
	} else if m.areFew() {
		state = m.fold(asAt)
	} else {
		h, told := m.allStatements()
		state = h.At(asAt, told)
	}
	return &state
}

// allStatements are those known and pending with states along the way.
func (m *workingMilestone) allStatements() (*milestone.History, milestone.Told) {
	all := m.told()
	switch {
	case m.history != nil:
	case m.stored != nil:
		m.history = m.view.History(m.stored)
	default:
		m.history = &milestone.History{}
	}
	m.history = m.history.Extend(m.known+len(m.pending), all)
	return m.history, all
}

// told is what is known and then what is pending. It is good until the milestone changes.
func (m *workingMilestone) told() *withPending {
	m.all.known, m.all.pending = m.known, m.pending
	if m.all.Told == nil && m.stored != nil {
		m.all.Told = m.view.Told(m.stored)
	}
	return &m.all
}

// withPending is what the book knows of a milestone, and then what is pending.
type withPending struct {
	milestone.Told
	known   int
	pending []milestone.Statement
}

func (w *withPending) Statement(i int) milestone.Statement {
	if i < w.known {
		return w.Told.Statement(i)
	}
	return w.pending[i-w.known]
}

func (w *withPending) AsAt(i int) civil.Date {
	if i < w.known {
		return w.Told.AsAt(i)
	}
	return w.pending[i-w.known].AsAt
}

func (w *withPending) By(i int) uint32 {
	if i < w.known {
		return w.Told.By(i)
	}
	return w.pending[i-w.known].By
}

// settled forgets what is pending of a milestone and known to a later view: one that every batch adds to would have more and
// more.
func (m *workingMilestone) settled(plan string, now projections.View) {
	n := 0
	for n < len(m.pending) && m.pending[n].Position <= now.Position {
		n++
	}
	if n == 0 {
		return
	}
	if m.stored == nil {
		p, _ := now.Plan(plan)
		m.stored, _ = p.FindID(m.id)
	}
	m.view, m.count, m.pending, m.folded, m.all = now, m.count+n, slices.Clone(m.pending[n:]), m.folded-n, withPending{}
	if m.corrects || now.Corrected(m.stored) { // the book reads them otherwise than they were read here
		m.known, m.history, m.read, m.folded = now.Read(m.stored), nil, nil, -1
		m.corrects = slices.ContainsFunc(m.pending, corrects)
	} else {
		m.known += n
	}
	if m.folded < 0 {
		m.state, m.folded = now.Newest(m.stored), 0
	}
}

// corrects says whether a statement is about corrections.
func corrects(s milestone.Statement) bool {
	_, ok := s.Event.(correction.Event)
	return ok
}
