package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"strings"

	"milepost.dev/internal/access"
)

type tokenCommand struct {
	Actor        string   `arg:"" help:"Who is recorded as having said what is sent with the token."`
	Organisation string   `help:"For whom the actor speaks, where a request does not say."`
	Role         []string `placeholder:"PLAN=ROLE" help:"reporter, approver, auditor, operator (takes backups; every plan only) or viewer of a plan, or of every plan with *=ROLE. May be repeated."`
}

// Help is shown by kong.
func (tokenCommand) Help() string {
	return `Makes a bearer token: the token goes to standard error, once, and the entry for the server's
--credentials file to standard output. The file holds a digest, so nobody can read the token from it.

    milepost token finance-system --organisation Treasury --role 'hubs=reporter'

EXIT STATUS

    0  there is a token
    2  wrong usage`
}

// Run makes a token.
func (c tokenCommand) Run(inv *invocation) error {
	roles := map[string][]string{}
	for _, r := range c.Role {
		plan, role, ok := strings.Cut(r, "=")
		if !ok || plan == "" {
			return &usageError{fmt.Sprintf("%q says no plan and role: write it as hubs=reporter", r)}
		}
		roles[plan] = append(roles[plan], role)
	}
	token, digest, err := access.NewToken(rand.Reader)
	if err != nil {
		return err
	}
	entry := struct {
		SHA256       string              `json:"sha256"`
		Actor        string              `json:"actor"`
		Organisation string              `json:"organisation,omitempty"`
		Roles        map[string][]string `json:"roles"`
	}{digest, c.Actor, c.Organisation, roles}
	text, err := json.MarshalIndent(map[string]any{"tokens": []any{entry}}, "", "  ")
	if err != nil {
		return err
	}
	if _, err := access.Parse(text); err != nil {
		return &usageError{err.Error()}
	}
	fmt.Fprintf(inv.stderr, "The token, shown this once: %s\n", token)
	_, err = fmt.Fprintf(inv.stdout, "%s\n", text)
	return err
}
