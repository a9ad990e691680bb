package load

import (
	"context"
	"slices"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/reading/documents"
)

// begin says of a plan by which conventions its dates are written, where somebody says so, and on which scale its milestones are rated, where
// the document has a key.
func (r *run) begin(ctx context.Context, known existing) error {
	revised := r.Conventions.Revise(known.GetPlan())
	if schemes := r.schemes(known.GetPlan().GetRatingSchemes()); schemes != nil {
		if revised == nil {
			revised = &pb.PlanRevised{}
		}
		revised.RatingSchemes = schemes
	}
	if revised != nil {
		return r.submit(ctx, r.command("", &pb.Command{Command: &pb.Command_PlanRevised{PlanRevised: revised}}))
	}
	return nil
}

// registration registers the plan as the document has it.
func (r *run) registration() *pb.Command {
	registered := &pb.PlanRegistered{Name: fit(orElse(r.Name, r.report.Plan.Title), maxName)}
	registered.PeriodStart, registered.PeriodEnd = r.settings.PlanStart.String(), r.settings.PlanEnd.String()
	registered.RatingSchemes = r.schemes(nil)
	r.Conventions.Register(registered)
	return r.command("", &pb.Command{Command: &pb.Command_PlanRegistered{PlanRegistered: registered}})
}

// parts of the plan that a row names: its workstream, scheme and deliverable.
func (s *sender) parts(m *documents.Milestone) error {
	workstream, scheme := fit(m.Workstream.Text, maxName), fit(m.Scheme.Text, maxName)
	s.part(pb.ComponentKind_COMPONENT_KIND_WORKSTREAM, workstream, "")
	s.part(pb.ComponentKind_COMPONENT_KIND_SCHEME, scheme, workstream)
	s.part(pb.ComponentKind_COMPONENT_KIND_DELIVERABLE, fit(m.Deliverable.Text, maxName), orElse(scheme, workstream))
	if len(s.waiting) < partsAtOnce || s.register != nil {
		return nil
	}
	return s.giveParts()
}

// partsAtOnce is how many parts of a plan make a request.
const partsAtOnce = 500

// giveParts sends the parts that wait. Parts alone do not begin a plan of which every row was refused.
func (s *sender) giveParts() error {
	if s.register != nil && s.turnedAway {
		return nil
	}
	waiting := s.waiting
	s.waiting = nil
	for commands := range slices.Chunk(waiting, partsAtOnce) {
		if err := s.give(commands, 0, 0); err != nil {
			return err
		}
	}
	return nil
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
	if r.saidBefore && len(r.result.Events) == 0 {
		return nil // the history that a workbook keeps says nothing new
	}
	read := r.command("", &pb.Command{Command: &pb.Command_DocumentImported{DocumentImported: &pb.DocumentImported{
		Digest: r.result.Digest, Document: fit(r.report.Plan.File, maxName), Mapping: r.Mapping, Columns: columnsOf(r.report),
	}}})
	if r.register != nil { // it states nothing else
		return r.submit(ctx, r.register, read)
	}
	return r.submit(ctx, read)
}
