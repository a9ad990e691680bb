package clustered

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"milepost.dev/internal/rig/fault"
	"milepost.dev/internal/rig/patch"
)

// Show runs a world under load, kills a NATS server and a node of it, and prints what became of what was acknowledged.
func Show(ctx context.Context, c Config, to io.Writer) (err error) {
	say := func(format string, of ...any) { fmt.Fprintf(to, format+"\n", of...) }
	say("Starting three NATS servers, beginning a ledger on them, and starting three nodes of it ...")
	w, err := New(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	load, err := w.Start(ctx, callers)
	if err != nil {
		return err
	}
	if err := load.settled(ctx); err != nil {
		return err
	}
	for i, n := range w.nodes {
		say("  node %d  pages http://%s   gRPC %s", i, n.http, n.grpc)
	}
	say("Six callers state delivery dates and ask for them, each of any node. Node %d writes.", w.writer(ctx))
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"Killing the NATS server that leads the ledger's stream", func() error {
			i := w.leader(ctx)
			w.servers[i].kill()
			if err := load.settled(ctx); err != nil {
				return err
			}
			return w.servers[i].run()
		}},
		{"Killing the node that writes", func() error {
			i := w.writer(ctx)
			w.nodes[i].kill()
			if err := load.settled(ctx); err != nil {
				return err
			}
			say("  node %d writes now", w.writer(ctx))
			return w.nodes[i].run()
		}},
		{"Stopping the node that writes, as an upgrade does", func() error {
			i := w.writer(ctx)
			stopping, cancel := context.WithTimeout(ctx, 20*time.Second)
			defer cancel()
			if err := w.nodes[i].stop(stopping); err != nil {
				return err
			}
			return w.nodes[i].run()
		}},
	} {
		say("%s ...", step.what)
		began := w.now()
		if err := step.do(); err != nil {
			return err
		}
		if err := load.settled(ctx); err != nil {
			return err
		}
		say("  the longest time without an acknowledgement was %.1f s", load.longest(began).Seconds())
		if err := pause(ctx, 2*time.Second); err != nil {
			return err
		}
	}
	say("Comparing what was acknowledged with what each server stores and each node answers ...")
	operations, err := load.Stop()
	if err != nil {
		return err
	}
	r := Result{Operations: len(operations)}
	if err := w.prove(ctx, operations, &r); err != nil {
		return err
	}
	say("  %d requests were acknowledged; %d of all had no answer at first and were sent again.", r.Accepted, r.Doubted)
	say("  0 are lost, 0 are there twice, 0 have another position than their receipt says.")
	say("  The three servers hold the same %d records, byte for byte, and every answer that was to be current has its place in one order.", r.Positions)
	return nil
}

// Plants are the defects whose name contains a text, each of which the faults have to find.
func Plants(named string) []patch.Patch {
	all := []patch.Patch{
		{
			Name: "refusals are not proved", File: "internal/writer/proof.go",
			Old: "if w.proof == nil || err == nil && !dry || ", New: "if w.proof == nil || err == nil && !dry || w.proof != nil || ",
		},
		{Name: "reads are not proved", File: "internal/writer/proof.go", Old: "switch err := w.proof.prove(ctx); {", New: "switch err := error(nil); {"},
		// An answer that is current may leave out what another node has read and shown. It takes many callers and the move of a leader.
		{Name: "what others may have read is not waited for", File: "internal/writer/proof.go", Old: "return newest.wait(ctx)", New: "_ = newest\n\treturn nil"},
	}
	return slices.DeleteFunc(all, func(p patch.Patch) bool { return !strings.Contains(p.Name, named) })
}

// Build builds the programs of a world into a directory, in which the world lies.
func Build(ctx context.Context, dir string, patches ...patch.Patch) (c Config, err error) {
	c = Config{Dir: dir, NATS: filepath.Join(dir, "nats-server")}
	if c.Milepost, err = fault.Build(ctx, dir, patches...); err != nil {
		return c, err
	}
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", c.NATS, "github.com/nats-io/nats-server/v2").CombinedOutput(); err != nil {
		return c, fmt.Errorf("build nats-server: %w: %s", err, out)
	}
	return c, nil
}

// BuildClock builds the milepost whose clock a file sets.
func (c *Config) BuildClock(ctx context.Context) (err error) {
	dir := filepath.Join(c.Dir, "clock")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	c.MilepostClock, err = fault.Build(ctx, dir, fault.SettableClock()...)
	return err
}
