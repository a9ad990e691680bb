package clustered

import (
	"context"
	"fmt"
	"os"
	"slices"
	"time"
)

// Fault is something that happens to a world, and is over when it returns.
type Fault struct {
	Name, What string
	// Within is how long nothing may be acknowledged, from the beginning of the fault.
	Within time.Duration
	Inject func(ctx context.Context, w *World) error
}

// Short says whether the fault is one of the few that a check has time for.
func (f Fault) Short() bool {
	return slices.Contains([]string{"kill the leader", "kill the writer", "pause the writer", "black hole around the writer", "move the leader", "stop the writer"}, f.Name)
}

// Bounds that the design promises.
const (
	unplanned = 12 * time.Second
	planned   = time.Second
)

// All are the faults of docs/cluster.md.
func All() []Fault {
	lasting := 9 * time.Second
	return []Fault{
		{"kill the leader", "SIGKILL of the NATS server that leads the ledger's stream", unplanned, onLeader(func(ctx context.Context, w *World, i int) error {
			w.servers[i].kill()
			defer func() { _ = w.servers[i].run() }()
			return pause(ctx, lasting)
		})},
		{"pause the leader", "SIGSTOP of that server, then SIGCONT", unplanned, onLeader(func(ctx context.Context, w *World, i int) error {
			w.servers[i].pause()
			defer w.servers[i].resume()
			return pause(ctx, 2*lasting)
		})},
		{"cut off the leader", "connections to and from that server are refused", unplanned, onLeader(isolatedServer(refuses, lasting))},
		{"black hole around the leader", "what goes to and from that server is lost", unplanned, onLeader(isolatedServer(hole, 2*lasting))},
		{"kill the writer", "SIGKILL of the node that writes", unplanned, onWriter(func(ctx context.Context, w *World, i int) error {
			w.nodes[i].kill()
			defer func() { _ = w.nodes[i].run() }()
			return pause(ctx, lasting)
		})},
		{"pause the writer", "SIGSTOP of that node, then SIGCONT", unplanned, onWriter(func(ctx context.Context, w *World, i int) error {
			w.nodes[i].pause()
			defer w.nodes[i].resume()
			return pause(ctx, lasting)
		})},
		{"cut off the writer", "connections of that node to the NATS servers are refused", unplanned, onWriter(isolatedNode(refuses, lasting))},
		{"black hole around the writer", "what goes between that node and the NATS servers is lost", unplanned, onWriter(isolatedNode(hole, lasting))},
		{"kill both", "SIGKILL of the leader and of the writer", unplanned, func(ctx context.Context, w *World) error {
			i, k := w.leader(ctx), w.writer(ctx)
			if i < 0 || k < 0 {
				return nil
			}
			w.servers[i].kill()
			w.nodes[k].kill()
			defer func() { _, _ = w.servers[i].run(), w.nodes[k].run() }()
			return pause(ctx, lasting)
		}},
		{"wipe one", "SIGKILL of a NATS server, which begins again with an empty disk", unplanned, func(ctx context.Context, w *World) error {
			s := w.servers[w.random.IntN(Members)]
			s.kill()
			if err := os.RemoveAll(s.store); err != nil {
				return err
			}
			if err := s.run(); err != nil {
				return err
			}
			return pause(ctx, lasting)
		}},
		{"move the leader", "the leader of the stream steps down", planned, onLeader(func(ctx context.Context, w *World, i int) error {
			if err := w.stepDown(ctx, i); err != nil {
				return fmt.Errorf("step down: %w", err)
			}
			return pause(ctx, 3*time.Second)
		})},
		{"stop the writer", "SIGTERM of the node that writes", planned, onWriter(func(ctx context.Context, w *World, i int) error {
			within, cancel := context.WithTimeout(ctx, 20*time.Second)
			defer cancel()
			if err := w.nodes[i].stop(within); err != nil {
				return err
			}
			if err := w.nodes[i].run(); err != nil {
				return err
			}
			return pause(ctx, 3*time.Second)
		})},
		{"two of three", "two NATS servers are killed, and come back one after the other", 0, func(ctx context.Context, w *World) error {
			i := w.random.IntN(Members)
			k := (i + 1) % Members
			w.servers[i].kill()
			w.servers[k].kill()
			err := pause(ctx, lasting)
			_, _ = w.servers[k].run(), pause(ctx, time.Second)
			_ = w.servers[i].run()
			if err != nil {
				return err
			}
			return pause(ctx, 15*time.Second)
		}},
	}
}

func onLeader(f func(context.Context, *World, int) error) func(context.Context, *World) error {
	return func(ctx context.Context, w *World) error {
		i := w.leader(ctx)
		for ; i < 0 && ctx.Err() == nil; i = w.leader(ctx) {
			if err := pause(ctx, 200*time.Millisecond); err != nil {
				return err
			}
		}
		return f(ctx, w, i)
	}
}

func onWriter(f func(context.Context, *World, int) error) func(context.Context, *World) error {
	return func(ctx context.Context, w *World) error {
		i := w.writer(ctx)
		for ; i < 0 && ctx.Err() == nil; i = w.writer(ctx) {
			if err := pause(ctx, 200*time.Millisecond); err != nil {
				return err
			}
		}
		return f(ctx, w, i)
	}
}

func isolatedServer(s state, lasting time.Duration) func(context.Context, *World, int) error {
	return func(ctx context.Context, w *World, i int) error {
		w.isolateServer(i, s)
		defer w.isolateServer(i, passes)
		return pause(ctx, lasting)
	}
}

func isolatedNode(s state, lasting time.Duration) func(context.Context, *World, int) error {
	return func(ctx context.Context, w *World, i int) error {
		w.isolateNode(i, s)
		defer w.isolateNode(i, passes)
		return pause(ctx, lasting)
	}
}
