package main

import (
	"fmt"

	"milepost.dev/internal/access/localtoken"
)

type tokenLocalCommand struct {
	Server string `placeholder:"HOST:PORT" group:"server" help:"Where the server takes gRPC calls. Else MILEPOST_SERVER, else 127.0.0.1:7440."`
}

// Help is shown by kong.
func (tokenLocalCommand) Help() string {
	return `Prints the token that your server on this machine left for you, so that other programs can send it, over gRPC and
HTTP alike. Commands of milepost find it by themselves.

    curl -H "Authorization: Bearer $(milepost token local)" http://127.0.0.1:7441/v1/whoami

The server makes another token at each start: ask for it when it is needed, and keep it nowhere. A program that runs for long
is better served by --credentials and an entry of its own.`
}

// Run prints the token.
func (c *tokenLocalCommand) Run(inv *invocation) error {
	dir, err := localtoken.Dir(inv.env)
	if err != nil {
		return err
	}
	server := serverFlags{Server: c.Server}.address(inv)
	token, _, err := localtoken.Find(dir, server)
	if err != nil {
		return err
	}
	if token == "" {
		return fmt.Errorf("no server of yours at %s has left a token in %s: it does not run, another user runs it, or it was started with --credentials or --open", server, dir)
	}
	_, err = fmt.Fprintln(inv.stdout, token)
	return err
}
