package web

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// All who look at one page share what is made for them; it is made no more when the last of them leaves.
func TestScreensAreSharedAndBounded(t *testing.T) {
	s := newScreens(2, 5)
	began, ended := 0, make(chan string, 10)
	run := func(name string) func(context.Context, *screen) error {
		began++
		return func(ctx context.Context, sc *screen) error {
			sc.show(&frame{position: 1, same: name})
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
	if err := s.close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.look(one, run("late")); !errors.Is(err, errClosing) {
		t.Errorf("after the end: %v", err)
	}
}

// Whoever looks late or slowly sees the newest frame, and a frame that shows nothing new wakes nobody.
func TestAScreenKeepsTheNewestFrame(t *testing.T) {
	sc := &screen{moved: make(chan struct{})}
	for i := range 1000 {
		sc.show(&frame{position: uint64(i), same: fmt.Sprint(i)})
	}
	newest, moved, err := sc.see()
	if err != nil || newest.position != 999 {
		t.Fatalf("it shows %+v, %v", newest, err)
	}
	sc.show(&frame{position: 999, same: "999", html: []byte("made later")})
	select {
	case <-moved:
		t.Error("the same frame again wakes those who look")
	default:
	}
	sc.show(&frame{position: 999, same: "another day, and overdue"})
	<-moved
	sc.fail(nil)
	if _, _, err := sc.see(); !errors.Is(err, errClosing) {
		t.Errorf("the end is told as %v", err)
	}
}
