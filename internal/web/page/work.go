package page

import (
	"cmp"
	"maps"
	"slices"
	"time"

	pb "milepost.dev/api/milepost/v1"
)

// workView is where the work lies: each milestone stands once, in the month in which it was achieved or is due, or beside
// the months. Every number opens its list.
type workView struct {
	Months []month
	Rows   []workRow
	All    workRow
	Out    bool // some are cancelled or replaced, and stand in the last column but one
}

// month is a column: one month, or all before or after those that are shown.
type month struct {
	Name, Year string // Year only where it begins
	Now        bool   // the month of the page's day
	span       span
}

type workRow struct {
	Name    string
	Cells   []workCell // one of each month
	Undated workCell
	Over    workCell // cancelled, or achieved on no day that is known
	Total   workCell
}

// workCell has how many were achieved in a month, how many are due in it, and how many of those are overdue, each with the
// address of their list.
type workCell struct {
	Achieved, Due, Overdue, All                 int
	AchievedHref, DueHref, OverdueHref, AllHref string
	Tint                                        int // 0 to 3, second to the figure
	Now                                         bool
}

const (
	monthsBack  = 3
	monthsAhead = 12
)

// work puts milestones into months around a day.
func (a *asking) work(all []*pb.MilestoneStatus, day string) *workView {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil || len(all) == 0 {
		return nil
	}
	w := &workView{Months: monthsAround(at)}
	streams := map[string][]*pb.MilestoneStatus{}
	all = those(all, "there", day)
	for _, m := range all {
		streams[m.GetWorkstream()] = append(streams[m.GetWorkstream()], m)
		w.Out = w.Out || shows("over", m, day)
	}
	for _, name := range slices.Sorted(maps.Keys(streams)) {
		filter := []string{paramWorkstream, name}
		if name == "" {
			filter = []string{paramNo, paramWorkstream}
		}
		w.Rows = append(w.Rows, a.workRow(w.Months, cmp.Or(name, "no workstream"), streams[name], filter))
	}
	w.All = a.workRow(w.Months, "All", all, nil)
	return w
}

// monthsAround are the months from a few before a day to a year after it, between what came before and what comes later.
func monthsAround(at time.Time) []month {
	first := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, -monthsBack, 0)
	months := []month{{Name: "before", span: span{"", first.AddDate(0, 0, -1).Format(time.DateOnly)}}}
	for i := range monthsBack + 1 + monthsAhead {
		m := first.AddDate(0, i, 0)
		next := month{Name: m.Format("Jan"), span: span{m.Format("2006-01"), m.Format("2006-01")}, Now: i == monthsBack}
		if i == 0 || m.Month() == time.January {
			next.Year = m.Format("2006")
		}
		months = append(months, next)
	}
	return append(months, month{Name: "later", span: span{first.AddDate(0, monthsBack+1+monthsAhead, 0).Format(time.DateOnly), ""}})
}

// workRow counts milestones by month. The filter is what their lists have in common.
func (a *asking) workRow(months []month, name string, milestones []*pb.MilestoneStatus, filter []string) workRow {
	list := func(pairs ...string) string { return a.list(append(slices.Clone(filter), pairs...)...) }
	r := workRow{Name: name, Cells: make([]workCell, len(months)), Total: workCell{All: len(milestones), AllHref: list(paramShow, "there")}}
	for i, month := range months {
		c := &r.Cells[i]
		c.Now = month.Now
		c.AchievedHref, c.DueHref = list(paramAchieved, month.span.text()), list(paramDue, month.span.text())
		c.OverdueHref = list(paramDue, month.span.text(), paramShow, "overdue")
		for _, m := range milestones {
			switch {
			case month.span.has(actual(m)):
				c.Achieved++
			case month.span.has(dueOpen(m)):
				c.Due++
				if shows("overdue", m, "") {
					c.Overdue++
				}
			}
		}
		c.Tint = min(3, c.Due)
	}
	r.Undated = workCell{All: len(those(milestones, "nowhere", "")), AllHref: list(paramShow, "nowhere")}
	r.Over = workCell{All: len(those(milestones, "over", "")), AllHref: list(paramShow, "over")}
	return r
}
