package main

import (
	"encoding/json"
	"fmt"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/output"
)

type forgetCommand struct {
	Person           string `xor:"whom" placeholder:"NAME" help:"The name, in any case and spacing."`
	Party            string `xor:"whom" placeholder:"ID" help:"In place of the name: the party id that milepost person prints."`
	RetireRequestKey bool   `xor:"whom" help:"Forget nobody, and replace the key under which requests were digested."`
	Reason           string `help:"Why, and on what basis. Free text cannot be forgotten: name no people here."`
	Confirm          bool   `help:"Confirm what another person asked for. Then the name is forgotten, and nothing brings it back."`
	Output           string `short:"o" enum:"table,json" default:"table" help:"table or json."`
	serverFlags
}

// Help is shown by kong.
func (forgetCommand) Help() string {
	return `What somebody stated stays, under an id of which nobody can find the name any more. It takes the role admin for every plan, and two
people: one asks, and another one confirms. Before anything is erased, look at what there is (milepost person NAME).

    milepost forget --person "Ada Example" --reason "She asked us to on 3 May; article 17"
    milepost forget --person "Ada Example" --confirm

A server of one person (milepost serve --single-user) does it at once. A name that stands in the server's credentials file has to be taken out
there first. On a ledger that nodes share, a node that is away is named: its disk can read the name until it is started. What cannot be erased is said: free text with its positions, files that were exported, older backups. docs/names.md has the rest.

Requests that milepost accepted before it kept digests without names may be tested for a name on a list by whoever has the request key.
To end that, and to lose the means to recognise those requests when they are sent again:

    milepost forget --retire-request-key --reason "..."

With -o json: {"party", "forgotten", "position", "epoch", "written_again", "free_text": [{"position", "plan", "ref", "event", "field",
"text"}], "free_text_places", "left", "nodes_away"}, or {"position", "epoch", "means", "nodes_away"} of a key that was retired.

EXIT STATUS

    0  it is asked for, or done
    1  the server refused it, or failed
    2  wrong usage
    4  the server does not answer: run the same command again`
}

// Run asks, confirms, or retires the key.
func (c *forgetCommand) Run(inv *invocation) error {
	switch {
	case c.Person == "" && c.Party == "" && !c.RetireRequestKey:
		return &usageError{"name who is to be forgotten with --person or --party, or replace the request key with --retire-request-key"}
	case c.RetireRequestKey && c.Confirm:
		return &usageError{"--retire-request-key needs nobody to confirm it: leave out --confirm"}
	case c.Reason == "" && !c.Confirm:
		return &usageError{"say why, and on what basis, with --reason. Name nobody in it: free text cannot be forgotten"}
	}
	server, err := c.dial(inv, 0)
	if err != nil {
		return err
	}
	defer server.Close()
	names := pb.NewNamesServiceClient(server.Conn())
	if c.RetireRequestKey {
		answer, err := names.RetireRequestKey(inv.ctx, &pb.RetireRequestKeyRequest{Reason: c.Reason})
		if err != nil {
			return server.Explain(err)
		}
		return c.retired(inv, answer)
	}
	answer, err := names.Forget(inv.ctx, &pb.ForgetRequest{Name: c.Person, Party: c.Party, Reason: c.Reason, Confirm: c.Confirm})
	if err != nil {
		return server.Explain(err)
	}
	return c.forgotten(inv, answer)
}

// retiredKey is a request key that was retired, as JSON.
type retiredKey struct {
	Position uint64   `json:"position"`
	Epoch    string   `json:"epoch"`
	Means    []string `json:"means"`
	Away     []string `json:"nodes_away,omitempty"`
}

func (c *forgetCommand) retired(inv *invocation, answer *pb.RetireRequestKeyResponse) error {
	if c.Output == "json" {
		return json.NewEncoder(inv.stdout).Encode(retiredKey{answer.GetPosition(), answer.GetEpoch(), answer.GetMeans(), answer.GetNodesAway()})
	}
	fmt.Fprintf(inv.stdout, "The request key is replaced, at position %d.\n", answer.GetPosition())
	for _, sentence := range answer.GetMeans() {
		fmt.Fprintf(inv.stdout, "- %s\n", sentence)
	}
	return nil
}

// forgotten is how far a forgetting came, as JSON.
type forgotten struct {
	Party          string          `json:"party"`
	Forgotten      bool            `json:"forgotten"`
	Position       uint64          `json:"position"`
	Epoch          string          `json:"epoch"`
	WrittenAgain   uint64          `json:"written_again"`
	FreeText       []forgottenText `json:"free_text"`
	FreeTextPlaces uint64          `json:"free_text_places"`
	Left           []string        `json:"left"`
	Away           []string        `json:"nodes_away,omitempty"`
}

type forgottenText struct {
	Position uint64 `json:"position"`
	Plan     string `json:"plan"`
	Ref      string `json:"ref"`
	Event    string `json:"event"`
	Field    string `json:"field"`
	Text     string `json:"text"`
}

func (c *forgetCommand) forgotten(inv *invocation, answer *pb.ForgetResponse) error {
	if c.Output == "json" {
		said := forgotten{
			Party: answer.GetParty(), Forgotten: answer.GetForgotten(), Position: answer.GetPosition(), Epoch: answer.GetEpoch(),
			WrittenAgain: answer.GetWrittenAgain(), FreeText: []forgottenText{}, FreeTextPlaces: answer.GetFreeTextPlaces(), Left: answer.GetLeft(), Away: answer.GetNodesAway(),
		}
		for _, h := range answer.GetFreeText() {
			said.FreeText = append(said.FreeText, forgottenText{h.GetPosition(), h.GetPlan(), h.GetRef(), h.GetEvent(), h.GetField(), h.GetText()})
		}
		return json.NewEncoder(inv.stdout).Encode(said)
	}
	out := inv.stdout
	if answer.GetForgotten() {
		fmt.Fprintf(out, "The name of party %s is forgotten, at position %d. %d other values were written again under another key.\n", answer.GetParty(), answer.GetPosition(), answer.GetWrittenAgain())
	} else {
		fmt.Fprintf(out, "Party %s is to be forgotten: that was asked for, at position %d.\nAnother person confirms it with --confirm. Until then nothing is erased.\n", answer.GetParty(), answer.GetPosition())
	}
	for _, sentence := range answer.GetLeft() {
		fmt.Fprintf(out, "- %s\n", output.Printable(sentence))
	}
	for _, h := range answer.GetFreeText() {
		fmt.Fprintf(out, "  position %d, plan %s, %s, %s: %s\n", h.GetPosition(), output.Printable(h.GetPlan()), h.GetEvent(), h.GetField(), output.Printable(h.GetText()))
	}
	if more := answer.GetFreeTextPlaces() - uint64(len(answer.GetFreeText())); more > 0 {
		fmt.Fprintf(out, "  and %d more: milepost person lists all\n", more)
	}
	return nil
}
