package node

import (
	"context"
	"errors"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/service"
	"milepost.dev/projections"
)

// Readiness is how the server is. It answers from the moment that the node listens: while the ledger is being
// read, too.
func (n *Node) Readiness() grpcserver.Report {
	s := n.ready.Load()
	if s == nil {
		return n.starting()
	}
	report := grpcserver.Report{
		Commands:   grpcserver.CommandsReport{State: grpcserver.CommandsAccepting, Accepting: true},
		ReadModels: grpcserver.ReadModelsReport{State: grpcserver.ReadModelsCaughtUp, CaughtUp: true},
		Ledger:     ledgerReport(s.Book().Now()),
	}
	report.ReadModels.Position = s.Book().Position()
	report.ReadModels.LedgerPosition = s.Position()
	if _, err := n.guard.Check(); err != nil {
		report.Commands = notAccepting(grpcserver.CommandsClock, err)
	}
	if err := s.Failure(); err != nil {
		report.Commands = notAccepting(stateOf(err), err)
		_ = n.noteDamage(err)
	}
	if err := n.embedded.Failure(); err != nil {
		report.Commands = notAccepting(grpcserver.CommandsStopped, err)
	}
	if n.closing.Load() {
		report.Commands = grpcserver.CommandsReport{State: grpcserver.CommandsClosing, Reason: "the server was told to stop"}
	}
	report.Commands.Waiting, report.Commands.Room = s.Waiting()
	if poison := s.Book().Stopped(); poison != nil {
		report.ReadModels.State, report.ReadModels.CaughtUp = grpcserver.ReadModelsUnreadable, false
		report.ReadModels.Reason, report.ReadModels.LedgerPosition = poison.Error(), max(poison.Position, report.ReadModels.LedgerPosition)
	}
	if d := n.damage.Load(); d != nil {
		report.Ledger.State, report.Ledger.FirstWrong, report.Ledger.Reason = grpcserver.LedgerDamaged, d.Position, d.Reason
	}
	return report
}

func (n *Node) starting() grpcserver.Report {
	const why = "the ledger is being read and proved"
	report := grpcserver.Report{
		Commands:   grpcserver.CommandsReport{State: grpcserver.CommandsStarting, Reason: why},
		ReadModels: grpcserver.ReadModelsReport{State: grpcserver.ReadModelsBehind, Reason: why},
		Ledger:     grpcserver.LedgerReport{State: grpcserver.LedgerProving},
	}
	if book := n.folding.Load(); book != nil {
		report.ReadModels.Position = book.Position()
	}
	return report
}

func notAccepting(state string, why error) grpcserver.CommandsReport {
	return grpcserver.CommandsReport{State: state, Reason: why.Error()}
}

// stateOf tells what passes by itself from what does not.
func stateOf(failure error) string {
	var unavailable *service.Unavailable
	if errors.As(failure, &unavailable) && unavailable.Rule == service.RuleUnknown {
		return grpcserver.CommandsUnknown
	}
	return grpcserver.CommandsStopped
}

func ledgerReport(view projections.View) grpcserver.LedgerReport {
	report := grpcserver.LedgerReport{State: grpcserver.LedgerOK}
	for _, l := range view.Losses() {
		report.State = grpcserver.LedgerLoss
		report.Losses = append(report.Losses, grpcserver.LossReport{
			Position: l.Position, LastKnown: l.LastKnown, RestoredAt: l.Time().Format(time.RFC3339Nano),
		})
	}
	return report
}

// noteDamage keeps the first damage that was found since the start, for health to tell of. A log knows the
// commit and no position; where the book knows that commit, the error that is returned names its first.
func (n *Node) noteDamage(err error) error {
	var damage *eventstore.Damage
	if !errors.As(err, &damage) {
		return err
	}
	located := *damage
	if book := n.folding.Load(); book != nil && located.Position == 0 {
		located.Position, _ = book.FirstOf(located.Commit)
	}
	n.damage.CompareAndSwap(nil, &located)
	if damage.Position == 0 {
		return &located
	}
	return err
}

// noteForCallers is noteDamage for those who read the ledger over the server. Where its directory was taken from it
// nothing is wrong with what they ask, and the next server answers.
func (n *Node) noteForCallers(err error) error {
	if errors.As(err, new(*embedded.Replaced)) {
		return &service.Unavailable{
			Rule: service.RuleLedgerStopped, RetryAfter: 5 * time.Second,
			Sentence: "The ledger has stopped, and the server must be started again. Ask again then.",
		}
	}
	return n.noteDamage(err)
}

// observed is the ledger's log, with an eye on what reading it comes to: a disk may go bad after the start,
// at which everything was read.
type observed struct {
	eventstore.Log
	note func(error) error
}

// Load implements eventstore.Log.
func (o observed) Load(ctx context.Context, number uint64) ([]byte, error) {
	data, err := o.Log.Load(ctx, number)
	return data, o.note(err)
}

// Read implements eventstore.Log.
func (o observed) Read(ctx context.Context, from uint64, yield func(number uint64, data []byte) error) error {
	return o.note(o.Log.Read(ctx, from, yield))
}
