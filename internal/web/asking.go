package web

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
)

// asking is one page being made: what it is about, for whom (its context says), and from which knowledge. The
// first answer says which position it speaks for, and every later question is asked for that one, so that
// a page never mixes two moments. It belongs to one goroutine.
type asking struct {
	context.Context
	question
	api    *client.Client
	spoken *pb.SpokenFor // of the first answer; nil until then
}

// question is what a request asks for, whenever and however often it is answered.
type question struct {
	path            string // the page's own address, without what follows the question mark
	query           url.Values
	plan, milestone string
}

func questionOf(r *http.Request) question {
	return question{path: pagePath(r), query: r.URL.Query(), plan: r.PathValue("plan"), milestone: r.PathValue("milestone")}
}

func (s *Site) ask(ctx context.Context, q question) *asking {
	return &asking{Context: ctx, api: s.API, question: q}
}

// The names of what stands behind the question mark of an address.
const (
	paramAsAt    = "as_at"    // as the plan stood on
	paramKnownAt = "known_at" // as we knew it on
)

func (a question) asAt() string    { return a.query.Get(paramAsAt) }
func (a question) knownAt() string { return a.query.Get(paramKnownAt) }

// readAt is both times of the next question.
func (a *asking) readAt() *pb.ReadAt {
	at := &pb.ReadAt{AsAt: a.asAt(), KnownAt: a.knownAt()}
	if a.spoken != nil {
		at.KnownAt = strconv.FormatUint(a.spoken.GetPosition(), 10)
	}
	return at
}

// answered notes what the first answer speaks for.
func (a *asking) answered(s *pb.SpokenFor) {
	if a.spoken == nil {
		a.spoken = s
	}
}

// largePage asks for as much at once as the server gives.
const largePage = 10_000

// all reads an answer to its end.
func all[T any](a *asking, answer *client.Answer[T]) ([]T, error) {
	var items []T
	for item, err := range answer.Items {
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	a.answered(answer.SpokenFor)
	return items, nil
}

func (a *asking) plans() ([]*pb.Plan, error) {
	return all(a, a.api.Plans(a, &pb.ListPlansRequest{ReadAt: a.readAt(), PageSize: 1000}))
}

func (a *asking) status(plan string) ([]*pb.MilestoneStatus, error) {
	return all(a, a.api.Status(a, &pb.ListStatusRequest{Plan: plan, ReadAt: a.readAt(), PageSize: largePage}))
}

// title is what a milestone is called; empty where nothing was said of it by the day of the page.
func (a *asking) title(plan, ref string) (string, error) {
	m, err := a.api.Milestone(a, &pb.GetMilestoneRequest{Plan: plan, Milestone: ref, ReadAt: a.readAt()})
	if e, ok := errors.AsType[*client.Error](err); ok && e.Code == "NOT_FOUND" {
		return "", nil
	}
	return m.GetStatus().GetTitle(), err
}

// thePlan is the plan that the page is about, with its figures for the day that the page speaks for: by itself the
// list of plans would be of today where most plans are.
func (a *asking) thePlan() (*pb.Plan, error) {
	at := a.readAt()
	at.AsAt = cmp.Or(at.AsAt, a.spoken.GetAsAt())
	found, err := all(a, a.api.Plans(a, &pb.ListPlansRequest{ReadAt: at, Plan: a.plan}))
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, &problem{
			status: http.StatusNotFound, Title: "There is no such plan",
			Sentence: "No plan has the id " + strconv.Quote(a.plan) + " here, or it was not known yet at the time that you ask for.",
		}
	}
	return found[0], nil
}

// lookBack is how many positions are looked through for the last events of a plan. A ledger may have millions.
const lookBack = 20_000

// events are the last events of a plan up to a position, newest first, but for those further back than anybody
// looks at once. There may be more before the position next; 0 where there are none.
func (a *asking) events(plan string, upTo uint64, want int) (events []*pb.AuditEntry, next uint64, err error) {
	// Positions count the events of all plans, so it is not known from where on there are enough of this one:
	// look further back, each time eight times as far.
	for span := uint64(2 * want); ; span = min(8*span, lookBack) {
		after := upTo - min(span, upTo)
		found, err := all(a, a.api.Audit(a, &pb.ListAuditRequest{Plan: plan, ReadAt: a.readAt(), After: after, PageSize: largePage}))
		if err != nil {
			return nil, 0, err
		}
		for len(found) > 0 && found[len(found)-1].GetPosition() > upTo {
			found = found[:len(found)-1]
		}
		slices.Reverse(found)
		switch {
		case len(found) > want || len(found) == want && after > 0:
			return found[:want], found[want-1].GetPosition(), nil
		case after == 0:
			return found, 0, nil
		case span >= lookBack:
			return found, after + 1, nil
		}
	}
}

// with is the page's address with some of what follows the question mark set, or left out where it is empty.
func (a question) with(pairs ...string) string {
	q := url.Values{}
	for name, values := range a.query {
		q[name] = values
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return address(a.path, q)
}

// to is another page's address, at the same two times.
func (a question) to(path string, pairs ...string) string {
	q := url.Values{}
	for _, name := range []string{paramAsAt, paramKnownAt} {
		if v := a.query.Get(name); v != "" {
			q.Set(name, v)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if q.Del(pairs[i]); pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	return address(path, q)
}

func address(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func planPath(plan string) string { return "/plans/" + segment(plan) }

// milestonePath is the address of a milestone by its reference, which people can read; by its own id where the
// reference would be taken for a way up the tree.
func milestonePath(plan, ref, id string) string {
	if ref == "." || ref == ".." {
		ref = id
	}
	return planPath(plan) + "/milestones/" + segment(ref)
}

func segment(s string) string { return url.PathEscape(s) }

// pagePath is the path of the page that a request is about, whether for the page or for its stream.
func pagePath(r *http.Request) string {
	path := r.URL.EscapedPath()
	if len(path) > len(livePrefix) && path[:len(livePrefix)] == livePrefix {
		return path[len(livePrefix):]
	}
	return path
}
