package returns

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"slices"
	"sync"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/reading/rows"
)

// Service takes requests. It repeats a request that gets no answer; its errors are *client.Error.
type Service interface {
	Submit(ctx context.Context, request *pb.SubmitRequest) (*pb.SubmitResponse, error)
}

// Push sends returns to one plan.
type Push struct {
	Service Service
	// Plan is the plan's id. Where there is none of it, it is registered under Name.
	Plan, Name string
	// ISODates refuses dates in words. Without it the server reads them.
	ISODates bool
	// Complete, where not nil, says that the return names every milestone there is. Those that it lacks are
	// stated as not reported.
	Complete *Complete
	// Workers bounds how many requests are under way; Workers as usual where 0.
	Workers int
}

// Workers is how many requests are under way as usual: enough for the server to make many durable at
// once.
const Workers = 64

// Result is what a return came to.
type Result struct {
	Plan string `json:"plan"`
	// Rows is how many rows say something.
	Rows int `json:"rows"`
	// Unchanged is how many rows said nothing new.
	Unchanged int `json:"unchanged"`
	// Events is how many events of each type the return led to.
	Events map[string]int `json:"events"`
	// Refused are the cells and rows that were not accepted, in order of row.
	Refused []rows.Refused `json:"refused"`
	// ReadAs are the columns that go by another heading than their name, as column to heading.
	ReadAs map[string]string `json:"read_as,omitempty"`
	// Attributes are the headings of the columns that are kept as attributes, because no field is known for them.
	Attributes []string `json:"attributes,omitempty"`
	// Encoding is what the return is written in, where that is not UTF-8.
	Encoding string `json:"encoding,omitempty"`
	// Position is the last one that any row led to; nil where none was accepted.
	Position *uint64 `json:"position"`
	// NotReported are the milestones that a complete return left out, in order of reference; nil where it is
	// not said to be complete.
	NotReported []string `json:"not_reported,omitzero"`
	// Uncertain is why it is not known which milestones a complete return left out, so that nothing was stated
	// of them; empty where it is known, and where the return is not said to be complete.
	Uncertain string `json:"uncertain,omitempty"`
}

// RefusedRows is how many rows were not accepted.
func (r *Result) RefusedRows() int {
	rows := 0
	for i, refused := range r.Refused {
		if i == 0 || r.Refused[i-1].Row != refused.Row {
			rows++
		}
	}
	return rows
}

// Run pushes one file. Rows of one milestone are sent in the order of the file, others at the same
// time. The result is what was done so far where there is an error: an *rows.Unreadable where the file is
// no return, a *client.Error that ended it, or what reading the file came to.
func (p Push) Run(ctx context.Context, file io.Reader) (*Result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	run := &run{Push: p, stop: stop, result: Result{Plan: p.Plan, Events: map[string]int{}, Refused: []rows.Refused{}}}
	run.register = sync.OnceValue(func() error { return run.registerPlan(ctx) })

	lanes := make([]chan rows.Row, cmp.Or(p.Workers, Workers))
	var workers sync.WaitGroup
	for i := range lanes {
		lanes[i] = make(chan rows.Row, 4)
		workers.Go(func() {
			for row := range lanes[i] {
				run.send(ctx, row)
			}
		})
	}
	err := run.read(ctx, file, lanes)
	for _, lane := range lanes {
		close(lane)
	}
	workers.Wait()
	slices.SortStableFunc(run.result.Refused, func(a, b rows.Refused) int { return a.Row - b.Row })
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	if err == nil && p.Complete != nil {
		err = run.leaveOut(ctx)
	}
	return &run.result, err
}

// run is one file on its way.
type run struct {
	Push
	register func() error            // registers the plan, once
	stop     context.CancelCauseFunc // ends the run with the first error that no other row will escape

	named named // by the goroutine that reads the file

	mu     sync.Mutex // owns result
	result Result
}

// read cuts the file into rows and hands each to the worker of its milestone.
func (r *run) read(ctx context.Context, file io.Reader, lanes []chan rows.Row) error {
	in, err := rows.Open(file, r.ISODates)
	if err != nil {
		return err
	}
	r.tell(in.Columns())
	for {
		row, refused, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			r.tellEncoding(in.Encoding())
			return nil
		case err != nil:
			return err
		}
		r.count(refused)
		r.named.add(row)
		if len(refused) > 0 {
			continue
		}
		h := fnv.New32a()
		h.Write([]byte(row.Ref()))
		select {
		case lanes[h.Sum32()%uint32(len(lanes))] <- row:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// tell keeps what the columns were read as, where that is not what they are called.
func (r *run) tell(columns []rows.Column) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range columns {
		switch {
		case !c.Known:
			r.result.Attributes = append(r.result.Attributes, c.Heading)
		case c.Renamed():
			if r.result.ReadAs == nil {
				r.result.ReadAs = map[string]string{}
			}
			r.result.ReadAs[c.Name] = c.Heading
		}
	}
}

// tellEncoding keeps what the return is written in.
func (r *run) tellEncoding(encoding string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if encoding != rows.UTF8 {
		r.result.Encoding = encoding
	}
}

func (r *run) count(refused []rows.Refused) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Rows++
	r.result.Refused = append(r.result.Refused, refused...)
}

// send sends one row, and ends the run where the next would fare no better.
func (r *run) send(ctx context.Context, row rows.Row) {
	if ctx.Err() != nil {
		return
	}
	response, err := r.submit(ctx, row)
	if err == nil {
		r.accept(response)
		return
	}
	e, isClient := errors.AsType[*client.Error](err)
	_, noPlan := errors.AsType[*PlanRefused](err)
	if noPlan || !isClient || e.Kind != client.Refused {
		r.stop(err)
		return
	}
	r.refuse(row, e)
}

// submit sends a row's request, and first registers the plan where there is none.
func (r *run) submit(ctx context.Context, row rows.Row) (*pb.SubmitResponse, error) {
	request := requestOf(row, r.Plan)
	response, err := r.Service.Submit(ctx, request)
	if e, ok := errors.AsType[*client.Error](err); !ok || e.Rule != client.RulePlanUnknown {
		return response, err
	}
	if err := r.register(); err != nil {
		return nil, &PlanRefused{Plan: r.Plan, Err: err}
	}
	return r.Service.Submit(ctx, request)
}

// PlanRefused says that there is no such plan, and that it could not be registered.
type PlanRefused struct {
	Plan string
	Err  error
}

// Error returns the sentence.
func (p *PlanRefused) Error() string {
	return fmt.Sprintf("there is no plan %q, and it could not be registered: %v", p.Plan, p.Err)
}

// Unwrap returns why.
func (p *PlanRefused) Unwrap() error { return p.Err }

func (r *run) registerPlan(ctx context.Context) error {
	response, err := r.Service.Submit(ctx, &pb.SubmitRequest{
		RequestId: "return-1-plan-" + digest(r.Plan, r.Name),
		Plan:      r.Plan,
		Commands:  []*pb.Command{{Command: &pb.Command_PlanRegistered{PlanRegistered: &pb.PlanRegistered{Name: r.Name}}}},
	})
	if e, ok := errors.AsType[*client.Error](err); ok && e.Code == "ALREADY_EXISTS" {
		return nil // somebody else was first, by another name
	}
	if err == nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.countEvents(response)
	}
	return err
}

func (r *run) accept(response *pb.SubmitResponse) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.countEvents(response) {
		r.result.Unchanged++
	}
}

// countEvents counts what a response brought, and says whether that was anything. r.mu is held.
func (r *run) countEvents(response *pb.SubmitResponse) bool {
	receipt := response.GetReceipt()
	if at := receipt.GetPosition(); r.result.Position == nil || *r.result.Position < at {
		r.result.Position = &at
	}
	if response.GetReplayed() {
		return false
	}
	for _, event := range receipt.GetEvents() {
		r.result.Events[event.GetType()]++
	}
	return len(receipt.GetEvents()) > 0
}

func (r *run) refuse(row rows.Row, e *client.Error) {
	var refused []rows.Refused
	for _, v := range e.Violations {
		refused = append(refused, rows.Refuse(row.Number, columnOf(v.Field), v.Rule, v.Message))
	}
	if len(refused) == 0 {
		refused = append(refused, rows.Refuse(row.Number, "", e.Rule, e.Message))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.result.Refused = append(r.result.Refused, refused...)
}
