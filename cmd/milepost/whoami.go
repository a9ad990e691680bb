package main

import (
	"strings"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

type whoamiCommand struct {
	serverFlags
	Output output.Format `short:"o" default:"table" enum:"table,json,ndjson,csv" help:"table, json, ndjson or csv."`
}

// Help is shown by kong.
func (whoamiCommand) Help() string {
	return `Prints as whom the server knows you, by what, what you may do, and until when.

    milepost whoami

KNOWN BY says token, certificate or oidc; local-token on your own machine, where the server has no --credentials; open where
it asks nobody; and nothing where you showed nothing, and may only read. REPORTERS REVIEW says yes where the server's credentials
give nobody the role reviewer: then whoever is a reporter of a plan also settles its review items.`
}

var whoamiColumns = []output.Column[*pb.WhoAmIResponse]{
	{Name: "actor", Value: func(w *pb.WhoAmIResponse) any { return w.GetActor() }, Heading: "ACTOR", Gives: true},
	{Name: "organisation", Value: func(w *pb.WhoAmIResponse) any { return output.Text(w.GetOrganisation()) }, Heading: "ORGANISATION", Gives: true},
	{Name: "roles", Value: func(w *pb.WhoAmIResponse) any {
		var all []string
		for _, given := range w.GetRoles() {
			all = append(all, given.GetPlan()+"="+strings.Join(given.GetRoles(), ","))
		}
		return output.Text(strings.Join(all, " "))
	}, Heading: "ROLES"},
	{Name: "reporters_review", Value: func(w *pb.WhoAmIResponse) any {
		if !w.GetReportersReview() {
			return nil
		}
		return true
	}, Heading: "REPORTERS REVIEW", Seldom: true, Show: func(w *pb.WhoAmIResponse) string {
		if w.GetReportersReview() {
			return "yes"
		}
		return ""
	}},
	{Name: "by", Value: func(w *pb.WhoAmIResponse) any { return w.GetBy() }, Heading: "KNOWN BY"},
	{Name: "not_after", Value: func(w *pb.WhoAmIResponse) any { return output.Text(w.GetNotAfter()) }, Heading: "UNTIL"},
	{Name: "issuer", Value: func(w *pb.WhoAmIResponse) any { return output.Text(w.GetIssuer()) }, Heading: "ISSUER", Gives: true},
	{Name: "subject", Value: func(w *pb.WhoAmIResponse) any { return output.Text(w.GetSubject()) }, Heading: "SUBJECT", Gives: true},
	{Name: "display_name", Value: func(w *pb.WhoAmIResponse) any { return output.Text(w.GetDisplayName()) }, Heading: "NAME", Gives: true},
}

// Run asks.
func (c *whoamiCommand) Run(inv *invocation) error {
	server, err := c.dial(inv, 0)
	if err != nil {
		return err
	}
	defer server.Close()
	answer, err := askWho(inv, server)
	if err != nil {
		return err
	}
	return output.Write(inv.stdout, c.Output, terminalWidth(inv.stdout), whoamiColumns, output.All([]*pb.WhoAmIResponse{answer}))
}

// askWho asks a server as whom it knows the caller.
func askWho(inv *invocation, server *client.Client) (*pb.WhoAmIResponse, error) {
	answer, err := pb.NewIdentityServiceClient(server.Conn()).WhoAmI(inv.ctx, &pb.WhoAmIRequest{})
	if err != nil {
		return nil, server.Explain(err)
	}
	return answer, nil
}
