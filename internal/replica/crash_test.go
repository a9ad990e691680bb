package replica

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"milepost.dev/domain/civil"
	"milepost.dev/domain/milestone"
	"milepost.dev/domain/period"
	"milepost.dev/domain/plan"
	"milepost.dev/eventstore"
	"milepost.dev/eventstore/eventstoretest"
	"milepost.dev/eventstore/memory"
	"milepost.dev/internal/codec"
	"milepost.dev/internal/request"
)

// tester is a test or one of many drawn ones.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Context() context.Context
}

// saved is a ledger, and a replica that follows it and saves its fold.
type saved struct {
	t      tester
	log    *memory.Log
	ledger *eventstore.Ledger
	dir    string
	*Replica
	accepted map[request.Key]uint64
	n        int
}

func newSaved(t tester, dir string) *saved {
	s := &saved{t: t, log: memory.New(), dir: dir, accepted: map[request.Key]uint64{}}
	ledger, err := eventstore.TakeOver(t.Context(), s.log, &eventstore.Chain{}, eventstoretest.Opening(), func(*eventstore.Commit) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	s.ledger = ledger
	s.Replica = New(Config{Dir: dir, SaveEvery: 20})
	if err := s.CatchUp(t.Context(), s.log); err != nil {
		t.Fatal(err)
	}
	return s
}

// draft is an event of this ledger: its first registers the plan and its second adds the milestone.
func (s *saved) draft() eventstore.Draft {
	s.n++
	kind, payload, err := codec.EncodePlan(plan.Registered{Name: "Hubs", TimeZone: "Europe/London"})
	id := [16]byte{1}
	switch {
	case s.n == 1:
	case s.n == 2:
		kind, payload, err = codec.EncodeMilestone(id, milestone.Added{Ref: "A"})
	case s.n%7 == 0:
		kind, payload, err = codec.EncodeMilestone(id, milestone.ProgressReported{Words: fmt.Sprint(s.n)})
	default:
		on, _ := civil.Parse("2018-01-01")
		kind, payload, err = codec.EncodeMilestone(id, milestone.Slipped{Delivery: period.OfDay(on.AddDays(s.n)), From: on, Days: s.n, Reason: fmt.Sprint(s.n)})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return eventstore.Draft{EventID: [16]byte{byte(s.n >> 8), byte(s.n)}, Plan: "hubs", AsAt: 20170101, Type: kind, Payload: payload}
}

// append commits so many requests of two events each, and lets the replica follow.
func (s *saved) append(requests int) {
	var all []eventstore.Request
	for range requests {
		r := eventstoretest.Request(fmt.Sprint("r", s.n), "hubs")
		r.Drafts = []eventstore.Draft{s.draft(), s.draft()}
		all = append(all, r)
	}
	c, err := s.ledger.Append(s.t.Context(), all)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range c.Entries {
		s.accepted[request.KeyOf(c.Entries[i].Actor, c.Entries[i].Request)] = c.Number
	}
	if err := s.CatchUp(s.t.Context(), s.log); err != nil {
		s.t.Fatal(err)
	}
}

// files are those of the fold.
func files(t tester, dir string) map[string][]byte {
	all := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = data
	}
	return all
}

func put(t tester, dir string, files map[string][]byte) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		err = errors.Join(err, os.Remove(filepath.Join(dir, e.Name())))
	}
	for name, data := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestACrashLeavesAFoldOrTheLedger: whatever a crash left of a save, or a disk of a file, the next start knows every request and
// every event, from what was saved or from the ledger, and saves again. A crash is any of the files of the save, the last of them
// cut off, the list before it or the one after it, and all files that a save removes or none of them.
func TestACrashLeavesAFoldOrTheLedger(t *testing.T) {
	dir := t.TempDir()
	usable := 0
	rapid.Check(t, func(t *rapid.T) {
		put(t, dir, nil)
		s := newSaved(t, dir)
		before := map[string][]byte{}
		for range rapid.IntRange(1, 3).Draw(t, "saves") {
			before = files(t, dir)
			s.append(rapid.IntRange(1, 20).Draw(t, "requests"))
			s.BeginSave(s.chain.Clone())
			s.EndSave(<-s.Saved())
		}
		after := files(t, dir)
		left := maps.Clone(after)
		switch rapid.IntRange(0, 3).Draw(t, "what a crash left") {
		case 0: // all of it
		case 1: // files without their list, and the last of them in part
			left = maps.Clone(before)
			made := slices.DeleteFunc(slices.Sorted(maps.Keys(after)), func(name string) bool { return before[name] != nil || name == listName })
			made = made[:rapid.IntRange(0, len(made)).Draw(t, "made")]
			for i, name := range made {
				left[name] = after[name]
				if i == len(made)-1 && rapid.Bool().Draw(t, "in part") {
					delete(left, name)
					left[name+".part"] = after[name][:rapid.IntRange(0, len(after[name])).Draw(t, "cut")]
				}
			}
		case 2: // nothing was removed yet
			for name, data := range before {
				if left[name] == nil {
					left[name] = data
				}
			}
		default: // a disk that lost or changed something
			name := rapid.SampledFrom(slices.Sorted(maps.Keys(after))).Draw(t, "file")
			switch at := rapid.IntRange(0, len(left[name])-1).Draw(t, "at"); rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				delete(left, name)
			case 1:
				left[name] = left[name][:at]
			default:
				left[name] = bytes.Clone(left[name])
				left[name][at] ^= 0x20
			}
		}
		if err := s.Close(false); err != nil {
			t.Fatal(err)
		}
		put(t, dir, left)
		for range 2 { // the second start is from what the first one saved
			again := New(Config{Dir: dir, SaveEvery: 20, Whole: rapid.Bool().Draw(t, "whole")})
			if again.from != nil {
				usable++
			}
			if again.chain.Commit == 0 {
				if err := s.log.Read(t.Context(), 1, again.Feed); err != nil {
					t.Fatal(err)
				}
			}
			if err := again.CatchUp(t.Context(), s.log); err != nil {
				t.Fatal(err)
			}
			s.knows(again)
			again.unsaved = 1
			if err := again.Close(true); err != nil {
				t.Fatal(err)
			}
			if _, err := readList(dir); err != nil {
				t.Fatalf("it was not saved again: %v", err)
			}
		}
	})
	if usable == 0 {
		t.Error("no fold was used")
	}
}

// knows compares a replica with the ledger.
func (s *saved) knows(r *Replica) {
	s.t.Helper()
	for k, want := range s.accepted {
		looked, err := r.Look(k)
		if err != nil {
			s.t.Fatal(err)
		}
		if commit, ok, err := r.Accepted(k, looked); !ok || err != nil || commit != want {
			s.t.Fatalf("a request of commit %d is said to be of %d, %t, %v", want, commit, ok, err)
		}
	}
	for i := range 50 {
		k := request.KeyOf("nobody", fmt.Sprint(i))
		looked, err := r.Look(k)
		if commit, ok, found := r.Accepted(k, looked); ok || err != nil || found != nil {
			s.t.Fatalf("a request that nobody sent is said to be of %d, %v, %v", commit, err, found)
		}
	}
	view, want := r.Book().Now(), s.Book().Now()
	if view.Position != want.Position {
		s.t.Fatalf("position %d of %d", view.Position, want.Position)
	}
	p, _ := view.Plan("hubs")
	of, _ := want.Plan("hubs")
	for i, m := range of.Milestones() {
		got, told := view.Statements(p.Milestones()[i]), want.Statements(m)
		if !slices.EqualFunc(got, told, func(a, b milestone.Statement) bool { return fmt.Sprint(a) == fmt.Sprint(b) }) {
			s.t.Fatalf("%v\nand not\n%v", got, told)
		}
	}
}

// TestARequestIsFoundWhileItIsSaved: a request is known before a save, while it is under way and when it has ended, whenever it was
// looked for on disk.
func TestARequestIsFoundWhileItIsSaved(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		put(t, dir, nil)
		s := newSaved(t, dir)
		looked := map[request.Key]Looked{}
		for range rapid.IntRange(1, 3).Draw(t, "saves") {
			s.append(rapid.IntRange(1, 9).Draw(t, "requests"))
			look := func() {
				for k := range s.accepted {
					if rapid.Bool().Draw(t, "look") {
						l, err := s.Look(k)
						if err != nil {
							t.Fatal(err)
						}
						looked[k] = l
					}
				}
			}
			find := func() {
				for k, l := range looked {
					if commit, ok, err := s.Accepted(k, l); commit != s.accepted[k] || !ok || err != nil {
						t.Fatalf("commit %d, %t, %v", commit, ok, err)
					}
				}
			}
			look()
			find()
			s.BeginSave(s.chain.Clone())
			find()
			look()
			s.EndSave(<-s.Saved())
			find()
		}
		if err := s.Close(false); err != nil {
			t.Fatal(err)
		}
	})
}

// TestWhatIsSavedIsWrittenFewTimes: however often a fold is saved, and however little is new each time, a record is written a few
// times, and there are few files.
func TestWhatIsSavedIsWrittenFewTimes(t *testing.T) {
	for _, every := range []uint64{1, 20} {
		t.Run(fmt.Sprint("every ", every), func(t *testing.T) {
			dir := t.TempDir()
			s := newSaved(t, dir)
			s.saveEvery = every
			written, seen := 0, map[string]bool{}
			for range 120 {
				s.append(1)
				s.BeginSave(s.chain.Clone())
				s.EndSave(<-s.Saved())
				for name, data := range files(t, dir) {
					if name != listName && !seen[name] {
						seen[name] = true
						written += len(data)
					}
				}
			}
			whole := 0
			for name, data := range files(t, dir) {
				if name != listName {
					whole += len(data)
				}
			}
			if written > 8*whole {
				t.Fatalf("%d bytes were written for %d", written, whole)
			}
			if n := len(s.list.Files); n > 3*mergeOf {
				t.Fatalf("the index has %d files", n)
			}
			if n := len(s.list.Parts); n > 12*int(20/every) {
				t.Fatalf("the book has %d parts", n)
			}
			if err := s.Close(false); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestAFoldOfTheVersionBefore: its files are not read, and are removed once there is a fold of this version.
func TestAFoldOfTheVersionBefore(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, map[string][]byte{
		"book.fold": []byte("milepost book 3\n"), "requests.index": []byte("milepost requests 1\n"), "note.txt": []byte("not ours"),
	})
	s := newSaved(t, dir)
	s.append(3)
	if s.from != nil {
		t.Error("it was read")
	}
	s.BeginSave(s.chain.Clone())
	s.EndSave(<-s.Saved())
	if err := s.Close(false); err != nil {
		t.Fatal(err)
	}
	left := slices.Sorted(maps.Keys(files(t, dir)))
	if want := []string{"book-1.fold", listName, "note.txt", "requests-2.fold"}; !slices.Equal(left, want) {
		t.Errorf("there are %q", left)
	}
	again := New(Config{Dir: dir})
	if err := again.CatchUp(t.Context(), s.log); err != nil || again.from == nil {
		t.Fatalf("it is not read again: %v", err)
	}
	s.knows(again)
	if err := again.Close(false); err != nil {
		t.Fatal(err)
	}
}
