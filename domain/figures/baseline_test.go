package figures_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
	"milepost.dev/domain/milestone"
	"milepost.dev/internal/rig/spectext"
)

// promise is a milestone that was first forecast for 30 September and slipped, with its baselines.
type promise struct {
	statements []milestone.Statement
	baselines  map[milestone.ID][]Baseline
	givenUp    []Baseline
	tolerances []Tolerance
}

func (p *promise) tell(asAt string, e milestone.Event) {
	p.statements = append(p.statements, milestone.Statement{Position: p.next(), AsAt: spectext.Day(asAt), Event: e})
}

// next is a position after everything so far.
func (p *promise) next() uint64 {
	n := len(p.statements) + len(p.givenUp)
	for _, all := range p.baselines {
		n += len(all)
	}
	return uint64(n + 1)
}

func (p *promise) baseline(ref, decidedOn, due string) {
	if p.baselines == nil {
		p.baselines = map[milestone.ID][]Baseline{}
	}
	id := idOf(ref)
	p.baselines[id] = append(p.baselines[id], Baseline{
		Number: len(p.baselines[id]) + 1, Due: spectext.Day(due), DecidedOn: spectext.Day(decidedOn), Position: p.next(),
	})
}

func (p *promise) giveUp(decidedOn string) {
	p.givenUp = append(p.givenUp, Baseline{Number: len(p.givenUp) + 1, DecidedOn: spectext.Day(decidedOn), Position: p.next()})
}

func (p *promise) rows(at string) (Figures, []Row) {
	return Rows(p.statements, spectext.Day(at), Record{
		ID: idOf("A"), Promised: Promises{Dates: p.baselines[idOf("A")], GivenUp: p.givenUp},
		PromisedOf: func(id milestone.ID) Promises { return Promises{Dates: p.baselines[id]} },
		Tolerances: func(civil.Date) []Tolerance { return p.tolerances },
		Known: func(id milestone.ID) []milestone.Statement {
			if id == idOf("A") {
				return p.statements
			}
			return []milestone.Statement{
				{Position: 1001, AsAt: spectext.Day("2026-01-01"), Event: milestone.Added{Ref: "OLD"}},
				{Position: 1002, AsAt: spectext.Day("2026-01-01"), Event: given("2026-06-30")},
			}
		},
	})
}

func given(day string) milestone.Event {
	return milestone.ForecastGiven{Delivery: spectext.Reading(day)}
}

func slipped() *promise {
	p := &promise{}
	p.tell("2026-01-01", milestone.Added{Ref: "A", Title: "The hub opens"})
	p.tell("2026-01-01", given("2026-09-30"))
	p.tell("2026-03-01", given("2027-03-31"))
	return p
}

func differences(f Figures) string {
	days := func(d Days) string {
		if !d.Known {
			return "-"
		}
		return fmt.Sprint(d.Days)
	}
	return fmt.Sprintf("slip %s against %d, original %s, current %s, first %s, before %s, granted %s", days(f.Slip), f.Against, days(f.SlipOriginal), days(f.SlipCurrent), days(f.SlipFirst), days(f.BeforeBaseline), days(f.Granted))
}

// Row 35 of the ways that were tried: slip 182 days, then have a first baseline approved at the slipped date.
func TestAFirstBaselineAtASlippedDate(t *testing.T) {
	p := slipped()
	p.baseline("A", "2026-04-01", "2027-03-31")
	for at, want := range map[string]string{
		"2026-03-31": "slip 182 against 0, original -, current -, first 182, before -, granted -",
		"2026-04-01": "slip 0 against 1, original 0, current 0, first 182, before 182, granted 182",
	} {
		f, rows := p.rows(at)
		if got := differences(f); got != want {
			t.Errorf("as at %s: %s, and not %s", at, got, want)
		}
		if last := rows[len(rows)-1]; at == "2026-04-01" && (last.Event != BaselineApproved || last.Days != 182 || last.OutOfSight != 182 || last.Counts) {
			t.Errorf("its row is %+v", last)
		}
	}
}

// A re-baseline that takes a slip out of sight says so, and the original goes on showing it.
func TestARebaselineThatTakesASlipOutOfSight(t *testing.T) {
	p := slipped()
	p.baselines = map[milestone.ID][]Baseline{}
	p.baseline("A", "2026-01-15", "2026-09-30")
	for n := range 11 {
		p.baseline("A", spectext.Day("2026-04-01").AddDays(n).String(), spectext.Day("2027-03-31").AddDays(n).String())
	}
	f, rows := p.rows("2026-12-31")
	if got, want := differences(f), "slip 182 against 1, original 182, current -10, first 182, before 0, granted 192"; got != want {
		t.Errorf("%s, and not %s", got, want)
	}
	if f.Original.Due != spectext.Day("2026-09-30") || f.Current.Number != 12 {
		t.Errorf("original %+v, current %+v", f.Original, f.Current)
	}
	hidden := map[int]int{}
	for _, r := range rows {
		if r.Event == BaselineApproved {
			hidden[r.Number] = r.OutOfSight
		}
	}
	if hidden[1] != 0 || hidden[2] != 182 || hidden[3] != 0 {
		t.Errorf("out of sight by number: %v", hidden)
	}
}

// A milestone whose date is baselined is not cancelled until somebody else approves that, whatever day the cancellation is told for.
func TestACancellationWaits(t *testing.T) {
	p := slipped()
	p.baseline("A", "2026-04-01", "2027-03-31")
	p.tell("2026-02-01", milestone.Cancelled{Reason: "no money"})
	f, _ := p.rows("2026-06-01")
	if f.Cancelled || !f.CancellationPending || f.Closed() {
		t.Errorf("before it is approved: %+v", f)
	}
	p.giveUp("2026-07-01")
	if f, _ = p.rows("2026-06-30"); f.Cancelled || !f.CancellationPending {
		t.Errorf("the day before it was approved: %+v", f)
	}
	if f, _ = p.rows("2026-07-01"); !f.Cancelled || f.CancellationPending || f.CancelledOn != spectext.Day("2026-02-01") {
		t.Errorf("once it is approved: %+v", f)
	}
	p.tell("2026-08-01", milestone.Reopened{})
	p.tell("2026-08-02", milestone.Cancelled{Reason: "again"})
	if f, _ = p.rows("2026-08-02"); f.Cancelled || !f.CancellationPending {
		t.Errorf("cancelled again after it was reopened: %+v", f)
	}
	before := slipped()
	before.tell("2026-02-01", milestone.Cancelled{Reason: "no money"})
	before.baseline("A", "2026-04-01", "2027-03-31")
	if f, _ = before.rows("2026-06-01"); !f.Cancelled {
		t.Errorf("cancelled before anything was approved: %+v", f)
	}
}

// The baselines of the milestone whose place it took hold where it has none of its own (R8).
func TestBaselinesAreInherited(t *testing.T) {
	p := slipped()
	p.baseline("OLD", "2026-01-02", "2026-06-30")
	p.tell("2026-05-01", milestone.Replaced{Old: []milestone.ID{idOf("OLD")}})
	f, _ := p.rows("2026-05-01")
	if got, want := differences(f), "slip 274 against 1, original 274, current 274, first 274, before 0, granted 0"; got != want {
		t.Errorf("%s, and not %s", got, want)
	}
	p.baseline("A", "2026-05-02", "2027-03-31")
	f, _ = p.rows("2026-05-02")
	if got, want := differences(f), "slip 0 against 1, original 0, current 0, first 274, before 274, granted 274"; got != want {
		t.Errorf("with one of its own: %s, and not %s", got, want)
	}
}

// A last date beyond a tolerance is an exception, whoever reports it, and ends when a baseline brings it inside.
func TestExceptions(t *testing.T) {
	p := slipped()
	p.tolerances = []Tolerance{{Tier: "SRO", Days: 14}, {Tier: "Board", Days: 90}}
	for _, c := range []struct {
		at   string
		want Exception
	}{
		{"2026-02-28", Exception{}},
		{"2026-03-01", Exception{"Board", 182, 90, false}},
		{"2027-05-31", Exception{"Board", 243, 90, false}},
	} {
		if f, _ := p.rows(c.at); f.Exception != c.want {
			t.Errorf("as at %s: %+v", c.at, f.Exception)
		}
	}
	p.baseline("A", "2026-04-01", "2027-03-31")
	for _, c := range []struct {
		at   string
		want Exception
	}{
		{"2026-03-31", Exception{"Board", 182, 90, false}},
		{"2026-04-01", Exception{}},
		{"2027-04-14", Exception{}},
		{"2027-04-15", Exception{"SRO", 15, 14, true}},
	} {
		if f, _ := p.rows(c.at); f.Exception != c.want {
			t.Errorf("baselined, as at %s: %+v", c.at, f.Exception)
		}
	}
}

// Whatever was told and approved: the original is the first that was approved, the three differences differ by what the references
// differ, and the rows that count still add up to the total against the first forecast.
func TestDifferencesFitTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := histories(12).Draw(t, "history")
		at := firstDay.AddDays(rapid.IntRange(0, 90).Draw(t, "at"))
		plain, plainRows := Rows(h.statements, at, h.record())
		var all []Baseline
		day := firstDay
		for n := range rapid.IntRange(1, 4).Draw(t, "baselines") {
			day = day.AddDays(rapid.IntRange(0, 40).Draw(t, "decided"))
			all = append(all, Baseline{Number: n + 1, DecidedOn: day, Position: uint64(1000 + n), Due: firstDay.AddDays(rapid.IntRange(0, 400).Draw(t, "due"))})
		}
		r := h.record()
		r.Promised.Dates = all
		f, rows := Rows(h.statements, at, r)
		if all[0].DecidedOn > at {
			if f != plain || len(rows) != len(plainRows) {
				t.Fatalf("a baseline of a later day changes something: %+v, %+v", f, plain)
			}
			return
		}
		if f.Original != all[0] || f.SlipFirst != plain.Slip || f.Last != plain.Last {
			t.Fatalf("%+v beside %+v", f, plain)
		}
		if f.SlipOriginal.Known && plain.Setting == 0 && (f.SlipOriginal.Days-f.SlipCurrent.Days != f.Original.Due.DaysUntil(f.Current.Due) || f.Slip != f.SlipOriginal) {
			t.Fatalf("%+v", f)
		}
		if f.BeforeBaseline.Known && f.Slip.Known && plain.Setting == 0 && f.SlipFirst.Days != f.BeforeBaseline.Days+f.SlipOriginal.Days {
			t.Fatalf("%+v", f)
		}
		total := func(rows []Row) (sum int) {
			for _, r := range rows {
				if r.Counts {
					sum += r.Days
				}
			}
			return sum
		}
		if total(rows) != total(plainRows) {
			t.Fatalf("the rows add up to %d, and to %d without baselines", total(rows), total(plainRows))
		}
	})
}
