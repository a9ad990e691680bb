package main

import (
	"cmp"
	"fmt"
	"strings"
	"sync"
	"time"

	pb "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/access"
	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/client"
	"milepost.dev/internal/output"
)

const usualServer = "127.0.0.1:7440"

// serverFlags say which server to speak to, and who the caller is.
type serverFlags struct {
	Server    string `placeholder:"HOST:PORT" group:"server" help:"The server. Else MILEPOST_SERVER, else 127.0.0.1:7440."`
	TokenFile string `placeholder:"FILE" group:"server" help:"A file with the bearer token that says who you are; not readable by others. Else MILEPOST_TOKEN, else the one that a server of yours on this machine left for you."`
	TLS       bool   `name:"tls" group:"server" help:"Encrypt the connection. Follows from each of the three flags below."`
	TLSCA     string `name:"tls-ca" placeholder:"FILE" group:"server" help:"Certificates (PEM) that vouch for the server, in place of the system's."`
	TLSCert   string `name:"tls-cert" placeholder:"FILE" group:"server" help:"Your certificate (PEM), for mutual TLS."`
	TLSKey    string `name:"tls-key" placeholder:"FILE" group:"server" help:"The key (PEM) of your certificate."`
}

// address is where the server is.
func (f serverFlags) address(inv *invocation) string {
	return cmp.Or(f.Server, inv.env("MILEPOST_SERVER"), usualServer)
}

// dial makes a client that repeats a request for so long. It says once that it is waiting.
func (f serverFlags) dial(inv *invocation, retryFor time.Duration) (*client.Client, error) {
	token := inv.env("MILEPOST_TOKEN")
	if f.TokenFile != "" {
		text, err := access.ReadSecret(f.TokenFile)
		if err != nil {
			return nil, &usageError{fmt.Sprintf("the token cannot be read: %v", err)}
		}
		token = string(text)
	}
	state, err := localtoken.Dir(inv.env)
	if err != nil {
		state = "" // and what needs the token is refused, with a sentence that says what to do
	}
	var open sync.Once
	waiting := make(chan struct{}, 1)
	return client.Dial(client.Config{
		Server:   f.address(inv),
		Token:    strings.TrimSpace(token),
		State:    state,
		TLS:      f.TLS,
		CAFile:   f.TLSCA,
		CertFile: f.TLSCert,
		KeyFile:  f.TLSKey,
		RetryFor: retryFor,
		Open: func(sentence string) {
			open.Do(func() { fmt.Fprintf(inv.stderr, "%s\n", output.Printable(sentence)) })
		},
		Waiting: func(err error) {
			select {
			case waiting <- struct{}{}:
				complain(inv.stderr, fmt.Sprintf("no answer (%v); trying again for up to %s", err, retryFor))
			default: // it was said before
			}
		},
	})
}

// patience is how long a command that writes waits for a server that is not there.
type patience struct {
	RetryFor time.Duration `default:"30s" group:"server" help:"How long to wait for a server that gives no answer, sending the same request again. 0 tries once."`
}

// speaking says for whom what is stated is stated.
type speaking struct {
	OnBehalfOf string `placeholder:"PARTY" help:"For whom this is said: a person or an organisation. Else your own organisation. You may speak for those that the credentials name for you."`
}

// forParty is what a plan's id is prefixed with where an id of a request follows from what is stated: the same fact for another party is
// another request.
func (s speaking) forParty(plan string) string {
	if s.OnBehalfOf == "" {
		return plan
	}
	return fmt.Sprintf("for %d %s %s", len(s.OnBehalfOf), s.OnBehalfOf, plan)
}

// day is an ISO day.
type day string

// Validate is called by kong.
func (d day) Validate() error {
	if _, err := time.Parse(time.DateOnly, string(d)); d != "" && err != nil {
		return fmt.Errorf("%q is not a day: write it as 2017-03-31", string(d))
	}
	return nil
}

// readFlags are those of every command that asks.
type readFlags struct {
	serverFlags
	Output      output.Format `short:"o" enum:"table,json,ndjson,csv" default:"table" help:"table, json (an array; of show one object), ndjson (an object a line) or csv."`
	AsAt        day           `placeholder:"DAY" group:"time" help:"As the plan stood on this day (2017-03-31). Else today."`
	KnownAt     string        `placeholder:"T|POSITION" group:"time" help:"As we knew it at a position, a time (RFC 3339), or the end of a day. Else now."`
	MinPosition uint64        `placeholder:"POSITION" group:"time" help:"Wait until the server has read this position: the one a push or submit printed."`
	Current     bool          `group:"time" help:"Know everything that was acknowledged by any server of the ledger before this is asked: of several, the one that writes proves that it does."`
}

func (f readFlags) readAt() *pb.ReadAt {
	return &pb.ReadAt{AsAt: string(f.AsAt), KnownAt: f.KnownAt, MinPosition: f.MinPosition, Current: f.Current}
}

// spokenFor says which knowledge an answer was given from.
func (inv *invocation) spokenFor(s *pb.SpokenFor) {
	if s != nil {
		fmt.Fprintf(inv.stderr, "as the plan stood on %s, as we knew it at position %d%s\n", s.GetAsAt(), s.GetPosition(), byClock(s.GetClock()))
	}
	for _, l := range s.GetLosses() {
		lost := fmt.Sprintf("positions %d to %d", l.GetPosition()+1, l.GetLastKnown())
		if l.GetLastKnown() <= l.GetPosition() {
			lost = fmt.Sprintf("nobody knows how much after position %d", l.GetPosition())
		}
		fmt.Fprintf(inv.stderr, "this ledger LOST %s when a backup was restored on %s: receipts from before are void for them\n", lost, l.GetRestoredAt())
	}
}

// byClock marks a time that a server told by a clock that does not show the time of the world.
func byClock(name string) string {
	if name == "" {
		return ""
	}
	return ", by a " + output.Printable(name) + " clock"
}
