package clustered

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	milepostv1 "milepost.dev/api/milepost/v1"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/embedded"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/rig/fault/disk"
)

// Servers are faults of the disks of NATS servers, and of more of them than one.
func Servers() []Fault {
	return []Fault{
		of("wipe one", "SIGKILL of a NATS server, which begins again with an empty disk", unplanned, func(ctx context.Context, w *World) error {
			if err := w.wipe(w.random.IntN(Members)); err != nil {
				return err
			}
			return pause(ctx, lasting)
		}),
		of("two of three", "two NATS servers are killed, and come back one after the other: nothing is acknowledged meanwhile, and nodes answer with what they know", 0, twoOfThree),
		of("bit in a server's ledger", "a bit flips in a NATS server's file of the ledger: the sweep names the server, the others serve, and when it is wiped it takes everything from them", 0, rot(ledgerBlock)),
		of("bit in a server's other files", "a bit flips in any other file of a NATS server: descriptions, states, raft logs, names", 0, rot(func(path string) bool { return !ledgerBlock(path) })),
		{
			Name: "power of all three", What: "the power of all NATS servers goes at once; of what was not synced, each disk keeps any part", Inject: powerOfAll,
			Needs: func(c *Config) error { c.Disks = true; return disk.Available() },
		},
	}
}

// wipe kills a server, and starts it with an empty disk.
func (w *World) wipe(i int) error {
	s := w.servers[i]
	s.kill()
	if err := os.RemoveAll(s.store); err != nil {
		return err
	}
	return s.run()
}

// noQuorum is how long nothing may be acknowledged again once two servers are back.
const noQuorum = 15 * time.Second

func twoOfThree(ctx context.Context, w *World) error {
	i := w.random.IntN(Members)
	k := (i + 1) % Members
	w.servers[i].kill()
	w.servers[k].kill()
	back := func() error { return errors.Join(w.servers[k].run(), w.servers[i].run()) }
	if err := pause(ctx, 2*time.Second); err != nil { // what was under way
		return errors.Join(err, back())
	}
	before := w.load.count()
	for n := range w.nodes {
		if err := w.answersAlone(ctx, n); err != nil {
			return errors.Join(err, back())
		}
	}
	if err := pause(ctx, lasting); err != nil {
		return errors.Join(err, back())
	}
	if now := w.load.count(); now > before {
		return errors.Join(fmt.Errorf("ACKNOWLEDGED WITHOUT A QUORUM: %d requests while two of three servers were down", now-before), back())
	}
	if err := w.servers[k].run(); err != nil {
		return err
	}
	again := w.now()
	if err := w.load.settled(ctx); err != nil {
		return errors.Join(err, back())
	}
	if took := w.now() - again; took > noQuorum {
		return errors.Join(fmt.Errorf("LATE: acknowledged again %.1f s after two servers were there", took.Seconds()), back())
	}
	return w.servers[i].run()
}

// answersAlone asks a node for what it knows, without the servers.
func (w *World) answersAlone(ctx context.Context, i int) error {
	ctx, cancel := context.WithTimeout(ctx, callWithin)
	defer cancel()
	answer, err := milepostv1.NewQueryServiceClient(w.nodes[i].conn).ListPlans(ctx, &milepostv1.ListPlansRequest{})
	if err != nil || answer.GetSpokenFor().GetPosition() == 0 {
		return fmt.Errorf("node %d does not answer with what it knows while two servers are down: %w", i, err)
	}
	return nil
}

func ledgerBlock(path string) bool {
	return strings.Contains(path, "streams"+string(filepath.Separator)+"MILEPOST_LEDGER"+string(filepath.Separator)) && strings.HasSuffix(path, ".blk")
}

// rot flips a bit in a file of a server that was stopped, runs it, and lets the sweep look at it. Where that names damage the server
// is wiped; otherwise what it stores has to be right in the end.
func rot(chosen func(path string) bool) func(context.Context, *World) error {
	return func(ctx context.Context, w *World) error {
		i := w.random.IntN(Members)
		s := w.servers[i]
		s.kill()
		path, err := pick(w.random, s.store, chosen)
		if err != nil {
			return errors.Join(err, s.run())
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		at, bit := w.random.IntN(len(data)), w.random.IntN(8)
		data[at] ^= 1 << bit
		if err := errors.Join(os.WriteFile(path, data, 0o600), s.run()); err != nil {
			return err
		}
		if err := pause(ctx, lasting); err != nil {
			return err
		}
		found := w.sweep(ctx, i)
		w.say("bit %d of byte %d of %s on server n%d: the sweep says %v", bit, at, strings.TrimPrefix(path, s.store), i, found)
		if found == nil {
			return w.whole(ctx) // whatever it was, the server is to be at the side of the others
		}
		if err := w.wipe(i); err != nil {
			return err
		}
		return w.whole(ctx)
	}
}

// sweep proves what one server stores, as `milepost verify --store` does. A second look tells damage from what was being written.
func (w *World) sweep(ctx context.Context, i int) (err error) {
	for range 5 {
		if _, _, err = embedded.VerifyMember(filepath.Join(w.servers[i].store, "ledger"), "$G", func(*eventstore.Commit) error { return nil }); err == nil {
			return nil
		}
		if pause(ctx, time.Second) != nil {
			return err
		}
	}
	return err
}

// pick draws a file that is not empty.
func pick(random *rand.Rand, dir string, chosen func(string) bool) (string, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !chosen(path) {
			return err
		}
		if info, err := e.Info(); err == nil && info.Size() > 0 {
			paths = append(paths, path)
		}
		return nil
	})
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("no file in %s is the one that is to be damaged", dir)
	}
	if err != nil {
		return "", err
	}
	return paths[random.IntN(len(paths))], nil
}

// powered is a disk that can lose its power, under a server.
type powered struct {
	disk  *disk.Disk
	mount *disk.Mount
}

// powerUp puts a disk under a server, or shows what a cut left of it.
func (w *World) powerUp(i int) (err error) {
	s := w.servers[i]
	if err := os.MkdirAll(s.store, 0o700); err != nil {
		return err
	}
	if s.disk == nil {
		s.disk = &powered{disk: disk.New(disk.Journalled, clock.System())}
	}
	s.disk.mount, err = s.disk.disk.Mount(s.store)
	return err
}

// powerOfAll takes the power of every server at one moment, and brings it back.
func powerOfAll(ctx context.Context, w *World) error {
	if err := pause(ctx, time.Duration(w.random.IntN(2000))*time.Millisecond); err != nil {
		return err
	}
	for _, s := range w.servers {
		s.signal(syscall.SIGKILL) // all of them before any is waited for
	}
	for _, s := range w.servers {
		s.kill()
	}
	for i, s := range w.servers {
		if err := s.disk.mount.Unmount(); err != nil {
			return err
		}
		loss := s.disk.disk.Cut(w.random)
		w.say("n%d: %s", i, loss)
		if err := w.powerUp(i); err != nil {
			return err
		}
	}
	for _, s := range w.servers {
		if err := s.run(); err != nil {
			return err
		}
	}
	return pause(ctx, time.Second)
}
