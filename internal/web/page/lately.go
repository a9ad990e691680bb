package page

import (
	"slices"
	"sync"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// newest keeps the last events of plans, for pages that are made again after each change: what was told stays told, so that only what came since is
// asked for. It is safe for concurrent use.
type newest struct {
	mu    sync.Mutex
	kept  []lastEvents // guarded by mu; used last is last
	holds int          // guarded by mu: events in all
}

// eventsOf is whose events they are, and for whom: nobody is shown what another may see.
type eventsOf struct {
	token, plan string
	want        int
}

type lastEvents struct {
	eventsOf
	position uint64           // up to which they are the last
	asked    time.Duration    // when all of them were asked for, by the clock's Elapsed
	events   []*pb.AuditEntry // newest first; nobody changes them
	next     uint64           // as asking.events has it
}

const (
	// newestHolds bounds how many events are kept in all.
	newestHolds = 20_000
	// newestFor is how long events are given again: a name in one of them may be forgotten meanwhile.
	newestFor = 2 * time.Second
)

// find is what is kept; false where nothing is.
func (n *newest) find(of eventsOf) (lastEvents, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := slices.IndexFunc(n.kept, func(l lastEvents) bool { return l.eventsOf == of })
	if i < 0 {
		return lastEvents{}, false
	}
	found := n.kept[i]
	n.kept = append(slices.Delete(n.kept, i, i+1), found)
	return found, true
}

// keep keeps events in the place of those that were kept before, unless those are newer.
func (n *newest) keep(l lastEvents) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if i := slices.IndexFunc(n.kept, func(k lastEvents) bool { return k.eventsOf == l.eventsOf }); i >= 0 {
		if n.kept[i].position > l.position {
			return
		}
		n.holds -= len(n.kept[i].events)
		n.kept = slices.Delete(n.kept, i, i+1)
	}
	n.kept, n.holds = append(n.kept, l), n.holds+len(l.events)
	for len(n.kept) > 1 && n.holds > newestHolds {
		n.holds -= len(n.kept[0].events)
		n.kept = slices.Delete(n.kept, 0, 1)
	}
}

// lastEvents are the last events of a plan by what the page knows, as events has them, of which the earlier ones may be remembered.
func (a *asking) lastEvents(plan string, want int) (events []*pb.AuditEntry, next uint64, err error) {
	of, upTo := eventsOf{TokenOf(a), plan, want}, a.spoken.GetPosition()
	known, ok := a.newest.find(of)
	if !ok || known.position > upTo || a.elapsed()-known.asked > newestFor {
		known = lastEvents{eventsOf: of, asked: a.elapsed()}
		if known.events, known.next, err = a.events(plan, upTo, want); err != nil {
			return nil, 0, err
		}
		known.position = upTo
		a.newest.keep(known)
		return known.events, known.next, nil
	}
	if known.position == upTo {
		return known.events, known.next, nil
	}
	since, err := all(a, a.api.Audit(a, &pb.ListAuditRequest{Plan: plan, ReadAt: a.readAt(), After: known.position, PageSize: largePage}))
	if err != nil {
		return nil, 0, err
	}
	if len(since) >= want || slices.ContainsFunc(since, rereads) {
		if known.events, known.next, err = a.events(plan, upTo, want); err != nil {
			return nil, 0, err
		}
	} else {
		slices.Reverse(since)
		if known.events = append(since, known.events...); len(known.events) > want {
			known.events, known.next = known.events[:want], known.events[want-1].GetPosition()
		}
	}
	known.position = upTo
	a.newest.keep(known)
	return known.events, known.next, nil
}

// rereads says whether an event may change how an earlier one is told. Of most kinds it is known that they do not.
func rereads(e *pb.AuditEntry) bool {
	switch e.GetEvent() {
	case "ForecastGiven", "ForecastReconfirmed", "ForecastRestated", "ForecastAwaited", "ForecastWithdrawn", "MilestoneSlipped", "MilestoneRecovered", "MilestoneAchieved",
		"MilestoneAdded", "ProgressReported", "OwnerChanged", "FundingConfirmed", "DeliveryDateUnread":
		return false
	}
	return true
}
