package writer

import (
	"cmp"
	"maps"
	"slices"

	"milepost.dev/domain/baseline"
	"milepost.dev/domain/correction"
	"milepost.dev/domain/decide"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/plan"
	"milepost.dev/internal/request"
)

// maySpeak refuses a request that speaks for a party for which its caller may not.
func (d *decision) maySpeak(r *request.Request) error {
	if r.SpeaksFor == "" {
		return nil
	}
	return decide.Speaking{
		For: r.OnBehalfOf, Actor: r.Actor, Person: r.Person, Organisation: r.Organisation, May: r.MaySpeakFor, Anybody: r.Local,
		Kept: func(party string) string {
			if party == "" {
				return ""
			}
			return string(d.kept(milestone.Party(party)))
		},
	}.Check(r.SpeaksFor)
}

// ofThePlan refuses a request by which a reporter who is narrowed to some milestones would state facts about the plan itself.
func ofThePlan(r *request.Request) error {
	if r.Within == nil {
		return nil
	}
	for i := range r.Commands {
		c := &r.Commands[i]
		if _, proposes := c.OfPlan.(baseline.Propose); c.OfPlan != nil && !proposes && !decides(c.OfPlan) {
			return outside(c, "")
		}
	}
	return nil
}

// stayWithin refuses a request by which a reporter would state facts about more than they are narrowed to, by what is known before it
// and after it: so nobody takes a milestone, or hands one away, by amending it.
func (d *decision) stayWithin(r *request.Request) error {
	if r.Within == nil {
		return nil
	}
	for i := range r.Commands {
		c := &r.Commands[i]
		if of, ok := c.OfPlan.(baseline.Propose); ok && !r.Within.Holds(d.milestone(milestoneName{r.Plan, of.Ref}).Newest(), d.kept) {
			return outside(c, of.Ref)
		}
	}
	for i := range r.Commands {
		if c := &r.Commands[i]; d.planNew != nil && isCorrect(c) { // of what was said of the plan itself
			return outside(c, "")
		}
	}
	names := slices.SortedFunc(maps.Keys(d.touched), func(a, b milestoneName) int { return cmp.Compare(a.ref, b.ref) })
	for _, name := range names {
		m := d.touched[name]
		if !m.changed || !d.statesOf(m) {
			continue
		}
		if before := d.before(name); before.Exists() && !r.Within.Holds(before.Newest(), d.kept) || !m.Gone() && !r.Within.Holds(m.Newest(), d.kept) {
			return outside(d.about(r, name), m.ref)
		}
	}
	return nil
}

func isCorrect(c *request.Command) bool {
	_, ok := c.OfMilestone.(correction.Correct)
	return ok
}

func outside(c *request.Command, ref string) error { return decide.Outside(ref).At(c.PathOf("")) }

// statesOf says whether what this decision added to a milestone is facts: not only questions for a person, or decisions of corrections.
func (d *decision) statesOf(m *workingMilestone) bool {
	for _, s := range m.pending {
		if s.Position <= d.begins {
			continue
		}
		switch s.Event.(type) {
		case milestone.ReviewRaised, correction.Approved, correction.Refused:
		default:
			return true
		}
	}
	return false
}

// before is a milestone as it was known and pending before this decision.
func (d *decision) before(name milestoneName) *workingMilestone {
	kept, ok := d.touched[name]
	if !ok {
		return d.milestone(name)
	}
	delete(d.touched, name)
	before := d.milestone(name)
	d.touched[name] = kept
	return before
}

// decides says whether a command about a plan is a decision, which takes another role than that of a reporter, or ends one's own proposal.
func decides(cmd plan.Command) bool {
	switch cmd.(type) {
	case baseline.Close, baseline.Withdraw, baseline.Approve, baseline.Refuse, baseline.SetTiers, plan.AcceptHistory, plan.GrantRole, plan.WithdrawRole:
		return true
	}
	return false
}

// about is the first command that is about a milestone, else the first of all.
func (d *decision) about(r *request.Request, name milestoneName) *request.Command {
	for i := range r.Commands {
		if c := &r.Commands[i]; c.Ref != "" && d.addedAs(milestoneName{r.Plan, c.Ref}) == name {
			return c
		}
	}
	return &r.Commands[0]
}
