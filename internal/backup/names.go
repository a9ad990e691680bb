package backup

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"milepost.dev/internal/parties"
)

// Value is one value that is kept beside the ledger, as it is stored. It is a secret.
type Value struct {
	Key   string `json:"key"`
	Value []byte `json:"value"`
}

// writeNames makes a file of the values, in order of key, unless there is the very same one.
func writeNames(dir string, values []Value, before *Names) (*Names, error) {
	slices.SortFunc(values, func(a, b Value) int { return cmp.Compare(a.Key, b.Key) })
	text, err := json.MarshalIndent(values, "", " ")
	if err != nil {
		return nil, err
	}
	text = append(text, '\n')
	sum := sha256.Sum256(text)
	digest := hex.EncodeToString(sum[:])
	if before != nil && before.SHA256 == digest {
		return before, nil
	}
	n := &Names{File: namesPrefix + digest[:16], Values: len(values), Bytes: int64(len(text)), SHA256: digest}
	return n, writeFile(dir, n.File, text)
}

// readNames proves the file of names: that it is what was written, that each name is the one that its party
// id stands for, and that the request key is there.
func readNames(ctx context.Context, dir string, n *Names) (_ []Value, ids []string, _ error) {
	damaged := func(why string) ([]Value, []string, error) {
		// Without it no commit can be restored: nobody would be known again, and no retry.
		return nil, nil, &Damage{Dir: dir, File: n.File, Position: 1, Reason: why}
	}
	text, err := os.ReadFile(filepath.Join(dir, n.File))
	if errors.Is(err, os.ErrNotExist) {
		return damaged("the file is gone")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the backup: %w", err)
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != n.SHA256 {
		return damaged("it is not what was written")
	}
	var values []Value
	if err := json.Unmarshal(text, &values); err != nil {
		return damaged("it cannot be read")
	}
	if ids, err = proveNames(ctx, values); err != nil {
		return damaged(err.Error())
	}
	return values, ids, nil
}

// proveNames opens the directory that the values would make, and answers the parties in it.
func proveNames(ctx context.Context, values []Value) (ids []string, err error) {
	kept := parties.NewMemory()
	for _, v := range values {
		if err := kept.Put(ctx, v.Key, v.Value); err != nil {
			return nil, err
		}
	}
	directory, err := parties.Open(ctx, kept, noKey{})
	if err != nil {
		return nil, err
	}
	for _, p := range directory.All() {
		ids = append(ids, p.ID)
	}
	return ids, nil
}

// noKey is asked for chance only to make a request key where there is none.
type noKey struct{}

func (noKey) Read([]byte) (int, error) { return 0, errors.New("the request key is missing") }
