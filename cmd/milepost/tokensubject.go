package main

import (
	"fmt"

	"milepost.dev/internal/access"
	"milepost.dev/internal/access/openid"
	"milepost.dev/internal/output"
)

type tokenSubjectCommand struct {
	Subject      string   `arg:"" help:"The stable name that the issuer gives them: what milepost whoami prints as SUBJECT."`
	Issuer       string   `required:"" placeholder:"URL" help:"The issuer, as the file of --oidc has it."`
	Organisation string   `help:"For whom they speak, where a request does not say."`
	Person       string   `help:"Who answers for what they state, where a token of the same person has an entry too. Else the subject itself."`
	Role         []string `placeholder:"PLAN=ROLE" help:"As of milepost token add. May be repeated."`
	NotAfter     string   `placeholder:"DAY" help:"Until when it lets them in: a day, to its end in UTC, or a time as 2027-03-31T18:00:00Z."`
	credentialsFlag
}

// Help is shown by kong.
func (tokenSubjectCommand) Help() string {
	return `Adds what somebody may do who signs in through an OpenID Connect issuer (milepost login). No token is made: the issuer lets
them in. Who signed in without an entry is told their subject. The file is replaced in one step, and keeps everything else as it stands;
token list and token revoke know the entry, too.

    milepost token subject 7d4a1c9e-52f0 --issuer https://login.example.org --organisation "Example Council" --role hubs=reporter --credentials credentials.json`
}

// Run adds an entry.
func (c *tokenSubjectCommand) Run(inv *invocation) error {
	roles, err := rolesOf(c.Role)
	if err != nil {
		return err
	}
	entry, err := access.SubjectEntry(c.Issuer, c.Subject, c.Organisation, c.Person, c.NotAfter, roles)
	if err != nil {
		return err
	}
	edit, err := access.Edit(c.Credentials)
	if err != nil {
		return err
	}
	if err := edit.AddSubject(entry); err != nil {
		return err
	}
	fmt.Fprintf(inv.stderr, "%s is recorded as %s\n", output.Printable(c.Subject), openid.Actor(c.Issuer, c.Subject))
	return nil
}
