package page

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
	"milepost.dev/internal/web/words"
)

// trendView is how the dates of a few milestones were told, from return to return: as a drawing, as rows for a narrow window,
// and as a table with the same dates.
type trendView struct {
	Head    planHead
	Chart   *chart.Trend
	Says    string // which lines they are
	List    string // the address of all milestones, those that moved most first
	All     int    // milestones in that list
	Here    string // the address of the trend's own page
	Choices []choice
	Windows []choice
	Returns []string // the columns of the table
	Rows    []trendRow
	Files   []fileLink
}

// trendRow is one line as a row.
type trendRow struct {
	ID, Ref, Title, Href string
	Position             uint64
	First                string
	Cells                []trendCell
	Told                 []string // the date that each return said, an ISO day; empty where there was none
	Slip                 slip
	Now                  date
	Spark                *chart.Spark
	Of                   string // "achieved", "no date" ...
}

// trendCell is the date that a return said, where that is another than before.
type trendCell struct{ Tone, Shown string }

// The parameters of a trend.
const (
	paramLines  = "lines"  // a workstream; the lines that moved most where it is empty
	paramWindow = "window" // how many returns back: 12, 24 or all
)

const (
	trendLines   = 12
	trendReturns = 12
	lateAfter    = 31 // days after its day that a statement was told, from which it counts as told late
)

// trend shows the trend of a plan's dates.
func trend(a *asking) (heading, any, error) {
	p, err := a.open("/trend")
	if err != nil {
		return heading{}, nil, err
	}
	all, err := a.status(a.plan)
	if err != nil {
		return p.heading, nil, err
	}
	view, err := a.trendOf(p, all)
	if err != nil {
		return p.heading, nil, err
	}
	view.Head, view.Files = p.head, a.files("csv", "xlsx", "json", "svg")
	for _, w := range valuesOf(all, (*pb.MilestoneStatus).GetWorkstream) {
		view.Choices = append(view.Choices, choice{Name: w, Href: a.with(paramLines, w), On: a.query.Get(paramLines) == w})
	}
	view.Choices = append([]choice{{Name: "those that moved most", Href: a.with(paramLines, ""), On: a.query.Get(paramLines) == ""}}, view.Choices...)
	for _, w := range []struct{ value, name string }{{"", "last 12 returns"}, {"24", "24"}, {"all", "all"}} {
		view.Windows = append(view.Windows, choice{Name: w.name, Href: a.with(paramWindow, w.value), On: a.query.Get(paramWindow) == w.value})
	}
	return p.heading, view, nil
}

// trendOf is the trend of the milestones that moved most, over the returns that the address asks for.
func (a *asking) trendOf(p *aPlan, all []*pb.MilestoneStatus) (*trendView, error) {
	day := a.spoken.GetAsAt()
	view := &trendView{Here: a.to(planPath(a.plan) + "/trend"), List: a.list(paramSort, "slip"), Returns: a.window(p.returns(day))}
	if len(view.Returns) == 0 {
		return view, nil
	}
	from := view.Returns[0]
	was, err := a.statusAsAt(from)
	if err != nil {
		return nil, err
	}
	chosen := a.moved(all, was, from)
	view.All = len(all)
	view.Says = words.Many(len(chosen), "line", "lines") + ": those that lost their date, then those that moved most since " + words.Day(from) + "."
	if w := a.query.Get(paramLines); w != "" {
		view.Says = words.Many(len(chosen), "line", "lines") + " of " + w + ": those that lost their date, then those that moved most since " + words.Day(from) + "."
	}
	if err := a.askMoves(chosen); err != nil {
		return nil, err
	}
	var lines []chart.Line
	for _, m := range chosen {
		line, err := a.line(m, from)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
		view.Rows = append(view.Rows, a.trendRow(m, line, view.Returns, from, day))
	}
	view.Chart = chart.NewTrend(lines, from, day)
	since, err := a.since(p)
	if err != nil {
		return nil, err
	}
	view.Chart.Since(since)
	return view, nil
}

// window are the last of the returns, as many as the address asks for.
func (a *asking) window(returns []string) []string {
	most := trendReturns
	switch n, err := strconv.Atoi(a.query.Get(paramWindow)); {
	case a.query.Get(paramWindow) == "all":
		most = len(returns)
	case err == nil && n > 1:
		most = n
	}
	return returns[len(returns)-min(most, len(returns)):]
}

// statusAsAt is where the milestones stood on an earlier day, as known at the position of the page.
func (a *asking) statusAsAt(day string) (map[string]*pb.MilestoneStatus, error) {
	at := a.readAt()
	at.AsAt = day
	was := map[string]*pb.MilestoneStatus{}
	for m, err := range a.api.Status(a, &pb.ListStatusRequest{Plan: a.plan, ReadAt: at, PageSize: largePage}).Items {
		if err != nil {
			return nil, err
		}
		was[m.GetMilestone()] = m
	}
	return was, nil
}

// moved are the milestones whose lines are drawn: of those that are open, or were achieved since a day, first those that lost
// their date and then those that moved most since.
func (a *asking) moved(all []*pb.MilestoneStatus, was map[string]*pb.MilestoneStatus, from string) []*pb.MilestoneStatus {
	var chosen []*pb.MilestoneStatus
	by := func(m *pb.MilestoneStatus) int32 {
		moved := m.GetSlipDays() - was[m.GetMilestone()].GetSlipDays()
		return max(moved, -moved)
	}
	lost := func(m *pb.MilestoneStatus) bool { return m.GetNoDateSince() >= from && isOpen(m) }
	for _, m := range all {
		dated := m.GetFirstForecast() != ""
		if wanted := a.query.Get(paramLines); wanted != "" && m.GetWorkstream() != wanted || !dated {
			continue
		}
		if isOpen(m) || m.GetState() == "achieved" && m.GetActual() >= from {
			chosen = append(chosen, m)
		}
	}
	slices.SortStableFunc(chosen, func(x, y *pb.MilestoneStatus) int {
		return cmp.Or(cmp.Compare(b2i(lost(y)), b2i(lost(x))), cmp.Compare(by(y), by(x)), naturally(x.GetRef(), y.GetRef()))
	})
	chosen = chosen[:min(trendLines, len(chosen))]
	slices.SortStableFunc(chosen, func(x, y *pb.MilestoneStatus) int { return cmp.Compare(against(y), against(x)) })
	return chosen
}

// against are the days of a milestone against its original baseline or, without one, against its first forecast.
func against(m *pb.MilestoneStatus) int {
	if m.SlipOriginalDays != nil {
		return int(m.GetSlipOriginalDays())
	}
	return int(m.GetSlipDays())
}

// line is what was said of a milestone's date, from the day at the left edge on.
func (a *asking) line(m *pb.MilestoneStatus, from string) (chart.Line, error) {
	l := chart.Line{Ref: m.GetRef(), Title: m.GetTitle(), Days: against(m), Known: m.SlipDays != nil}
	if isMade(l.Ref) { // whose title says more
		l.Ref, l.Title = shortened(m.GetTitle(), 22), l.Ref
	}
	switch {
	case m.GetState() == "achieved":
		l.State, l.Ends = "achieved", m.GetActual()
	case m.GetState() == "cancelled":
		l.State, l.Ends = "cancelled", m.GetCancelledOn()
	case m.GetOverdue():
		l.State = "overdue"
	case m.GetNoDateSince() != "":
		l.State = "no date"
	}
	moves, err := a.movesOf(m)
	if err != nil {
		return l, err
	}
	for _, move := range moves {
		if move.GetEvent() == "BaselineApproved" {
			l.Baselines = append(l.Baselines, chart.Approved{AsAt: move.GetAsAt(), Due: move.GetTo(), Number: len(l.Baselines) + 1})
		}
		if !tellsDate(move) {
			continue
		}
		if move.GetAsAt() <= from {
			if l.First == "" || move.GetTo() != "" {
				l.First = move.GetTo()
			}
		}
		if move.GetAsAt() > from || move.GetTo() == "" {
			recorded, _, _ := strings.Cut(move.GetRecordedAt(), "T")
			l.Said = append(l.Said, chart.Said{AsAt: move.GetAsAt(), Due: move.GetTo(), Late: recorded > after(move.GetAsAt(), lateAfter)})
		}
	}
	return l, nil
}

// tellsDate says whether a move is what somebody said of the date that is to come.
func tellsDate(m *pb.Move) bool {
	switch m.GetEvent() {
	case "ForecastGiven", "MilestoneSlipped", "MilestoneRecovered", "ForecastReconfirmed", "ForecastRestated":
		return m.GetTo() != "" && m.GetCounts()
	case "DateOwed", "ForecastWithdrawn", "ForecastAwaited":
		return m.GetTo() == ""
	}
	return false
}

func (a *asking) trendRow(m *pb.MilestoneStatus, l chart.Line, returns []string, from, day string) trendRow {
	r := trendRow{
		ID: m.GetMilestone(), Ref: m.GetRef(), Title: m.GetTitle(), Href: a.to(milestonePath(a.plan, m.GetRef(), m.GetMilestone())), Position: m.GetPosition(),
		First: l.First, Now: forecast(m), Of: l.State, Spark: chart.NewSpark(l, from, day),
	}
	if l.Known {
		r.Slip = aSlip(l.Days, max(1, l.Days, -l.Days))
	}
	if m.GetState() == "achieved" {
		r.Now = aDate(m.GetActual(), "")
	}
	due, next, ended := l.First, 0, false
	r.Told = append(r.Told, due)
	for _, upTo := range returns[1:] {
		cell, was := trendCell{}, due
		for ; next < len(l.Said) && l.Said[next].AsAt <= upTo; next++ {
			due = l.Said[next].Due
		}
		switch {
		case ended:
			cell.Tone = "over"
		case l.Ends != "" && l.Ends <= upTo && l.State == "achieved":
			cell, ended = trendCell{"met", "✓ " + words.ShortDay(l.Ends)}, true
		case due == was:
			cell.Shown = "·"
		case due == "":
			cell = trendCell{"unknown", "no date"}
		case was != "" && due < was:
			cell = trendCell{"early", words.ShortDay(due)}
		default:
			cell = trendCell{"late", words.ShortDay(due)}
		}
		r.Cells, r.Told = append(r.Cells, cell), append(r.Told, due)
	}
	return r
}
