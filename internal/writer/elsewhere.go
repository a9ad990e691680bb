package writer

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/decide"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections/elsewhere"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
)

// Elsewhere is decide.World's. It goes by what is durable: nobody was asked about anything else.
func (w *planWorld) Elsewhere(added decide.Milestone, id milestone.ID, asAt civil.Date) (decide.Elsewhere, bool) {
	view := w.of.book.Now()
	p, ok := view.Plan(w.plan)
	if !ok || w.reads == nil {
		return decide.Elsewhere{}, false
	}
	m, ok := p.FindID(added.ID())
	if !ok {
		return decide.Elsewhere{}, false
	}
	for _, pair := range elsewhere.Of(view, m, asAt, w.reads) {
		if pair.LetGo.ID != id {
			continue
		}
		f := view.Figures(pair.LetGo, civil.Last)
		e := decide.Elsewhere{ElsewhereReplaced: milestone.ElsewhereReplaced{Old: id, First: f.First.Due, Due: f.Due}}
		for _, s := range view.StatementsOf(pair.LetGo, ledgerv1.EventType_EVENT_TYPE_MILESTONE_ADDED) {
			e.Added = w.Teller(s.By)
		}
		return e, true
	}
	return decide.Elsewhere{}, false
}
