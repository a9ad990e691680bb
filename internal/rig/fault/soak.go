package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/oracle"
)

// Soak is a long run of one server, as shipped but for one signal, with people of every kind and with an oracle all along. It is done in epochs: at the
// end of each everything is proved as after a fault, while the server goes on; the next one has plans of its own.
type Soak struct {
	Binary string        // with SoakPatches
	Dir    string        // of the ledger and of the samples; a soak that was ended goes on in it
	For    time.Duration // in all, over as many runs as it takes
	Epoch  time.Duration
	Pace   time.Duration // of each caller
	Log    io.Writer     // what the server says
}

func (s Soak) samplesPath() string { return filepath.Join(s.Dir, "samples.tsv") }

// Run goes on until the whole time is over, hands each sample to seen, and answers what came of it all.
func (s Soak) Run(ctx context.Context, seen func(Sample)) (Verdict, error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return Verdict{}, err
	}
	samples, err := Samples(s.samplesPath())
	if err != nil {
		return Verdict{}, err
	}
	r := &soaking{Soak: s, samples: samples, seen: seen}
	if err := r.run(ctx); err != nil {
		return Verdict{}, err
	}
	return r.verdict(ctx)
}

// soaking is one run of a soak.
type soaking struct {
	Soak
	samples []Sample // of this run and of those before
	seen    func(Sample)
	past    map[string]bool // the requests of epochs that are over
	server  *Server
	settled Sample // of the server of this run, when everybody had gone
}

func (r *soaking) config(epoch int) Config {
	return Config{
		Seed: uint64(epoch), Binary: r.Binary, Shipped: true, Dir: r.Dir, Full: true, Credentials: true,
		Epoch: epoch, Pace: r.Pace, Log: r.Log,
	}
}

// start starts a server on the ledger, and learns what is in it.
func (r *soaking) start(ctx context.Context) (err error) {
	w := newWorld(r.config(len(r.samples) + 1))
	if err := errors.Join(os.MkdirAll(w.Data, 0o700), w.setClock(0), w.writeCredentials()); err != nil {
		return err
	}
	if r.server, err = Start(ctx, w.launch()); err != nil {
		return err
	}
	_, _, commits, err := oracle.NewServer(r.server.Conn).Verify(ctx, nil)
	if err != nil {
		return err
	}
	stored, err := read(commits)
	r.past = map[string]bool{}
	for id := range maps.Keys(stored.requests) {
		r.past[id] = true
	}
	return err
}

func (r *soaking) run(ctx context.Context) error {
	if r.left() <= 0 {
		return nil
	}
	if err := r.start(ctx); err != nil {
		return err
	}
	for r.left() > 0 {
		if err := r.epoch(ctx, min(r.Epoch, r.left())); err != nil {
			r.server.Kill()
			return fmt.Errorf("epoch %d: %w", len(r.samples)+1, err)
		}
	}
	settled, err := r.settle(ctx)
	r.settled = settled
	return errors.Join(err, r.server.Stop(ctx))
}

// settle asks a server that nobody calls any more for everything, twice, and for every change, and measures it then: what it holds is
// what it keeps, and what it keeps for whoever asks next. Of a server that was started anew that is as much as of one that ran for hours.
func (r *soaking) settle(ctx context.Context) (Sample, error) {
	for range 2 {
		if err := r.server.compared(ctx); err != nil {
			return Sample{}, err
		}
	}
	if err := r.server.watched(ctx); err != nil {
		return Sample{}, err
	}
	return measureHeld(ctx, r.server)
}

// watched has every change of every plan sent, from the first one to the newest.
func (s *Server) watched(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	after := uint64(0)
	stream, err := milepostv1.NewWatchServiceClient(s.Conn).Watch(ctx, &milepostv1.WatchRequest{After: &after, EveryChange: true})
	if err != nil {
		return err
	}
	for {
		m, err := stream.Recv()
		if err != nil {
			return fmt.Errorf("watch from the first change on: %w", err)
		}
		if m.GetCaughtUp() != nil {
			return nil
		}
	}
}

func (r *soaking) left() time.Duration {
	left := r.For
	for _, s := range r.samples {
		left -= s.Took
	}
	return left.Round(time.Second)
}

// epoch lets people at the server for some time, compares every answer half way through, and proves everything in the end.
func (r *soaking) epoch(ctx context.Context, lasts time.Duration) error {
	w := newWorld(r.config(len(r.samples) + 1))
	before, err := measure(ctx, r.server)
	if err != nil {
		return err
	}
	w.from, w.begun = uint64(before.Position), maps.Clone(r.past)
	w.publish(r.server)
	defer w.publish(nil)
	if err := w.populate(ctx); err != nil {
		return err
	}
	probing, stop := context.WithCancel(ctx)
	var flush time.Duration
	var probe errgroup.Group
	defer func() {
		stop()
		_ = probe.Wait() // what it met is told below, unless something else was met before
	}()
	probe.Go(func() (err error) { // ends with probing
		flush, err = flushes(probing, filepath.Join(r.Dir, "flush"), max(10*w.Pace, 10*time.Millisecond))
		return err
	})
	if err := r.wait(ctx, w, lasts/2); err != nil {
		return err
	}
	if err := r.server.compared(ctx); err != nil { // while people go on
		return err
	}
	if err := r.wait(ctx, w, lasts); err != nil {
		return err
	}
	sample, err := r.sample(ctx, w)
	stop()
	if err := errors.Join(err, probe.Wait()); err != nil {
		return err
	}
	sample.Flush = flush
	if err := w.Rest(ctx); err != nil {
		return err
	}
	if w.Server() != r.server {
		return &Refused{Status: r.server.cmd.ProcessState.ExitCode(), Said: r.server.Said()}
	}
	operations := w.History.Operations()
	stored, err := w.rightLedger(ctx, r.server, operations)
	if err == nil {
		err = errors.Join(w.shown(stored, operations), CheckOrder(operations, w.now()))
	}
	if err != nil {
		return err
	}
	for _, o := range operations {
		if o.Request != nil {
			r.past[o.Request.RequestId] = true
		}
	}
	maps.Copy(r.past, w.begun)
	sample.Took = w.now()
	return r.keep(sample)
}

// wait lets people go on until the world is so old.
func (r *soaking) wait(ctx context.Context, w *World, until time.Duration) error {
	select {
	case <-time.After(until - w.now()):
		return nil
	case <-r.server.exited:
		return &Refused{Status: r.server.cmd.ProcessState.ExitCode(), Said: r.server.Said()}
	case <-w.alive.Done():
		return w.callers.Wait()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// sample measures the server under load, and how long commands took.
func (r *soaking) sample(ctx context.Context, w *World) (Sample, error) {
	s, err := measure(ctx, r.server)
	s.Epoch, s.Server = w.Epoch, r.server.cmd.Process.Pid
	s.Operations, s.Latency, s.Slowest = latencies(w.History.Operations())
	return s, err
}

func (r *soaking) keep(s Sample) error {
	if err := s.Keep(r.samplesPath()); err != nil {
		return err
	}
	r.samples = append(r.samples, s)
	r.seen(s)
	return nil
}

// verdict compares the end with the beginning, and what is held with a server that was started on the same ledger.
func (r *soaking) verdict(ctx context.Context) (Verdict, error) {
	data := newWorld(r.config(0)).Data
	if out, err := exec.CommandContext(ctx, r.Binary, "verify", "--data", data).CombinedOutput(); err != nil {
		return Verdict{}, fmt.Errorf("verify of the directory: %w: %s", err, out)
	}
	if err := r.start(ctx); err != nil {
		return Verdict{}, err
	}
	fresh, err := r.settle(ctx)
	if err = errors.Join(err, r.server.Stop(ctx)); err != nil {
		return Verdict{}, err
	}
	return judge(r.samples, r.settled, fresh), nil
}
