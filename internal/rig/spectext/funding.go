package spectext

import (
	"strings"

	"milepost.dev/domain/funding"
	"milepost.dev/domain/money"
)

// stage is the one that an event or a command of a name brings a line to; 0 where it is none.
func stage(name string) funding.Stage {
	for s := funding.Identified; s <= funding.Spent; s++ {
		if s.EventName() == name {
			return s
		}
	}
	return 0
}

func (f fact) terms() (t funding.Terms) {
	t.Start, t.End = Day(f.said["start"]), Day(f.said["end"])
	for b := money.Total; b <= money.UpTo; b++ {
		if f.said["basis"] == b.String() {
			t.Basis = b
		}
	}
	switch f.said["recurrence"] {
	case "recurrent":
		t.Recurrent = money.Recurs
	case "once":
		t.Recurrent = money.Once
	}
	return t
}

func (f fact) fundingCommand() (funding.Command, bool) {
	e, ok := f.fundingEvent()
	switch e := e.(type) {
	case funding.Advanced:
		return funding.Advance(e), ok
	case funding.Reprofiled:
		return funding.Reprofile{Line: e.Line, Start: e.Start, End: e.End, Reason: e.Reason}, ok
	case funding.Withdrawn:
		return funding.Withdraw(e), ok
	}
	return nil, false
}

func (f fact) fundingEvent() (funding.Event, bool) {
	t := f.terms()
	switch s := stage(f.name); {
	case s != 0:
		return funding.Advanced{
			Stage: s, Line: f.arg(0), Amount: f.amount(f.arg(1)), Asks: f.amount(f.said["of"]),
			Fund: f.said["fund"], Reason: f.said["reason"], Terms: t,
		}, true
	case f.name == "FundingReprofiled":
		return funding.Reprofiled{
			Line: f.arg(0), Start: t.Start, End: t.End, FromStart: Day(f.said["from_start"]), FromEnd: Day(f.said["from_end"]), Reason: f.said["reason"],
		}, true
	case f.name == "FundingWithdrawn":
		return funding.Withdrawn{Line: f.arg(0), Reason: f.said["reason"]}, true
	}
	return nil, false
}

func showFunding(e funding.Event) string {
	switch e.(type) {
	case funding.Advanced, funding.Reprofiled, funding.Withdrawn:
	default:
		return plainly(e)
	}
	switch e.(type) {
	case funding.Advanced, funding.Reprofiled, funding.Withdrawn:
	default:
		return plainly(e)
	}
	var b strings.Builder
	named := func(name, text string) {
		if text != "" {
			b.WriteString(" " + name + "=" + quoted(text))
		}
	}
	_, line := e.Of()
	b.WriteString(" " + quoted(line))
	switch e := e.(type) {
	case funding.Advanced:
		if !e.Amount.IsZero() {
			b.WriteString(" " + e.Amount.String() + " " + e.Amount.Currency)
		}
		if !e.Asks.IsZero() {
			b.WriteString(" of " + e.Asks.String())
		}
		named("fund", e.Fund)
		named("start", e.Start.String())
		named("end", e.End.String())
		named("basis", e.Basis.String())
		named("recurrence", map[money.Recurrent]string{money.Recurs: "recurrent", money.Once: "once"}[e.Recurrent])
	case funding.Reprofiled:
		named("start", e.Start.String())
		named("end", e.End.String())
		named("from_start", e.FromStart.String())
		named("from_end", e.FromEnd.String())
	}
	named("reason", e.Why())
	return b.String()
}

// describeLine says how far a funding line has got.
func describeLine(l funding.Line) string {
	told := "line " + l.Line + ": "
	if a := l.Amount(); !a.IsZero() {
		told += a.String() + " " + a.Currency + " "
	}
	told += l.Stage.String()
	if l.Withdrawn {
		told += ", withdrawn"
	}
	told += " as at " + l.AsAt.String()
	if l.InPart() {
		told += " in part, of " + l.Of.String()
	}
	for s := funding.Identified; s < l.Stage; s++ {
		if a := l.Amounts[s]; !a.IsZero() {
			told += ", " + a.String() + " " + s.String()
		}
	}
	if l.Fund != "" {
		told += ", from " + l.Fund
	}
	if l.Start != 0 || l.End != 0 {
		told += ", for " + l.Start.String() + ".." + l.End.String()
	}
	if l.FirstStart != 0 || l.FirstEnd != 0 {
		told += ", at first for " + l.FirstStart.String() + ".." + l.FirstEnd.String()
	}
	if l.Basis != money.Unstated {
		told += ", " + l.Basis.String()
	}
	if l.Recurrent == money.Recurs {
		told += ", recurrent"
	}
	if r := l.Review(); r != nil {
		told += ", to be looked at: " + strings.Join(r, ", ")
	}
	return told
}
