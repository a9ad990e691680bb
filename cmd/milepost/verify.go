package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/backup"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/oracle"
	"milepost.dev/internal/oracle/sweep"
	"milepost.dev/internal/output"
	"milepost.dev/internal/parties"
)

type verifyCommand struct {
	serverFlags
	Data      string   `placeholder:"DIR" type:"existingdir" xor:"of" help:"Verify a data directory, while its server runs or is down, or a copy of one. Nothing in it is changed."`
	Sweep     bool     `help:"With --data: write into the directory when it was proved and what that came to, so that its server shows both. For a timer."`
	Backup    string   `placeholder:"DIR" type:"existingdir" xor:"of" help:"Verify a backup, and the names in it. Nothing in it is changed."`
	AccessLog string   `placeholder:"FILE" type:"existingfile" xor:"of" help:"Verify an access log with its older files, while its server runs or is down. Nothing in it is changed."`
	Store     string   `placeholder:"DIR" type:"existingdir" xor:"of" help:"Verify what one NATS server of a cluster keeps, in its store directory (store_dir), while it runs or is down. Nothing in it is changed."`
	SweepInto string   `placeholder:"DIR" type:"existingdir" help:"With --store: write the same into the data directory of this machine's node, so that the node shows when the store was proved."`
	Account   string   `default:"$$G" placeholder:"NAME" help:"With --store: the NATS account of the ledger (default $$G, that of a server without accounts)."`
	Receipt   []string `placeholder:"FILE" type:"existingfile" help:"Receipts that were kept elsewhere, a line of JSON each, as milepost submit prints them. The ledger has to agree with every one. May be given again."`
	Expect    []string `placeholder:"COMMIT:DIGEST" help:"The digest of a commit that was kept elsewhere: of a receipt, or as milepost verify printed it; with --access-log of a line. May be given again."`
	Output    string   `short:"o" enum:"table,json" default:"table" help:"table (words) or json."`
}

// Help is shown by kong.
func (verifyCommand) Help() string {
	return `Proves the whole ledger, commit by commit: positions, hash chain, terms, the chain of every plan, and
that every event can be read, and that each party has a name. The stored bytes and the names come from a server, which is trusted
with neither, from a backup, from what one server of a NATS cluster keeps, or from a data directory: then it finds what a server would refuse to start on, and may run beside the
server. Damage is named with the first position that is wrong.

The digest that is printed stands for the whole history. Whoever holds the disk could write the whole ledger anew, and it
would be whole; so keep receipts or a digest elsewhere, and have them compared:

    milepost verify --data copy-of-the-data-directory
    milepost verify --data milepost-data --sweep
    milepost verify --store /var/lib/nats --account MILEPOST --sweep-into /var/lib/milepost/node
    milepost verify --receipt receipts.ndjson --expect 3:217b8de8...

Of an access log it proves that no line was changed, put in or taken out since it was written. The digest that it prints, or that
the server's log has for the end of each file, shows whether the end was cut off, or all of it written anew:

    milepost verify --access-log milepost-data/access.log --expect 4711:9c1e0b...

EXIT STATUS

    0  the ledger, or the access log, is whole
    1  it is damaged or contradicts what was kept, or the server failed; or you are no auditor of every plan
    2  wrong usage
    4  the server does not answer`
}

// Run verifies.
func (c verifyCommand) Run(inv *invocation) error {
	if c.SweepInto != "" && c.Store == "" {
		return &usageError{"--sweep-into is for what a NATS server keeps: name that with --store"}
	}
	if c.Sweep && c.Data == "" {
		return &usageError{"--sweep writes into a data directory: name it with --data"}
	}
	if c.AccessLog != "" {
		return c.accessLog(inv)
	}
	evidence, err := c.evidence()
	if err != nil {
		return err
	}
	proof, err := c.prove(inv, evidence)
	if damaged := inJSON(err); damaged != nil && c.Output == "json" {
		if err := output.NewEncoder(inv.stdout).Encode(map[string]any{"damaged": damaged}); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	if c.Output == "json" {
		return output.NewEncoder(inv.stdout).Encode(proof)
	}
	_, err = fmt.Fprintf(inv.stdout, "The ledger is whole.\n%s", inWords(proof))
	return err
}

// evidence is what was kept elsewhere; nil where nothing is given.
func (c verifyCommand) evidence() (*oracle.Evidence, error) {
	if len(c.Receipt)+len(c.Expect) == 0 {
		return nil, nil
	}
	e := &oracle.Evidence{}
	for _, text := range c.Expect {
		if err := e.Expect(text); err != nil {
			return nil, &usageError{"--expect: " + err.Error()}
		}
	}
	for _, name := range c.Receipt {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		found, err := e.ReadReceipts(file)
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, &usageError{fmt.Sprintf("--receipt: %s: %v", name, err)}
		}
		if found == 0 {
			return nil, &usageError{fmt.Sprintf("--receipt: there is no receipt in %s, so nothing is compared: keep what milepost submit prints", name)}
		}
	}
	return e, nil
}

// inJSON is the damage that an error names; nil where it names none.
func inJSON(err error) map[string]any {
	if d, ok := errors.AsType[*eventstore.Damage](err); ok {
		return map[string]any{"position": d.Position, "commit": d.Commit, "reason": d.Reason}
	}
	if d, ok := errors.AsType[*embedded.KeptDamage](err); ok {
		return map[string]any{"file": d.File, "offset": d.Offset, "reason": d.Reason}
	}
	if d, ok := errors.AsType[*parties.Damage](err); ok {
		return map[string]any{"name": d.Key, "reason": d.Reason}
	}
	if d, ok := errors.AsType[*backup.Damage](err); ok {
		return map[string]any{"position": d.Position, "file": d.File, "reason": d.Reason}
	}
	return nil
}

// proveBackup proves the commits and the names of a backup.
func (c verifyCommand) proveBackup(inv *invocation, evidence *oracle.Evidence) (oracle.Proof, error) {
	b, err := backup.Open(c.Backup)
	if err != nil {
		return oracle.Proof{}, err
	}
	defer b.Close()
	v, progress := oracle.NewVerifier(), inv.commitProgress()
	v.Evidence = evidence
	proven, err := b.Prove(inv.ctx, func(commit *eventstore.Commit) error {
		if progress != nil {
			progress(commit.Number)
		}
		return v.Apply(commit)
	})
	if err != nil {
		return oracle.Proof{}, err
	}
	proof := v.Proof(proven.Chain)
	if proof.Commits == 0 {
		return oracle.Proof{}, &usageError{fmt.Sprintf("--backup: the backup in %s holds nothing yet, so nothing is proved: run milepost backup", c.Backup)}
	}
	proof.Named = new(v.Named(proven.Parties))
	return proof, evidence.Met(proof.Position, proof.Commits)
}

func (c verifyCommand) prove(inv *invocation, evidence *oracle.Evidence) (oracle.Proof, error) {
	if c.Backup != "" {
		return c.proveBackup(inv, evidence)
	}
	if c.Store != "" {
		proof, err := c.proveStore(evidence)
		if c.SweepInto != "" {
			err = errors.Join(err, sweep.Keep(c.SweepInto, clock.System().Now(), sweep.Finding{Proof: proof}, err))
		}
		return proof, err
	}
	if c.Data != "" {
		return c.proveData(inv, evidence)
	}
	conn, err := c.dial(inv, 0)
	if err != nil {
		return oracle.Proof{}, err
	}
	defer conn.Close()
	server := oracle.NewServer(conn.Conn())
	server.Evidence = evidence
	v, names, _, err := server.Verify(inv.ctx, inv.commitProgress())
	if err != nil {
		return oracle.Proof{}, conn.Explain(err)
	}
	proof := v.Proof(nil)
	proof.Named = new(names.NamedIn(v))
	return proof, evidence.Met(proof.Position, proof.Commits)
}

// proveData proves a data directory, and keeps what that came to where it is asked to.
func (c verifyCommand) proveData(inv *invocation, evidence *oracle.Evidence) (oracle.Proof, error) {
	held := evidence
	found, err := sweep.Directory(c.Data, func() *oracle.Verifier {
		v := oracle.NewVerifier()
		held = evidence.Clone()
		v.Evidence = held
		return v
	})
	if err == nil {
		err = held.Met(found.Proof.Position, found.Proof.Commits)
	}
	if c.Sweep {
		if kept := sweep.Keep(c.Data, clock.System().Now(), found, err); kept != nil {
			return found.Proof, errors.Join(err, kept)
		}
	}
	if err != nil {
		return found.Proof, err
	}
	for _, note := range found.Notes {
		complain(inv.stderr, note)
	}
	if found.Proof.Commits == 0 && len(found.Notes) == 0 {
		return found.Proof, &usageError{fmt.Sprintf("--data: there is no ledger in %s, so nothing is proved: name the data directory of a server, or a copy of one", c.Data)}
	}
	return found.Proof, nil
}

// proveStore proves the ledger of one server of a cluster. The server may have been writing what was read, so damage is believed when
// it is there at a second look.
func (c verifyCommand) proveStore(evidence *oracle.Evidence) (proof oracle.Proof, err error) {
	for range 2 {
		v, held := oracle.NewVerifier(), evidence.Clone()
		v.Evidence = held
		var chain *eventstore.Chain
		if chain, _, err = embedded.VerifyMember(c.Store, c.Account, v.Apply); err == nil {
			proof = v.Proof(chain)
			return proof, held.Met(proof.Position, proof.Commits)
		}
	}
	return proof, err
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
%s%s`, p.Position, p.Commits, p.Requests, p.Plans, p.Parties, names, p.Terms, p.Origin, p.Digest, keptInWords(p.Kept), restoresInWords(p.Restores))
}

// keptInWords is a line on what was kept elsewhere; nothing where nothing was given.
func keptInWords(kept int) string {
	if kept == 0 {
		return ""
	}
	return fmt.Sprintf("kept       %d receipts and digests, all of which agree\n", kept)
}

// restoresInWords has a line for each restore. Most ledgers have none.
func restoresInWords(restores []oracle.Restore) string {
	var b strings.Builder
	for _, r := range restores {
		switch {
		case !r.Lost:
			fmt.Fprintf(&b, "restored   from a backup that ended at position %d, on %s; nothing is known to be lost\n", r.Position, r.RestoredAt)
		case r.LastKnown > r.Position:
			fmt.Fprintf(&b, "LOST       positions %d to %d of ledger %s, when a backup was restored on %s\n", r.Position+1, r.LastKnown, r.PreviousOrigin, r.RestoredAt)
		default:
			fmt.Fprintf(&b, "LOST       what came after position %d of ledger %s, nobody knows how much, when a backup was restored on %s\n", r.Position, r.PreviousOrigin, r.RestoredAt)
		}
	}
	return b.String()
}

// commitProgress says on a terminal how far a long proof has come; nil where there is none.
func (inv *invocation) commitProgress() func(uint64) { return inv.commitsDone("proved") }

func (inv *invocation) commitsDone(what string) func(uint64) {
	if terminalWidth(inv.stderr) == 0 {
		return nil
	}
	return func(commits uint64) {
		if commits%1000 == 0 {
			fmt.Fprintf(inv.stderr, "\r%d commits %s", commits, what)
		}
	}
}
