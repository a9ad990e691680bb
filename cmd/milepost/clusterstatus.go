package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"milepost.dev/internal/access"
	"milepost.dev/internal/grpcserver"
	"milepost.dev/internal/output"
)

type clusterStatusCommand struct {
	Node      []string      `arg:"" placeholder:"URL" help:"The HTTP address of each node, as http://HOST:7441 or https://HOST:7441."`
	TokenFile string        `placeholder:"FILE" help:"A file with the bearer token of somebody who may look at every plan. Else MILEPOST_TOKEN. A node on this machine asks for none."`
	TLSCA     string        `name:"tls-ca" placeholder:"FILE" help:"Certificates (PEM) that vouch for the nodes, in place of the system's."`
	Output    output.Format `short:"o" enum:"table,json,ndjson,csv" default:"table" placeholder:"table|json|ndjson|csv" help:"How to print it (default table)."`
}

// Help is shown by kong.
func (clusterStatusCommand) Help() string {
	return `Asks each node at /readyz and prints a row for it: whether it writes or follows, the term of the newest take-over that it has read, its
position and how far it is behind, on how many NATS servers the ledger is whole, and the first digits of its credentials. What is wrong comes after it, on
standard error: a node that does not answer or serves nothing, no writer or two, another term, other credentials, a NATS server without everything.

    milepost cluster status http://a:7441 http://b:7441 http://c:7441

EXIT STATUS

    0  all is well
    1  something is wrong: standard error says what
    2  wrong usage`
}

// nodeStatus is what one node answered.
type nodeStatus struct {
	URL    string
	Report grpcserver.Report
	Err    error // why there is no answer; nil where there is one
}

func (s nodeStatus) node() grpcserver.NodeReport {
	if s.Report.Node == nil {
		return grpcserver.NodeReport{}
	}
	return *s.Report.Node
}

func (s nodeStatus) role() string {
	switch {
	case s.Err != nil:
		return "no answer"
	case s.Report.Ledger.State == grpcserver.LedgerForked:
		return grpcserver.LedgerForked
	case s.Report.Node == nil:
		return s.Report.Commands.State
	}
	return s.Report.Node.Role
}

func (s nodeStatus) credentials() string {
	if s.Report.Credentials == nil {
		return ""
	}
	return s.Report.Credentials.SHA256
}

var nodeColumns = []output.Column[nodeStatus]{
	{Name: "node", Value: func(s nodeStatus) any { return s.URL }, Heading: "NODE"},
	{Name: "role", Value: func(s nodeStatus) any { return s.role() }, Heading: "ROLE"},
	{Name: "term", Value: func(s nodeStatus) any { return s.node().Term }, Heading: "TERM", Right: true},
	{Name: "position", Value: func(s nodeStatus) any { return s.node().Position }, Heading: "POSITION", Right: true},
	{Name: "lag_positions", Value: func(s nodeStatus) any { return s.node().LagPositions }, Heading: "LAG", Right: true},
	{Name: "lag_seconds", Value: func(s nodeStatus) any { return s.node().LagSeconds }},
	{Name: "heard_seconds_ago", Value: func(s nodeStatus) any { return s.node().HeardAgo }},
	{Name: "take_overs", Value: func(s nodeStatus) any { return s.node().TakeOvers }, Heading: "TAKE-OVERS", Right: true},
	{Name: "forwarded", Value: func(s nodeStatus) any { return s.node().Forwarded }, Heading: "PASSED ON", Right: true},
	{Name: "reconnects", Value: func(s nodeStatus) any { return s.node().Reconnects }},
	{Name: "servers_leader", Value: func(s nodeStatus) any { return output.Text(s.node().Servers.Leader) }, Heading: "LEADER"},
	{Name: "servers_current", Value: func(s nodeStatus) any { return s.node().Servers.Current }, Heading: "WHOLE ON", Right: true},
	{Name: "servers", Value: func(s nodeStatus) any { return s.node().Servers.Replicas }, Heading: "OF", Right: true},
	{Name: "durability", Value: func(s nodeStatus) any { return s.node().Durability }},
	{Name: "credentials", Value: func(s nodeStatus) any { return s.credentials() }, Heading: "CREDENTIALS", Show: func(s nodeStatus) string {
		return s.credentials()[:min(8, len(s.credentials()))]
	}},
}

// Run asks them.
func (c *clusterStatusCommand) Run(inv *invocation) error {
	client, token, err := c.client(inv)
	if err != nil {
		return err
	}
	all := make([]nodeStatus, len(c.Node))
	var asking sync.WaitGroup
	for i, url := range c.Node {
		asking.Go(func() { all[i] = askNode(inv.ctx, client, url, token) })
	}
	asking.Wait()
	if err := output.Write(inv.stdout, c.Output, terminalWidth(inv.stdout), nodeColumns, output.All(all)); err != nil {
		return err
	}
	wrong := wrongWith(all)
	for _, what := range wrong {
		complain(inv.stderr, what)
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%d things are wrong with the nodes of this ledger", len(wrong))
	}
	return nil
}

func (c *clusterStatusCommand) client(inv *invocation) (*http.Client, string, error) {
	token := inv.env("MILEPOST_TOKEN")
	if c.TokenFile != "" {
		text, err := access.ReadSecret(c.TokenFile)
		if err != nil {
			return nil, "", &usageError{fmt.Sprintf("the token cannot be read: %v", err)}
		}
		token = strings.TrimSpace(string(text))
	}
	config := &tls.Config{MinVersion: tls.VersionTLS13}
	if c.TLSCA != "" {
		text, err := os.ReadFile(c.TLSCA)
		if err != nil {
			return nil, "", err
		}
		if config.RootCAs = x509.NewCertPool(); !config.RootCAs.AppendCertsFromPEM(text) {
			return nil, "", &usageError{fmt.Sprintf("there is no certificate in %s", c.TLSCA)}
		}
	}
	for _, url := range c.Node {
		if !strings.HasPrefix(url, "http://") && !strings.HasPrefix(url, "https://") {
			return nil, "", &usageError{fmt.Sprintf("%q is not an address of HTTP: write it as http://HOST:7441", url)}
		}
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: config}, Timeout: 5 * time.Second}, token, nil
}

// askNode asks one node how it is. One that is not ready answers as well.
func askNode(ctx context.Context, client *http.Client, url, token string) (s nodeStatus) {
	const most = 1 << 20 // bytes of an answer
	s.URL = url
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(url, "/")+"/readyz", nil)
	if err != nil {
		s.Err = err
		return s
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		s.Err = err
		return s
	}
	err = json.NewDecoder(io.LimitReader(response.Body, most)).Decode(&s.Report)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		s.Err = fmt.Errorf("it answers something else than a node does: %w", err)
	}
	return s
}

// wrongWith is what is wrong, in sentences.
func wrongWith(all []nodeStatus) (wrong []string) {
	say := func(format string, of ...any) { wrong = append(wrong, fmt.Sprintf(format, of...)) }
	writers, term, credentials := 0, uint64(0), ""
	for _, s := range all {
		if s.role() == "writing" {
			writers, term, credentials = writers+1, s.node().Term, s.credentials()
		}
	}
	if writers != 1 {
		say("%d of these nodes write the ledger, and 1 should", writers)
	}
	for _, s := range all {
		switch n := s.node(); {
		case s.Err != nil:
			say("%s does not answer: %v", s.URL, s.Err)
			continue
		case s.Report.Ledger.State == grpcserver.LedgerForked:
			say("%s serves nothing: %s", s.URL, s.Report.Ledger.Reason)
			continue
		case s.Report.Node == nil && s.Report.Commands.State == grpcserver.CommandsStarting:
			say("%s is starting", s.URL)
			continue
		case s.Report.Node == nil:
			say("%s says nothing of a cluster: it is a server of a ledger of its own, or shows this to nobody but those who may look at every plan (--token-file)", s.URL)
			continue
		case writers == 1 && n.Term != term:
			say("%s has read term %d, and the one that writes has %d: it is cut off, or was just now", s.URL, n.Term, term)
		case n.LagSeconds > 10:
			say("%s has been behind for %.0f s, by %d positions", s.URL, n.LagSeconds, n.LagPositions)
		}
		wrong = append(wrong, wrongWithServers(s, credentials, writers)...)
	}
	return wrong
}

// wrongWithServers is what a node knows of the NATS servers, of its credentials and of other histories.
func wrongWithServers(s nodeStatus, credentials string, writers int) (wrong []string) {
	n := s.node()
	say := func(format string, of ...any) { wrong = append(wrong, s.URL+fmt.Sprintf(format, of...)) }
	if !n.Servers.Answer {
		say(" gets no answer of the NATS server that leads")
	} else if n.Servers.Current < n.Servers.Replicas {
		say(": the ledger is whole on %d of %d NATS servers; offline: %s", n.Servers.Current, n.Servers.Replicas, strings.Join(n.Servers.Offline, ", "))
	}
	if n.Servers.Unsynced != "" {
		say(": %s", n.Servers.Unsynced)
	}
	if writers == 1 && s.credentials() != credentials {
		say(" has other credentials than the one that writes")
	}
	if n.Heard != "" {
		say(" heard of another history of this ledger: %s", n.Heard)
	}
	return wrong
}
