// Package accesslog notes who asked a server for what, of which plan, from where and when: reads and sign-ins too, which leave
// nothing in the ledger. It is a file of JSON objects, one a line, apart from the server's own log, because it names people and
// is read by others. It is bounded: the oldest lines go. It holds no token, no question and no answer.
package accesslog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"

	"milepost.dev/eventstore/dirlock"
	"milepost.dev/internal/observe/logs"
)

// Usual bounds: some 60,000 calls a file.
const (
	usualSize  = 16 << 20 // bytes of a file
	usualFiles = 8        // files, with the one that is written
)

// Options bound a log.
type Options struct {
	Size  int64 // bytes of a file; 16 MiB where 0
	Files int   // how many there are, FILE, FILE.1 and so on; 8 where 0
	// Now is the time of a line.
	Now func() time.Time
	// Failed is told once that nothing is noted any more, and why; then again when it was noted again and failed once more.
	Failed func(error)
}

// Log is an access log. It is safe for concurrent use.
type Log struct {
	path string
	o    Options

	mu     sync.Mutex
	file   *os.File // guarded by mu; nil where it could not be opened
	size   int64    // guarded by mu
	failed bool     // guarded by mu: the last line could not be written, and Failed knows
}

// Open opens a log, and adds to what is there.
func Open(path string, o Options) (*Log, error) {
	if o.Size == 0 {
		o.Size = usualSize
	}
	if o.Files == 0 {
		o.Files = usualFiles
	}
	l := &Log{path: path, o: o}
	if err := l.open(); err != nil {
		return nil, fmt.Errorf("open the access log: %w", err)
	}
	return l, nil
}

// open is called with mu held, or before anybody else knows the log.
func (l *Log) open() error {
	f, err := dirlock.OpenFile(l.path, os.O_CREATE|os.O_WRONLY|os.O_APPEND)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.file, l.size = f, info.Size()
	return nil
}

// line is what is noted of a call. Its fields stay as they are.
type line struct {
	Time       string  `json:"time"` // when the call ended, UTC
	Actor      string  `json:"actor,omitempty"`
	Method     string  `json:"method"`
	Plan       string  `json:"plan,omitempty"`
	Address    string  `json:"address,omitempty"`
	Path       string  `json:"path,omitempty"` // over HTTP
	Code       string  `json:"code"`
	Rule       string  `json:"rule,omitempty"`
	DurationMS float64 `json:"duration_ms"`
}

// health are the calls that nobody has to say who they are for, and that tell nothing of a plan.
const health = "/grpc.health.v1.Health/"

// Ended notes a call, and has done so when it returns. A line that cannot be written fails no call.
func (l *Log) Ended(c logs.Call) {
	if strings.HasPrefix(c.Method, health) {
		return
	}
	text, err := json.Marshal(line{
		l.o.Now().UTC().Format(time.RFC3339Nano), c.Actor, strings.TrimPrefix(c.Method, "/"), c.Plan, c.Address, c.Path,
		c.Code.String(), ruleOf(c), float64(c.Duration.Microseconds()) / 1000,
	})
	if err == nil {
		err = l.write(append(text, '\n'))
	}
	l.told(err)
}

func ruleOf(c logs.Call) string {
	if c.Code == codes.OK {
		return ""
	}
	return c.Rule
}

func (l *Log) write(text []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		if err := l.open(); err != nil {
			return err
		}
	}
	if l.size > 0 && l.size+int64(len(text)) > l.o.Size {
		if err := l.turn(); err != nil {
			return err
		}
	}
	n, err := l.file.Write(text)
	l.size += int64(n)
	return err
}

// turn begins a new file, and lets the oldest go. It is called with mu held.
func (l *Log) turn() error {
	err := l.file.Close()
	l.file = nil
	for i := l.o.Files - 1; i > 0; i-- {
		if moved := os.Rename(l.numbered(i-1), l.numbered(i)); moved != nil && !errors.Is(moved, fs.ErrNotExist) {
			err = errors.Join(err, moved)
		}
	}
	if l.o.Files == 1 {
		err = errors.Join(err, os.Remove(l.path))
	}
	return errors.Join(err, l.open())
}

// numbered is FILE, FILE.1, FILE.2 and so on.
func (l *Log) numbered(i int) string {
	if i == 0 {
		return l.path
	}
	return fmt.Sprintf("%s.%d", l.path, i)
}

// told tells of the first of several failures.
func (l *Log) told(err error) {
	l.mu.Lock()
	first := err != nil && !l.failed
	l.failed = err != nil
	l.mu.Unlock()
	if first && l.o.Failed != nil {
		l.o.Failed(err)
	}
}

// Close closes the file. What ends afterwards is not noted.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file = nil
	return err
}
