package web

import (
	"context"
	"testing"
	"time"

	"milepost.dev/internal/clock"
)

func begin(t *testing.T, s *sessions, token string) string {
	t.Helper()
	id, err := s.begin(token, func(context.Context) (string, error) { return token, nil })
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// A session has an end, and what goes on under it ends with it.
func TestASessionEnds(t *testing.T) {
	hours := clock.NewManual(time.Unix(0, 0))
	s := newSessions(hours, clock.Seeded(1))
	id, other := begin(t, s, "milepost_a"), begin(t, s, "milepost_a")
	found := s.find(id)
	if found == nil || found.who != "milepost_a" || id == other || s.find("milepost_a") != nil || s.find("") != nil {
		t.Fatalf("%+v, %q, %q", found, id, other)
	}
	ctx, leave := found.within(t.Context())
	defer leave()
	s.end(id)
	<-ctx.Done()
	if s.find(id) != nil || s.find(other) == nil {
		t.Error("signing out ends the one session, and no other")
	}
	hours.Advance(sessionLasts)
	if s.find(other) != nil || len(s.open) != 0 {
		t.Errorf("after %s it goes on", sessionLasts)
	}
}

// The holder of one token fills no memory, and ends nobody else's session.
func TestSessionsHaveABound(t *testing.T) {
	hours := clock.NewManual(time.Unix(0, 0))
	s := newSessions(hours, clock.Seeded(1))
	kept := begin(t, s, "milepost_b")
	first := begin(t, s, "milepost_a")
	for range sessionsEach {
		hours.Advance(time.Second)
		begin(t, s, "milepost_a")
	}
	if s.find(kept) == nil || s.find(first) != nil || len(s.open) != sessionsEach+1 {
		t.Errorf("there are %d sessions", len(s.open))
	}
}
