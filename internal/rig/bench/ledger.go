package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/replica"
)

const (
	// pushStreams is how many streams a large ledger is pushed over.
	pushStreams = 8
	// quietFor is how long a server has nothing to do before its memory is looked at.
	quietFor = 2 * time.Second
	// restLooks bounds how often it is looked whether it has less by now.
	restLooks = 10
	// years is how long the programme of the large ledger has run.
	years = 3
)

// firstDay is the first day of that programme, and pastDay one in its middle.
func firstDay() time.Time { return time.Date(2022, 4, 1, 0, 0, 0, 0, time.UTC) }
func pastDay() time.Time  { return firstDay().AddDate(0, 18, 0) }

// ledger makes a large ledger by pushing it to a server in a process of its own, and measures that server.
func (b *bench) ledger(ctx context.Context) error {
	dir := filepath.Join(b.dir, "large")
	b.report.Ledger = &Ledger{Events: b.Events, Milestones: b.Plans * b.Each, Plans: b.Plans, RSS: []RSS{}, Queries: []Query{}}
	r := b.report.Ledger
	quiet := min(quietFor, time.Duration(b.Events)*quietFor/10_000)
	c, err := b.serve(ctx, dir)
	if err != nil {
		return err
	}
	if err := b.fill(ctx, c, quiet); err != nil {
		return errors.Join(err, c.kill())
	}
	if err := c.kill(); err != nil {
		return err
	}
	b.say("starting after a kill")
	if c, err = b.serve(ctx, dir); err != nil {
		return err
	}
	r.ReadyAfterKillS = c.took.Seconds()
	if err := c.stop(); err != nil {
		return err
	}
	b.say("starting")
	if c, err = b.serve(ctx, dir); err != nil {
		return err
	}
	r.ReadyS = c.took.Seconds()
	err = errors.Join(b.questions(ctx, c), b.watchers(ctx, c))
	if err = errors.Join(err, c.stop()); err != nil {
		return err
	}
	if err := b.atRest(ctx, dir); err != nil {
		return err
	}
	b.say("starting without a saved fold")
	if err := os.RemoveAll(filepath.Join(dir, "folds")); err != nil {
		return err
	}
	if c, err = b.serve(ctx, dir); err != nil {
		return err
	}
	r.ReadyWithoutFold = c.took.Seconds()
	return c.kill()
}

// fill pushes the events, and looks at the server's memory half way and at the end.
func (b *bench) fill(ctx context.Context, c *child, quiet time.Duration) error {
	r := b.report.Ledger
	b.say("pushing %d events", b.Events)
	setup := statements("", 7, b.Plans, b.Each)
	begin := setup.begin(firstDay().Format(time.DateOnly))
	if err := prepare(ctx, c.commands(0), begin); err != nil {
		return err
	}
	begun := b.Plans * (b.Each + 1) // events by now
	var took time.Duration
	for half := range 2 {
		most := max(b.Events/2-begun, 0)
		begun = 0
		started := time.Now()
		if _, err := pushed(ctx, c.server, load{callers: pushStreams, most: max(most, pushStreams)}, func(stream int) func() *pb.SubmitRequest {
			says := statements(fmt.Sprint("l", half, "-", stream, "-"), uint64(100*half+stream), b.Plans, b.Each)
			says.words = true
			perStream := max(1, most/pushStreams)
			says.asAt = func(n int) time.Time {
				days := years * 365 * (half*perStream + n) / (2 * perStream)
				if n%50 == 0 { // some reports come late
					days = max(0, days-40)
				}
				return firstDay().AddDate(0, 0, days)
			}
			return says.mixed
		}); err != nil {
			return err
		}
		took += time.Since(started)
		rss, err := atRestRSS(ctx, c, quiet)
		if err != nil {
			return err
		}
		r.RSS = append(r.RSS, RSS{Events: (half + 1) * b.Events / 2, MB: float64(rss) / 1e6})
		b.say("%d events, %.0f MB", (half+1)*b.Events/2, r.RSS[half].MB)
	}
	r.PushedPerS = float64(b.Events-b.Plans*(b.Each+1)) / took.Seconds()
	r.BytesPerFurther = (r.RSS[1].MB - r.RSS[0].MB) * 1e6 / float64(b.Events/2)
	return nil
}

// atRestRSS is the memory of a server that has nothing to do: a while after the last event, and when it no
// longer shrinks.
func atRestRSS(ctx context.Context, c *child, quiet time.Duration) (int64, error) {
	least, same := c.rss(), 0
	for look := 0; look < restLooks && same < 3; look++ {
		if err := pause(ctx, quiet); err != nil {
			return 0, err
		}
		now := c.rss()
		if now > least-least/50 {
			same++
		} else {
			same = 0
		}
		least = min(least, now)
	}
	return least, nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// atRest measures the files, proving them and folding them from the first record, in turns.
func (b *bench) atRest(ctx context.Context, dir string) error {
	r := b.report.Ledger
	b.say("proving, and folding from the first record")
	var rates, work, proofs, ones, ratios, collections, live []float64
	var events float64
	for range b.Rounds {
		position, one, err := prove(dir, 1)
		if err != nil {
			return err
		}
		_, all, err := prove(dir, runtime.NumCPU())
		if err != nil {
			return err
		}
		events = float64(position)
		ones, proofs = append(ones, events/one.Seconds()), append(proofs, events/all.Seconds())

		before := heapLive()
		idle := collection()
		follower := replica.New(replica.Config{Whole: true})
		cpu := cpuTime()
		started := time.Now()
		_, err = embedded.InspectExamined(dir, follower.FeedExamined)
		if err := errors.Join(err, follower.Fed()); err != nil {
			return err
		}
		rates = append(rates, events/time.Since(started).Seconds())
		work = append(work, micros(cpuTime()-cpu, int(events)))
		ratios = append(ratios, rates[len(rates)-1]/ones[len(ones)-1])
		live = append(live, float64(heapLive()-before)/events)
		collections = append(collections, ms(collection()-idle))
		runtime.KeepAlive(follower)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	r.FoldPerS, r.FoldCPU, r.ProvePerS, r.ProveOnePerS, r.FoldOverProof = median(rates), median(work), median(proofs), median(ones), median(ratios)
	r.CollectionMS, r.LiveBytes = median(collections), median(live)
	ledger, err := size(filepath.Join(dir, "ledger"))
	if err != nil {
		return err
	}
	folds, err := size(filepath.Join(dir, "folds"))
	r.BytesPerEvent, r.FoldBytes = float64(ledger)/events, float64(folds)/events
	return err
}

// prove proves a ledger on so many processors without folding it, and answers its last position and how long that took.
func prove(dir string, processors int) (position uint64, took time.Duration, err error) {
	before := runtime.GOMAXPROCS(processors)
	defer runtime.GOMAXPROCS(before)
	started := time.Now()
	chain, _, err := embedded.Verify(dir, func(*eventstore.Commit) error { return nil })
	return chain.Position, time.Since(started), err
}

// collection is what a collection of this process's garbage takes of the processors.
func collection() time.Duration {
	runtime.GC() // sweeps what was left
	cpu := cpuTime()
	runtime.GC()
	return cpuTime() - cpu
}

// heapLive is what is alive in this process.
func heapLive() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// size is how many bytes the files below a directory have.
func size(dir string) (bytes int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			bytes += info.Size()
		}
		return err
	})
	return bytes, err
}
