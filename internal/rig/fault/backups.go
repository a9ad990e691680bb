package fault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Backups are faults of copies: of one that is being taken, and of what a copy is for.
func Backups() []Fault {
	return []Fault{
		{"kill in a backup", "SIGKILL of the backup, or of the server that it is taken from, while it is taken; the next run brings it to its end", Directory, killBackup},
		{"kill in a restore", "a backup is restored elsewhere, SIGKILL ends the restore, it is run again, and everybody goes on with the restored server", Directory, killRestore},
	}
}

func (w *World) backupDir() string { return filepath.Join(w.Dir, "backup") }

// milepost runs a command of the binary, and kills it after a moment where there is one.
func (w *World) milepost(ctx context.Context, killAfter time.Duration, args ...string) (killed bool, err error) {
	cmd := exec.CommandContext(ctx, w.Binary, args...)
	cmd.Env = append(os.Environ(), "XDG_STATE_HOME="+stateOf(w.Data))
	if w.Credentials {
		cmd.Env = append(cmd.Env, "MILEPOST_TOKEN="+tokenOfAll)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out := &limited{}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return false, err
	}
	if killAfter > 0 {
		timer := time.AfterFunc(killAfter, func() { _ = cmd.Process.Kill() })
		defer timer.Stop()
	}
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == -1 {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("milepost %s: %w: %s", args[0], err, out.text)
	}
	return false, nil
}

// limited keeps the beginning of what a command says.
type limited struct{ text []byte }

func (l *limited) Write(p []byte) (int, error) {
	l.text = append(l.text, p[:min(len(p), 2000-min(2000, len(l.text)))]...)
	return len(p), nil
}

func killBackup(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(150)); err != nil {
		return "", err
	}
	after, whom := time.Duration(1+w.Random.IntN(60))*time.Millisecond, "the backup"
	server := w.Server()
	if w.Random.IntN(2) == 0 {
		whom = "the server"
		time.AfterFunc(after, func() { server.signal(syscall.SIGKILL) })
		// A backup from a server that died says that it does not answer; it waits for it at first.
		_, _ = w.milepost(ctx, time.Second, "backup", w.backupDir(), "--server", server.GRPC)
		w.Down()
		if err := w.Up(ctx); err != nil {
			return whom, err
		}
	} else if _, err := w.milepost(ctx, after, "backup", w.backupDir(), "--server", server.GRPC); err != nil {
		return whom, err
	}
	if _, err := w.milepost(ctx, 0, "backup", w.backupDir(), "--server", w.Server().GRPC); err != nil {
		return whom, err
	}
	_, err := w.milepost(ctx, 0, "verify", "--backup", w.backupDir())
	return whom, err
}

func killRestore(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(150)); err != nil {
		return "", err
	}
	if w.Random.IntN(2) == 0 { // one that has to be brought up to date afterwards
		if _, err := w.milepost(ctx, 0, "backup", w.backupDir(), "--server", w.Server().GRPC); err != nil {
			return "", err
		}
	}
	w.Down()
	if _, err := w.milepost(ctx, 0, "backup", w.backupDir(), "--data", w.Data); err != nil {
		return "", err
	}
	old := w.Data
	w.Data = filepath.Join(w.Dir, fmt.Sprintf("restored-%d", w.Random.Uint64()))
	restore := []string{"restore", w.backupDir(), "--data", w.Data, "--old-data", old}
	killed, err := w.milepost(ctx, time.Duration(1+w.Random.IntN(400))*time.Millisecond, restore...)
	if err != nil {
		return "", err
	}
	detail := "came to its end"
	if killed {
		detail = "killed"
		if entries, _ := os.ReadDir(w.Data); len(entries) > 0 { // it may have been in its place already
			if _, err := os.Stat(filepath.Join(w.Data, "ledger")); err == nil {
				return "killed after its end", errors.Join(os.RemoveAll(old), w.Up(ctx))
			}
		}
		if _, err := w.milepost(ctx, 0, restore...); err != nil {
			return detail, err
		}
	}
	return detail, errors.Join(os.RemoveAll(old), w.Up(ctx))
}
