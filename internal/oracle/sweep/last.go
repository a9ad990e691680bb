package sweep

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// file is where the last sweep is kept, in the data directory.
const file = "SWEPT"

// Last is what a sweep came to.
type Last struct {
	At       time.Time `json:"at"` // when it ended
	Commits  uint64    `json:"commits"`
	Position uint64    `json:"position"`
	Digest   string    `json:"digest"` // of the last commit, in hex
	// Whole is when the directory was last found whole; zero where it never was.
	Whole time.Time `json:"whole,omitzero"`
	// Damage is what was found wrong; empty where all is whole.
	Damage string `json:"damage,omitempty"`
}

// Keep writes down in a data directory what a sweep came to, in place of the one before.
func Keep(dir string, now time.Time, f Finding, found error) error {
	l := Last{At: now.UTC(), Commits: f.Proof.Commits, Position: f.Proof.Position, Digest: f.Proof.Digest}
	if found == nil {
		l.Whole = l.At
	} else {
		before, err := Read(dir)
		if err != nil {
			return err
		}
		l.Whole, l.Damage = before.Whole, found.Error()
	}
	data, err := json.Marshal(l)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, file)
	if err = os.WriteFile(path+".new", append(data, '\n'), 0o600); err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return fmt.Errorf("keep what the sweep came to: %w", err)
	}
	return nil
}

// Read returns what the last sweep of a data directory came to; the zero Last where there was none, or where what it wrote
// cannot be read.
func Read(dir string) (l Last, err error) {
	data, err := os.ReadFile(filepath.Join(dir, file))
	if errors.Is(err, fs.ErrNotExist) {
		return Last{}, nil
	}
	if err != nil {
		return Last{}, fmt.Errorf("read what the last sweep came to: %w", err)
	}
	if json.Unmarshal(data, &l) != nil {
		return Last{}, nil
	}
	return l, nil
}
