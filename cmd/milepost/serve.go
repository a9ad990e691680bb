package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"milepost.dev/internal/access"
	"milepost.dev/internal/access/localtoken"
	"milepost.dev/internal/node"
	"milepost.dev/internal/observe/logs"
	"milepost.dev/internal/observe/traces"
)

type serveCommand struct {
	Data   string `default:"milepost-data" placeholder:"DIR" help:"The data directory; made where there is none. One server at a time (default milepost-data)."`
	Listen string `default:"127.0.0.1:7440" placeholder:"HOST:PORT" help:"Where to take gRPC calls. Anything but loopback needs TLS and --credentials (default 127.0.0.1:7440)."`
	HTTP   string `name:"http" default:"127.0.0.1:7441" placeholder:"HOST:PORT" help:"Where the pages, REST (/v1), /metrics, /healthz and /readyz are. Over TLS where it is not loopback and there is TLS (default 127.0.0.1:7441)."`

	Credentials string `placeholder:"FILE" group:"server" help:"Who may connect, and what they may do: tokens and certificates (milepost token add makes an entry). Not readable by others."`
	SingleUser  bool   `group:"server" help:"One person works here alone, without credentials: who proposed a baseline may approve it, and every answer says so."`
	TLSCert     string `name:"tls-cert" placeholder:"FILE" group:"server" help:"The server's certificate (PEM)."`
	TLSKey      string `name:"tls-key" placeholder:"FILE" group:"server" help:"The key (PEM) of that certificate."`
	TLSClientCA string `name:"tls-client-ca" placeholder:"FILE" group:"server" help:"Certificates (PEM) that vouch for clients: mutual TLS."`

	OIDC      string `name:"oidc" placeholder:"FILE" group:"server" help:"Which OpenID Connect issuer is believed beside --credentials, whose subjects say what each may do (docs/oidc.md)."`
	AccessLog string `placeholder:"FILE" group:"server" help:"Where to note who asked for what, from where and when: 128 MiB at most, the newest. none notes nothing. Else access.log in the data directory."`

	// Who may call where there are no credentials.
	LocalReads  string   `enum:"open,token" default:"open" placeholder:"open|token" group:"server" help:"Who on this machine may read without credentials: everybody (open), or only who shows the token (default open)."`
	Open        bool     `group:"server" help:"Ask nobody on this machine who they are: everybody has every role and is recorded as local:anyone. To try things out."`
	MetricsAddr string   `name:"metrics-addr" placeholder:"HOST:PORT" group:"server" help:"An address for /metrics, /healthz and /readyz alone, without TLS or credentials: let only your monitoring reach it."`
	MetricsHost []string `name:"metrics-host" placeholder:"NAME" group:"server" help:"A name under which --metrics-addr is asked for, beside its IP address and this machine's name; may be repeated."`

	natsFlags
	Advertise string `placeholder:"HOST:PORT" group:"cluster" help:"Where the other nodes of the ledger reach this one; the address of --listen where it is left out."`
	Rejoin    bool   `group:"cluster" help:"Start in a data directory that remembers another ledger: what it remembers is put aside, and its saved fold is made anew."`

	Follow             bool          `help:"Only follow the ledger and answer questions: take no commands, and write nothing to the ledger."`
	Drain              time.Duration `default:"10s" help:"How long calls under way may take to end when the server is stopped."`
	DiskFloor          uint64        `default:"64" placeholder:"MIB" help:"How many MiB of the disk have to be free for commands to be accepted: what is under way needs some, and so does a file that the store begins (default 64)."`
	AcceptFutureLedger bool          `help:"Start although the ledger's last record is later than this machine's clock says it is."`
	LogLevel           slog.Level    `default:"info" help:"debug, info, warn or error. The log goes to standard error."`
}

// Help is shown by kong.
func (serveCommand) Help() string {
	return `Keeps the ledger in --data, accepts commands and answers questions over gRPC, until you stop it (Ctrl-C or
SIGTERM). Every accepted command is on the disk before it is answered.

On a loopback address everybody on this machine may read. To state, decide or operate, a caller presents the token
that the server makes at each start, and is recorded as local:NAME of the user who runs the server. That user's own
commands find the token below XDG_STATE_HOME or ~/.local/state; milepost token local prints it for other programs.
Requests that came through a proxy are refused. --local-reads=token requires the token for reading too; --open
requires no token at all. On any other address callers must have an entry in --credentials.

    milepost serve --data /var/lib/milepost

The HTTP address serves the pages for a browser. With --credentials, visitors sign in and see what they may see. On an
address that other machines can reach the pages need both TLS and credentials.

The credentials and TLS files are read again when they change, and on SIGHUP, so new tokens, revoked tokens and
renewed certificates need no restart. A file with a mistake is refused as a whole; the log and /readyz say so.

With --nats the ledger lies on NATS servers, where any number of nodes share it: all of them answer and take commands, one at
a time decides, and another goes on when that one is gone. --data is then the node's own: what it has seen, and its saved
fold. milepost cluster init makes the ledger first; docs/cluster.md has the whole of it.

    milepost serve --nats nats://n1:4222,nats://n2:4222,nats://n3:4222 --nats-monitor http://n1:8222,... --data /var/lib/milepost

With --follow the server accepts no commands and writes nothing to the ledger, for example to answer questions from
a restored backup without continuing it.

/healthz and /readyz answer at once, even while the ledger is being read; docs/runbook.md says what to do in each
state that /readyz reports. /v1/openapi.json describes the API over HTTP. /metrics is for Prometheus: it answers this
machine, callers with a role for every plan, and --metrics-addr. Traces are exported if OTEL_EXPORTER_OTLP_ENDPOINT, or
another variable of OpenTelemetry, names a destination. A busy server may hold up to 160 MB of garbage beside its
data; GOGC overrides that.

EXIT STATUS

    0  stopped; all calls under way were finished
    1  it could not start, or had to stop, or --drain ran out: standard error says why, and how many
       calls had no answer
    2  wrong usage`
}

// accessLog is the path of the access log; empty where there is none.
func (c serveCommand) accessLog() string {
	switch c.AccessLog {
	case "none":
		return ""
	case "":
		return filepath.Join(c.Data, "access.log")
	}
	return c.AccessLog
}

// Run serves until it is told to stop.
func (c serveCommand) Run(inv *invocation) error {
	if c.SingleUser && c.Credentials != "" {
		return &usageError{"--single-user is for one person on one machine: leave it out where a credentials file says who calls"}
	}
	shared, err := c.options()
	if err != nil {
		return err
	}
	if shared == nil && (c.Advertise != "" || c.Rejoin) {
		return &usageError{"--advertise and --rejoin are for a node of a ledger on NATS servers: name them with --nats, or leave both out"}
	}
	if shared != nil {
		shared.Rejoin = c.Rejoin
	}
	defer inv.paced()()
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP) // from the start: it never ends the process
	defer signal.Stop(hangups)
	log := logs.New(inv.stderr, logs.Options{Level: c.LogLevel, Text: terminalWidth(inv.stderr) > 0})
	state, err := localtoken.Dir(inv.env)
	if err != nil && c.Credentials == "" && !c.Open {
		return err
	}
	built := buildOf()
	traces, err := traces.Open(inv.ctx, inv.env, built.Version, func(err error) { log.Warn("spans could not be sent", "reason", err) })
	if err != nil {
		return err
	}
	n, err := node.Start(inv.ctx, node.Config{
		Cluster: shared, Advertise: c.Advertise,
		Data: c.Data, Listen: c.Listen, HTTP: c.HTTP, Credentials: c.Credentials, SingleUser: c.SingleUser,
		TLS:  access.TLSFiles{Certificate: c.TLSCert, Key: c.TLSKey, ClientCA: c.TLSClientCA},
		OIDC: c.OIDC, AccessLog: c.accessLog(), Local: node.Local{State: state, ReadsNeedToken: c.LocalReads == "token", Open: c.Open},
		Metrics: c.MetricsAddr, MetricsHosts: c.MetricsHost,
		Follow: c.Follow, DiskFloor: c.DiskFloor << 20, AcceptFuture: c.AcceptFutureLedger, Software: version(), Version: built.Version, Commit: built.Commit, Log: log, Tracing: traces,
	})
	if err != nil {
		return errors.Join(err, traces.Close(inv.ctx))
	}
	if n.Forked() == nil {
		log.Info("serving", "grpc", n.GRPCAddr(), "http", n.HTTPAddr(), "metrics", n.MetricsAddr(), "data", c.Data)
	}
	failed := make(chan error, 1)
	go func() { failed <- n.Wait() }() // ends with Close at the latest
	for serving := true; serving; {
		select {
		case <-hangups:
			log.Info("reading the credentials and the TLS files again, as SIGHUP asks for")
			n.Reload(inv.ctx)
		case <-inv.ctx.Done():
			log.Info("stopping")
			serving = false
		case err = <-failed:
			serving = false
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(inv.ctx), c.Drain)
	defer cancel()
	err = errors.Join(err, n.Close(ctx))
	if lost := traces.Close(ctx); lost != nil {
		log.Warn("the last spans could not be sent", "reason", lost)
	}
	d := n.Drained()
	log.Info("stopped", "calls_under_way", d.Calls, "answered", d.Calls-d.CutOff, "cut_off", d.CutOff)
	if ctx.Err() != nil && d.CutOff > 0 {
		err = errors.Join(fmt.Errorf("%d of %d calls had no answer after %s and were cut off; who sent them sends the same again", d.CutOff, d.Calls, c.Drain), err)
	}
	if err != nil {
		return fmt.Errorf("the server has stopped: %s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return nil
}
