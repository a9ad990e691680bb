// Package status answers where each milestone stands.
package status

import (
	"cmp"
	"iter"
	"slices"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/domain/rating"
	"milepost.dev/projections"
)

// Row is where one milestone stands on a day.
type Row struct {
	Milestone *projections.Milestone
	State     milestone.State
	Figures   figures.Figures
	Phase     milestone.Phase
	// Forecast is the date in force as it was stated; the zero Delivery where there is none. FirstPeriod are the words of
	// a first forecast that names a period; empty for most.
	Forecast    period.Delivery
	FirstPeriod string
	Revision    uint64 // how many events the milestone has in this view, whatever their day
	Position    uint64 // of the last of them
	// Ratings are what was said last on each scheme, with where it stands on the common scale by what the
	// plan declares for the day. Worst is the worst of them; none where the milestone was never rated.
	Ratings []Rating
	// Known is the view that the row was asked of.
	Known projections.View
	// Corrections hold for statements about it, and CorrectionsPending wait for an approver.
	Corrections, CorrectionsPending int
	// FormerRefs are the references that it went by before; nil for most.
	FormerRefs []string
	Series     string // the reference of the milestone that it is an occurrence of; empty for most
	Worst      rating.Grade
	SharedBy   []milestone.Party // whom the owner's words name, where they name several
}

// Rating is a reporter's rating, and what it comes to on the common scale.
type Rating struct {
	milestone.Rating
	Grade rating.Grade
}

// Of is the status of one milestone as it stood on a day. False: nothing had been stated by then.
func Of(v projections.View, m *projections.Milestone, asAt civil.Date) (Row, bool) {
	p, _ := v.Plan(m.Plan)
	return of(p, m, asAt, p.At(asAt).RatingSchemes)
}

// Reader answers of one milestone of a plan after another where it stood on a day. False: nothing had been stated by then.
func Reader(p projections.Plan, asAt civil.Date) func(*projections.Milestone) (Row, bool) {
	schemes := p.At(asAt).RatingSchemes
	return func(m *projections.Milestone) (Row, bool) { return of(p, m, asAt, schemes) }
}

// Along is Of for a view until the end of a request, by what a replay of the milestone went on from. It is for who asks after one request after
// another.
func Along(r *projections.Replay, v projections.View, m *projections.Milestone, asAt civil.Date) (Row, bool) {
	p, _ := v.Plan(m.Plan)
	return by(along{r, v.Position}, p, m, asAt, p.At(asAt).RatingSchemes)
}

// source knows what a row is made of.
type source interface {
	State(m *projections.Milestone, asAt civil.Date) milestone.State
	Figures(m *projections.Milestone, asAt civil.Date) figures.Figures
	Delivery(m *projections.Milestone, position uint64) period.Delivery
}

// along is a replay as it stands at a position.
type along struct {
	replay   *projections.Replay
	position uint64
}

// State is that of the replay's milestone.
func (a along) State(_ *projections.Milestone, asAt civil.Date) milestone.State {
	return a.replay.State(a.position, asAt)
}

// Figures are those of the replay's milestone.
func (a along) Figures(_ *projections.Milestone, asAt civil.Date) figures.Figures {
	return a.replay.Figures(a.position, asAt)
}

// Delivery is what a statement about the replay's milestone states.
func (a along) Delivery(_ *projections.Milestone, position uint64) period.Delivery {
	return a.replay.Delivery(a.position, position)
}

func of(p projections.Plan, m *projections.Milestone, asAt civil.Date, schemes []rating.Scheme) (Row, bool) {
	return by(p.View(), p, m, asAt, schemes)
}

func by[S source](s S, p projections.Plan, m *projections.Milestone, asAt civil.Date, schemes []rating.Scheme) (Row, bool) {
	v := p.View()
	state := s.State(m, asAt)
	if !state.Exists {
		return Row{}, false
	}
	state.Owner = milestone.Party(v.Kept(string(state.Owner)))
	shared := v.KeptAll(state.Known().SharedBy)
	revision, position := v.Revision(m)
	f := s.Figures(m, asAt)
	row := Row{
		Milestone: m, State: state, Figures: f, Phase: PhaseOf(&f), Revision: uint64(revision), Position: position,
		FormerRefs: v.FormerRefs(m), Known: v, SharedBy: shared,
	}
	row.Corrections, row.CorrectionsPending = corrected(v, m)
	stated := func(position uint64) period.Delivery { return s.Delivery(m, position) }
	row.Forecast, row.FirstPeriod = row.forecast(stated), row.firstPeriod(stated)
	for _, r := range state.Ratings() {
		grade := rating.GradeOf(schemes, r.Scheme, r.Value)
		row.Ratings = append(row.Ratings, Rating{r, grade})
		row.Worst = rating.Worst(row.Worst, grade)
	}
	if o := state.Known().Of; o != nil {
		if series, ok := p.FindID(o.Series); ok {
			row.Series = series.Ref
		}
	}
	return row, true
}

// corrected counts the corrections that hold for statements about a milestone, and those that wait.
func corrected(v projections.View, m *projections.Milestone) (counts, pending int) {
	log := v.Corrections(m)
	if len(log.All) == 0 {
		return 0, 0 // most milestones
	}
	standing := map[uint64]bool{}
	for _, c := range log.Read() {
		standing[c.Position] = true
	}
	for i := range log.All {
		if log.All[i].Pending() {
			pending++
		}
	}
	return len(standing), pending
}

// PhaseOf is where a milestone is in its life, by its figures: what was said of a day is told in the order of its rules there,
// and an actual that is earlier than another achieves nothing.
func PhaseOf(f *figures.Figures) milestone.Phase {
	switch {
	case f.Replaced:
		return milestone.PhaseReplaced
	case f.Finished:
		return milestone.PhaseAchieved
	case f.Cancelled:
		return milestone.PhaseCancelled
	case f.OnHold:
		return milestone.PhaseOnHold
	case f.Started:
		return milestone.PhaseStarted
	}
	return milestone.PhasePlanned
}

// forecast returns the date in force as it was stated; the zero Delivery where there is none.
func (r *Row) forecast(stated func(position uint64) period.Delivery) period.Delivery {
	due := r.Figures.InForce()
	if due == 0 {
		return period.Delivery{}
	}
	if last := &r.State.Forecast; last.Known && last.Delivery.Due() == due {
		return last.Delivery // it is, but for late reports and disagreements
	}
	return stated(r.Figures.DuePosition)
}

// firstPeriod returns the words of a first forecast that names a period: "2017/18".
func (r *Row) firstPeriod(stated func(position uint64) period.Delivery) string {
	first := &r.Figures.First
	if first.Due == 0 || first.Period.First == first.Period.Last {
		return ""
	}
	return stated(first.Position).Text
}

// List is the status of every milestone of a plan, in order of reference.
func List(p projections.Plan, asAt civil.Date) []Row { return slices.Collect(After(p, asAt, "")) }

// After is the status of the milestones whose references come after one, in order of reference. Each is worked out
// when it is asked for: who wants a page of a large plan need not wait for the rest of it.
func After(p projections.Plan, asAt civil.Date, ref string) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		milestones := slices.DeleteFunc(slices.Clone(p.Milestones()), func(m *projections.Milestone) bool { return m.Ref <= ref })
		slices.SortFunc(milestones, func(a, b *projections.Milestone) int { return cmp.Compare(a.Ref, b.Ref) })
		schemes := p.At(asAt).RatingSchemes
		for _, m := range milestones {
			if row, ok := of(p, m, asAt, schemes); ok && !yield(row) {
				return
			}
		}
	}
}

// Counts is how many milestones of a plan are how. Nothing in it is an average.
type Counts struct {
	figures.Counts
	// By phase; those that are left are planned.
	Started, OnHold, Achieved, GivenUp int
	// By their figures.
	Undated, LateToCome, OnTimeToCome int
	// NotReported were left out of a complete return, with nothing heard since. ToReview have an open item for a
	// person, by State.Review.
	NotReported, ToReview int
	// Worst is the milestone that slipped most, and of several the first by reference; zero where none slipped.
	Worst Slip
	// Rated counts the milestones at each common rating, by the worst of each milestone's own; Unrated those
	// that were never rated.
	Rated   [rating.Green + 1]int
	Unrated int
	// NextDue is the earliest day, not before the day that is asked for, that an open milestone is due.
	NextDue  civil.Date
	LastAsAt civil.Date
	Position uint64
}

// Slip is by how many days the last date of a milestone, or its actual, is later than it was first forecast.
type Slip struct {
	Milestone *projections.Milestone
	Title     string
	Days      int
}

// Count is what stands out in a plan on a day.
func Count(p projections.Plan, asAt civil.Date) Counts {
	var c Counts
	schemes := p.At(asAt).RatingSchemes
	c.Position = p.LastPosition()
	for _, m := range p.Milestones() {
		row, ok := of(p, m, asAt, schemes)
		if !ok {
			continue
		}
		c.LastAsAt = max(c.LastAsAt, row.State.LastAsAt) // After is false beside no date
		if c.Add(row.Figures); row.Figures.Replaced {
			continue // it is in no other count
		}
		switch row.Phase {
		case milestone.PhaseStarted:
			c.Started++
		case milestone.PhaseAchieved:
			c.Achieved++
		case milestone.PhaseOnHold:
			c.OnHold++
		case milestone.PhaseCancelled:
			c.GivenUp++
		}
		if len(row.Ratings) == 0 {
			c.Unrated++
		} else {
			c.Rated[row.Worst]++
		}
		c.standOut(&row, asAt)
	}
	return c
}

// due is the day that an open milestone is due, where that is not past.
func (r *Row) due(asAt civil.Date) civil.Date {
	if due := r.Figures.InForce(); (r.Figures.LateToCome() || r.Figures.OnTimeToCome()) && due >= asAt {
		return due
	}
	return 0
}

// standOut counts what a director looks for.
func (c *Counts) standOut(row *Row, asAt civil.Date) {
	f := &row.Figures
	if f.Undated() {
		c.Undated++
	}
	if f.LateToCome() {
		c.LateToCome++
	}
	if f.OnTimeToCome() {
		c.OnTimeToCome++
	}
	if row.State.NotReported != 0 {
		c.NotReported++
	}
	if len(row.State.Review()) > 0 {
		c.ToReview++
	}
	if due := row.due(asAt); due != 0 && (c.NextDue == 0 || due < c.NextDue) {
		c.NextDue = due
	}
	if slip := f.Slip.Days; slip > max(0, c.Worst.Days) || slip > 0 && slip == c.Worst.Days && row.Milestone.Ref < c.Worst.Milestone.Ref {
		c.Worst = Slip{row.Milestone, cmp.Or(row.State.Title, row.Milestone.Ref), slip}
	}
}
