package questions

import (
	"sync"

	"milepost.dev/domain/civil"
	"milepost.dev/projections"
	"milepost.dev/projections/slippage"
)

// planMoves keeps the moves of the plan that was last asked for in pages. They are in order of day over all
// milestones, so that every page would otherwise fold the whole plan. One list bounds the memory; who asks
// about another plan meanwhile only costs time.
type planMoves struct {
	mu    sync.Mutex
	of    movesOf         // guarded by mu
	moves []slippage.Move // guarded by mu; never changed once it is here
}

type movesOf struct {
	plan     string
	position uint64
	asAt     civil.Date
}

func (p *planMoves) list(plan projections.Plan, asAt civil.Date, furtherPage bool) []slippage.Move {
	of := movesOf{plan.ID, plan.View().Position, asAt}
	p.mu.Lock()
	kept, same := p.moves, p.of == of
	p.mu.Unlock()
	if same && furtherPage {
		return kept
	}
	moves := slippage.List(plan, asAt)
	if furtherPage {
		p.mu.Lock()
		p.of, p.moves = of, moves
		p.mu.Unlock()
	}
	return moves
}
