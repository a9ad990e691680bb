package main

import (
	"bytes"
	"context"
	"os"
	"strings"
	"syscall"
	"testing"

	pb "milepost.dev/api/milepost/v1"
)

func TestStoppedByHand(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	t.Setenv("TMPDIR", t.TempDir())
	var out, errs bytes.Buffer
	stopping := writer(func(p []byte) (int, error) { stop(); return out.Write(p) })
	status := Main(ctx, []string{"demo"}, nil, stopping, &errs, func(string) string { return "" })
	if status != statusUnanswered || errs.String() != "milepost: stopped before its end\n" {
		t.Errorf("status %d, %q", status, errs.String())
	}
}

// Help that nobody reads to its end, as with head, is no wrong usage.
func TestHelpInAPipeThatClosed(t *testing.T) {
	for _, args := range [][]string{{"--help"}, {"push", "--help"}, {"help", "push"}} {
		var errs bytes.Buffer
		closed := writer(func([]byte) (int, error) {
			return 0, &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}
		})
		status := Main(t.Context(), args, nil, closed, &errs, func(string) string { return "" })
		if status != statusUnread || errs.Len() > 0 {
			t.Errorf("%v: status %d, %q", args, status, errs.String())
		}
	}
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

// What a ledger has lost is said beside every answer.
func TestALossIsSaidBesideTheAnswer(t *testing.T) {
	for want, loss := range map[string]*pb.Loss{
		"this ledger LOST positions 8 to 9 when a backup was restored on 2026-11-24T09:00:00Z: receipts from before are void for them\n": {
			Position: 7, LastKnown: 9, RestoredAt: "2026-11-24T09:00:00Z",
		},
		"this ledger LOST nobody knows how much after position 7 when a backup was restored on 2026-11-24T09:00:00Z: receipts from before are void for them\n": {
			Position: 7, LastKnown: 7, RestoredAt: "2026-11-24T09:00:00Z",
		},
	} {
		var errs bytes.Buffer
		inv := &invocation{stderr: &errs}
		inv.spokenFor(&pb.SpokenFor{AsAt: "2026-11-24", Position: 12, Losses: []*pb.Loss{loss}})
		if _, said, _ := strings.Cut(errs.String(), "\n"); said != want {
			t.Errorf("it says %q, want %q", said, want)
		}
	}
}
