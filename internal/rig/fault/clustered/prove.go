package clustered

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/oracle"
	"milepost.dev/internal/rig/fault"
)

// Result is what a world came to.
type Result struct {
	Fault      string
	Times      int
	Operations int
	Accepted   int
	Doubted    int
	Positions  uint64
	Gaps       []time.Duration // of each time: the longest without an acknowledgement
}

// Round makes a world, lets a fault happen to it a number of times, and proves that nothing was lost, doubled or moved.
func Round(ctx context.Context, f Fault, times int, c Config, log func(string)) (r Result, err error) {
	r.Fault = f.Name
	if f.Needs != nil {
		if err := f.Needs(&c); err != nil {
			return r, err
		}
	}
	w, err := New(ctx, c)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	w.say = func(format string, of ...any) { log(fmt.Sprintf(format, of...)) }
	load, err := w.Start(ctx, cmp.Or(c.Callers, callers))
	if err != nil {
		return r, fmt.Errorf("begin: %w", err)
	}
	for range times {
		if err := load.settled(ctx); err != nil {
			return r, err
		}
		began := w.now()
		if err := f.Inject(ctx, w); err != nil {
			return r, fmt.Errorf("time %d: %w", r.Times+1, err)
		}
		r.Times++
		if f.Ends {
			operations, err := load.Abandon()
			if err != nil {
				return r, err
			}
			return r, w.proveEnd(ctx, operations, &r)
		}
		if err := load.settled(ctx); err != nil {
			return r, err
		}
		gap := load.longest(began)
		r.Gaps = append(r.Gaps, gap)
		log(fmt.Sprintf("%s: %.2f s without an acknowledgement", f.Name, gap.Seconds()))
	}
	operations, err := load.Stop()
	if err != nil {
		return r, err
	}
	r.Operations = len(operations)
	return r, w.prove(ctx, operations, &r)
}

// settled waits until requests are acknowledged again.
func (l *Load) settled(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for before := len(l.Acknowledged()); len(l.Acknowledged()) < before+20; {
		l.mu.Lock()
		failed := l.failed
		l.mu.Unlock()
		if failed != nil {
			return failed
		}
		if pause(ctx, 50*time.Millisecond) != nil {
			return errors.New("nothing is acknowledged any more")
		}
	}
	return nil
}

// longest is the longest time without an acknowledgement since a moment.
func (l *Load) longest(since time.Duration) (gap time.Duration) {
	all := l.Acknowledged()
	slices.Sort(all)
	last := since
	for _, at := range all {
		if at > since {
			gap, last = max(gap, at-last), at
		}
	}
	return gap
}

// prove holds what callers were told against what is stored, on every server, and against what every node answers. It says all that is
// wrong: what has no order may be what is lost.
func (w *World) prove(ctx context.Context, operations []*fault.Operation, r *Result) error {
	return errors.Join(w.checkOrder(operations), w.proveStored(ctx, operations, r))
}

func (w *World) proveStored(ctx context.Context, operations []*fault.Operation, r *Result) error {
	for i, n := range w.nodes {
		if err := w.answers(ctx, i, n); err != nil {
			return err
		}
	}
	for _, n := range w.nodes {
		stopping, cancel := context.WithTimeout(ctx, 30*time.Second)
		err := n.stop(stopping)
		cancel()
		if err != nil {
			return err
		}
	}
	first, err := w.stored(ctx)
	if err != nil {
		return err
	}
	return compare(first, operations, r)
}

// checkOrder asks whether all operations can have happened one after the other, and writes down what there was.
func (w *World) checkOrder(operations []*fault.Operation) error {
	broken := fault.CheckOrder(operations, w.now())
	var b strings.Builder
	for _, o := range operations {
		expected := "-"
		if o.Expected != nil {
			expected = fmt.Sprint(*o.Expected)
		}
		fmt.Fprintf(&b, "%s\t%.6f\t%.6f\tcaller %d\tkind %d\t%s\texpected %s\toutcome %d\trevision %d\tdoubted %t\tfor %q\t%s\t%v\n", o.Ref, o.Called.Seconds(), o.Returned.Seconds(), o.Caller, o.Kind,
			o.Date, expected, o.Outcome, o.Revision, o.Doubted, o.Request.GetOnBehalfOf(), o.Request.GetRequestId(), o.Receipt.GetEvents())
	}
	path := filepath.Join(w.Dir, "operations.tsv")
	return errors.Join(broken, os.WriteFile(path, []byte(b.String()), 0o600))
}

// proveEnd does the same where the servers lost what they had: every node has to refuse, or everything is there.
func (w *World) proveEnd(ctx context.Context, operations []*fault.Operation, r *Result) error {
	r.Operations = len(operations)
	for _, o := range operations {
		if o.Kind != fault.Read && o.Outcome == fault.Accepted {
			r.Accepted++
			r.Positions = max(r.Positions, o.Receipt.Position)
		}
		if o.Doubted {
			r.Doubted++
		}
	}
	if err := w.checkOrder(operations); err != nil {
		return err
	}
	return w.refuseOrRight(ctx, operations)
}

// answers checks every answer of a node against the ledger, once it has read it.
func (w *World) answers(ctx context.Context, i int, n *node) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for {
		report, err := oracle.NewServer(n.conn).Check(ctx, time.Now(), nil)
		switch {
		case err == nil && report.Different == 0:
			return nil
		case err == nil:
			return fmt.Errorf("node %d: %d of %d answers differ: %s", i, report.Different, report.Compared, strings.Join(report.Differences, "; "))
		case unlessAgain(err) != nil || pause(ctx, 500*time.Millisecond) != nil:
			return fmt.Errorf("node %d cannot be checked: %w", i, err)
		}
	}
}

// stored is the commits that the servers hold: all of them the same.
func (w *World) stored(ctx context.Context) (commits [][]byte, err error) {
	// What one of them still lacks comes while they run.
	if err := w.whole(ctx); err != nil {
		return nil, err
	}
	if err := pause(ctx, time.Second); err != nil {
		return nil, err
	}
	for i, s := range w.servers {
		stopping, cancel := context.WithTimeout(ctx, 30*time.Second)
		err := s.stop(stopping)
		cancel()
		if err != nil {
			return nil, err
		}
		var held [][]byte
		if _, err := embedded.InspectMember(filepath.Join(s.store, "ledger"), "$G", func(_ uint64, data []byte) error {
			held = append(held, bytes.Clone(data))
			return nil
		}); err != nil {
			return nil, fmt.Errorf("server n%d: %w", i, err)
		}
		if i == 0 {
			commits = held
			continue
		}
		if !slices.EqualFunc(commits, held, bytes.Equal) {
			return nil, fmt.Errorf("servers n0 and n%d hold different ledgers, of %d and %d commits", i, len(commits), len(held))
		}
	}
	return commits, nil
}

// compare finds each acknowledged request in the ledger: once, and where its receipt says.
func compare(commits [][]byte, operations []*fault.Operation, r *Result) error {
	chain := &eventstore.Chain{}
	at, times, speaks := map[uint64]string{}, map[string]int{}, map[string]string{}
	for _, data := range commits {
		commit, err := chain.Next(data)
		if err != nil {
			return err
		}
		for i := range commit.Entries {
			times[commit.Entries[i].Request]++
		}
		for i := range commit.Records {
			at[commit.Records[i].Position] = commit.Records[i].Request
			speaks[commit.Records[i].Request] = commit.Records[i].OnBehalfOf
		}
	}
	r.Positions = chain.Position
	for id, n := range times {
		if n > 1 {
			return fmt.Errorf("DOUBLED: request %s was accepted %d times", id, n)
		}
	}
	parties := map[string]string{}
	for _, o := range operations {
		if o.Doubted {
			r.Doubted++
		}
		if party := speaks[o.Request.GetRequestId()]; party != "" {
			if before, ok := parties[o.Request.OnBehalfOf]; ok && before != party {
				return fmt.Errorf("TWO PARTIES: %q is both %s and %s", o.Request.OnBehalfOf, before, party)
			}
			parties[o.Request.OnBehalfOf] = party
		}
		if o.Kind != fault.Read && o.Outcome == fault.Declined && times[o.Request.RequestId] > 0 {
			return fmt.Errorf("REFUSED, AND THERE: %s", o)
		}
		if o.Kind == fault.Read || o.Outcome != fault.Accepted {
			continue
		}
		r.Accepted++
		if times[o.Request.RequestId] == 0 {
			return fmt.Errorf("LOST: %s has a receipt and is not in the ledger", o)
		}
		for _, e := range o.Receipt.Events {
			if at[e.Position] != o.Request.RequestId {
				return fmt.Errorf("MOVED: %s has position %d in its receipt, where %q is", o, e.Position, at[e.Position])
			}
		}
	}
	return nil
}

// Late says by how much a world took longer than the fault may; empty where none did.
func (f Fault) Late(r Result) string {
	for _, gap := range r.Gaps {
		if f.Within > 0 && gap > f.Within {
			return fmt.Sprintf("LATE: %.1f s without an acknowledgement, and %.0f s are promised", gap.Seconds(), f.Within.Seconds())
		}
	}
	return ""
}
