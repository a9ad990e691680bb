package live

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"milepost.dev/internal/web/page"
)

// All who look at one page share its screen, which ends when the last of them leaves.
func TestScreensAreSharedAndBounded(t *testing.T) {
	s := New(Config{Screens: 2, Watching: 5})
	began, ended := 0, make(chan string, 10)
	run := func(name string) func(context.Context, *screen) error {
		began++
		return func(ctx context.Context, sc *screen) error {
			sc.show(&page.Frame{Position: 1, Digest: name})
			<-ctx.Done()
			ended <- name
			return ctx.Err()
		}
	}
	one := screenKey{address: "/one"}
	a, errA := s.look(one, run("one"))
	b, errB := s.look(one, run("never run"))
	if errA != nil || errB != nil || a != b {
		t.Fatalf("two who look at one page: %v, %v", errA, errB)
	}
	other := screenKey{token: "another visitor", address: "/one"}
	c, err := s.look(other, run("other"))
	if err != nil || c == a {
		t.Fatalf("another visitor shares the page: %v", err)
	}
	if _, err := s.look(screenKey{address: "/two"}, run("two")); !errors.Is(err, errTooMany) {
		t.Errorf("a third page: %v", err)
	}
	for range 2 {
		if _, err := s.look(one, run("one")); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.look(one, run("one")); !errors.Is(err, errTooMany) {
		t.Errorf("a sixth browser: %v", err)
	}
	s.leave(other, c)
	if name := <-ended; name != "other" {
		t.Errorf("%s ended, and not the page that nobody looks at", name)
	}
	for range 4 {
		s.leave(one, a)
	}
	if name := <-ended; name != "one" {
		t.Errorf("%s ended", name)
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.look(one, run("late")); !errors.Is(err, errClosing) {
		t.Errorf("after the end: %v", err)
	}
}

// A browser that is late or slow sees the newest frame, and a frame that shows nothing new wakes nobody.
func TestAScreenKeepsTheNewestFrame(t *testing.T) {
	sc := &screen{packer: &packer{}, moved: make(chan struct{})}
	for i := range 1000 {
		sc.show(&page.Frame{Position: uint64(i), Digest: fmt.Sprint(i)})
	}
	newest, moved, err := sc.see()
	if err != nil || newest.Position != 999 {
		t.Fatalf("it shows %+v, %v", newest, err)
	}
	sc.show(&page.Frame{Position: 999, Digest: "999", HTML: []byte("made later")})
	select {
	case <-moved:
		t.Error("the same frame again wakes those who look")
	default:
	}
	sc.show(&page.Frame{Position: 999, Digest: "999", Day: "another day, and overdue"})
	<-moved
	sc.fail(nil)
	if _, _, err := sc.see(); !errors.Is(err, errClosing) {
		t.Errorf("the end is told as %v", err)
	}
}
