package load

import (
	"context"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/reading/documents"
)

// begin registers the plan where there is none, and else says of it by which conventions its dates are written.
func (r *run) begin(ctx context.Context, known existing) error {
	if known.GetPlanResponse != nil {
		if revised := r.Conventions.Revise(known.GetPlan()); revised != nil {
			return r.submit(ctx, r.command("", &pb.Command{Command: &pb.Command_PlanRevised{PlanRevised: revised}}))
		}
		return nil
	}
	registered := &pb.PlanRegistered{Name: fit(orElse(r.Name, r.report.Plan.Title), maxName)}
	registered.PeriodStart, registered.PeriodEnd = r.settings.PlanStart.String(), r.settings.PlanEnd.String()
	r.Conventions.Register(registered)
	return r.submit(ctx, r.command("", &pb.Command{Command: &pb.Command_PlanRegistered{PlanRegistered: registered}}))
}

// parts of the plan that a row names: its workstream, scheme and deliverable.
func (s *sender) parts(m *documents.Milestone) error {
	workstream, scheme := fit(m.Workstream.Text, maxName), fit(m.Scheme.Text, maxName)
	s.part(pb.ComponentKind_COMPONENT_KIND_WORKSTREAM, workstream, "")
	s.part(pb.ComponentKind_COMPONENT_KIND_SCHEME, scheme, workstream)
	s.part(pb.ComponentKind_COMPONENT_KIND_DELIVERABLE, fit(m.Deliverable.Text, maxName), orElse(scheme, workstream))
	if len(s.waiting) < partsAtOnce {
		return nil
	}
	return s.giveParts()
}

// partsAtOnce is how many parts of a plan make a request.
const partsAtOnce = 500

func (s *sender) giveParts() error {
	if len(s.waiting) == 0 {
		return nil
	}
	commands := s.waiting
	s.waiting = nil
	return s.give(commands, 0, 0)
}

// part states a part of the plan, where the document names it for the first time.
func (s *sender) part(kind pb.ComponentKind, name, within string) {
	if name == "" || !s.named.add(kind.String()+" "+name) {
		return
	}
	if within == name {
		within = ""
	}
	s.waiting = append(s.waiting, s.command("", &pb.Command{Command: &pb.Command_ComponentStated{ComponentStated: &pb.ComponentStated{
		Kind: kind, Name: name, Within: within,
	}}}))
}

// end says what a complete document left out, and that all of it was read.
func (r *run) end(ctx context.Context) error {
	r.result.FundsNotTold = r.funds.notTold()
	if r.Complete {
		r.result.Missing = append(r.result.Missing, r.missing...)
		for _, ref := range r.missing {
			if err := r.submit(ctx, r.command("", &pb.Command{Command: &pb.Command_MilestoneNotReported{
				MilestoneNotReported: &pb.MilestoneNotReported{Ref: ref, Return: fit(r.report.Plan.File, 500)},
			}})); err != nil {
				return err
			}
		}
	}
	if len(r.result.Refused) > 0 {
		return nil // not all of it
	}
	return r.submit(ctx, r.command("", &pb.Command{Command: &pb.Command_DocumentImported{DocumentImported: &pb.DocumentImported{
		Digest: r.result.Digest, Document: fit(r.report.Plan.File, maxName), Mapping: r.Mapping, Columns: columnsOf(r.report),
	}}}))
}
