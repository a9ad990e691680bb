package live

import (
	"context"
	"errors"
	"sync"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/web/page"
)

// apart is the least time from when one page was made until it is made again: what happens meanwhile is in the next. The first change after
// a pause is shown at once.
const apart = 200 * time.Millisecond

// keep makes a page again and again, until nobody looks at it or it cannot be made.
func (s *Screens) keep(ctx context.Context, sc *screen, k page.Kind, q page.Question) error {
	// What follows the changes ends with this function, which waits for it.
	ctx, cancel := context.WithCancel(ctx)
	var following sync.WaitGroup
	defer following.Wait()
	defer cancel()
	changed := make(chan struct{}, 1) // one is enough: a page is made from all there is
	var heard chan struct{}           // closed when nothing follows the changes any more
	beat := time.NewTicker(s.Beat)
	defer beat.Stop()
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select { // at once, where nothing was made just now
		case <-rest.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		made, err := s.Pages.Make(ctx, k, q)
		if err != nil {
			return err
		}
		rest.Reset(apart)
		f, follows := made.Frame(), made.Follows() // and nothing else of what was made, which may be large
		sc.show(f)
		if heard == nil || isClosed(heard) {
			ended, position := make(chan struct{}), f.Position
			heard = ended
			following.Go(func() {
				defer close(ended)
				s.follow(ctx, follows, position, changed)
			})
		}
		select {
		case <-changed:
		case <-beat.C: // the day may have ended, or what followed the changes has
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// follow tells of every change of a plan, or of all plans, behind a position. It ends with the context, or where the
// server does not let it go on; the next beat shows why.
func (s *Screens) follow(ctx context.Context, plan string, after uint64, changed chan<- struct{}) {
	select {
	case s.following <- struct{}{}:
		defer func() { <-s.following }()
	default:
		return // all places are taken
	}
	for m, err := range s.API.Watch(ctx, &pb.WatchRequest{Plan: plan, After: &after}) {
		if err != nil {
			if ctx.Err() == nil && mayNot(err) {
				tell(changed) // who may not follow it may not see it either: making it again says so, and ends its streams
				return
			}
			if ctx.Err() == nil {
				s.Log.Warn("a page no longer hears of changes, and looks for itself", "every_s", s.Beat.Seconds(), "err", err)
			}
			return
		}
		if m.GetPosition() <= after {
			continue
		}
		tell(changed)
	}
}

func tell(changed chan<- struct{}) {
	select {
	case changed <- struct{}{}:
	default: // it was told already, and has not looked since
	}
}

// mayNot says whether the visitor's right has ended.
func mayNot(err error) bool {
	e, ok := errors.AsType[*client.Error](err)
	return ok && (e.Code == "UNAUTHENTICATED" || e.Code == "PERMISSION_DENIED")
}
