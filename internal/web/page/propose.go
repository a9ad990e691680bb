package page

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/web/words"
)

// proposeView are the milestones whose dates may be proposed as what is promised from now on.
type proposeView struct {
	fields
	Rows []proposeRow
	More int // that are too many for one form
	Kind []choice
}

// proposeRow is one milestone that is open, with a date that is not its baseline.
type proposeRow struct {
	Ref, Title, Href, Item string
	Was, Is                date
	Days                   slip
	First, On              bool
}

// proposedAtOnce bounds how many milestones one form proposes: the API takes 1,000 commands at once.
const proposedAtOnce = 900

// reasonKinds are why a baseline changes, as the API has them.
var reasonKinds = []choice{
	{Name: "scope"}, {Name: "funding"}, {Name: "external"}, {Name: "estimate"}, {Name: "error"},
}

// proposing shows what may be proposed as a baseline.
func proposing(a *asking, f fields) (heading, any, error) {
	p, f, err := a.form(f, "Propose a baseline", reports, "a reporter")
	if err != nil {
		return heading{}, nil, err
	}
	milestones, err := a.status(a.plan)
	if err != nil {
		return p.heading, nil, err
	}
	a.sort(milestones)
	v := proposeView{fields: f, Kind: reasonKinds}
	for _, m := range milestones {
		due := dueOpen(m)
		if due == "" || m.GetReplaced() || due == m.GetCurrentBaseline() {
			continue
		}
		r := proposeRow{
			Ref: m.GetRef(), Title: m.GetTitle(), Href: a.to(milestonePath(a.plan, m.GetRef(), m.GetMilestone())), Is: forecast(m), First: m.GetBaselineNumber() == 0,
			Item: fmt.Sprintf("%s %d %s", due, m.GetBaselineNumber(), m.GetRef()),
		}
		if r.Was = aDate(m.GetFirstForecast(), ""); !r.First {
			r.Was = aDate(m.GetCurrentBaseline(), "")
		}
		if days, ok := daysBetween(r.Was.ISO, due); ok {
			r.Days = aSlip(days, max(1, days, -days))
		}
		r.On = f.Values == nil && r.First || f.Chosen("item", r.Item)
		v.Rows = append(v.Rows, r)
	}
	v.More = len(v.Rows) - min(len(v.Rows), proposedAtOnce)
	v.Rows = v.Rows[:len(v.Rows)-v.More]
	return p.heading, v, nil
}

// proposed proposes the dates that were chosen, each as it was shown, and closes the proposal.
func proposed(_ *asking, v url.Values) ([]*pb.Command, error) {
	id, items := strings.TrimSpace(v.Get("proposal")), v["item"]
	switch {
	case id == "":
		return nil, unfilled("Give the proposal a name of your choice, such as board-2026-06.")
	case len(items) == 0:
		return nil, unfilled("Choose the milestones whose dates you propose.")
	}
	var commands []*pb.Command
	for _, item := range items {
		due, rest, _ := strings.Cut(item, " ")
		of, ref, _ := strings.Cut(rest, " ")
		replaces, err := strconv.ParseUint(of, 10, 32)
		if err != nil || ref == "" {
			return nil, unfilled("The form did not come as it was made. Open it again.")
		}
		number := uint32(replaces)
		commands = append(commands, &pb.Command{Command: &pb.Command_BaselineProposed{BaselineProposed: &pb.BaselineProposed{
			Proposal: id, Ref: ref, Value: &pb.BaselineProposed_Date{Date: &pb.BaselineDate{DeliveryDate: due}}, Replaces: &number,
			ReasonKind: v.Get("kind"), Reason: strings.TrimSpace(v.Get("reason")),
		}}})
	}
	return append(commands, &pb.Command{Command: &pb.Command_BaselineProposalClosed{
		BaselineProposalClosed: &pb.BaselineProposalClosed{Proposal: id, Count: uint32(len(items))},
	}}), nil
}

// proposalView is a proposal with every item of it, and what may be decided about it.
type proposalView struct {
	fields
	proposalRow
	Rows             []itemRow
	Approve, Propose bool // what the visitor's roles are enough for
}

// itemRow is what a proposal says of one milestone.
type itemRow struct {
	Ref, Title, Href         string
	Dimension, Value, Reason string
	Replaces                 int
	Days                     slip
	Against                  string
}

// decidingProposal shows a proposal, and asks for a decision about it.
func decidingProposal(a *asking, f fields) (heading, any, error) {
	p, f, err := a.form(f, "Proposal "+a.item, reportsOrApproves, "an approver, who is another person than the proposer")
	if err != nil {
		return heading{}, nil, err
	}
	proposals, err := all(a, a.api.BaselineProposals(a, &pb.ListBaselineProposalsRequest{Plan: a.plan, ReadAt: a.readAt(), PageSize: largePage}))
	if err != nil {
		return p.heading, nil, err
	}
	v := proposalView{fields: f}
	for _, each := range proposals {
		if each.GetProposal() == a.item {
			v.proposalRow = a.proposalRow(each)
		}
	}
	if v.ID == "" {
		return p.heading, nil, &Problem{Status: http.StatusNotFound, Title: "There is no such proposal", Sentence: "The plan has no proposal of this name. The page “Decisions” lists those that there are."}
	}
	can, err := a.may()
	if err != nil {
		return p.heading, nil, err
	}
	v.Approve, v.Propose = can.Approve, can.Report
	items, err := all(a, a.api.Baselines(a, &pb.ListBaselinesRequest{Plan: a.plan, Proposal: a.item, ReadAt: a.readAt(), PageSize: largePage}))
	if err != nil {
		return p.heading, nil, err
	}
	milestones, err := a.status(a.plan)
	if err != nil {
		return p.heading, nil, err
	}
	titles := titlesOf(milestones)
	for _, i := range items {
		r := itemRow{
			Ref: i.GetRef(), Title: titles[i.GetRef()], Href: a.to(milestonePath(a.plan, i.GetRef(), i.GetMilestone())), Dimension: i.GetDimension(), Value: i.GetValue(),
			Reason: strings.TrimSpace(i.GetReason()), Replaces: int(i.GetReplaces()), Against: i.GetAgainst(),
		}
		if i.GetDue() != "" {
			r.Value = words.Day(i.GetDue())
		}
		if i.Days != nil {
			days := int(i.GetDays())
			r.Days = aSlip(days, max(1, days, -days))
		}
		v.Rows = append(v.Rows, r)
	}
	return p.heading, v, nil
}

// proposalDecided approves, refuses or withdraws a proposal, by the digest of what was shown.
func proposalDecided(a *asking, v url.Values) ([]*pb.Command, error) {
	reason := strings.TrimSpace(v.Get("reason"))
	m := &pb.BaselineDecided{
		Proposal: a.item, Sha256: v.Get("sha256"), Body: strings.TrimSpace(v.Get("body")), Minute: strings.TrimSpace(v.Get("minute")), Reason: reason,
	}
	decided := &pb.Command{AsAt: v.Get("decided_on")}
	switch v.Get("outcome") {
	case "approve":
		decided.Command = &pb.Command_BaselineApproved{BaselineApproved: m}
	case "refuse":
		decided.Command = &pb.Command_BaselineRefused{BaselineRefused: m}
	case "withdraw":
		decided = &pb.Command{Command: &pb.Command_BaselineProposalWithdrawn{BaselineProposalWithdrawn: &pb.BaselineProposalWithdrawn{Proposal: a.item, Reason: reason}}}
	default:
		return nil, unfilled("Choose what is decided.")
	}
	return []*pb.Command{decided}, nil
}
