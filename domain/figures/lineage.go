package figures

import (
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// heritage is what a milestone has from those whose place it took (R8). The zero heritage is none.
type heritage struct {
	told  told // the statement by which it took their place
	first Said // the earliest of their first forecasts
	due   Said // the earliest of their last due days
	// baselines are those of the one whose original is the earliest; nil where none has any.
	baselines []Baseline
	further   *inherited // nil for most
}

func (h *heritage) any() bool { return h.first.Due != 0 }

// lineage works out heritages through any chain. It asks about each milestone once, so that milestones that take each other's
// place come to an end.
type lineage struct {
	r    Record
	at   civil.Date
	done map[milestone.ID]ends // without days while a milestone is asked about
}

// ends are the first forecast of a milestone and its last due day.
type ends struct {
	first, due Said
	baselines  []Baseline
	further    *Further
}

func newLineage(at civil.Date, r Record) *lineage {
	if r.Known == nil {
		r.Known = func(milestone.ID) []milestone.Statement { return nil }
	}
	return &lineage{r: r, at: at, done: map[milestone.ID]ends{r.ID: {}}}
}

// heritage finds what a milestone has from others, from the as-at day on at which it took their place: of several the earliest of
// each. The parts of a split have it from the whole.
func (l *lineage) heritage(id milestone.ID, statements []milestone.Statement) (h heritage) {
	for _, t := range l.takings(statements) {
		h.take(t.told, t.elsewhere())
		for _, old := range t.old {
			if old != id {
				h.take(t.told, l.ends(old))
			}
		}
	}
	return h
}

// take adds what a milestone has from one more.
func (h *heritage) take(t told, e ends) {
	h.further = h.further.take(t, e.further)
	if e.first.Due == 0 || e.due.Due == 0 {
		return
	}
	if !h.any() {
		h.told, h.first, h.due, h.baselines = t, e.first, e.due, e.baselines
		return
	}
	if len(e.baselines) > 0 && (len(h.baselines) == 0 || e.baselines[0].Due < h.baselines[0].Due) {
		h.baselines = e.baselines
	}
	if e.first.Due < h.first.Due {
		h.first = e.first
	}
	if e.due.Due < h.due.Due {
		h.due = e.due
	}
}

// taking is a statement by which a milestone took the place of others.
type taking struct {
	told
	old []milestone.ID
}

// elsewhere are the ends of a milestone of another plan: what it promised is said in the statement itself. Its dates have no position, because
// nobody said them in this plan.
func (t *taking) elsewhere() ends {
	e, _ := t.statement.Event.(milestone.ElsewhereReplaced)
	said := func(due civil.Date) Said {
		return Said{Due: due, Period: Span{First: due, Last: due}, Speaker: t.speaker}
	}
	return ends{first: said(e.First), due: said(e.Due)}
}

// takings are those about the day asked about and earlier ones, in the order of telling.
func (l *lineage) takings(statements []milestone.Statement) (all []taking) {
	for i := range statements {
		s := &statements[i]
		old, takes := oldOf(s.Event)
		if !takes || s.AsAt > l.at {
			continue
		}
		t := told{statement: s, asAt: s.AsAt, speaker: s.By, request: l.r.request(s.Position)}
		if l.r.Speaker != nil {
			t.speaker = l.r.Speaker(s.By)
		}
		all = append(all, taking{t, old})
	}
	slices.SortStableFunc(all, func(a, b taking) int { return inTelling(a.told, b.told) })
	return all
}

// oldOf returns the milestones of the plan whose place an event takes, and whether it takes any, also of another plan.
func oldOf(e milestone.Event) (old []milestone.ID, takes bool) {
	switch e := e.(type) {
	case milestone.Replaced:
		return e.Old, len(e.Old) > 0
	case milestone.ElsewhereReplaced:
		return nil, true
	case milestone.Added:
		return e.PartsOf, len(e.PartsOf) > 0
	}
	return nil, false
}

// ends returns the first forecast and the last due day of another milestone as at the day asked about. No day: it has none that
// was in force.
func (l *lineage) ends(id milestone.ID) ends {
	if e, ok := l.done[id]; ok {
		return e
	}
	l.done[id] = ends{}
	statements := l.r.Known(id)
	all, _ := read(nil, statements, l.r)
	of := l.r
	of.ID, of.Promised, of.Lines = id, Promises{}, nil
	if l.r.PromisedOf != nil {
		of.Promised = l.r.PromisedOf(id)
		of.Promised.GivenUp = nil
	}
	h := l.heritage(id, statements)
	w := walkOf(all, l.at, of, h, nil)
	var f Figures
	w.stands(&f)
	w.totals(&f)
	e := ends{}
	if w.further != nil {
		e.further = &w.further.Further
	}
	if f.First.Due != 0 && f.Due != 0 {
		e.first, e.due, e.baselines = f.First, w.prev.said(), w.approved
	}
	l.done[id] = e
	return e
}

// replaced says whether others took a milestone's place. Of milestones that take each other's place, also through others, none
// is replaced.
func (l *lineage) replaced(id milestone.ID, statements []milestone.Statement) bool {
	return slices.ContainsFunc(l.successors(id, statements), func(n milestone.ID) bool {
		return !l.leads(n, id, map[milestone.ID]bool{})
	})
}

// successors are those that took a milestone's place by the day asked about: those that replaced it, and the parts of a split in
// which it did not stay one itself.
func (l *lineage) successors(id milestone.ID, statements []milestone.Statement) (all []milestone.ID) {
	for i := range statements {
		s := &statements[i]
		if s.AsAt > l.at {
			continue
		}
		switch e := s.Event.(type) {
		case milestone.Replaced:
			all = append(all, e.New...)
		case milestone.ReviewSettled:
			if parts := l.parts(e); !slices.Contains(parts, id) {
				all = append(all, parts...)
			}
		}
	}
	return all
}

func (l *lineage) parts(e milestone.ReviewSettled) (ids []milestone.ID) {
	if e.Outcome != milestone.Split || l.r.Find == nil {
		return nil
	}
	for _, ref := range e.Parts() {
		if id, ok := l.r.Find(ref); ok {
			ids = append(ids, id)
		}
	}
	return ids
}

// leads says whether one milestone is another, or that took its place through any chain.
func (l *lineage) leads(from, to milestone.ID, passed map[milestone.ID]bool) bool {
	if from == to || passed[from] {
		return from == to
	}
	passed[from] = true
	return slices.ContainsFunc(l.successors(from, l.r.Known(from)), func(n milestone.ID) bool { return l.leads(n, to, passed) })
}

// inherit begins the walk with what a milestone has from others: their last due day, which is owed until it states a date of its
// own (R8). Its own dates go on from there, also those about earlier days.
func (w *walk) inherit(h heritage) {
	if !h.any() {
		return
	}
	w.heritage, w.start.inherits = h, true
	w.prev = told{
		statement: &milestone.Statement{Position: h.due.Position}, kind: dated, order: -1,
		speaker: h.due.Speaker, asAt: h.told.asAt, due: h.due.Due, span: h.due.Period,
	}
	w.known, w.given, w.promised = true, true, true
	first := w.firstForecast()
	w.row(Row{
		Event: eventReplaced, AsAt: h.told.asAt, From: first, To: h.due, Days: first.Due.DaysUntil(h.due.Due),
		Measured: true, Counts: true, By: h.told.speaker, about: h.told.statement.Position,
	})
	w.owe(&h.told)
}

// firstForecast is what the milestone is measured against: the earlier one of its own and what it has from others.
func (w *walk) firstForecast() Said {
	own := &w.start.first
	if w.start.known && own.asAt <= w.at && (!w.start.inherits || own.due < w.heritage.first.Due) {
		return own.said()
	}
	return w.heritage.first
}
