package wire

import (
	"cmp"
	"fmt"

	milepostv1 "milepost.dev/api/milepost/v1"
	kinds "milepost.dev/domain/changes"
	"milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/projections"
	"milepost.dev/projections/changes"
	"milepost.dev/projections/slippage"
)

// Comparison says which two answers were compared: as at two days or, where told, as known at two positions.
func Comparison(was, is changes.End, told bool) *milepostv1.Comparison {
	c := &milepostv1.Comparison{
		Kind: "as at", WasAsAt: was.AsAt.String(), WasPosition: was.Plan.View().Position,
		AsAt: is.AsAt.String(), Position: is.Plan.View().Position,
	}
	if told {
		c.Kind = "told"
		c.Says = fmt.Sprintf("As known at position %d against position %d, both as the plan stood on %s.", c.WasPosition, c.Position, c.AsAt)
	} else {
		c.Says = fmt.Sprintf("As the plan stood on %s against %s, both as known at position %d.", c.WasAsAt, c.AsAt, c.Position)
	}
	return c
}

// ChangeCounts counts changes.
func ChangeCounts(rows []changes.Row) *milepostv1.ChangeCounts {
	n := &milepostv1.ChangeCounts{Changes: int32(len(rows))}
	of := map[kinds.Kind]*int32{
		kinds.Slipped: &n.Slipped, kinds.Recovered: &n.Recovered, kinds.ThereAndBack: &n.ThereAndBack, kinds.DateLost: &n.DatesLost,
		kinds.DateGiven: &n.DatesGiven, kinds.Achieved: &n.Achieved, kinds.Reopened: &n.Reopened, kinds.Added: &n.Added,
		kinds.Cancelled: &n.Cancelled, kinds.Replaced: &n.Replaced, kinds.Renamed: &n.Renamed, kinds.Owner: &n.Owners,
		kinds.Funding: &n.Funding, kinds.Overdue: &n.Overdue, kinds.StartRestated: &n.StartRestated, kinds.FirstForecast: &n.FirstForecast,
	}
	for i := range rows {
		r := &rows[i]
		for _, k := range r.Kinds {
			if count := of[k]; count != nil {
				*count++
			}
		}
		net, late := int32(r.Net.Days), int32(r.LateDays())
		n.NetDays += net
		n.MostSlipDays, n.MostRecoveredDays = max(n.MostSlipDays, net), max(n.MostRecoveredDays, -net)
		if late > 0 {
			n.AchievedLate++
		}
		n.MostLateDays = max(n.MostLateDays, late)
	}
	return n
}

// NetChange is what differs of one milestone between two answers.
func NetChange(r changes.Row, names Names) *milepostv1.NetChange {
	m := &milepostv1.NetChange{}
	for _, k := range r.Kinds {
		m.Kinds = append(m.Kinds, string(k))
	}
	for _, money := range r.Money {
		change := &milepostv1.FundingChange{Is: FundingLine(money.Is)}
		if money.Was.Line.Line != "" {
			change.Was = FundingLine(money.Was)
		}
		m.Funding = append(m.Funding, change)
	}
	if r.Milestone == nil {
		return m
	}
	is := &r.Change.Is
	m.Ref, m.Milestone, m.Title = r.Milestone.Ref, projections.FormatID(r.Milestone.ID), cmp.Or(is.Title, r.Milestone.Ref)
	m.Workstream, m.Owner, m.State, m.Rating = is.Workstream, shown(is.Owner, names), is.Phase.String(), rated(is)
	changedDates(m, &r)
	if was := &r.Change.Was; was.Exists {
		m.TitleWas, m.RefWas, m.WorkstreamWas = cmp.Or(was.Title, was.Ref), was.Ref, was.Workstream
		m.OwnerWas, m.StateWas, m.RatingWas = shown(was.Owner, names), was.Phase.String(), rated(was)
	}
	for _, move := range r.Between {
		m.Between = append(m.Between, Move(move, names))
	}
	for _, move := range r.Undone {
		m.Undone = append(m.Undone, Move(move, names))
	}
	for _, s := range r.Said {
		m.Said = append(m.Said, saidBetween(s, names))
	}
	saidLast(m, lastMove(r.Between), names)
	if len(r.Source.Cells) > 0 {
		m.Source = sources([]milestone.Source{r.Source})[0]
	}
	return m
}

// saidLast says who told of the change, and why: who moved the date last or, where it did not move, who said anything last.
func saidLast(m *milepostv1.NetChange, move *slippage.Move, names Names) {
	switch {
	case move != nil:
		m.Reason, m.NoReason, m.Actor, m.Position = move.Reason, move.NoReason(), names.Display(move.Actor), move.Made
		if move.Party != move.Actor {
			m.OnBehalfOf = names.Display(move.Party)
		}
	case len(m.Said) > 0:
		last := m.Said[len(m.Said)-1]
		m.Reason, m.Actor, m.OnBehalfOf, m.Position = last.Reason, last.Actor, last.OnBehalfOf, last.Position
	}
}

func saidBetween(s changes.Said, names Names) *milepostv1.SaidBetween {
	said := &milepostv1.SaidBetween{
		Event: s.Event, AsAt: s.AsAt.String(), Position: s.Position, Actor: names.Display(s.Actor), Reason: s.Reason,
		RecordedAt: recordedAt(s.RecordedAt),
	}
	if s.Party != s.Actor {
		said.OnBehalfOf = names.Display(s.Party)
	}
	return said
}

// changedDates says how the dates of a milestone stand in both answers.
func changedDates(m *milepostv1.NetChange, r *changes.Row) {
	was, is := &r.Change.Was.Figures, &r.Change.Is.Figures
	m.Was, m.Is, m.NetDays = was.Last.String(), is.Last.String(), known32(r.Net)
	m.SlipDaysWas, m.SlipDays, m.SettingDays = known32(was.Slip), known32(is.Slip), int32(r.Setting)
	m.FirstForecastWas, m.FirstForecast = was.First.Due.String(), is.First.Due.String()
	m.WasRestated = was.StartShown
	m.NoDateWas, m.NoDate, m.OwedDays = was.NoDate, is.NoDate, int32(is.Owed)
	m.Moves, m.LateDays = int32(r.Moves), int32(r.LateDays())
	if r.Has(kinds.Achieved) {
		m.Timing = is.Timing()
	}
}

// lastMove is the move that says last why the date is where it is: one that counts, else one that says since when there is none,
// else what a restated start or another speaker says. Nil where nothing was said of the date.
func lastMove(moves []slippage.Move) *slippage.Move {
	var last *slippage.Move
	for _, of := range []func(*slippage.Move) bool{
		func(m *slippage.Move) bool { return m.Counts && m.Days != 0 },
		func(m *slippage.Move) bool { return m.Event == figures.DateOwed },
		func(m *slippage.Move) bool { return m.Counts || m.Moved() },
	} {
		for i := range moves {
			if of(&moves[i]) {
				last = &moves[i]
			}
		}
		if last != nil {
			return last
		}
	}
	return nil
}

func shown(party milestone.Party, names Names) string {
	if party == "" {
		return ""
	}
	return names.Display(string(party))
}

func rated(e *kinds.End) string {
	if !e.Rated {
		return ""
	}
	return e.Rating.String()
}
