package fault

import (
	"context"
	"errors"
	"slices"
	"syscall"
	"time"

	"milepost.dev/internal/rig/patch"
)

// Fault is something that goes wrong with a world, once. Inject leaves a server up that is well again; its
// detail is for a log line.
type Fault struct {
	Name   string
	What   string // in a sentence, for docs/faults.md
	Ground Ground // that it needs
	Inject func(ctx context.Context, w *World) (detail string, err error)
}

// ServerPatches are those of every server that is put through faults.
func ServerPatches() []patch.Patch { return slices.Concat(shortBounds, setClock) }

// All is every fault there is.
func All() []Fault {
	return slices.Concat(Processes(), Backups(), Replacements(), Copies(), Limits(), Damages(), Writes(), Disks(), Pairs(), Upgrades())
}

// Processes are faults of the process: they need nothing of the machine.
func Processes() []Fault {
	return []Fault{
		{"kill", "SIGKILL while requests are under way, between two answers: inside commits and saves of the fold", Directory, kill},
		{"kill at once", "SIGKILL again and again while it starts, at any moment from its first instruction on", Directory, killStarting},
		{"pause", "SIGSTOP, half of the time for longer than callers are patient, in some worlds for 35 seconds, then SIGCONT", Directory, pause},
	}
}

func kill(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(300)); err != nil {
		return "", err
	}
	w.Down()
	return "", w.Up(ctx)
}

func killStarting(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(50)); err != nil {
		return "", err
	}
	w.Down()
	for range 1 + w.Random.IntN(4) {
		s, err := launch(w.launch())
		if err != nil {
			return "", err
		}
		select {
		case <-time.After(time.Duration(w.Random.IntN(150)) * time.Millisecond):
		case <-s.exited:
			return "", &Refused{Status: s.cmd.ProcessState.ExitCode(), Said: s.Said()}
		}
		s.Kill()
	}
	return "", w.Up(ctx)
}

func pause(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
		return "", err
	}
	s := w.Server()
	s.signal(syscall.SIGSTOP)
	stopped := callWithin + time.Duration(w.Random.IntN(1500))*time.Millisecond
	if w.Random.IntN(2) == 0 {
		stopped = time.Duration(w.Random.IntN(2000)) * time.Millisecond
	} else if w.Shipped && w.Random.IntN(4) == 0 { // longer than the server's own bounds, too
		stopped = 35 * time.Second
	}
	select {
	case <-time.After(stopped):
	case <-ctx.Done():
	}
	s.signal(syscall.SIGCONT)
	return "", w.recovers(ctx)
}

// recovers waits until callers are answered again. A server that left meanwhile, as it must when it does not
// know what became of a commit, is started again, as whoever runs it would.
func (w *World) recovers(ctx context.Context) error {
	err := w.Answers(ctx, 5)
	var refused *Refused
	if !errors.As(err, &refused) {
		return err
	}
	w.Down()
	if err := w.Up(ctx); err != nil {
		return err
	}
	return w.Answers(ctx, 5)
}
