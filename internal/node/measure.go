package node

import (
	"context"
	"errors"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/internal/access/places"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/observe/metrics"
	"milepost.dev/internal/oracle/sweep"
	"milepost.dev/internal/writer"
)

// measured is the state of the node for those who measure it, while the ledger is read too.
func (n *Node) measured() metrics.State {
	report := n.Readiness()
	state := metrics.State{
		Ready: report.Ready(),
		States: map[string]string{
			"commands": report.Commands.State, "read_models": report.ReadModels.State, "ledger": report.Ledger.State,
		},
		LedgerPosition: max(report.ReadModels.LedgerPosition, report.ReadModels.Position), ReadPosition: report.ReadModels.Position,
		Losses: len(report.Ledger.Losses), Damaged: n.damage.Load() != nil, Now: n.clock.Now(),
	}
	state.Cluster = n.measureCluster(report)
	n.callers.measure(&state)
	n.measurePlaces(&state)
	state.Quotas = n.usage.Highest()
	if d := n.names.Load(); d != nil {
		state.Parties = d.Size()
	}
	state.Space = space(n.data)
	state.Space.Floor = n.floor
	if last, err := sweep.Read(n.data); err == nil {
		state.Swept = metrics.Swept{Whole: last.Whole, Damaged: last.Damage != ""}
	}
	for _, l := range report.Ledger.Losses {
		state.LostPositions += max(l.LastKnown, l.Position) - l.Position
	}
	if r := n.folding.Load(); r != nil && state.LedgerPosition > state.ReadPosition && state.ReadPosition > 0 {
		// When the first that is missing was accepted, only its record knows.
		state.ReadSince, _ = r.Book().RecordedAfter(state.ReadPosition - 1)
	}
	r := n.ready.Load()
	if r == nil {
		return state
	}
	state.Space.Growth = growth(r.replica.Book(), state.Now, state.Space.Ledger)
	if w := r.writer.Load(); w != nil {
		q := w.Queue()
		state.QueueRequests, state.QueueRequestsLimit, state.QueueBytes, state.QueueBytesLimit = q.Requests, q.MostRequests, q.Bytes, q.MostBytes
	}
	if server := n.answering.Load(); server != nil {
		f, b := server.Following(), server.Backup()
		state.CallsRunning, state.Watchers, state.WatchersLimit = server.Running(), f.Watchers, f.Most
		state.WatcherBehind, state.WatcherSince = f.Behind, f.Since
		state.BackupPosition, state.BackupAt = b.Position, b.At
	}
	return state
}

// measurePlaces says how the places are used that are shared out among callers.
func (n *Node) measurePlaces(s *metrics.State) {
	add := func(of string, c places.Count) {
		s.Places = append(s.Places, metrics.Places{Of: of, Taken: c.Taken, Most: c.Most, Refused: c.Refused})
	}
	connections := n.crowd.Count()
	add("http-connections", connections.Known)
	s.Strangers, s.StrangersClosed = connections.Strangers, connections.Closed
	if server := n.answering.Load(); server != nil {
		for of, c := range server.Places() {
			add(of, c)
		}
		open, closed := server.Strangers()
		s.Strangers, s.StrangersClosed = s.Strangers+open, s.StrangersClosed+closed
	}
	if h := n.rest.Load(); h != nil {
		for of, c := range h.Places() {
			add(of, c)
		}
	}
}

// timed is the ledger's log, and how long it takes to make a commit durable.
type timed struct {
	eventstore.Log
	clock clock.Clock
	tell  func(size int, took time.Duration, unclear bool)
}

// Append implements eventstore.Log.
func (t timed) Append(ctx context.Context, number uint64, data []byte) error {
	began := t.clock.Elapsed()
	err := t.Log.Append(ctx, number, data)
	t.tell(len(data), t.clock.Elapsed()-began, errors.Is(err, eventstore.ErrUnknown) || errors.Is(err, eventstore.ErrConflict))
	return err
}

// both tells two of every commit.
func both(first, second writer.Appending) writer.Appending {
	return func(ctx context.Context, requests int) (context.Context, func(*eventstore.Commit, error)) {
		ctx, endFirst := first(ctx, requests)
		ctx, endSecond := second(ctx, requests)
		return ctx, func(commit *eventstore.Commit, err error) {
			endSecond(commit, err)
			endFirst(commit, err)
		}
	}
}
