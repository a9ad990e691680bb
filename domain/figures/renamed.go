package figures

import (
	"cmp"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
)

// Renamed is a workstream that one request renamed for one milestone or many: one row (R7).
type Renamed struct {
	AsAt       civil.Date
	Was, Is    string
	By         uint32
	Position   uint64 // of the first statement
	Milestones []int  // where they stand in the list that was given, in order
}

// placedIn is a statement that says in which workstream a milestone is.
type placedIn struct {
	of         int // which milestone
	workstream string
	statement  *milestone.Statement
	request    uint64
}

// Renames returns the workstreams that were renamed by a day, in order of as-at day. histories are the statements of the
// milestones of a plan, each in order of position. Differences of case, spacing, punctuation, hyphenation and line breaks are no
// change, and to be given a first workstream is none.
func Renames(histories [][]milestone.Statement, at civil.Date, r Record) (rows []Renamed) {
	var all []placedIn
	for of, statements := range histories {
		for i := range statements {
			s := &statements[i]
			if workstream := workstreamOf(s.Event); workstream != "" && s.AsAt <= at {
				all = append(all, placedIn{of, workstream, s, r.request(s.Position)})
			}
		}
	}
	slices.SortFunc(all, func(a, b placedIn) int {
		return cmp.Or(cmp.Compare(a.statement.AsAt, b.statement.AsAt), cmp.Compare(a.request, b.request), cmp.Compare(a.statement.Position, b.statement.Position))
	})
	type key struct {
		request uint64
		was, is string
	}
	row, now := map[key]int{}, make([]string, len(histories))
	for _, p := range all {
		was := now[p.of]
		now[p.of] = p.workstream
		if was == "" || same(was, p.workstream) {
			continue
		}
		k := key{p.request, folded(was), folded(p.workstream)}
		i, ok := row[k]
		if !ok {
			by := p.statement.By
			if r.Speaker != nil {
				by = r.Speaker(by)
			}
			i = len(rows)
			row[k] = i
			rows = append(rows, Renamed{AsAt: p.statement.AsAt, Was: was, Is: p.workstream, By: by, Position: p.statement.Position})
		}
		rows[i].Milestones = append(rows[i].Milestones, p.of)
	}
	return rows
}

func workstreamOf(e milestone.Event) string {
	switch e := e.(type) {
	case milestone.Added:
		return e.Workstream
	case milestone.Amended:
		if e.Workstream != nil {
			return *e.Workstream
		}
	}
	return ""
}
