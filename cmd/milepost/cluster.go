package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"milepost.dev/eventstore/cluster"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/node"
)

// natsFlags say how to reach the NATS servers that a ledger lies on.
type natsFlags struct {
	NATS           []string `name:"nats" placeholder:"URL" group:"cluster" help:"The NATS servers on which the ledger lies, as nats://HOST:4222 or tls://HOST:4222; several with commas between them."`
	NATSCreds      string   `name:"nats-creds" placeholder:"FILE" group:"cluster" help:"The credentials of milepost's NATS user: a .creds file, the seed of an NKey, or USER:PASSWORD."`
	NATSCA         string   `name:"nats-ca" placeholder:"FILE" group:"cluster" help:"Certificates (PEM) that vouch for the NATS servers."`
	NATSCert       string   `name:"nats-cert" placeholder:"FILE" group:"cluster" help:"The certificate (PEM) with which to connect to them."`
	NATSKey        string   `name:"nats-key" placeholder:"FILE" group:"cluster" help:"The key (PEM) of that certificate."`
	NATSSystem     []string `name:"nats-system" placeholder:"URL" group:"cluster" help:"The same servers with a user of their system account: by it they are asked whether they sync every write."`
	NATSSystemCred string   `name:"nats-system-creds" placeholder:"FILE" group:"cluster" help:"The credentials of that user, likewise."`
	NATSMonitor    []string `name:"nats-monitor" placeholder:"URL" group:"cluster" help:"The monitoring addresses of all of them, as http://HOST:8222: they are asked there instead."`
	AcceptUnsynced bool     `group:"cluster" help:"Start although the NATS servers are not known to sync every write: a loss of power of all of them could lose what was acknowledged, and every receipt says so."`
}

// options are those of the store; nil where the ledger lies in a data directory.
func (f natsFlags) options() (*cluster.Options, error) {
	if len(f.NATS) == 0 {
		if f.NATSCreds != "" || f.NATSCA != "" || f.NATSCert != "" || f.NATSKey != "" || f.NATSSystemCred != "" || len(f.NATSSystem)+len(f.NATSMonitor) > 0 || f.AcceptUnsynced {
			return nil, &usageError{"say on which NATS servers the ledger lies with --nats, or leave the other flags about NATS out"}
		}
		return nil, nil
	}
	o := &cluster.Options{
		Connect:  cluster.Connect{URLs: f.NATS, Credentials: f.NATSCreds, CA: f.NATSCA, Cert: f.NATSCert, Key: f.NATSKey},
		Monitors: f.NATSMonitor, AcceptUnsynced: f.AcceptUnsynced,
	}
	if len(f.NATSSystem) > 0 || f.NATSSystemCred != "" {
		o.System = cluster.Connect{URLs: f.NATSSystem, Credentials: f.NATSSystemCred, CA: f.NATSCA, Cert: f.NATSCert, Key: f.NATSKey}
		if len(o.System.URLs) == 0 {
			o.System.URLs = f.NATS
		}
	}
	return o, nil
}

type clusterCommand struct {
	Init   clusterInitCommand   `cmd:"" help:"Create the streams of a ledger on NATS servers, once."`
	Status clusterStatusCommand `cmd:"" help:"Ask every node of a ledger how it is, and say what is wrong."`
	Nodes  clusterNodesCommand  `cmd:"" help:"List the nodes that have had a key of names, and take one off the list."`
}

type clusterInitCommand struct {
	natsFlags
	Replicas  int      `default:"3" placeholder:"N" help:"On how many servers each commit is stored: 3 or 5; 1 on a single server, to try things out (default 3)."`
	Placement string   `name:"placement-cluster" placeholder:"NAME" help:"The NATS cluster on whose servers the streams are kept, where there are several."`
	Tag       []string `name:"placement-tag" placeholder:"TAG" help:"A tag that those servers have; may be repeated."`
	Output    string   `short:"o" enum:"table,json" default:"table" placeholder:"table|json" help:"How to print what was made: table or json (default table)."`
}

// Help is shown by kong.
func (clusterInitCommand) Help() string {
	return `Makes the streams MILEPOST_LEDGER, MILEPOST_PARTIES and MILEPOST_WRITER in the account of the NATS user, and begins an empty
ledger in them. It is done once, by a person: milepost serve --nats makes nothing, so that the wrong account, or servers that
lost what they had, are never taken for a new beginning. Run again it changes nothing; what is set up otherwise it refuses.

The servers have to sync every write before they acknowledge it (sync_interval: always), and have to be asked whether they
do: with --nats-system or --nats-monitor.

    milepost cluster init --nats nats://n1:4222,nats://n2:4222,nats://n3:4222 \
        --nats-monitor http://n1:8222,http://n2:8222,http://n3:8222

docs/cluster.md describes the servers, the accounts and the nodes.

EXIT STATUS

    0  the streams are there
    1  they could not be made, or are set up otherwise
    2  wrong usage`
}

// Run makes the streams.
func (c clusterInitCommand) Run(inv *invocation) error {
	if len(c.NATS) == 0 {
		return &usageError{"name the NATS servers with --nats"}
	}
	if c.Replicas != 1 && c.Replicas != 3 && c.Replicas != 5 {
		return &usageError{fmt.Sprintf("--replicas %d: a commit is stored on 3 or 5 servers, or on 1 to try things out", c.Replicas)}
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(inv.ctx, 2*time.Minute)
	defer cancel()
	made, err := node.InitCluster(ctx, *o, cluster.Placing{Replicas: c.Replicas, Cluster: c.Placement, Tags: c.Tag}, version(), clock.System(), clock.Entropy())
	if err != nil {
		if unsynced, ok := errors.AsType[*cluster.Unsynced](err); ok {
			return unsynced
		}
		return fmt.Errorf("the ledger could not be begun: %w", err)
	}
	if c.Output == "json" {
		return json.NewEncoder(inv.stdout).Encode(map[string]any{"made": made.Streams, "replicas": c.Replicas, "synced": made.Synced})
	}
	what := "The ledger was there already; nothing was changed."
	if len(made.Streams) > 0 {
		what = "Made " + strings.Join(made.Streams, ", ") + "."
	}
	if !made.Synced {
		what += " The servers are not known to sync every write, so every receipt will say \"quorum-unsynced\"."
	}
	_, err = fmt.Fprintln(inv.stdout, what)
	return err
}
