// Package changes answers what changed in a plan between two days, or between what was known at two times.
package changes

import (
	"slices"

	"milepost.dev/domain/changes"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	lines "milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
	"milepost.dev/projections/funding"
	"milepost.dev/projections/slippage"
	"milepost.dev/projections/status"
)

// End is one of the two answers that are compared.
type End struct {
	Plan projections.Plan // the zero Plan: it was not known
	AsAt civil.Date
}

func (e End) known() bool { return e.Plan.ID != "" }

// Row is what changed of one milestone or, where Milestone is nil, of the funding lines of the plan itself and of its schemes.
type Row struct {
	changes.Change
	Milestone *projections.Milestone
	Was, Is   status.Row // Was says nothing where the milestone was not there yet
	// Between are the moves of the later answer that the earlier one has not, Undone those of the earlier one that the later has
	// not.
	Between, Undone []slippage.Move
	// Said is what was said in between of the milestone's life, words, owner, rating and money, in order of as-at day.
	Said []Said
	// Money are the lines of Change.Money, each with the position of what was said of it last.
	Money []Money
	// Source is where its date was read as at the later end; zero where nobody said.
	Source milestone.Source
}

// Money is a funding line that is not as it was. Was is zero where it was not there yet.
type Money struct{ Was, Is funding.Row }

// List are the changes of a plan, in the order of changes.Order. is is the later of the two answers.
func List(was, is End) []Row {
	var rows []Row
	if money := OfPlan(was, is); money != nil {
		rows = append(rows, *money)
	}
	c := newComparison(was, is)
	for _, m := range is.Plan.Milestones() {
		if row, ok := c.of(m); ok {
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b Row) int { return changes.Order(&a.Change, &b.Change) })
	return rows
}

// Of is what changed of one milestone.
func Of(was, is End, m *projections.Milestone) []Row {
	if row, ok := newComparison(was, is).of(m); ok {
		return []Row{row}
	}
	return nil
}

// OfPlan are the funding lines of the plan itself and of its schemes that are not as they were; nil where all are.
func OfPlan(was, is End) *Row {
	var r Row
	if was.known() {
		r.Change.Was.Funding = was.Plan.At(was.AsAt).Funding
	}
	r.Change.Is.Funding = is.Plan.At(is.AsAt).Funding
	if r.Change.Money = changes.OfPlan(r.Change.Was.Funding, r.Change.Is.Funding); r.Change.Money == nil {
		return nil
	}
	r.Kinds = []changes.Kind{changes.Funding}
	var before []funding.Row
	if was.known() {
		before = funding.OfPlan(was.Plan, was.AsAt)
	}
	r.Money = money(r.Change.Money, before, funding.OfPlan(is.Plan, is.AsAt))
	return &r
}

// money finds the rows of lines that changed.
func money(changed []changes.Money, was, is []funding.Row) (rows []Money) {
	for _, c := range changed {
		rows = append(rows, Money{rowOf(was, c.Was), rowOf(is, c.Is)})
	}
	return rows
}

func rowOf(rows []funding.Row, line lines.Line) funding.Row {
	if i := slices.IndexFunc(rows, func(r funding.Row) bool { return r.Line == line }); i >= 0 {
		return rows[i]
	}
	return funding.Row{Line: line}
}

// comparison compares one milestone after another.
type comparison struct {
	was, is       End
	then, now     projections.View
	stood, stands func(*projections.Milestone) (status.Row, bool)
}

func newComparison(was, is End) *comparison {
	c := &comparison{was: was, is: is, then: was.Plan.View(), now: is.Plan.View(), stands: status.Reader(is.Plan, is.AsAt)}
	c.stood = func(*projections.Milestone) (status.Row, bool) { return status.Row{}, false }
	if was.known() {
		c.stood = status.Reader(was.Plan, was.AsAt)
	}
	return c
}

func (c *comparison) of(m *projections.Milestone) (Row, bool) {
	row := Row{Milestone: m}
	var existed, exists bool
	if row.Is, exists = c.stands(m); !exists {
		return row, false
	}
	if c.was.known() {
		row.Was, existed = c.stood(c.then.Milestone(m))
	}
	was, is := c.end(&row.Was, existed), c.end(&row.Is, true)
	if c.moves(m, &row) {
		if existed {
			_, was.Rows = c.then.Rows(m, c.was.AsAt)
		}
		_, is.Rows = c.now.Rows(m, c.is.AsAt)
	}
	var changed bool
	if row.Change, changed = changes.Between(was, is); !changed {
		return row, false
	}
	for _, i := range row.Change.Between {
		row.Between = append(row.Between, slippage.Tell(c.now, m, is.Rows[i]))
	}
	for _, i := range row.Change.Undone {
		row.Undone = append(row.Undone, slippage.Tell(c.then, m, was.Rows[i]))
	}
	if len(row.Change.Money) > 0 {
		row.Money = money(row.Change.Money, funding.Of(c.then, m, c.was.AsAt), funding.Of(c.now, m, c.is.AsAt))
	}
	row.Said = c.said(m)
	row.Source = sourceOf(&row.Is.State)
	return row, true
}

// moves says whether the rows of a milestone may differ: something was told or said of it in between, or a figure is another one,
// because of what was said of a milestone whose place it took. Only then are they made: most milestones of a plan are as they were.
func (c *comparison) moves(m *projections.Milestone, row *Row) bool {
	then, _ := c.then.Revision(m)
	now, _ := c.now.Revision(m)
	if !c.was.known() || then != now || c.now.SpokenOf(m, c.was.AsAt, c.is.AsAt) {
		return true
	}
	return undated(row.Was.Figures) != undated(row.Is.Figures)
}

// undated are figures without those that a day changes by itself.
func undated(f figures.Figures) figures.Figures {
	f.Overdue, f.Owed = false, 0
	return f
}

// end is a status row as it is compared. A party that was merged since counts as the one that is kept.
func (c *comparison) end(r *status.Row, exists bool) changes.End {
	if !exists {
		return changes.End{}
	}
	return changes.End{
		Exists: true, Figures: r.Figures, Phase: r.Phase, Ref: r.Milestone.Ref, Title: r.State.Title, Workstream: r.State.Workstream,
		Owner: milestone.Party(c.now.Kept(string(r.State.Owner))), Rating: r.Worst, Rated: len(r.Ratings) > 0, Funding: r.State.Funding,
	}
}

// sourceOf is the document that the date was read from last, with the cells that it was read from.
func sourceOf(s *milestone.State) (source milestone.Source) {
	for _, from := range s.Known().Sources {
		cells := slices.DeleteFunc(slices.Clone(from.Cells), func(c milestone.Cell) bool { return c.Field != milestone.FieldDelivery })
		if len(cells) > 0 && from.AsAt >= source.AsAt {
			source = from
			source.Cells = cells
		}
	}
	return source
}
