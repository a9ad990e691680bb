package fault

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"google.golang.org/protobuf/encoding/protojson"
)

// Copies are faults of people who start a server where there is one, or on what is old.
func Copies() []Fault {
	return []Fault{
		{"two servers", "servers are started on the directory of one that runs, again and again, and several at once when that one is killed", Directory, twoServers},
		{"stale copy", "a server is started on an earlier copy of the whole directory: what it says is right, and the receipts that it has lost show it to be old", Directory, staleCopy},
	}
}

// twoServers wants one server at a time, and goes on with the one that comes when the first is killed.
func twoServers(ctx context.Context, w *World) (string, error) {
	for range 1 + w.Random.IntN(3) {
		if err := errors.Join(w.Answers(ctx, 1+w.Random.IntN(50)), w.secondRefused(ctx)); err != nil {
			return "", err
		}
	}
	var contenders []*Server
	first := w.publish(nil)
	for i := range 2 + w.Random.IntN(3) {
		s, err := launch(w.launch())
		if err != nil {
			return "", err
		}
		contenders = append(contenders, s)
		if i == 0 { // some come before it is gone, some after
			first.signal(syscall.SIGKILL)
		}
	}
	first.gone()
	serving, refused, err := w.outcome(ctx, contenders)
	detail := fmt.Sprintf("%d serve, %d are refused", len(serving), refused)
	if err != nil {
		for _, s := range contenders {
			s.Kill()
		}
		return detail, err
	}
	if len(serving) > 1 {
		w.publish(serving[0])
		return detail, brokenf("DOUBLED: %s: %w", detail, w.both(ctx, serving[1]))
	}
	if len(serving) == 0 { // each met the one that was being killed
		return detail, w.Up(ctx)
	}
	w.publish(serving[0])
	return detail, w.Answers(ctx, 5)
}

// outcome waits until each contender serves or has left.
func (w *World) outcome(ctx context.Context, contenders []*Server) (serving []*Server, refused int, err error) {
	for _, s := range contenders {
		err := s.ready(ctx)
		var left *Refused
		switch {
		case err == nil:
			serving = append(serving, s)
		case errors.As(err, &left) && left.Status == 1 && strings.Contains(left.Said, "is in use by"):
			refused++
		default:
			return serving, refused, err
		}
	}
	return serving, refused, nil
}

// staleCopy starts a server on a copy that is some answers old, beside the present directory.
func staleCopy(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
		return "", err
	}
	s, dir := w.Server(), filepath.Join(w.Dir, "stale")
	if err := s.freeze(); err != nil {
		return "", err
	}
	err := errors.Join(os.RemoveAll(dir), os.RemoveAll(stateOf(dir)), os.CopyFS(dir, os.DirFS(w.Data)))
	copied := w.now()
	s.signal(syscall.SIGCONT)
	if err != nil {
		return "", err
	}
	for w.History.storedSince(copied) == 0 { // until somebody has a receipt that the copy does not know
		if err := w.Answers(ctx, 1+w.Random.IntN(50)); err != nil {
			return "", err
		}
	}
	if err := w.receiptsShow(ctx, dir); err != nil {
		return "", err
	}
	l := w.launch()
	l.Data = dir
	stale, err := Start(ctx, l)
	if err != nil {
		return "", err
	}
	defer stale.Kill()
	return fmt.Sprintf("it ends before position %d", w.History.storedSince(copied)), stale.compared(ctx)
}

// receiptsShow wants `milepost verify` to refuse a directory by the receipts that everybody has.
func (w *World) receiptsShow(ctx context.Context, dir string) error {
	file := filepath.Join(w.Dir, "receipts")
	var lines []byte
	for _, o := range w.History.Operations() {
		if o.Receipt == nil {
			continue
		}
		line, err := protojson.Marshal(o.Receipt)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	if err := os.WriteFile(file, lines, 0o600); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, w.Binary, "verify", "--data", dir, "--receipt", file).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || !strings.Contains(string(out), "the ledger ends here") {
		return brokenf("LOST: a copy lacks what there are receipts for, and verify says (%w): %s", err, out)
	}
	return nil
}
