package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// openers are how many viewers open their pages at once: they do not all come in one moment.
const openers = 4

// crowd measures many who look at pages while much is said: half at boards and half at lists of the plans that it is said about.
func (v *viewing) crowd(ctx context.Context) error {
	v.say("%d viewers, %d events a second over %d plans, for %s", v.Viewers, loadPerS, loadPlans, v.Looking)
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	w := &waiting{said: map[uint64]time.Time{}}
	counts := make([]counting, v.Viewers)
	failed, ready := make(chan error, v.Viewers), make(chan struct{}, v.Viewers)
	opening := make(chan struct{}, openers)
	for i := range v.Viewers {
		path := fmt.Sprintf("/plans/%s%s", planID(i%loadPlans), []string{"", "/milestones"}[i/loadPlans%2])
		running.Go(func() {
			select {
			case opening <- struct{}{}:
			case <-ctx.Done():
				return
			}
			opened := sync.OnceFunc(func() { <-opening })
			defer opened() // also where it never opens
			var last uint64
			failed <- v.look(ctx, path, &counts[i], func(position uint64, at time.Time) {
				if position == 0 {
					opened()
					ready <- struct{}{}
					return
				}
				w.seen(i%loadPlans, last, position, at)
				last = position
			})
		})
	}
	for range v.Viewers {
		select {
		case <-ready:
		case err := <-failed:
			return errors.Join(errors.New("bench: a stream ended"), err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	before, cpu, begun := sum(counts), v.cpu(), time.Now()
	said, err := v.talk(ctx, w)
	if err != nil {
		return err
	}
	took := time.Since(begun)
	spent := v.cpu() - cpu
	sent := sum(counts) - before
	if err := pause(ctx, time.Second); err != nil { // what was said last is on its way
		return err
	}
	name := fmt.Sprintf("%d viewers, %d events/s: ", v.Viewers, loadPerS)
	v.note(name+"events a second", float64(said)/took.Seconds(), loadPerS, "/s at least")
	v.note(name+"processors", spent.Seconds()/took.Seconds(), 1, "cores")
	v.note(name+"sent", float64(sent)/took.Seconds()/1e6, 20, "MB/s")
	times := w.took()
	v.note(name+"from a statement to its receipt, p95", quantile(w.receipts(), 0.95), 0, "ms")
	v.note(name+"from a statement to its frame, p50", quantile(times, 0.5), 0, "ms")
	v.note(name+"from a statement to its frame, p95", quantile(times, 0.95), 400, "ms")
	return nil
}

// sum is what was read in all.
func sum(counts []counting) (n int) {
	for i := range counts {
		n += int(counts[i].n.Load())
	}
	return n
}

// inFlight bounds how many statements about one plan wait for their answers at once: whoever states at a steady rate does not wait for one
// answer before the next.
const inFlight = 200

// talk states dates at a steady rate about each plan.
func (v *viewing) talk(ctx context.Context, w *waiting) (int, error) {
	var said atomic.Int64
	var running sync.WaitGroup
	var once sync.Once
	var failed error
	ends := time.Now().Add(v.Looking)
	for plan := range loadPlans {
		running.Go(func() {
			tick := time.NewTicker(time.Second * loadPlans / loadPerS)
			defer tick.Stop()
			places := make(chan struct{}, inFlight)
			for i := 0; time.Now().Before(ends) && ctx.Err() == nil; i++ {
				<-tick.C
				places <- struct{}{}
				running.Go(func() {
					defer func() { <-places }()
					asked := time.Now()
					answer, err := v.commands(plan).Submit(ctx, &pb.SubmitRequest{
						RequestId: fmt.Sprintf("talk-%d-%d", plan, i), Plan: planID(plan),
						Commands: []*pb.Command{dated(ref(i%smallPlan), "2026-08-01", fmt.Sprintf("%d-%02d-%02d", 2027+i/12%3, 1+i%12, 1+i/60%28), "said by the bench")},
					})
					if err != nil {
						once.Do(func() { failed = err })
						return
					}
					said.Add(1)
					w.saying(plan, answer.GetReceipt().GetPosition(), asked)
				})
			}
		})
	}
	running.Wait()
	return int(said.Load()), failed
}

// waiting is when what was said was said, and how long each viewer waited for it. It is safe for concurrent use.
type waiting struct {
	mu    sync.Mutex
	said  map[uint64]time.Time // by position
	of    [loadPlans][]uint64  // the positions of each plan, in order
	shown []shown
	acked []time.Duration // how long each statement waited for its receipt
}

// shown is a frame as a viewer got it.
type shown struct {
	plan      int
	after, at uint64
	when      time.Time
}

func (w *waiting) saying(plan int, position uint64, when time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.said[position] = when
	w.of[plan] = append(w.of[plan], position)
	w.acked = append(w.acked, time.Since(when))
}

// receipts is how long each statement waited for its receipt: that much of the way to a frame is not the pages'.
func (w *waiting) receipts() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.acked
}

func (w *waiting) seen(plan int, after, at uint64, when time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.shown = append(w.shown, shown{plan, after, at, when})
}

// took is how long each viewer waited for each statement about what they look at: until the first frame that has it.
func (w *waiting) took() []time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []time.Duration
	for _, s := range w.shown {
		for _, position := range w.of[s.plan] {
			if position > s.after && position <= s.at {
				all = append(all, s.when.Sub(w.said[position]))
			}
		}
	}
	return all
}
