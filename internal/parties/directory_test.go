package parties_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"milepost.dev/domain"
	"milepost.dev/internal/clock"
	"milepost.dev/internal/parties"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, kept parties.Kept) *parties.Directory {
	t.Helper()
	d, err := parties.Open(t.Context(), kept, clock.Seeded(1))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// forget forgets a party as the writer does, but for what the ledger says of it.
func forget(t *testing.T, d *parties.Directory, id string) {
	t.Helper()
	key, err := d.NewEpoch()
	if err != nil {
		t.Fatal(err)
	}
	d.UseEpoch(key, []string{id})
	if _, err := d.WriteAgain(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if err := d.Purge(t.Context(), slices.Values([]string{id})); err != nil {
		t.Fatal(err)
	}
}

func resolve(t *testing.T, d *parties.Directory, name string) string {
	t.Helper()
	id, err := d.Resolve(t.Context(), name)
	if err != nil {
		t.Fatalf("Resolve(%q): %v", name, err)
	}
	return id
}

func TestOtherCaseOrSpacingIsTheSameParty(t *testing.T) {
	d := open(t, parties.NewMemory())
	treasury := resolve(t, d, "HM Treasury")
	for _, name := range []string{"hm treasury", " HM  TREASURY ", "Hm\u00a0Treasury", "HM Treasury"} {
		if resolve(t, d, name) != treasury {
			t.Errorf("%q is another party", name)
		}
		if id, ok := d.Find(name); !ok || id != treasury {
			t.Errorf("Find(%q) = %x, %v", name, id, ok)
		}
	}
	for _, name := range []string{"HMTreasury", "H.M. Treasury", "HM Treasury/DfE"} {
		if resolve(t, d, name) == treasury {
			t.Errorf("%q is the same party", name)
		}
	}
	if resolve(t, d, "ὈΔΥΣΣΕΎΣ") != resolve(t, d, "ὀδυσσεύς") {
		t.Error("Greek letters in another case are another party")
	}
	if resolve(t, d, "Zo\u00eb") != resolve(t, d, "Zoe\u0308") || resolve(t, d, "Nur\u200cullah") != resolve(t, d, "Nurullah") {
		t.Error("two ways of writing what looks the same are two parties")
	}
	if name := d.Display(treasury); name != "HM Treasury" {
		t.Errorf("it is shown as %q, not as it was first written", name)
	}
}

func TestIDIsTheDigestOfSaltAndName(t *testing.T) {
	d := open(t, parties.NewMemory())
	id := resolve(t, d, "Ada Lovelace")
	p := d.All()[0]
	want := sha256.Sum256([]byte("milepost party\x00" + string(p.Salt[:]) + "Ada Lovelace"))
	if id != string(want[:]) || p.ID != id {
		t.Errorf("id %x, want %x", id, want)
	}
}

func TestTheDirectoryOutlivesTheProcess(t *testing.T) {
	kept := parties.NewMemory()
	first := open(t, kept)
	ada, hmt := resolve(t, first, "Ada Lovelace"), resolve(t, first, "HM Treasury")
	second := open(t, kept)
	if resolve(t, second, "ada lovelace") != ada || resolve(t, second, "HM Treasury") != hmt {
		t.Error("a name came back as another party")
	}
	if string(first.RequestKey()) != string(second.RequestKey()) || len(first.RequestKey()) != 32 {
		t.Error("the request key changed")
	}
	if !first.Fresh() || second.Fresh() {
		t.Error("only the first was fresh")
	}
	if all := second.All(); len(all) != 2 || all[0].Name != "Ada Lovelace" {
		t.Errorf("All() = %v", all)
	}
}

func TestWhatIsForgottenIsGone(t *testing.T) {
	kept := parties.NewMemory()
	d := open(t, kept)
	id := resolve(t, d, "Ada Lovelace")
	forget(t, d, id)
	for _, d := range []*parties.Directory{d, open(t, kept)} {
		if _, ok := d.Name(id); ok {
			t.Error("the name is still there")
		}
		if _, ok := d.Find("Ada Lovelace"); ok {
			t.Error("the name still finds the id")
		}
		if got, want := d.Display(id), "forgotten party "+hex.EncodeToString([]byte(id))[:8]; got != want {
			t.Errorf("Display = %q, want %q", got, want)
		}
	}
	if resolve(t, d, "Ada Lovelace") == id {
		t.Error("the same name came back under the forgotten id")
	}
}

func TestNamesThatCannotBeKept(t *testing.T) {
	d := open(t, parties.NewMemory())
	for _, name := range []string{"", "  ", strings.Repeat("x", 301), "Ada\nLovelace", "a\x00b", "\xff", "Ada \u202eecalevoL", "a\u2028b", "Ada\u200bLovelace", "\ufeffAda", "A\u00adda", "Ada\u3164"} {
		_, err := d.Resolve(t.Context(), name)
		var refusal *domain.Refusal
		if !errors.As(err, &refusal) || refusal.Class != domain.Invalid || refusal.Rule != parties.RuleMalformed {
			t.Errorf("Resolve(%q) = %v", name, err)
		}
	}
	resolve(t, d, strings.Repeat("x", 300))
	if n := len(d.All()); n != 1 {
		t.Errorf("%d names were kept", n)
	}
}

func TestManyWithOneNewNameMakeOneParty(t *testing.T) {
	kept := &counting{Memory: parties.NewMemory()}
	d := open(t, kept)
	before := kept.puts.Load()
	var all sync.WaitGroup
	ids := make([]string, 50)
	for i := range ids {
		all.Go(func() { ids[i], _ = d.Resolve(context.Background(), strings.Repeat(" ", i)+"ada Lovelace") })
	}
	all.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatalf("ids differ: %x and %x", id, ids[0])
		}
	}
	if n := kept.puts.Load() - before; n != 1 {
		t.Errorf("the name was put %d times", n)
	}
}

type counting struct {
	*parties.Memory
	puts atomic.Int32
}

func (c *counting) Put(ctx context.Context, key string, value []byte) error {
	c.puts.Add(1)
	return c.Memory.Put(ctx, key, value)
}

// lossy keeps what it is given and, while broken, says that it failed: the worst answer a store can give.
type lossy struct {
	*parties.Memory
	broken atomic.Bool
}

func (l *lossy) Put(ctx context.Context, key string, value []byte) error {
	err := l.Memory.Put(ctx, key, value)
	if l.broken.Load() {
		return errors.New("no answer")
	}
	return err
}

func TestANameThatMayBeKeptIsNotKeptTwice(t *testing.T) {
	kept := &lossy{Memory: parties.NewMemory()}
	d := open(t, kept)
	kept.broken.Store(true)
	for range 3 {
		if _, err := d.Resolve(t.Context(), "Ada Lovelace"); err == nil {
			t.Fatal("a name was given an id though it may not be kept")
		}
	}
	kept.broken.Store(false)
	id := resolve(t, d, "ada lovelace")
	if all := open(t, kept).All(); len(all) != 1 || all[0].ID != id {
		t.Errorf("kept are %d parties", len(all))
	}
}

func TestNamesInDoubtAreBoundedAndSettle(t *testing.T) {
	kept := &lossy{Memory: parties.NewMemory()}
	d := open(t, kept)
	kept.broken.Store(true)
	for i := range 1200 {
		if _, err := d.Resolve(t.Context(), fmt.Sprint("party ", i)); err == nil {
			t.Fatal("no error")
		}
	}
	kept.broken.Store(false)
	resolve(t, d, "another")
	if n := len(open(t, kept).All()); n != 1001 {
		t.Errorf("%d names are kept, want the 1000 in doubt and the new one", n)
	}
}

func TestACallerWhoLeavesDoesNotMakeANameUnsure(t *testing.T) {
	d := open(t, parties.NewMemory())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Resolve(ctx, "Ada"); !errors.Is(err, context.Canceled) {
		t.Errorf("Resolve = %v", err)
	}
	if _, ok := d.Find("Ada"); ok {
		t.Error("a name was made for somebody who had left")
	}
	resolve(t, d, "Ada")
}

func TestDamageStopsTheStart(t *testing.T) {
	name := func(kept *parties.Memory) string {
		d, _ := parties.Open(context.Background(), kept, clock.Seeded(1))
		id, _ := d.Resolve(context.Background(), "Ada Lovelace")
		return hex.EncodeToString([]byte(id))
	}
	for _, tt := range []struct {
		what   string
		damage func(kept *parties.Memory, key string)
	}{
		{"another name", func(k *parties.Memory, key string) {
			_ = k.Put(context.Background(), key, append([]byte{1}, "0123456789abcdefBabbage"...))
		}},
		{"cut short", func(k *parties.Memory, key string) { _ = k.Put(context.Background(), key, []byte{1, 2}) }},
		{"another version", func(k *parties.Memory, key string) { _ = k.Put(context.Background(), key, []byte{2, 2}) }},
		{"empty", func(k *parties.Memory, key string) { _ = k.Put(context.Background(), key, nil) }},
		{"a key of nobody", func(k *parties.Memory, _ string) { _ = k.Put(context.Background(), "who", []byte{1}) }},
		{"request key lost", func(k *parties.Memory, _ string) { _ = k.Erase(context.Background(), "key.requests") }},
		{"request key short", func(k *parties.Memory, _ string) { _ = k.Put(context.Background(), "key.requests", []byte{1, 2}) }},
	} {
		t.Run(tt.what, func(t *testing.T) {
			kept := parties.NewMemory()
			tt.damage(kept, name(kept))
			_, err := parties.Open(t.Context(), kept, clock.Seeded(2))
			var damage *parties.Damage
			if !errors.As(err, &damage) {
				t.Errorf("Open = %v, want *Damage", err)
			}
		})
	}
}

func BenchmarkResolveKnown(b *testing.B) {
	d, _ := parties.Open(b.Context(), parties.NewMemory(), clock.Seeded(1))
	_, _ = d.Resolve(b.Context(), "HM Treasury")
	b.ReportAllocs()
	for b.Loop() {
		_, _ = d.Resolve(b.Context(), "HM Treasury")
	}
}

func TestWhatWasForgottenIsNotLost(t *testing.T) {
	kept := parties.NewMemory()
	d := open(t, kept)
	ada, grace := resolve(t, d, "Ada"), resolve(t, d, "Grace")
	forget(t, d, ada)
	restored := parties.NewMemory()
	if err := d.Values(func(key string, value []byte) error { return restored.Put(t.Context(), key, value) }); err != nil {
		t.Fatal(err)
	}
	named := slices.Values([]string{ada, grace, strings.Repeat("x", 32)})
	for _, d := range []*parties.Directory{d, open(t, kept), open(t, restored)} {
		if lost := d.Lost(named); len(lost) != 1 || lost[0] != strings.Repeat("x", 32) {
			t.Errorf("lost: %x", lost)
		}
	}
}
