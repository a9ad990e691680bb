// Package bench measures a milepost server: how fast facts become durable beside what gRPC alone can do on
// the same machine in the same minute, how long a start takes, what questions cost on a large ledger, and how
// much memory and disk an event takes.
//
// A machine's speed changes from minute to minute, and what it has beside. So whatever is compared is measured
// in turns within one run, several rounds of it, and the medians and the ratio of each round are the result.
package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"milepost.dev/eventstore/cluster"
)

// Parts of a run, by the names that Options.Only takes.
const (
	PartUnary    = "unary"
	PartPush     = "push"
	PartPublish  = "publish"
	PartLedger   = "ledger"
	PartDocument = "document"
	PartPages    = "pages"
)

// Parts are all of them.
func Parts() []string {
	return []string{PartUnary, PartPush, PartPublish, PartLedger, PartDocument, PartPages}
}

// Options say how much is measured.
type Options struct {
	Rounds   int           // that are interleaved
	For      time.Duration // of each measurement in a round
	Callers  []int         // of single calls at once
	Streams  []int         // of pushed requests
	Events   int           // of the large ledger
	Plans    int           // of it
	Each     int           // milestones of each plan
	Watchers int
	Rows     int // of the document that is read
	Viewed   int // plans that pages are made of
	Large    int // milestones of the large plan that a page is made of
	Viewers  int // who look at pages at once
	Looking  time.Duration
	Only     []string // parts; all where empty

	// NoReadModels runs the server that facts are stated to without what only answers need.
	NoReadModels bool
	// Serve is the command that runs a server: its name and first arguments. The large ledger is served by
	// a process of its own, so that its memory is its own and it can be killed.
	Serve []string
	// State is the directory in which such a server leaves its token.
	State string
	// Import is the command that reads a document, likewise in a process of its own.
	Import []string
	// Dir is where ledgers are made; they are removed again. The system's directory for such where empty.
	Dir string
	// Progress is told what is being done.
	Progress io.Writer
	Software string // version
	// OnServers says on which NATS servers a ledger is to be measured, in place of all parts; nil for none. ServeOn are the flags by
	// which a server finds them.
	OnServers *cluster.Options
	ServeOn   []string
	Replicas  int // of that ledger
}

// Full is the usual run.
func Full() Options {
	return Options{
		Rounds: 5, For: time.Second, Callers: []int{1, 16, 64, 256}, Streams: []int{1, 8},
		Events: 1_000_000, Plans: 20, Each: 500, Watchers: 1000, Rows: 100_000, Viewed: 200, Large: 5000, Viewers: 200, Looking: 15 * time.Second,
	}
}

// Quick is a run of the same code in a few seconds. Its figures say that it works, and no more.
func Quick() Options {
	return Options{
		Rounds: 1, For: 100 * time.Millisecond, Callers: []int{1, 16}, Streams: []int{1, 2},
		Events: 4000, Plans: 4, Each: 25, Watchers: 20, Rows: 500, Viewed: loadPlans, Large: 150, Viewers: 4, Looking: time.Second,
	}
}

// bench is one run.
type bench struct {
	Options
	report *Report
	dir    string
}

// Run measures. Its ledgers are gone when it returns.
func Run(ctx context.Context, o Options) (_ *Report, err error) {
	dir, err := os.MkdirTemp(o.Dir, "milepost-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{Options: o, report: newReport(o), dir: dir}
	if o.OnServers != nil {
		return b.report, b.onServers(ctx)
	}
	if b.has(PartUnary) || b.has(PartPush) || b.has(PartPublish) {
		if err := b.rounds(ctx); err != nil {
			return nil, err
		}
	}
	if b.has(PartLedger) {
		if err := b.ledger(ctx, filepath.Join(dir, "large")); err != nil {
			return nil, err
		}
	}
	if b.has(PartDocument) {
		if err := b.document(ctx); err != nil {
			return nil, err
		}
	}
	if b.has(PartPages) {
		if err := b.pages(ctx); err != nil {
			return nil, err
		}
	}
	return b.report, nil
}

func (b *bench) has(part string) bool { return len(b.Only) == 0 || slices.Contains(b.Only, part) }

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.Progress, format+"\n", args...) }
