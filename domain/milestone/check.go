package milestone

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"milepost.dev/domain"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/funding"
	"milepost.dev/domain/measure"
	"milepost.dev/domain/period"
)

// Check returns everything that is wrong with a command whatever the state of the milestone is. Fields
// are named as on the wire, so that a caller only has to put its own path before them. Decide expects
// what Check found nothing wrong with.
func Check(cmd Command) domain.Refusals {
	var c check
	switch cmd := cmd.(type) {
	case Add:
		c.ref(cmd.Ref)
		c.text("title", cmd.Title, MaxTitle, RuleTitleTooLong)
		c.text("workstream", cmd.Workstream, MaxWorkstream, RuleWorkstreamTooLong)
		c.attributes(cmd.Attributes)
	case Amend:
		c.ref(cmd.Ref)
		if cmd.Title != nil {
			c.text("title", *cmd.Title, MaxTitle, RuleTitleTooLong)
		}
		if cmd.Workstream != nil {
			c.text("workstream", *cmd.Workstream, MaxWorkstream, RuleWorkstreamTooLong)
		}
		c.attributes(cmd.Attributes)
	case StateDate:
		c.date("delivery_date", cmd.Delivery)
		c.words("reason", cmd.Reason)
	case Slip:
		if c.date("delivery_date", cmd.Delivery) && cmd.Delivery.Due() == 0 {
			c.refuse(RuleSlipWithoutDate, "delivery_date",
				"%.60q names no day to be late after, so nothing can slip to it. State the new date, or state these words as DeliveryDateStated.",
				cmd.Delivery.Text)
		}
		c.words("reason", cmd.Reason)
	case Recover:
		if c.date("delivery_date", cmd.Delivery) && cmd.Delivery.Due() == 0 {
			c.refuse(RuleRecoveryWithoutDate, "delivery_date",
				"%.60q names no day to be late after, so nothing can recover to it. State the new date, or state these words as DeliveryDateStated.",
				cmd.Delivery.Text)
		}
		c.words("reason", cmd.Reason)
	case ChangeOwner:
		if cmd.To == "" {
			c.refuse(RuleOwnerMissing, "owner", "No owner is named. Say who is accountable from now on.")
		}
		if n := len(cmd.SharedBy); n > MaxShared {
			c.refuse(RuleOwnersTooMany, "shared_by", "%d parties share the milestone, and at most %d are kept. Leave some out.", n, MaxShared)
		}
		c.words("reason", cmd.Reason)
	case funding.Command:
		c.found = funding.Check(cmd)
	case ReportProgress:
		c.progress(cmd)
	case Achieve:
		c.actual(cmd.Actual)
		c.words("words", cmd.Words)
	case Replace:
		c.replacement(cmd)
	case LinkDependency:
		c.dependency(cmd.On, cmd.LagDays, cmd.Reason)
	case UnlinkDependency:
		c.dependency(cmd.On, 0, cmd.Reason)
	case DefineRecurrence:
		c.recurrence(cmd)
	case AssessConfidence:
		c.confidence(cmd)
	case measure.Command:
		c.found = measure.Check(cmd)
	case correction.Command:
		c.found = correction.Check(cmd)
	case StateFurtherDate:
		c.furtherDate(cmd)
	case StateSource:
		c.source(cmd)
	default:
		if c.life(cmd) || c.issue(cmd) || c.review(cmd) || c.references(cmd) {
			break
		}
		c.refuse(RuleCommandUnknown, "", "This is none of the commands that milepost knows.")
	}
	return c.found
}

// check gathers what is wrong with one command.
type check struct{ found domain.Refusals }

func (c *check) refuse(rule, field, format string, args ...any) {
	c.found = append(c.found, refusal(domain.Invalid, rule, field, format, args...))
}

// text holds a text to a bound in bytes, and to UTF-8, which is all that the ledger can store.
func (c *check) text(field, text string, most int, rule string) {
	name := strings.ReplaceAll(field, "_", " ")
	if len(text) > most {
		c.refuse(rule, field, "The text of the %s is %d bytes long, and at most %d are kept. Shorten it.", name, len(text), most)
	}
	if !utf8.ValidString(text) {
		c.refuse(RuleNotUTF8, field, "The text of the %s is not valid UTF-8. Send it as UTF-8.", name)
	}
}

func (c *check) words(field, text string) { c.text(field, text, MaxWords, RuleTextTooLong) }

func (c *check) ref(ref string) { c.reference("ref", ref) }

func (c *check) reference(field, ref string) {
	switch {
	case !utf8.ValidString(ref):
		c.text(field, ref, MaxRef, RuleRefMalformed)
	case ref == "":
		c.refuse(RuleRefMalformed, field, "The reference is empty. Give the milestone one of 1 to %d bytes.", MaxRef)
	case len(ref) > MaxRef:
		c.refuse(RuleRefMalformed, field, "The reference is %d bytes long, and at most %d are kept. Shorten it.", len(ref), MaxRef)
	case strings.TrimSpace(ref) != ref, strings.ContainsFunc(ref, unseen):
		c.refuse(RuleRefMalformed, field,
			"The reference %q begins or ends with a space, or holds a character that cannot be seen. Take it out, or nobody can type the reference again.", ref)
	}
}

func unseen(r rune) bool { return !unicode.IsPrint(r) }

func (c *check) attributes(attributes []Attribute) {
	if len(attributes) > MaxAttributes {
		c.refuse(RuleAttributesTooMany, "attributes", "There are %d attributes, and at most %d are kept. Leave some out.", len(attributes), MaxAttributes)
		return // a sentence for each of thousands would help nobody
	}
	total := 0
	for _, a := range attributes {
		total += len(a.Name) + len(a.Value)
		field := fmt.Sprintf("attributes[%s]", strings.ToValidUTF8(a.Name, "\uFFFD"))
		if a.Name == "" || len(a.Name) > MaxAttributeName {
			c.refuse(RuleAttributeMalformed, field, "The attribute's name is %d bytes long. Give it one of 1 to %d.", len(a.Name), MaxAttributeName)
		}
		if len(a.Value) > MaxAttributeValue {
			c.refuse(RuleAttributeTooLong, field, "The value of %s is %d bytes long, and at most %d are kept. Shorten it.", field, len(a.Value), MaxAttributeValue)
		}
		if !utf8.ValidString(a.Name) || !utf8.ValidString(a.Value) {
			c.refuse(RuleNotUTF8, field, "The name and value of %s are not valid UTF-8 text. Send them as UTF-8.", field)
		}
	}
	if total > MaxAttributesAll {
		c.refuse(RuleAttributesTooMany, "attributes", "The attributes are %d bytes long in all, and at most %d are kept. Shorten or leave out some.", total, MaxAttributesAll)
	}
}

// date says whether there is a date to be looked at further.
func (c *check) date(field string, d period.Delivery) bool {
	before := len(c.found)
	if strings.TrimSpace(d.Text) == "" {
		c.refuse(RuleDateMissing, field, "No date is stated. Write one such as 2017-03-31, or TBC where there is none yet.")
		return false
	}
	c.text(field, d.Text, period.MaxText, period.RuleTooLong)
	return len(c.found) == before
}

func (c *check) progress(cmd ReportProgress) {
	if cmd.Percent == nil && cmd.Status+cmd.Words+cmd.NextSteps == "" {
		c.refuse(RuleProgressEmpty, "", "The progress report says nothing. State a percentage, a status, words or next steps.")
	}
	if p := cmd.Percent; p != nil && (*p < 0 || *p > 100) {
		c.refuse(RulePercentOutOfRange, "percent", "%d per cent is not between 0 and 100. State how much of the milestone is done.", *p)
	}
	c.text("status", cmd.Status, MaxStatus, RuleTextTooLong)
	c.words("words", cmd.Words)
	c.words("next_steps", cmd.NextSteps)
}

func (c *check) actual(d period.Delivery) {
	if !c.date("actual_date", d) {
		return
	}
	if _, ok := d.Moment(); !ok {
		c.refuse(RuleActualWithoutDate, "actual_date",
			"%.60q does not say when the milestone was met. State one day, month, quarter or year.", d.Text)
	}
}
