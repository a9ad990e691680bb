package grpcserver

import (
	"context"
	"slices"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/wire"
	"milepost.dev/projections"
	"milepost.dev/projections/status"
)

// conflate sends, in place of events of a plan, the latest state of each milestone that they are about, in order of
// its last event. While it does, the position to resume from stays where it was: what is sent here is whole
// only with the caught_up that ends it, where anything was announced.
//
// Each state is the newest there is when it is sent, and not that of when this began: a caller who takes
// minutes to read them is told nothing that is minutes old. The changes that such a state is ahead of are
// not sent again afterwards.
func (w *watcher) conflate(ctx context.Context, d due) (announced bool, err error) {
	resume := w.sent
	milestones, changes := w.lastChanged(d.events)
	today := w.today(d.plan.Location)
	for _, e := range d.events {
		if e.Milestone != nil {
			continue
		}
		if err := w.sendChange(ctx, d.trail, e, resume); err != nil {
			return false, err
		}
	}
	for _, m := range milestones { // a filter may leave nothing to send
		if ctx.Err() != nil {
			return announced, ctx.Err()
		}
		now := w.book.Now()
		row, ok := status.Of(now, now.Milestone(m), today)
		if !ok {
			continue
		}
		w.ahead[m.ID] = now.Position
		send, left := w.passes(row)
		if !send {
			continue
		}
		if !announced {
			announced = true
			if err := w.stream.Send(&milepostv1.WatchResponse{
				Position: resume, Plan: w.scope.named(d.plan),
				Message: &milepostv1.WatchResponse_Conflated{Conflated: &milepostv1.Conflated{Changes: changes}},
			}); err != nil {
				return announced, err
			}
		}
		if err := w.stream.Send(&milepostv1.WatchResponse{
			Position: resume, Left: left, Plan: w.scope.named(d.plan),
			Message: &milepostv1.WatchResponse_State{State: wire.Status(row, w.names)},
		}); err != nil {
			return announced, err
		}
	}
	return announced, nil
}

// lastChanged are the milestones that events are about, as far as the caller watches them, in order of the
// last event of each; and how many events those are.
func (w *watcher) lastChanged(events []projections.Event) (milestones []*projections.Milestone, changes uint64) {
	seen := map[*projections.Milestone]bool{}
	for _, e := range slices.Backward(events) {
		if e.Milestone == nil || !w.about(e.Milestone) {
			continue
		}
		changes++
		if !seen[e.Milestone] {
			seen[e.Milestone] = true
			milestones = append(milestones, e.Milestone)
		}
	}
	slices.Reverse(milestones)
	return milestones, changes
}
