package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"milepost.dev/internal/node"
)

type clusterNodesCommand struct {
	natsFlags
	Remove string `placeholder:"ID" help:"Take this node off the list: its data directory is destroyed."`
	Output string `short:"o" enum:"table,json" default:"table" placeholder:"table|json" help:"How to print the nodes: table or json (default table)."`
}

// Help is shown by kong.
func (clusterNodesCommand) Help() string {
	return `Lists the data directories that have had a key of names, by the address of the node that ran on each last. milepost forget names those of
them that it could not reach: their disks have the old key until the node is started. A node that never will be is taken off the list, once
its data directory is destroyed. A node that is started lists itself again.

    milepost cluster nodes --nats nats://n1:4222,nats://n2:4222,nats://n3:4222 --nats-monitor http://n1:8222,http://n2:8222,http://n3:8222
    milepost cluster nodes --nats ... --remove 5f0c6a1e9d3b47c28a90e4d1b7f3625a

With -o json: {"nodes": [{"id", "address"}], "removed"}.

EXIT STATUS

    0  they are listed, or the node is taken off the list
    1  the servers do not answer, or there is no such node
    2  wrong usage`
}

// listedNode is a node, as JSON.
type listedNode struct {
	ID      string `json:"id"`
	Address string `json:"address"`
}

// Run lists the nodes.
func (c clusterNodesCommand) Run(inv *invocation) error {
	if len(c.NATS) == 0 {
		return &usageError{"name the NATS servers with --nats"}
	}
	o, err := c.options()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(inv.ctx, 2*time.Minute)
	defer cancel()
	all, err := node.Listed(ctx, *o, c.Remove)
	if err != nil {
		return err
	}
	nodes := []listedNode{}
	for _, p := range all {
		nodes = append(nodes, listedNode{p.ID.String(), p.Address})
	}
	if c.Output == "json" {
		return json.NewEncoder(inv.stdout).Encode(map[string]any{"nodes": nodes, "removed": c.Remove})
	}
	if len(nodes) == 0 {
		fmt.Fprintln(inv.stdout, "No node is listed.")
	}
	for _, n := range nodes {
		fmt.Fprintf(inv.stdout, "%s  %s\n", n.ID, n.Address)
	}
	return nil
}
