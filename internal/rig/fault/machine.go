package fault

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Limits are faults of the machine around the process: its clock, and what it may use.
func Limits() []Fault {
	return []Fault{
		{"clock stepped", "the wall clock is moved back or forward by seconds up to a year while the server runs, and put right again", Directory, stepClock},
		{"clock behind at start", "the server starts on a machine whose clock is behind its ledger, and again when it is right", Directory, startBehind},
		{"descriptors", "the server may open a few files and connections, and strangers hold as many as they can", Directory, fewDescriptors},
		{"memory limit", "the process may have 90 to 170 MB of memory, as a small container has", Directory, littleMemory},
		{"quota", "no file may grow beyond a size that is reached while the server runs (RLIMIT_FSIZE)", Directory, quota},
		{"disk full", "the file system (tmpfs) is full from one moment to the next, without a floor, and gets room again", Memory, fullDisk},
		{"disk nearly full", "less than the floor of the file system (tmpfs) is free, and then there is room again: no command may be in doubt, and within 5 seconds they are accepted", Memory, nearlyFullDisk},
	}
}

func stepClock(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(50)); err != nil {
		return "", err
	}
	by := 6*time.Second + time.Duration(w.Random.Int64N(int64([]time.Duration{time.Minute, 48 * time.Hour, 365 * 24 * time.Hour}[w.Random.IntN(3)])))
	if w.Random.IntN(2) == 0 {
		by = -by
	}
	by = by.Round(time.Second)
	if err := w.setClock(by); err != nil {
		return "", err
	}
	// That no command was accepted meanwhile, at the wrong time, is proved in the end.
	select {
	case <-time.After(time.Duration(w.Random.IntN(400)) * time.Millisecond):
	case <-ctx.Done():
	}
	if err := w.setClock(0); err != nil {
		return by.String(), err
	}
	return by.String(), w.Answers(ctx, 5)
}

func startBehind(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(50)); err != nil {
		return "", err
	}
	w.Down()
	by := -time.Minute - time.Duration(w.Random.IntN(1000))*time.Hour
	if err := w.setClock(by); err != nil {
		return "", err
	}
	err := w.Up(ctx)
	if err == nil {
		return "", fmt.Errorf("a server whose clock is %s behind its ledger has started", -by)
	}
	if refused := (*Refused)(nil); !errors.As(err, &refused) || refused.Status != 1 {
		return "", err
	}
	if err := w.setClock(0); err != nil {
		return "", err
	}
	return by.String(), w.Up(ctx)
}

// under runs the server under a limit for some answers, or as long as it lives, and then without.
func (w *World) under(ctx context.Context, limit string, meanwhile func() error) (string, error) {
	w.Down()
	w.limits = []string{limit}
	err := w.Up(ctx)
	w.limits = nil
	detail := limit
	switch refused := (*Refused)(nil); {
	case errors.As(err, &refused):
		detail += ", does not start"
	case err != nil:
		return "", err
	default:
		if err := meanwhile(); err != nil {
			return "", err
		}
		select {
		case <-w.History.After(20 + w.Random.IntN(300)):
		case <-w.Server().exited:
			detail += ", dies"
		case <-time.After(3 * time.Second): // it answers nobody any more
			detail += ", stands still"
		}
		w.Down()
	}
	if err := w.Up(ctx); err != nil {
		return detail, err
	}
	return detail, w.Answers(ctx, 5)
}

func fewDescriptors(ctx context.Context, w *World) (string, error) {
	var held []net.Conn
	defer func() {
		for _, c := range held {
			c.Close()
		}
	}()
	return w.under(ctx, fmt.Sprintf("-n %d", 20+w.Random.IntN(30)), func() error {
		for range w.Random.IntN(60) {
			c, err := net.DialTimeout("tcp", w.Server().GRPC, time.Second)
			if err != nil {
				return nil // as many as it takes
			}
			held = append(held, c)
		}
		return nil
	})
}

func littleMemory(ctx context.Context, w *World) (string, error) {
	return w.under(ctx, fmt.Sprintf("-d %d", (90+w.Random.IntN(80))<<10), func() error { return nil })
}

func quota(ctx context.Context, w *World) (string, error) {
	largest, err := largestFile(w.Data)
	if err != nil {
		return "", err
	}
	const block = 512
	return w.under(ctx, fmt.Sprintf("-f %d", (largest+w.Random.Int64N(200<<10))/block+1), func() error { return nil })
}

func largestFile(dir string) (largest int64, err error) {
	err = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			largest = max(largest, info.Size())
		}
		return err
	})
	return largest, err
}

func fullDisk(ctx context.Context, w *World) (string, error) {
	w.Down()
	w.args = []string{"--disk-floor", "0"}
	err := w.Up(ctx)
	w.args = nil
	if err != nil {
		return "", err
	}
	used, err := usedOf(w.Data)
	if err != nil {
		return "", err
	}
	size := used + w.Random.Int64N(300<<10)
	if err := resize(w.Data, size); err != nil {
		return "", err
	}
	select {
	case <-w.History.After(400):
	case <-w.Server().exited:
	case <-time.After(time.Duration(500+w.Random.IntN(3000)) * time.Millisecond):
	}
	if err := resize(w.Data, tmpfsSize); err != nil {
		return "", err
	}
	return fmt.Sprintf("%d KiB", size>>10), w.recovers(ctx)
}

// floor is what `milepost serve` keeps free where nobody says otherwise: bytes.
const floor = 64 << 20

func nearlyFullDisk(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
		return "", err
	}
	used, err := usedOf(w.Data)
	if err != nil {
		return "", err
	}
	// What is under way when the floor is reached may grow the files a little.
	free, doubts := 16<<20+w.Random.Int64N(floor-16<<20), w.doubts.Load()
	if err := resize(w.Data, used+free); err != nil {
		return "", err
	}
	detail := fmt.Sprintf("%d MiB free", free>>20)
	select {
	case <-time.After(time.Duration(500+w.Random.IntN(1500)) * time.Millisecond):
	case <-w.Server().exited:
		return detail, fmt.Errorf("the server left: %s", w.Server().Said())
	case <-ctx.Done():
		return detail, ctx.Err()
	}
	if n := w.doubts.Load() - doubts; n > 0 {
		return detail, fmt.Errorf("%d commands are in doubt", n)
	}
	if now, err := usedOf(w.Data); err != nil || now > used+8<<20 {
		return detail, fmt.Errorf("the disk had %d bytes, and has %d: commands were accepted below the floor (%w)", used, now, err)
	}
	if err := resize(w.Data, tmpfsSize); err != nil {
		return detail, err
	}
	within, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	return detail, w.Answers(within, 20)
}

// usedOf is how many bytes of a file system are taken.
func usedOf(dir string) (int64, error) {
	var have syscall.Statfs_t
	if err := syscall.Statfs(dir, &have); err != nil {
		return 0, err
	}
	return (int64(have.Blocks) - int64(have.Bfree)) * have.Bsize, nil
}

const tmpfsSize = 512 << 20

func resize(dir string, size int64) error {
	return syscall.Mount("", dir, "", syscall.MS_REMOUNT, fmt.Sprintf("size=%d", size))
}

// OnTmpfs gives a world's data a file system of its own in memory, until it is given back.
func OnTmpfs(dir string) (giveBack func() error, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", tmpfsSize)); err != nil {
		return nil, fmt.Errorf("mount a file system in memory, which needs root: %w", err)
	}
	return func() error { return syscall.Unmount(dir, syscall.MNT_DETACH) }, nil
}
