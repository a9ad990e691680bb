package milestone_test

import (
	"cmp"
	"encoding/json"
	"reflect"
	"regexp"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	. "milepost.dev/domain/milestone"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
	"milepost.dev/internal/rig/spectext"
)

// Few days and few dates, so that statements meet: late, for the same day, and the same again.
var (
	someDays  = rapid.Map(rapid.IntRange(0, 20), spectext.Day("2017-03-01").AddDays)
	someDates = rapid.Map(rapid.SampledFrom([]string{
		"2017-09", "2017-09-30", "2017-09-15", "2017-Q3", "2017-10", "2017-12-31", "2017", "2018", "2016-12", "from 2017-09", "by 2017-12",
	}), spectext.Reading)
	someWords  = rapid.Map(rapid.SampledFrom([]string{"TBC", "tbd", "January 45 2014", "soon"}), spectext.Reading)
	undated    = rapid.Map(rapid.SampledFrom([]string{"ongoing", "2018-03 & 2018-06", "2017-09 & ongoing"}), spectext.Reading)
	deliveries = rapid.OneOf(someDates, someDates, someWords, undated)
	texts      = rapid.SampledFrom([]string{"", "a", "b"})
	parties    = rapid.SampledFrom([]Party{"Estates", "Digital", "Finance"})
)

func optional[T any](g *rapid.Generator[T]) *rapid.Generator[*T] { return rapid.Ptr(g, true) }

func attributeSets() *rapid.Generator[[]Attribute] {
	return rapid.Custom(func(t *rapid.T) (as []Attribute) {
		for _, name := range []string{"board", "rag", "sro"} {
			if rapid.Bool().Draw(t, name) {
				as = append(as, Attribute{name, texts.Draw(t, "value")})
			}
		}
		return as
	})
}

func amounts() *rapid.Generator[money.Amount] {
	return rapid.Map(rapid.Int64Range(1, 4), func(n int64) money.Amount { return money.Amount{Currency: "GBP", Units: n} })
}

// commands are some that are likely to meet, and all that a spec states.
func commands() *rapid.Generator[Command] {
	return rapid.OneOf(meeting(), meeting(), meeting(), rapid.SampledFrom(inSpecs()))
}

var inSpecs = sync.OnceValue(func() (commands []Command) {
	for _, m := range regexp.MustCompile(`(?m)^when .*\n  (\S.*)`).FindAllStringSubmatch(specs(), -1) {
		if c, err := spectext.Command(m[1]); err == nil { // TestSpecs says what it cannot read
			commands = append(commands, c)
		}
	}
	return commands
})

func meeting() *rapid.Generator[Command] {
	return rapid.Custom(func(t *rapid.T) Command {
		switch rapid.IntRange(0, 20).Draw(t, "kind") {
		case 0:
			return Add{Ref: "B1", Title: texts.Draw(t, "title"), Workstream: texts.Draw(t, "workstream"), Attributes: attributeSets().Draw(t, "attributes")}
		case 1:
			return Amend{"B1", optional(texts).Draw(t, "title"), optional(texts).Draw(t, "workstream"), attributeSets().Draw(t, "attributes"), rapid.Bool().Draw(t, "allow missing")}
		case 2:
			return Slip{someDates.Draw(t, "date"), rapid.SampledFrom([]civil.Date{0, spectext.Day("2017-09-30"), spectext.Day("2017-12-31")}).Draw(t, "from"), ""}
		case 3:
			return ChangeOwner{From: rapid.SampledFrom([]Party{"", "Estates"}).Draw(t, "from"), To: parties.Draw(t, "to")}
		case 4:
			line := rapid.SampledFrom([]string{"L1", "L2"}).Draw(t, "line")
			switch rapid.IntRange(0, 5).Draw(t, "change") {
			case 0:
				return funding.Reprofile{Line: line, Start: someDays.Draw(t, "start"), Reason: texts.Draw(t, "reason")}
			case 1:
				return funding.Withdraw{Line: line, Reason: texts.Draw(t, "reason")}
			}
			c := funding.Advance{
				Stage: funding.Stage(rapid.IntRange(1, 7).Draw(t, "stage")), Line: line, Fund: texts.Draw(t, "fund"),
				Terms: funding.Terms{Basis: money.Basis(rapid.IntRange(0, 2).Draw(t, "basis")), End: rapid.SampledFrom([]civil.Date{0, spectext.Day("2018-03-31")}).Draw(t, "end")},
			}
			if c.Stage >= funding.Confirmed || rapid.Bool().Draw(t, "how much") {
				c.Amount = amounts().Draw(t, "amount")
			}
			if rapid.Bool().Draw(t, "in part") {
				c.Asks = amounts().Draw(t, "of")
			}
			return c
		case 5:
			return ReportProgress{optional(rapid.IntRange(0, 2)).Draw(t, "percent"), texts.Draw(t, "status"), texts.Draw(t, "words"), texts.Draw(t, "next steps")}
		case 6:
			return Achieve{deliveries.Draw(t, "actual"), texts.Draw(t, "words")}
		case 7:
			return Recover{someDates.Draw(t, "date"), rapid.SampledFrom([]civil.Date{0, spectext.Day("2017-09-30"), spectext.Day("2017-12-31")}).Draw(t, "from"), ""}
		case 8:
			return Start{deliveries.Draw(t, "start"), texts.Draw(t, "words")}
		case 9:
			return RestateAchievement{deliveries.Draw(t, "actual"), rapid.SampledFrom([]civil.Date{0, spectext.Day("2017-09-30")}).Draw(t, "from"), texts.Draw(t, "words")}
		case 10:
			return rapid.SampledFrom([]Command{Reopen{"r"}, Hold{}, Resume{}, Cancel{}}).Draw(t, "life")
		case 12:
			return AssessConfidence{rapid.SampledFrom([]string{"RAG", "rag", "DCA"}).Draw(t, "scheme"), rapid.SampledFrom([]string{"Red", "red", "Green", "Blue"}).Draw(t, "value"), texts.Draw(t, "reason")}
		case 13:
			return rapid.SampledFrom([]Command{
				RaiseIssue{Issue: "I1", Words: "late"},
				RaiseIssue{Issue: "I1", Words: "later"},
				RaiseIssue{Issue: "I2", Words: "late"},
				CloseIssue{Issue: "I1", Words: "in time"},
				AttachEvidence{Location: "here"},
				AttachEvidence{Location: "there"},
				AttachEvidence{SHA256: [32]byte{1}, Location: "here"},
			}).Draw(t, "issue")
		case 14:
			return rapid.SampledFrom([]Command{
				LinkDependency{On: "B2"},
				LinkDependency{On: "B2", LagDays: 7},
				UnlinkDependency{On: "B2"},
				DefineRecurrence{RRule: "FREQ=MONTHLY", End: spectext.Day("2017-12-31")},
				DefineRecurrence{RRule: "FREQ=WEEKLY", Start: spectext.Day("2017-04-01"), End: spectext.Day("2017-12-31")},
			}).Draw(t, "link")
		case 15:
			return rapid.SampledFrom([]Command{
				StateSource{Document: "plan.xlsx", Cells: []Cell{{Field: "title", Row: 1, Column: 1, Text: "Hub"}}},
				StateSource{Document: "plan.xlsx", Sheet: "2", Cells: []Cell{{Field: "title", Row: 1, Column: 1, Text: "Hub"}}},
				StateSource{SHA256: [32]byte{1}, Document: "plan.xlsx", Cells: []Cell{{Field: "title", Row: 2, Column: 1, Text: "Hub"}}},
			}).Draw(t, "source")
		case 16:
			return rapid.SampledFrom([]Command{
				RaiseReview{Reason: "damaged", Field: "title", Text: "Hub li"},
				RaiseReview{Reason: "damaged", Field: "title", Text: "Hub l"},
				RaiseReview{Item: "i1", Reason: "split", Field: "delivery_date", Text: "two", Proposed: "2017-11-30"},
				RaiseReview{Item: "i1", Reason: "split", Field: "delivery_date", Text: "two", Proposed: "soon"},
				RaiseReview{Reason: "unreadable", Field: "delivery_date", Text: "soon"},
			}).Draw(t, "review")
		case 17:
			item := rapid.SampledFrom([]string{"title:damaged", "i1", "delivery_date:unreadable", "return:not-reported", "actual_date:actual-after-as-at"}).Draw(t, "item")
			return rapid.SampledFrom([]Command{
				SettleReview{Item: item, Outcome: Accepted},
				SettleReview{Item: item, Outcome: Corrected, Text: "Hub live"},
				SettleReview{Item: item, Outcome: Corrected, Owner: "Estates"},
				SettleReview{Item: item, Outcome: Corrected, Delivery: someDates.Draw(t, "date"), Reason: "asked"},
				SettleReview{Item: item, Outcome: Split, Parts: []Part{{Ref: "B1", Title: "Hub"}, {Ref: "B2", Title: "Spokes"}}},
				SettleReview{Item: item, Outcome: Paired, Parts: []Part{{Ref: "B2", Delivery: someDates.Draw(t, "date")}}},
			}).Draw(t, "settled")
		case 18:
			return rapid.SampledFrom([]Command{
				StateFurtherDate{Label: "start", Date: someDates.Draw(t, "date")},
				StateFurtherDate{Label: "review", Date: deliveries.Draw(t, "date")},
				measure.Define{Measure: "K1", Kind: measure.Indicator, Words: "seen within a day"},
				measure.Define{Measure: "K1", Kind: measure.Indicator, Words: "seen within a day", Unit: "%"},
				measure.SetTarget{Measure: "K1", By: deliveries.Draw(t, "by"), Value: "95%"},
				measure.Take{Measure: "K1", Value: "90%"},
				measure.Take{Measure: "K1", Value: "91%", Words: "after the audit"},
			}).Draw(t, "measure")
		case 11:
			return LeaveOut{texts.Draw(t, "return")}
		default:
			return StateDate{deliveries.Draw(t, "date"), texts.Draw(t, "reason")}
		}
	})
}

// state decides a command on what is known and returns what is known then.
func state(known []Statement, c Command, asAt civil.Date) []Statement {
	if len(Check(c)) > 0 {
		return known
	}
	events, err := decideOn(known, c, Facts{AsAt: asAt, Today: spectext.Day("2018-01-01"), Predecessor: Predecessor{Exists: true, ID: ID{2}}})
	if err != nil {
		return known
	}
	s := spec{given: known, events: events, facts: Facts{AsAt: asAt}}
	return s.after()
}

// histories are what commands in any order, for any days, come to.
func histories() *rapid.Generator[[]Statement] {
	return rapid.Custom(func(t *rapid.T) []Statement {
		var known []Statement
		if !rapid.Bool().Draw(t, "not yet added") {
			known = state(nil, Add{Ref: "B1"}, someDays.Draw(t, "added"))
		}
		for range rapid.IntRange(0, 12).Draw(t, "statements") {
			known = state(known, commands().Draw(t, "command"), someDays.Draw(t, "as at"))
		}
		return known
	})
}

// Reporters that do not know whether they were heard say it again.
func TestDecidingTwiceAddsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known, c, asAt := histories().Draw(t, "known"), commands().Draw(t, "command"), someDays.Draw(t, "as at")
		f := Facts{AsAt: asAt, Today: spectext.Day("2018-01-01"), Predecessor: Predecessor{Exists: true, ID: ID{2}}}
		events, err := decideOn(known, c, f)
		if err != nil || len(Check(c)) > 0 {
			return
		}
		// Not even refused: the reporter was right the first time, and still is.
		if again, err := decideOn(state(known, c, asAt), c, f); err != nil || len(again) > 0 {
			t.Fatalf("on %s\n%#v as at %s\ncame to %v and then to %v, %v", showAll(known), c, asAt, events, again, err)
		}
	})
}

func showAll(statements []Statement) (lines []string) {
	for _, s := range statements {
		lines = append(lines, s.AsAt.String()+" "+spectext.Show(s.Event))
	}
	return lines
}

// An older state may be read while newer ones are made of it.
func TestEvolveLeavesOlderStatesAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known := allInOrder(histories().Draw(t, "known"))
		var states []State
		var copies []string
		s := State{}
		for _, st := range known {
			s = Evolve(s, st.Event, st.AsAt)
			states, copies = append(states, s), append(copies, written(s))
			// Another future of the same state.
			for _, other := range known {
				Evolve(s, other.Event, st.AsAt)
			}
		}
		for i := range states {
			if now := written(states[i]); now != copies[i] {
				t.Fatalf("state %d was\n%s\nand is now\n%s", i, copies[i], now)
			}
		}
	})
}

func written(s State) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// Nothing that comes in can bring the domain down, checked or not, in order or not.
func TestTotal(t *testing.T) {
	events := slices.Concat(spectext.AllEvents, []Event{
		nil, (*Slipped)(nil), (*Held)(nil),
		funding.Advanced{Stage: 99},
		ReviewSettled{Outcome: 99, Into: "\n"},
		Added{Of: &Occurrence{}},
		Amended{Attributes: []Attribute{{"z", ""}, {"a", ""}, {"a", "b"}}},
		Slipped{Delivery: period.Delivery{Readings: []period.Reading{{}, {Kind: 99, Start: -1, End: 1 << 30, Due: -5}}}, From: -1, Days: -1},
		Achieved{Actual: period.Keep("\xff")},
	})
	inputs := slices.Concat(spectext.AllCommands, []Command{
		nil, (*Add)(nil),
		Amend{AllowMissing: true},
		funding.Advance{Stage: 99},
		DefineRecurrence{RRule: "FREQ=DAILY", Start: -1, End: civil.Last},
		measure.Take{Value: "\xff"},
		SettleReview{Outcome: 99, Parts: []Part{{}}},
		SettleReview{Outcome: Corrected, Delivery: period.Keep("\xff")},
		StateSource{Document: "\xff", Cells: []Cell{{Row: -1}}},
		Add{Attributes: []Attribute{{"z", ""}, {"a", ""}, {"a", "b"}}},
		StateDate{Delivery: period.Delivery{Readings: []period.Reading{{}, {Kind: 99, Due: -5}}}},
		Slip{Delivery: period.Keep("\xff"), From: -1},
	})
	rapid.Check(t, func(t *rapid.T) {
		var s State
		for range rapid.IntRange(0, 8).Draw(t, "events") {
			s = Evolve(s, rapid.SampledFrom(events).Draw(t, "event"), civil.Date(rapid.Int32().Draw(t, "as at")))
		}
		s.Review()
		c := rapid.SampledFrom(inputs).Draw(t, "command")
		Check(c)
		f := Facts{AsAt: civil.Date(rapid.Int32().Draw(t, "as at")), Exists: rapid.Bool().Draw(t, "exists")}
		if events, err := Decide(s, c, f); err != nil && events != nil {
			t.Fatalf("%#v is refused, and comes to %v", c, events)
		}
	})
}

func TestInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known := histories().Draw(t, "known")
		before := slices.Clone(known)
		sorted := allInOrder(known)
		if !slices.EqualFunc(known, before, func(a, b Statement) bool { return a.Position == b.Position }) {
			t.Fatal("the statements themselves were sorted")
		}
		for i := 1; i < len(sorted); i++ {
			a, b := sorted[i-1], sorted[i]
			if a.AsAt > b.AsAt || a.AsAt == b.AsAt && a.Position >= b.Position {
				t.Fatalf("%v stands before %v", a, b)
			}
		}
		if len(sorted) > 0 && isSortedByPosition(sorted) && &allInOrder(sorted)[0] != &sorted[0] {
			t.Fatal("what is in order was copied")
		}
	})
}

func allInOrder(statements []Statement) []Statement { return AsAt(statements, civil.Last) }

func isSortedByPosition(statements []Statement) bool {
	return slices.IsSortedFunc(statements, func(a, b Statement) int { return cmp.Compare(a.Position, b.Position) })
}

// The merge comes to what a plain sort comes to, with none, few and many that are late.
func TestAsAtIsWhatAPlainSortComesTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known := histories().Draw(t, "known")
		for range rapid.IntRange(0, 3).Draw(t, "doublings") {
			known = append(known, known...)
		}
		for i := range known {
			known[i].Position, known[i].AsAt = uint64(i), someDays.Draw(t, "as at")
		}
		day := someDays.Draw(t, "day")
		want := slices.DeleteFunc(slices.Clone(known), func(s Statement) bool { return s.AsAt.After(day) })
		slices.SortStableFunc(want, func(a, b Statement) int { return cmp.Compare(a.AsAt, b.AsAt) })
		if got := AsAt(known, day); !slices.EqualFunc(got, want, func(a, b Statement) bool { return a.Position == b.Position }) {
			t.Fatalf("as at %s of\n%scomes to\n%s", day, showAll(known), showAll(got))
		}
		if got, want := FoldAsAt(known, day), Fold(want); !reflect.DeepEqual(got, want) {
			t.Fatalf("as at %s of\n%sis folded to\n%+v, want\n%+v", day, showAll(known), got, want)
		}
	})
}
