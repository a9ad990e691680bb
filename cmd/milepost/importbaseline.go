package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/domain/period"
	"milepost.dev/internal/client"
	"milepost.dev/internal/load"
)

// proposeBaselines proposes the dates that a document calls baselines, so that a person finds them: they are no baselines before somebody
// else approves them. What the caller may not propose is left out, with the command that would.
func (c *importCommand) proposeBaselines(inv *invocation, server *client.Client, r *load.Result) error {
	if !c.Propose || len(r.Baselined) == 0 {
		return nil
	}
	digest := strings.TrimPrefix(r.Digest, "sha256:")
	p := importedBaselines{baselineProposeCommand{Plan: c.Plan, Proposal: "import-" + digest[:min(12, len(digest))], From: r.Baselined[0].Label, speaking: c.speaking}}
	fresh, other, err := p.sorted(inv, server, r.Baselined)
	if err != nil {
		return broken(err)
	}
	if len(other) > 0 {
		again := p
		again.Proposal += "-again"
		complain(inv.stderr, fmt.Sprintf("under %q the document has another date than the baseline of %s. A baseline is replaced only with a reason: %s --kind KIND --reason WHY",
			p.From, listOf(other[:min(mostNamed, len(other))], len(other)), again.typed()))
	}
	if len(fresh) == 0 {
		return nil
	}
	found, err := p.propose(inv, server, fresh)
	if refused, ok := errors.AsType[*client.Error](err); ok && statusOf(err) != statusUnanswered {
		complain(inv.stderr, fmt.Sprintf("the dates under %q are not proposed as baselines: %s Somebody who may can propose them: %s", p.From, refused.Message, p.typed()))
		return nil // the document was imported
	}
	if err != nil {
		complain(inv.stderr, fmt.Sprintf("the dates under %q are not all proposed as baselines. The document was imported; propose them: %s", p.From, p.typed()))
		return broken(err)
	}
	r.Proposed = &load.Proposed{Proposal: p.Proposal, From: p.From, Items: int(found.GetItems()), SHA256: found.GetSha256()}
	complain(inv.stderr, fmt.Sprintf("the dates under %q are proposed as baselines, and are none before somebody else approves them: milepost baseline list --plan %s --proposal %s shows them",
		p.From, c.Plan, p.Proposal))
	return nil
}

// importedBaselines is the command that would propose the same by hand.
type importedBaselines struct{ baselineProposeCommand }

// typed is the command as it is typed.
func (p importedBaselines) typed() string {
	said := fmt.Sprintf("milepost baseline propose %s --proposal %s --from '%s'", p.Plan, p.Proposal, strings.ReplaceAll(p.From, "'", `'\''`))
	if p.OnBehalfOf != "" {
		said += fmt.Sprintf(" --on-behalf-of '%s'", strings.ReplaceAll(p.OnBehalfOf, "'", `'\''`))
	}
	return said
}

// sorted are the commands that propose a first baseline, and the references of open milestones that have another baseline. What is baselined or proposed
// so already is in neither.
func (p importedBaselines) sorted(inv *invocation, server *client.Client, all []load.Baselined) (fresh []*pb.Command, other []string, err error) {
	known := map[string]*pb.MilestoneStatus{}
	answer := server.Status(inv.ctx, &pb.ListStatusRequest{Plan: p.Plan, PageSize: largePage})
	for m, err := range answer.Items {
		if err != nil {
			return nil, nil, err
		}
		known[m.GetRef()] = m
	}
	for _, b := range all {
		m := known[b.Ref]
		due, err := period.ReadISO(b.Date)
		if err != nil || m == nil || b.Label != p.From || slices.Contains([]string{"achieved", "cancelled", "replaced"}, m.GetState()) {
			continue
		}
		switch day := due.Due().String(); {
		case day == m.GetCurrentBaseline(), day == m.GetProposedBaseline():
		case m.GetBaselineNumber() > 0:
			other = append(other, b.Ref)
		default:
			fresh = append(fresh, p.dated(b.Ref, b.Date))
		}
	}
	return fresh, other, nil
}

// propose sends the items and closes the proposal. Repeated it adds nothing.
func (p importedBaselines) propose(inv *invocation, server *client.Client, items []*pb.Command) (*pb.BaselineProposal, error) {
	send := func(revision uint64, batch []*pb.Command) error {
		id := p.forParty(p.Plan)
		for _, command := range batch {
			id = factID(id, revision, command)
		}
		_, err := server.Submit(inv.ctx, &pb.SubmitRequest{RequestId: id, Plan: p.Plan, OnBehalfOf: p.OnBehalfOf, Commands: batch})
		return err
	}
	for batch := range slices.Chunk(items, proposedAtOnce) {
		if err := send(0, batch); err != nil {
			return nil, err
		}
	}
	found, err := proposal(inv, server, p.Plan, p.Proposal)
	if err != nil {
		return nil, err
	}
	closing := &pb.Command{Command: &pb.Command_BaselineProposalClosed{
		BaselineProposalClosed: &pb.BaselineProposalClosed{Proposal: p.Proposal, Count: uint32(found.GetItems())},
	}}
	if err := send(found.GetPosition(), []*pb.Command{closing}); err != nil {
		return nil, err
	}
	return proposal(inv, server, p.Plan, p.Proposal)
}
