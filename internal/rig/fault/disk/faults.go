package disk

import (
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Op is a set of things that a program does.
type Op uint

const (
	OpRead Op = 1 << iota
	OpWrite
	OpTruncate
	OpSync   // of a file or a directory, and each write to a file that was opened with O_SYNC
	OpOpen   // of a file or directory that is there
	OpCreate // of a file or directory, and of another name for a file
	OpRename
	OpRemove
)

// Fault is what goes wrong, and when. All conditions have to hold. The zero values of the conditions
// mean: always.
type Fault struct {
	Ops Op
	// Match says which paths; nil is all. For a rename it is the old one. It is called before anything is
	// done, while the program waits. It may clone the disk or kill the program; it must not inject
	// or lift a fault.
	Match func(path string) bool
	// Skip lets so many pass first, of those that match.
	Skip int
	// Chance is how likely each of the rest fails, drawn from Seed; 0 is certain.
	Chance float64
	Seed   uint64
	// Times is how often it happens; 0 is without end.
	Times int

	// Err is what the program is told, such as EIO, ENOSPC or EMFILE; nothing is done then. 0 is
	// no error, for a fault that only takes time or cuts short.
	Err syscall.Errno
	// Delay is how long it takes before anything else happens. Lifting the fault ends it; killing the
	// program does not, and the kernel keeps the program until then.
	Delay time.Duration
	// Short makes a write store a part, and say so.
	Short bool
}

// Injected is a fault that can happen until it is lifted.
type Injected struct {
	fault  Fault
	owner  *faults
	lifted chan struct{}

	random *rand.Rand // guarded by the owner's lock, as all below
	seen   int
	hits   int
}

// faults are those that can happen now.
type faults struct {
	mu  sync.Mutex
	all []*Injected // guarded by mu
}

// Inject lets a fault happen from now on. Of several that apply all delays are kept, and the error is that of the
// oldest.
func (d *Disk) Inject(f Fault) *Injected {
	i := &Injected{fault: f, owner: &d.faults, lifted: make(chan struct{}), random: rand.New(rand.NewPCG(f.Seed, 0))}
	d.faults.mu.Lock()
	defer d.faults.mu.Unlock()
	d.faults.all = append(d.faults.all, i)
	return i
}

// Lift ends a fault, and whatever it delays at the moment. A second call does nothing.
func (i *Injected) Lift() {
	i.owner.mu.Lock()
	defer i.owner.mu.Unlock()
	if at := slices.Index(i.owner.all, i); at >= 0 {
		i.owner.all = slices.Delete(i.owner.all, at, at+1)
		close(i.lifted)
	}
}

// Hits is how often it happened.
func (i *Injected) Hits() int {
	i.owner.mu.Lock()
	defer i.owner.mu.Unlock()
	return i.hits
}

// verdict is what faults make of one thing that a program does.
type verdict struct {
	err  syscall.Errno
	part float64 // of a write that is done; 0 is all of it
}

// portion is how many of n bytes are written: at least one, and not all.
func (v verdict) portion(n int) int {
	if v.part == 0 || n < 2 {
		return n
	}
	return 1 + int(v.part*float64(n-1))
}

// admit asks the faults what becomes of an operation on a node, or on a name in it, and takes the time
// that they say.
func (d *Disk) admit(op Op, n *node, name string) (v verdict) {
	hit := d.faults.hit(op, func() string {
		d.mu.Lock()
		defer d.mu.Unlock()
		if name == "" {
			return n.path()
		}
		return (&node{parent: n, name: name}).path()
	}, &v)
	for _, i := range hit {
		timer := time.NewTimer(i.fault.Delay)
		select {
		case <-timer.C:
		case <-i.lifted:
			timer.Stop()
		}
	}
	return v
}

// hit answers the faults that apply and take time.
func (fs *faults) hit(op Op, path func() string, v *verdict) (slow []*Injected) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for _, i := range fs.all {
		f := i.fault
		if f.Ops&op == 0 || f.Times > 0 && i.hits >= f.Times || f.Match != nil && !f.Match(path()) {
			continue
		}
		if i.seen++; i.seen <= f.Skip || f.Chance > 0 && i.random.Float64() >= f.Chance {
			continue
		}
		i.hits++
		if v.err == 0 {
			v.err = f.Err
		}
		if f.Short {
			v.part = i.random.Float64()
		}
		if f.Delay > 0 {
			slow = append(slow, i)
		}
	}
	return slow
}
