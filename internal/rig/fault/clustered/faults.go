package clustered

import (
	"context"
	"slices"
	"time"
)

// Fault is something that happens to a world, and is over when it returns.
type Fault struct {
	Name, What string
	// Within is how long nothing may be acknowledged, from the beginning of the fault; 0 is without a bound.
	Within time.Duration
	Inject func(ctx context.Context, w *World) error
	// Ends says that the servers cannot get over it by themselves: afterwards each node refuses, or says what is right.
	Ends bool
	// Needs is what a world of it is made of, beside the ordinary; nil for most.
	Needs func(c *Config) error
	// Patient worlds take an hour for each time: they are put through it only where it is asked for by its name.
	Patient bool
}

// short are the names of the few that a check has time for.
var short = []string{"kill the leader", "kill the writer", "pause the writer", "black hole around the writer", "move the leader", "stop the writer", "bit in a server's ledger", "wipe all"}

// Short says whether the fault is one of the few that a check has time for.
func (f Fault) Short() bool { return slices.Contains(short, f.Name) }

// ClockSet says whether the milepost of its worlds is not the one that everybody gets: a file sets its clock.
func (f Fault) ClockSet() bool { return f.Name == "clock of a node" }

// All are the faults of docs/cluster.md.
func All() []Fault { return slices.Concat(Unplanned(), Planned(), Servers(), Moments(), Lost()) }

// Bounds that the design promises.
const (
	unplanned = 12 * time.Second
	planned   = time.Second
)

// lasting is how long most of them go on.
const lasting = 9 * time.Second

func of(name, what string, within time.Duration, inject func(context.Context, *World) error) Fault {
	return Fault{Name: name, What: what, Within: within, Inject: inject}
}

// Unplanned are kills, pauses and cuts of servers and nodes.
func Unplanned() []Fault {
	return []Fault{
		of("kill the leader", "SIGKILL of the NATS server that leads the ledger's stream", unplanned, onLeader(func(ctx context.Context, w *World, i int) error {
			w.servers[i].kill()
			defer func() { _ = w.servers[i].run() }()
			return pause(ctx, lasting)
		})),
		of("pause the leader", "SIGSTOP of that server, then SIGCONT", unplanned, onLeader(func(ctx context.Context, w *World, i int) error {
			w.servers[i].pause()
			defer w.servers[i].resume()
			return pause(ctx, 30*time.Second)
		})),
		of("cut off the leader", "connections to and from that server are refused", unplanned, onLeader(isolatedServer(refuses, lasting))),
		of("black hole around the leader", "what goes to and from that server is lost", unplanned, onLeader(isolatedServer(hole, 2*lasting))),
		of("kill the writer", "SIGKILL of the node that writes", unplanned, onWriter(func(ctx context.Context, w *World, i int) error {
			w.nodes[i].kill()
			defer func() { _ = w.nodes[i].run() }()
			return pause(ctx, lasting)
		})),
		of("pause the writer", "SIGSTOP of that node, then SIGCONT", unplanned, onWriter(pausedFor(lasting))),
		of("cut off the writer", "connections of that node to the NATS servers are refused", unplanned, onWriter(isolatedNode(refuses, lasting))),
		of("black hole around the writer", "what goes between that node and the NATS servers is lost", unplanned, onWriter(isolatedNode(hole, lasting))),
		of("drop the writer's connections", "connections of that node to the NATS servers are closed, ten times, and may be made again at once", unplanned, onWriter(func(ctx context.Context, w *World, i int) error {
			for range 10 {
				w.isolateNode(i, refuses)
				w.isolateNode(i, passes)
				if err := pause(ctx, time.Duration(500+w.random.IntN(1000))*time.Millisecond); err != nil {
					return err
				}
			}
			return nil
		})),
		of("kill both", "SIGKILL of the leader and of the writer", unplanned, onBoth(func(ctx context.Context, w *World, i, k int) error {
			w.servers[i].kill()
			w.nodes[k].kill()
			defer func() { _, _ = w.servers[i].run(), w.nodes[k].run() }()
			return pause(ctx, lasting)
		})),
		of("pause both", "SIGSTOP of the leader and of the writer, then SIGCONT", unplanned, onBoth(func(ctx context.Context, w *World, i, k int) error {
			w.servers[i].pause()
			w.nodes[k].pause()
			defer func() { w.servers[i].resume(); w.nodes[k].resume() }()
			return pause(ctx, 2*lasting)
		})),
		of("cut off both", "connections to and from the leader are refused, and so are the writer's to all servers", unplanned, onBoth(isolatedBoth(refuses))),
		of("black hole around both", "what goes to and from the leader, and between the writer and all servers, is lost", unplanned, onBoth(isolatedBoth(hole))),
		of("cut off another server", "connections to and from a NATS server that does not lead are refused", unplanned, onAnother(isolatedServer(refuses, lasting))),
		of("black hole around another server", "what goes to and from a NATS server that does not lead is lost", unplanned, onAnother(isolatedServer(hole, lasting))),
		{
			Name: "pause the writer for long", What: "SIGSTOP of the node that writes for 70 seconds, longer than any bound of a node or a client, then SIGCONT",
			Within: unplanned, Inject: onWriter(pausedFor(70 * time.Second)),
		},
		{
			Name: "pause the writer for an hour", What: "the same for an hour", Within: unplanned, Inject: onWriter(pausedFor(time.Hour)), Patient: true,
		},
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

// onBoth is a fault of the leader and of the writer.
func onBoth(f func(ctx context.Context, w *World, server, node int) error) func(context.Context, *World) error {
	return onLeader(func(ctx context.Context, w *World, i int) error {
		return onWriter(func(ctx context.Context, w *World, k int) error { return f(ctx, w, i, k) })(ctx, w)
	})
}

// onAnother is a fault of a server that does not lead.
func onAnother(f func(context.Context, *World, int) error) func(context.Context, *World) error {
	return onLeader(func(ctx context.Context, w *World, i int) error {
		return f(ctx, w, (i+1+w.random.IntN(Members-1))%Members)
	})
}

func pausedFor(d time.Duration) func(context.Context, *World, int) error {
	return func(ctx context.Context, w *World, i int) error {
		w.nodes[i].pause()
		defer w.nodes[i].resume()
		return pause(ctx, d)
	}
}

func isolatedBoth(s state) func(context.Context, *World, int, int) error {
	return func(ctx context.Context, w *World, i, k int) error {
		w.isolateServer(i, s)
		w.isolateNode(k, s)
		defer func() {
			w.isolateServer(i, passes)
			w.isolateNode(k, passes)
		}()
		return pause(ctx, 2*lasting)
	}
}
