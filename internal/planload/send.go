package planload

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"hash/fnv"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/period"
	"milepost.dev/internal/client"
	"milepost.dev/internal/planimport"
)

// run is one document on its way.
type run struct {
	Load
	report   *planimport.Report
	headings map[heading]string
	settings period.Settings // what the service reads dates with
	refs     map[place]target
	used     map[string]bool // references that are somebody's
	missing  []string

	mu     sync.Mutex // owns result while rows are sent
	result Result
}

// job is the request of a row.
type job struct {
	row      int
	lane     string
	commands []*pb.Command
}

// send reads the document again, and sends what each row states. Rows of one milestone are sent in the order of the
// document, others at the same time.
func (r *run) send(ctx context.Context, file planimport.File, o planimport.Options) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	lanes := make([]chan job, cmp.Or(r.Workers, Workers))
	var workers sync.WaitGroup
	for i := range lanes {
		lanes[i] = make(chan job, 4)
		workers.Go(func() {
			for j := range lanes[i] {
				if ctx.Err() != nil {
					continue
				}
				if _, err := r.submit(ctx, j.row, j.commands...); err != nil {
					stop(err)
				}
			}
		})
	}
	sink := &sender{run: r, ctx: ctx, lanes: lanes, lines: map[string]int{}}
	_, err := planimport.Read(file, o, sink)
	for _, lane := range lanes {
		close(lane)
	}
	workers.Wait()
	slices.SortStableFunc(r.result.Refused, func(a, b Refused) int { return a.Row - b.Row })
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return err
}

// sender is where the second reading goes.
type sender struct {
	*run
	ctx   context.Context
	lanes []chan job
	lines map[string]int // how many funding lines a row has
}

// Milestone sends what a row states.
func (s *sender) Milestone(m planimport.Milestone) error {
	t := s.refs[placeOf(&m)]
	commands := s.row(&m, t)
	if len(m.Review) > 0 || t.maybe != "" {
		s.mu.Lock()
		s.result.InDoubt++
		s.mu.Unlock()
	}
	return s.give(job{row: m.Line, lane: t.ref, commands: commands})
}

// Funding sends a line that belongs to a scheme or to the plan.
func (s *sender) Funding(f planimport.FundingLine) error {
	return s.give(job{row: f.Line, lane: f.Scheme, commands: []*pb.Command{s.planFunding(f)}})
}

// Fact sends a score. What else a document states that is neither a milestone nor money is of no account.
func (s *sender) Fact(f planimport.Fact) error {
	commands := s.score(f)
	if commands == nil {
		return nil
	}
	return s.give(job{row: f.Line, commands: commands})
}

func (s *sender) give(j job) error {
	h := fnv.New32a()
	h.Write([]byte(j.lane))
	select {
	case s.lanes[h.Sum32()%uint32(len(s.lanes))] <- j:
		return nil
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
}

// submit sends commands as one request. A refusal is kept with the row; its error is one that no other row will
// escape.
func (r *run) submit(ctx context.Context, row int, commands ...*pb.Command) (*pb.SubmitResponse, error) {
	said := make([]string, len(commands))
	for i, c := range commands {
		bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(c)
		if err != nil {
			r.refuse(Refused{Row: row, Rule: "not-utf8", Message: err.Error()})
			return nil, nil
		}
		said[i] = string(bytes)
	}
	response, err := r.Service.Submit(ctx, &pb.SubmitRequest{RequestId: r.id(said...), Plan: r.Plan, Commands: commands})
	e, isClient := errors.AsType[*client.Error](err)
	switch {
	case err == nil:
		r.accept(response)
	case isClient && e.Kind == client.Refused && row > 0:
		for _, v := range e.Violations {
			r.refuse(Refused{row, v.Field, v.Rule, v.Message})
		}
		if len(e.Violations) == 0 {
			r.refuse(Refused{row, "", e.Rule, e.Message})
		}
		return nil, nil
	}
	return response, err
}

func (r *run) refuse(refused Refused) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Refused = append(r.result.Refused, refused)
}

func (r *run) accept(response *pb.SubmitResponse) {
	r.mu.Lock()
	defer r.mu.Unlock()
	receipt := response.GetReceipt()
	if at := receipt.GetPosition(); r.result.Position == nil || *r.result.Position < at {
		r.result.Position = &at
	}
	if response.GetReplayed() || len(receipt.GetEvents()) == 0 {
		r.result.Unchanged++
		return
	}
	for _, event := range receipt.GetEvents() {
		r.result.Events[event.GetType()]++
	}
}

// digest is the SHA-256 of texts, each behind its length, so that no two lists come to the same bytes.
func digest(texts ...string) string {
	h := sha256.New()
	for _, t := range texts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(t))))
		h.Write([]byte(t))
	}
	return hex.EncodeToString(h.Sum(nil))
}
