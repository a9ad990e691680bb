package node

import (
	"context"
	"errors"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/writer"
	"milepost.dev/projections"
)

// Readiness is how the server is. It answers from the moment that the node listens: while the ledger is being
// read, too.
func (n *Node) Readiness() grpcserver.Report {
	report := n.readiness()
	n.callers.report(&report)
	if n.ready.Load() != nil {
		report.Node = n.nodeReport()
	}
	return report
}

func (n *Node) readiness() grpcserver.Report {
	r := n.ready.Load()
	if r == nil {
		return n.starting()
	}
	book := r.replica.Book()
	report := grpcserver.Report{
		Commands:   grpcserver.CommandsReport{State: grpcserver.CommandsAccepting, Accepting: true},
		ReadModels: grpcserver.ReadModelsReport{State: grpcserver.ReadModelsCaughtUp, CaughtUp: true},
		Ledger:     ledgerReport(book.Now()),
	}
	report.ReadModels.Position, report.ReadModels.LedgerPosition = book.Position(), r.replica.Position()
	if w := r.writer.Load(); w != nil {
		report.Commands.Waiting, report.Commands.Room = w.Waiting()
	} else {
		report.Commands = grpcserver.CommandsReport{State: grpcserver.CommandsFollowing, Reason: "this server follows the ledger and takes no commands"}
	}
	if _, err := n.guard.Check(); err != nil && report.Commands.Accepting {
		report.Commands.Set(grpcserver.CommandsClock, err.Error())
	}
	if full := n.noRoom(); full != nil && report.Commands.Accepting {
		report.Commands.Set(grpcserver.CommandsNoRoom, full.Error())
	}
	if err := r.failure(); err != nil {
		report.Commands.Set(stateOf(err), err.Error())
		_ = n.noteDamage(err)
	}
	if err := n.store.Failure(); err != nil {
		report.Commands.Set(grpcserver.CommandsStopped, err.Error())
	}
	if n.closing.Load() {
		report.Commands.Set(grpcserver.CommandsClosing, "the server was told to stop")
	}
	if poison := book.Stopped(); poison != nil {
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
	if r := n.folding.Load(); r != nil {
		report.ReadModels.Position = r.Book().Position()
	}
	if err := n.Forked(); err != nil {
		const nothing = "nothing of the ledger is served"
		report.Commands.Set(grpcserver.CommandsStopped, nothing)
		report.ReadModels.Reason = nothing
		report.Ledger.State, report.Ledger.Reason = grpcserver.LedgerForked, err.Error()
	}
	return report
}

// stateOf tells what passes by itself from what does not.
func stateOf(failure error) string {
	var unavailable *writer.Unavailable
	if errors.As(failure, &unavailable) && unavailable.Rule == writer.RuleUnknown {
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
	if r := n.folding.Load(); r != nil && located.Position == 0 {
		located.Position, _ = r.Book().FirstOf(located.Commit)
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
		return &writer.Unavailable{
			Rule: writer.RuleLedgerStopped, RetryAfter: 5 * time.Second,
			Sentence: "The ledger has stopped, and the server must be started again. Ask again then.",
		}
	}
	if n.member != nil && errors.Is(err, eventstore.ErrUnknown) {
		return &writer.Unavailable{
			Rule: writer.RuleReceiptNotRead, RetryAfter: time.Second,
			Sentence: "The ledger cannot be read from the NATS servers at the moment. Ask again in a moment.",
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

// Tail implements eventstore.Log.
func (o observed) Tail(ctx context.Context, from uint64, yield func(number uint64, data []byte) error) error {
	return o.note(o.Log.Tail(ctx, from, yield))
}
