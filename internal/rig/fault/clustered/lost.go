package clustered

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/internal/oracle"
	"milepost.dev/internal/rig/fault"
)

// Lost are faults that the servers cannot get over by themselves: no node may serve what is left as if nothing had been lost.
func Lost() []Fault {
	ends := func(name, what string, inject func(context.Context, *World) error) Fault {
		return Fault{Name: name, What: what, Inject: inject, Ends: true}
	}
	return []Fault{
		ends("wipe two", "two NATS servers begin again with empty disks", func(ctx context.Context, w *World) error {
			i := w.random.IntN(Members)
			return w.wiped(ctx, i, (i+1)%Members)
		}),
		ends("wipe all", "all NATS servers begin again with empty disks", func(ctx context.Context, w *World) error { return w.wiped(ctx, 0, 1, 2) }),
		ends("rolled-back majority", "two NATS servers begin again with what they stored a while ago, and the third returns later", rolledBack),
		ends("stream deleted", "somebody deletes the ledger's stream while nodes run", func(ctx context.Context, w *World) error {
			return w.meddle(ctx, func(ctx context.Context, js jetstream.JetStream) error {
				return js.DeleteStream(ctx, "MILEPOST_LEDGER")
			})
		}),
		ends("limits lowered", "somebody lets the ledger's stream forget all but its newest messages", func(ctx context.Context, w *World) error {
			return w.meddle(ctx, func(ctx context.Context, js jetstream.JetStream) error {
				stream, err := js.Stream(ctx, "MILEPOST_LEDGER")
				if err != nil {
					return err
				}
				config := stream.CachedInfo().Config
				config.MaxMsgs, config.Discard = 5, jetstream.DiscardOld
				_, err = js.UpdateStream(ctx, config)
				return err
			})
		}),
	}
}

// wiped kills servers at once, and starts them with empty disks.
func (w *World) wiped(ctx context.Context, which ...int) error {
	for _, i := range which {
		w.servers[i].kill()
	}
	for _, i := range which {
		if err := w.wipe(i); err != nil {
			return err
		}
	}
	return pause(ctx, 2*lasting)
}

// rolledBack gives two servers what they stored a while ago.
func rolledBack(ctx context.Context, w *World) error {
	i := w.random.IntN(Members)
	two := []int{i, (i + 1) % Members}
	third := w.servers[(i+2)%Members]
	for _, k := range two {
		w.servers[k].kill()
	}
	for _, k := range two {
		if err := os.CopyFS(w.servers[k].store+"-before", os.DirFS(w.servers[k].store)); err != nil {
			return err
		}
		if err := w.servers[k].run(); err != nil {
			return err
		}
	}
	for range 3 {
		if err := w.load.settled(ctx); err != nil {
			return err
		}
	}
	for _, s := range w.servers {
		s.kill()
	}
	for _, k := range two {
		s := w.servers[k]
		if err := errors.Join(os.RemoveAll(s.store), os.Rename(s.store+"-before", s.store), s.run()); err != nil {
			return err
		}
	}
	if err := pause(ctx, 3*lasting); err != nil {
		return err
	}
	if err := third.run(); err != nil {
		return err
	}
	return pause(ctx, 2*lasting)
}

// noticed is how soon a node that runs has to notice that somebody meddled with the streams.
const noticed = 10 * time.Second

// meddle does something to the streams that nobody may, and waits until every node has noticed it.
func (w *World) meddle(ctx context.Context, do func(ctx context.Context, js jetstream.JetStream) error) error {
	conn, err := nats.Connect("nats://" + w.servers[w.random.IntN(Members)].client)
	if err != nil {
		return err
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	if err := do(ctx, js); err != nil {
		return fmt.Errorf("meddle with the streams: %w", err)
	}
	within, cancel := context.WithTimeout(ctx, noticed)
	defer cancel()
	for i, n := range w.nodes {
		for !n.ended() {
			if pause(within, 50*time.Millisecond) != nil {
				return fmt.Errorf("node %d still runs %s after somebody meddled with the streams", i, noticed)
			}
		}
	}
	return nil
}

// refusals are what a node says that does not serve a ledger: docs/cluster.md says what to do for each.
var refusals = []string{
	"there is no ledger in this account", "the ledger ended at commit", "the ledger is forked", "is not set up as milepost needs it", "was deleted while this server ran",
	"did not answer within",
}

// refuseOrRight starts every node again. Each has to refuse what is left of the ledger, in words that the page explains; or
// everything that was acknowledged is there.
func (w *World) refuseOrRight(ctx context.Context, operations []*fault.Operation) error {
	for i, n := range w.nodes {
		stopping, cancel := context.WithTimeout(ctx, stopWithin)
		err := n.again(stopping, "")
		cancel()
		if err != nil {
			return err
		}
		what, err := w.comesTo(ctx, i)
		if err != nil {
			return err
		}
		w.say("node %d: %s", i, what)
		if what != "serves" {
			continue
		}
		if err := w.hasAll(ctx, i, operations); err != nil {
			return err
		}
	}
	return nil
}

// comesTo waits until a node serves, or has said why it does not.
func (w *World) comesTo(ctx context.Context, i int) (string, error) {
	n := w.nodes[i]
	ctx, cancel := context.WithTimeout(ctx, 100*time.Second)
	defer cancel()
	for {
		said := n.says()
		if n.ended() {
			for _, refusal := range refusals {
				if strings.Contains(said, refusal) {
					return "refuses: " + refusal, nil
				}
			}
			return "", fmt.Errorf("node %d left, and does not say why: %s", i, said)
		}
		switch told := n.tells(ctx); {
		case told.Ledger.State == "forked":
			return "refuses: it says forked", nil
		case told.ready():
			return "serves", nil
		}
		if pause(ctx, 200*time.Millisecond) != nil {
			return "", fmt.Errorf("node %d neither serves nor says why not: %s", i, said)
		}
	}
}

// hasAll sends everything again that was acknowledged: the receipts have to be the first ones. And every answer has to follow from
// the ledger.
func (w *World) hasAll(ctx context.Context, i int, operations []*fault.Operation) error {
	n := w.nodes[i]
	for _, o := range operations {
		if o.Kind == fault.Read || o.Outcome != fault.Accepted {
			continue
		}
		within, cancel := context.WithTimeout(ctx, time.Minute)
		answer, err := milepostv1.NewCommandServiceClient(n.conn).Submit(within, o.Request)
		for status.Code(err) == codes.Unavailable && pause(within, 100*time.Millisecond) == nil {
			answer, err = milepostv1.NewCommandServiceClient(n.conn).Submit(within, o.Request)
		}
		cancel()
		if err != nil {
			return fmt.Errorf("LOST: %s has a receipt, and sent again to node %d it comes to: %w", o, i, err)
		}
		if answer.Receipt.Position != o.Receipt.Position {
			return fmt.Errorf("LOST: %s was acknowledged at position %d, and sent again to node %d at %d", o, o.Receipt.Position, i, answer.Receipt.Position)
		}
	}
	report, err := oracle.NewServer(n.conn).Check(ctx, time.Now(), nil)
	if err != nil {
		return fmt.Errorf("node %d cannot be checked: %w", i, err)
	}
	if report.Different > 0 {
		return fmt.Errorf("node %d: %d of %d answers differ: %s", i, report.Different, report.Compared, strings.Join(report.Differences, "; "))
	}
	return nil
}
