package questions

import (
	"iter"
	"slices"
	"sync"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/projections"
	"milepost.dev/projections/slippage"
)

// lastList keeps the list that was last asked for in pages, where its order is over a whole plan: every page would otherwise
// make all of it. One list bounds the memory; who asks about another plan meanwhile only costs time. K says of what it is.
type lastList[K comparable, R any] struct {
	mu   sync.Mutex
	of   K   // guarded by mu
	list []R // guarded by mu; never changed once it is here
}

// get returns the list of k: the one that is kept or, on the first page, a new one.
func (l *lastList[K, R]) get(of K, furtherPage bool, list func() []R) []R {
	l.mu.Lock()
	kept, same := l.list, l.of == of
	l.mu.Unlock()
	if same && furtherPage {
		return kept
	}
	made := list()
	if furtherPage {
		l.mu.Lock()
		l.of, l.list = of, made
		l.mu.Unlock()
	}
	return made
}

type movesOf struct {
	plan     string
	position uint64
	asAt     civil.Date
}

// planMoves are the moves of a plan, in order of day over all milestones.
func (s *Server) planMoves(plan projections.Plan, asAt civil.Date, furtherPage bool) []slippage.Move {
	return s.moves.get(movesOf{plan.ID, plan.View().Position, asAt}, furtherPage, func() []slippage.Move { return slippage.List(plan, asAt) })
}

// maxMilestones bounds how many milestones one question may name.
const maxMilestones = 500

func notTooMany(milestones []string) error {
	if len(milestones) <= maxMilestones {
		return nil
	}
	return refuse(domain.Invalid, RuleMilestones, "milestones", "%d milestones are named, and one question takes %d. Ask for the rest in another, or for the whole plan.", len(milestones), maxMilestones)
}

// movesOfSeveral are the moves of those milestones that are named, each once, in the order of those of a plan. A name may be empty.
func movesOfSeveral(names []string, of func(projections.View, *projections.Milestone, civil.Date) []slippage.Move) func(Page) iter.Seq2[slippage.Move, error] {
	return func(p Page) iter.Seq2[slippage.Move, error] {
		return func(yield func(slippage.Move, error) bool) {
			var moves [][]slippage.Move
			asked := map[*projections.Milestone]bool{}
			for _, name := range names {
				if name == "" {
					continue
				}
				m, err := Milestone(p.Plan, name)
				if err != nil {
					yield(slippage.Move{}, err)
					return
				}
				if !asked[m] {
					asked[m] = true
					moves = append(moves, of(p.Plan.View(), m, p.AsAt))
				}
			}
			for _, move := range slippage.InOrder(slices.Concat(moves...)) {
				if !yield(move, nil) {
					return
				}
			}
		}
	}
}
