package fault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Tally is what came of one world.
type Tally struct {
	Fault    string
	Seed     uint64
	Injected int
	Proof    Proof
}

// Round makes a world, lets one fault happen to it a number of times, and proves that nothing was broken. Where
// something was, the world's files stay in dir, with what the server said.
func Round(ctx context.Context, f Fault, times int, binary, dir string, seed uint64, log func(detail string)) (_ Tally, err error) {
	said, err := os.Create(filepath.Join(dir, "server.log"))
	if err != nil {
		return Tally{}, err
	}
	defer said.Close()
	t := Tally{Fault: f.Name, Seed: seed}
	w, err := NewWorld(ctx, Config{Seed: seed, Binary: binary, Dir: dir, Ground: f.Ground, Wide: seed%2 == 0, Log: said})
	if err != nil {
		return t, fmt.Errorf("%s, seed %d: begin: %w", f.Name, seed, err)
	}
	defer func() {
		if err != nil && w.Disk != nil { // what the disk held goes with it
			err = errors.Join(err, w.Disk.CopyTo(filepath.Join(dir, "disk")))
		}
		err = errors.Join(err, w.Close())
	}()
	for range times {
		detail, err := f.Inject(ctx, w)
		if err != nil {
			return t, fmt.Errorf("%s, seed %d, number %d: %w", f.Name, seed, t.Injected+1, err)
		}
		t.Injected++
		log(detail)
	}
	if t.Proof, err = w.Prove(ctx); err != nil {
		return t, fmt.Errorf("%s, seed %d, after %d: %w", f.Name, seed, t.Injected, err)
	}
	return t, nil
}

// most faults that happen to one world before it is proved.
const most = 12

// Campaign lets each fault happen a number of times, in worlds of their own, and hands each tally to done. It
// goes on after a world that was broken, whose files it keeps below dir, and answers all of that in the end.
func Campaign(ctx context.Context, faults []Fault, times func(Fault) int, binary, dir string, seed uint64, progress io.Writer, done func(Tally) error) error {
	var broken []error
	for _, f := range faults {
		if err := f.Ground.Available(); err != nil && times(f) > 0 {
			fmt.Fprintf(progress, "LEFT OUT: %s: %v\n", f.Name, err)
			continue
		}
		for left := times(f); left > 0; left -= most {
			seed++
			if err := ctx.Err(); err != nil {
				return errors.Join(append(broken, err)...)
			}
			world := filepath.Join(dir, fmt.Sprintf("%s-%d", filepath.Base(f.Name), seed))
			if err := os.MkdirAll(world, 0o700); err != nil {
				return err
			}
			t, err := Round(ctx, f, min(left, most), binary, world, seed, func(string) {})
			if err != nil {
				fmt.Fprintf(progress, "BROKEN: %v\n", err)
				broken = append(broken, err)
				continue
			}
			fmt.Fprintf(progress, "%-26s seed %-6d %3d times: %6d operations, %5d accepted, %4d in doubt and found out; nothing lost, nothing doubled\n",
				f.Name, seed, t.Injected, t.Proof.Operations, t.Proof.Accepted, t.Proof.InDoubt)
			if err := errors.Join(done(t), os.RemoveAll(world)); err != nil {
				return err
			}
		}
	}
	return errors.Join(broken...)
}
