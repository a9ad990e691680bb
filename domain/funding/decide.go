package funding

import (
	"fmt"
	"unicode/utf8"

	"milepost.dev/domain"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/money"
)

// Command is a fact about a line as a reporter states it.
type Command interface {
	// CommandName is the name by which reporters know it.
	CommandName() string
	funds()
}

// Advance states that a line has got to a stage. Its fields are those of Advanced.
type Advance Advanced

// Reprofile states that the money of a line is for other days now.
type Reprofile struct {
	Scheme, Line string
	Start, End   civil.Date
	Reason       string
}

// Withdraw states that a line is not to be had any more.
type Withdraw struct{ Scheme, Line, Reason string }

// CommandName is that of the stage.
func (c Advance) CommandName() string { return c.Stage.EventName() }

// CommandName is the name by which reporters know it.
func (Reprofile) CommandName() string { return "FundingReprofiled" }

// CommandName is the name by which reporters know it.
func (Withdraw) CommandName() string { return "FundingWithdrawn" }

func (Advance) funds()   {}
func (Reprofile) funds() {}
func (Withdraw) funds()  {}

// The rules that a statement about money can break. A name, once given, stays.
const (
	// RuleAmountNotPositive: an amount of nothing or less.
	RuleAmountNotPositive = "amount-not-positive"
	// RuleAmountAboveLine: more than the line asks for.
	RuleAmountAboveLine = "amount-above-line"
	// RuleAmountAboveConfirmed: more released or received than is confirmed.
	RuleAmountAboveConfirmed = "amount-above-confirmed"
	// RuleLineMalformed: the line's reference is empty or too long.
	RuleLineMalformed = "line-malformed"
	// RuleLineUnknown: nothing was ever said of the line.
	RuleLineUnknown = "funding-line-unknown"
	// RuleLineWithdrawn: the line was withdrawn, and would have to be identified again first.
	RuleLineWithdrawn = "funding-withdrawn"
	// RuleCurrencyDiffers: two currencies on one line.
	RuleCurrencyDiffers = "currency-differs"
	// RulePeriodMissing: money moved to no other days.
	RulePeriodMissing = "period-missing"
	// RulePeriodReversed: money for days of which the last is before the first.
	RulePeriodReversed = "period-reversed"
	// RuleTextTooLong: a text is longer than is kept.
	RuleTextTooLong = "text-too-long"
	// RuleNotUTF8: text is not UTF-8.
	RuleNotUTF8 = "not-utf8"
)

// Bounds in bytes.
const (
	MaxLine   = 200
	MaxScheme = 500
	MaxFund   = 500
	MaxReason = 10_000
)

// Check returns everything that is wrong with a command whatever was said before, with fields named as on
// the wire.
func Check(cmd Command) domain.Refusals {
	var c check
	switch cmd := cmd.(type) {
	case Advance:
		c.line(cmd.Scheme, cmd.Line)
		c.amount(cmd)
		c.text("fund", cmd.Fund, MaxFund)
		c.period(cmd.Start, cmd.End)
		c.text("reason", cmd.Reason, MaxReason)
	case Reprofile:
		c.line(cmd.Scheme, cmd.Line)
		if cmd.Start == 0 && cmd.End == 0 {
			c.refuse(RulePeriodMissing, "start", "It is not said which days the money is for now. State the first of them, or the last, or both.")
		}
		c.period(cmd.Start, cmd.End)
		c.text("reason", cmd.Reason, MaxReason)
	case Withdraw:
		c.line(cmd.Scheme, cmd.Line)
		c.text("reason", cmd.Reason, MaxReason)
	}
	return c.found
}

type check struct{ found domain.Refusals }

func refusal(class domain.Class, rule, field, format string, args ...any) *domain.Refusal {
	return &domain.Refusal{Class: class, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)}
}

func (c *check) refuse(rule, field, format string, args ...any) {
	c.found = append(c.found, refusal(domain.Invalid, rule, field, format, args...))
}

func (c *check) text(field, text string, most int) {
	if len(text) > most {
		c.refuse(RuleTextTooLong, field, "The text of the %s is %d bytes long, and at most %d are kept. Shorten it.", field, len(text), most)
	}
	if !utf8.ValidString(text) {
		c.refuse(RuleNotUTF8, field, "The text of the %s is not valid UTF-8. Send it as UTF-8.", field)
	}
}

func (c *check) line(scheme, line string) {
	if line == "" || len(line) > MaxLine {
		c.refuse(RuleLineMalformed, "line", "The funding line's reference is %d bytes long. Give it one of 1 to %d.", len(line), MaxLine)
	}
	if !utf8.ValidString(line) {
		c.refuse(RuleNotUTF8, "line", "The funding line's reference is not valid UTF-8 text. Send it as UTF-8.")
	}
	c.text("scheme", scheme, MaxScheme)
}

func (c *check) amount(cmd Advance) {
	if cmd.Amount.Sign() <= 0 && (!cmd.Amount.IsZero() || cmd.Stage >= Confirmed) {
		c.refuse(RuleAmountNotPositive, "amount", "The amount %s is %s, and it has to be more than 0. State what is %s in all on the line.", cmd.Stage, said(cmd.Amount), cmd.Stage)
	}
	switch {
	case cmd.Asks.IsZero():
	case cmd.Amount.IsZero():
		if cmd.Asks.Sign() <= 0 {
			c.refuse(RuleAmountNotPositive, "of", "The line asks for %s, and it has to be more than 0. State what it asks for in all.", said(cmd.Asks))
		}
	case cmd.Asks.Currency != cmd.Amount.Currency:
		c.refuse(RuleAmountAboveLine, "of", "%s is %s of %s, which is another currency. State both in one.", said(cmd.Amount), cmd.Stage, said(cmd.Asks))
	case cmd.Stage != Spent && cmd.Asks.Cmp(cmd.Amount) < 0:
		c.refuse(RuleAmountAboveLine, "of", "%s is %s, and the line asks for only %s in all. State what it asks for in all, or a smaller amount.", said(cmd.Amount), cmd.Stage, said(cmd.Asks))
	}
}

func (c *check) period(start, end civil.Date) {
	if end.Before(start) {
		c.refuse(RulePeriodReversed, "end", "The money would be for the days from %s to %s, which is before it. Put the later day last.", start, end)
	}
}

func said(a money.Amount) string {
	if a.IsZero() {
		return "nothing"
	}
	return a.String() + " " + a.Currency
}

// Decide returns the event that a command comes to, none where it says nothing new, or a refusal, a
// *domain.Refusal. The lines are those that were known for the day. It expects a command that Check
// found nothing wrong with.
func Decide(lines []Line, cmd Command) ([]Event, error) {
	switch cmd := cmd.(type) {
	case Advance:
		return decideAdvance(lines, cmd)
	case Reprofile:
		was, err := known(lines, cmd.Scheme, cmd.Line)
		switch {
		case err != nil:
			return nil, err
		case was.Withdrawn:
			return nil, withdrawn(was, "reprofiled")
		case was.Start == cmd.Start && was.End == cmd.End:
			return nil, nil
		}
		return []Event{Reprofiled{
			Scheme: cmd.Scheme, Line: cmd.Line, Start: cmd.Start, End: cmd.End,
			FromStart: was.Start, FromEnd: was.End, Reason: cmd.Reason,
		}}, nil
	case Withdraw:
		was, err := known(lines, cmd.Scheme, cmd.Line)
		if err != nil || was.Withdrawn {
			return nil, err
		}
		return []Event{Withdrawn(cmd)}, nil
	default:
		return nil, nil
	}
}

func known(lines []Line, scheme, line string) (Line, error) {
	i, found := Find(lines, scheme, line)
	if !found {
		return Line{}, refusal(domain.NotFound, RuleLineUnknown, "line",
			"Nothing was said of a funding line %q as at this day. Check its reference, or identify it first (FundingIdentified).", line)
	}
	return lines[i], nil
}

func withdrawn(l Line, what string) error {
	return refusal(domain.Refused, RuleLineWithdrawn, "line",
		"Line %q was withdrawn as at %s, so that it cannot be %s. Where it is to be had after all, identify it again first (FundingIdentified).", l.Line, l.AsAt, what)
}

func decideAdvance(lines []Line, c Advance) ([]Event, error) {
	i, found := Find(lines, c.Scheme, c.Line)
	if !found {
		return []Event{Advanced(c)}, nil
	}
	was := lines[i]
	now := was.advanced(Advanced(c))
	switch currency := was.currency(); {
	case was.Withdrawn && c.Stage != Identified:
		return nil, withdrawn(was, c.Stage.String())
	case now == was:
		return nil, nil
	case !now.Withdrawn && was.Withdrawn: // begun anew
	case currency != "" && (!c.Amount.IsZero() && c.Amount.Currency != currency || !c.Asks.IsZero() && c.Asks.Currency != currency):
		return nil, refusal(domain.Refused, RuleCurrencyDiffers, "currency",
			"%s would be %s on line %q, which was stated in %s before. State the amount in %s, or use another line.",
			said(c.Amount), c.Stage, c.Line, currency, currency)
	// What the line asks for still holds where it is not said again.
	case c.Stage != Spent && !now.Of.IsZero() && !c.Amount.IsZero() && c.Amount.Cmp(now.Of) > 0:
		return nil, refusal(domain.Refused, RuleAmountAboveLine, "amount",
			"%s would be %s, and line %q asks for only %s in all. State what it asks for now (of) together with the amount.",
			said(c.Amount), c.Stage, c.Line, said(now.Of))
	case (c.Stage == Released || c.Stage == Received) && !now.Amounts[Confirmed].IsZero() && c.Amount.Cmp(now.Amounts[Confirmed]) > 0:
		return nil, refusal(domain.Refused, RuleAmountAboveConfirmed, "amount",
			"%s would be %s, and only %s of line %q is confirmed. State what is confirmed now (FundingConfirmed) first.",
			said(c.Amount), c.Stage, said(now.Amounts[Confirmed]), c.Line)
	}
	return []Event{Advanced(c)}, nil
}
