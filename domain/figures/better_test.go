package figures_test

import (
	"testing"

	"pgregory.net/rapid"

	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// TestNoReporterMakesAFigureBetter: whatever reporters tell, in any order and about any day, the last date, owed day or actual less
// the first date known never falls by it, but for the ways that are named in recovers. "From when on" is left out: what it
// promises depends on what was promised before (R6).
func TestNoReporterMakesAFigureBetter(t *testing.T) {
	at := firstDay.AddDays(400)
	rapid.Check(t, func(t *rapid.T) {
		h := &history{accepted: map[uint64]bool{}}
		h.speakers = rapid.IntRange(1, 3).Draw(t, "speakers")
		h.tell(0, firstDay, 0, milestone.Added{Ref: "A", Title: "The hub opens"})
		day, before := 0, Figures{}
		var was []Row
		for range rapid.IntRange(2, 9).Draw(t, "statements") {
			if rapid.Bool().Draw(t, "in order") {
				day += rapid.IntRange(0, 6).Draw(t, "later")
			} else {
				day = rapid.IntRange(0, 60).Draw(t, "day")
			}
			asAt, by := firstDay.AddDays(day), uint32(rapid.IntRange(1, h.speakers).Draw(t, "speaker"))
			h.tell(0, asAt, by, reported(t))
			f, rows := Rows(h.statements, at, h.record())
			if before.Slip.Known && (!f.Slip.Known || f.Slip.Days < before.Slip.Days) && !h.recovers(before, was, rows) {
				t.Fatalf("%s\nfrom %+v to %+v\nrows before\n%s\nand after\n%s", h, before.Slip, f.Slip, rowsOf(was), rowsOf(rows))
			}
			before, was = f, rows
		}
	})
}

// reported draws what a reporter says.
func reported(t *rapid.T) milestone.Event {
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0:
		return milestone.Withdrawn{Delivery: spectext.Reading("TBC")}
	case 1:
		return milestone.Unread{Delivery: spectext.Reading(rapid.SampledFrom(noDays).Draw(t, "words"))}
	case 2:
		return milestone.Achieved{Actual: spectext.Reading(rapid.SampledFrom([]string{"2017-03-12", "2017-04-05", "2017-06-30", "2017-09-01"}).Draw(t, "actual"))}
	case 3:
		return milestone.Cancelled{}
	case 4:
		title := rapid.SampledFrom([]string{"The hub opens", "The hub is handed over"}).Draw(t, "title")
		return milestone.Amended{Title: &title}
	case 5:
		return rapid.SampledFrom([]milestone.Event{milestone.Held{}, milestone.Reopened{}}).Draw(t, "life")
	default:
		return milestone.ForecastGiven{Delivery: spectext.Reading(rapid.SampledFrom(days).Draw(t, "words"))}
	}
}

// recovers says whether the newest statement makes the figure better in a way that is open to reporters, and that the rows name.
func (h *history) recovers(was Figures, before, after []Row) bool {
	newest := h.statements[len(h.statements)-1]
	if e, ok := newest.Event.(milestone.Achieved); ok && e.Actual.End() < was.Due {
		return true // before the due day
	}
	_, reopens := newest.Event.(milestone.Reopened)
	for _, r := range after {
		if r.To.Position == newest.Position && r.By == newest.By && r.Event == "MilestoneRecovered" {
			return true // a recovery of its own as-at, in its own name
		}
		if reopens && r.Event == "MilestoneReopened" && r.AsAt == newest.AsAt {
			return true // a row of its own, back to the last due day
		}
	}
	stated, _ := milestone.Stated(newest.Event)
	for _, s := range h.statements[:len(h.statements)-1] {
		if d, ok := milestone.Stated(s.Event); ok && s.AsAt == newest.AsAt && s.By == newest.By && d.Due() > stated.Due() && stated.Due() != 0 {
			return true // its speaker takes back its own later date of the same day
		}
	}
	onTime := func(rows []Row) bool {
		for _, r := range rows {
			if r.Counts && r.Marks&(OnTime|UpTo) != 0 {
				return true
			}
		}
		return false
	}
	// An actual before the last day of a promised period was on time, and is compared with another date now.
	return onTime(before) != onTime(after)
}

// TestKnownThenAnswersAsItDid: figures known at a position are those that were answered when that was all that was told, whatever
// was told since: also by statements about earlier days, acceptances and replacements.
func TestKnownThenAnswersAsItDid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := plans().Draw(t, "plan")
		at := firstDay.AddDays(rapid.IntRange(0, 120).Draw(t, "at"))
		known := uint64(rapid.IntRange(1, len(h.requests)).Draw(t, "known"))
		for known < uint64(len(h.requests)) && h.requests[known] <= known { // a request is never half known
			known++
		}
		then := &history{others: map[string][]milestone.Statement{}, requests: h.requests[:known], told: h.told}
		then.statements = until(h.statements, known)
		for ref, statements := range h.others {
			if some := until(statements, known); some != nil {
				then.others[ref] = some
			}
		}
		for _, ref := range []string{"A", "B", "C", "D"} {
			if then.of(ref) == nil {
				continue
			}
			live, liveRows := then.rowsOf(ref, at)
			r := h.record()
			r.ID = idOf(ref)
			r.Known = func(id milestone.ID) []milestone.Statement { return until(h.record().Known(id), known) }
			later, laterRows := Rows(until(h.of(ref), known), at, r)
			if live != later || rowsOf(liveRows) != rowsOf(laterRows) {
				t.Fatalf("%s known at %d\n%s\nlive  %+v\nlater %+v", ref, known, h, live, later)
			}
		}
	})
}

// until returns the statements up to a position.
func until(statements []milestone.Statement, position uint64) []milestone.Statement {
	n := 0
	for n < len(statements) && statements[n].Position <= position {
		n++
	}
	if n == 0 {
		return nil
	}
	return statements[:n]
}
