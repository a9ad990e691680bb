package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"milepost.dev/internal/access"
	"milepost.dev/internal/output"
)

type tokenCommand struct {
	Local   tokenLocalCommand   `cmd:"" help:"Print the token of your server on this machine, for other programs."`
	Make    tokenMakeCommand    `cmd:"" default:"withargs" hidden:"" help:"Make a token and print its entry."`
	Add     tokenAddCommand     `cmd:"" help:"Make a token and add its entry to the credentials file."`
	Subject tokenSubjectCommand `cmd:"" help:"Add an entry for a person known to an issuer (--oidc)."`
	List    tokenListCommand    `cmd:"" help:"List who the credentials file lets in."`
	Revoke  tokenRevokeCommand  `cmd:"" help:"Remove entries from the credentials file."`
}

// Help is shown by kong.
func (tokenCommand) Help() string {
	return `Makes a bearer token: the token goes to standard error, once, and the entry for the server's
--credentials file to standard output. The file holds a digest, so nobody can read the token from it.

    milepost token finance-system --organisation Treasury --role 'hubs=reporter'

Better, add puts the entry into the file. A running server takes the file up within a second.

    milepost token add finance-system --role 'hubs=reporter' --credentials credentials.json
    milepost token list --credentials credentials.json
    milepost token revoke finance-system --credentials credentials.json

Who signs in through an OpenID Connect issuer needs no token, and an entry of their own:

    milepost token subject 7d4a1c9e-52f0 --issuer https://login.example.org --role 'hubs=reporter' --credentials credentials.json

A server on loopback without --credentials makes a token of its own at each start, which local prints.

EXIT STATUS

    0  done
    1  the file cannot be used or written, or has no such entry
    2  wrong usage`
}

// newEntry says who gets a token.
type newEntry struct {
	Actor        string   `arg:"" help:"Who is recorded as having said what is sent with the token."`
	Organisation string   `help:"For whom the actor speaks, where a request does not say."`
	Person       string   `help:"Who answers for what is stated with the token. An entry without one may neither propose nor approve baselines."`
	Role         []string `placeholder:"PLAN=ROLE" help:"reporter, reviewer (settles what documents mean), approver, admin (grants roles) or viewer of a plan, or of every plan with *=ROLE; or for every plan alone auditor (reads the ledger as it is stored) or operator (takes backups). May be repeated."`
	NotAfter     string   `placeholder:"DAY" help:"Until when it lets its holder in: a day, to its end in UTC, or a time as 2027-03-31T18:00:00Z."`
}

// make makes a token and its entry.
func (c newEntry) make() (token, digest string, entry []byte, err error) {
	roles, err := rolesOf(c.Role)
	if err != nil {
		return "", "", nil, err
	}
	if token, digest, err = access.NewToken(rand.Reader); err != nil {
		return "", "", nil, err
	}
	if entry, err = access.Entry(digest, c.Actor, c.Organisation, c.Person, c.NotAfter, roles); err != nil {
		return "", "", nil, err
	}
	if _, err := access.Parse(fileOf(entry)); err != nil {
		return "", "", nil, &usageError{err.Error()}
	}
	return token, digest, entry, nil
}

// rolesOf reads roles as they are given on the command line, by plan.
func rolesOf(given []string) (map[string][]string, error) {
	roles := map[string][]string{}
	for _, r := range given {
		plan, role, ok := strings.Cut(r, "=")
		if !ok || plan == "" {
			return nil, &usageError{fmt.Sprintf("%q says no plan and role: write it as hubs=reporter", r)}
		}
		roles[plan] = append(roles[plan], role)
	}
	return roles, nil
}

// fileOf is a credentials file with one token.
func fileOf(entry []byte) []byte {
	return fmt.Appendf(nil, "{\n  \"tokens\": [\n    %s\n  ]\n}\n", entry)
}

type tokenMakeCommand struct{ newEntry }

// Run makes a token.
func (c *tokenMakeCommand) Run(inv *invocation) error {
	token, _, entry, err := c.make()
	if err != nil {
		return err
	}
	fmt.Fprintf(inv.stderr, "The token, shown this once: %s\n", token)
	_, err = inv.stdout.Write(fileOf(entry))
	return err
}

// credentialsFlag names the file that is changed or listed.
type credentialsFlag struct {
	Credentials string `required:"" placeholder:"FILE" help:"The credentials file."`
}

type tokenAddCommand struct {
	newEntry
	To string `placeholder:"FILE" help:"Write the token to a new file that only you can read, for --token-file, in place of standard output."`
	credentialsFlag
}

// Help is shown by kong.
func (tokenAddCommand) Help() string {
	return `Makes a token and adds its entry to the file, which is made where there is none. The token goes to standard
output, or to the new file of --to, once, and is kept nowhere else. The credentials file is replaced in one step, with mode 0600, and keeps everything else that it
holds as it stands.`
}

// Run adds an entry.
func (c *tokenAddCommand) Run(inv *invocation) error {
	edit, err := access.Edit(c.Credentials)
	if err != nil {
		return err
	}
	token, digest, entry, err := c.make()
	if err != nil {
		return err
	}
	if c.To == "" {
		if err := edit.Add(entry); err != nil {
			return err
		}
		fmt.Fprintf(inv.stderr, "Entry %s lets %s in. The token, shown this once:\n", access.ID(digest), output.Printable(c.Actor))
		_, err = fmt.Fprintln(inv.stdout, token)
		return err
	}
	// The token comes first: an entry for a token that nobody has would have to be found and taken out.
	if err := writeNew(c.To, token+"\n"); err != nil {
		return fmt.Errorf("keep the token: %w", err)
	}
	if err := edit.Add(entry); err != nil {
		return errors.Join(err, os.Remove(c.To))
	}
	fmt.Fprintf(inv.stderr, "Entry %s lets %s in. The token is in %s.\n", access.ID(digest), output.Printable(c.Actor), c.To)
	return nil
}

// writeNew makes a file that only its owner can read. It replaces none, and follows no link.
func writeNew(path, text string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

var listedColumns = []output.Column[access.Listed]{
	{Name: "kind", Value: func(l access.Listed) any { return l.Kind }, Heading: "KIND"},
	{Name: "id", Value: func(l access.Listed) any { return l.ID }, Heading: "ID"},
	{Name: "actor", Value: func(l access.Listed) any { return l.Actor }, Heading: "ACTOR", Gives: true},
	{Name: "organisation", Value: func(l access.Listed) any { return output.Text(l.Organisation) }, Heading: "ORGANISATION", Gives: true},
	{Name: "roles", Value: func(l access.Listed) any { return l.Roles }, Heading: "ROLES"},
	{Name: "expires", Value: func(l access.Listed) any {
		if l.NotAfter.IsZero() {
			return nil
		}
		return l.NotAfter.UTC().Format(time.RFC3339)
	}, Heading: "EXPIRES"},
}

type tokenListCommand struct {
	credentialsFlag
	Output output.Format `short:"o" default:"table" enum:"table,json,ndjson,csv" help:"table, json, ndjson or csv."`
}

// Run lists the entries.
func (c *tokenListCommand) Run(inv *invocation) error {
	edit, err := access.Edit(c.Credentials)
	if err != nil {
		return err
	}
	all, err := edit.List()
	if err != nil {
		return err
	}
	return output.Write(inv.stdout, c.Output, terminalWidth(inv.stdout), listedColumns, output.All(all))
}

type tokenRevokeCommand struct {
	Which string `arg:"" name:"actor-or-id" help:"Whose entries to take out; or one entry, by eight or more digits of its id."`
	credentialsFlag
}

// Help is shown by kong.
func (tokenRevokeCommand) Help() string {
	return `Takes out every token, certificate and subject of an actor, or the one entry with an id that token list prints, and prints
what it took out. A running server refuses it within a second, and ends what it has open within five.`
}

// Run takes entries out.
func (c *tokenRevokeCommand) Run(inv *invocation) error {
	edit, err := access.Edit(c.Credentials)
	if err != nil {
		return err
	}
	gone, err := edit.Revoke(c.Which)
	if err != nil {
		return err
	}
	return output.Write(inv.stdout, output.Table, terminalWidth(inv.stdout), listedColumns, output.All(gone))
}
