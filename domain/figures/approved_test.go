package figures_test

import (
	"slices"
	"testing"

	"milepost.dev/domain/civil"
	. "milepost.dev/domain/figures"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/internal/rig/spectext"
)

func titled(title string) milestone.Event { return milestone.Amended{Title: &title} }

// approvedScope is a milestone whose words were approved on 1 April 2026, at a position after all that was told before.
func approvedScope(p *promise, title string) Record {
	return Record{Promised: Promises{Further: &Further{Scopes: []Scope{{Title: title, DecidedOn: spectext.Day("2026-04-01"), Position: p.next()}}}}}
}

// What changes the approved words waits, whatever day it is told for, and both stand (B8). What changes them back, or only their
// spelling, waits for nothing.
func TestWordsThatChangeAfterTheirApprovalWait(t *testing.T) {
	p := slipped()
	r := approvedScope(p, "The hub opens")
	at := func(day string) (Figures, []Row) { return Rows(p.statements, spectext.Day(day), r) }
	if f, _ := at("2026-04-01"); f.Beside().ScopePending || f.Beside().ApprovedTitle != "The hub opens" {
		t.Errorf("approved as they are: %+v", f)
	}
	p.statements = append(p.statements,
		milestone.Statement{Position: 100, AsAt: spectext.Day("2026-02-01"), Event: titled("A hub is planned")},
		milestone.Statement{Position: 101, AsAt: spectext.Day("2026-06-01"), Event: titled("the Hub, opens")},
	)
	f, rows := at("2026-05-31")
	if !f.Beside().ScopePending || f.OtherWords {
		t.Errorf("changed by a later statement for an earlier day: %+v", f)
	}
	i := slices.IndexFunc(rows, func(r Row) bool { return r.Is == "A hub is planned" })
	if i < 0 || rows[i].Marks&ScopeWaits == 0 {
		t.Errorf("the row of the change: %+v", rows)
	}
	if f, _ := at("2026-03-31"); f.Beside().ScopePending || f.Beside().ApprovedTitle != "" {
		t.Errorf("before the approval: %+v", f)
	}
	if f, rows := at("2026-06-01"); f.Beside().ScopePending || rows[len(rows)-1].Marks&ScopeWaits != 0 {
		t.Errorf("changed back, but for spelling: %+v, %+v", f, rows)
	}
	f, _ = Rows(p.statements[:len(p.statements)-1], spectext.Day("2027-05-01"), r)
	if !f.Beside().ScopePending || !f.OtherWords {
		t.Errorf("overdue under words that nobody approved: %+v", f)
	}
	r.Promised.Further.Scopes = append(r.Promised.Further.Scopes, Scope{Title: "A hub is planned", DecidedOn: spectext.Day("2026-05-01"), Position: 102})
	if f, _ := at("2026-05-01"); f.Beside().ScopePending || f.Beside().ApprovedTitle != "A hub is planned" {
		t.Errorf("once they are approved: %+v", f)
	}
	if f, _ := at("2026-04-30"); !f.Beside().ScopePending {
		t.Errorf("the day before: %+v", f)
	}
}

// Words that differed from the approved ones before the approval were known to whoever approved: nothing waits.
func TestWordsFromBeforeTheApprovalWaitForNothing(t *testing.T) {
	p := slipped()
	if f, _ := Rows(p.statements, spectext.Day("2026-04-01"), approvedScope(p, "The hub opens to 300 patients a day")); f.Beside().ScopePending {
		t.Errorf("%+v", f)
	}
}

// What takes a milestone's place has its approved words, where it has none of its own (R8).
func TestApprovedWordsAndCostsAreInherited(t *testing.T) {
	p := slipped()
	p.tell("2026-05-01", milestone.Replaced{Old: []milestone.ID{idOf("OLD")}})
	r := Record{
		ID: idOf("A"), Known: func(milestone.ID) []milestone.Statement {
			return []milestone.Statement{{Position: 1, AsAt: spectext.Day("2026-01-01"), Event: milestone.Added{Ref: "OLD", Title: "300 patients a day"}}}
		},
		PromisedOf: func(milestone.ID) Promises {
			return Promises{Further: &Further{
				Scopes: []Scope{{Title: "300 patients a day", DecidedOn: spectext.Day("2026-01-02"), Position: 2}},
				Costs:  []Cost{{Amount: pounds(100), DecidedOn: spectext.Day("2026-01-02"), Position: 2}},
			}}
		},
		Lines:      fundedBy(funds("A", funding.Confirmed, 150)),
		Tolerances: func(civil.Date) []Tolerance { return []Tolerance{{Tier: "SRO", NoDays: true, Money: pounds(10)}} },
	}
	if f, _ := Rows(p.statements, spectext.Day("2026-05-01"), r); !f.Beside().ScopePending || f.Beside().CostException.Tier != "SRO" {
		t.Errorf("%+v", f)
	}
	r.Promised.Further = &Further{Scopes: []Scope{{Title: "The hub opens", DecidedOn: spectext.Day("2026-05-01"), Position: 200}}}
	if f, _ := Rows(p.statements, spectext.Day("2026-05-01"), r); f.Beside().ScopePending {
		t.Errorf("with words of its own: %+v", f)
	}
}

// Slip is shown against a date that was approved in error, and against the one that took its place, also after a further baseline; in
// lists it stays against the original (B5).
func TestSlipAgainstBothFiguresOfAnError(t *testing.T) {
	p := slipped()
	p.baseline("A", "2026-04-01", "2026-09-30")
	p.baseline("A", "2026-04-10", "2026-10-31")
	p.baselines[idOf("A")][1].Error = true
	p.baseline("A", "2026-05-01", "2027-03-31")
	f, rows := p.rows("2026-06-01")
	if f.Slip.Days != 182 || f.SlipOriginal.Days != 182 || f.SlipCurrent.Days != 0 {
		t.Errorf("against the baselines: %s", differences(f))
	}
	if f.Beside().Mistaken.Number != 1 || f.Beside().Rectified.Number != 2 || f.Beside().SlipMistaken != (Days{true, 182}) || f.Beside().SlipRectified != (Days{true, 151}) {
		t.Errorf("against what was wrong %+v: %v, and what is right %+v: %v", f.Beside().Mistaken, f.Beside().SlipMistaken, f.Beside().Rectified, f.Beside().SlipRectified)
	}
	i := slices.IndexFunc(rows, func(r Row) bool { return r.Number == 2 })
	if rows[i].Marks&WasWrong == 0 {
		t.Errorf("its row: %+v", rows[i])
	}
	if f, _ := p.rows("2026-04-09"); f.Beside().Mistaken.Number != 0 || f.Beside().SlipMistaken.Known {
		t.Errorf("the day before: %+v", f)
	}
	var c Counts
	c.Add(f)
	if c.BaselineErrors != 1 {
		t.Errorf("counts: %+v", c)
	}
}

func pounds(n int64) money.Amount { return money.Amount{Currency: "GBP", Units: n} }

func funds(name string, stage funding.Stage, n int64) funding.Line {
	l := funding.Line{Line: name, Stage: stage}
	l.Amounts[stage] = pounds(n)
	return l
}

func fundedBy(all ...funding.Line) func(civil.Date) []funding.Line {
	return func(civil.Date) []funding.Line { return all }
}

// A milestone that costs more than was approved, by more than a tier tolerates, is an exception of the highest such tier, whoever reports
// it; without an approved cost there is nothing to compare with (B9).
func TestExceptionsOfMoney(t *testing.T) {
	p := slipped()
	record := func(approved int64, all ...funding.Line) Record {
		r := Record{Lines: fundedBy(all...), Tolerances: func(civil.Date) []Tolerance {
			return []Tolerance{{Tier: "SRO", NoDays: true, Money: pounds(10)}, {Tier: "Board", NoDays: true, Money: pounds(50)}, {Tier: "Minister", NoDays: true}}
		}}
		if approved > 0 {
			r.Promised.Further = &Further{Costs: []Cost{{Amount: pounds(approved), DecidedOn: spectext.Day("2026-04-01"), Position: 50}}}
		}
		return r
	}
	euros := funding.Line{Line: "E", Stage: funding.Spent}
	euros.Amounts[funding.Spent] = money.Amount{Currency: "EUR", Units: 1000}
	for _, c := range []struct {
		what, at, want string
		record         Record
	}{
		{"as approved", "2026-04-01", "", record(100, funds("A", funding.Confirmed, 110))},
		{"above the lowest tolerance", "2026-04-01", "SRO", record(100, funds("A", funding.Confirmed, 111))},
		{"in two lines", "2026-04-01", "Board", record(100, funds("A", funding.Confirmed, 100), funds("B", funding.Confirmed, 51))},
		{"before it was approved", "2026-03-31", "", record(100, funds("A", funding.Confirmed, 200))},
		{"nothing was approved", "2026-04-01", "", record(0, funds("A", funding.Confirmed, 200))},
		{"asked for in two places", "2026-04-01", "", record(100, funds("A", funding.Bid, 100), funds("B", funding.Bid, 100))},
		{"in another currency", "2026-04-01", "", record(100, euros)},
	} {
		f, _ := Rows(p.statements, spectext.Day(c.at), c.record)
		if f.Beside().CostException.Tier != c.want || f.Beyond() != (c.want != "") || f.Exception.Tier != "" {
			t.Errorf("%s: %+v, %+v", c.what, f.Beside().CostException, f.Exception)
		}
		if other := c.what == "in another currency"; f.Beside().OtherCurrency != other {
			t.Errorf("%s: in another currency: %v", c.what, f.Beside().OtherCurrency)
		}
	}
}
