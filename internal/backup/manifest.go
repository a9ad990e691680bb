package backup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Format is the first thing in a manifest. It changes when an older milepost could not read what a newer one writes.
const Format = "milepost backup 1"

const manifestFile = "MANIFEST"

// Manifest says what a backup holds. It is JSON, and the SHA-256 of that JSON in hexadecimal on a line of its
// own.
type Manifest struct {
	Format   string    `json:"format"`
	TakenAt  time.Time `json:"taken_at"` // when a server was last asked
	Origin   string    `json:"origin"`   // identity of the ledger, in hexadecimal; empty where there is nothing yet
	Commits  uint64    `json:"commits"`  // the number of the last one
	Position uint64    `json:"position"` // of the last record
	Segments []Segment `json:"segments"` // in order, without a gap, from commit 1
	Names    *Names    `json:"names"`    // nil where there is nothing yet
}

// Segment is one file of commits.
type Segment struct {
	File          string `json:"file"`
	FirstCommit   uint64 `json:"first_commit"`
	LastCommit    uint64 `json:"last_commit"`
	FirstPosition uint64 `json:"first_position"` // of its first record, or of the next one to come
	LastPosition  uint64 `json:"last_position"`  // before its end
	Bytes         int64  `json:"bytes"`          // how long the file is
	Digest        string `json:"digest"`         // SHA-256 of its last commit, in hexadecimal
}

// Names is the file of what is kept beside the ledger.
type Names struct {
	File   string `json:"file"`
	Values int    `json:"values"` // how many
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // of the file, in hexadecimal
}

func (m *Manifest) encode() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	text = append(text, '\n')
	sum := sha256.Sum256(text)
	return fmt.Appendf(text, "%x\n", sum), nil
}

// errNoManifest: there is none, and so no backup.
var errNoManifest = errors.New("there is no backup here")

// readManifest answers errNoManifest or a *Damage where it cannot be believed.
func readManifest(dir string) (*Manifest, error) {
	data, err := os.ReadFile(filepath.Join(dir, manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoManifest
	}
	if err != nil {
		return nil, fmt.Errorf("read the backup's manifest: %w", err)
	}
	damaged := func(why string) (*Manifest, error) {
		return nil, &Damage{Dir: dir, File: manifestFile, Position: 1, Reason: why}
	}
	const sumLine = 2*sha256.Size + 1
	if len(data) < sumLine {
		return damaged("it is cut short")
	}
	text, line := data[:len(data)-sumLine], data[len(data)-sumLine:]
	if sum := sha256.Sum256(text); string(line) != hex.EncodeToString(sum[:])+"\n" {
		return damaged("it is not what was written")
	}
	m := &Manifest{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(m); err != nil {
		return damaged("it cannot be read")
	}
	if m.Format != Format {
		return nil, fmt.Errorf("the backup in %s has the format %q, and this version of milepost reads %q", dir, m.Format, Format)
	}
	for i, s := range m.Segments {
		if !ours(s.File) || s.LastCommit < s.FirstCommit || i == 0 && s.FirstCommit != 1 || i > 0 && s.FirstCommit != m.Segments[i-1].LastCommit+1 {
			return damaged("the files that it names do not follow each other")
		}
	}
	if len(m.Segments) > 0 && (m.Names == nil || !ours(m.Names.File)) {
		return damaged("it names no file of names")
	}
	return m, nil
}

// The beginnings of the names of files that a backup makes.
const (
	segmentPrefix = "commits-"
	namesPrefix   = "names-"
	partSuffix    = ".part" // of a file that is not whole yet
)

// ours says whether a file name is one that a backup gives to what it holds.
func ours(name string) bool {
	return (strings.HasPrefix(name, segmentPrefix) || strings.HasPrefix(name, namesPrefix)) && filepath.Base(name) == name
}

// Damage is a backup that is not what was written. Nothing from Position on can be restored from it.
type Damage struct {
	Dir, File string
	Position  uint64
	Reason    string
}

func (e *Damage) Error() string {
	return fmt.Sprintf("the backup in %s is damaged from position %d on: %s: %s", e.Dir, e.Position, e.File, e.Reason)
}
