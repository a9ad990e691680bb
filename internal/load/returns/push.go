package returns

import (
	"cmp"
	"context"
	"errors"
	"hash/fnv"
	"io"
	"slices"
	"sync"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load/conventions"
	"milepost.dev/internal/reading/rows"
)

// Service takes requests. It repeats a request that gets no answer; its errors are *client.Error.
type Service interface {
	Submit(ctx context.Context, request *pb.SubmitRequest) (*pb.SubmitResponse, error)
}

// Push sends returns to one plan.
type Push struct {
	Service Service
	// Plan is the plan's id. Where there is none of it, it is registered under Name, in the request of the first row that is
	// accepted: a return that is refused whole registers nothing.
	Plan, Name string
	// Conventions are how the dates of the plan are written, where somebody says so. Known is the plan as it is; nil where there
	// is none, or where nobody looked.
	Conventions conventions.Said
	Known       *pb.Plan
	// MustExist ends the push with a *PlanMissing where there is no plan of the id.
	MustExist bool
	// ISODates refuses dates in words. Without it the server reads them.
	ISODates bool
	// StrictRefs refuses a row whose reference is new and looks like one that the plan has.
	StrictRefs bool
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
	// Twice are the dates that the return states beside another one of the same milestone for the same day.
	Twice []Twice `json:"twice,omitempty"`
	// Notices are what the reporter should know of rows that were accepted, each once.
	Notices []Notice `json:"notices,omitempty"`
	// Encoding is what the return is written in, where that is not UTF-8.
	Encoding string `json:"encoding,omitempty"`
	// InNoOrder is how many rows have a date such as 03/04/2017 where nothing says whether day or month comes first, and Example
	// is the first of them. They are read day first.
	InNoOrder int    `json:"in_no_order,omitempty"`
	Example   string `json:"in_no_order_example,omitempty"`
	// Position is the last one that any row led to; nil where none was accepted.
	Position *uint64 `json:"position"`
	// ImportID names all that the return stated, for a correction that undoes it; empty where it stated nothing new.
	ImportID string `json:"import_id,omitempty"`
	// NotReported are the milestones that a complete return left out, in order of reference; nil where it is
	// not said to be complete.
	NotReported []string `json:"not_reported,omitzero"`
	// Uncertain is why it is not known which milestones a complete return left out, so that nothing was stated
	// of them; empty where it is known, and where the return is not said to be complete.
	Uncertain string `json:"uncertain,omitempty"`
}

// Notice is something that the reporter should know of rows that were accepted: a code, the reference that the return names,
// the one that it is about, and a sentence.
type Notice struct {
	Code    string `json:"code"`
	Ref     string `json:"ref"`
	Other   string `json:"other"`
	Message string `json:"message"`
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

// Run pushes one file, once all of it has been read. Rows of one milestone are sent in order of as-at day, others at the
// same time. The result is what was done so far where there is an error: an *rows.Unreadable where the file is
// no return, a *client.Error that ended it, or what reading the file came to.
func (p Push) Run(ctx context.Context, file io.Reader) (*Result, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	run := &run{Push: p, stop: stop, result: Result{Plan: p.Plan, Events: map[string]int{}, Refused: []rows.Refused{}}}
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
	slices.SortFunc(run.result.Notices, func(a, b Notice) int { return cmp.Or(cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.Code, b.Code)) })
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
	stop context.CancelCauseFunc // ends the run with the first error that no other row will escape

	named  named // by the goroutine that reads the file
	stated stated

	beginning sync.Mutex // held while a row registers the plan

	mu     sync.Mutex // owns result
	result Result
}

// read cuts the whole file into rows, and then hands each to the worker of its milestone in order of as-at day: what a
// milestone is measured against depends on the order in which it is told, and must not depend on that of the file.
func (r *run) read(ctx context.Context, file io.Reader, lanes []chan rows.Row) error {
	all, err := r.rows(ctx, file)
	if err != nil {
		return err
	}
	if err := r.converse(ctx, all); err != nil {
		return err
	}
	for _, row := range all {
		h := fnv.New32a()
		h.Write([]byte(row.Ref()))
		select {
		case lanes[h.Sum32()%uint32(len(lanes))] <- row:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// rows reads the file: the rows that can be sent, in order of as-at day, and those of one day in the order of the file.
func (r *run) rows(ctx context.Context, file io.Reader) (all []rows.Row, err error) {
	in, err := rows.Open(file, r.ISODates)
	if err != nil {
		return nil, err
	}
	r.tell(in.Columns())
	var read []rows.Row // also those that are refused
	for ctx.Err() == nil {
		row, refused, err := in.Next()
		switch {
		case errors.Is(err, io.EOF):
			r.tellEncoding(in.Encoding())
			r.order(all, read)
			slices.SortStableFunc(all, func(a, b rows.Row) int {
				dayA, _ := a.Day() // ISO days are in order as text
				dayB, _ := b.Day()
				return cmp.Compare(dayA, dayB)
			})
			return all, nil
		case err != nil:
			return nil, err
		}
		r.count(refused)
		read = append(read, row)
		if len(refused) == 0 {
			all = append(all, row)
		}
	}
	return nil, context.Cause(ctx)
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
	_, refused := errors.AsType[*PlanRefused](err)
	_, missing := errors.AsType[*PlanMissing](err)
	if refused || missing || !isClient || e.Kind != client.Refused {
		r.stop(err)
		return
	}
	r.refuse(row, e)
}

// submit sends a row's request. Where there is no plan it is registered in the same request.
func (r *run) submit(ctx context.Context, row rows.Row) (*pb.SubmitResponse, error) {
	request := requestOf(row, r.Plan, r.StrictRefs)
	response, err := r.Service.Submit(ctx, request)
	switch {
	case !isPlanUnknown(err):
		return response, err
	case r.MustExist:
		return nil, &PlanMissing{r.Plan}
	}
	return r.begin(ctx, request)
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
	for _, n := range response.GetNotices() {
		notice := Notice{n.GetCode(), n.GetRef(), n.GetOther(), n.GetMessage()}
		if !slices.Contains(r.result.Notices, notice) {
			r.result.Notices = append(r.result.Notices, notice)
		}
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
