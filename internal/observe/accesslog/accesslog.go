// Package accesslog notes who asked a server for what, of which plan, from where and when: reads and sign-ins too, which leave
// nothing in the ledger. It is a file of JSON objects, one a line, apart from the server's own log, because it names people and
// is read by others. It is bounded: the oldest lines go. It holds no token, no question and no answer.
//
// Each line has the SHA-256 of the line before it, so that none is taken out, put in or changed without a trace, and a digest that
// is kept elsewhere stands for all that came before. Verify proves it.
package accesslog

import (
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
	// Turned is told of the last line of a file when the next one is begun, and of the last line when the log is closed: its number
	// and its digest, for a place that who can write the log cannot. It must not call the log. Nobody is told where nil.
	Turned func(number uint64, digest string)
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
	last   tail     // guarded by mu: the line that was written last
	text   []byte   // guarded by mu: of that line
	few    few      // guarded by mu
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
	f, err := dirlock.OpenFile(l.path, os.O_CREATE|os.O_RDWR|os.O_APPEND)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	last, torn, err := l.endOf(f)
	if err == nil && torn {
		_, err = f.Write([]byte{'\n'}) // what broke off is a line of its own
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	l.file, l.size, l.last = f, info.Size(), last
	return nil
}

// line is what is noted of a call, as append writes it. Its fields stay as they are.
type line struct {
	Time       time.Time `json:"time"` // when the call ended, UTC
	Actor      string    `json:"actor,omitempty"`
	Method     string    `json:"method"`
	Plan       string    `json:"plan,omitempty"`
	Address    string    `json:"address,omitempty"`
	Path       string    `json:"path,omitempty"` // over HTTP
	Code       string    `json:"code"`
	Rule       string    `json:"rule,omitempty"`
	DurationMS float64   `json:"duration_ms"`
	// LeftOut is how many refused calls of strangers have no line since the line before.
	LeftOut int `json:"left_out,omitempty"`
	// Number is one more than that of the line before, and Before the SHA-256 of that line, without its end; empty of the first.
	// Where the line before broke off, it is that of the whole line before it, to the end of what broke off.
	Number uint64 `json:"number"`
	Before []byte `json:"before"`
}

// health are the calls that nobody has to say who they are for, and that tell nothing of a plan.
const health = "/grpc.health.v1.Health/"

// Ended notes a call, and has done so when it returns. A line that cannot be written fails no call. Of the refused calls of
// strangers it notes so many that they do not push out what others did, and how many there were besides.
func (l *Log) Ended(c logs.Call) {
	if strings.HasPrefix(c.Method, health) {
		return
	}
	now := l.o.Now()
	l.mu.Lock()
	if c.Actor == "" && c.Code != codes.OK && !l.few.allow(now) {
		l.mu.Unlock()
		return
	}
	err := l.note(line{
		Time: now.UTC(), Actor: c.Actor, Method: strings.TrimPrefix(c.Method, "/"), Plan: c.Plan,
		Address: c.Address, Path: c.Path, Code: c.Code.String(), Rule: ruleOf(c), DurationMS: float64(c.Duration.Microseconds()) / 1000,
	})
	l.mu.Unlock()
	l.told(err)
}

func ruleOf(c logs.Call) string {
	if c.Code == codes.OK {
		return ""
	}
	return c.Rule
}

// note writes a line. It is called with mu held.
func (l *Log) note(what line) error {
	if l.file == nil {
		if err := l.open(); err != nil {
			return err
		}
	}
	what.LeftOut, what.Number, what.Before = l.few.leftOut, l.last.number+1, l.last.digest
	text := what.append(l.text[:0])
	l.text = text // its room is used again
	if l.size > 0 && l.size+int64(len(text))+1 > l.o.Size {
		if err := l.turn(); err != nil {
			return err
		}
	}
	n, err := l.file.Write(append(text, '\n'))
	l.size += int64(n)
	if err != nil { // what is in the file is found out when it is opened again
		return errors.Join(err, l.shut())
	}
	l.last, l.few.leftOut = tail{what.Number, appendDigest(l.last.digest[:0], text)}, 0
	return nil
}

// shut closes the file until the next line. It is called with mu held.
func (l *Log) shut() error {
	err := l.file.Close()
	l.file = nil
	return err
}

// turn begins a new file, and lets the oldest go. It is called with mu held.
func (l *Log) turn() error {
	l.tell()
	err := l.shut()
	for i := l.o.Files - 1; i > 0; i-- {
		if moved := os.Rename(l.numbered(i-1), l.numbered(i)); moved != nil && !errors.Is(moved, fs.ErrNotExist) {
			err = errors.Join(err, moved)
		}
	}
	if l.o.Files == 1 {
		err = errors.Join(err, os.Remove(l.path))
	}
	last := l.last
	if err = errors.Join(err, l.open()); err == nil {
		l.last = last // also where no older file is kept
	}
	return err
}

// tell says which line is the last. It is called with mu held.
func (l *Log) tell() {
	if l.o.Turned != nil && l.last.number > 0 {
		l.o.Turned(l.last.number, string(l.last.digest))
	}
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
	l.tell()
	return l.shut()
}
