package bench

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"milepost.dev/internal/reading/documents"
)

// document reads a large spreadsheet as `milepost import` does, beside the same bytes cut into cells and no more.
func (b *bench) document(ctx context.Context) error {
	b.say("reading a document of %d rows", b.Rows)
	text := documentText(b.Rows)
	var took, plain []float64
	var rows int
	for range b.Options.Rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		started := time.Now()
		if err := cells(text); err != nil {
			return err
		}
		plain = append(plain, time.Since(started).Seconds())

		var seen counted
		started = time.Now()
		if _, err := documents.Read(bytes.NewReader(text), documents.Options{Name: "plan.csv"}, &seen); err != nil {
			return fmt.Errorf("read a document: %w", err)
		}
		took = append(took, time.Since(started).Seconds())
		rows = seen.milestones
	}
	if rows != b.Rows {
		return fmt.Errorf("a document of %d rows was read as %d milestones", b.Rows, rows)
	}
	b.report.Document = &Document{
		Rows: rows, ReadS: median(took), CellsS: median(plain), Ratio: median(took) / median(plain),
		HeapMB: heapWhileReading(text),
	}
	return b.imports(ctx, text)
}

// imports runs the command that people run on the same document, each time in a process of its own, and against a server
// that is another.
func (b *bench) imports(ctx context.Context, text []byte) (err error) {
	dir := filepath.Join(b.dir, "imported")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(dir, "plan.csv")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return err
	}
	if b.report.Document.DryRun, err = b.run(ctx, "--dry-run", "-o", "json", name); err != nil {
		return err
	}
	b.say("importing it into a plan, and once more")
	server, err := b.serve(ctx, filepath.Join(dir, "ledger"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	into := []string{"--server", server.address, "--plan", "imported", "--new", "--dated", "2017-06-01", "--again", "-o", "json", name}
	if b.report.Document.Load, err = b.run(ctx, into...); err != nil {
		return err
	}
	b.report.Document.Again, err = b.run(ctx, into...)
	return err
}

// run runs the command and measures its process.
func (b *bench) run(ctx context.Context, args ...string) (*Import, error) {
	cmd := exec.CommandContext(ctx, b.Import[0], append(b.Import[1:len(b.Import):len(b.Import)], args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	// What wait tells of a process's memory has that of the process that started it in it.
	for most := int64(0); ; {
		select {
		case <-look.C:
			most = max(most, memoryOf(cmd.Process.Pid, "VmHWM:"))
		case err := <-ended:
			if err != nil {
				return nil, fmt.Errorf("bench: import a document: %w: %s", err, said.Bytes())
			}
			return &Import{
				S: time.Since(started).Seconds(), CPUS: (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds(),
				MaxMB: float64(most) / 1e6,
			}, nil
		}
	}
}

// documentText is a register of milestones as an office keeps it.
func documentText(rows int) []byte {
	var text bytes.Buffer
	text.WriteString("Ref,Workstream,Action / milestone,Action Owner (organisation),Milestone Delivery Date,Status\n")
	quarters := []string{"Q1 17/18", "Q2 17/18", "By 31st March 2018", "Mid 18/19", "June 17", "TBC"}
	for i := range rows {
		fmt.Fprintf(&text, "M%d,Estates,Room %d is handed over to the practice,Estates office %d,%s,on track\n",
			i, i, i%40, quarters[i%len(quarters)])
	}
	return text.Bytes()
}

func cells(text []byte) error {
	for r := csv.NewReader(bytes.NewReader(text)); ; {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// counted is a sink that keeps nothing.
type counted struct {
	milestones int
	most       uint64 // bytes of the heap that were in use, where it is looked at
	look       bool
}

// Milestone implements documents.Sink.
func (c *counted) Milestone(documents.Milestone) error {
	if c.milestones++; c.look && c.milestones%5000 == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		c.most = max(c.most, m.HeapAlloc)
	}
	return nil
}

// Funding implements documents.Sink.
func (*counted) Funding(documents.FundingLine) error { return nil }

// Fact implements documents.Sink.
func (*counted) Candidate(documents.Milestone) error { return nil }

func (*counted) Fact(documents.Fact) error { return nil }

// heapWhileReading is the most that was live while the document was read, above what was live before it.
func heapWhileReading(text []byte) float64 {
	var before runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	seen := counted{look: true, most: before.HeapAlloc}
	if _, err := documents.Read(bytes.NewReader(text), documents.Options{Name: "plan.csv"}, &seen); err != nil {
		return 0
	}
	return float64(seen.most-before.HeapAlloc) / (1 << 20)
}
