package clustered

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
)

// stopWithin is how long a process may take to end that was asked to: a server in lame duck mode takes half a minute.
const stopWithin = 45 * time.Second

// Planned are moves that an operator makes.
func Planned() []Fault {
	return []Fault{
		of("move the leader", "the leader of the stream steps down", planned, onLeader(func(ctx context.Context, w *World, i int) error {
			if err := w.stepDown(ctx, i); err != nil {
				return fmt.Errorf("step down: %w", err)
			}
			return pause(ctx, 3*time.Second)
		})),
		of("stop the writer", "SIGTERM of the node that writes", planned, onWriter(func(ctx context.Context, w *World, i int) error {
			if err := w.nodes[i].again(ctx, ""); err != nil {
				return err
			}
			return pause(ctx, 3*time.Second)
		})),
		of("lame duck", "the NATS server that leads is put into lame duck mode, leaves, and is started again", planned, onLeader(func(ctx context.Context, w *World, i int) error {
			return w.restartServer(ctx, i, "")
		})),
		of("rolling restart of NATS", "each NATS server in turn leaves in lame duck mode, and is started again", planned, func(ctx context.Context, w *World) error {
			return w.rollServers(ctx, "")
		}),
		of("rolling restart of milepost", "each node in turn is stopped and started again", planned, func(ctx context.Context, w *World) error {
			return w.rollNodes(ctx, "")
		}),
		{
			Name: "upgrade of NATS", What: "the NATS servers begin with the minor version before, and are replaced by the present one, one after the other, and back", Within: planned,
			Inject: func(ctx context.Context, w *World) error {
				return errors.Join(w.rollServers(ctx, w.Config.NATSBefore), w.rollServers(ctx, w.Config.NATS))
			},
			Needs: func(c *Config) error {
				if c.NATSBefore == "" {
					return errors.New("give the nats-server of the minor version before with -nats-before FILE")
				}
				return nil
			},
		},
		{
			Name: "upgrade of milepost", What: "each node in turn is replaced by one of the version before, and then by one of the present version", Within: planned,
			Inject: func(ctx context.Context, w *World) error {
				return errors.Join(w.rollNodes(ctx, w.Config.MilepostBefore), w.rollNodes(ctx, w.Config.Milepost))
			},
			Needs: func(c *Config) error {
				if c.MilepostBefore == "" {
					return errors.New("give the milepost of the version before with -milepost-before FILE")
				}
				return nil
			},
		},
	}
}

// again stops a process and runs it again: another program where one is named.
func (p *process) again(ctx context.Context, program string) error {
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	if err := p.stop(ctx); err != nil {
		return err
	}
	if program != "" {
		p.args[0] = program
	}
	return p.run()
}

// restartServer has a server leave as an operator does, and runs it again: another program where one is named.
func (w *World) restartServer(ctx context.Context, i int, program string) error {
	s := w.servers[i]
	s.signal(syscall.SIGUSR2) // lame duck mode: it hands over what it leads, sends its clients away, and ends
	leaving, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	select {
	case <-s.exited:
	case <-leaving.Done():
		return fmt.Errorf("server n%d did not leave in lame duck mode", i)
	}
	s.cmd = nil
	if program != "" {
		s.args[0] = program
	}
	if err := s.run(); err != nil {
		return err
	}
	return w.whole(ctx)
}

func (w *World) rollServers(ctx context.Context, program string) error {
	for i := range w.servers {
		if err := w.restartServer(ctx, i, program); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) rollNodes(ctx context.Context, program string) error {
	for i := range w.nodes {
		if err := w.nodes[i].again(ctx, program); err != nil {
			return err
		}
		if err := w.reads(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// whole waits until the stream's leader has all replicas at its side again, as an operator does before the next step.
func (w *World) whole(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if w.replicas(ctx) == Members-1 {
			return nil
		}
		if pause(ctx, 200*time.Millisecond) != nil {
			return errors.New("the servers are not whole again within a minute")
		}
	}
}

// reads waits until a node answers questions.
func (w *World) reads(ctx context.Context, i int) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		if w.nodes[i].tells(ctx).ready() {
			return nil
		}
		if pause(ctx, 100*time.Millisecond) != nil {
			return fmt.Errorf("node %d does not answer questions within a minute", i)
		}
	}
}
