package milestone

import (
	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// Repeat is what the caller, or the party that the caller speaks for, said last about one as-at day. To say the same again adds
// nothing; whatever else is said of dates, of what is put on hold and of what is opened again is recorded, because a report that
// comes late, or a correction, may give it a meaning.
type Repeat struct {
	Dated bool
	Date  period.Delivery
	Life  string // the name of the event
}

// LastDate finds the date that was said last about a day, among the first n statements, by those whom own knows by Statement.By.
func LastDate(n int, told Told, asAt civil.Date, own func(by uint32) bool) (r Repeat) {
	for i := n - 1; i >= 0; i-- {
		if told.AsAt(i) != asAt || !own(told.By(i)) {
			continue
		}
		if d, ok := Stated(told.Statement(i).Event); ok {
			return Repeat{Dated: true, Date: d}
		}
	}
	return r
}

// LastLife finds what was said last about a day of the milestone's life by those whom own knows.
func LastLife(n int, told Told, asAt civil.Date, own func(by uint32) bool) (r Repeat) {
	for i := n - 1; i >= 0; i-- {
		if told.AsAt(i) != asAt || !own(told.By(i)) {
			continue
		}
		switch e := told.Statement(i).Event.(type) {
		case Started, Achieved, AchievementRestated, Reopened, Held, Resumed, Cancelled:
			return Repeat{Life: e.EventName()}
		}
	}
	return r
}

// Same says whether the same was said last.
func (r Repeat) Same(other Repeat) bool {
	return r.Dated == other.Dated && r.Life == other.Life && (!r.Dated || r.Date.SameReading(other.Date))
}

// dates says whether a date is the one that was said last.
func (r *Repeat) dates(d period.Delivery) bool { return r.Dated && r.Date.SameReading(d) }
