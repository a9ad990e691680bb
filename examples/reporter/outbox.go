package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
)

// Change is one line of the outbox.
type Change struct {
	ID           string `json:"change"` // the other system's own number of it
	Ref          string `json:"ref"`
	Title        string `json:"title"`
	AsAt         string `json:"as_at"`
	DeliveryDate string `json:"delivery_date"`
	Reason       string `json:"reason"`

	line []byte
	end  int64 // of the line in the outbox
}

// Outbox is a file that another system appends to, and how far it was answered, which is in OUTBOX.sent. That
// mark may be lost or be old after a crash: then some changes are sent once more, and get the receipts that they
// got before.
type Outbox struct {
	name  string
	file  *os.File
	lines *bufio.Reader
	at    int64 // where the next line begins
}

// Open opens an outbox where it was left.
func Open(name string) (*Outbox, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	mark, err := os.ReadFile(name + ".sent")
	at := int64(0)
	if err == nil {
		at, err = strconv.ParseInt(string(mark), 10, 64)
	}
	if errors.Is(err, os.ErrNotExist) {
		err = nil
	}
	if err == nil {
		_, err = file.Seek(at, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return &Outbox{name: name, file: file, lines: bufio.NewReader(file), at: at}, nil
}

// Close closes the file.
func (o *Outbox) Close() error { return o.file.Close() }

// Next is the next change that has no answer; nil where there is none. A line without an end is being written.
func (o *Outbox) Next() (*Change, error) {
	line, err := o.lines.ReadBytes('\n')
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o.at += int64(len(line))
	c := &Change{line: line, end: o.at}
	if err := json.Unmarshal(line, c); err != nil {
		return nil, fmt.Errorf("%s, up to byte %d: %w", o.name, o.at, err)
	}
	return c, nil
}

// Done notes that everything up to a change was answered.
func (o *Outbox) Done(c *Change) error {
	next := o.name + ".sent.new"
	if err := os.WriteFile(next, strconv.AppendInt(nil, c.end, 10), 0o600); err != nil {
		return err
	}
	return os.Rename(next, o.name+".sent")
}

// SetAside keeps a refused change for a person, and goes on with the others.
func (o *Outbox) SetAside(c *Change, why *Refusal) error {
	line, err := json.Marshal(struct {
		Change  *Change  `json:"change"`
		Refusal *Refusal `json:"refusal"`
	}{c, why})
	if err != nil {
		return err
	}
	file, err := os.OpenFile(o.name+".refused", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return o.Done(c)
}
