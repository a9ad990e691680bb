package fault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"time"

	"github.com/oklog/ulid/v2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/oracle"
)

// Proof is what was proved of a world that came to rest.
type Proof struct {
	Operations int // that were called
	Accepted   int
	Declined   int
	InDoubt    int // got no answer at first, and the same request id brought one
	Positions  uint64
}

// Prove brings the world to rest and asks everything that an auditor would. A server must be up; afterwards
// it is down. The first thing that is wrong is its error.
func (w *World) Prove(ctx context.Context) (Proof, error) {
	if err := w.Rest(ctx); err != nil {
		return Proof{}, err
	}
	operations := w.History.Operations()
	if err := w.proveServed(ctx, operations); err != nil {
		return Proof{}, err
	}
	if err := CheckOrder(operations, w.now()); err != nil {
		return Proof{}, err
	}
	if err := w.publish(nil).Stop(ctx); err != nil {
		return Proof{}, err
	}
	if out, err := exec.CommandContext(ctx, w.Binary, "verify", "--data", w.Data).CombinedOutput(); err != nil {
		return Proof{}, fmt.Errorf("verify of the directory: %w: %s", err, out)
	}
	p := Proof{Operations: len(operations)}
	for _, o := range operations {
		switch o.Outcome {
		case Accepted:
			p.Accepted++
		case Declined:
			p.Declined++
		}
		if o.Doubted {
			p.InDoubt++
		}
		for _, e := range o.Receipt.GetEvents() {
			p.Positions = max(p.Positions, e.Position)
		}
	}
	return p, nil
}

// proveServed is right, and the watcher's word on it.
func (w *World) proveServed(ctx context.Context, operations []*Operation) error {
	stored, err := w.right(ctx, w.Server(), operations)
	if err != nil {
		return err
	}
	for _, v := range w.watchers {
		if err := v.sawAll(stored); err != nil {
			return err
		}
	}
	return inOrder(operations)
}

// right holds everything that a server hands out against what callers were told by any server before it.
func (w *World) right(ctx context.Context, s *Server, operations []*Operation) (stored, error) {
	server := oracle.NewServer(s.Conn)
	_, names, commits, err := server.Verify(ctx, nil)
	if err != nil {
		return stored{}, fmt.Errorf("verify: %w", err)
	}
	stored, err := read(commits)
	if err != nil {
		return stored, err
	}
	if err := stored.holds(operations, names); err != nil {
		return stored, err
	}
	if now := time.Now(); stored.recorded[0].Before(w.started.Add(-clock.Tolerance)) || stored.recorded[1].After(now.Add(clock.Tolerance)) {
		return stored, fmt.Errorf("the ledger's times are %s to %s, and it is %s", stored.recorded[0], stored.recorded[1], now)
	}
	if err := w.askAgain(ctx, s, operations); err != nil {
		return stored, err
	}
	report, err := server.Check(ctx, time.Now(), nil)
	if err != nil {
		return stored, fmt.Errorf("check: %w", err)
	}
	if report.Different > 0 {
		return stored, fmt.Errorf("check: %d of %d answers do not follow from the ledger: %v", report.Different, report.Compared, report.Differences)
	}
	return stored, nil
}

// stored is what the ledger holds, by what callers know it by.
type stored struct {
	recorded [2]time.Time           // the first record's time, and the last's
	requests map[string]int         // how often each was accepted
	events   map[uint64]storedEvent // by position
}

type storedEvent struct {
	id      [eventstore.EventIDSize]byte
	plan    string
	request string
	behalf  string // a party id, raw
}

func read(commits [][]byte) (stored, error) {
	s := stored{requests: map[string]int{}, events: map[uint64]storedEvent{}}
	var chain eventstore.Chain
	for _, data := range commits {
		commit, err := chain.Next(data)
		if err != nil {
			return s, err
		}
		for _, e := range commit.Entries {
			s.requests[e.Request]++
			for _, r := range e.Records {
				if s.recorded[1] = time.UnixMicro(r.RecordedAt); s.recorded[0].IsZero() {
					s.recorded[0] = s.recorded[1]
				}
				s.events[r.Position] = storedEvent{id: r.EventID, plan: r.Plan, request: e.Request, behalf: r.OnBehalfOf}
			}
		}
	}
	return s, nil
}

// holds says whether the ledger is what the callers were told: each receipt once, at its place, and nothing
// else. The name of whoever it was said for must be there too.
func (s stored) holds(operations []*Operation, names *oracle.Names) error {
	sent := map[string]*Operation{beginning + planID: {}, beginning + secondPlan: {}}
	explained := map[uint64]bool{}
	for _, o := range operations {
		if o.Request == nil {
			continue
		}
		id := o.Request.RequestId
		sent[id] = o
		switch n := s.requests[id]; {
		case o.Outcome == Accepted && n == 0:
			return brokenf("LOST: %s has a receipt, and the ledger does not have it", o)
		case n > 1:
			return brokenf("DOUBLED: the ledger has %s %d times", o, n)
		case o.Outcome == Declined && n > 0:
			return brokenf("FORGOTTEN: %s was refused, and the ledger has it", o)
		}
		for _, e := range o.Receipt.GetEvents() {
			switch have, ok := s.events[e.Position]; {
			case !ok:
				return brokenf("LOST: %s has a receipt for position %d, where the ledger ends or has a hole", o, e.Position)
			case have.request != id || ulid.ULID(have.id).String() != e.EventId:
				return brokenf("LOST: %s has a receipt for position %d, which holds an event of %s", o, e.Position, have.request)
			}
			if name := names.Display(s.events[e.Position].behalf); name != o.Request.OnBehalfOf {
				return brokenf("LOST: %s was said for %q, and is shown as said for %q", o, o.Request.OnBehalfOf, name)
			}
			explained[e.Position] = true
		}
	}
	for position, e := range s.events {
		if o, ok := sent[e.request]; !ok {
			return fmt.Errorf("position %d holds an event of a request %q that nobody sent", position, e.request)
		} else if o.Outcome == Accepted && o.Receipt != nil && !explained[position] {
			return brokenf("DOUBLED: position %d holds an event of %s that its receipt does not name", position, o)
		}
	}
	return nil
}

// sawAll says whether the watcher saw each event of its plan once.
func (v *watcher) sawAll(s stored) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	events := 0
	for _, e := range s.events {
		if v.plan == "" || v.plan == e.plan {
			events++
		}
	}
	if len(v.changes) != events {
		return brokenf("NOT SHOWN: the watcher of plan %q saw %d changes of %d", v.plan, len(v.changes), events)
	}
	for _, position := range v.changes {
		if e, ok := s.events[position]; !ok || v.plan != "" && v.plan != e.plan {
			return brokenf("NOT SHOWN: the watcher of plan %q saw position %d, which is not there", v.plan, position)
		}
	}
	return nil
}

// mostAskedAgain bounds how many requests are sent once more: the newest and every so many-th before.
const mostAskedAgain = 300

// askAgain sends accepted requests once more, and wants their first receipts.
func (w *World) askAgain(ctx context.Context, s *Server, operations []*Operation) error {
	var accepted []*Operation
	for _, o := range operations {
		if o.Request != nil && o.Outcome == Accepted {
			accepted = append(accepted, o)
		}
	}
	slices.Reverse(accepted)
	every := 1 + len(accepted)/mostAskedAgain
	commands := milepostv1.NewCommandServiceClient(s.Conn)
	for i, o := range accepted {
		if i >= mostAskedAgain/3 && i%every != 0 {
			continue
		}
		answer, err := commands.Submit(ctx, o.Request)
		switch {
		case status.Code(err) == codes.Aborted || status.Code(err) == codes.FailedPrecondition:
			return brokenf("FORGOTTEN: %s was accepted, and is refused when it is sent again: %w", o, err)
		case err != nil:
			return fmt.Errorf("%s was sent again: %w", o, err)
		case !answer.Replayed:
			return brokenf("DOUBLED: %s was accepted, and is accepted once more", o)
		case !proto.Equal(answer.Receipt, o.Receipt):
			return fmt.Errorf("%s has two receipts: %v and %v", o, o.Receipt, answer.Receipt)
		}
	}
	return nil
}

// verifyData is what `milepost verify -o json` says of a directory.
func verifyData(ctx context.Context, binary, data string) (out []byte, whole bool, err error) {
	cmd := exec.CommandContext(ctx, binary, "verify", "--data", data, "-o", "json")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return nil, false, err
	}
	return append(stdout.Bytes(), stderr.Bytes()...), err == nil, nil
}
