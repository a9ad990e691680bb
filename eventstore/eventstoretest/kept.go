package eventstoretest

import (
	"errors"
	"maps"
	"strings"
	"testing"

	"milepost.dev/eventstore"
)

// RunKept runs what every eventstore.Kept must do. Each call of open MUST give a new, empty one.
func RunKept(t *testing.T, open func(t *testing.T) eventstore.Kept) {
	kept := open(t)
	ctx := t.Context()
	want := map[string]string{}
	check := func(after string) {
		t.Helper()
		got := map[string]string{}
		err := kept.All(ctx, func(key string, value []byte) error {
			if _, twice := got[key]; twice {
				t.Errorf("after %s: key %q came twice", after, key)
			}
			got[key] = string(value)
			return nil
		})
		if err != nil || !maps.Equal(got, want) {
			t.Errorf("after %s: %q, %v; want %q", after, got, err, want)
		}
		for _, key := range []string{"a", "b.c *>", "nobody"} {
			wanted, there := want[key]
			if value, ok, err := kept.Get(ctx, key); err != nil || ok != there || string(value) != wanted {
				t.Errorf("after %s: key %q is %q (%v), %v; want %q", after, key, value, ok, err, wanted)
			}
		}
	}
	put := func(key, value string) {
		t.Helper()
		if err := kept.Put(ctx, key, []byte(value)); err != nil {
			t.Errorf("put %q: %v", key, err)
		}
		want[key] = value
	}
	erase := func(key string) {
		t.Helper()
		if err := kept.Erase(ctx, key); err != nil {
			t.Errorf("erase %q: %v", key, err)
		}
		delete(want, key)
	}

	check("nothing")
	put("a", "one")
	put("b.c *>", "two")
	put(strings.Repeat("\xff", eventstore.MaxKey), "")
	put("\x00", strings.Repeat("long ", 20_000))
	check("four puts")
	put("a", "three")
	put("a", "three")
	check("two more of one key")
	erase("a")
	erase("nobody")
	check("an erase")
	put("a", "four")
	check("the key again")
	for key := range maps.Clone(want) {
		erase(key)
	}
	check("erasing all")

	for _, key := range []string{"", strings.Repeat("k", eventstore.MaxKey+1)} {
		if kept.Put(ctx, key, nil) == nil {
			t.Errorf("a key of %d bytes was taken", len(key))
		}
	}
	put("a", "five")
	stop := errors.New("stop")
	if err := kept.All(ctx, func(string, []byte) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of yield: %v", err)
	}
}
