package fault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Replacements are faults of people and scripts that clear up, restore and copy while a server runs: its
// directory, or what keeps others out of it, is taken away from it.
func Replacements() []Fault {
	return []Fault{
		{"lock removed", "LOCK is removed while the server runs, and a second server is started on the directory, which may have been moved", Directory, removeLock},
		{"directory replaced", "a copy takes the place of the data directory, or of the ledger in it, while the server runs, and is what everybody goes on with", Directory, replaceDirectory},
		{"mark replaced", "an earlier ACKNOWLEDGED is restored over the present one while the server runs, or another program takes LOCK", Directory, replaceMark},
	}
}

// removeLock tries a second server where LOCK is gone, before the first could meet that. It has to be refused. The
// first goes on, unless its directory was moved: then it has to leave, and the second may be started.
func removeLock(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
		return "", err
	}
	first, detail := w.Server(), "in its place"
	if err := first.freeze(); err != nil {
		return "", err
	}
	defer first.signal(syscall.SIGCONT)
	if err := os.Remove(filepath.Join(w.Data, "LOCK")); err != nil {
		return "", err
	}
	if w.Random.IntN(3) == 0 {
		detail = "moved"
		moved := filepath.Join(w.Dir, fmt.Sprintf("moved-%d", w.Random.Uint64()))
		if err := os.Rename(w.Data, moved); err != nil {
			return detail, err
		}
		w.Data = moved
	}
	if err := w.secondRefused(ctx); err != nil {
		return detail, err
	}
	first.signal(syscall.SIGCONT)
	if detail == "moved" {
		if err := w.leaves(ctx, first); err != nil {
			return detail, err
		}
		return detail, w.Up(ctx)
	}
	if err := w.Answers(ctx, 5); err != nil {
		return detail, err
	}
	return detail, errors.Join(w.secondRefused(ctx), w.Answers(ctx, 5))
}

// secondRefused starts a second server and wants it to say who has the directory.
func (w *World) secondRefused(ctx context.Context) error {
	second, err := Start(ctx, w.launch())
	var refused *Refused
	switch {
	case err == nil:
		return brokenf("DOUBLED: two servers run on one directory: %w", w.both(ctx, second))
	case !errors.As(err, &refused):
		return err
	case refused.Status != 1 || !strings.Contains(refused.Said, "is in use by process "):
		return fmt.Errorf("a second server should say who has the directory: %w", refused)
	}
	return nil
}

// both lets people use a second server and then the first again, and answers what came of it.
func (w *World) both(ctx context.Context, second *Server) error {
	first := w.publish(second)
	first.signal(syscall.SIGCONT)
	errs := []error{w.Answers(ctx, 100)}
	w.publish(first)
	errs = append(errs, w.Answers(ctx, 100))
	second.Kill()
	return errors.Join(append(errs, w.whatIsLeft(ctx))...)
}

// whatIsLeft holds what the next server finds against what people were told. It ends the present one.
func (w *World) whatIsLeft(ctx context.Context) error {
	w.Down()
	s, err := Start(ctx, w.launch())
	if err != nil {
		return err
	}
	defer s.Kill()
	_, err = w.right(ctx, s, w.History.Operations())
	return err
}

// replaceDirectory stops the process while the copy is made, so that the copy holds all that was ever
// acknowledged. Whatever the server acknowledges when it goes on is therefore lost.
func replaceDirectory(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
		return "", err
	}
	what := w.Data
	if w.Random.IntN(3) == 0 {
		what = filepath.Join(w.Data, "ledger")
	}
	aside := filepath.Join(w.Dir, fmt.Sprintf("aside-%d", w.Random.Uint64()))
	s := w.Server()
	if err := s.freeze(); err != nil {
		return "", err
	}
	err := errors.Join(os.CopyFS(aside+"-copy", os.DirFS(what)), os.Rename(what, aside), os.Rename(aside+"-copy", what))
	s.signal(syscall.SIGCONT)
	detail := filepath.Base(what)
	if err != nil {
		return detail, err
	}
	if err := w.leaves(ctx, s); err != nil {
		return detail, errors.Join(err, w.whatIsLeft(ctx))
	}
	return detail, errors.Join(os.RemoveAll(aside), w.Up(ctx))
}

// replaceMark makes it look as if somebody else had written the ledger.
func replaceMark(ctx context.Context, w *World) (string, error) {
	path, lock := filepath.Join(w.Data, "ACKNOWLEDGED"), filepath.Join(w.Data, "LOCK")
	earlier, err := os.ReadFile(path)
	for now := earlier; err == nil && bytes.Equal(now, earlier); {
		if err = w.Answers(ctx, 1+w.Random.IntN(100)); err == nil {
			now, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return "", err
	}
	s, detail := w.Server(), "ACKNOWLEDGED written over"
	switch w.Random.IntN(3) {
	case 0:
		err = os.WriteFile(path, earlier, 0o600)
	case 1:
		detail, err = "ACKNOWLEDGED put in its place", errors.Join(os.WriteFile(path+".earlier", earlier, 0o600), os.Rename(path+".earlier", path))
	case 2:
		detail, err = "LOCK put in its place", errors.Join(os.WriteFile(lock+".other", nil, 0o600), os.Rename(lock+".other", lock))
	}
	if err == nil {
		err = w.leaves(ctx, s)
	}
	if err != nil {
		return detail, err
	}
	return detail, w.Up(ctx)
}

// leavesWithin bounds how long a server may take to notice what was done to its directory, and to end.
const leavesWithin = 15 * time.Second

// leaves wants a server to end by itself, with a sentence. People try it until it has.
func (w *World) leaves(ctx context.Context, s *Server) error {
	select {
	case <-s.exited:
	case <-time.After(leavesWithin):
		w.Down()
		return fmt.Errorf("%s after its directory was taken from it the server goes on: %s", leavesWithin, s.Said())
	case <-ctx.Done():
		return ctx.Err()
	}
	w.Down()
	if status, said := s.cmd.ProcessState.ExitCode(), s.Said(); status != 1 || !strings.Contains(said, "while this server ran, so it has stopped") {
		return fmt.Errorf("it should leave with a sentence: %w", &Refused{Status: status, Said: said})
	}
	return nil
}

// freeze stops every thread of the process, and returns when they stand still.
func (s *Server) freeze() error {
	s.signal(syscall.SIGSTOP)
	for {
		err := unix.Waitid(unix.P_PID, s.cmd.Process.Pid, nil, unix.WSTOPPED, nil)
		if !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
