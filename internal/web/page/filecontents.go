package page

import (
	"cmp"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/file"
)

func portfolioContent(a *asking) (*content, error) {
	plans, err := a.portfolioPlans()
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "Portfolio", Columns: []string{
		"plan", "name", "milestones", "overdue", "slipped", "undated", "recovered", "achieved", "to_review", "worst_ref", "worst_slip_days", "next_due", "last_as_at", "closed",
	}}
	for _, p := range a.plansNarrowed(plans) {
		var ref string
		var days any
		if w := p.GetWorst(); w != nil {
			ref, days = w.GetRef(), int(w.GetSlipDays())
		}
		t.Rows = append(t.Rows, []any{
			p.GetId(), p.GetName(), int(p.GetMilestones()), int(p.GetOverdue()), int(p.GetSlipped()), int(p.GetUndated()), int(p.GetRecovered()),
			int(p.GetAchieved()), int(p.GetToReview()), ref, days, file.Day(p.GetNextDue()), file.Day(p.GetLastAsAt()), file.Day(p.GetClosed()),
		})
	}
	return &content{table: t}, nil
}

func timelineContent(a *asking) (*content, error) {
	c, err := milestonesContent(a)
	if err != nil {
		return nil, err
	}
	narrowed, err := a.listed()
	if err != nil {
		return nil, err
	}
	var names []string
	var dates []chart.Dated
	for _, m := range narrowed {
		names, dates = append(names, m.GetRef()+" "+m.GetTitle()), append(dates, datesOf(m))
	}
	c.drawing = chart.DrawTimeline(c.table.Title, names, dates, a.spoken.GetAsAt())
	return c, nil
}

func trendContent(a *asking) (*content, error) {
	p, err := a.open("/trend")
	if err != nil {
		return nil, err
	}
	all, err := a.status(a.plan)
	if err != nil {
		return nil, err
	}
	view, err := a.trendOf(p, all)
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "Trend of " + p.GetName(), Columns: append([]string{"ref", "title"}, view.Returns...)}
	t.Columns = append(t.Columns, "days", "state")
	for _, r := range view.Rows {
		row := []any{r.Ref, r.Title}
		for _, day := range r.Told {
			row = append(row, file.Day(day))
		}
		var days any
		if r.Slip.Known {
			days = r.Slip.Days
		}
		t.Rows = append(t.Rows, append(row, days, r.Of))
	}
	return &content{table: t, drawing: chart.DrawTrend(t.Title, view.Chart)}, nil
}

func progressContent(a *asking) (*content, error) {
	p, all, err := a.planAndStatus()
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "Achieved against promised, " + p.GetName(), Columns: []string{"month", "promised", "achieved"}}
	v := a.progress(all, a.spoken.GetAsAt())
	if v == nil {
		return &content{table: t}, nil
	}
	for _, r := range v.Rows {
		t.Rows = append(t.Rows, []any{r.Name, r.Promised, r.Achieved})
	}
	return &content{table: t, drawing: chart.DrawProgress(t.Title, v.Chart)}, nil
}

// planAndStatus opens the plan and asks where its milestones stand.
func (a *asking) planAndStatus() (*aPlan, []*pb.MilestoneStatus, error) {
	p, err := a.open("")
	if err != nil {
		return nil, nil, err
	}
	all, err := a.status(a.plan)
	return p, all, err
}

func workContent(a *asking) (*content, error) {
	p, all, err := a.planAndStatus()
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "Where the work is due, " + p.GetName(), Columns: []string{"workstream", "month", "achieved", "due", "overdue"}}
	w := a.work(all, a.spoken.GetAsAt())
	if w == nil {
		return &content{table: t}, nil
	}
	for _, r := range w.Rows {
		for i, c := range r.Cells {
			t.Rows = append(t.Rows, []any{r.Name, strings.ReplaceAll(w.Months[i].span.words(), "\u00a0", " "), c.Achieved, c.Due, c.Overdue})
		}
		t.Rows = append(t.Rows, []any{r.Name, "no date", nil, r.Undated.All, nil})
	}
	return &content{table: t}, nil
}

func changesContent(a *asking) (*content, error) {
	p, err := a.open("/changes")
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "What changed, " + p.GetName(), Columns: []string{"since", "ref", "title", "kinds", "was", "is", "net_days", "moves", "reason", "actor", "on_behalf_of", "position"}}
	since, err := a.since(p)
	if err != nil || since == "" {
		return &content{table: t}, err
	}
	list, _, err := a.changedSince(since, a.query.Get(paramKind), largePage)
	for _, c := range list {
		t.Rows = append(t.Rows, []any{
			file.Day(since), c.GetRef(), c.GetTitle(), strings.Join(c.GetKinds(), ", "), file.Day(c.GetWas()), file.Day(c.GetIs()), maybe(c.NetDays), int(c.GetMoves()),
			c.GetReason(), c.GetActor(), c.GetOnBehalfOf(), int(c.GetPosition()),
		})
	}
	return &content{table: t}, err
}

func ownersContent(a *asking) (*content, error) {
	p, all, err := a.planAndStatus()
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "Owners of " + p.GetName(), Columns: append([]string{"owner", "milestones"}, ownerFigures...)}
	for _, r := range a.ownerRows(all, a.spoken.GetAsAt()) {
		row := []any{r.Name, r.Milestones}
		for _, f := range r.Figures {
			row = append(row, f.N)
		}
		t.Rows = append(t.Rows, row)
	}
	return &content{table: t}, nil
}

func reviewContent(a *asking) (*content, error) {
	p, err := a.open("/review")
	if err != nil {
		return nil, err
	}
	items, err := all(a, a.api.Review(a, &pb.ListReviewRequest{Plan: a.plan, ReadAt: a.readAt(), All: true, PageSize: largePage}))
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "In doubt, " + p.GetName(), Columns: []string{"ref", "title", "item", "reason", "field", "text", "proposed", "says", "state", "raised", "settled", "value", "why"}}
	for _, i := range items {
		if reason := a.query.Get(paramReason); reason == "" || reason == i.GetReason() {
			t.Rows = append(t.Rows, []any{
				i.GetRef(), i.GetTitle(), i.GetItem(), i.GetReason(), i.GetField(), i.GetText(), i.GetProposed(), i.GetSays(), i.GetState(),
				file.Day(i.GetRaised()), file.Day(i.GetSettled()), i.GetValue(), i.GetWhy(),
			})
		}
	}
	return &content{table: t}, nil
}

func movesContent(a *asking) (*content, error) {
	if err := a.notToCome(); err != nil {
		return nil, err
	}
	m, err := a.api.Milestone(a, &pb.GetMilestoneRequest{Plan: a.plan, Milestone: a.milestone, ReadAt: a.readAt()})
	if err != nil {
		return nil, err
	}
	a.answered(m.GetSpokenFor())
	moves, err := all(a, a.api.Slippage(a, &pb.ListSlippageRequest{Plan: a.plan, Milestone: a.milestone, ReadAt: a.readAt(), All: true, PageSize: largePage}))
	if err != nil {
		return nil, err
	}
	s := m.GetStatus()
	t := &file.Table{Title: "How the date of " + s.GetRef() + " moved: " + s.GetTitle(), Columns: []string{
		"as_at", "event", "from", "to", "days", "total_days", "reason", "text", "actor", "on_behalf_of", "position",
	}}
	for _, move := range moves {
		var days, total any
		if move.GetMeasured() && move.GetFrom() != "" {
			days = int(move.GetDays())
		}
		if move.GetCounts() {
			total = int(move.GetTotalDays())
		}
		t.Rows = append(t.Rows, []any{
			file.Day(move.GetAsAt()), move.GetEvent(), file.Day(move.GetFrom()), file.Day(move.GetTo()), days, total, move.GetReason(), move.GetText(),
			move.GetActor(), move.GetOnBehalfOf(), int(move.GetPosition()),
		})
	}
	return &content{table: t, drawing: chart.DrawLadder(t.Title, chart.NewLadder(steps(m, moves, a.spoken.GetAsAt())))}, nil
}

// returnContent is the list of milestones as a return: to be filled in and pushed. As it is it says what was said before, so that pushing it
// changes nothing; how far each has come, and why its date moved, is to be said anew. What is cancelled or replaced has no row.
func returnContent(a *asking) (*content, error) {
	p, err := a.open("/milestones")
	if err != nil {
		return nil, err
	}
	narrowed, err := a.listed()
	if err != nil {
		return nil, err
	}
	t := &file.Table{Title: "Return of " + p.GetName(), Bare: true, Columns: []string{
		"as_at", "ref", "title", "workstream", "owner", "delivery_date", "actual_date", "status", "percent", "reason",
	}}
	unless := func(text string) any { // a cell that says nothing changes nothing, and an apostrophe before its text would
		if !file.Safe(text) {
			return nil
		}
		return text
	}
	for _, m := range narrowed {
		if m.GetReplaced() || m.GetState() == "cancelled" {
			continue
		}
		due := cmp.Or(m.GetForecastText(), m.GetForecast())
		if m.GetState() == "achieved" {
			due = ""
		}
		t.Rows = append(t.Rows, []any{
			file.Day(m.GetLastAsAt()), m.GetRef(), unless(m.GetTitle()), unless(m.GetWorkstream()), unless(m.GetOwner()), unless(due), file.Day(m.GetActual()), nil, nil, nil,
		})
	}
	return &content{table: t}, nil
}
