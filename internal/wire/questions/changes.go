package questions

import (
	"context"
	"iter"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain"
	kinds "milepost.dev/domain/changes"
	"milepost.dev/domain/civil"
	"milepost.dev/internal/wire"
	"milepost.dev/projections/changes"
)

// Rules of what can be compared, in the words of domain.Refusal's Rule.
const (
	RuleCompareWhat   = "since-or-told-since"
	RuleSinceDay      = "since-not-iso"
	RuleSinceNotEarly = "since-not-earlier"
	RuleDayInFuture   = "as-at-in-future"
	RuleChangeKind    = "change-kind-unknown"
)

// Changes compares a plan with itself.
func (s *Server) Changes(ctx context.Context, m *pb.ChangesRequest) (*pb.ChangesResponse, error) {
	answer := &pb.ChangesResponse{}
	wanted := s.changesWanted(m)
	a, err := list(ctx, s, m, asked[changes.Row, *pb.NetChange]{
		wrong: checkChanges(m),
		rows: func(p Page) iter.Seq2[changes.Row, error] {
			return func(yield func(changes.Row, error) bool) {
				rows, err := s.changed(ctx, m, p, answer, wanted)
				if err != nil {
					yield(changes.Row{}, err)
					return
				}
				for _, row := range rows {
					if !yield(row, nil) {
						return
					}
				}
			}
		},
		tell: wire.NetChange,
	})
	if err != nil {
		return nil, err
	}
	answer.Changes, answer.SpokenFor, answer.NextPageToken = a.items, a.spokenFor, a.next
	return answer, nil
}

// changed are the changes that are asked for. It says in the answer what was compared, and how many there are.
func (s *Server) changed(ctx context.Context, m *pb.ChangesRequest, p Page, answer *pb.ChangesResponse, wanted func(changes.Row) bool) ([]changes.Row, error) {
	was, is, err := s.ends(ctx, m, p)
	if err != nil {
		return nil, err
	}
	var rows []changes.Row
	if m.Milestone == "" {
		of := changesOf{is.Plan.ID, was.Plan.View().Position, is.Plan.View().Position, was.AsAt, is.AsAt}
		rows = s.changes.get(of, m.PageToken != "", func() []changes.Row { return changes.List(was, is) })
	} else {
		found, err := Milestone(is.Plan, m.Milestone)
		if err != nil {
			return nil, err
		}
		rows = changes.Of(was, is, found)
	}
	rows = slices.DeleteFunc(slices.Clone(rows), func(r changes.Row) bool { return !wanted(r) })
	answer.Comparison, answer.Counts = wire.Comparison(was, is, m.Since == ""), wire.ChangeCounts(rows)
	return rows, nil
}

// changesOf says of what a list of changes is.
type changesOf struct {
	plan      string
	then, now uint64
	from, to  civil.Date
}

// ends are the two answers that are compared.
func (s *Server) ends(ctx context.Context, m *pb.ChangesRequest, p Page) (was, is changes.End, err error) {
	is = changes.End{Plan: p.Plan, AsAt: p.AsAt}
	if p.AsAt.After(p.Today) {
		return was, is, refuse(domain.Invalid, RuleDayInFuture, "read_at.as_at",
			"%s has not come: today is %s. Ask for a day up to today.", p.AsAt, p.Today)
	}
	if m.Since == "" {
		was.AsAt = p.AsAt
		was.Plan, err = s.pages.Before(ctx, p, m.ToldSince, "told_since")
		return was, is, err
	}
	was = changes.End{Plan: p.Plan}
	if was.AsAt, err = civil.Parse(m.Since); err != nil {
		return was, is, refuse(domain.Invalid, RuleSinceDay, "since", "%.60q is not a day. Write it as 2017-03-31.", m.Since)
	}
	if !was.AsAt.Before(p.AsAt) {
		return was, is, refuse(domain.Invalid, RuleSinceNotEarly, "since",
			"%s is not before %s, the day that it is compared with. Ask since an earlier day, or as at a later one.", was.AsAt, p.AsAt)
	}
	return was, is, nil
}

// checkChanges returns what is wrong with a question whatever the plan says.
func checkChanges(m *pb.ChangesRequest) error {
	if (m.Since == "") == (m.ToldSince == "") {
		return refuse(domain.Invalid, RuleCompareWhat, "since",
			"Say with what the plan is to be compared: as it stood on a day (since), or as it was known at a day, time or position (told_since); one of the two.")
	}
	if m.Kind != "" && !slices.Contains(kinds.Kinds(), kinds.Kind(m.Kind)) {
		var names []string
		for _, k := range kinds.Kinds() {
			names = append(names, string(k))
		}
		return refuse(domain.Invalid, RuleChangeKind, "kind", "%.60q is not a kind of change. Use one of: %s.", m.Kind, strings.Join(names, ", "))
	}
	return nil
}

// changesWanted says which changes are asked for.
func (s *Server) changesWanted(m *pb.ChangesRequest) func(changes.Row) bool {
	owner, known := s.names.Find(m.Owner)
	return func(r changes.Row) bool {
		was, is := &r.Change.Was, &r.Change.Is
		if m.Owner != "" {
			if r.Milestone == nil || !known {
				return false
			}
			if kept := r.Is.Known.Kept(owner); string(was.Owner) != kept && string(is.Owner) != kept {
				return false
			}
		}
		return (m.Workstream == "" || was.Workstream == m.Workstream || is.Workstream == m.Workstream) &&
			(m.Kind == "" || r.Has(kinds.Kind(m.Kind)))
	}
}
