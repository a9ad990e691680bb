package load

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/reading/dates"
	"milepost.dev/internal/reading/documents"
)

// run is one document on its way. It belongs to one goroutine but for result, which belongs to the one that reads the
// answers as long as rows are sent.
type run struct {
	Load
	file     documents.File
	options  documents.Options
	report   *documents.Report
	headings map[heading]string
	settings dates.Settings // what the service reads dates with
	targets  targets
	funds    funds
	place    map[int32]int // of rows that came where others went, in result.Changed
	cells    dateCells
	rated    rated
	together together
	used     set // references that are somebody's
	missing  []string
	// saidBefore: the document is a part of a workbook of which an earlier version had the same sheets.
	saidBefore bool
	above      string      // the words of the last date that were stated as they stand
	register   *pb.Command // registers the plan with what is accepted first; nil if there is a plan
	// turnedAway: something was refused before there was a plan.
	turnedAway bool
	result     Result
}

// errChanged is why a document is not sent on.
var errChanged = errors.New("the document was changed while it was read; what was sent of it is kept: import it again")

// sent is a request of the document that is on its way.
type sent struct {
	row        int // of the document, from 1; 0 where it is of none
	milestones int // how many of the document's milestones it is about
	on         *client.Pushed
}

// ahead is how many requests may be under way; the stream has a bound of its own.
const ahead = 512

// send reads the document again, and sends what each row states, in the order of the document.
func (r *run) send(ctx context.Context, file documents.File, o documents.Options) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	sink := &sender{run: r, ctx: ctx, sent: make(chan sent, ahead), named: set{}, lines: map[key]int{}, offered: map[string]int{}}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		r.answers(ctx, stop, sink.sent)
	}()
	report, err := documents.Read(file, o, sink)
	if err == nil {
		err = sink.giveParts()
	}
	if err == nil {
		err = sink.askTogether()
	}
	close(sink.sent)
	<-answered
	r.result.InDoubt, r.result.Candidates, r.result.Baselined = sink.inDoubt, sink.candidates, sink.baselines
	r.result.Noted = min(sink.notes, mostNotes)
	if sink.notes > mostNotes {
		r.result.Notes = append(r.result.Notes, fmt.Sprintf("The document has %d risks, issues and lines about governance, and %d of them are kept: the rest is left out.", sink.notes, mostNotes))
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	if err == nil && report.Plan.SHA256 != r.report.Plan.SHA256 {
		return errChanged
	}
	return err
}

// answers reads the answers, which come in the order of the requests.
func (r *run) answers(ctx context.Context, stop context.CancelCauseFunc, all <-chan sent) {
	done := 0
	for s := range all {
		if ctx.Err() != nil {
			continue
		}
		response, err := s.on.Answer(ctx)
		if err := r.answered(s.row, response, err); err != nil {
			stop(err)
			continue
		}
		if done += s.milestones; s.milestones > 0 && r.Sent != nil {
			r.Sent(done, r.result.Rows)
		}
	}
}

// sender is where the second reading goes.
type sender struct {
	*run
	ctx     context.Context
	sent    chan sent
	named   set           // parts of the plan that were stated
	waiting []*pb.Command // parts of the plan that were not sent yet
	lines   map[key]int   // how many funding lines or measures have the same name
	inDoubt int
	// candidates is how many were offered, and offered how often each.
	candidates int
	offered    map[string]int
	baselines  []Baselined
	notes      int // how many lines were kept as they are
}

// Candidate offers a sentence that may be a milestone, or sends what it states of the milestone that it was accepted as.
func (s *sender) Candidate(m documents.Milestone) error { return s.Milestone(m) }

// Milestone sends what a row states.
func (s *sender) Milestone(m documents.Milestone) error {
	if isCandidate(&m) {
		t := s.targets.next(m.Ref)
		if t.by == "" {
			s.candidates++
			return s.give([]*pb.Command{s.candidate(&m, t)}, m.Line, 0)
		}
		m.Review = slices.DeleteFunc(m.Review, func(d documents.Doubt) bool { return d.Reason == documents.Candidate })
		return s.give(s.row(&m, t), m.Line, 1)
	}
	if err := s.parts(&m); err != nil {
		return err
	}
	if s.targets.isNew() {
		s.came(s.targets.row, &m)
	}
	t := s.targets.next(m.Ref)
	if len(m.Review) > 0 || t.maybe != "" {
		s.inDoubt++
	}
	commands := s.row(&m, t)
	s.baselined(commands)
	return s.give(commands, m.Line, 1)
}

// Funding sends a line that belongs to a scheme or to the plan.
func (s *sender) Funding(f documents.FundingLine) error {
	return s.give([]*pb.Command{s.planFunding(f)}, f.Line, 0)
}

// Fact sends what is measured, a score, a count, a trajectory, and what is kept as it is: a risk, a line about governance. What else a
// document states that is neither a milestone nor money is of no account.
func (s *sender) Fact(f documents.Fact) error {
	commands := s.measured(f)
	if note := s.noted(f); note != nil {
		commands = []*pb.Command{note}
	}
	if commands == nil {
		return nil
	}
	return s.give(commands, f.Line, 0)
}

// give sends a request, and waits where too many have no answer.
func (s *sender) give(commands []*pb.Command, row, milestones int) error {
	var on *client.Pushed
	var err error
	if s.register != nil {
		if on, err = s.first(s.ctx, commands); err != nil {
			return err
		}
	} else if on, err = s.post(s.ctx, commands); err != nil {
		// It has its place among the answers all the same, so that refusals are told in the order of the rows.
		on = client.Answered(nil, err)
	}
	select {
	case s.sent <- sent{row, milestones, on}:
		return nil
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	}
}

// post sends commands as one request, whose id is a digest of the document and of them.
func (r *run) post(ctx context.Context, commands []*pb.Command) (*client.Pushed, error) {
	said := make([]string, len(commands))
	for i, c := range commands {
		bytes, err := proto.MarshalOptions{Deterministic: true}.Marshal(c)
		if err != nil {
			return nil, &client.Error{Kind: client.Refused, Rule: "not-utf8", Message: err.Error()}
		}
		said[i] = string(bytes)
	}
	return r.Stream.Send(ctx, &pb.SubmitRequest{RequestId: r.id(said...), Plan: r.Plan, Commands: commands, StrictRefs: r.StrictRefs})
}

// submit sends commands that are of no row, and waits for the answer.
func (r *run) submit(ctx context.Context, commands ...*pb.Command) error {
	on, err := r.post(ctx, commands)
	if err != nil {
		return err
	}
	response, err := on.Answer(ctx)
	return r.answered(0, response, err)
}

// answered counts what a request came to. A refusal is kept with its row; its error is one that no other row will escape.
func (r *run) answered(row int, response *pb.SubmitResponse, err error) error {
	e, isClient := errors.AsType[*client.Error](err)
	switch {
	case err == nil:
		r.accept(response)
		return nil
	case isClient && e.Kind == client.Refused && row > 0:
		for _, v := range e.Violations {
			r.result.Refused = append(r.result.Refused, Refused{row, v.Field, v.Rule, v.Message})
		}
		if len(e.Violations) == 0 {
			r.result.Refused = append(r.result.Refused, Refused{row, "", e.Rule, e.Message})
		}
		return nil
	}
	return err
}

func (r *run) accept(response *pb.SubmitResponse) {
	receipt := response.GetReceipt()
	if at := receipt.GetPosition(); r.result.Position == nil || *r.result.Position < at {
		r.result.Position = &at
	}
	for _, n := range response.GetNotices() {
		r.result.Notices = append(r.result.Notices, n.GetMessage())
	}
	if response.GetReplayed() || len(receipt.GetEvents()) == 0 {
		r.result.Unchanged++
		return
	}
	for _, event := range receipt.GetEvents() {
		r.result.Events[event.GetType()]++
	}
}

// key stands for a text: the first bytes of its SHA-256. set is texts that were seen.
type (
	key [8]byte
	set map[key]struct{}
)

func keyOf(text string) key {
	sum := sha256.Sum256([]byte(text))
	return key(sum[:8])
}

// add says whether a text is new.
func (s set) add(text string) bool {
	k := keyOf(text)
	_, there := s[k]
	s[k] = struct{}{}
	return !there
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
