package plan

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/period"
)

// ComponentKind is what a part of a plan is.
type ComponentKind uint8

const (
	// Workstream: a field of work that goes through the plan.
	Workstream ComponentKind = iota + 1
	// Scheme: something that is done and paid for.
	Scheme
	// Deliverable: something that will be there.
	Deliverable
)

var componentKinds = [...]string{Workstream: "workstream", Scheme: "scheme", Deliverable: "deliverable"}

// String returns "workstream", "scheme" or "deliverable", and "" for all else.
func (k ComponentKind) String() string {
	if int(k) < len(componentKinds) {
		return componentKinds[k]
	}
	return ""
}

// ComponentStated says that a plan has a part, or says more of it. A part may have a deadline of its own.
type ComponentStated struct {
	Kind     ComponentKind
	Name     string          // as the plan's own authors write it; milestones name it so
	Within   string          // the part that it belongs to; empty where not said
	Deadline period.Delivery // the zero Delivery where not said
	Reason   string
}

// EventName is that of the ledger's EventType.
func (ComponentStated) EventName() string { return "ComponentStated" }

// Why is the reason that the reporter gave.
func (e ComponentStated) Why() string { return e.Reason }

// StateComponent states that the plan has a part, or its deadline. What it leaves out stays as it was.
type StateComponent ComponentStated

// CommandName is the name by which reporters know it.
func (StateComponent) CommandName() string { return "ComponentStated" }

// Component is a part of a plan as it stands.
type Component struct {
	Kind     ComponentKind
	Name     string
	Within   string
	Deadline period.Delivery // the zero Delivery where none was stated
	FirstDue civil.Date      // the first due date that was stated; zero where none was
	AsAt     civil.Date      // the day that it was last spoken of
}

// SlipDays returns the calendar days from the first deadline to the one in force: above 0 is later.
func (c Component) SlipDays() int { return c.FirstDue.DaysUntil(cmp.Or(c.Deadline.Due(), c.FirstDue)) }

func (c Component) tell(told map[string]string) {
	name := c.Kind.String() + " " + c.Name
	told[name] = "in the plan"
	told[name+" within"], told[name+" deadline"] = c.Within, c.Deadline.Text
	if c.SlipDays() != 0 {
		told[name+" deadline days from the first"] = strconv.Itoa(c.SlipDays())
	}
}

// The rules that a part of a plan can break.
const (
	// RuleComponentKindMissing: it is not said what it is.
	RuleComponentKindMissing = "component-kind-missing"
	// RuleComponentMalformed: its name is empty or too long.
	RuleComponentMalformed = "component-malformed"
	// RuleComponentInItself: a part of itself.
	RuleComponentInItself = "component-in-itself"
)

func findComponent(all []Component, kind ComponentKind, name string) (at int, found bool) {
	return slices.BinarySearchFunc(all, name, func(c Component, name string) int {
		return cmp.Or(cmp.Compare(c.Kind, kind), strings.Compare(c.Name, name))
	})
}

// stated returns the parts after one was stated, in a new slice.
func (e ComponentStated) stated(all []Component, asAt civil.Date) []Component {
	all = slices.Clone(all)
	at, found := findComponent(all, e.Kind, e.Name)
	if !found {
		all = slices.Insert(all, at, Component{Kind: e.Kind, Name: e.Name})
	}
	c := &all[at]
	c.AsAt = asAt
	if e.Within != "" {
		c.Within = e.Within
	}
	if !e.Deadline.IsZero() {
		c.Deadline = e.Deadline
		c.FirstDue = cmp.Or(c.FirstDue, e.Deadline.Due())
	}
	return all
}

func (c *check) component(cmd StateComponent) {
	if cmd.Kind < Workstream || cmd.Kind > Deliverable {
		c.refuse(RuleComponentKindMissing, "kind", "It is not said what the part of the plan is. State whether it is a workstream, a scheme or a deliverable.")
	}
	for _, field := range []struct{ name, text string }{{"name", cmd.Name}, {"within", cmd.Within}} {
		if len(field.text) > MaxName || field.text == "" && field.name == "name" {
			c.refuse(RuleComponentMalformed, field.name, "The name is %d bytes long. Give the part of the plan one of 1 to %d.", len(field.text), MaxName)
		}
		if !utf8.ValidString(field.text) {
			c.refuse(RuleNotUTF8, field.name, "The name is not valid UTF-8 text. Send it as UTF-8.")
		}
	}
	if cmd.Name != "" && cmd.Within == cmd.Name {
		c.refuse(RuleComponentInItself, "within", "%.60q cannot be a part of itself. Name what it belongs to, or leave it out.", cmd.Name)
	}
	if len(cmd.Deadline.Text) > period.MaxText {
		c.refuse(period.RuleTooLong, "deadline", "The deadline is %d bytes long, and at most %d are kept. Shorten it.", len(cmd.Deadline.Text), period.MaxText)
	}
	c.reason(cmd.Reason)
}

func decideComponent(s State, cmd StateComponent) []Event {
	at, found := findComponent(s.Components, cmd.Kind, cmd.Name)
	if found {
		is := s.Components[at]
		if (cmd.Within == "" || cmd.Within == is.Within) && (cmd.Deadline.IsZero() || cmd.Deadline.Text == is.Deadline.Text && cmd.Deadline.SameReading(is.Deadline)) {
			return nil
		}
	}
	return []Event{ComponentStated(cmd)}
}
