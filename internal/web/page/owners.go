package page

import (
	"cmp"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
)

// ownersView is who owns what of a plan, and what passed from one to another.
type ownersView struct {
	Head   planHead
	Rows   []ownerRow
	Passed []handover
	More   int // that are not shown
	Files  []fileLink
}

// ownerRow is an owner with what stands out among their milestones.
type ownerRow struct {
	Name, Href string
	Milestones int
	Figures    []figure
}

// handover is a milestone that passed from one owner to another.
type handover struct {
	Ref, Title, Href   string
	Position           uint64
	EventHref          string
	From, To, AsAt, By string
	Reason             string
}

const handovers = 50

// ownerFigures are the conditions that are counted of each owner.
var ownerFigures = []string{"open", "overdue", "slipped", "undated", "achieved", "review"}

// owners shows who owns the milestones of a plan.
func owners(a *asking) (heading, any, error) {
	p, err := a.open("/owners")
	if err != nil {
		return heading{}, nil, err
	}
	milestones, err := a.status(a.plan)
	if err != nil {
		return p.heading, nil, err
	}
	view := ownersView{Head: p.head, Rows: a.ownerRows(milestones, a.spoken.GetAsAt()), Files: a.files("csv", "xlsx", "json")}
	periods, err := all(a, a.api.Owners(a, &pb.ListOwnersRequest{Plan: a.plan, ReadAt: a.readAt(), All: true, PageSize: largePage}))
	if err != nil {
		return p.heading, nil, err
	}
	view.Passed = a.handovers(periods)
	view.More = len(view.Passed) - min(len(view.Passed), handovers)
	view.Passed = view.Passed[:len(view.Passed)-view.More]
	return p.heading, view, nil
}

// ownerRows are the owners, the one with most that is overdue first. Milestones without an owner are one row.
func (a *asking) ownerRows(milestones []*pb.MilestoneStatus, day string) []ownerRow {
	of := map[string][]*pb.MilestoneStatus{}
	for _, m := range milestones {
		of[m.GetOwner()] = append(of[m.GetOwner()], m)
	}
	var rows []ownerRow
	for name, theirs := range of {
		filter := []string{paramOwner, name}
		if name == "" {
			filter = []string{paramNo, paramOwner}
		}
		r := ownerRow{Name: cmp.Or(name, "no owner"), Href: a.list(filter...), Milestones: len(theirs)}
		for _, show := range ownerFigures {
			c, _ := conditionOf(show)
			r.Figures = append(r.Figures, figure{Tone: c.tone, Name: c.says, N: len(those(theirs, show, day)), Href: a.list(append(slices.Clone(filter), paramShow, show)...)})
		}
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(x, y ownerRow) int {
		return cmp.Or(cmp.Compare(y.Figures[1].N, x.Figures[1].N), cmp.Compare(y.Figures[2].N, x.Figures[2].N), strings.Compare(x.Name, y.Name))
	})
	return rows
}

// handovers are the changes of owner, the newest first. The first owner of a milestone took it from nobody.
func (a *asking) handovers(periods []*pb.Ownership) []handover {
	var passed []handover
	for i, o := range periods {
		if i == 0 || periods[i-1].GetMilestone() != o.GetMilestone() {
			continue
		}
		passed = append(passed, handover{
			Ref: o.GetRef(), Title: o.GetTitle(), Href: a.to(milestonePath(a.plan, o.GetRef(), o.GetMilestone())), Position: o.GetPosition(),
			EventHref: a.to(eventPath(a.plan, o.GetPosition())), From: periods[i-1].GetOwner(), To: o.GetOwner(), AsAt: o.GetEffective(),
			By: o.GetActor(), Reason: o.GetReason(),
		})
	}
	slices.SortStableFunc(passed, func(x, y handover) int {
		return cmp.Or(strings.Compare(y.AsAt, x.AsAt), cmp.Compare(y.Position, x.Position))
	})
	return passed
}
