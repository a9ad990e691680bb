package cluster

import (
	"context"
	"errors"
	"testing"
	"time"
)

// What was asked over a connection that is lost is given up at once, and what is asked afterwards is not.
func TestAnAttemptEndsWithItsConnection(t *testing.T) {
	c := newConnection()
	before, cancel := c.Attempt(t.Context(), time.Hour)
	defer cancel()
	c.drop()
	<-before.Done()
	if err := before.Err(); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	after, cancel := c.Attempt(t.Context(), time.Hour)
	if err := after.Err(); err != nil {
		t.Error(err)
	}
	cancel()
	late, cancel := c.Attempt(t.Context(), time.Nanosecond)
	defer cancel()
	<-late.Done()
	if err := late.Err(); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
}
