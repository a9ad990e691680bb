package projections

import (
	"sort"
	"sync"
	"sync/atomic"

	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
)

// baselines are what was told of the baselines of a plan. They stand apart from the plan's other statements: what the plan is on a
// day is folded of those, and a board may approve thousands of milestones at once.
type baselines struct {
	any    atomic.Bool // most plans have none, and their figures ask nothing more
	tiers  atomic.Bool
	told   list[plan.Statement]
	mu     sync.RWMutex
	folded baseline.Register // guarded by mu
}

// add keeps a statement about baselines.
func (b *Book) addBaseline(p *planEntry, s plan.Statement, e baseline.Event) {
	t := b.tellers.all()[s.By]
	p.baselines.told.append(s)
	p.baselines.mu.Lock()
	p.baselines.folded.Add(baseline.Statement{Position: s.Position, AsAt: s.AsAt, By: b.baselineTeller(t), Event: e})
	p.baselines.mu.Unlock()
	p.baselines.any.Store(true)
	switch e := e.(type) {
	case baseline.TiersSet:
		p.baselines.tiers.Store(true)
	case baseline.Approved:
		if of, ok := p.baselines.folded.Proposal(e.Proposal, s.Position); ok && of.Decided != nil && of.Decided.Position == s.Position {
			b.approve(p, s, of)
		}
	}
}

func (b *Book) baselineTeller(t teller) baseline.Teller {
	parties := b.parties.all()
	by := baseline.Teller{Actor: parties[t.actor], Speaker: parties[t.speaker]}
	if t.person > 0 {
		by.Person = parties[t.person-1]
	}
	return by
}

// statementAt returns the statement of the plan itself at a position, whichever list it is in.
func (p *planEntry) statementAt(position uint64) (plan.Statement, bool) {
	for _, all := range [][]plan.Statement{p.statements.all(), p.baselines.told.all()} {
		i := sort.Search(len(all), func(i int) bool { return all[i].Position >= position })
		if i < len(all) && all[i].Position == position {
			return all[i], true
		}
	}
	return plan.Statement{}, false
}

// StatementAt returns the statement of the plan itself at a position; false where it has none there, or the view does not know it.
func (p Plan) StatementAt(position uint64) (plan.Statement, bool) {
	if position > p.view.Position {
		return plan.Statement{}, false
	}
	return p.entry.statementAt(position)
}

// Baselined says whether anything was told of the plan's baselines, as far as the book knows.
func (p Plan) Baselined() bool { return p.entry.baselines.any.Load() }

// Proposals are the plan's proposals as this view knows them, in the order in which they were begun. They are not to be changed.
func (p Plan) Proposals() []baseline.Proposal {
	b := &p.entry.baselines
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.folded.Proposals(p.view.Position)
}

// Baselines are the approved values of a milestone in a dimension as this view knows them, in order of number.
func (p Plan) Baselines(id milestone.ID, d baseline.Dimension) []baseline.Baseline {
	return p.entry.approved(id, d, p.view.Position)
}

func (p *planEntry) approved(id milestone.ID, d baseline.Dimension, known uint64) []baseline.Baseline {
	if !p.baselines.any.Load() {
		return nil
	}
	p.baselines.mu.RLock()
	defer p.baselines.mu.RUnlock()
	return p.baselines.folded.Approved(nil, id, d, known)
}

// PendingBaseline is the newest value of a milestone in a dimension that waits for a decision.
func (p Plan) PendingBaseline(id milestone.ID, d baseline.Dimension) (baseline.Proposable, bool) {
	b := &p.entry.baselines
	if !b.any.Load() {
		return baseline.Proposable{}, false
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.folded.Pending(id, d, p.view.Position)
}

// DaysGranted are by how many days an item is later than the original baseline, or than the first forecast where there is none.
func (p Plan) DaysGranted(item baseline.Proposable) (days int, original, ok bool) {
	first := p.firsts([]baseline.Proposable{item})
	b := &p.entry.baselines
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.folded.Days(item.Item, first, min(p.view.Position, item.Position))
}

// firsts finds the first forecasts of what is proposed. It is asked before the baselines are locked, because figures lock them too.
func (p Plan) firsts(items []baseline.Proposable) func(milestone.ID) civil.Date {
	known := make(map[milestone.ID]civil.Date, len(items))
	for i := range items {
		known[items[i].Milestone] = p.FirstForecast(items[i].Milestone)
	}
	return func(id milestone.ID) civil.Date { return known[id] }
}

// Tier is the lowest tier that covers a proposal; false where the plan has none.
func (p Plan) Tier(of baseline.Proposal) (baseline.Tier, bool) {
	first := p.firsts(of.Items)
	b := &p.entry.baselines
	b.mu.RLock()
	defer b.mu.RUnlock()
	t, at := b.folded.LowestTier(of, baseline.Facts{First: first})
	return t, at >= 0
}

// TiersAsAt are those in force on a day, as this view knows them, from the lowest; none: any approver, without a bound.
func (p Plan) TiersAsAt(day civil.Date) []baseline.Tier {
	b := &p.entry.baselines
	if !b.tiers.Load() {
		return nil
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.folded.TiersAsAt(day, p.view.Position)
}

// ToldOfBaselines is everything that was told of the plan's baselines, as the book knows it, for whoever decides.
func (p Plan) ToldOfBaselines() (all []baseline.Statement) {
	b := &p.entry.baselines
	b.mu.RLock()
	defer b.mu.RUnlock()
	return append(all, b.folded.Told()...)
}

// tolerances are those in force on a day, from the lowest tier.
func (v View) tolerances(p *planEntry, day civil.Date) []figures.Tolerance {
	p.baselines.mu.RLock()
	defer p.baselines.mu.RUnlock()
	return baseline.Tolerances(p.baselines.folded.TiersAsAt(day, v.Position))
}

// promised is what was approved of a milestone as this view knows it.
func (v View) promised(m *Milestone) figures.Promises {
	all := m.original().promises.Load()
	if all == nil {
		return figures.Promises{}
	}
	return all.KnownAt(v.Position)
}

// approve keeps what an approval means for the figures of each milestone: a question about a large plan must not look for it.
func (b *Book) approve(p *planEntry, s plan.Statement, of baseline.Proposal) {
	for i := range of.Items {
		item := &of.Items[i]
		m, ok := p.index[item.Milestone]
		if !ok || item.Dimension == baseline.Benefit {
			continue
		}
		next := figures.Promises{}
		if known := m.promises.Load(); known != nil {
			next = *known
		}
		of.Promise(&next, item.Item, b.speaker(s.By))
		m.promises.Store(&next)
	}
}

// tellerAt is the index of who told an event of the plan itself.
func (b *Book) tellerAt(p *planEntry, position uint64) uint32 {
	s, _ := p.statementAt(position)
	return s.By
}

// DatesBaselined are the approved dates of a milestone as this view knows them, in order of number.
func (v View) DatesBaselined(m *Milestone) []figures.Baseline {
	return v.promised(m).Dates
}
