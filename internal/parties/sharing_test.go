package parties_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/parties/keyfile"
)

// errFenced is what a process is answered that writes the ledger of this test, and was replaced.
var errFenced = errors.New("another process writes")

const forEver = 1 << 30

// world is a ledger, and a store of names, that processes share. The one of the newest term writes.
type world struct {
	t     *testing.T
	kept  *memory.Kept
	said  said
	term  int
	named []string
	ids   map[string]string // by name
	all   []*process
}

// process is one of them. After some steps at names, keys and ledger it ends, or is paused with all that it does.
type process struct {
	*memory.Kept
	dir  *keyfile.Dir
	of   *world
	d    *parties.Directory
	term int
	away bool // it answers nobody

	mu     sync.Mutex
	until  int           // steps; guarded by mu
	pauses bool          // and does not end
	paused chan struct{} // closed when it is
	resume chan struct{} // closed when it may go on
}

func (p *process) step() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.until > 0 {
		p.until--
		return nil
	}
	if !p.pauses {
		return errCut
	}
	p.until = forEver
	close(p.paused)
	<-p.resume
	return nil
}

func (p *process) Put(ctx context.Context, key string, value []byte) error {
	if err := p.step(); err != nil {
		return err
	}
	return p.Kept.Put(ctx, key, value)
}

func (p *process) Erase(ctx context.Context, key string) error {
	if err := p.step(); err != nil {
		return err
	}
	return p.Kept.Erase(ctx, key)
}

func (p *process) Revise(ctx context.Context, key string, value []byte, revision uint64, erase bool) (bool, error) {
	if err := p.step(); err != nil {
		return false, err
	}
	return p.Kept.Revise(ctx, key, value, revision, erase)
}

// keysOfProcess are the keys of a process: two methods of it have one name.
type keysOfProcess struct{ *process }

func (k keysOfProcess) All() ([]parties.Key, error) { return k.dir.All() }

func (k keysOfProcess) Add(key parties.Key) error {
	if err := k.step(); err != nil {
		return err
	}
	return k.dir.Add(key)
}

func (k keysOfProcess) Destroy(id parties.EpochID) error {
	if err := k.step(); err != nil {
		return err
	}
	return k.dir.Destroy(id)
}

// Give, Fetch and Others make a process a parties.Sharing with the others of its world.
func (p *process) Give(_ context.Context, keys []parties.Key) (have int, err error) {
	for _, other := range p.others() {
		if other.d.Accept(keys) == nil {
			have++
		}
	}
	return have, nil
}

func (p *process) Fetch(context.Context) error {
	for _, other := range p.others() {
		held, err := other.d.Held()
		if err == nil {
			err = p.d.Accept(held)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *process) Others(context.Context, parties.EpochID) ([]string, error) { return nil, nil }

func (p *process) others() (others []*process) {
	for _, other := range p.of.all {
		if other != p && !other.away && other.d != nil {
			others = append(others, other)
		}
	}
	return others
}

// start starts a process on a directory: it reads the names, with keys from the others if need be.
func (w *world) start(dir *keyfile.Dir) *process {
	w.t.Helper()
	p := &process{Kept: w.kept, dir: dir, of: w, until: forEver, paused: make(chan struct{}), resume: make(chan struct{})}
	d, err := parties.Follow(w.t.Context(), p, keysOfProcess{p}, clock.Entropy())
	if err != nil {
		w.t.Fatal(err)
	}
	p.d = d
	if err := errors.Join(d.Share(p, w.said.tell()), d.Unlock(w.t.Context(), slices.Values(w.named)), d.Beside(len(w.named) > 0, slices.Values(w.named), w.said.tell())); err != nil {
		w.t.Fatal(err)
	}
	w.all = append(w.all, p)
	return p
}

// end ends a process.
func (w *world) end(p *process) {
	w.all = slices.DeleteFunc(w.all, func(other *process) bool { return other == p })
}

// append is an event that a process writes, and the others read.
func (p *process) append(happens func(s *said), read func(d *parties.Directory) error) error {
	if err := p.step(); err != nil {
		return err
	}
	if p.term != p.of.term {
		return errFenced
	}
	happens(&p.of.said)
	for _, other := range p.others() {
		if err := read(other.d); err != nil {
			return err
		}
	}
	return nil
}

// change is a change of keys, as the writer does it.
func (p *process) change(forgotten []string, retire bool) error {
	key, err := p.d.NewEpoch()
	if err != nil {
		return err
	}
	if err := p.d.ShareEpoch(p.of.t.Context(), forgotten == nil); err != nil {
		return err
	}
	if err := p.append(func(s *said) {
		s.told = parties.Told{Epoch: key, Begun: true, RetiresRequestKey: retire}
		for _, id := range forgotten {
			s.forgotten[id] = true
		}
	}, func(d *parties.Directory) error { d.Hide(slices.Values(forgotten)); return nil }); err != nil {
		return err
	}
	return p.finish()
}

func (p *process) finish() error {
	ctx, told := p.of.t.Context(), p.of.said.tell()
	p.d.UseEpoch(told.Epoch, slices.Collect(maps.Keys(p.of.said.forgotten)))
	if _, err := p.d.WriteAgain(ctx, told.RetiresRequestKey); err != nil {
		return err
	}
	if err := p.append(func(s *said) { s.told.Complete = true },
		func(d *parties.Directory) error { return d.Completed(ctx, told.Epoch) }); err != nil {
		return err
	}
	return p.d.Purge(ctx, told.Forgotten)
}

// takeOver makes a process the one that writes, and lets it go on with what was begun.
func (p *process) takeOver() error {
	ctx, told := p.of.t.Context(), p.of.said.tell()
	if err := p.d.Ready(ctx, told); err != nil {
		return err
	}
	p.of.term++
	p.term = p.of.term
	left, err := p.d.Settle(ctx, told)
	if err != nil {
		return err
	}
	switch left {
	case parties.Complete:
		return p.finish()
	case parties.BeginAgain:
		return p.change(nil, told.RetiresRequestKey)
	}
	return nil
}

// newWorld has three processes, the first of which writes and has kept some names.
func newWorld(t *testing.T) *world {
	w := &world{t: t, kept: memory.NewKept(), said: said{forgotten: map[string]bool{}}, ids: map[string]string{}}
	first, err := parties.Open(t.Context(), w.kept, clock.Entropy()) // as milepost cluster init does
	if err != nil {
		t.Fatal(err)
	}
	for i := range people {
		id := resolve(t, first, personCalled(i))
		w.named, w.ids[personCalled(i)] = append(w.named, id), id
	}
	for range 3 {
		w.start(keyfile.In(t.TempDir()))
	}
	if err := w.all[0].takeOver(); err != nil {
		t.Fatal(err)
	}
	return w
}

// whole checks that every process knows every name that is to stay, and a new one too; and that nobody can tell the others.
func (w *world) whole(after string) {
	w.t.Helper()
	if w.said.told.Begun && !w.said.told.Complete {
		w.t.Fatalf("%s, the epoch is not complete", after)
	}
	fresh := w.start(keyfile.In(w.t.TempDir()))
	for _, p := range w.all {
		for name, id := range w.ids {
			if kept, ok := p.d.Name(id); w.said.forgotten[id] == ok || ok && kept != name {
				w.t.Fatalf("%s, %s is kept: %v as %q, and forgotten: %v", after, name, ok, kept, w.said.forgotten[id])
			}
		}
		// A key of an epoch that never began stays until the next one, and nothing is kept under it.
		if keys, err := p.dir.All(); err != nil || w.said.told.Begun && (len(keys) != 1 || keys[0].ID != w.said.told.Epoch) || len(keys) > 2 {
			w.t.Fatalf("%s, there are the keys %v, %v", after, keys, err)
		}
		if string(p.d.RequestKey()) != string(fresh.d.RequestKey()) {
			w.t.Fatalf("%s, two processes have different request keys", after)
		}
		for id := range w.said.forgotten {
			cannotTell(w.t, w.kept, p.dir, id, slices.Collect(maps.Keys(w.ids)))
		}
	}
	w.end(fresh)
}

// Whatever step the process ends at that forgets somebody or retires the request key, or its disk is lost with it: another one goes on,
// and no name is lost that is to stay. When the first is back it has nothing that tells the name.
func TestAnotherProcessGoesOnWithForgetting(t *testing.T) {
	for _, tt := range []struct {
		what   string
		retire bool
	}{{"forgetting", false}, {"forgetting and retiring the request key", true}} {
		t.Run(tt.what, func(t *testing.T) {
			for steps := 0; ; steps++ {
				w := newWorld(t)
				first, second := w.all[0], w.all[1]
				was := string(first.d.RequestKey())
				first.until = steps
				err := first.change([]string{w.ids[personCalled(3)]}, tt.retire)
				if err != nil && !errors.Is(err, errCut) {
					t.Fatalf("after %d steps: %v", steps, err)
				}
				w.end(first)
				second.until = steps
				if second.takeOver() != nil { // it ends too
					w.end(second)
					second = w.start(second.dir)
				}
				second.until = forEver
				if err := second.takeOver(); err != nil {
					t.Fatalf("after %d steps the next process says %v", steps, err)
				}
				w.start(first.dir)
				w.whole(fmt.Sprintf("after %d steps", steps))
				if retired := w.said.told.Complete && tt.retire; retired == (string(second.d.RequestKey()) == was) {
					t.Fatalf("after %d steps the request key is another one: %v, and it was retired: %v", steps, !retired, retired)
				}
				if err == nil {
					t.Logf("%d steps", steps)
					if steps < people {
						t.Errorf("there were only %d steps to end at", steps)
					}
					return
				}
			}
		})
	}
}

// A process that is paused at any step, and wakes when another has taken over, finished, and forgotten somebody else: it takes nothing
// from the names, and has no older key once it has read the ledger.
func TestAProcessThatWakesTakesNoName(t *testing.T) {
	for steps := 0; ; steps++ {
		w := newWorld(t)
		first, second := w.all[0], w.all[1]
		first.until, first.pauses = steps, true
		ended := make(chan error, 1)
		go func() { ended <- first.change([]string{w.ids[personCalled(3)]}, steps%2 == 1) }()
		select {
		case <-first.paused:
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d steps", steps)
			return
		}
		first.away = true
		if err := errors.Join(second.takeOver(), second.change([]string{w.ids[personCalled(5)]}, false)); err != nil {
			t.Fatalf("after %d steps the next process says %v", steps, err)
		}
		close(first.resume)
		if err := <-ended; err == nil && !w.said.told.Complete {
			t.Fatalf("after %d steps it came to its end as if nothing had been", steps)
		}
		first.away = false
		first.d.Hide(maps.Keys(w.said.forgotten))
		if err := first.d.Completed(t.Context(), w.said.told.Epoch); err != nil {
			t.Fatal(err)
		}
		w.whole(fmt.Sprintf("woken after %d steps", steps))
	}
}

// A key that no process has any more, and under which some names are kept already, is replaced: names are kept again from what is known.
func TestAKeyThatIsLostEverywhere(t *testing.T) {
	for steps := 2; steps < 12; steps++ {
		w := newWorld(t)
		first, second := w.all[0], w.all[1]
		first.until = steps
		if err := first.change([]string{w.ids[personCalled(3)]}, false); err == nil {
			return
		}
		w.end(first)
		for _, p := range w.all {
			if err := p.dir.Destroy(w.said.told.Epoch); err != nil {
				t.Fatal(err)
			}
		}
		if w.said.told.Begun {
			// Each has forgotten what it knew of the key: a process that is started again would not get past its start.
			for _, p := range w.all {
				p.d.Lose(w.said.told.Epoch)
			}
		}
		if err := second.takeOver(); err != nil {
			t.Fatalf("after %d steps: %v", steps, err)
		}
		if w.said.told.Begun {
			w.whole("after the key was lost")
		}
	}
}
