package bench

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

const (
	// openers are how many viewers open their pages at once: they do not all come in one moment.
	openers = 4
	// crowdRounds are how often the same is stated while nobody looks, and then while many do; medians are the result.
	crowdRounds = 3
)

// crowd measures many who look at pages while much is said: half at boards and half at lists of the plans that it is said about. The same is
// stated before while nobody looks, so that what it costs is told apart from what those who look do.
func (v *viewing) crowd(ctx context.Context) error {
	v.say("%d viewers, %d events a second over %d plans, for %s in %d rounds, and as much while nobody looks", v.Viewers, loadPerS, loadPlans, v.Looking, crowdRounds)
	var alone, watched []looked
	for range crowdRounds {
		quiet, err := v.talk(ctx, &waiting{said: map[uint64]time.Time{}}, v.Looking/crowdRounds)
		if err != nil {
			return err
		}
		crowded, err := v.look200(ctx)
		if err != nil {
			return err
		}
		alone, watched = append(alone, quiet), append(watched, crowded)
	}
	of := func(rounds []looked, figure func(looked) float64) float64 {
		var all []float64
		for _, r := range rounds {
			all = append(all, figure(r))
		}
		return median(all)
	}
	cores, perS := func(l looked) float64 { return l.cpu.Seconds() / l.took.Seconds() }, func(l looked) float64 { return float64(l.said) / l.stating.Seconds() }
	receipts := func(l looked) float64 { return quantile(l.receipts(), 0.95) }
	name := fmt.Sprintf("nobody looks, %d events/s: ", loadPerS)
	v.note(name+"events a second", of(alone, perS), 0, "/s")
	v.note(name+"processors of the server", of(alone, cores), 0, "cores")
	v.note(name+"from a statement to its receipt, p95", of(alone, receipts), 0, "ms")
	name = fmt.Sprintf("%d viewers, %d events/s: ", v.Viewers, loadPerS)
	v.note(name+"events a second", math.Round(of(watched, perS)), loadPerS, "/s at least") // the last of them is always a moment late
	v.note(name+"processors of the server, with what nobody looking costs", of(watched, cores), 1, "cores")
	v.note(name+"frames a second, each viewer", of(watched, func(l looked) float64 { return float64(l.frames) / l.took.Seconds() / float64(v.Viewers) }), 5, "/s at most")
	v.note(name+"sent", of(watched, func(l looked) float64 { return float64(l.sent) / l.took.Seconds() / 1e6 }), 20, "MB/s")
	v.note(name+"from a statement to its receipt, p95", of(watched, receipts), 0, "ms")
	v.note(name+"from a statement to its frame, p50", of(watched, func(l looked) float64 { return quantile(l.waits(), 0.5) }), 0, "ms")
	v.note(name+"from a statement to its frame, p95", of(watched, func(l looked) float64 { return quantile(l.waits(), 0.95) }), 400, "ms")
	return nil
}

// looked is what came of some seconds in which much was said.
type looked struct {
	*waiting
	said, sent, frames int
	stating            time.Duration // until the last was stated: more than was meant where the server or this process is behind
	took               time.Duration // until the last had its receipt
	cpu                time.Duration // the processors' time of the server alone, unless it runs in this process
}

// look200 has all viewers open their pages, states as much, and has them go.
func (v *viewing) look200(ctx context.Context) (looked, error) {
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
			return looked{}, errors.Join(errors.New("bench: a stream ended"), err)
		case <-ctx.Done():
			return looked{}, ctx.Err()
		}
	}
	before := sum(counts)
	frames := w.frames()
	l, err := v.talk(ctx, w, v.Looking/crowdRounds)
	if err != nil {
		return l, err
	}
	l.sent, l.frames = sum(counts)-before, w.frames()-frames
	return l, pause(ctx, time.Second) // what was said last is on its way
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

// talk states dates at a steady rate about each plan, for so long.
func (v *viewing) talk(ctx context.Context, w *waiting, long time.Duration) (looked, error) {
	var said atomic.Int64
	var running sync.WaitGroup
	var once sync.Once
	var failed error
	cpu, begun := v.cpu(), time.Now()
	each := int(long * loadPerS / loadPlans / time.Second)
	first := v.talked
	v.talked += each
	var last [loadPlans]time.Duration // when the last was stated
	for plan := range loadPlans {
		running.Go(func() {
			places := make(chan struct{}, inFlight)
			for i := range each {
				// By the time that has gone by, and not by a ticker, which leaves out what a busy machine is late for.
				due := begun.Add(time.Duration(i) * time.Second * loadPlans / loadPerS)
				if pause(ctx, time.Until(due)) != nil {
					return
				}
				places <- struct{}{}
				asked := time.Now()
				last[plan] = asked.Sub(begun)
				running.Go(func() {
					defer func() { <-places }()
					if err := v.tellOne(ctx, w, plan, first+i, asked); err != nil {
						once.Do(func() { failed = err })
						return
					}
					said.Add(1)
				})
			}
		})
	}
	running.Wait()
	stating := slices.Max(last[:]) + time.Second*loadPlans/loadPerS
	return looked{waiting: w, said: int(said.Load()), stating: stating, took: time.Since(begun), cpu: v.cpu() - cpu}, failed
}

// tellOne states one date about a plan, the i-th.
func (v *viewing) tellOne(ctx context.Context, w *waiting, plan, i int, asked time.Time) error {
	answer, err := v.commands(plan).Submit(ctx, &pb.SubmitRequest{
		RequestId: fmt.Sprintf("talk-%d-%d", plan, i), Plan: planID(plan),
		Commands: []*pb.Command{dated(ref(i%smallPlan), "2026-08-01", fmt.Sprintf("%d-%02d-%02d", 2027+i/12%3, 1+i%12, 1+i/60%28), "said by the bench")},
	})
	if err == nil {
		w.saying(plan, answer.GetReceipt().GetPosition(), asked)
	}
	return err
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

// frames is how many came.
func (w *waiting) frames() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.shown)
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

// waits are how long each viewer waited for each statement about what they look at: until the first frame that has it.
func (w *waiting) waits() []time.Duration {
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
