package page

import (
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
)

// eventView is one event: what it did, what it changed, and everything about who said it.
type eventView struct {
	trailEntry
	Name, Plan       string // the plan and its address
	Ref, Title, Href string // the milestone; empty for an event of the plan
	Values           []changedValue
	LaterHref        string
	NoReason         bool
}

// changedValue is a value before and after an event.
type changedValue struct{ Name, Before, After string }

// event shows one event of a plan.
func event(a *asking) (heading, any, error) {
	unknown := &Problem{Status: 404, Title: "There is no such event", Sentence: "No event of this plan is at this position, or it was not known yet at the time that you ask for."}
	p, err := a.open("/event") // who may not see the plan is told so, and not whether there is an event
	if err != nil {
		return heading{}, nil, err
	}
	position, err := strconv.ParseUint(a.event, 10, 64)
	if err != nil || position == 0 {
		return heading{}, nil, unknown
	}
	e, err := a.firstAfter(position - 1)
	if err != nil {
		return p.heading, nil, err
	}
	if e.GetPosition() != position {
		return p.heading, nil, unknown
	}
	view := eventView{
		trailEntry: a.trail([]*pb.AuditEntry{e})[0], Name: p.GetName(), Plan: a.to(planPath(a.plan)), Ref: e.GetRef(), NoReason: e.GetNoReason(),
	}
	view.ThenHref = address(planPath(a.plan), set(map[string][]string{}, []string{paramKnownAt, a.event}))
	h := heading{Title: "Position " + a.event + ": " + p.GetName(), Crumbs: append(p.Crumbs, crumb{p.GetName(), view.Plan}), follows: a.plan}
	if view.Ref != "" {
		view.Href = a.to(milestonePath(a.plan, e.GetRef(), e.GetMilestone()))
		if view.Title, err = a.title(a.plan, e.GetMilestone()); err != nil {
			return h, nil, err
		}
	}
	for _, name := range namesOf(e) {
		view.Values = append(view.Values, changedValue{valueName(name), words.Day(e.GetBefore()[name]), words.Day(e.GetAfter()[name])})
	}
	next, err := a.firstAfter(position)
	if err != nil {
		return h, nil, err
	}
	if next != nil {
		view.LaterHref = a.to(eventPath(a.plan, next.GetPosition()))
	}
	return h, view, nil
}

// firstAfter is the first event of the plan after a position; nil where there is none.
func (a *asking) firstAfter(position uint64) (*pb.AuditEntry, error) {
	answer := a.api.Audit(a, &pb.ListAuditRequest{Plan: a.plan, ReadAt: a.readAt(), After: position, PageSize: 1})
	for e, err := range answer.Items {
		return e, err
	}
	return nil, nil
}

// valueName is what a value is called on a page, which the API calls owner_since.
func valueName(name string) string {
	if name == "delivery_date" {
		return "date as written"
	}
	return strings.ReplaceAll(name, "_", " ")
}
