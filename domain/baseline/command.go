package baseline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"milepost.dev/domain"
	"milepost.dev/domain/money"
	"milepost.dev/domain/period"
)

// Command is a fact or a decision about baselines: Propose, Close, Approve, Refuse, Withdraw or SetTiers.
type Command interface {
	// CommandName is the name by which callers know it.
	CommandName() string
	command()
}

// Propose proposes what is promised of one milestone (B1).
type Propose struct {
	Proposal  string
	Ref       string // of the milestone
	Dimension Dimension
	Value     Value           // but for the due day of a date, which is that of Delivery
	Delivery  period.Delivery // of a date
	Replaces  *int            // nil: the newest, whatever that is
	Kind      Kind
	Reason    string
}

// Close ends a proposal.
type Close struct {
	Proposal string
	Count    int // of its items
}

// Approve approves a proposal as a whole.
type Approve Decision

// Refuse refuses a proposal as a whole.
type Refuse Decision

// Withdraw takes a proposal back.
type Withdraw Withdrawn

// SetTiers says who may approve how much.
type SetTiers TiersSet

// The names by which callers know them.

func (Propose) CommandName() string  { return Proposed{}.EventName() }
func (Close) CommandName() string    { return Closed{}.EventName() }
func (Approve) CommandName() string  { return Approved{}.EventName() }
func (Refuse) CommandName() string   { return Refused{}.EventName() }
func (Withdraw) CommandName() string { return Withdrawn{}.EventName() }
func (SetTiers) CommandName() string { return TiersSet{}.EventName() }

func (Propose) command()  {}
func (Close) command()    {}
func (Approve) command()  {}
func (Refuse) command()   {}
func (Withdraw) command() {}
func (SetTiers) command() {}

// Bounds.
const (
	MaxProposal = 100    // bytes of a proposal's id
	MaxText     = 500    // bytes of a short text
	MaxReason   = 10_000 // bytes of a reason
	MaxTiers    = 5      // of a plan (B4)
	MaxItems    = 20_000 // of a proposal
)

// The rules that a command can break. A name, once given, stays.
const (
	// RuleProposalMalformed: the id of a proposal is empty, too long, or cannot be printed.
	RuleProposalMalformed = "baseline-proposal-malformed"
	// RuleDimensionMissing: it is not said what is promised.
	RuleDimensionMissing = "baseline-dimension-missing"
	// RuleValueMissing: the value lacks what its dimension needs, such as a due day.
	RuleValueMissing = "baseline-value-missing"
	// RuleReasonMissing: a baseline would be replaced, and it is not said why.
	RuleReasonMissing = "baseline-reason-missing"
	// RuleTextTooLong: a text is longer than its bound.
	RuleTextTooLong = "text-too-long"
	// RuleNotUTF8: a text is not UTF-8.
	RuleNotUTF8 = "not-utf8"
	// RuleNotToday: it is about another day than the one on which it is stated.
	RuleNotToday = "baseline-not-today"
	// RuleMilestoneUnknown: the plan has no milestone of the reference.
	RuleMilestoneUnknown = "milestone-unknown"
	// RuleProposalUnknown: the plan has no proposal of the id.
	RuleProposalUnknown = "baseline-proposal-unknown"
	// RuleProposalOfAnother: somebody else began the proposal.
	RuleProposalOfAnother = "baseline-proposal-of-another"
	// RuleProposalClosed: the proposal is closed, and takes no items.
	RuleProposalClosed = "baseline-proposal-closed"
	// RuleProposalOpen: the proposal is not closed, and cannot be decided.
	RuleProposalOpen = "baseline-proposal-open"
	// RuleProposalEnded: the proposal was decided otherwise or withdrawn.
	RuleProposalEnded = "baseline-proposal-ended"
	// RuleProposalCount: the proposal has another number of items, or too many.
	RuleProposalCount = "baseline-proposal-count"
	// RuleItemTwice: the proposal has another value for the same milestone and dimension.
	RuleItemTwice = "baseline-item-twice"
	// RuleNumberStale: another baseline is in force than the one that would be replaced.
	RuleNumberStale = "baseline-number-stale"
	// RuleDigestDiffers: the decision names another digest than the proposal's.
	RuleDigestDiffers = "baseline-digest-differs"
	// RuleDecidedOn: the day of the decision is one on which it cannot have been made (B7).
	RuleDecidedOn = "baseline-decided-on"
	// RuleApproverOnly: it takes the role approver.
	RuleApproverOnly = "approver-only"
	// RulePersonMissing: it is not known which person answers for the caller (B3).
	RulePersonMissing = "person-missing"
	// RuleFourEyes: the approver is, or speaks for, whoever proposed it (B3).
	RuleFourEyes = "four-eyes"
	// RuleSingleUser: nobody can approve on a server without identities (B3).
	RuleSingleUser = "single-user-only"
	// RuleTier: another tier has to approve it (B4).
	RuleTier = "baseline-tier"
	// RuleTiersMalformed: the tiers are none or too many, or one grants less than the one below it.
	RuleTiersMalformed = "tiers-malformed"
	// RuleTiersOwn: the first tiers are stated by whoever registered the plan (B4).
	RuleTiersOwn = "tiers-own"
)

// Check returns everything that is wrong with the command whatever is known, with fields named as on the wire.
func Check(cmd Command) domain.Refusals {
	var c check
	switch cmd := cmd.(type) {
	case Propose:
		c.proposal(cmd.Proposal)
		c.value(cmd)
		c.text("reason", cmd.Reason, MaxReason)
	case Close:
		c.proposal(cmd.Proposal)
	case Approve:
		c.decision(Decision(cmd))
	case Refuse:
		c.decision(Decision(cmd))
	case Withdraw:
		c.proposal(cmd.Proposal)
		c.text("reason", cmd.Reason, MaxReason)
	case SetTiers:
		c.tiers(cmd.Tiers)
		c.text("reason", cmd.Reason, MaxReason)
	}
	return c.found
}

type check struct{ found domain.Refusals }

func (c *check) refuse(rule, field, format string, args ...any) {
	c.found = append(c.found, domain.Refuse(domain.Invalid, rule, field, format, args...))
}

func (c *check) proposal(id string) {
	if id == "" || len(id) > MaxProposal || !utf8.ValidString(id) || strings.ContainsFunc(id, func(r rune) bool { return !unicode.IsPrint(r) }) {
		c.refuse(RuleProposalMalformed, "proposal", "%.120q is not the id of a proposal. Choose 1 to %d letters and digits, such as board-2026-06.", id, MaxProposal)
	}
}

func (c *check) text(field, text string, most int) {
	if len(text) > most {
		c.refuse(RuleTextTooLong, field, "The text is %d bytes long, and at most %d are kept. Shorten it.", len(text), most)
	}
	if !utf8.ValidString(text) {
		c.refuse(RuleNotUTF8, field, "The text is not valid UTF-8. Send it as UTF-8.")
	}
}

func (c *check) value(cmd Propose) {
	v := cmd.Value
	switch cmd.Dimension {
	case Date:
		if cmd.Delivery.Text == "" {
			c.refuse(RuleValueMissing, "date.delivery_date", "The date is missing. Give the day that is promised, such as 2026-12-31.")
		}
		c.text("date.delivery_date", cmd.Delivery.Text, MaxText)
	case Cost:
		if v.Amount.IsZero() {
			c.refuse(RuleValueMissing, "cost.amount", "The amount is missing. Write a decimal, such as 132000.00.")
		}
		c.text("cost.years", v.Years, MaxText)
	case Scope:
		if strings.TrimSpace(v.Title) == "" {
			c.refuse(RuleValueMissing, "scope.title", "The milestone's words are missing. Give the words that are promised.")
		}
		c.text("scope.title", v.Title, MaxReason)
		c.text("scope.deliverable", v.Deliverable, MaxReason)
	case Benefit:
		if v.Measure == "" || v.Target == "" {
			c.refuse(RuleValueMissing, "benefit", "The measure or its value is missing. Give both.")
		}
		c.text("benefit.measure", v.Measure, MaxText)
		c.text("benefit.value", v.Target, MaxText)
	case Existence:
	default:
		c.refuse(RuleDimensionMissing, "", "It is not said what is promised. Fill one of date, cost, scope, benefit and existence.")
	}
}

func (c *check) decision(d Decision) {
	c.proposal(d.Proposal)
	c.text("body", d.Body, MaxText)
	c.text("minute", d.Minute, MaxText)
	c.text("reason", d.Reason, MaxReason)
}

func (c *check) tiers(tiers []Tier) {
	if n := len(tiers); n == 0 || n > MaxTiers {
		c.refuse(RuleTiersMalformed, "tiers", "There are %d tiers. State 1 to %d, from the lowest to the top.", n, MaxTiers)
		return
	}
	for i, t := range tiers {
		c.text("tiers.name", t.Name, MaxText)
		if strings.TrimSpace(t.Name) == "" {
			c.refuse(RuleTiersMalformed, "tiers", "Tier %d has no name. Give it the one that people know it by.", i+1)
		}
		if i == 0 {
			continue
		}
		below := tiers[i-1]
		if !grants(t.MostDays, below.MostDays) || !grantsMoney(t.MostMoney, below.MostMoney) {
			c.refuse(RuleTiersMalformed, "tiers", "Tier %q grants less than %q, which is below it. Put the lowest first.", t.Name, below.Name)
		}
	}
	if top := tiers[len(tiers)-1]; top.MostDays != nil || !top.MostMoney.IsZero() {
		c.refuse(RuleTiersMalformed, "tiers", "The top tier %q has a bound, so that nobody could approve what is above it. Leave its bounds out.", top.Name)
	}
}

// grants says whether a bound is not below another; nil is none.
func grants(most, below *int) bool {
	return most == nil || below != nil && *most >= *below
}

func grantsMoney(most, below money.Amount) bool {
	return most.IsZero() || !below.IsZero() && most.Currency == below.Currency && most.Cmp(below) >= 0
}

// read gives the value of a date its due day.
func (cmd Propose) read() Value {
	v := cmd.Value
	if cmd.Dimension == Date {
		v.Due, v.Text = cmd.Delivery.Due(), cmd.Delivery.Text
	}
	return v
}

// Teller is who told something: the actor, for whom, and the person who answers for it. All are party ids; the person is empty where
// nobody is named.
type Teller struct{ Actor, Speaker, Person string }
