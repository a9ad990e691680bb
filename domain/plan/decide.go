package plan

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"milepost.dev/domain"
	"milepost.dev/domain/baseline"
	"milepost.dev/domain/civil"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/rating"
)

// Bounds in bytes.
const (
	MaxID     = 100
	MaxName   = 500
	MaxReason = 10_000
)

// The rules that a plan can break, beside those of packages funding and rating. A name, once given, stays.
const (
	// RuleUnknown: no plan has this id.
	RuleUnknown = "plan-unknown"
	// RuleIDMalformed: not an id of letters, digits, dashes, underscores and dots.
	RuleIDMalformed = "plan-id-malformed"
	// RuleNameTooLong: longer than MaxName.
	RuleNameTooLong = "plan-name-too-long"
	// RuleNameMissing: a plan would be left without a name.
	RuleNameMissing = "plan-name-missing"
	// RuleNotUTF8: text is not UTF-8.
	RuleNotUTF8 = "not-utf8"
	// RulePeriodReversed: it would end before it starts.
	RulePeriodReversed = "plan-period-reversed"
	// RuleTimeZoneUnknown: no such time zone on every machine.
	RuleTimeZoneUnknown = "time-zone-unknown"
	// RuleDiffers: the plan was registered with other values.
	RuleDiffers = "plan-differs"
	// RuleReasonTooLong: longer than MaxReason.
	RuleReasonTooLong = "text-too-long"
)

// Command is a fact about a plan as a reporter states it: Register, Revise, Close, Reopen, StateComponent, ImportDocument,
// AcceptHistory, OfferCandidate, SettleCandidate, NoteDocument, a baseline.Command (which package baseline decides), a measure.Command about a measure of the plan, or a funding.Command about a line of the plan or of a
// scheme.
type Command interface {
	// CommandName is the name by which reporters know it.
	CommandName() string
}

// Register begins a plan, or says again what it is.
type Register Registered

// Revise changes what is not nil, and declares the rating schemes that it names.
type Revise Revised

// CommandName is the name by which reporters know it.
func (Register) CommandName() string { return "PlanRegistered" }

// CommandName is the name by which reporters know it.
func (Revise) CommandName() string { return "PlanRevised" }

// Facts are what the domain has to be told, because it cannot look.
type Facts struct {
	// TimeZoneKnown: the time zone database has the zone that the command names.
	TimeZoneKnown bool
	// AsAt is the day that the command is about.
	AsAt civil.Date
	// Read: a date was read by the settings that the plan has.
	Read bool
	// Approver: the caller has the role approver for the plan.
	Approver bool
	// Told is what is known of the span that AcceptHistory names.
	Told Told
	// Speaker is for whom the command is stated or, where for nobody else, who states it.
	Speaker milestone.Party
	// Actor is who states the command, for whomever, and Person who answers for them; the latter may be empty.
	Actor, Person milestone.Party
	// Local: the server knows nobody. SingleUser: it is told that this is one person.
	Local, SingleUser bool
	// OfferedOwn: the caller, or a party for which the caller may speak, offered the candidate that the command settles.
	OfferedOwn bool
	// MilestoneMissing: the plan has no milestone of the reference that the command names.
	MilestoneMissing bool
}

// Check returns everything that is wrong with the command whatever the plan is, with fields named as
// on the wire.
func Check(cmd Command, f Facts) domain.Refusals {
	var c check
	switch cmd := cmd.(type) {
	case Register:
		c.name(cmd.Name)
		c.period(cmd.PeriodStart, cmd.PeriodEnd)
		if cmd.TimeZone != "" {
			c.zone(cmd.TimeZone, f)
		}
		c.found = append(c.found, rating.Check(cmd.RatingSchemes)...)
		c.conventions(cmd.Conventions)
	case Revise:
		if cmd.Name != nil {
			c.name(*cmd.Name)
			if *cmd.Name == "" {
				c.refuse(RuleNameMissing, "name", "The plan would be left without a name. Leave the field out to keep the name that it has.")
			}
		}
		if cmd.TimeZone != nil {
			c.zone(*cmd.TimeZone, f)
		}
		c.found = append(c.found, rating.Check(cmd.RatingSchemes)...)
		c.conventions(cmd.Conventions)
		c.reason(cmd.Reason)
	case funding.Command:
		return funding.Check(cmd)
	case measure.Command:
		return measure.Check(cmd)
	case baseline.Command:
		return baseline.Check(cmd)
	case MergeParties:
		c.merge(cmd)
	case GrantRole:
		c.grant(cmd.Of, cmd.Role, cmd.Reason)
	case WithdrawRole:
		c.grant(cmd.Of, cmd.Role, cmd.Reason)
	case AskToForget:
		c.whyForgotten(cmd.Reason)
	case BeginEpoch:
		c.whyForgotten(cmd.Reason)
	case Close:
		c.whyClosed(cmd.Reason)
	case Reopen:
		c.whyClosed(cmd.Reason)
	case StateComponent:
		c.component(cmd)
	case ImportDocument:
		c.document(cmd)
	case AcceptHistory:
		c.history(cmd)
	case OfferCandidate:
		c.candidate(cmd)
	case SettleCandidate:
		c.candidateSettled(cmd)
	case NoteDocument:
		c.note(cmd)
	}
	return c.found
}

type check struct{ found domain.Refusals }

func (c *check) reason(reason string) {
	if len(reason) > MaxReason {
		c.refuse(RuleReasonTooLong, "reason", "The text of the reason is %d bytes long, and at most %d are kept. Shorten it.", len(reason), MaxReason)
	}
	if !utf8.ValidString(reason) {
		c.refuse(RuleNotUTF8, "reason", "The text of the reason is not valid UTF-8. Send it as UTF-8.")
	}
}

func (c *check) refuse(rule, field, format string, args ...any) {
	c.found = append(c.found, &domain.Refusal{Class: domain.Invalid, Rule: rule, Field: field, Message: fmt.Sprintf(format, args...)})
}

func (c *check) name(name string) {
	if !utf8.ValidString(name) {
		c.refuse(RuleNotUTF8, "name", "The plan's name is not valid UTF-8 text. Send it as UTF-8.")
	}
	if len(name) > MaxName {
		c.refuse(RuleNameTooLong, "name", "The plan's name is %d bytes long, and at most %d are kept. Shorten it.", len(name), MaxName)
	}
}

func (c *check) period(start, end civil.Date) {
	if end.Before(start) {
		c.refuse(RulePeriodReversed, "period_end", "The plan would end on %s, before it starts on %s. Put the later day last.", end, start)
	}
}

func (c *check) zone(name string, f Facts) {
	if !f.TimeZoneKnown {
		c.refuse(RuleTimeZoneUnknown, "time_zone", "%.60q is no known time zone. Write its IANA name, such as %s.", name, DefaultTimeZone)
	}
}

// Decide returns the events that a command comes to, none where it says what is known, or a refusal: all
// that Check finds, or a single one. The state is the fold of what was stated for the command's day and
// earlier ones; for Register, Close and Reopen it is the newest.
func Decide(s State, cmd Command, f Facts) ([]Event, error) {
	if rs := Check(cmd, f); len(rs) > 0 {
		return nil, rs
	}
	switch cmd := cmd.(type) {
	case Close, Reopen:
		return decideClosing(s, cmd, f), nil
	case MergeParties:
		return decideMerge(s, cmd)
	case GrantRole:
		return decideGrant(s, cmd, f)
	case WithdrawRole:
		return decideWithdraw(s, cmd)
	case AskToForget:
		return decideAsk(s, cmd, f)
	case BeginEpoch:
		return decideEpoch(s, cmd, f)
	case CompleteEpoch:
		return decideComplete(s, cmd)
	case Register:
		return decideRegister(s, cmd)
	case Revise:
		return decideRevise(s, cmd, f)
	case funding.Command:
		decided, err := funding.Decide(s.Funding, cmd)
		var events []Event
		for _, e := range decided {
			events = append(events, e)
		}
		return events, err
	case measure.Command:
		decided, err := measure.Decide(s.Measures, cmd, f.AsAt)
		var events []Event
		for _, e := range decided {
			events = append(events, e)
		}
		return events, err
	case StateComponent:
		return decideComponent(s, cmd), nil
	case ImportDocument:
		return decideDocument(s, cmd), nil
	case AcceptHistory:
		return decideHistory(s, cmd, f)
	case OfferCandidate:
		return decideCandidate(s, cmd)
	case SettleCandidate:
		return decideSettled(s, cmd, f)
	case NoteDocument:
		return decideNote(s, cmd)
	default:
		return nil, nil
	}
}

func decideRegister(s State, c Register) ([]Event, error) {
	if c.TimeZone == "" {
		c.TimeZone = DefaultTimeZone
	}
	event := Registered(c)
	if !s.Registered {
		return []Event{event}, nil
	}
	if s.Began != nil && len(differences(*s.Began, event)) == 0 {
		return nil, nil // it was revised since, and that stands
	}
	if differing := differences(s.settings(), event); len(differing) > 0 {
		return nil, &domain.Refusal{
			Class: domain.Exists, Rule: RuleDiffers,
			Message: "The plan is registered with other values: " + strings.Join(differing, ", ") +
				". Use these values, or another id for another plan; to change what this one is, state PlanRevised.",
		}
	}
	return nil, nil
}

// settings are what the plan would be registered with, as it is now.
func (s State) settings() Registered {
	return Registered{
		Name: s.Name, PeriodStart: s.PeriodStart, PeriodEnd: s.PeriodEnd, Quarters: s.Quarters,
		TimeZone: s.TimeZone, RatingSchemes: s.RatingSchemes, Conventions: s.Conventions,
	}
}

func differences(was, e Registered) (differing []string) {
	compare := func(what, is, stated string) {
		if is != stated {
			differing = append(differing, fmt.Sprintf("%s is %q and not %q", what, is, stated))
		}
	}
	compare("name", was.Name, e.Name)
	compare("period_start", was.PeriodStart.String(), e.PeriodStart.String())
	compare("period_end", was.PeriodEnd.String(), e.PeriodEnd.String())
	compare("quarters", was.Quarters.String(), e.Quarters.String())
	compare("time_zone", was.TimeZone, e.TimeZone)
	stated := e.Conventions.told()
	for _, name := range []string{"date_order", "financial_year", "weeks"} {
		compare(name, was.Conventions.told()[name], stated[name])
	}
	for _, stated := range e.RatingSchemes {
		if declared, _ := rating.Find(was.RatingSchemes, stated.Name); !declared.Equal(stated) {
			differing = append(differing, fmt.Sprintf("the rating scheme %q is declared otherwise, or not at all", stated.Name))
		}
	}
	return differing
}

func decideRevise(s State, c Revise, f Facts) ([]Event, error) {
	e := Revised{
		Name: changed(s.Name, c.Name), PeriodStart: changed(s.PeriodStart, c.PeriodStart), PeriodEnd: changed(s.PeriodEnd, c.PeriodEnd),
		Quarters: changed(s.Quarters, c.Quarters), TimeZone: changed(s.TimeZone, c.TimeZone), Reason: c.Reason,
		Conventions: s.Conventions.other(c.Conventions),
	}
	for _, stated := range c.RatingSchemes {
		if declared, _ := rating.Find(s.RatingSchemes, stated.Name); !declared.Equal(stated) {
			e.RatingSchemes = append(e.RatingSchemes, stated)
		}
	}
	now := Evolve(s, Statement{Event: e})
	if now.PeriodEnd.Before(now.PeriodStart) {
		var wrong check
		wrong.period(now.PeriodStart, now.PeriodEnd)
		wrong.found[0].Class = domain.Refused
		return nil, wrong.found[0]
	}
	if e.Settles() && f.Read && !f.Approver {
		return nil, domain.Refuse(domain.Denied, RuleApproverOnly, "",
			"Dates were read by the plan's period, quarters, time zone and conventions as they are, so that to change them takes the role approver. Ask somebody who has it.")
	}
	if e.Name == nil && e.PeriodStart == nil && e.PeriodEnd == nil && e.Quarters == nil && e.TimeZone == nil && e.RatingSchemes == nil && e.Conventions == (Conventions{}) {
		return nil, nil
	}
	return []Event{e}, nil
}

// changed is the value to set, and nil where it is the same or was not said.
func changed[T comparable](is T, stated *T) *T {
	if stated == nil || *stated == is {
		return nil
	}
	return stated
}
