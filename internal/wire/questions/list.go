// Package questions answers the questions over a plan that list something: where its milestones stand, how their dates
// moved, who owns them. A question says which rows there are, which of them are asked for, and which message tells of
// one. The server answers it a page at a time (Server), and `milepost check` makes all of it again from the ledger
// (Lists): both have it from here, so that a question is written once.
package questions

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"google.golang.org/protobuf/proto"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/wire"
	"milepost.dev/projections"
	"milepost.dev/projections/audit"
	"milepost.dev/projections/changes"
	"milepost.dev/projections/slippage"
)

// Rules of the questions, in the words of domain.Refusal's Rule.
const (
	RulePageSize     = "page-size-negative"
	RuleFundingState = "funding-state-unknown"
	RuleMilestones   = "milestones-too-many"
)

// Request is what every question over a plan says, whatever else it asks.
type Request interface {
	proto.Message
	GetPlan() string
	GetReadAt() *pb.ReadAt
	GetPageSize() int32
	GetPageToken() string
}

// Page is the page of an answer that is asked for, and the knowledge that it is given from.
type Page struct {
	Plan      projections.Plan // as it was known
	AsAt      civil.Date       // the day that the answer is about
	Today     civil.Date       // in the plan's time zone
	From      Place            // where the page begins; of no meaning on the first page
	SpokenFor *pb.SpokenFor
	// MayRead says whether the caller may read another plan.
	MayRead func(plan string) bool
	// Token writes the token of the page that begins at a place.
	Token func(Place) string
}

// Place is where an answer was left: at its last row, by what the answer is in order of.
type Place struct {
	Day      civil.Date
	Position uint64 // of an event; in a list that is told by numbers the number of the row that comes next
	Text     string
}

// Compare orders places by day, then by position, then by text.
func (p Place) Compare(q Place) int {
	return cmp.Or(cmp.Compare(p.Day, q.Day), cmp.Compare(p.Position, q.Position), cmp.Compare(p.Text, q.Text))
}

// Pages finds the page that a question asks for. It refuses a caller who may not read the plan, a plan that there is
// not, times that cannot be read, and the page token of another question.
type Pages interface {
	Page(ctx context.Context, m Request) (Page, error)
	// Before finds the plan of a page as it was known at a position, at a time or at the end of a day, which text says and a
	// field of the question holds. The zero Plan: it was not known then. It refuses a time after that of the page.
	Before(ctx context.Context, p Page, text, field string) (projections.Plan, error)
}

// Names shows parties by name, and finds them.
type Names interface {
	wire.Names
	// Find is the id of the party with a name, in any case and spacing. It makes none.
	Find(name string) (id string, ok bool)
}

// Server answers the questions of QueryService that list rows of a plan. It is safe for concurrent use.
type Server struct {
	pb.UnimplementedQueryServiceServer
	pages   Pages
	names   Names
	ledger  audit.Ledger
	moves   lastList[movesOf, slippage.Move]
	changes lastList[changesOf, changes.Row]
}

// NewServer makes a server.
func NewServer(pages Pages, names Names, ledger audit.Ledger) *Server {
	return &Server{pages: pages, names: names, ledger: ledger}
}

// asked is a question as it was asked. R is a row, M the message that tells of one.
type asked[R any, M proto.Message] struct {
	wrong error // what is wrong with what the question asks for; nil where nothing is
	// rows are those that there are, in the order of the answer. An error ends them.
	rows  func(Page) iter.Seq2[R, error]
	wants func(R) bool // nil: every row is asked for
	tell  func(R, wire.Names) M
	// place is where a row stands in the order of the answer. Where it is nil a place is the number of a row: for lists
	// that are the same whenever they are made for one position and day.
	place func(R) Place
}

// answer is a page of an answer.
type answer[M proto.Message] struct {
	items     []M
	spokenFor *pb.SpokenFor
	next      string // the token of the next page; empty at the end
}

// list answers the page that a question asks for.
func list[R any, M proto.Message](ctx context.Context, s *Server, m Request, q asked[R, M]) (a answer[M], err error) {
	room, err := NewRoom(m.GetPageSize(), itemsPage, maxItemsPage)
	if err != nil {
		return a, err
	}
	page, err := s.pages.Page(ctx, m)
	if err != nil {
		return a, err
	}
	if q.wrong != nil { // said to who may ask
		return a, q.wrong
	}
	a.spokenFor = page.SpokenFor
	var last Place
	number := uint64(0)
	for row, err := range q.rows(page) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return a, err
		}
		place := Place{Position: number}
		if number++; q.place != nil {
			place = q.place(row)
		}
		if q.seen(m, place, page.From) || q.wants != nil && !q.wants(row) {
			continue
		}
		item := q.tell(row, s.names)
		if !room.Takes(item, len(a.items) == 0) {
			if q.place == nil {
				last = place
			}
			a.next = page.Token(last)
			return a, nil
		}
		a.items, last = append(a.items, item), place
	}
	return a, nil
}

// seen says whether a row belongs to a page before.
func (q asked[R, M]) seen(m Request, place, from Place) bool {
	switch {
	case m.GetPageToken() == "":
		return false
	case q.place == nil: // from is the number of the row that comes next
		return place.Position < from.Position
	}
	return place.Compare(from) <= 0
}

// rowsOf are the rows of a plan or, where the question names one, those of a milestone.
func rowsOf[R any](
	name string,
	ofPlan func(projections.Plan, civil.Date) []R,
	ofMilestone func(projections.View, *projections.Milestone, civil.Date) []R,
) func(Page) iter.Seq2[R, error] {
	return func(p Page) iter.Seq2[R, error] {
		return func(yield func(R, error) bool) {
			var rows []R
			if name == "" {
				rows = ofPlan(p.Plan, p.AsAt)
			} else {
				found, err := Milestone(p.Plan, name)
				if err != nil {
					var none R
					yield(none, err)
					return
				}
				rows = ofMilestone(p.Plan.View(), found, p.AsAt)
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// unnamed is for messages in which nobody is named.
func unnamed[R any, M proto.Message](tell func(R) M) func(R, wire.Names) M {
	return func(row R, _ wire.Names) M { return tell(row) }
}

// Milestone finds a milestone of a plan by its reference or its own id.
func Milestone(p projections.Plan, name string) (*projections.Milestone, error) {
	if m, ok := p.Find(name); ok {
		return m, nil
	}
	return nil, refuse(domain.NotFound, milestone.RuleUnknown, "milestone",
		"Plan %q has no milestone %.210q at position %d. Check its reference: `milepost status` lists them.", p.ID, name, p.View().Position)
}

func refuse(class domain.Class, rule, field, format string, args ...any) *domain.Refusal {
	return &domain.Refusal{Class: class, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)}
}
