package fault

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	ledgerv1 "milepost.dev/api/milepost/ledger/v1"
	"milepost.dev/internal/oracle"
)

// Damages are faults of what lies on the disk. Each is done to a copy of the data directory of a server that
// was killed. A server on the copy either refuses to start and names the damage, or everything that it says
// is right.
func Damages() []Fault {
	return []Fault{
		{"bit in the ledger", "one bit of a file of the ledger's records flips while no server runs", Directory, damaged(ledgerBlocks, flip)},
		{"ledger cut off", "a file of the ledger's records is cut off at any byte while no server runs", Directory, damaged(ledgerBlocks, truncate)},
		{"bit in a running ledger", "one bit of a file of the ledger's records flips while the server runs and answers from it", Directory, rot},
		{"bit in a saved fold", "one bit of the saved fold or of the saved index of requests flips", Directory, damaged(savedFolds, flip)},
		{"saved fold cut off", "the saved fold or the saved index of requests is cut off at any byte", Directory, damaged(savedFolds, truncate)},
		{"bit in the names", "one bit of a file of the names flips", Directory, damaged(nameBlocks, flip)},
		{"names cut off", "a file of the names is cut off at any byte", Directory, damaged(nameBlocks, truncate)},
		{"bit elsewhere", "one bit of any other file of the data directory flips: descriptions, indexes, marks", Directory, damaged(others, flip)},
		{"cut off elsewhere", "any other file of the data directory is cut off at any byte", Directory, damaged(others, truncate)},
	}
}

func ledgerBlocks(path string) bool {
	return strings.Contains(path, "MILEPOST_LEDGER") && strings.HasSuffix(path, ".blk")
}

func savedFolds(path string) bool { return strings.Contains(path, "folds"+string(filepath.Separator)) }

func nameBlocks(path string) bool {
	return strings.Contains(path, "MILEPOST_PARTIES") && strings.HasSuffix(path, ".blk")
}

func others(path string) bool {
	return !ledgerBlocks(path) && !savedFolds(path) && !nameBlocks(path)
}

// damaged makes a fault of damage to one of the files that are chosen.
func damaged(chosen func(path string) bool, harm func(w *World, path string) (at int64, what string, err error)) func(context.Context, *World) (string, error) {
	return func(ctx context.Context, w *World) (string, error) {
		dir := filepath.Join(w.Dir, "damaged")
		path := ""
		for path == "" { // until there is such a file
			if err := w.Answers(ctx, 1+w.Random.IntN(100)); err != nil {
				return "", err
			}
			w.Down()
			err := errors.Join(os.RemoveAll(dir), os.CopyFS(dir, os.DirFS(w.Data)))
			if err == nil {
				path, err = w.pick(dir, chosen)
			}
			if err == nil && path == "" {
				err = w.Up(ctx)
			}
			if err != nil {
				return "", err
			}
		}
		first, last := uint64(0), uint64(0)
		at, what, err := harm(w, path)
		if err == nil && ledgerBlocks(path) {
			first, last, err = around(filepath.Join(w.Data, strings.TrimPrefix(path, dir)), at)
		}
		if err != nil {
			return "", err
		}
		detail := fmt.Sprintf("%s of %s", what, filepath.Base(path))
		if err := w.refusedOrRight(ctx, dir, first, last); err != nil {
			return "", fmt.Errorf("%s: %w", detail, err)
		}
		return detail, w.Up(ctx)
	}
}

// pick chooses a file that is not empty; no path where there is none.
func (w *World) pick(dir string, chosen func(string) bool) (string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !chosen(path) {
			return err
		}
		info, err := e.Info()
		if err == nil && info.Size() > 0 {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil || len(paths) == 0 {
		return "", err
	}
	return paths[w.Random.IntN(len(paths))], nil
}

func flip(w *World, path string) (int64, string, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, "", err
	}
	at, bit := w.Random.IntN(len(data)), w.Random.IntN(8)
	data[at] ^= 1 << bit
	return int64(at), fmt.Sprintf("bit %d of byte %d", bit, at), os.WriteFile(path, data, 0o600)
}

func truncate(w *World, path string) (int64, string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, "", err
	}
	at := w.Random.Int64N(info.Size())
	if w.Random.IntN(2) == 0 { // near the end, where a cut is hardest to notice
		at = max(0, info.Size()-1-w.Random.Int64N(2000))
	}
	return at, fmt.Sprintf("all from byte %d", at), os.Truncate(path, at)
}

// around answers between which positions the damage has to be named: from the first of the commit before the
// one that holds the byte, whose digest may be what looks wrong, to the last of that one.
func around(block string, at int64) (first, last uint64, err error) {
	data, err := os.ReadFile(block)
	if err != nil {
		return 0, 0, err
	}
	for offset := 0; offset < len(data); {
		size := int(binary.LittleEndian.Uint32(data[offset:]) &^ (1 << 31))
		subject := int(binary.LittleEndian.Uint16(data[offset+20:]))
		body := data[offset+22+subject : offset+size-8]
		if data[offset+3]&0x80 != 0 {
			body = body[4+binary.LittleEndian.Uint32(body):]
		}
		var commit ledgerv1.Commit
		if err := proto.Unmarshal(body, &commit); err != nil {
			return 0, 0, err
		}
		last = commit.FirstPosition + uint64(len(commit.Records))
		if offset+size > int(at) {
			return first, last, nil
		}
		first = commit.FirstPosition
		offset += size
	}
	return first, last, nil
}

// refusedOrRight starts a server on a damaged directory. It may refuse, and then `milepost verify` has to
// name the same position, between first and last where those are known. If it serves, everything that it
// says has to be right.
func (w *World) refusedOrRight(ctx context.Context, dir string, first, last uint64) error {
	l := w.launch()
	l.Data, l.Limits = dir, nil
	verified, whole, err := verifyData(ctx, w.Binary, dir)
	if err != nil {
		return err
	}
	s, err := Start(ctx, l)
	var refused *Refused
	switch {
	case errors.As(err, &refused) && refused.Status != 1:
		return fmt.Errorf("it should refuse with a sentence: %w", refused)
	case errors.As(err, &refused):
		return sameDamage(verified, whole, refused, first, last)
	case err != nil:
		return err
	}
	defer s.Kill()
	if _, err := w.right(ctx, s, w.History.Operations()); err != nil {
		return brokenf("SERVED DAMAGE: %w", err)
	}
	return nil
}

// sameDamage holds a refusal to what `milepost verify` says of the same files: it has found what the server refuses, and of the
// ledger the same position.
func sameDamage(verified []byte, whole bool, refused *Refused, first, last uint64) error {
	if whole {
		return fmt.Errorf("the server refuses (%s), and verify finds all whole", refused.Said)
	}
	var found struct {
		Damaged *struct{ Position uint64 }
	}
	if json.NewDecoder(strings.NewReader(string(verified))).Decode(&found) != nil || found.Damaged == nil || found.Damaged.Position == 0 {
		if last == 0 { // not of the ledger
			return nil
		}
		return fmt.Errorf("the server refuses (%s), and verify says: %s", refused.Said, verified)
	}
	position := found.Damaged.Position
	if !strings.Contains(refused.Said, fmt.Sprintf("damaged at position %d ", position)) {
		return fmt.Errorf("verify names position %d, and the server says: %s", position, refused.Said)
	}
	if last != 0 && (position < first || position > last) {
		return fmt.Errorf("position %d is named, and the damage is between %d and %d", position, first, last)
	}
	return nil
}

// rot turns a bit of the ledger over behind the back of a server that runs, asks for everything, and turns it
// back. What the server read before it may go on saying; what it reads now it has to check.
func rot(ctx context.Context, w *World) (string, error) {
	if err := w.Answers(ctx, 1+w.Random.IntN(200)); err != nil {
		return "", err
	}
	path, err := w.pick(w.Data, ledgerBlocks)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	at, bit := w.Random.Int64N(info.Size()), byte(1)<<w.Random.IntN(8)
	if err := invert(path, at, bit); err != nil {
		return "", err
	}
	detail := fmt.Sprintf("byte %d of %s", at, filepath.Base(path))
	s := w.Server()
	_, _, _, err = oracle.NewServer(s.Conn).Verify(ctx, nil)
	for _, err := range []error{err, w.askAgain(ctx, s, w.History.Operations())} {
		if err != nil && status.Code(err) != codes.DataLoss {
			return detail, brokenf("SERVED DAMAGE: %s: %w", detail, err)
		}
	}
	w.Down()
	if err := w.Up(ctx); err == nil {
		return detail, brokenf("SERVED DAMAGE: %s: a server starts on it", detail)
	}
	if err := invert(path, at, bit); err != nil {
		return detail, err
	}
	return detail, w.Up(ctx)
}

func invert(path string, at int64, bit byte) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, at); err != nil {
		return err
	}
	b[0] ^= bit
	_, err = f.WriteAt(b, at)
	return err
}
