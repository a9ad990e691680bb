package page

import (
	"fmt"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/chart"
)

// progressView is what was achieved against what was promised, with both counts: one is never told without the other.
type progressView struct {
	Chart                                *chart.Progress
	Promised, Achieved, Kept             int
	PromisedHref, AchievedHref, KeptHref string
	Ratio                                string // "0.88"; empty where nothing was promised
	Against                              string // what was promised is
	Rows                                 []progressRow
}

// progressRow is both counts by the end of a month.
type progressRow struct {
	Name               string
	Promised, Achieved int
}

// progress counts milestones by the day that each was promised for, and by the day that it was achieved on. Those that were
// cancelled or replaced are in neither.
func (a *asking) progress(all []*pb.MilestoneStatus, day string) *progressView {
	var promises, forecasts, actuals []string
	baselines := 0
	for _, m := range all {
		if !shows("counted", m, day) {
			continue
		}
		due, baseline := promise(m)
		baselines += b2i(baseline)
		for _, said := range []struct {
			list *[]string
			day  string
		}{{&promises, due}, {&forecasts, dueOpen(m)}, {&actuals, actual(m)}} {
			if said.day != "" {
				*said.list = append(*said.list, said.day)
			}
		}
	}
	drawn := chart.NewProgress(promises, forecasts, actuals, day)
	if drawn == nil {
		return nil
	}
	v := &progressView{
		Chart: drawn, Promised: len(those(all, "promised", day)), Achieved: len(those(all, "achieved-dated", day)), Kept: len(those(all, "kept", day)),
		PromisedHref: a.list(paramShow, "promised"), AchievedHref: a.list(paramShow, "achieved-dated"), KeptHref: a.list(paramShow, "kept"),
		Against: fmt.Sprintf("Promised is the first forecast of all %d that have one: there is no baseline.", len(promises)),
	}
	if baselines > 0 {
		v.Against = fmt.Sprintf("Promised is the original baseline of %d, and the first forecast of %d that have none.", baselines, len(promises)-baselines)
	}
	if v.Promised > 0 {
		v.Ratio = fmt.Sprintf("%.2f", float64(v.Achieved)/float64(v.Promised))
	}
	v.Rows = byMonth(promises, actuals, day)
	return v
}

// monthsCounted bounds the rows of the table.
const monthsCounted = 24

// byMonth counts days up to the end of each month, of the last months up to a day.
func byMonth(promises, actuals []string, day string) []progressRow {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return nil
	}
	first := day
	for _, d := range promises {
		first = min(first, d)
	}
	upTo := func(days []string, end string) (n int) {
		for _, d := range days {
			n += b2i(d <= end && d <= day)
		}
		return n
	}
	var rows []progressRow
	for i := monthsCounted - 1; i >= 0; i-- {
		month := time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC).AddDate(0, -i, 0)
		end := lastDay(month.Format("2006-01"))
		if end < first {
			continue
		}
		rows = append(rows, progressRow{month.Format("January 2006"), upTo(promises, end), upTo(actuals, end)})
	}
	return rows
}
