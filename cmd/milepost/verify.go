package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/oracle"
)

type verifyCommand struct {
	serverFlags
	Data   string `placeholder:"DIR" type:"existingdir" help:"Verify the data directory of a server that is down, or a copy of one. Nothing in it is changed."`
	Output string `short:"o" enum:"table,json" default:"table" help:"table (words) or json."`
}

// Help is shown by kong.
func (verifyCommand) Help() string {
	return `Proves the whole ledger, commit by commit: positions, hash chain, terms, the chain of every plan, and
that every event can be read. From a server it takes the stored bytes and the names, and trusts it with
neither. From a directory it takes the ledger alone. Damage is named with the first position that is wrong.

The digest that is printed stands for the whole history: keep it elsewhere, and compare it later.

    milepost verify --data copy-of-the-data-directory

EXIT STATUS

    0  the ledger is whole
    1  it is damaged, or the server failed; or you are no auditor of every plan
    2  wrong usage
    4  the server does not answer`
}

// Run verifies.
func (c verifyCommand) Run(inv *invocation) error {
	proof, err := c.prove(inv)
	var damage *eventstore.Damage
	if errors.As(err, &damage) && c.Output == "json" {
		if err := json.NewEncoder(inv.stdout).Encode(map[string]any{
			"damaged": map[string]any{"position": damage.Position, "commit": damage.Commit, "reason": damage.Reason},
		}); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if c.Output == "json" {
		return json.NewEncoder(inv.stdout).Encode(proof)
	}
	_, err = fmt.Fprintf(inv.stdout, "The ledger is whole.\n%s", inWords(proof))
	return err
}

func (c verifyCommand) prove(inv *invocation) (oracle.Proof, error) {
	if c.Data != "" {
		v := oracle.NewVerifier()
		chain, summary, err := embedded.Verify(c.Data, v.Apply)
		if err != nil {
			return oracle.Proof{}, err
		}
		proof := v.Proof(chain)
		if proof.Commits == 0 && summary.Torn == nil {
			return oracle.Proof{}, &usageError{fmt.Sprintf("--data: there is no ledger in %s, so nothing is proved: name the data directory of a server, or a copy of one", c.Data)}
		}
		if t := summary.Torn; t != nil {
			complain(inv.stderr, fmt.Sprintf("the last write was cut short and never acknowledged: %d bytes at %d in %s", t.Bytes, t.Offset, t.File))
		}
		return proof, nil
	}
	conn, err := c.dial(inv, 0)
	if err != nil {
		return oracle.Proof{}, err
	}
	defer conn.Close()
	v, names, _, err := oracle.NewServer(conn.Conn()).Verify(inv.ctx, inv.commitProgress())
	if err != nil {
		return oracle.Proof{}, conn.Explain(err)
	}
	proof := v.Proof(nil)
	proof.Named = new(names.NamedIn(v))
	return proof, nil
}

func inWords(p oracle.Proof) string {
	names := "their names were not looked at"
	if p.Named != nil {
		names = fmt.Sprintf("of which %d have a name that was proved", *p.Named)
	}
	return fmt.Sprintf(`records    %d, in %d commits, from %d accepted requests
plans      %d
parties    %d, %s
take-overs %d
ledger     %s
digest     %s
`, p.Position, p.Commits, p.Requests, p.Plans, p.Parties, names, p.Terms, p.Origin, p.Digest)
}

// commitProgress says on a terminal how far a long proof has come; nil where there is none.
func (inv *invocation) commitProgress() func(uint64) {
	if terminalWidth(inv.stderr) == 0 {
		return nil
	}
	return func(commits uint64) {
		if commits%1000 == 0 {
			fmt.Fprintf(inv.stderr, "\r%d commits proved", commits)
		}
	}
}
