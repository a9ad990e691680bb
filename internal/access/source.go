package access

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"milepost.dev/internal/clock"
)

// LookEvery is how often files that may change are read again.
const LookEvery = time.Second

// Reading says what is in force of files that may change while the server runs.
type Reading struct {
	Digest string    // SHA-256 of what is in force, in hexadecimal
	At     time.Time // when that was read
	Failed uint64    // how often the files were refused since the start
	// Reason says why what the files hold now is not in force; empty where it is. It may name people, so it is
	// for the log. Refused is the SHA-256 of what they hold; empty where they cannot be read.
	Reason, Refused string
}

// source is a value that is read from files, and read again when they change. A content that is wrong is refused as
// a whole, and the value before it stays in force.
type source[T any] struct {
	what  string // for the log
	clock clock.Clock
	log   *slog.Logger
	read  func() ([][]byte, error)
	parse func([][]byte) (T, error)

	mu      sync.Mutex // of those who look
	value   atomic.Pointer[T]
	reading atomic.Pointer[Reading]
}

// open reads the files for the first time, and fails where they are wrong.
func (s *source[T]) open() error {
	contents, err := s.read()
	if err != nil {
		return err
	}
	value, err := s.parse(contents)
	if err != nil {
		return err
	}
	s.value.Store(&value)
	s.reading.Store(&Reading{Digest: digestOf(contents), At: s.clock.Now()})
	return nil
}

// look reads the files again. A content that is in force, or was refused already, is not looked at twice unless somebody asked.
func (s *source[T]) look(ctx context.Context, asked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := *s.reading.Load()
	contents, err := s.read()
	digest := ""
	if err == nil {
		digest = digestOf(contents)
		if !asked && (digest == now.Digest && now.Reason == "" || digest == now.Refused) {
			return
		}
		var value T
		if value, err = s.parse(contents); err == nil {
			s.value.Store(&value)
			s.reading.Store(&Reading{Digest: digest, At: s.clock.Now(), Failed: now.Failed})
			s.log.InfoContext(ctx, "the "+s.what+" were read again", "sha256", digest, "before_sha256", now.Digest)
			return
		}
	}
	reason := err.Error()
	if !asked && digest == now.Refused && reason == now.Reason {
		return // the log has it
	}
	now.Failed++
	now.Refused, now.Reason = digest, reason
	s.reading.Store(&now)
	s.log.ErrorContext(ctx, "the "+s.what+" cannot be used, and those that were read before stay in force",
		"sha256", digest, "in_force_sha256", now.Digest, "reason", now.Reason)
}

// digestOf is one SHA-256 of several contents; of a single one it is that of the file, as sha256sum prints it.
func digestOf(contents [][]byte) string {
	h := sha256.New()
	for i, content := range contents {
		if i > 0 { // where one ends belongs to it
			var size [8]byte
			binary.BigEndian.PutUint64(size[:], uint64(len(content)))
			h.Write(size[:])
		}
		h.Write(content)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// maxFile bounds each file: bytes.
const maxFile = 4 << 20

// readFile reads a file whose mode passes check.
func readFile(path string, check func(os.FileMode) error) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", path)
	}
	if err := check(info.Mode().Perm()); err != nil {
		return nil, fmt.Errorf("%s %w", path, err)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s is longer than %d bytes", path, maxFile)
	}
	return data, nil
}

// ReadSecret reads a token or a key that somebody keeps in a file, and refuses a file that other users can read or write.
// What comes through a pipe is taken as it is.
func ReadSecret(path string) ([]byte, error) {
	if info, err := os.Stat(path); err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeCharDevice|fs.ModeSocket) != 0 {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(io.LimitReader(f, maxFile))
		return data, errors.Join(err, f.Close())
	}
	return readFile(path, private)
}

// ReadSettings reads a file that decides who may do what and holds no secret: others may read it, and not write it.
func ReadSettings(path string) ([]byte, error) {
	return readFile(path, func(mode os.FileMode) error {
		if mode&0o022 != 0 {
			return fmt.Errorf("has mode %#o: other users may write it. Run chmod go-w on it", mode)
		}
		return nil
	})
}

// anyMode takes every mode.
func anyMode(os.FileMode) error { return nil }

// private refuses a file that every user of the machine may read, or that others than its owner may write.
func private(mode os.FileMode) error {
	if mode&0o026 != 0 {
		return fmt.Errorf("has mode %#o: other users may read or write it. Run chmod 600 on it (640 lets a group read it)", mode)
	}
	return nil
}
