package figures

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/money"
)

// Baseline is an approved date of a milestone (B5, B6). Numbers follow positions, and the days of decision follow numbers.
type Baseline struct {
	Number    int // from 1
	Due       civil.Date
	DecidedOn civil.Date
	Position  uint64 // of the approval
	By        uint32 // for whom it was approved, as Said.Speaker
	// ByProposer: whoever approved it had proposed it.
	ByProposer bool
	// Error: it says that the date which it replaced was itself wrong (B5).
	Error bool
}

func (b Baseline) said() Said {
	return Said{Due: b.Due, Period: Span{First: b.Due, Last: b.Due}, Speaker: b.By, Position: b.Position}
}

// Reference names what slip is measured against.
type Reference uint8

const (
	// FirstForecast: nothing was approved.
	FirstForecast Reference = iota
	// OriginalBaseline: the first date that was approved.
	OriginalBaseline
)

// BaselineApproved is the row of a decision about the date. Its days are those from the reference before it to the approved date, and
// are in no total.
const BaselineApproved = "BaselineApproved"

// Tolerance is by how many days a last date may be later than its reference before it is an exception of a tier (B9).
type Tolerance struct {
	Tier string
	Days int
	// NoDays: the tier tolerates any number of days.
	NoDays bool
	// Money is by how much a cost may be above the approved one; the zero Amount: by any sum.
	Money money.Amount
}

// Exception says that a last date is beyond the tolerance of a tier: the highest of those that it is beyond. The zero Exception is none.
type Exception struct {
	Tier      string
	Days      int // by which the last date is later than the reference
	Tolerance int
	// Against is the reference: the current baseline, or the first forecast where nothing is baselined.
	Baselined bool
}

// exception finds what the last date is beyond. Of an open day that is owed or has passed, the day asked about is the last.
func (w *walk) exception(f *Figures, tolerances []Tolerance) {
	if f.Cancelled || f.Last == 0 || w.onlyDoubt {
		return
	}
	last := f.Last
	if f.Overdue {
		last = max(last, w.at)
	}
	reference, setting := f.First.Due, w.setting
	if len(w.baselines) > 0 {
		reference, setting = f.Current.Due, w.settingSince(f.Current.DecidedOn)
	}
	if reference == 0 {
		return
	}
	days := reference.DaysUntil(last) - setting
	for _, t := range tolerances {
		if !t.NoDays && days > t.Days {
			f.Exception = Exception{t.Tier, days, t.Days, len(w.baselines) > 0}
		}
	}
}

// stays says whether a cancellation waits for its approval (B8): a date was baselined before it was told, and nobody approved since
// that the milestone is not to be.
func (w *walk) stays(t *told) bool {
	baselined := false
	for _, b := range w.approved {
		baselined = baselined || b.Position < t.statement.Position
	}
	if !baselined {
		return false
	}
	for _, b := range w.givenUp {
		if b.Position > w.reopenedAt {
			return false
		}
	}
	return true
}

// decidedBy are the baselines that were decided by a day.
func decidedBy(all []Baseline, day civil.Date) []Baseline {
	n := 0
	for n < len(all) && all[n].DecidedOn <= day {
		n++
	}
	return all[:n]
}

// shift are days read by another setting of the plan (R10), from the as-at day on of the date that was read so.
type shift struct {
	asAt civil.Date
	days int
}

// settingSince are the days read by another setting after a day.
func (w *walk) settingSince(day civil.Date) (days int) {
	for _, s := range w.shifts {
		if s.asAt > day {
			days += s.days
		}
	}
	return days
}

// baselined are the differences from the baselines in force (R1, B5). The original takes the first forecast's place as the oldest
// reference.
func (w *walk) baselined(f *Figures) {
	if f.SlipFirst = f.Slip; len(w.baselines) == 0 {
		return
	}
	original, current := w.baselines[0], w.baselines[len(w.baselines)-1]
	f.Original, f.Current = original, current
	against := func(b Baseline) Days {
		return Days{true, b.Due.DaysUntil(f.Last) - w.settingSince(b.DecidedOn)}
	}
	w.mistaken(f, against)
	if f.First.Due != 0 {
		f.BeforeBaseline = Days{true, f.First.Due.DaysUntil(original.Due)}
		f.Granted = Days{true, f.First.Due.DaysUntil(current.Due)}
	}
	if f.Last == 0 || w.onlyDoubt {
		return
	}
	f.SlipOriginal, f.SlipCurrent = against(original), against(current)
	f.Slip, f.Against = f.SlipOriginal, OriginalBaseline
	f.Setting = w.settingSince(original.DecidedOn)
}

// decisions adds a row for each baseline, from the reference before it. OutOfSight are the days of slip that it took out of sight of
// the current baseline (B6).
func decisions(all []Baseline, rows []Row, first Said) []Row {
	from := first
	moves := len(rows)
	for _, b := range all {
		r := Row{Event: BaselineApproved, AsAt: b.DecidedOn, From: from, To: b.said(), By: b.By, Number: b.Number}
		if b.ByProposer {
			r.Marks |= ByProposer
		}
		if b.Error {
			r.Marks |= WasWrong
		}
		if from.Due != 0 {
			r.Days, r.Measured = from.Due.DaysUntil(b.Due), true
			if last := lastBy(rows[:moves], b.DecidedOn); last != 0 {
				r.OutOfSight = max(0, max(0, from.Due.DaysUntil(last))-max(0, b.Due.DaysUntil(last)))
			}
		}
		rows = append(rows, r)
		from = b.said()
	}
	return rows
}

// lastBy is the last date, or the actual, by a day, from rows in order of as-at day.
func lastBy(rows []Row, day civil.Date) (last civil.Date) {
	for i := range rows {
		if r := &rows[i]; r.AsAt <= day && r.Counts && r.To.Due != 0 {
			last = r.To.Due
		}
	}
	return last
}

// Against returns by how many days the date that a row leads to is later than the original baseline, and than the current one, of
// those that were decided by the day of the row.
func (r *Row) Against(all []Baseline) (original, current Days) {
	decided := decidedBy(all, r.AsAt)
	if len(decided) == 0 || r.To.Due == 0 || !r.Measured {
		return original, current
	}
	last := decided[len(decided)-1]
	return Days{true, decided[0].Due.DaysUntil(r.To.Due)}, Days{true, last.Due.DaysUntil(r.To.Due)}
}

// Later are by how many calendar days one day is later than another: above 0 is later.
func Later(than, day civil.Date) int { return than.DaysUntil(day) }
