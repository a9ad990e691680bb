package parties_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
	"milepost.dev/internal/parties/keyfile"
)

// errCut is what ends a process in these tests.
var errCut = errors.New("the process has ended")

// cutting is a store and its keys that do so many steps, and then none any more: as if the process had ended there.
type cutting struct {
	*parties.Memory
	*keyfile.Dir
	left int
}

func (c *cutting) step() error {
	if c.left == 0 {
		return errCut
	}
	c.left--
	return nil
}

func (c *cutting) Put(ctx context.Context, key string, value []byte) error {
	if err := c.step(); err != nil {
		return err
	}
	return c.Memory.Put(ctx, key, value)
}

func (c *cutting) Erase(ctx context.Context, key string) error {
	if err := c.step(); err != nil {
		return err
	}
	return c.Memory.Erase(ctx, key)
}

func (c *cutting) All(ctx context.Context, yield func(string, []byte) error) error {
	return c.Memory.All(ctx, yield)
}

// keysOf are the keys of a cutting: two methods of it have one name.
type keysOf struct{ of *cutting }

func (k keysOf) All() ([]parties.Key, error) { return k.of.Dir.All() }

func (k keysOf) Add(key parties.Key) error {
	if err := k.of.step(); err != nil {
		return err
	}
	return k.of.Dir.Add(key)
}

func (k keysOf) Destroy(id parties.EpochID) error {
	if err := k.of.step(); err != nil {
		return err
	}
	return k.of.Dir.Destroy(id)
}

// said is what a ledger says in these tests.
type said struct {
	forgotten map[string]bool
	told      parties.Told
}

func (s *said) tell() parties.Told {
	told := s.told
	told.Forgotten = maps.Keys(s.forgotten)
	return told
}

// start is a start of a process that writes.
func start(t *testing.T, c *cutting, s *said, named []string, retire bool) (*parties.Directory, error) {
	t.Helper()
	d, err := parties.Follow(t.Context(), c, keysOf{c}, clock.Entropy())
	if err != nil {
		return nil, err
	}
	if err := d.Beside(len(named) > 0, slices.Values(named), s.tell()); err != nil {
		return nil, err
	}
	left, err := d.Settle(t.Context(), s.tell())
	if err != nil {
		return nil, err
	}
	if err := d.EnsureRequestKey(t.Context()); err != nil {
		return nil, err
	}
	switch left {
	case parties.Complete:
		s.told.Complete = true
		return d, d.Purge(t.Context(), maps.Keys(s.forgotten))
	case parties.BeginAgain:
		return d, change(t, c, s, d, nil, retire)
	}
	return d, nil
}

// change is a change of keys, as the writer does it.
func change(t *testing.T, c *cutting, s *said, d *parties.Directory, forgotten []string, retire bool) error {
	t.Helper()
	key, err := d.NewEpoch()
	if err != nil {
		return err
	}
	if err := c.step(); err != nil {
		return err
	}
	s.told = parties.Told{Epoch: key, Begun: true, RetiresRequestKey: retire}
	for _, id := range forgotten {
		s.forgotten[id] = true
	}
	d.UseEpoch(key, forgotten)
	if _, err := d.WriteAgain(t.Context(), retire); err != nil {
		return err
	}
	if err := c.step(); err != nil {
		return err
	}
	s.told.Complete = true
	return d.Purge(t.Context(), maps.Keys(s.forgotten))
}

const people = 7

func personCalled(i int) string { return fmt.Sprintf("Person Number %d", i) }

// peopled is a directory of names, kept without a key as an older milepost did, or under one.
func peopled(t *testing.T, sealed bool) (c *cutting, named []string, ids map[string]string) {
	t.Helper()
	c = &cutting{Memory: parties.NewMemory(), Dir: keyfile.In(t.TempDir()), left: 1 << 30}
	d, err := parties.Open(t.Context(), c.Memory, clock.Entropy())
	if err != nil {
		t.Fatal(err)
	}
	ids = map[string]string{}
	for i := range people {
		id := resolve(t, d, personCalled(i))
		named, ids[personCalled(i)] = append(named, id), id
	}
	if sealed {
		if _, err := start(t, c, &said{forgotten: map[string]bool{}}, named, false); err != nil {
			t.Fatal(err)
		}
	}
	return c, named, ids
}

// Whatever step the process ends at, of moving an old directory under a key, of forgetting somebody, or of going on with either: the
// next start finds every name that is to stay, and once it has come to its end the name that is forgotten is nowhere.
func TestNoNameIsLostAtAnyStep(t *testing.T) {
	for _, tt := range []struct {
		what           string
		sealed, forget bool
		retire         bool
	}{
		{"moving an old directory", false, false, false},
		{"forgetting", true, true, false},
		{"forgetting in a directory that was never moved", false, true, false},
		{"retiring the request key", true, false, true},
	} {
		t.Run(tt.what, func(t *testing.T) {
			for steps := 0; ; steps++ {
				if ended := cutAt(t, steps, tt.sealed, tt.forget, tt.retire); ended {
					t.Logf("%d steps", steps)
					if steps < people {
						t.Errorf("there were only %d steps to end at", steps)
					}
					return
				}
			}
		})
	}
}

// cutAt ends the process after so many steps, and the next start after as many, and then lets one come to its end. It answers whether
// the first did.
func cutAt(t *testing.T, steps int, sealed, forgets, retire bool) (ended bool) {
	c, named, ids := peopled(t, sealed)
	gone, s := personCalled(3), &said{forgotten: map[string]bool{}}
	was := requestKeyOf(t, c)
	c.left = steps
	d, err := start(t, c, s, named, retire)
	if err == nil && (forgets || retire) {
		var forgotten []string
		if forgets {
			forgotten = []string{ids[gone]}
		}
		err = change(t, c, s, d, forgotten, retire)
	}
	if ended = err == nil; !ended && !errors.Is(err, errCut) {
		t.Fatalf("after %d steps: %v", steps, err)
	}
	if !ended {
		c.left = steps
		if _, err := start(t, c, s, named, retire); err != nil && !errors.Is(err, errCut) {
			t.Fatalf("the start after %d steps: %v", steps, err)
		}
	}
	c.left = 1 << 30
	d, err = start(t, c, s, named, retire)
	if err != nil {
		t.Fatalf("the last start after %d steps: %v", steps, err)
	}
	for name, id := range ids {
		kept, ok := d.Name(id)
		if s.forgotten[id] == ok || ok && kept != name {
			t.Fatalf("after %d steps %s is kept: %v as %q, and forgotten: %v", steps, name, ok, kept, s.forgotten[id])
		}
	}
	if s.forgotten[ids[gone]] {
		cannotTell(t, c.Memory, c.Dir, ids[gone], slices.Collect(maps.Keys(ids)))
	}
	if keys, err := c.Dir.All(); err != nil || len(keys) != 1 {
		t.Fatalf("after %d steps there are %d keys, %v", steps, len(keys), err)
	}
	if retired := s.told.Complete && s.told.RetiresRequestKey; retired == (string(d.RequestKey()) == string(was)) {
		t.Fatalf("after %d steps the request key is another one: %v, and it was retired: %v", steps, !retired, retired)
	}
	return ended
}

func requestKeyOf(t *testing.T, c *cutting) []byte {
	d, err := parties.Follow(t.Context(), c.Memory, c.Dir, clock.Entropy())
	if err != nil {
		t.Fatal(err)
	}
	return d.RequestKey()
}

// cannotTell tries what somebody can who has every value of a store, every key that is left, and a list of names with the one that
// was forgotten.
func cannotTell(t *testing.T, kept parties.Kept, dir *keyfile.Dir, id string, list []string) {
	t.Helper()
	_ = kept.All(t.Context(), func(key string, value []byte) error {
		for _, name := range list {
			if strings.Contains(string(value), name) {
				t.Errorf("%q is kept in plain text under %s", name, key)
			}
			for i := 0; i+16 <= len(value); i++ {
				if sum := sha256.Sum256([]byte("milepost party\x00" + string(value[i:i+16]) + name)); string(sum[:]) == id {
					t.Errorf("with what is kept under %s it can be told that %q was forgotten", key, name)
				}
			}
		}
		return nil
	})
	d, err := parties.Follow(t.Context(), kept, dir, clock.Entropy())
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := d.Name(id); ok {
		t.Error("the keys that are left open the name that was forgotten")
	}
}

// A name under a key that is not there is not taken for one that was forgotten, and nothing is overwritten.
func TestAMissingKeyIsSaid(t *testing.T) {
	c, named, _ := peopled(t, true)
	keys, err := c.Dir.All()
	if err != nil || len(keys) != 1 {
		t.Fatal(keys, err)
	}
	if err := c.Dir.Destroy(keys[0].ID); err != nil {
		t.Fatal(err)
	}
	_, err = start(t, c, &said{forgotten: map[string]bool{}}, named, false)
	var damage *parties.Damage
	if !errors.As(err, &damage) || !strings.Contains(damage.Reason, keys[0].ID.String()) {
		t.Errorf("the start says %v", err)
	}
	if left, _ := c.Dir.All(); len(left) != 0 {
		t.Error("another key was made in the place of one that is missing")
	}
}

// Attack: somebody who can write the store marks a name as forgotten and erases it (B9). The ledger does not say that anybody asked.
func TestAForgedForgettingIsFound(t *testing.T) {
	c, named, ids := peopled(t, true)
	key := fmt.Sprintf("%x", ids[personCalled(2)])
	if err := errors.Join(c.Memory.Put(t.Context(), "forgotten."+key, []byte{1}), c.Memory.Erase(t.Context(), key)); err != nil {
		t.Fatal(err)
	}
	_, err := start(t, c, &said{forgotten: map[string]bool{}}, named, false)
	var damage *parties.Damage
	if !errors.As(err, &damage) || !strings.Contains(damage.Reason, "the ledger does not say") {
		t.Errorf("the start says %v", err)
	}
}

// What is kept under one party, or under another key of it, cannot be put in the place of another.
func TestAValueIsBoundToItsPlace(t *testing.T) {
	c, named, ids := peopled(t, true)
	var key, other string
	for _, id := range ids {
		key, other = other, fmt.Sprintf("%x", id)
	}
	value, _, err := c.Memory.Get(t.Context(), key)
	if err == nil {
		err = c.Memory.Put(t.Context(), other, value)
	}
	if err != nil {
		t.Fatal(err)
	}
	var damage *parties.Damage
	if _, err := start(t, c, &said{forgotten: map[string]bool{}}, named, false); !errors.As(err, &damage) || !strings.Contains(damage.Reason, "under the key") {
		t.Errorf("the start says %v", err)
	}
}

// A key is overwritten in the file that it lies in, and not in one that takes its place; and it is for its owner alone.
func TestAKeyIsOverwrittenWhereItLies(t *testing.T) {
	data := t.TempDir()
	keys := keyfile.In(data)
	key := parties.Key{ID: parties.EpochID{1, 2}, Number: 7, Secret: [32]byte{31: 9}}
	if err := keys.Add(key); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(data, keyfile.Folder, key.ID.String()+".key")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	same := filepath.Join(data, "same")
	if err := os.Link(path, same); err != nil {
		t.Skip("no second name for a file here:", err)
	}
	if got, err := keys.All(); err != nil || len(got) != 1 || got[0] != key {
		t.Fatalf("%v, %v", got, err)
	}
	if err := keys.Destroy(key.ID); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadFile(same); err != nil || strings.Trim(string(left), "\x00") != "" {
		t.Errorf("the file still holds %q, %v", left, err)
	}
	// A process that ended between the two leaves a file of zeros, which is no damage.
	if err := os.WriteFile(path, make([]byte, info.Size()), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := keys.All(); err != nil || len(got) != 0 {
		t.Errorf("a key that was destroyed is read as %v, %v", got, err)
	}
	if err := keys.Add(key); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for bit := range len(content) * 8 {
		content[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		var damage *parties.Damage
		if _, err := keys.All(); !errors.As(err, &damage) {
			t.Fatalf("bit %d is changed, and nobody noticed: %v", bit, err)
		}
		content[bit/8] ^= 1 << (bit % 8)
	}
}

// A process that stops writing and begins again goes on with the key that it has.
func TestSettlingAgainChangesNothing(t *testing.T) {
	c, _, _ := peopled(t, true)
	before, err := c.Dir.All()
	if err != nil {
		t.Fatal(err)
	}
	d, err := parties.Follow(t.Context(), c, keysOf{c}, clock.Entropy())
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if left, err := d.Settle(t.Context(), parties.Told{}); left != parties.Nothing || err != nil {
			t.Fatal(left, err)
		}
	}
	if after, err := c.Dir.All(); err != nil || !slices.Equal(before, after) {
		t.Errorf("the keys were %v, and are %v, %v", before, after, err)
	}
}
