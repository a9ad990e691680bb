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
	PartGrowth   = "growth"
	PartLedger   = "ledger"
	PartDocument = "document"
	PartPages    = "pages"
)

// Parts are all of them.
func Parts() []string {
	return []string{PartUnary, PartPush, PartPublish, PartGrowth, PartLedger, PartDocument, PartPages}
}

// Options say how much is measured.
type Options struct {
	Rounds   int           // that are interleaved
	For      time.Duration // of each measurement in a round
	Callers  []int         // of single calls at once
	Streams  []int         // of pushed requests
	Sizes    []int         // of the ledgers that commands are measured on, in rising order
	Events   int           // of the large ledger
	Plans    int           // of it
	Each     int           // milestones of each plan
	Watchers int
	Rows     int // of the document that is read
	Viewed   int // plans that pages are made of
	Large    int // milestones of the large plan that a page is made of
	Viewers  int // who look at pages at once
	Looking  time.Duration
	// Browse looks at a page as one of the viewers, in place of a client of its stream, until the context ends, as a browser does; nil where no
	// browser is at hand. Before it returns it tells seen each position that was shown, and when; the first is 0, when the page is open.
	Browse func(ctx context.Context, address string, seen func(position uint64, at time.Time)) error
	Only   []string // parts; all where empty

	// InMemory measures also where a flush costs nothing, because the directory lies in memory.
	InMemory bool
	// OneProcess runs the product and its echoes in this process, so that a profile of it shows both sides.
	OneProcess bool

	// NoReadModels runs the server that facts are stated to without what only answers need, in this process.
	NoReadModels bool
	// Serve is the command that runs a server: its name and first arguments. The large ledger is served by
	// a process of its own, so that its memory is its own and it can be killed.
	Serve []string
	// Echo is the command that runs an echo, but for its kind (ServeEcho).
	Echo []string
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

// Usual is the run of some minutes.
func Usual() Options {
	return Options{
		Rounds: 5, For: time.Second, Callers: []int{1, 16, 64, 256}, Streams: []int{1, 8}, Sizes: []int{100_000, 300_000},
		Events: 1_000_000, Plans: 20, Each: 500, Watchers: 1000, Rows: 100_000, Viewed: 200, Large: 5000, Viewers: 200, Looking: 15 * time.Second,
	}
}

// Full is the usual run with the ledgers that the targets are of.
func Full() Options {
	o := Usual()
	o.Sizes = []int{100_000, 1_000_000, 3_000_000}
	return o
}

// Short is the run that Report.Gate is for: what commands cost on a small ledger.
func Short() Options {
	o := Usual()
	o.For, o.Callers, o.Streams, o.Only = 500*time.Millisecond, []int{targetCallers}, []int{targetStreams}, []string{PartUnary, PartPush}
	o.InMemory = true // nothing that it holds is of the disk
	return o
}

// Quick is a run of the same code in a few seconds. Its figures say that it works, and no more.
func Quick() Options {
	return Options{
		Rounds: 1, For: 100 * time.Millisecond, Callers: []int{1, 16}, Streams: []int{1, 2}, Sizes: []int{1000, 2000},
		Events: 4000, Plans: 4, Each: 25, Watchers: 20, Rows: 500, Viewed: loadPlans, Large: 150, Viewers: 4, Looking: time.Second, InMemory: true,
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
	if !o.InMemory && inMemory(dir) {
		return nil, fmt.Errorf("%s lies in memory, where a flush to the disk costs nothing: name a directory on the disk that is to be measured (--dir)", filepath.Dir(dir))
	}
	b := &bench{Options: o, report: newReport(o), dir: dir}
	if o.OnServers != nil {
		return b.report, b.onServers(ctx)
	}
	for _, part := range []struct {
		wanted bool
		run    func(context.Context) error
	}{
		{b.has(PartUnary) || b.has(PartPush) || b.has(PartPublish), b.rounds},
		{b.has(PartGrowth), b.growth},
		{b.has(PartLedger), b.ledger},
		{b.has(PartDocument), b.document},
		{b.has(PartPages), b.pages},
	} {
		if !part.wanted {
			continue
		}
		if err := part.run(ctx); err != nil {
			return nil, err
		}
	}
	b.report.aim()
	return b.report, nil
}

func (b *bench) has(part string) bool { return len(b.Only) == 0 || slices.Contains(b.Only, part) }

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.Progress, format+"\n", args...) }
