package fault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"time"

	"milepost.dev/internal/rig/fault/disk"
)

// Pairs are faults that happen while another one lasts.
func Pairs() []Fault {
	return []Fault{
		{"error while it starts", "reads, writes, syncs, renames or new files fail while the server starts on what a kill left, and once more; then the power is cut", Disk, failStarting},
		{"pair of faults", "a kill, a pause, a cut of the power, a limit, a step of the clock or a copy, drawn at random, while the disk fails now and then or is slow in a way that is drawn as well", Disk, pair},
	}
}

// conditions are what a disk does for some time.
var conditions = []struct {
	name  string
	fault disk.Fault
}{
	{"write errors", disk.Fault{Ops: disk.OpWrite, Err: syscall.EIO}},
	{"no space", disk.Fault{Ops: disk.OpWrite, Err: syscall.ENOSPC, Short: true}},
	{"sync errors", disk.Fault{Ops: disk.OpSync, Err: syscall.EIO}},
	{"rename errors", disk.Fault{Ops: disk.OpRename | disk.OpCreate, Err: syscall.EIO}},
	{"read errors", disk.Fault{Ops: disk.OpRead, Err: syscall.EIO}},
	{"slow syncs", disk.Fault{Ops: disk.OpSync, Delay: 300 * time.Millisecond}},
}

// meanwhile are the faults that can happen while a disk is in such a condition.
var meanwhile = []string{
	"kill", "kill at once", "pause", "power cut", "power cut while it starts", "kill in a backup", "lock removed", "two servers",
	"clock stepped", "memory limit", "descriptors", "quota",
}

// condition lets the disk do something from now on, with a chance.
func (w *World) condition(chance float64) (name string, end func()) {
	c := conditions[w.Random.IntN(len(conditions))]
	f := c.fault
	f.Chance, f.Seed = chance, w.Random.Uint64()
	injected := w.Disk.Inject(f)
	return c.name, injected.Lift
}

// failStarting starts a server a few times while the disk fails. Each serves, or leaves, or hangs and is killed.
func failStarting(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
		return "", err
	}
	var details []string
	for range 1 + w.Random.IntN(2) {
		w.Down()
		name, end := w.condition([]float64{0.02, 0.2, 1}[w.Random.IntN(3)])
		came, err := w.tryStart(ctx, 4*time.Second)
		end()
		if err != nil {
			return name, err
		}
		details = append(details, name+": "+came)
	}
	detail := strings.Join(details, "; ")
	w.Down()
	if _, err := w.crash(); err != nil {
		return detail, err
	}
	return detail, errors.Join(w.Up(ctx), w.Answers(ctx, 5))
}

// tryStart starts a server and says what came of it within some time. What serves is left to the people for a moment.
func (w *World) tryStart(ctx context.Context, within time.Duration) (string, error) {
	s, err := launch(w.launch())
	if err != nil {
		return "", err
	}
	select {
	case <-s.serving:
		if err := s.ready(ctx); err != nil {
			return "left at once", nil
		}
		w.publish(s)
		select {
		case <-w.History.After(20):
		case <-s.exited:
		case <-time.After(time.Second):
		}
		w.Down()
		return "served", nil
	case <-s.exited:
		s.gone()
		if status := s.cmd.ProcessState.ExitCode(); status != 1 {
			return "", fmt.Errorf("it should leave with a sentence: %w", &Refused{Status: status, Said: s.Said()})
		}
		return "left", nil
	case <-time.After(within):
		s.Kill()
		return "killed", nil
	case <-ctx.Done():
		s.Kill()
		return "", ctx.Err()
	}
}

// pair lets a fault happen while the disk fails. What the fault wants of the server it need not get meanwhile, but no promise may
// be broken by it: that is proved when the disk is well again, after the power was cut.
func pair(ctx context.Context, w *World) (string, error) {
	all := slices.Concat(Processes(), Backups(), Replacements(), Copies(), Limits(), Disks())
	name := meanwhile[w.Random.IntN(len(meanwhile))]
	i := slices.IndexFunc(all, func(f Fault) bool { return f.Name == name })
	if strings.HasPrefix(name, "clock") && w.Shipped {
		name, i = "kill", 0
	}
	under, end := w.condition([]float64{0.01, 0.05, 0.3}[w.Random.IntN(3)])
	bounded, cancel := context.WithTimeout(ctx, 20*time.Second)
	_, err := all[i].Inject(bounded, w)
	cancel()
	end()
	detail := fmt.Sprintf("%s under %s", name, under)
	if err != nil {
		detail += ", not survived"
	}
	if errors.As(err, new(*Broken)) {
		return detail, err
	}
	w.limits, w.args = nil, nil
	if s := w.Server(); s != nil {
		s.signal(syscall.SIGCONT)
	}
	w.Down()
	if err := w.setClock(0); err != nil {
		return detail, err
	}
	if _, err := w.crash(); err != nil {
		return detail, err
	}
	return detail, errors.Join(w.Up(ctx), w.Answers(ctx, 5))
}
