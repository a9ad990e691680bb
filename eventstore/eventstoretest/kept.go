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

// RunRevised runs what every eventstore.Revised must do beside. Each call of open MUST give a new, empty one.
func RunRevised(t *testing.T, open func(t *testing.T) eventstore.Revised) {
	kept := open(t)
	ctx := t.Context()
	revise := func(value string, revision uint64, erase, want bool) {
		t.Helper()
		if done, err := kept.Revise(ctx, "a", []byte(value), revision, erase); err != nil || done != want {
			t.Errorf("%q in the place of revision %d: %v, %v; want %v", value, revision, done, err, want)
		}
	}
	get := func(want string) (revision uint64) {
		t.Helper()
		value, revision, err := kept.GetRevised(ctx, "a")
		if err != nil || string(value) != want || (revision == 0) != (want == "") {
			t.Errorf("it is %q, revision %d, %v; want %q", value, revision, err, want)
		}
		all := map[string]uint64{}
		err = kept.AllRevised(ctx, func(key string, value []byte, revision uint64) error {
			all[key+"="+string(value)] = revision
			return nil
		})
		if _, there := all["a="+want]; err != nil || revision > 0 && (!there || all["a="+want] != revision) {
			t.Errorf("among all it is %v, %v; want %q at %d", all, err, want, revision)
		}
		return revision
	}
	get("")
	revise("one", 7, false, false)
	revise("one", 0, false, true)
	revise("one", 0, false, true) // the very same again
	first := get("one")
	revise("two", 0, false, false)
	revise("two", first, true, true)
	second := get("two")
	revise("three", first, false, false)
	revise("three", second, false, true)
	get("three")
	if err := kept.Put(ctx, "a", []byte("four")); err != nil {
		t.Fatal(err)
	}
	fourth := get("four")
	if err := kept.Erase(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	revise("five", fourth, false, false)
	get("")
	revise("five", 0, false, true)
	get("five")
}
