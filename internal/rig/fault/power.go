package fault

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"

	"milepost.dev/internal/rig/fault/disk"
)

// Disks are faults of a disk that has its own mind: see the package disk.
func Disks() []Fault {
	return []Fault{
		{"power cut", "the power goes at any moment: what was not synced is gone, or there in any part; names of files too (POSIX)", Disk, cut},
		{"power cut, journalled", "the same on a file system that keeps the name of a file that was synced, as ext4 does", JournalledDisk, cut},
		{"power cut while it starts", "the power goes again while the server starts on what the last cut left", Disk, cutStarting},
		{"write error", "writes to the ledger or to any file fail (EIO), now and then or all of them", Disk, failing(disk.OpWrite, syscall.EIO)},
		{"no space", "writes fail with ENOSPC, some of them half done", Disk, failing(disk.OpWrite, syscall.ENOSPC)},
		{"sync error", "syncs fail (EIO), and what they were for is never stored by a later one, as on Linux; then the power is cut", Disk, failing(disk.OpSync, syscall.EIO)},
		{"rename error", "renames and new files fail (EIO)", Disk, failing(disk.OpRename|disk.OpCreate, syscall.EIO)},
		{"read error", "reads fail (EIO), now and then or all of them", Disk, failing(disk.OpRead, syscall.EIO)},
		{"slow sync", "syncs take up to four seconds, longer than callers are patient", Disk, slowSyncs},
	}
}

// crash takes the power away from the machine, and brings it back.
func (w *World) crash() (string, error) {
	w.Down()
	if err := w.clear(); err != nil {
		return "", err
	}
	loss := w.Disk.Cut(w.Random)
	return loss.String(), w.mount()
}

func cut(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(200)); err != nil {
		return "", err
	}
	detail, err := w.crash()
	if err != nil {
		return "", err
	}
	return detail, w.Up(ctx)
}

func cutStarting(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(50)); err != nil {
		return "", err
	}
	var details []string
	for range 1 + w.Random.IntN(3) {
		detail, err := w.crash()
		if err != nil {
			return "", err
		}
		details = append(details, detail)
		s, err := launch(w.launch())
		if err != nil {
			return "", err
		}
		select {
		case <-time.After(time.Duration(w.Random.IntN(400)) * time.Millisecond):
		case <-s.exited:
			return "", &Refused{Status: s.cmd.ProcessState.ExitCode(), Said: s.Said()}
		}
		s.Kill()
	}
	detail, err := w.crash()
	if err != nil {
		return "", err
	}
	return strings.Join(append(details, detail), "; "), w.Up(ctx)
}

// failing makes a fault of operations that fail for a while. The server may go on, or leave and be started
// again; in the end the power is cut, so that nothing is found that only seemed to be stored.
func failing(ops disk.Op, why syscall.Errno) func(context.Context, *World) (string, error) {
	return func(ctx context.Context, w *World) (string, error) {
		if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
			return "", err
		}
		f := disk.Fault{Ops: ops, Err: why, Seed: w.Random.Uint64(), Skip: w.Random.IntN(20)}
		f.Times = []int{0, 1, 1, 3}[w.Random.IntN(4)]
		f.Chance = []float64{0, 0.3}[w.Random.IntN(2)]
		f.Short = why == syscall.ENOSPC && w.Random.IntN(2) == 0
		where := "any file"
		if w.Random.IntN(2) == 0 {
			where = "the ledger"
			f.Match = func(path string) bool { return strings.Contains(path, "MILEPOST_LEDGER") }
		}
		injected := w.Disk.Inject(f)
		select {
		case <-w.History.After(300):
		case <-w.Server().exited:
		case <-time.After(time.Duration(200+w.Random.IntN(6000)) * time.Millisecond):
		}
		if w.Random.IntN(3) == 0 { // and is started again while it still fails
			w.Down()
			if s, err := Start(ctx, w.launch()); err == nil {
				w.publish(s)
			}
		}
		injected.Lift()
		detail := fmt.Sprintf("%d of %s", injected.Hits(), where)
		if w.Server() == nil {
			if err := w.Up(ctx); err != nil {
				return detail, err
			}
		}
		if err := w.recovers(ctx); err != nil {
			return detail, err
		}
		if _, err := w.crash(); err != nil {
			return detail, err
		}
		return detail, w.Up(ctx)
	}
}

func slowSyncs(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
		return "", err
	}
	delay := time.Duration(50+w.Random.IntN(4000)) * time.Millisecond
	injected := w.Disk.Inject(disk.Fault{Ops: disk.OpSync, Delay: delay, Times: 1 + w.Random.IntN(3)})
	select {
	case <-w.History.After(100):
	case <-w.Server().exited:
	case <-time.After(time.Duration(200+w.Random.IntN(5000)) * time.Millisecond):
	}
	injected.Lift()
	return delay.String(), w.recovers(ctx)
}
