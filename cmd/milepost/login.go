package main

import (
	"cmp"
	"fmt"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/client/login"
	"milepost.dev/internal/output"
)

type loginCommand struct {
	serverFlags
	Issuer     string   `placeholder:"URL" help:"The OpenID Connect issuer that the server believes. Else the one of the last login to this server."`
	ClientID   string   `name:"client-id" placeholder:"ID" help:"The client of the issuer that the command line is. Else that of the last login."`
	SecretFile string   `name:"client-secret-file" placeholder:"FILE" help:"The secret of a program, which signs in by it and by nothing else."`
	Audience   string   `placeholder:"NAME" help:"The server's name at the issuer, for issuers that want to be told."`
	Scope      []string `placeholder:"SCOPE" help:"What to ask the issuer for. Else openid and offline_access; of a program nothing. May be repeated."`
}

// Help is shown by kong.
func (loginCommand) Help() string {
	return `Signs you in at an OpenID Connect issuer, by a code that you enter in a browser on any machine. From then on every command
to the same server says who you are, until milepost logout; what expires is renewed.

    milepost login --server plans.example.org:7440 --tls --issuer https://login.example.org --client-id milepost-people
    milepost whoami --server plans.example.org:7440 --tls

A program signs in by the secret of its own client:

    milepost login --issuer https://login.example.org --client-id finance-system --client-secret-file secret.txt

What the issuer gave is in a file that only you can read, below XDG_STATE_HOME or ~/.local/state.

EXIT STATUS

    0  you are signed in, and the server knows you
    1  the issuer or the server refused, or nobody entered the code in time
    2  wrong usage`
}

// Run signs in.
func (c *loginCommand) Run(inv *invocation) error {
	dir, err := loginDir(inv)
	if err != nil {
		return err
	}
	server := c.address(inv)
	before, err := login.Read(dir, server)
	if err != nil {
		return err
	}
	if before == nil {
		before = &login.Login{}
	}
	l := &login.Login{
		Issuer: cmp.Or(c.Issuer, before.Issuer), ClientID: cmp.Or(c.ClientID, before.ClientID), SecretFile: cmp.Or(c.SecretFile, before.SecretFile),
		Audience: cmp.Or(c.Audience, before.Audience), Scopes: c.Scope,
	}
	if l.Issuer == "" || l.ClientID == "" {
		return &usageError{"it is not known where to sign in: give --issuer and --client-id, which the server's operator knows"}
	}
	if l.SecretFile != "" {
		err = l.Program(inv.ctx)
	} else {
		if len(l.Scopes) == 0 {
			l.Scopes = []string{"openid", "offline_access"}
		}
		err = l.Person(inv.ctx, func(address, code string) {
			fmt.Fprintf(inv.stderr, "Open %s in a browser, and enter the code %s\n", output.Printable(address), output.Printable(code))
		})
	}
	if err != nil {
		return err
	}
	if err := l.Keep(dir, server); err != nil {
		return err
	}
	if inv.env("MILEPOST_TOKEN") != "" {
		fmt.Fprintln(inv.stderr, "MILEPOST_TOKEN is set, and goes before what you signed in with: unset it.")
	}
	known, err := c.asLoggedIn(inv)
	if err != nil {
		return fmt.Errorf("you are signed in at %s, and the server at %s does not know you by it: %w", l.Issuer, server, err)
	}
	fmt.Fprintf(inv.stdout, "Signed in at %s as %s, who is recorded as %s\n", l.Issuer, output.Printable(cmp.Or(known.GetDisplayName(), known.GetSubject())), known.GetActor())
	if len(known.GetRoles()) == 0 {
		fmt.Fprintf(inv.stderr, "You have no role yet. The server's operator gives you one with milepost token subject %q, or an admin with milepost roles grant %q.\n", known.GetSubject(), known.GetActor())
	}
	return nil
}

// asLoggedIn asks the server as whom it knows the caller.
func (c *loginCommand) asLoggedIn(inv *invocation) (*pb.WhoAmIResponse, error) {
	plain := *inv
	plain.env = func(name string) string {
		if name == "MILEPOST_TOKEN" {
			return ""
		}
		return inv.env(name)
	}
	flags := c.serverFlags
	flags.TokenFile = ""
	server, err := flags.dial(&plain, 0)
	if err != nil {
		return nil, err
	}
	defer server.Close()
	return askWho(&plain, server)
}

func loginDir(inv *invocation) (string, error) {
	local, err := localtoken.Dir(inv.env)
	if err != nil {
		return "", err
	}
	return login.Dir(local), nil
}

type logoutCommand struct {
	Server string `placeholder:"HOST:PORT" group:"server" help:"The server. Else MILEPOST_SERVER, else 127.0.0.1:7440."`
}

// Help is shown by kong.
func (logoutCommand) Help() string {
	return `Forgets what an issuer gave you for a server. A browser that is signed in at the issuer stays so.`
}

// Run signs out.
func (c *logoutCommand) Run(inv *invocation) error {
	dir, err := loginDir(inv)
	if err != nil {
		return err
	}
	server := serverFlags{Server: c.Server}.address(inv)
	was, err := login.Forget(dir, server)
	if err != nil {
		return err
	}
	if !was {
		fmt.Fprintf(inv.stderr, "You were not signed in to %s.\n", output.Printable(server))
	}
	return nil
}
